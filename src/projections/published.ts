/** Published values to stand beside computed ones, and how they were obtained. */
export interface PublishedValues {
  readonly source: string;
  readonly labels: string;
  readonly potential: string;
  readonly size: string;
  readonly production: string;
  readonly structures: {
    readonly [structure: string]: {
      readonly prefactorCm2S?: number | undefined;
      readonly activationEnergyMev?: number | undefined;
      readonly diffusion300KCm2S?: number | undefined;
      readonly conductivity300KMsCm?: number | undefined;
    };
  };
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
