/** A spec with one of everything, for tests that change it line by line. */
export const SPEC = `# Numbers without physical meaning.
varve: 1
name: a-small-campaign
seed: 1
elements: [Li, P, S, Cl]

labels:
  gpaw:
    file: labels/li6ps5cl-gpaw-pw400.extxyz
    method:
      engine: GPAW
      version: 22.8.0
      functional: PBE (PAW)
      settings: plane waves 400 eV, Γ point, Fermi-Dirac 0.01 eV

trainingSets:
  all:
    labels: [gpaw]
    validationEvery: 10

potentials:
  level-6:
    trainingSet: all
    level: 6
    members: 2
    preIterations: 4
    maxIterations: 6

structures:
  anion-ordered-bulk:
    prototype: { name: argyrodite, latticeConstantA: 10.25 }
    rattleA: 0.05
  anion-disordered-bulk:
    prototype: { name: argyrodite, latticeConstantA: 10.25 }
    disorder: { sites: [4a, 4c], fraction: 0.5 }
    rattleA: 0.05
    realisations: 2

dynamics:
  timeStepFs: 2
  equilibration: { timePs: 0.2, dampingFs: 200 }
  production: { ensemble: nve, timePs: 0.4, sampleEveryFs: 20 }
  segmentPs: 0.2
  watch: { maxDriftEvPerAtom: 0.1 }
  runs:
    - { structure: anion-ordered-bulk, potential: level-6, temperaturesK: [900, 1000], members: 2 }
    - { structure: anion-disordered-bulk, potential: level-6, temperaturesK: [700, 1000], members: 2 }

analysis:
  mobileSpecies: Li
  fitWindow: [0.6, 1.0]
`;
