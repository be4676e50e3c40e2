/** Reference numbers of MLIP-2, where a checkout has them beside it; tests that need them are skipped elsewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CfgRecord, readCfg } from '../../src/formats/mlip-cfg.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import type { MtpPotential } from '../../src/potential/potential.ts';
import type { LabelledConfiguration } from '../../src/potential/training-set.ts';

const folder = fileURLToPath(new URL('../../../shared/mtp/', import.meta.url));

export const hasReference = existsSync(folder);
if (!hasReference) console.warn(`skipped: comparisons with MLIP-2, whose numbers are not at ${folder}`);

export const referenceText = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');
export const referenceCfg = (name: string): CfgRecord[] => readCfg(referenceText(name), name, ['Li', 'P', 'S', 'Cl']);
export const referencePotential = (name: string): MtpPotential => readMtp(referenceText(name), name);
export const referenceLabels = (name: string): LabelledConfiguration[] =>
  referenceCfg(name).map(({ structure, energyEv, forcesEvA, virialEv }) => ({
    structure,
    energyEv: energyEv!,
    forcesEvA: forcesEvA!,
    virialEv: virialEv!,
  }));
