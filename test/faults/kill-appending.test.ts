import { describe, it } from 'vitest';
import { killAppending } from './kill-appending.ts';

const KILLS = 40;
const SEED = '5eed5eed00000003';

describe(`kill −9 while appending, ${KILLS} times (seed ${SEED})`, () => {
  it('loses nothing that was acknowledged', () => killAppending(KILLS, SEED));
});
