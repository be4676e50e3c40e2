/**
 * What one run of an active-learning scheme has done, stage by stage: what each fit was trained on, who added which
 * configurations, and why a stage ended. The tables of training sets are made of this and of nothing else.
 */
import type { StoredEvent } from '../../store/event.ts';
import type { Withdrawal } from './campaign-results.ts';

export type StageName = 'initialisation' | 'pre-training' | 'active learning';

/** One round: a potential looks for what it does not know, and what was found is labelled. */
export interface SchemeStage {
  /** 0 for the initialisation, which has none. */
  readonly level: number;
  readonly stage: StageName;
  /** From 1, of the pre-training or of the target at this level. */
  readonly iteration: number;
  /** `NAME, realisation N` of what is learnt. */
  readonly target: string | undefined;
  /** The potential of the round; none in the initialisation. */
  readonly fit: StoredEvent | undefined;
  readonly activeSet: StoredEvent | undefined;
  /** Segments of the runs of the round. */
  readonly runs: readonly StoredEvent[];
  /** `configurations.sample` or `configurations.select` events whose configurations were labelled. */
  readonly selections: readonly StoredEvent[];
  /** Of these, in order; those that stay out of the training set, too. */
  readonly labels: readonly StoredEvent[];
  /** Labels that stay out because of too large a force. */
  readonly refused: readonly StoredEvent[];
  /** In the training set when the round was over. */
  readonly trainingConfigurations: number;
  /**
   * `added`: configurations, so another round or stage follows; `nothing new`: all was looked through, a run to its last
   * step, and nothing found; `no label of use`: what was found was refused, or the run stopped early at a state that adds
   * nothing; `limit`: configurations were added, but no further round is allowed.
   */
  readonly ended: 'added' | 'nothing new' | 'no label of use' | 'limit';
}

/** `initialisation`, `level 4, pre-training 1`, `level 4, TARGET, round 2`. */
export function roundWords({
  level,
  stage,
  iteration,
  target,
}: Pick<SchemeStage, 'level' | 'stage' | 'iteration' | 'target'>): string {
  if (stage === 'initialisation') return stage;
  return `level ${level}, ${stage === 'pre-training' ? `pre-training ${iteration}` : `${target}, round ${iteration}`}`;
}

export interface SchemeLevel {
  readonly level: number;
  /** Undefined while it is not fitted for good. */
  readonly potential: StoredEvent | undefined;
  /** Its training set, as a manifest; undefined likewise. */
  readonly training: Uint8Array | undefined;
}

export interface SchemeRun {
  readonly scheme: string;
  /** From 0. */
  readonly run: number;
  /** Those that are over, in order. */
  readonly stages: readonly SchemeStage[];
  readonly levels: readonly SchemeLevel[];
  /** What it lacks for good, where corrections took something back. */
  readonly withdrawn: Withdrawal | undefined;
  /** Why it cannot go on, where a run under the label engine itself stopped. */
  readonly stuck: StoredEvent | undefined;
}

/** What a scheme run that is stuck has come to. */
export const STUCK = 'a run under the label engine itself stopped';

/** A5: configurations that no fit has seen. */
export interface ValidationSet {
  readonly run: readonly StoredEvent[];
  readonly sample: StoredEvent | undefined;
  readonly labels: readonly StoredEvent[];
  /** Manifest of the labels, once all are there. */
  readonly set: Uint8Array | undefined;
  /** The segment in which the run ended early: there is no validation set then. */
  readonly stopped: StoredEvent | undefined;
  readonly withdrawn: Withdrawal | undefined;
}

/** The same, and how far each potential is from the labels. */
export interface Validation extends ValidationSet {
  /** `potential.errors` by potential, one of each of its fits; a withdrawal where one lacks something for good. */
  readonly errors: { readonly [potential: string]: readonly (StoredEvent | Withdrawal | undefined)[] };
}
