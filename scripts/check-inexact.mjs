// Refuses, in code whose results are hashed, every operation whose last bit may differ between runtimes
// (docs/numerics.md): Math functions beyond the exactly rounded ones, the ** operator, and Math.random.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['src', 'store'];
const exact = new Set([
  'abs',
  'ceil',
  'floor',
  'fround',
  'imul',
  'clz32',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
  'PI',
  'SQRT2',
]);

let failures = 0;
for (const folder of folders) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = join(entry.parentPath, entry.name);
    const code = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
      .replace(/(^|[^:])\/\/[^\n]*/g, '$1')
      .replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
    code.split('\n').forEach((line, index) => {
      const found = [...line.matchAll(/\bMath\.(\w+)/g)].map((match) => match[1]).filter((name) => !exact.has(name));
      if (/[^*/]\*\*=?[^*/]/.test(line)) found.push('**');
      for (const name of found) {
        failures += 1;
        console.error(
          `${relative(root, file)}:${index + 1}: ${name} is not the same to the last bit everywhere; use src/numerics`,
        );
      }
    });
  }
}
if (failures > 0) process.exit(1);
console.log('exactness: no operation that differs between runtimes');
