/** Runs docs/tutorial.md: each `$ ` line of its console blocks in a shell, and compares what is printed with what it says. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, launcher, projectRoot } from '../campaigns/cli-process.ts';

interface Step {
  readonly command: string;
  readonly expected: string[];
}

function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) => {
    const steps: Step[] = [];
    for (const line of block!.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
      else steps.at(-1)!.expected.push(line);
    }
    return steps;
  });
}

/** `...` matches anything within a line; alone on a line, any number of lines. Only the printed lines are compared. */
function pattern(expected: readonly string[]): RegExp {
  const lines = expected.map((line) =>
    line === '...'
      ? '(?:.*\\n)*'
      : `${line
          .split('...')
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}\\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

describe('the tutorial', () => {
  it('does what it says', async () => {
    await inTemporaryFolder(async (folder) => {
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin/varve'), `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`);
      chmodSync(join(folder, 'bin/varve'), 0o755);
      cpSync(join(projectRoot, 'examples'), join(folder, 'examples'), { recursive: true });
      const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
      for (const { command, expected } of stepsOf(readFileSync(join(projectRoot, 'docs/tutorial.md'), 'utf8'))) {
        // Progress is left out, errors are not.
        const script = `{ ${command}; } 2>&1 | { grep -v '^\\(\\[\\|argyrodite-micro:\\|    at step\\)' || true; }`;
        const printed = execFileSync('bash', ['-c', script], {
          cwd: folder,
          env,
          encoding: 'utf8',
        });
        expect(printed, command).toMatch(pattern(expected));
      }
    });
  }, 300_000);
});
