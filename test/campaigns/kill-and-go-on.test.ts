import { describe, it } from 'vitest';
import { killAndGoOn } from './killing.ts';

const KILLS = 50;
const SEED = '5eed5eed00000001';

describe(`kill −9 at ${KILLS} random moments (seed ${SEED})`, () => {
  it(
    'loses nothing that was recorded, and going on each time ends in the result of an undisturbed run',
    () => killAndGoOn(KILLS, SEED),
    400_000,
  );
});
