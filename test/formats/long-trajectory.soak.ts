import { expect, it } from 'vitest';
import { SingleOriginMsd } from '../../src/analysis/single-origin-msd.ts';
import { readFrames } from '../../src/formats/trajectory-frames.ts';
import { parseXdatcar } from '../../src/formats/xdatcar.ts';

const ATOMS = 20_000;
const FRAMES = 5000;

/** 3.7 GB of text, made of eight frames that go to and fro. */
function* pieces(): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const blocks = Array.from({ length: 8 }, (_, k) =>
    encoder.encode(
      Array.from({ length: ATOMS }, (_, i) => {
        const s = [0.61803, 0.75488, 0.56984]
          .map((ratio) => ((i * ratio) % 1) + 0.004 * k)
          .map((x) => x - Math.floor(x));
        return `  ${s.map((x) => x.toFixed(8)).join('  ')}\n`;
      }).join(''),
    ),
  );
  yield encoder.encode(`made\n1.0\n71.7 0 0\n0 71.7 0\n0 0 71.7\nLi\n${ATOMS}\n`);
  for (let frame = 0; frame < FRAMES; frame++) {
    yield encoder.encode(`Direct configuration= ${frame + 1}\n`);
    yield blocks[frame % 14 < 8 ? frame % 14 : 14 - (frame % 14)]!;
  }
}

it('reads 5 000 frames of 20 000 atoms within 1 GiB', async () => {
  const msd = new SingleOriginMsd();
  let mostBytes = 0;
  for await (const { positionsA, index } of readFrames(pieces(), 'XDATCAR', parseXdatcar)) {
    msd.add(positionsA);
    if (index % 50 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  }
  const { msdA2 } = msd.curves();
  expect(msdA2.length).toBe(FRAMES);
  // Seven steps of 0.004 cells along each axis.
  expect(msdA2[7]).toBeCloseTo(3 * (7 * 0.004 * 71.7) ** 2, 3);
  expect(mostBytes).toBeLessThan(2 ** 30);
});
