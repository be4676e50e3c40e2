/** `varve fork CAMPAIGN`: a campaign with something changed: what of it is in the log already, what has to run, and why. */
import { existsSync, writeFileSync } from 'node:fs';
import { type ForkCause, type ForkReport, reportFork } from '../src/audit/fork/fork-report.ts';
import { forkedSpec } from '../src/audit/fork/fork-spec.ts';
import { viewCampaign } from '../src/campaign/campaign-view.ts';
import { findCampaign, openCampaign } from '../src/campaign/open-campaign.ts';
import { type LoadedSpec, loadSpec, storedContent } from '../src/campaign/spec-file.ts';
import { specYaml } from '../src/campaign/written-spec.ts';
import { attest } from '../src/execution/attestation.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { escapeControl } from '../store/escape-control.ts';
import { fieldLine } from './output/differences.ts';
import { renderFork } from './output/fork.ts';
import { shortId } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';
import { workerCount } from './output/workers.ts';
import { runLoaded } from './run.ts';

interface ForkFlags {
  readonly store: string;
  readonly set: readonly string[];
  readonly unset: readonly string[];
  readonly spec?: string;
  readonly name?: string;
  readonly out?: string;
  readonly open?: boolean;
  readonly run?: boolean;
  readonly dryRun?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
}

export async function fork(campaignName: string, flags: ForkFlags): Promise<void> {
  const workers = workerCount(flags.workers);
  const { loaded, report, text } = withStore(flags.store, (store) => {
    const parent = viewCampaign(store, findCampaign(store, campaignName));
    const forked =
      flags.spec === undefined
        ? forkedSpec(store, parent, flags, flags.name)
        : loadSpec(flags.spec, storedContent(store));
    const found = reportFork(store, parent, forked.spec, workers);
    return { loaded: forked, report: found, text: renderFork(found) };
  });
  const file = flags.dryRun || flags.spec !== undefined ? undefined : (flags.out ?? `${loaded.spec.name}.yaml`);
  if (file !== undefined) writeSpec(file, loaded, report);
  if (flags.open && !flags.run) {
    withStore(flags.store, (store) => openCampaign(store, loaded.spec, attest()), 'write');
  }
  const json = reportJson(report, file ?? null);
  if (!flags.json) process.stdout.write(`${text}\n${whatNext(flags, file)}`);
  if (flags.run) await runLoaded(loaded, flags, (run) => printJson({ ...json, run }));
  else if (flags.json) printJson(json);
}

function whatNext({ open, run, dryRun, spec, store }: ForkFlags, file: string | undefined): string {
  const written = file === undefined ? [] : [`spec written to ${escapeControl(file)}`];
  if (run) return [...written, ''].map((line) => `${line}\n`).join('');
  const said = dryRun ? 'nothing was written (--dry-run)' : open ? 'the campaign is opened' : 'nothing was recorded';
  const path = file ?? spec;
  const how = path === undefined ? '' : `; to run it: varve run ${escapeControl(path)} --store ${escapeControl(store)}`;
  return `${[...written, `${said}${how}`].join('\n')}\n`;
}

/** @throws InputError `file-exists` */
function writeSpec(path: string, { spec }: LoadedSpec, { parent: { campaign }, changes }: ForkReport): void {
  const comment = [
    `Fork of campaign ${campaign.name} (event ${shortId(campaign.eventId)}). Changed:`,
    ...changes.map((change) => `  ${escapeControl(fieldLine(change))}`),
    'Files are named by their content (SHA-256), which the store holds.',
  ];
  try {
    writeFileSync(path, specYaml(spec, comment), { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(code === 'EEXIST' ? 'file-exists' : 'unwritable-file', 'the spec cannot be written', {
      where: path,
      found: existsSync(path) ? 'a file of that name' : String(code),
      remedy: 'give another file with --out, or another name with --name',
    });
  }
}

const reportJson = (report: ForkReport, file: string | null) => ({
  parent: { name: report.parent.campaign.name, eventId: report.parent.campaign.eventId },
  name: report.spec.name,
  file,
  changes: report.changes.map((change) => ({ ...change, tasks: report.tasksByField.get(change.field) ?? null })),
  reused: { tasks: report.reused.length, stages: report.reusedStages },
  toRun: report.work,
  withdrawn: report.withdrawn,
  causes: report.causes.map(causeJson),
  unexplainedCauses: report.unexplainedCauses,
});

const causeJson = ({ task, nearest, fields }: ForkCause) => ({
  kind: task.task.kind,
  taskId: task.taskId,
  purpose: task.purpose,
  changedBy: fields,
  nearest:
    nearest === undefined ? null : { seq: nearest.event.seq, eventId: nearest.event.eventId, certain: nearest.certain },
  fields: nearest?.difference.fields ?? [],
  inputs: nearest?.difference.inputs ?? [],
});
