/**
 * The quality-level-based active learning scheme (A1–A4; Figs. 2 and 14 of the paper), as a plan: runs under the label
 * engine are sampled and labelled; then for each level a fit from a random start, pre-training on the pool of those runs,
 * and for each target structure runs that grade themselves, until one of them finds nothing new. What is labelled stays
 * in the training set of all higher levels.
 */
import type { StoredEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { type ManifestEntry, writeManifest } from '../formats/manifest.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import { roundWords, type SchemeLevel, type SchemeRun, type SchemeStage } from '../projections/scheme-record.ts';
import { type FitChain, fitParams, planFitChain } from './plan-fit.ts';
import { type LearningRun, planLearningRun } from './plan-learning-run.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';
import { type Scheme, schemePotential } from './spec-scheme.ts';

/** What a scheme needs of the rest of the plan. */
export interface SchemeNeeds {
  readonly structures: { readonly [name: string]: readonly Slot[] };
  /** The potential behind the label engine. */
  readonly engine: Slot;
}

/** Thrown where the plan cannot go further yet; never leaves this file. */
class Open {
  readonly slot: Slot;
  constructor(slot: Slot) {
    this.slot = slot;
  }
}
class Stuck {
  readonly event: StoredEvent;
  constructor(event: StoredEvent) {
    this.event = event;
  }
}

function demand(slot: Slot): StoredEvent {
  const event = eventIn(slot);
  if (event === undefined) throw new Open(slot);
  return event;
}

/** All are asked for before any is waited for, so that they can be done side by side. */
const demandAll = (slots: readonly Slot[]): StoredEvent[] => slots.map(demand);

export function planSchemeRun(
  spec: CampaignSpec,
  name: string,
  run: number,
  needs: SchemeNeeds,
  planner: Planner,
): SchemeRun {
  const learning = new Learning(spec, name, run, needs, planner);
  let withdrawn: Withdrawal | undefined;
  let stuck: StoredEvent | undefined;
  try {
    learning.go();
  } catch (end) {
    if (end instanceof Open) withdrawn = withdrawalIn(end.slot);
    else if (end instanceof Stuck) stuck = end.event;
    else throw end;
  }
  const { stages } = learning;
  const levels = spec.schemes![name]!.levels.map(
    (level): SchemeLevel =>
      learning.levels.find((found) => found.level === level) ?? { level, potential: undefined, training: undefined },
  );
  return { scheme: name, run, stages, levels, withdrawn, stuck };
}

class Learning {
  readonly stages: SchemeStage[] = [];
  readonly levels: SchemeLevel[] = [];
  readonly #spec: CampaignSpec;
  readonly #scheme: Scheme;
  readonly #name: string;
  readonly #run: number;
  readonly #needs: SchemeNeeds;
  readonly #planner: Planner;
  #training: ManifestEntry[] = [];
  #pool: readonly StoredEvent[] = [];
  #fits = 0;

  constructor(spec: CampaignSpec, name: string, run: number, needs: SchemeNeeds, planner: Planner) {
    this.#spec = spec;
    this.#scheme = spec.schemes![name]!;
    this.#name = name;
    this.#run = run;
    this.#needs = needs;
    this.#planner = planner;
  }

  go(): void {
    this.#initialise();
    for (const level of this.#scheme.levels) {
      let fit = this.#fit(level, undefined);
      fit = this.#preTrain(level, fit);
      for (const structure of this.#scheme.targets) {
        const realisations = this.#needs.structures[structure]!;
        for (const [k, slot] of realisations.entries()) {
          const target = realisations.length === 1 ? structure : `${structure}, realisation ${k + 1}`;
          fit = this.#learn(level, fit, target, demand(slot));
        }
      }
      this.levels.push({ level, potential: fit, training: writeManifest(this.#training) });
    }
  }

  /** A1: runs under the engine; a sample of them is labelled, all of their frames are the pool. */
  #initialise(): void {
    const { initial } = this.#scheme;
    const engine = demand(this.#needs.engine);
    const starts = initial.structures.flatMap((name) =>
      this.#needs.structures[name]!.map((slot, k) => ({ name, k, structure: eventIn(slot), slot })),
    );
    const runs = starts.map(({ name, k, structure }) =>
      structure === undefined
        ? undefined
        : planLearningRun(
            this.#spec,
            {
              purpose: this.#said(`initialisation, ${name}${k === 0 ? '' : `, realisation ${k + 1}`}`),
              structure,
              fit: engine,
              seed: this.#seed(['initial', name, k]),
              timePs: initial.timePs,
              sampleEveryFs: initial.poolEveryFs,
              params: { ensemble: 'nvt', temperatureK: initial.temperatureK, dampingFs: initial.dampingFs },
            },
            this.#planner,
          ),
    );
    demandAll(starts.map(({ slot }) => slot));
    const samples = starts.map(({ name, structure }, k) => {
      const { segments } = this.#finished(runs[k]!);
      const sample = (everyFrames: number, what: string): Slot =>
        this.#planner.ask(
          {
            kind: 'configurations.sample',
            v: 1,
            params: { everyFrames, skipFrames: 0 },
            inputs: {
              structure: outputOf(structure!, 'structure'),
              trajectory: segments.map((event) => outputOf(event, 'trajectory')),
            },
          },
          this.#said(`${what} of ${name}`),
        );
      const every = Math.round(initial.labelEveryFs / initial.poolEveryFs);
      return { segments, pool: sample(1, 'pool'), first: sample(every, 'first configurations') };
    });
    this.#pool = demandAll(samples.map(({ pool }) => pool));
    const selections = demandAll(samples.map(({ first }) => first));
    this.#addRound(
      { level: 0, stage: 'initialisation', iteration: 1, target: undefined, fit: undefined, activeSet: undefined },
      samples.flatMap(({ segments }) => segments),
      selections,
    );
  }

  /** A2: what the pool has that the training set lacks. */
  #preTrain(level: number, first: StoredEvent): StoredEvent {
    let fit = first;
    for (let iteration = 1; iteration <= this.#scheme.preTraining; iteration++) {
      const activeSet = this.#activeSet(level, fit);
      const candidates = this.#pool.filter(({ core }) => core.outputs.configurations !== undefined);
      const selection = this.#select(
        level,
        fit,
        activeSet,
        candidates.map((event) => outputOf(event, 'configurations')),
        `pre-training ${iteration}`,
      );
      const added = this.#addRound(
        { level, stage: 'pre-training', iteration, target: undefined, fit, activeSet },
        [],
        [selection],
      );
      if (added === 0) break;
      fit = this.#fit(level, fit);
    }
    return fit;
  }

  /** A3: one target structure, until a run finds nothing new. */
  #learn(level: number, first: StoredEvent, target: string, structure: StoredEvent): StoredEvent {
    const { sampling } = this.#scheme;
    let fit = first;
    for (let iteration = 1; ; iteration++) {
      const activeSet = this.#activeSet(level, fit);
      const words = `${target}, round ${iteration}`;
      const { segments } = this.#settled(
        planLearningRun(
          this.#spec,
          {
            purpose: this.#said(`level ${level}, ${words}`),
            structure,
            fit,
            activeSet,
            seed: this.#seed(['sampling', level, target, iteration]),
            timePs: sampling.timePs,
            sampleEveryFs: this.#spec.dynamics.production.sampleEveryFs,
            params: {
              ensemble: sampling.ensemble,
              temperatureK: sampling.temperatureK,
              dampingFs: sampling.dampingFs,
              ...(sampling.ensemble === 'npt' ? { barostat: sampling.barostat as JsonObject } : {}),
              grades: sampling.grades as JsonObject,
            },
          },
          this.#planner,
        ),
      );
      const found = segments.filter(({ core }) => core.outputs.selected !== undefined);
      const candidates = found.map((event) => outputOf(event, 'selected'));
      const isLast = iteration >= sampling.maxIterations;
      const added = this.#addRound(
        { level, stage: 'active learning', iteration, target, fit, activeSet },
        segments,
        candidates.length === 0 ? [] : [this.#select(level, fit, activeSet, candidates, words)],
        isLast,
      );
      if (added === 0) return fit;
      fit = this.#fit(level, fit);
      if (isLast) return fit;
    }
  }

  /** Labels what was chosen and takes it into the training set. @returns how many configurations it has more */
  #addRound(
    round: Pick<SchemeStage, 'level' | 'stage' | 'iteration' | 'target' | 'fit' | 'activeSet'>,
    runs: readonly StoredEvent[],
    selections: readonly StoredEvent[],
    isLast = false,
  ): number {
    const slots = selections.flatMap((selection) => this.#label(selection, roundWords(round)));
    const labels = demandAll(this.#planner.without(slots, (slot) => [withdrawalIn(slot)]));
    const { maxForceEvA } = this.#scheme;
    const refused = labels.filter(({ core }) => (core.results.maxForceEvA as number) > maxForceEvA);
    const taken = labels.filter((label) => !refused.includes(label));
    this.#training = [
      ...this.#training,
      ...taken.map(({ eventId }) => ({ event: eventId, output: 'labels', index: 0 })),
    ];
    this.stages.push({
      ...round,
      runs,
      selections,
      labels,
      refused,
      trainingConfigurations: this.#training.length,
      ended: endOf(taken.length, labels.length, runs, isLast),
    });
    return taken.length;
  }

  #label(selection: StoredEvent, words: string): Slot[] {
    const said = (what: string): string => this.#said(`${words}, ${what}`);
    return referenceLabels(this.#spec, demand(this.#needs.engine), selection, said, this.#planner);
  }

  /** @param previous the potential of this level that went before, undefined for the first */
  #fit(level: number, previous: StoredEvent | undefined): StoredEvent {
    const { fit, refit } = this.#scheme;
    const { from, maxIterations = fit.maxIterations, refineIterations = fit.refineIterations } = refit;
    const settings = previous === undefined ? { ...fit, level } : { ...fit, level, maxIterations, refineIterations };
    this.#fits = previous === undefined ? 1 : this.#fits + 1;
    const set = { training: writeManifest(this.#training), validation: undefined };
    const chain: FitChain = planFitChain(
      {
        purpose: this.#said(`level ${level}, fit ${this.#fits} to ${this.#training.length} configurations`),
        params: fitParams(this.#spec, settings, false),
        start:
          previous === undefined || from === 'seed'
            ? { seed: this.#seed(['fit', level, this.#fits]) }
            : { potential: previous },
      },
      set,
      this.#planner,
    );
    return demand(chain.potential);
  }

  #activeSet(level: number, fit: StoredEvent): StoredEvent {
    const training = writeManifest(this.#training);
    const slot = this.#planner.ask(
      {
        kind: 'potential.active-set',
        v: 1,
        params: { ...(this.#scheme.activeSet as JsonObject), elements: this.#spec.elements },
        inputs: { potential: outputOf(fit, 'potential'), training: { manifest: sha256Hex(training) } },
      },
      this.#said(`level ${level}, active set of fit ${this.#fits}`),
      [training],
    );
    return demand(slot);
  }

  #select(
    level: number,
    fit: StoredEvent,
    activeSet: StoredEvent,
    candidates: { event: string; output: string }[],
    words: string,
  ): StoredEvent {
    const { select, activeSet: options } = this.#scheme;
    const { swapThreshold } = options;
    const slot = this.#planner.ask(
      {
        kind: 'configurations.select',
        v: 1,
        params: {
          ...(select as JsonObject),
          ...(swapThreshold === undefined ? {} : { swapThreshold }),
          elements: this.#spec.elements,
        },
        inputs: {
          potential: outputOf(fit, 'potential'),
          activeSet: outputOf(activeSet, 'activeSet'),
          candidates,
        },
      },
      this.#said(`level ${level}, selection of ${words}`),
    );
    return demand(slot);
  }

  #settled(run: LearningRun): LearningRun {
    if (run.ended === undefined) throw new Open(run.open);
    return run;
  }

  /** A run under the engine itself that leaves the engine's range: there is nothing that could mend it. */
  #finished(run: LearningRun): LearningRun {
    const { ended } = this.#settled(run);
    if (ended!.core.outcome.status === 'stopped') throw new Stuck(ended!);
    return run;
  }

  #said(what: string): string {
    const { runs } = this.#scheme;
    return `${this.#name}${runs === 1 ? '' : ` ${this.#run + 1}`}, ${what}`;
  }

  #seed(purpose: readonly (string | number)[]): string {
    return deriveSeed(this.#spec.seed, ['scheme', this.#name, this.#run, ...purpose]);
  }
}

