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
}
