/** A double so that no bit of it is in doubt: the shortest decimal that reads back to it, and its 64 bits. */
export interface ExactNumber {
  readonly decimal: string;
  /** `0x` and 16 hex digits: the IEEE 754 bits, sign first. */
  readonly hex: string;
}

const view = new DataView(new ArrayBuffer(8));

function bitsOf(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

export const exactNumber = (value: number): ExactNumber => ({
  decimal: Object.is(value, -0) ? '-0' : String(value),
  hex: `0x${bitsOf(value).toString(16).padStart(16, '0')}`,
});

/** How many doubles lie between the two, plus one; 0 for the same bits and for 0 and −0. */
export function unitsInLastPlace(a: number, b: number): number {
  const distance = onLine(a) - onLine(b);
  return Number(distance < 0n ? -distance : distance);
}

/** The doubles in their order, as integers without gaps. */
function onLine(value: number): bigint {
  const bits = bitsOf(value);
  return bits >> 63n === 0n ? bits : -(bits & 0x7fffffffffffffffn);
}
