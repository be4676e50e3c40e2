/** Checks a drawing: sound XML of a small vocabulary, and everything in it within its view box. */
import { expect } from 'vitest';
import { SVG_BEGINNING } from '../../../src/projections/drawing/figure-svg.ts';
import { textWidth } from '../../../src/projections/drawing/text-width.ts';
import { type Element, readElements, type Vocabulary, words } from '../../cli/markup-check.ts';

/** Nothing by which a drawing could load, link, run or style anything, and no id. */
export const DRAWING: Vocabulary = {
  elements: words('svg title desc g rect path circle text'),
  attributes: words(
    `xmlns data-varve viewBox width height role aria-label font-family font-size font-weight fill fill-opacity stroke
    stroke-width stroke-dasharray stroke-linejoin shape-rendering text-anchor transform x y cx cy r d data-cell data-source`,
  ),
  void: new Set(),
  raw: new Set(),
};

export function checkDrawing(svg: string): Element[] {
  expect(svg.startsWith(SVG_BEGINNING)).toBe(true);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  // What XML 1.0 allows (production 2), without tabs, returns, C1 controls and marks of direction.
  expect(svg).toMatch(/^[\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
  expect(svg).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  const elements = readElements(svg, DRAWING);
  expect(elements.filter(({ name }) => name === 'svg')).toHaveLength(1);
  const [x, y, width, height] = elements[0]!.attributes.get('viewBox')!.split(' ').map(Number);
  expect([x, y]).toEqual([0, 0]);
  for (const element of elements.slice(1)) {
    for (const [px, py] of cornersOf(element)) {
      const inside = px >= 0 && px <= width! && py >= 0 && py <= height!;
      if (!inside) throw new Error(`(${px}, ${py}) outside ${width} × ${height}: ${describe(element)}`);
    }
  }
  return elements;
}

const describe = ({ name, attributes, text }: Element): string =>
  `<${name}> ${JSON.stringify([...attributes])} ${text}`;

type Point = readonly [number, number];

function cornersOf(element: Element): Point[] {
  const number = (name: string): number => {
    const text = element.attributes.get(name) ?? '0';
    expect(text).toMatch(/^-?\d+(\.\d+)?$/);
    return Number(text);
  };
  const [dx, dy] = shiftOf(element.attributes.get('transform'));
  const [x, y] = [number('x') + dx, number('y') + dy];
  switch (element.name) {
    case 'rect':
      return [
        [x, y],
        [x + number('width'), y + number('height')],
      ];
    case 'circle':
      return [
        [number('cx') - number('r'), number('cy') - number('r')],
        [number('cx') + number('r'), number('cy') + number('r')],
      ];
    case 'path':
      return pathPoints(element.attributes.get('d')!).map(([px, py]) => [px + dx, py + dy]);
    case 'text':
      return textCorners(element, x, y);
    default:
      return [];
  }
}

function shiftOf(transform: string | undefined): Point {
  if (transform === undefined) return [0, 0];
  const found = /^translate\((-?[\d.]+) (-?[\d.]+)\)( rotate\(-90\))?$/.exec(transform);
  if (found === null) throw new Error(`transform ${transform}`);
  return [Number(found[1]), Number(found[2])];
}

/** By the same estimate of widths that the drawing goes by. */
function textCorners({ attributes, text }: Element, x: number, y: number): Point[] {
  const width = textWidth(text, Number(attributes.get('font-size')));
  const start = { middle: -width / 2, end: -width, start: 0 }[attributes.get('text-anchor') ?? 'start']!;
  if (attributes.get('transform') !== undefined)
    return [
      [x, y - width / 2],
      [x, y + width / 2],
    ];
  return [
    [x + start, y - 8],
    [x + start + width, y + 3],
  ];
}

/** Where the commands of a path lead; arcs by their ends. */
function pathPoints(path: string): Point[] {
  expect(path).toMatch(/^(?:[MLHVhvlaz](?:-?\d+(?:\.\d+)?(?: (?=-?\d)|(?=[A-Za-z]|$)|(?=-)))*)+$/);
  const points: Point[] = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const n = (rest!.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
    if (command === 'M' || command === 'L') [x, y] = [n[0]!, n[1]!];
    else if (command === 'H') x = n[0]!;
    else if (command === 'V') y = n[0]!;
    else if (command === 'h') x += n[0]!;
    else if (command === 'v') y += n[0]!;
    else if (command === 'l') [x, y] = [x + n[0]!, y + n[1]!];
    else if (command === 'a') [x, y] = [x + n[5]!, y + n[6]!];
    points.push([x, y]);
  }
  return points;
}
