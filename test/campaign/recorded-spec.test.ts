/** Specs as campaigns' opening events keep them, read by another version than the one that wrote them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listCampaigns, openCampaign, readCampaignSpec } from '../../src/campaign/open-campaign.ts';
import { PLAN_VERSION } from '../../src/campaign/plan-version.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { openStore } from '../../store/store.ts';
import { inTemporaryFolder, projectRoot } from '../campaigns/cli-process.ts';
import { SPEC } from './spec-text.ts';

/** What is read of a campaign that was opened with that spec, at that version of the plan. */
const readBack = (
  change: (spec: CampaignSpec) => object,
  planVersion = PLAN_VERSION,
): Promise<{ loaded: CampaignSpec; read: CampaignSpec }> =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'spec.yaml');
    writeFileSync(path, SPEC.replace('file: labels/', `file: ${join(projectRoot, 'examples/labels')}/`));
    const loaded = loadSpec(path).spec;
    const store = openStore({ dir: join(folder, 'store'), mode: 'write', create: true });
    try {
      openCampaign(store, change(loaded) as CampaignSpec, {});
      const campaign = listCampaigns(store)[0]!;
      expect(campaign.planVersion).toBe(PLAN_VERSION);
      return { loaded, read: readCampaignSpec(store, { ...campaign, planVersion }) };
    } finally {
      store.close();
    }
  });

describe('a recorded spec', () => {
  it('is read as it was loaded', async () => {
    const { loaded, read } = await readBack((spec) => spec);
    expect(read).toEqual(loaded);
  });

  it('takes the defaults of fields that came since it was recorded', async () => {
    const { loaded, read } = await readBack((spec) => {
      const { segmentIterations: _segmentIterations, ...potential } = spec.potentials['level-6']!;
      return { ...spec, potentials: { 'level-6': potential } };
    });
    expect(read).toEqual(loaded);
    expect(read.potentials['level-6']!.segmentIterations).toBe(100);
  });

  it('is refused where this version does not know a field, or the version of the plan', async () => {
    await expect(readBack((spec) => ({ ...spec, barostat: { pressureGpa: 1 } }))).rejects.toThrow(
      expect.objectContaining({
        code: 'newer-campaign',
        details: expect.objectContaining({
          where: 'campaign a-small-campaign',
          list: [expect.stringContaining('barostat')],
        }),
      }),
    );
    await expect(readBack((spec) => spec, PLAN_VERSION + 1)).rejects.toThrow(
      expect.objectContaining({ code: 'newer-campaign' }),
    );
  });
});
