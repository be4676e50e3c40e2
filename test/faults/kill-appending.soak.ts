import { describe, it } from 'vitest';
import { killAppending } from './kill-appending.ts';

const KILLS = 1000;
const SEED = '5eed5eed00000004';

describe(`kill −9 while appending, ${KILLS} times (seed ${SEED})`, () => {
  it('loses nothing that was acknowledged', () => killAppending(KILLS, SEED));
});
