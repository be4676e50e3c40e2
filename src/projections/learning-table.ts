/**
 * Training sets by level and round (A1–A4): who offered how many configurations, how far the worst was from the training
 * set, how many were added and why a round was the last. One row a round; cells answer why by its events.
 */
import { describeWithdrawal, stopMessage } from './campaign-results.ts';
import { roundWords, type SchemeRun, type SchemeStage, STUCK } from './scheme-record.ts';
import { type Cell, cellName, type Table } from './table.ts';

interface Quantity {
  readonly key: string;
  readonly heading: string;
  readonly unit: string;
  /** null where the round has no such number. */
  readonly value: (stage: SchemeStage) => number | null;
}

const sumOf = (events: SchemeStage['runs'], result: string): number =>
  events
    .map(({ core }) => core.results[result])
    .filter((value) => typeof value === 'number')
    .reduce((sum, value) => sum + value, 0);

const largestOf = (events: SchemeStage['runs']): number | null => {
  const grades = events.map(({ core }) => core.results.largestGrade).filter((value) => typeof value === 'number');
  return grades.length === 0 ? null : grades.reduce((a, b) => Math.max(a, b));
};

/** What was looked through: candidates of a selection, or all configurations of a sample. */
const offered = ({ selections }: SchemeStage): number =>
  sumOf(selections, 'candidates') + sumOf(selections, 'configurations');

const quantities: readonly Quantity[] = [
  { key: 'time', heading: 'time run', unit: 'ps', value: ({ runs }) => sumOf(runs, 'timePs') },
  {
    key: 'grade',
    heading: 'largest grade',
    unit: '',
    value: ({ runs, selections }) => largestOf([...runs, ...selections]),
  },
  { key: 'candidates', heading: 'candidates', unit: '', value: offered },
  { key: 'added', heading: 'added', unit: '', value: ({ labels, refused }) => labels.length - refused.length },
  { key: 'refused', heading: 'refused', unit: '', value: ({ refused }) => refused.length },
  { key: 'configurations', heading: 'configurations', unit: '', value: (stage) => stage.trainingConfigurations },
];

/** Undefined where nothing is learnt. */
export function deriveLearningTable(schemes: { readonly [name: string]: readonly SchemeRun[] }): Table | undefined {
  const runs = Object.values(schemes).flat();
  if (runs.length === 0) return undefined;
  return {
    name: 'learning',
    title: 'Training sets, round by round: what was run and offered, what was added, what the set has then',
    columns: quantities.map(({ key, heading }) => ({ key, heading })),
    rows: runs.flatMap((run) => [
      ...run.stages.map((stage) => ({
        name: stageName(run, stage),
        heading: stageHeading(run, stage),
        cells: quantities.map((quantity) => stageCell(run, stage, quantity)),
      })),
      ...openRow(run),
    ]),
  };
}

/** `SCHEME.RUN.LEVEL.STAGE.ITERATION`, unique in a campaign: targets are counted on through a level. */
export function stageName({ scheme, run, stages }: SchemeRun, stage: SchemeStage): string {
  if (stage.stage === 'initialisation') return `${scheme}.${run + 1}.start`;
  const alike = stages.filter((other) => other.level === stage.level && other.stage === stage.stage);
  const what = stage.stage === 'pre-training' ? 'pre' : 'md';
  return `${scheme}.${run + 1}.L${stage.level}.${what}.${alike.indexOf(stage) + 1}`;
}

const ENDS: { readonly [end in SchemeStage['ended']]: string } = {
  added: '',
  'nothing new': ': nothing new',
  'no label of use': ': nothing of use',
  limit: ': last round allowed',
};

const stageHeading = ({ scheme, run }: SchemeRun, stage: SchemeStage): string =>
  `${scheme} ${run + 1}, ${roundWords(stage)}${stage.stage === 'initialisation' ? '' : ENDS[stage.ended]}`;

function stageCell(run: SchemeRun, stage: SchemeStage, { key, unit, value }: Quantity): Cell {
  const found = value(stage);
  const { runs, selections, labels, fit, activeSet } = stage;
  const events = [...runs, ...selections, ...labels, ...(fit === undefined ? [] : [fit])];
  return {
    name: cellName('learning', stageName(run, stage), key),
    value: found,
    unit,
    interval95: null,
    status: found === null ? 'withheld' : 'computed',
    notes: found !== null ? [] : [fit === undefined ? 'nothing is graded before the first fit' : 'no state was graded'],
    events: [...events, ...(activeSet === undefined ? [] : [activeSet])].map(({ eventId }) => eventId),
    published: null,
  };
}

/** A scheme run that cannot go on says why in a row of its own. */
function openRow(run: SchemeRun): Table['rows'][number][] {
  const { scheme, stuck, withdrawn } = run;
  const event = stuck ?? withdrawn?.event;
  if (event === undefined) return [];
  const name = `${scheme}.${run.run + 1}.end`;
  const note = withdrawn === undefined ? `${STUCK}: ${stopMessage(event)}` : describeWithdrawal(withdrawn);
  return [
    {
      name,
      heading: `${scheme} ${run.run + 1} ends here`,
      cells: quantities.map(({ key, unit }) => ({
        name: cellName('learning', name, key),
        value: null,
        unit,
        interval95: null,
        status: withdrawn === undefined ? 'withheld' : 'withdrawn',
        notes: [note],
        events: [event.eventId],
        published: null,
      })),
    },
  ];
}
