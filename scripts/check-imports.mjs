// Enforces the one-way import rules of docs/architecture.md. Prints each offending import and exits 1.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const physics = ['structure', 'formats', 'potential', 'dynamics', 'labels', 'analysis'].map((room) => `src/${room}`);

/** For each room: the rooms it may import from besides itself. `pure` rooms may not touch the outside world. */
const rules = {
  store: { may: [] },
  'src/numerics': { may: [], pure: true },
  'src/structure': { may: ['src/numerics'], pure: true },
  'src/formats': { may: ['src/numerics', 'src/structure', 'src/potential', 'src/dynamics'], pure: true },
  'src/potential': { may: ['src/numerics', 'src/structure'], pure: true },
  'src/dynamics': { may: ['src/numerics', 'src/structure', 'src/potential'], pure: true },
  'src/labels': { may: ['src/numerics', 'src/structure', 'src/formats'], pure: true },
  'src/analysis': { may: ['src/numerics', 'src/structure'], pure: true },
  'src/tasks': { may: ['src/numerics', ...physics], pure: true },
  'src/projections': { may: ['store', 'src/numerics', ...physics, 'src/tasks'] },
  'src/execution': { may: ['store', 'src/numerics', ...physics, 'src/tasks'] },
  'src/campaign': { may: ['store', 'src/numerics', ...physics, 'src/tasks', 'src/projections', 'src/execution'] },
  'src/audit': {
    may: ['store', 'src/numerics', ...physics, 'src/tasks', 'src/projections', 'src/execution', 'src/campaign'],
  },
  cli: {
    may: [
      'store',
      'src/numerics',
      ...physics,
      'src/tasks',
      'src/projections',
      'src/execution',
      'src/campaign',
      'src/audit',
    ],
  },
};

const sourceFiles = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));

const roomOf = (path) => Object.keys(rules).find((room) => path === room || path.startsWith(`${room}/`));
const importPattern =
  /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

let failures = 0;
const report = (file, message) => {
  failures += 1;
  console.error(`${relative(root, file)}: ${message}`);
};

for (const folder of ['src', 'store', 'cli']) {
  for (const file of sourceFiles(folder)) {
    const room = roomOf(relative(root, file));
    if (room === undefined) {
      report(file, 'lies in no room that the import rules know');
      continue;
    }
    for (const match of readFileSync(file, 'utf8').matchAll(importPattern)) {
      const target = match[1] ?? match[2] ?? match[3];
      if (target.startsWith('.')) {
        const targetRoom = roomOf(relative(root, resolve(dirname(file), target)));
        if (targetRoom !== room && !rules[room].may.includes(targetRoom)) {
          report(file, `${room} may not import ${targetRoom ?? target} (${target})`);
        }
      } else if (rules[room].pure && target.startsWith('node:')) {
        report(file, `${room} is pure: it may not import ${target}`);
      }
    }
  }
}
if (failures > 0) process.exit(1);
console.log('imports: every import points the right way');
