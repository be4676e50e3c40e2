/** The cells of a campaign's tables as values of a crate, withheld and missing ones included. */
import type { Cell, Table } from '../../projections/table.ts';
import { type CrateEntity, references, uriPart } from './crate-entity.ts';
import type { CrateFiles } from './crate-files.ts';
import type { ProvenanceScope } from './provenance-scope.ts';

export const tableParameterId = ({ name }: Pick<Table, 'name'>): string => `#table-${uriPart(name)}`;
export const cellId = ({ name }: Cell): string => `#cell-${name.split('/').map(uriPart).join('/')}`;

/** Each cell, followed by what it is to be read against: its interval, its range, the published value. */
export function* cellEntities(scope: ProvenanceScope, { files }: CrateFiles): Generator<CrateEntity> {
  for (const cell of scope.cells) {
    const bounds = [...boundEntities(cell)];
    const madeBy = cell.events.flatMap((eventId) => Object.values(scope.byId.get(eventId)?.core.outputs ?? {}));
    const verdict = cell.verdict === undefined ? [] : [`verdict: ${cell.verdict}`];
    const withheld = cell.status === 'computed' ? [] : [`${cell.status}: there is no value`];
    const text = cell.text === undefined ? [] : [cell.text];
    const description = [...withheld, ...text, ...verdict, ...cell.notes].join('; ');
    yield {
      '@id': cellId(cell),
      '@type': 'PropertyValue',
      name: cell.name,
      ...(description === '' ? {} : { description }),
      ...measured(cell.value, cell.unit),
      ...references('exampleOfWork', [tableParameterId({ name: cell.name.split('/')[0]! })]),
      ...references('subjectOf', new Set(madeBy.map(({ hash }) => files.get(hash)!.id))),
      ...references(
        'valueReference',
        bounds.map((bound) => bound['@id']),
      ),
    };
    yield* bounds;
  }
}

function* boundEntities(cell: Cell): Generator<CrateEntity> {
  const { interval95, range, published, unit } = cell;
  if (interval95 !== null) {
    yield {
      ...bound(cell, 'interval95', '95 % interval', interval95),
      description: 'A bound that is not given is unbounded.',
    };
  }
  if (range !== undefined) yield bound(cell, 'range', 'smallest and largest of the values that were averaged', range);
  if (published !== null) {
    yield {
      '@id': `${cellId(cell)}/published`,
      '@type': 'PropertyValue',
      name: 'published value',
      description: `From the literature, not computed here: ${published.what}${published.text === undefined ? '' : `: ${published.text}`}.`,
      ...measured(published.value, unit),
    };
  }
}

const bound = (
  cell: Cell,
  part: string,
  name: string,
  [low, high]: readonly [number | null, number | null],
): CrateEntity => ({
  '@id': `${cellId(cell)}/${part}`,
  '@type': 'PropertyValue',
  name,
  ...(low === null ? {} : { minValue: low }),
  ...(high === null ? {} : { maxValue: high }),
  ...(cell.unit === '' ? {} : { unitText: cell.unit }),
});

const measured = (value: number | null, unit: string) => ({
  ...(value === null ? {} : { value }),
  ...(unit === '' ? {} : { unitText: unit }),
});
