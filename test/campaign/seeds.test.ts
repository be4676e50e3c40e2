import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../../src/campaign/seeds.ts';

const purposes = fc.array(fc.oneof(fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/), fc.nat(10_000)), { maxLength: 4 });

describe('seeds', () => {
  it('never change: every result of a campaign hangs on them', () => {
    expect(deriveSeed(1, ['velocities', 'bulk', 900, 0])).toMatchInlineSnapshot(`"98c0bc44a1ae5cf5"`);
    expect(deriveSeed(1, ['structure', 'bulk', 0])).toMatchInlineSnapshot(`"d288362ee00196eb"`);
    expect(deriveSeed(2024, ['potential', 'level-8', 2])).toMatchInlineSnapshot(`"c3a8fe0deaedf075"`);
    expect(deriveSeed(Number.MAX_SAFE_INTEGER, [])).toMatchInlineSnapshot(`"94e192dbc1c97ac9"`);
  });

  it('are the first 16 digits of SHA-256 over lines that anyone can hash', () => {
    const text = 'varve-seed/1\n7\nstructure\nbulk\n3';
    expect(deriveSeed(7, ['structure', 'bulk', 3])).toBe(createHash('sha256').update(text).digest('hex').slice(0, 16));
  });

  it('differ wherever the campaign or the purpose differs', () => {
    fc.assert(
      fc.property(fc.nat(), purposes, fc.nat(), purposes, (seed, purpose, otherSeed, other) => {
        fc.pre(seed !== otherSeed || purpose.join('\n') !== other.join('\n'));
        expect(deriveSeed(seed, purpose)).toMatch(/^[0-9a-f]{16}$/);
        expect(deriveSeed(seed, purpose)).not.toBe(deriveSeed(otherSeed, other));
      }),
    );
    const many = Array.from({ length: 5000 }, (_, member) => deriveSeed(1, ['velocities', 'bulk', 900, member]));
    expect(new Set(many).size).toBe(5000);
  });

  it('do not run together across the parts of a purpose', () => {
    expect(deriveSeed(1, ['a', 'bc'])).not.toBe(deriveSeed(1, ['ab', 'c']));
    expect(deriveSeed(1, ['a', 1, 2])).not.toBe(deriveSeed(1, ['a', 12]));
    expect(deriveSeed(11, ['a'])).not.toBe(deriveSeed(1, ['1', 'a']));
  });
});
