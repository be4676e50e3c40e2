/**
 * The stages as a drawing: a box each, what was made above what was made of it, arrows between. Arrows that follow from
 * others are left out. Each box leads to its stage below.
 */
import { essentialArrows, type Stage, type StageArrow } from '../../../src/audit/explain/stages.ts';
import { html, type Markup } from '../../../src/projections/drawing/markup.ts';
import {
  correctionSummary,
  replaySummary,
  stageCounts,
  stageResults,
  stageTitle,
  tallyReplays,
} from '../stage-digest.ts';
import type { PageContext } from './page-context.ts';
import { stageAnchor } from './stage-section.ts';

/** Pixels of the drawing, which scales with the page. */
const WIDTH = 760;
const ROW_GAP = 26;
const GAP = 20;
const LINE_HEIGHT = 16;
const MAX_BOX_WIDTH = 460;
/** Arrows past a row run in the margin to the right of the boxes. */
const MARGIN = 40;
const CHARACTER_WIDTH = 6.7;
/** The stage map ends in the question itself. */
const RESULT = 'result';

interface Box {
  readonly id: string;
  readonly href: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly title: string;
  readonly lines: readonly string[];
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The box at the end: what was asked. */
export interface MapResult {
  readonly title: string;
  readonly lines: readonly string[];
}

type BoxWords = Pick<Box, 'href' | 'tone' | 'title' | 'lines'>;

export function stageMap(context: PageContext, result: MapResult): Markup {
  const { staged, lineage } = context.explanation;
  const roots = new Set(lineage.roots);
  const last = staged.stages.filter(({ events }) => events.some(({ eventId }) => roots.has(eventId)));
  const ids = [...staged.stages.map(({ id }) => id), RESULT];
  const arrows = essentialArrows(ids, [
    ...staged.arrows,
    ...last.map(({ id }) => ({ producer: id, consumer: RESULT })),
  ]);
  const words = new Map<string, BoxWords>([
    ...staged.stages.map((stage): [string, BoxWords] => [stage.id, boxWords(context, stage)]),
    [RESULT, { href: 'value', tone: 'plain', ...result }],
  ]);
  const rows = rowsOf(ids, arrows);
  const boxHeight = 32 + LINE_HEIGHT * Math.max(...[...words.values()].map(({ lines }) => lines.length));
  const boxes = rows.flatMap((row, r) => {
    const width = Math.min(MAX_BOX_WIDTH, (WIDTH - 2 * MARGIN - GAP * (row.length - 1)) / row.length);
    const left = (WIDTH - row.length * width - GAP * (row.length - 1)) / 2;
    return row.map((id, k): Box => {
      const [x, y] = [left + k * (width + GAP), r * (boxHeight + ROW_GAP) + 2];
      return { id, row: r, x, y, width, height: boxHeight, ...words.get(id)! };
    });
  });
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const height = rows.length * (boxHeight + ROW_GAP) - ROW_GAP + 4;
  return html`<div class="scroll"><svg class="map" viewBox="0 0 ${WIDTH} ${height}" role="group" aria-label="Derivation by stage, from sources to result">
<defs><marker id="arrowhead" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${arrows.map(({ producer, consumer }) => arrowPath(byId.get(producer)!, byId.get(consumer)!))}
${boxes.map(drawBox)}
</svg></div>`;
}

function boxWords(context: PageContext, stage: Stage): BoxWords {
  const { verdicts, corrections } = context.explanation;
  const tally = tallyReplays(stage.events, verdicts);
  const corrected = correctionSummary(stage.events, corrections);
  const marks = [corrected, replaySummary(tally)].filter((text) => text !== '').join(', ');
  return {
    href: stageAnchor(stage.id),
    tone: corrected !== '' || tally.differs > 0 ? 'bad' : tally.identical > 0 ? 'good' : 'plain',
    title: stageTitle(stage),
    lines: [stageCounts(stage), stageResults(stage), marks].filter((text) => text !== ''),
  };
}

/** Each stage as far down as its consumers allow, so that arrows are short; the result alone in the last row. */
function rowsOf(ids: readonly string[], arrows: readonly StageArrow[]): string[][] {
  const fromBottom = new Map<string, number>();
  for (const id of [...ids].reverse()) {
    const below = arrows.filter(({ producer }) => producer === id).map(({ consumer }) => fromBottom.get(consumer)!);
    fromBottom.set(id, 1 + Math.max(-1, ...below));
  }
  const rows: string[][] = [];
  for (const [id, row] of fromBottom) {
    rows[row] ??= [];
    rows[row].unshift(id);
  }
  return rows.reverse();
}

const px = (value: number): string => String(Math.round(value));

/** Straight down to the next row; past a row in the margin. */
function arrowPath(from: Box, to: Box): Markup {
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const [y1, y2] = [from.y + from.height, to.y - 1];
  if (to.row === from.row + 1) {
    const middle = (y1 + y2) / 2;
    return html`<path class="arrow" d="M${px(x1)} ${px(y1)}C${px(x1)} ${px(middle)} ${px(x2)} ${px(middle)} ${px(x2)} ${px(y2)}"/>
`;
  }
  const lane = WIDTH - MARGIN / 2;
  const [start, end] = [from.y + from.height / 2, to.y + to.height / 2];
  return html`<path class="arrow" d="M${px(from.x + from.width)} ${px(start)}H${px(lane)}V${px(end)}H${px(to.x + to.width + 1)}"/>
`;
}

function drawBox({ id, href, tone, title, lines, x, y, width, height }: Box): Markup {
  const cut = (text: string, characterWidth: number): string => {
    const room = Math.floor((width - 28) / characterWidth);
    return [...text].length <= room ? text : `${[...text].slice(0, room - 1).join('')}…`;
  };
  return html`<a href="#${href}" class="box ${tone}${id === RESULT ? ' result' : ''}"><title>${[title, ...lines].join('\n')}</title><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${height}" rx="6"/><text x="${px(
    x + 14,
  )}" y="${px(y + 21)}" class="name">${cut(title, 8)}</text>${lines.map(
    (line, k) => html`<text x="${px(x + 14)}" y="${px(y + 39 + LINE_HEIGHT * k)}">${cut(line, CHARACTER_WIDTH)}</text>`,
  )}</a>
`;
}
