/** `varve figures`: the figures of a campaign from the log as it is now, listed or written to files. */
import { campaignFigures, viewCampaign } from '../src/campaign/campaign-view.ts';
import { findCampaign } from '../src/campaign/open-campaign.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { escapeControl } from '../store/escape-control.ts';
import { type FigureFormat, writeFigures } from './output/figure-files.ts';
import { renderFigureList } from './output/figure-list.ts';
import { printJson, withStore } from './output/store-access.ts';

interface FigureFlags {
  readonly store: string;
  readonly out?: string;
  readonly format?: FigureFormat;
  readonly campaign?: string;
  readonly json?: boolean;
}

export function figures(name: string | undefined, flags: FigureFlags): void {
  if (flags.format !== undefined && flags.out === undefined) {
    throw new InputError('bad-flags', '--format says how files are written', {
      remedy: 'add --out DIR, the folder to write them to',
    });
  }
  withStore(flags.store, (store) => {
    const view = viewCampaign(store, findCampaign(store, flags.campaign));
    const all = campaignFigures(view);
    const chosen = name === undefined ? all : all.filter((figure) => figure.name === name);
    if (chosen.length === 0) {
      throw new InputError('no-figure', `no figure is called ${name}`, {
        expected: `one of ${all.map((figure) => figure.name).join(', ')}`,
      });
    }
    const campaign = view.campaign.name;
    const source = view.spec.published?.source;
    if (flags.out === undefined) {
      if (flags.json) printJson({ campaign, source: source ?? null, figures: chosen });
      else process.stdout.write(renderFigureList(chosen, name !== undefined));
      return;
    }
    const files = writeFigures(chosen, flags.out, flags.format ?? 'svg');
    if (flags.json) printJson({ campaign, source: source ?? null, files });
    else
      for (const { file, bytes, sha256 } of files)
        process.stdout.write(`${escapeControl(file)}: ${bytes} bytes, SHA-256 ${sha256}\n`);
  });
}
