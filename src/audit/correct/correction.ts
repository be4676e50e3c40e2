/**
 * Making a correction: whether it can be made, what it would change in every campaign of the store, and its record.
 * All but `recordCorrection` only reads. What a correction means is said in store/corrections.ts.
 */
import {
  type CorrectionKind,
  type Corrections,
  evaluateCorrections,
  followReplacements,
  isCorrection,
} from '../../../store/corrections.ts';
import type { EventCore, StoredEvent } from '../../../store/event.ts';
import { eventIdOf, taskIdOf } from '../../../store/hash.ts';
import { kindsOutsideResultHash } from '../../../store/result-hash.ts';
import type { Store } from '../../../store/store.ts';
import { type CampaignView, campaignCells, traceDependants, viewCampaign } from '../../campaign/campaign-view.ts';
import { type Campaign, listCampaigns } from '../../campaign/open-campaign.ts';
import { attest } from '../../execution/attestation.ts';
import { InputError } from '../../numerics/input-error.ts';
import { lineageSource } from '../../projections/lineage.ts';
import { describeFall, readStandings, type Standings, standingsOf, whyMisfit } from '../../projections/standing.ts';
import type { Cell } from '../../projections/table.ts';
import { describeEvent } from '../find-event.ts';

export interface CorrectionRequest {
  readonly kind: CorrectionKind;
  /** What is corrected. */
  readonly event: StoredEvent;
  /** Of a `supersede`: what stands in its place. */
  readonly by?: StoredEvent;
  readonly reason: string;
}

export interface ProposedCorrection {
  readonly core: EventCore;
  /** Set where this very correction is recorded already and in effect; recording it adds nothing. */
  readonly recorded: StoredEvent | undefined;
  readonly effect: CorrectionEffect;
}

export interface CorrectionEffect {
  /** Events of the store that no longer stand: what is corrected, and what rests on it. */
  readonly fallen: number;
  /** Events that stand again, where a correction is taken back. */
  readonly restored: number;
  /** Campaigns in which anything changes. */
  readonly campaigns: readonly CampaignChange[];
}

export interface CampaignChange {
  readonly campaign: Campaign;
  /** Cells that change, as they are and as they will be before anything is computed anew. */
  readonly cells: readonly { readonly before: Cell; readonly after: Cell }[];
  /** Tasks that can be done at once where the campaign is run again. */
  readonly ready: number;
}

/** @throws InputError `not-correctable`, `bad-replacement`, `already-superseded`, `bad-reason` */
export function proposeCorrection(store: Store, request: CorrectionRequest): ProposedCorrection {
  demandReason(request.reason);
  demandCorrectable(request);
  const before = readStandings(store);
  const { core, recorded } = nextAttempt(store, request, before.corrections);
  if (recorded !== undefined) return { core, recorded, effect: { fallen: 0, restored: 0, campaigns: [] } };
  const after = standingsWith(store, before.corrections, core);
  demandSense(request, before, after);
  const views = listCampaigns(store).map((campaign) => viewCampaign(store, campaign, before));
  if (request.by !== undefined) demandUsedOnce(request.event, request.by, views);
  return { core, recorded, effect: effectOf(store, request.event, views, before, after) };
}

/**
 * Appends the correction, once.
 * @param author recorded only where it is given
 */
export function recordCorrection(store: Store, { core, recorded }: ProposedCorrection, author?: string): StoredEvent {
  if (recorded !== undefined) return recorded;
  const obs = { startedAt: new Date().toISOString(), ...(author === undefined ? {} : { author }) };
  return store.log.append([{ core, attestation: attest(), obs }])[0]!.event;
}

function demandReason(reason: string): void {
  if (reason.trim() !== '' && reason.length <= 2000) return;
  throw new InputError('bad-reason', 'a correction needs a reason', { expected: 'a text of 1 to 2000 characters' });
}

function demandCorrectable({ kind, event }: CorrectionRequest): void {
  const refuse = (remedy: string): never => {
    throw new InputError('not-correctable', `this event cannot be ${kind === 'retract' ? 'retracted' : 'superseded'}`, {
      where: describeEvent(event),
      remedy,
    });
  };
  if (kindsOutsideResultHash.includes(event.core.task.kind)) {
    refuse('it is a fact about the store, and no result rests on it; correct what the result rests on');
  }
  if (kind === 'supersede' && isCorrection(event.core)) {
    refuse('take it back with varve retract, and make another correction');
  }
}

/** The first attempt that is not recorded, or that is recorded and in effect. */
function nextAttempt(
  store: Store,
  request: CorrectionRequest,
  { all }: Corrections,
): Pick<ProposedCorrection, 'core' | 'recorded'> {
  for (let attempt = 1; ; attempt += 1) {
    const core = coreOf(request, attempt);
    const recorded = store.log.byTaskId(taskIdOf(core.task));
    if (recorded === undefined) return { core, recorded };
    if (all.some(({ event, inEffect }) => inEffect && event.eventId === recorded.eventId)) return { core, recorded };
  }
}

const coreOf = ({ kind, event, by, reason }: CorrectionRequest, attempt: number): EventCore => ({
  task: {
    kind,
    v: 1,
    params: {
      event: event.eventId,
      ...(by === undefined ? {} : { by: by.eventId }),
      reason,
      ...(attempt === 1 ? {} : { attempt }),
    },
    inputs: {},
  },
  class: 'observed',
  outcome: { status: 'done' },
  outputs: {},
  results: {},
});