function endOf(added: number, labelled: number, runs: readonly StoredEvent[], isLast: boolean): SchemeStage['ended'] {
  if (added > 0) return isLast ? 'limit' : 'added';
  const stopped = runs.at(-1)?.core.outcome.status === 'stopped';
  return stopped || labelled > 0 ? 'no label of use' : 'nothing new';
}

/** A label of each configuration of a sample or a selection. @param said what it is for, in the campaign's words */
export function referenceLabels(
  { elements }: CampaignSpec,
  engine: StoredEvent,
  { core, eventId }: StoredEvent,
  said: (what: string) => string,
  planner: Planner,
): Slot[] {
  if (core.outputs.configurations === undefined) return [];
  const count = (core.results.selected ?? core.results.configurations) as number;
  return Array.from({ length: count }, (_, index) =>
    planner.ask(
      {
        kind: 'label.reference',
        v: 1,
        params: { elements, index },
        inputs: {
          potential: outputOf(engine, 'potential'),
          configurations: { event: eventId, output: 'configurations' },
        },
      },
      said(`label ${index + 1} of ${count}`),
    ),
  );
}

/** The potentials of a scheme by name, one a run; and its final training set, that of the first run. */
export function schemeResults(
  name: string,
  runs: readonly SchemeRun[],
): {
  readonly potentials: { readonly [name: string]: readonly Slot[] };
  readonly training: Uint8Array | Withdrawal | undefined;
} {
  const slots = (level: number): Slot[] =>
    runs.map(({ levels, withdrawn }) => levels.find((found) => found.level === level)!.potential ?? withdrawn);
  const [first] = runs;
  return {
    potentials: Object.fromEntries(first!.levels.map(({ level }) => [schemePotential(name, level), slots(level)])),
    training: first!.levels.at(-1)!.training ?? first!.withdrawn,
  };
}
