/** Every seed of a campaign derives from its top-level seed and from what the seed is for. */
import { sha256Hex } from '../../store/hash.ts';

/**
 * 64-bit seed, 16 hexadecimal digits: the first of SHA-256 over `varve-seed/1`, the campaign's seed and the purpose,
 * a line each. A seed depends on nothing else, so adding a structure or a member leaves all others as they were.
 */
export const deriveSeed = (campaignSeed: number, purpose: readonly (string | number)[]): string =>
  sha256Hex(['varve-seed/1', campaignSeed, ...purpose].join('\n')).slice(0, 16);
