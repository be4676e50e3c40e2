/** `varve tables`: the tables of a campaign from the log as it is now. */
import { campaignTables, viewCampaign } from '../src/campaign/campaign-view.ts';
import { compareMethods } from '../src/campaign/method-comparison.ts';
import { findCampaign } from '../src/campaign/open-campaign.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderTables } from './output/tables.ts';

interface TableFlags {
  readonly store: string;
  readonly campaign?: string;
  readonly json?: boolean;
}

export function tables(name: string | undefined, flags: TableFlags): void {
  withStore(flags.store, (store) => {
    const view = viewCampaign(store, findCampaign(store, flags.campaign));
    const all = campaignTables(view);
    const chosen = name === undefined ? all : all.filter((table) => table.name === name);
    if (chosen.length === 0) {
      throw new InputError('no-table', `no table is called ${name}`, {
        expected: `one of ${all.map((table) => table.name).join(', ')}`,
      });
    }
    const methods = compareMethods(view);
    const source = view.spec.published?.source;
    if (flags.json) return printJson({ campaign: view.campaign.name, source: source ?? null, tables: chosen, methods });
    const compares = chosen.some((table) =>
      table.rows.some((row) => row.cells.some((cell) => cell.published !== null)),
    );
    process.stdout.write(renderTables(chosen, compares ? methods : [], source));
  });
}
