import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VARVE_VERSION } from '../../src/execution/version.ts';

it('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(VARVE_VERSION).toBe(version);
});
