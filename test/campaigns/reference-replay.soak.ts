/** The reference potential of examples/, fitted anew from its recorded labels. Runs with `npm run soak`. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, projectRoot, varveJson } from './cli-process.ts';

describe('the reference potential', () => {
  it('fitted anew has the bytes that its history records', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      await varveJson(['import', join(projectRoot, 'examples/argyrodite-reference.pack'), '--store', store]);
      const fits = await varveJson<{ eventId: string }[]>(['log', '--kind', 'potential.fit', '--store', store]);
      expect(fits).toHaveLength(1);
      const replay = ['replay', '--event', fits[0]!.eventId, '--workers', '2', '--store', store];
      expect(await varveJson(replay)).toMatchObject({ identical: 1, differs: 0, notComparable: 0 });
    });
  });
});
