/** What a campaign has of the analyses of its runs besides diffusion, and of its ground states. */
import type { StoredEvent } from '../../store/event.ts';
import type { Withdrawal } from './campaign-results.ts';

export type RunAnalysisName = 'jumps' | 'rdf' | 'displacements';

/** One analysis of one run. */
export interface RunAnalysis {
  readonly name: RunAnalysisName;
  /** What the row of the runs is called in tables. */
  readonly row: string;
  readonly potential: string;
  readonly temperatureK: number;
  readonly member: number;
  readonly event: StoredEvent | undefined;
  /** The segment in which the run stopped, or the preparation of its structure: there is no analysis then. */
  readonly stopped: StoredEvent | undefined;
  readonly withdrawn: Withdrawal | undefined;
}

/** Radial distributions of the configurations of labels. */
export interface LabelledDistribution {
  readonly labels: string;
  readonly event: StoredEvent | undefined;
  readonly withdrawn: Withdrawal | undefined;
}

/** One structure at 0 K by one method. */
export interface GroundState {
  readonly name: string;
  readonly method: 'symmetric' | 'annealed';
  readonly structure: string;
  readonly potential: string;
  /** Counted from 1. */
  readonly fit: number;
  readonly preparation: readonly StoredEvent[];
  readonly phonons: StoredEvent | undefined;
  /** Whether phonons are asked for. */
  readonly withPhonons: boolean;
  readonly row: StoredEvent | undefined;
  /** The event in which its preparation stopped. */
  readonly stopped: StoredEvent | undefined;
  readonly withdrawn: Withdrawal | undefined;
}

export interface BulkResults {
  readonly runAnalyses: readonly RunAnalysis[];
  readonly labelledDistributions: readonly LabelledDistribution[];
  readonly groundStates: readonly GroundState[];
}