/** As if it were the next in the log. */
const unrecorded = (core: EventCore, seq: number): StoredEvent => ({
  seq,
  eventId: eventIdOf(core),
  taskId: taskIdOf(core.task),
  core,
  attestation: {},
  obs: null,
  leaf: '',
});

/** A retraction that nobody makes. */
export const hypotheticalRetraction = (event: StoredEvent, seq: number): StoredEvent =>
  unrecorded(coreOf({ kind: 'retract', event, reason: 'only in this what-if' }, 1), seq);

/** As if the correction were recorded. */
function standingsWith(store: Store, { all }: Corrections, core: EventCore): Standings {
  const event = unrecorded(core, store.log.size + 1);
  return standingsOf(evaluateCorrections([...all.map((correction) => correction.event), event]), lineageSource(store));
}

function demandSense({ kind, event, by }: CorrectionRequest, before: Standings, after: Standings): void {
  const standing = before.corrections.inEffect.get(event.eventId)?.find((correction) => correction.by !== undefined);
  if (kind === 'retract' && standing !== undefined) {
    throw new InputError('already-superseded', 'another event stands in the place of this one already', {
      where: describeEvent(event),
      found: `superseded by event ${standing.by?.slice(0, 12)}: ${standing.reason}`,
      remedy: `retract that event, or the correction: event ${standing.event.seq}`,
    });
  }
  if (by !== undefined) demandReplacement(event, by, after);
  for (const corrected of after.corrections.inEffect.keys()) {
    const replacement = followReplacements(after.corrections, corrected);
    if ('end' in replacement || 'fault' in followReplacements(before.corrections, corrected)) continue;
    throw new InputError('bad-replacement', 'replacements would contradict each other', {
      found: replacement.fault,
      remedy: 'retract the correction that is wrong first: varve log --kind supersede',
    });
  }
}

function demandReplacement(event: StoredEvent, by: StoredEvent, after: Standings): void {
  const refuse = (found: string, remedy: string): never => {
    throw new InputError('bad-replacement', `this event cannot stand in the place of ${describeEvent(event)}`, {
      where: describeEvent(by),
      found,
      remedy,
    });
  };
  if (by.eventId === event.eventId) refuse('the same event', 'name another event with --by');
  const misfit = whyMisfit(event, by);
  if (misfit !== undefined) refuse(`it ${misfit}`, 'name an event of the same kind with the same outputs');
  const fall = after.fallOf(by.eventId);
  if (fall === undefined) return;
  if (fall.corrected === event.eventId) refuse('it rests on the event that it would replace', 'name another event');
  refuse(`it ${describeFall(by, fall)}`, 'name an event that stands');
}

/** An event that a campaign has in another place already would count twice there. */
function demandUsedOnce(event: StoredEvent, by: StoredEvent, views: readonly CampaignView[]): void {
  for (const { campaign, plan } of views) {
    if (!plan.events.has(by.taskId) || !plan.purposes.has(event.taskId)) continue;
    throw new InputError('bad-replacement', `this event cannot stand in the place of ${describeEvent(event)}`, {
      where: describeEvent(by),
      found: `campaign ${campaign.name} uses it already: ${plan.purposes.get(by.taskId)}`,
      remedy: 'it would count twice; name an event that the campaign does not use',
    });
  }
}

function effectOf(
  store: Store,
  corrected: StoredEvent,
  views: readonly CampaignView[],
  before: Standings,
  after: Standings,
): CorrectionEffect {
  const event = subjectOf(store, corrected);
  let [fallen, restored] = [0, 0];
  for (const { eventId } of [event, ...traceDependants(store, event.eventId)]) {
    const [stood, stands] = [before, after].map((standings) => standings.fallOf(eventId) === undefined);
    if (stood && !stands) fallen += 1;
    if (!stood && stands) restored += 1;
  }
  return { fallen, restored, campaigns: views.flatMap((view) => changeOf(store, view, after)) };
}

/** What a correction is about in the end, where it corrects a correction. */
function subjectOf(store: Store, event: StoredEvent): StoredEvent {
  let subject = event;
  while (isCorrection(subject.core)) subject = store.log.byEventId(String(subject.core.task.params.event))!;
  return subject;
}

function changeOf(store: Store, was: CampaignView, after: Standings): CampaignChange[] {
  const { campaign } = was;
  const will = viewCampaign(store, campaign, after);
  const [before, changed] = [was, will].map((view) => new Map(campaignCells(view).map((cell) => [cell.name, cell])));
  const cells = [...new Set([...before!.keys(), ...changed!.keys()])]
    .map((name) => ({
      before: before!.get(name) ?? absent(changed!.get(name)!, 'missing'),
      after: changed!.get(name) ?? absent(before!.get(name)!, 'withdrawn'),
    }))
    .filter((pair) => !sameNumber(pair.before, pair.after));
  const ready = will.plan.ready.length;
  return cells.length === 0 && ready === was.plan.ready.length ? [] : [{ campaign, cells, ready }];
}

/** A cell of sets of runs, which are there only while their runs are. */
const absent = (cell: Cell, status: Cell['status']): Cell => ({
  ...cell,
  value: null,
  interval95: null,
  status,
  notes: ['its runs no longer make a set'],
});

const sameNumber = (a: Cell, b: Cell): boolean =>
  a.status === b.status && a.value === b.value && JSON.stringify(a.interval95) === JSON.stringify(b.interval95);
