/** What the number in a cell is, in a sentence for readers who did not run the campaign. */
import type { CampaignSpec } from '../../campaign/spec.ts';
import { describeScale } from './scale-quantities.ts';

export interface CellQuantity {
  readonly name: string;
  readonly definition: string;
}

/** @returns undefined for a table or column of another version of varve */
export function describeQuantity(cellName: string, spec: CampaignSpec): CellQuantity | undefined {
  const [table, , column] = cellName.split('/') as [string, string, string];
  const { mobileSpecies, extrapolateToK, fitWindow } = spec.analysis;
  const described: { readonly [key: string]: () => CellQuantity } = {
    'fits/trainingEnergy': () => fitError('energy', 'training'),
    'fits/trainingForce': () => fitError('force', 'training'),
    'fits/validationEnergy': () => fitError('energy', 'validation'),
    'fits/validationForce': () => fitError('force', 'validation'),
    'learning/time': () => ({
      name: 'Time run',
      definition: 'Simulated time of the molecular dynamics of this round.',
    }),
    'learning/grade': () => ({
      name: 'Largest extrapolation grade',
      definition: 'Of all states graded in this round against the active set of the potential of the round.',
    }),
    'learning/candidates': () => ({
      name: 'Configurations offered',
      definition: 'States that runs of the round kept, or the pool; in the initialisation those sampled from its runs.',
    }),
    'learning/added': () => ({
      name: 'Configurations added',
      definition: 'Labelled in this round and taken into the training set.',
    }),
    'learning/refused': () => ({
      name: 'Configurations refused',
      definition: 'Labelled in this round and kept out of the training set because of too large a force.',
    }),
    'learning/configurations': () => ({
      name: 'Size of the training set',
      definition: 'Configurations in the training set of this run of the scheme when the round was over.',
    }),
    'diffusion/T': () => ({
      name: 'Mean temperature',
      definition: 'Temperature averaged over the production runs.',
    }),
    'diffusion/D': () => ({
      name: `Diffusion coefficient of ${mobileSpecies}`,
      definition:
        `Einstein relation: a sixth of the slope of the mean square displacement of ${mobileSpecies} against time, ` +
        `over ${fitWindow.join(' to ')} of the run, averaged over time origins and over independent runs.`,
    }),
    'diffusion/Dsingle': () => ({
      name: `Diffusion coefficient of ${mobileSpecies} from one time origin`,
      definition: 'As D, but with displacements from the first frame alone: noisier, for comparison.',
    }),
    'diffusion/alpha': () => ({
      name: 'Exponent of the mean square displacement',
      definition: 'α in MSD ∝ t^α over the fit window; 1 is normal diffusion.',
    }),
    'tableV/D0': () => ({
      name: `Prefactor of diffusion of ${mobileSpecies}`,
      definition: 'D₀ of Arrhenius’ law D = D₀ exp(−Eₐ/kT), fitted to D at the temperatures of the campaign.',
    }),
    'tableV/Ea': () => ({
      name: `Activation energy of diffusion of ${mobileSpecies}`,
      definition:
        'Eₐ of Arrhenius’ law D = D₀ exp(−Eₐ/kT): weighted least squares of ln D against 1/kT, ' +
        'each temperature weighted by its error.',
    }),
    [`tableV/D${extrapolateToK}`]: () => ({
      name: `Diffusion coefficient of ${mobileSpecies} at ${extrapolateToK} K`,
      definition: `Arrhenius’ law, fitted at the temperatures of the campaign, taken at ${extrapolateToK} K.`,
    }),
    [`tableV/sigma${extrapolateToK}`]: () => ({
      name: `Ionic conductivity at ${extrapolateToK} K`,
      definition:
        `σ = Λ D e²/kT with D at ${extrapolateToK} K and Λ = ${spec.analysis.conductivityFactorPerA3} Å⁻³, ` +
        'an effective carrier density that has the Haven ratio in it.',
    }),
    ...Object.fromEntries(
      Object.entries(SETS).flatMap(([set, of]) => [
        [`variance/${set}`, () => setScatter(set, of, `100 times that of ln D of ${mobileSpecies}`)],
        [`variance/${set}cm2s`, () => setScatter(set, of, `that of D of ${mobileSpecies}`)],
      ]),
    ),
    'components/sampling': () => component('the start of the MD run'),
    'components/fit': () => component('the random start of the fit'),
    'components/training': () => component('the run of the scheme that made the training set'),
    'components/mean': () => ({
      name: `Geometric mean of the diffusion coefficient of ${mobileSpecies}`,
      definition:
        'Of all runs at one level, weighted by what sampling, fits and training sets contribute to their scatter.',
    }),
  };
  Object.assign(described, jumpQuantities(spec), groundStateQuantities());
  const key = `${table}/${hasPlace(table) ? column.replace(/-.*$/, '') : column}`;
  return Object.hasOwn(described, key) ? described[key]!() : describeScale(key, spec);
}

