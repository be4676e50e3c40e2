/** Published values to stand beside computed ones, and how they were obtained. */

/** Of one line of Table V. */
export interface PublishedLine {
  readonly prefactorCm2S?: number | undefined;
  readonly activationEnergyMev?: number | undefined;
  readonly diffusion300KCm2S?: number | undefined;
  readonly conductivity300KMsCm?: number | undefined;
}

/** Of one line of Table II. */
export interface PublishedModel {
  readonly atoms?: number | undefined;
  readonly dimensionsA?: readonly [number, number, number] | undefined;
}

export interface PublishedBoundary extends PublishedModel {
  readonly misorientationDegrees?: number | undefined;
  readonly formationEnergyMevA2?: number | undefined;
  readonly widthA?: number | undefined;
  readonly parallel?: PublishedLine | undefined;
  readonly perpendicular?: PublishedLine | undefined;
}

/** A measured pair of σ and D, and Λ as it is printed beside them (Table VI). */
export interface PublishedConductivity {
  readonly temperatureK: number;
  readonly conductivityMsCm: number;
  readonly diffusionCm2S: number;
  readonly carrierDensityPerA3?: number | undefined;
}

/** Of one line of Table III. */
export interface PublishedTraining {
  readonly atoms?: number | undefined;
  readonly configurations?: number | undefined;
  readonly trainingEnergyMevAtom?: number | undefined;
  readonly trainingForceEvA?: number | undefined;
  readonly validationEnergyMevAtom?: number | undefined;
  readonly validationForceEvA?: number | undefined;
}

export interface PublishedValues {
  readonly source: string;
  readonly labels: string;
  readonly potential: string;
  readonly size: string;
  readonly production: string;
  readonly structures: { readonly [structure: string]: PublishedLine & PublishedModel };
  readonly boundaries?: { readonly [boundary: string]: PublishedBoundary } | undefined;
  readonly conductivities?: { readonly [name: string]: PublishedConductivity } | undefined;
  /** By scheme. */
  readonly trainings?: { readonly [scheme: string]: PublishedTraining } | undefined;
  /** Rows of a table of structures at 0 K: beside the ground state and method that they name, or by themselves. */
  readonly groundStates?: readonly PublishedGroundState[] | undefined;
}

export interface PublishedGroundState {
  readonly groundState?: string | undefined;
  readonly method?: 'symmetric' | 'annealed' | undefined;
  readonly heading?: string | undefined;
  readonly atoms?: number | undefined;
  readonly latticeConstantA?: number | undefined;
  readonly spaceGroup?: string | undefined;
  readonly spaceGroupNumber?: number | undefined;
  readonly stability?: 'stable' | 'unstable' | undefined;
  readonly energyDifferenceMevAtom?: number | undefined;
}
