/**
 * The published campaign (Ou et al. 2024) as amounts of work: what is computed how often, on how many atoms. Numbers are
 * the paper's (Tables II and III, Secs. II and III, Appendix A); what it does not say is assumed, and said to be.
 */

export interface DynamicsWork {
  readonly what: string;
  readonly runs: number;
  readonly atoms: number;
  readonly level: number;
  readonly steps: number;
  /** Frames kept, with positions of all atoms. */
  readonly frames: number;
}

export interface FitWork {
  readonly what: string;
  readonly fits: number;
  readonly level: number;
  /** Configurations at the end of the level, and atoms of each. */
  readonly configurations: number;
  readonly atoms: number;
}

export interface LabelWork {
  readonly what: string;
  readonly labels: number;
  readonly atoms: number;
  /** Steps of ab initio dynamics start from the electrons of the step before. */
  readonly isDynamics: boolean;
}

export interface Amounts {
  readonly dynamics: readonly DynamicsWork[];
  readonly fits: readonly FitWork[];
  readonly labels: readonly LabelWork[];
  readonly assumptions: readonly string[];
}

const TIME_STEP_FS = 2;
const stepsOf = (timeNs: number): number => Math.round((timeNs * 1e6) / TIME_STEP_FS);
const LEVELS = [4, 6, 8, 10, 12, 14, 16, 18] as const;
const VARIANCE_LEVELS = [...LEVELS, 20] as const;
const TEMPERATURES = 13;
const FRAMES = 5000;
/** Cycles of fitting, sampling and labelling at each level, and the longest run of one. */
const CYCLES_A_LEVEL = 10;
const SAMPLING_NS = 0.4;

const TRAINING = [
  { name: 'ordered bulk', atoms: 104, configurations: 2219, production: 17_836 },
  { name: 'disordered bulk', atoms: 208, configurations: 2210, production: 17_836 },
  { name: 'GB Σ3(1-12)[110]', atoms: 312, configurations: 2350, production: 19_656 },
  { name: 'GB Σ3(-111)[110]', atoms: 156, configurations: 2293, production: 17_472 },
  { name: 'GB Σ5(001)[001]', atoms: 260, configurations: 2241, production: 16_380 },
] as const;

export function paperScale(): Amounts {
  const dynamics: DynamicsWork[] = [];
  const fits: FitWork[] = [];
  const labels: LabelWork[] = [
    { what: 'ab initio dynamics, 3 volumes of 8 ps', labels: 3 * 4000, atoms: 52, isDynamics: true },
    { what: 'validation sets', labels: 500, atoms: 104, isDynamics: false },
    { what: 'validation sets', labels: 500, atoms: 208, isDynamics: false },
  ];
  const scheme = (name: string, atoms: number, configurations: number, times: number): void => {
    labels.push({ what: `training set, ${name}`, labels: times * configurations, atoms, isDynamics: false });
    for (const [k, level] of LEVELS.entries()) {
      const grown = Math.round((configurations * (k + 1)) / LEVELS.length);
      fits.push({ what: `scheme, ${name}`, fits: times * CYCLES_A_LEVEL, level, configurations: grown, atoms });
      const runs = times * CYCLES_A_LEVEL;
      dynamics.push({ what: `sampling, ${name}`, runs, atoms, level, steps: stepsOf(SAMPLING_NS), frames: 0 });
    }
  };
  for (const { name, atoms, configurations, production } of TRAINING) {
    scheme(name, atoms, configurations, 1);
    const run = { atoms: production, level: 18 };
    dynamics.push({ what: `annealing and quenching, ${name}`, runs: 1, ...run, steps: stepsOf(1.2), frames: 0 });
    const models = name.startsWith('GB') ? [name, `bulk of the geometry of ${name}`] : [name];
    for (const what of models) {
      dynamics.push({ what: `production, ${what}`, runs: TEMPERATURES, ...run, steps: stepsOf(5.2), frames: FRAMES });
    }
  }
  const { name, atoms, configurations } = TRAINING[0];
  scheme(`${name}, 9 more times for variance set C`, atoms, configurations, 9);
  for (const level of VARIANCE_LEVELS) {
    fits.push({ what: 'variance set B', fits: 10, level, configurations, atoms });
    const steps = stepsOf(5.2);
    dynamics.push({ what: 'variance sets A, B, C', runs: 5 + 10 + 10, atoms: 3328, level, steps, frames: FRAMES });
  }
  return {
    dynamics,
    fits,
    labels,
    assumptions: [
      `${CYCLES_A_LEVEL} cycles of fit, sampling and labelling a level, each run of ${SAMPLING_NS} ns; training sets grow evenly over the levels`,
      'one run a temperature and model; 5 000 frames a production run, positions of all atoms as compressed doubles',
      'a fit takes 1 000 iterations and 1.35 gradients an iteration',
      'labels: GPAW, plane waves 400 eV, Γ point, 11, 105 and 475 CPU s for 13, 52 and 104 atoms, the trend gone on with beyond; a step of dynamics less than half of a label. The paper used VASP with 500 eV',
    ],
  };
}
