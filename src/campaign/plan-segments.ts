/** How the time of a stage is cut: into segments of a fixed number of steps, the last of which may be shorter. */
export function cutIntoSegments(
  { segmentPs, timeStepFs }: { readonly segmentPs: number; readonly timeStepFs: number },
  timePs: number,
): number[] {
  const perSegment = Math.round((segmentPs * 1000) / timeStepFs);
  const steps = Math.round((timePs * 1000) / timeStepFs);
  return Array.from({ length: Math.ceil(steps / perSegment) }, (_, k) => Math.min(perSegment, steps - k * perSegment));
}