/** Whose columns name temperature and level, too. */
const hasPlace = (table: string): boolean =>
  ['diffusion', 'jumps', 'boundaries', 'variance', 'components'].includes(table);

const SETS = {
  A: 'runs of one potential that start from different velocities',
  B: 'runs of fits to one training set from different random starts, one each',
  C: 'runs of fits of independent runs of the scheme, one each',
};

const setScatter = (set: string, of: string, what: string): CellQuantity => ({
  name: `Standard deviation in set ${set}`,
  definition: `Between single ${of}: ${what}.`,
});

const component = (source: string): CellQuantity => ({
  name: 'Component of the standard deviation',
  definition: `100 times the standard deviation of ln D that ${source} alone causes, by nested random effects.`,
});

function jumpQuantities({ analysis: { mobileSpecies, jumps } }: CampaignSpec): {
  [key: string]: () => CellQuantity;
} {
  const rule =
    `An atom of ${mobileSpecies} belongs to the nearest cage, around ${jumps?.centre}, and jumps once it is nearer ` +
    `to another centre by ${jumps?.marginA} Å. `;
  const rate = (name: string, definition: string) => () => ({
    name: `${name} of ${mobileSpecies} between cages`,
    definition: `${rule}${definition} Counted per atom and nanosecond; mean over independent runs.`,
  });
  return {
    'jumps/jumps': rate('Jumps', 'All jumps, back-jumps among them.'),
    'jumps/backJumps': rate('Back-jumps', `Jumps that take back the atom’s last one within ${jumps?.backWithinFs} fs.`),
    'jumps/net': rate('Net jumps', 'Jumps less twice the back-jumps.'),
    'jumps/occupancy': () => ({
      name: `${mobileSpecies} atoms a cage`,
      definition: `${rule}The mean over cages and frames: what there are of atoms and cages.`,
    }),
    'jumps/imbalance': () => ({
      name: 'Cages with another number of atoms than most',
      definition: `${rule}Part of the cages, over all frames, that hold more or fewer atoms than is most frequent.`,
    }),
  };
}

const groundStateQuantities = (): { [key: string]: () => CellQuantity } => ({
  'tableIV/atoms': () => ({ name: 'Atoms in the cell', definition: 'How many atoms the structure has.' }),
  'tableIV/a': () => ({
    name: 'Lattice constant at 0 K',
    definition: 'Cube root of the volume of a conventional cell of the relaxed structure.',
  }),
  'tableIV/spaceGroup': () => ({
    name: 'Space group at 0 K',
    definition:
      'Named by moyo, and given only where its operations are those that varve finds by itself. The number is that of International Tables.',
  }),
  'tableIV/stability': () => ({
    name: 'Dynamical stability at 0 K',
    definition:
      'Whether phonons by finite displacements have imaginary modes at the q points that were looked at: 1 is stable, 0 unstable.',
  }),
  'tableIV/dE': () => ({
    name: 'Energy relative to the structure that kept its symmetry',
    definition: 'Energy per atom of the relaxed structure less that of the symmetric one, by the same potential.',
  }),
});

const fitError = (what: 'energy' | 'force', set: 'training' | 'validation'): CellQuantity => ({
  name: `${what === 'energy' ? 'Energy' : 'Force'} error of the potential, ${set} set`,
  definition:
    `Root-mean-square difference between the potential’s ${what === 'energy' ? 'energies' : 'forces'} and the labels’, ` +
    `on the ${set === 'training' ? 'configurations it was fitted to' : 'configurations kept out of the fit'}, averaged over the fits.`,
});
