import { describe, expect, it } from 'vitest';
import { readFieldName } from '../../../src/audit/explain/field-names.ts';

describe('names of fields', () => {
  it.each([
    ['diffusionCm2S', 'diffusion', 'cm²/s'],
    ['activationEnergyHalfWidth95Mev', 'activation energy half width 95 %', 'meV'],
    ['trainingEnergyRmseMevAtom', 'training energy RMSE', 'meV/atom'],
    ['validationForceRmseEvA', 'validation force RMSE', 'eV/Å'],
    ['trainingStressRmseGpa', 'training stress RMSE', 'GPa'],
    ['energyDriftMevPerAtomPs', 'energy drift', 'meV/(atom·ps)'],
    ['conductivityInterval95MsCm', 'conductivity interval 95 %', 'mS/cm'],
    ['conductivityFactorPerA3', 'conductivity factor', 'Å⁻³'],
    ['volumeA3PerAtom', 'volume', 'Å³/atom'],
    ['finalMsdA2.Li', 'final MSD, Li', 'Å²'],
    ['watch.maxDriftEvPerAtom', 'watch, max drift', 'eV/atom'],
    ['watch.everySteps', 'watch, every', 'steps'],
    ['meanTotalEnergyEv', 'mean total energy', 'eV'],
    ['temperatureK', 'temperature', 'K'],
    ['cutoffA', 'cutoff', 'Å'],
    ['timePs', 'time', 'ps'],
    ['bytes', 'size', 'bytes'],
    ['steps', 'steps', ''],
    ['alpha', 'alpha', ''],
    ['composition.K', 'composition, K', ''],
  ])('%s is %s in %s', (path, label, unit) => {
    expect(readFieldName(path.split('.'))).toEqual({ label, unit });
  });
});
