/** The frame of a panel with ticks, their texts, and what the axes are called. */
import type { Axis } from '../figure.ts';
import { type Frame, px } from './marks.ts';
import { html, type Markup, nothing } from './markup.ts';
import { GRID, INK, SOFT } from './palette.ts';
import { makeScale, type Scale, type Span, type Tick } from './scale.ts';
import { shortened, textWidth, wrapText } from './text-width.ts';
import { axisText } from './values-text.ts';

export const TICK_SIZE = 11.5;
const LABEL_SIZE = 13;
const TICK_LENGTH = 5;
/** Between two texts along an axis. */
const TEXT_GAP = 10;
/** Room that axes take outside the frame. */
export const BELOW = 46;
export const OPPOSITE_ABOVE = 40;

/** How far texts below and above may reach beyond the frame. */
const OVERHANG = 34;

/** A text over or under a place of the frame, whole within the drawing. */
function textAt({ left, width }: Frame, text: string, x: number, y: number): Markup {
  const shown = shortened(text, width, TICK_SIZE);
  const half = textWidth(shown, TICK_SIZE) / 2;
  const inside = Math.max(Math.min(x, left + width + OVERHANG - half), left - OVERHANG + half);
  return html`<text x="${px(inside)}" y="${px(y)}" text-anchor="middle" font-size="${TICK_SIZE}" fill="${INK}">${shown}</text>`;
}

/** As many ticks as their texts have room for. */
export function horizontalScale(span: Span, axis: Axis, widthPx: number): Scale {
  for (let aim = 8; aim > 2; aim -= 1) {
    const scale = makeScale(span, axis.scale, aim);
    if (withoutOverlaps(marksOf(scale), widthPx).length === marksOf(scale).length) return scale;
  }
  return makeScale(span, axis.scale, 2);
}

interface Mark {
  readonly place: number;
  readonly text: string;
}

const marksOf = (scale: Scale): Mark[] =>
  scale.ticks.flatMap(({ at, text }) => (text === '' ? [] : [{ place: scale.place(at), text }]));

/** Those that have room beside the earlier ones. */
function withoutOverlaps(marks: readonly Mark[], widthPx: number): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks) {
    const clear = (other: Mark): boolean =>
      Math.abs(other.place - mark.place) * widthPx >=
      (textWidth(other.text, TICK_SIZE) + textWidth(mark.text, TICK_SIZE)) / 2 + TEXT_GAP;
    if (kept.every(clear)) kept.push(mark);
  }
  return kept;
}

const LABEL_LINE = LABEL_SIZE + 3;
const MOST_LABEL_LINES = 2;

/** Room at the left for the texts of the vertical axis. */
export const leftRoom = (scale: Scale, axis: Axis, heightPx: number): number =>
  14 +
  verticalLabel(scale, axis, heightPx).length * LABEL_LINE +
  Math.max(18, ...scale.ticks.map(({ text }) => textWidth(text, TICK_SIZE)));

const verticalLabel = (scale: Scale, axis: Axis, heightPx: number): string[] =>
  wrapText(axisText(axis, scale.factor), heightPx, LABEL_SIZE, MOST_LABEL_LINES);

export function drawAxes(frame: Frame): Markup {
  const { left, top, width, height, panel } = frame;
  return html`<g>${gridLines(frame)}<rect x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}" fill="none" stroke="${SOFT}" stroke-width="1"/>
${horizontalTicks(frame)}${verticalTicks(frame)}${opposite(frame)}
${centred(axisText(panel.x, frame.x.factor), left + width / 2, top + height + 38, width + 60)}
${verticalLabel(frame.y, panel.y, height).map((line, k, lines) => {
  const x = left - leftRoom(frame.y, panel.y, height) + LABEL_SIZE + k * LABEL_LINE;
  const y = top + height / 2;
  return html`<text transform="translate(${px(lines.length === 1 ? x + 2 : x)} ${px(y)}) rotate(-90)" text-anchor="middle" font-size="${LABEL_SIZE}" fill="${INK}">${line}</text>`;
})}</g>
`;
}

const centred = (text: string, x: number, y: number, widthPx: number): Markup =>
  html`<text x="${px(x)}" y="${px(y)}" text-anchor="middle" font-size="${LABEL_SIZE}" fill="${INK}">${shortened(text, widthPx, LABEL_SIZE)}</text>`;

const labelled = ({ ticks }: Scale): readonly Tick[] => ticks.filter(({ text }) => text !== '');

const gridLines = ({ left, top, width, height, x, y }: Frame): Markup => {
  const upright = labelled(x).map(({ at }) => `M${px(left + x.place(at) * width)} ${px(top)}v${px(height)}`);
  const level = labelled(y).map(({ at }) => `M${px(left)} ${px(top + (1 - y.place(at)) * height)}h${px(width)}`);
  const lines = [...upright, ...level].join('');
  return lines === '' ? nothing : html`<path d="${lines}" stroke="${GRID}" stroke-width="1"/>`;
};

const lengthOf = ({ text }: Tick): number => (text === '' ? TICK_LENGTH / 2 : TICK_LENGTH);

function horizontalTicks(frame: Frame): Markup {
  const { left, top, width, height, x } = frame;
  const bottom = top + height;
  const at = (tick: Tick): number => left + x.place(tick.at) * width;
  const shown = new Set(withoutOverlaps(marksOf(x), width).map(({ text }) => text));
  return html`${strokes(x.ticks.map((tick) => `M${px(at(tick))} ${px(bottom)}v${px(-lengthOf(tick))}`))}${labelled(x)
    .filter(({ text }) => shown.has(text))
    .map((tick) => textAt(frame, tick.text, at(tick), bottom + 17))}`;
}

function verticalTicks({ left, top, height, y }: Frame): Markup {
  const at = (tick: Tick): number => top + (1 - y.place(tick.at)) * height;
  return html`${strokes(y.ticks.map((tick) => `M${px(left)} ${px(at(tick))}h${px(lengthOf(tick))}`))}${labelled(y).map(
    (tick) =>
      html`<text x="${px(left - 6)}" y="${px(at(tick) + 4)}" text-anchor="end" font-size="${TICK_SIZE}" fill="${INK}">${tick.text}</text>`,
  )}`;
}

const strokes = (paths: readonly string[]): Markup =>
  paths.length === 0 ? nothing : html`<path d="${paths.join('')}" stroke="${SOFT}" stroke-width="1"/>`;

/** The other quantity along the horizontal axis, above the frame. */
function opposite(frame: Frame): Markup {
  const { left, top, width, x, panel } = frame;
  const other = panel.x.opposite;
  if (other === undefined) return nothing;
  const marks = other.marks
    .map(({ at, text }) => ({ place: x.place(at), text }))
    .filter(({ place }) => place >= 0 && place <= 1);
  const shown = withoutOverlaps(marks, width);
  const at = ({ place }: Mark): number => left + place * width;
  return html`${strokes(shown.map((mark) => `M${px(at(mark))} ${px(top)}v${px(TICK_LENGTH)}`))}${shown.map((mark) => textAt(frame, mark.text, at(mark), top - 6))}${centred(axisText(other), left + width / 2, top - 22, width)}`;
}
