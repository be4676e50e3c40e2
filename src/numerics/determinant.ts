/** Determinant of a 3×3 matrix, row-major. */
export function determinant3(matrix: ArrayLike<number>): number {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = Array.from(matrix) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}
