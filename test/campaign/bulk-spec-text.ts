/** The small spec with analyses of its runs and structures at 0 K. */
import { SPEC } from './spec-text.ts';

export const RUN_ANALYSES = `  jumps: { centre: S, notBondedTo: P }
  rdf: { pairs: [[Li, S], [P, S]], reachA: 6, shellA: 0.1, labels: [gpaw] }
  displacements: { lagsPs: [0.1, 0.4] }
`;
export const GROUND_STATES = `groundStates:
  ordered:
    structure: ideal
    potential: level-6
    anneal: { holdPs: 0.2, coolPs: 0.4 }
    phonons: {}
  large:
    structure: ideal-2
    potential: level-6
    methods: [annealed]
    anneal: { holdPs: 0.2, coolPs: 0.2 }
    reference: ordered
`;
const IDEAL = `structures:
  ideal:
    prototype: { name: argyrodite, latticeConstantA: 10.25 }
  ideal-2:
    prototype: { name: argyrodite, latticeConstantA: 10.25 }
    supercell: [1, 1, 2]
`;
export const PUBLISHED = `published:
  source: Ou et al. 2024, Table IV
  labels: PAW-PBE
  potential: MTP level 18
  size: 52 atoms
  production: none
  structures: {}
  groundStates:
    - { groundState: ordered, method: annealed, atoms: 52, latticeConstantA: 9.95, spaceGroup: P1, spaceGroupNumber: 1, stability: stable, energyDifferenceMevAtom: -55.3 }
    - { heading: "DFT, USPEX", atoms: 13, latticeConstantA: 10.209, stability: stable, energyDifferenceMevAtom: -50.0 }
`;
export const BULK_SPEC = `${SPEC.replace('structures:\n', IDEAL)}${RUN_ANALYSES}\n${GROUND_STATES}\n${PUBLISHED}`;
