/** `varve export --format ro-crate|prov`: provenance as other programs read it. */
import { placeWhole, writeText } from '../src/audit/hand-over/export-file.ts';
import { provRecords, provText } from '../src/audit/hand-over/prov-json.ts';
import {
  allEvents,
  type ProvenanceScope,
  scopeOfCampaign,
  scopeOfCell,
  storeSource,
} from '../src/audit/hand-over/provenance-scope.ts';
import { describeCrate } from '../src/audit/hand-over/ro-crate.ts';
import { writeCrate } from '../src/audit/hand-over/ro-crate-files.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { Store } from '../store/store.ts';
import { printJson, withStore } from './output/store-access.ts';

export interface ProvenanceExportFlags {
  readonly store: string;
  readonly out: string;
  readonly campaign?: string;
  readonly cell?: string;
  readonly withoutBlobs?: boolean;
  readonly license?: string;
  readonly json?: boolean;
}

/** With `--without-blobs`: small ones (tables of numbers, potentials, specs) are kept, so that the crate can be read. */
const smallBlobBytes = 64 * 1024;

export function exportRoCrate(flags: ProvenanceExportFlags): void {
  withStore(flags.store, (store) => {
    const scope = scopeOfFlags(store, flags);
    const crate = describeCrate(scope, storeSource(store), {
      license: flags.license,
      maxBlobBytes: flags.withoutBlobs === true ? smallBlobBytes : undefined,
    });
    writeCrate(crate, store.blobs, flags.out);
    const held = crate.files.filter((file) => file.held);
    report(flags, scope, {
      format: 'ro-crate',
      files: held.length,
      filesLeftOut: crate.files.length - held.length,
      fileBytes: held.reduce((sum, file) => sum + file.descriptor.bytes, 0),
    });
  });
}

export function exportProvJson(flags: ProvenanceExportFlags): void {
  withStore(flags.store, (store) => {
    const scope = scopeOfFlags(store, flags);
    placeWhole(flags.out, (path) => writeText(path, provText(provRecords(scope, storeSource(store)))));
    report(flags, scope, { format: 'prov' });
  });
}

function scopeOfFlags(store: Store, { campaign, cell }: ProvenanceExportFlags): ProvenanceScope {
  if (cell === undefined) return scopeOfCampaign(store, campaign);
  if (campaign === undefined) return scopeOfCell(store, cell);
  throw new InputError('bad-flags', '--cell and --campaign exclude each other', {
    remedy: `to choose the campaign, put its name before the cell: --cell ${campaign}:${cell}`,
  });
}

function report(flags: ProvenanceExportFlags, scope: ProvenanceScope, written: object): void {
  const { campaign, cell, resultHash } = scope;
  const summary = {
    out: flags.out,
    campaign: campaign.name,
    cell: cell?.name ?? null,
    events: allEvents(scope).length,
    resultHash,
    ...written,
  };
  if (flags.json) {
    printJson(summary);
    return;
  }
  const subject = cell === undefined ? `campaign ${campaign.name}` : `what ${cell.name} of ${campaign.name} rests on`;
  process.stdout.write(`${escapeControl(`${flags.out}: ${subject}, ${summary.events} events`)}\n`);
}
