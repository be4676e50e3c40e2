/** Tables beyond one model: Λ of measured pairs (the paper's Table VI), polycrystals and mixtures (its Fig. 13 in numbers). */
import { LOW_CONTRAST } from '../analysis/wiener.ts';
import type { MacroResults, Place, ScaleResults } from './boundary-results.ts';
import { placeCell } from './place-cell.ts';
import type { PublishedConductivity, PublishedValues } from './published.ts';
import { type Cell, cellName, type Table } from './table.ts';

/** 10⁻³ Å⁻³ in 1 Å⁻³. */
const MILLI = 1000;

export function deriveConductivityTable(
  densities: ScaleResults['carrierDensities'],
  published: PublishedValues | undefined,
): Table {
  const columns = [
    { key: 'Lambda', heading: 'Λ' },
    { key: 'LambdaRounded', heading: 'Λ with kB = 1.381e-23 J/K, e = 1.602e-19 C' },
  ] as const;
  const results = { Lambda: 'carrierDensityPerA3', LambdaRounded: 'carrierDensityOfRoundedConstantsPerA3' } as const;
  return {
    name: 'tableVI',
    title: 'Λ = σ kB T/(D e²) of measured, published pairs of σ and D (layout of Table VI)',
    columns,
    rows: densities.map(({ name, place }) => {
      const measured = published!.conductivities![name]!;
      const printed = measured.carrierDensityPerA3;
      return {
        name,
        heading: headingOf(name, measured),
        cells: columns.map(({ key }) =>
          placeCell(place, {
            name: cellName('tableVI', name, key),
            unit: '10⁻³ Å⁻³',
            published: printed === undefined ? null : { value: MILLI * printed, what: 'published' },
            value: (found) => MILLI * (found[results[key]] as number),
            notes: (found) => [
              `${(MILLI * (found[results[key]] as number)).toFixed(3)} to three decimals, ` +
                (key === 'Lambda'
                  ? 'with the exact constants of the SI, as every other number here'
                  : 'with the rounded constants that reproduce the published table; used for this comparison alone'),
            ],
          }),
        ),
      };
    }),
  };
}

const headingOf = (name: string, { temperatureK, conductivityMsCm, diffusionCm2S }: PublishedConductivity): string =>
  `${name}: measured at ${temperatureK} K, σ = ${conductivityMsCm} mS/cm, D = ${diffusionCm2S} cm²/s`;

/** @param temperatureK of the lines */
export function deriveMacroTables({ grains, mixture }: MacroResults, temperatureK: number): Table[] {
  const polycrystal: Table = {
    name: 'polycrystal',
    title: `Polycrystals of one bulk and its boundaries at ${temperatureK} K, between Wiener’s bounds (Fig. 13a)`,
    columns: [
      { key: 'smallestGrain', heading: 'boundaries fill all below' },
      { key: 'negligibleFrom', heading: 'both bounds within 10 % of the bulk from' },
      { key: 'contrast', heading: 'largest D over smallest' },
    ],
    rows: grains.map(({ bulk, place }) => ({
      name: bulk,
      heading: bulk,
      cells: [
        sizeCell(place, bulk, 'smallestGrain', 'smallestGrainSizeNm'),
        sizeCell(place, bulk, 'negligibleFrom', 'negligibleFromNm'),
        contrastCell(place, cellName('polycrystal', bulk, 'contrast')),
      ],
    })),
  };
  return mixture === undefined ? [polycrystal] : [polycrystal, mixtureTable(mixture, temperatureK)];
}

const sizeCell = (place: Place, bulk: string, key: string, result: string): Cell =>
  placeCell(place, {
    name: cellName('polycrystal', bulk, key),
    unit: 'nm',
    value: (found) => found[result] as number | null,
    without: 'boundaries matter at the largest grains of the spec still',
  });

const contrastCell = (place: Place, name: string): Cell =>
  placeCell(place, {
    name,
    unit: '',
    value: ({ contrast }) => contrast as number,
    notes: ({ lowContrast }) =>
      lowContrast === true
        ? []
        : [`above ${LOW_CONTRAST} Wiener’s bounds are bounds still, but too far apart to be an estimate`],
  });

interface MeasuredFractions {
  readonly name: string;
  readonly upperFraction?: number;
  readonly lowerFraction?: number;
  readonly withheld?: string;
}

function mixtureTable({ bulks, place }: NonNullable<MacroResults['mixture']>, temperatureK: number): Table {
  const measured = (place.event?.core.results.measured ?? []) as unknown as readonly MeasuredFractions[];
  const fraction = (k: number, name: string, key: 'upperFraction' | 'lowerFraction'): Cell =>
    placeCell(place, {
      name: cellName('mixture', name, key),
      unit: '',
      value: () => measured[k]![key] ?? null,
      ...(measured[k]!.withheld === undefined ? {} : { without: measured[k]!.withheld }),
    });
  const pair = bulks.join('-');
  return {
    name: 'mixture',
    title: `Mixtures of ${bulks[0]} and ${bulks[1]} at ${temperatureK} K: the part of the second at which a bound is the measured D (Fig. 13b)`,
    columns: [
      { key: 'upperFraction', heading: 'upper bound' },
      { key: 'lowerFraction', heading: 'lower bound' },
      { key: 'contrast', heading: 'larger D over smaller' },
    ],
    rows: [
      ...measured.map(({ name }, k) => ({
        name,
        heading: name,
        cells: [
          fraction(k, name, 'upperFraction'),
          fraction(k, name, 'lowerFraction'),
          contrastCell(place, cellName('mixture', name, 'contrast')),
        ],
      })),
      ...(measured.length > 0 ? [] : [{ name: pair, heading: bulks.join(' and '), cells: emptyRow(place, pair) }]),
    ],
  };
}

/** Without a measured value there is the contrast alone. */
const emptyRow = (place: Place, row: string): Cell[] => [
  ...['upperFraction', 'lowerFraction'].map((key) =>
    placeCell(place, {
      name: cellName('mixture', row, key),
      unit: '',
      value: () => null,
      without: 'the spec names no measured D at this temperature (published.conductivities)',
    }),
  ),
  contrastCell(place, cellName('mixture', row, 'contrast')),
];
