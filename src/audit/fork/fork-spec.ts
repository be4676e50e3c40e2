/** The spec of a fork: that of a recorded campaign with some of its fields changed, checked as a spec from a file is. */
import { parseDocument } from 'yaml';
import type { Store } from '../../../store/store.ts';
import type { CampaignView } from '../../campaign/campaign-view.ts';
import { listCampaigns } from '../../campaign/open-campaign.ts';
import { fieldName, findField, type Written, withField, withoutField } from '../../campaign/spec-field.ts';
import { checkWritten, completeSpec, type LoadedSpec, storedContent } from '../../campaign/spec-file.ts';
import { writtenSpec } from '../../campaign/written-spec.ts';
import { InputError } from '../../numerics/input-error.ts';

export interface SpecChanges {
  /** `FIELD=VALUE`, the value as YAML. Made in their order. */
  readonly set: readonly string[];
  /** Fields that are taken out, before any is set. */
  readonly unset: readonly string[];
}

/**
 * @param name of the fork; `NAME-fork`, or the first free one of `NAME-fork-2`, … if not given
 * @throws InputError `no-field`, `bad-change`, `bad-spec`, and those of reading the files
 */
export function forkedSpec(
  store: Store,
  { campaign, spec }: Pick<CampaignView, 'campaign' | 'spec'>,
  changes: SpecChanges,
  name: string | undefined,
): LoadedSpec {
  let written = writtenSpec(spec);
  for (const field of changes.unset) written = withoutField(written, findField(field, written));
  for (const change of changes.set) {
    const [field, value] = splitChange(change);
    const path = findField(field, written);
    if (path.length === 1 && path[0] === 'name') throw badChange(change, 'give the name of the fork with --name');
    written = withField(written, path, value);
  }
  written = withField(written, ['name'], name ?? freeName(store, campaign.name));
  const where = `fork of ${campaign.name}`;
  const placeOf = (path: readonly PropertyKey[]): string => `${where}: ${fieldName(path)}`;
  return completeSpec(checkWritten(written, where, placeOf), placeOf, { folder: '.', stored: storedContent(store) });
}

function splitChange(change: string): [field: string, value: Written] {
  const at = change.indexOf('=');
  if (at < 1) throw badChange(change, 'write FIELD=VALUE, e.g. --set seed=2');
  const [field, text] = [change.slice(0, at).trim(), change.slice(at + 1)];
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) {
    throw badChange(
      change,
      `the value is not valid YAML: ${fault.message.split('\n')[0]!.replace(/ at line .*$/, '')}`,
    );
  }
  if (document.contents === null) throw badChange(change, 'a field is taken out with --unset FIELD');
  try {
    return [field, document.toJS({ maxAliasCount: 0 }) as Written];
  } catch {
    throw badChange(change, 'the value uses YAML aliases: write the repeated part out');
  }
}

const badChange = (change: string, remedy: string): InputError =>
  new InputError('bad-change', 'this says no change of a field', {
    where: '--set',
    found: change.slice(0, 200),
    remedy,
  });

function freeName(store: Store, name: string): string {
  const taken = new Set(listCampaigns(store).map((campaign) => campaign.name));
  const base = `${name.slice(0, 70)}-fork`;
  for (let k = 1; ; k += 1) {
    const candidate = k === 1 ? base : `${base}-${k}`;
    if (!taken.has(candidate)) return candidate;
  }
}
