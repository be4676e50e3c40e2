/** `.cfg` files as configurations and back. MLIP refuses columns that it does not know, so no others are written. */
import type { Configuration, Lose } from './configuration.ts';
import { type CfgFrame, type CfgRecord, isFeatureValue } from './mlip-cfg.ts';

/** Columns of MLIP beyond those with a meaning here. */
const MLIP_COLUMNS = /^(charge|nbh_grades|magmom_[xyz]|en_der_m[xyz])$/;

export function fromCfg(frame: CfgFrame): Configuration {
  const { columns, features, ...rest } = frame;
  return {
    ...rest,
    columns: new Map([...(columns ?? [])].map(([name, data]) => [name, { width: 1, data }])),
    texts: new Map(),
    info: features,
    remarks: [],
  };
}

export function toCfg(configuration: Configuration, lose: Lose): CfgRecord {
  const { structure, energyEv, forcesEvA, virialEv, siteEnergiesEv } = configuration;
  const columns = new Map<string, Float64Array>();
  for (const [name, { width, data }] of configuration.columns) {
    if (width === 1 && MLIP_COLUMNS.test(name)) columns.set(name, data);
    else lose(`column ${name}`);
  }
  const features = new Map<string, string>();
  for (const [name, value] of configuration.info) {
    if (/^\S+$/.test(name) && value.split('\n').every(isFeatureValue)) features.set(name, value);
    else lose(`${name} (a value of a feature has no spaces at its ends)`);
  }
  for (const name of configuration.texts.keys()) lose(`column ${name}`);
  if (configuration.remarks.length > 0) lose('words of the comment that are no key=value');
  if (configuration.mayMove !== undefined) lose('which atoms may move');
  const { periodic, cellA } = structure;
  if (cellA.some((x, k) => x !== 0 && !periodic[Math.floor(k / 3)])) lose('lattice vectors that do not repeat');
  if (virialEv !== undefined && [1, 2, 5].some((k) => virialEv[k] !== virialEv[TRANSPOSED[k]!])) {
    lose('what makes the virial asymmetric (yx, zx and zy)');
  }
  return {
    structure,
    ...(energyEv === undefined ? {} : { energyEv }),
    ...(forcesEvA === undefined ? {} : { forcesEvA }),
    ...(virialEv === undefined ? {} : { virialEv }),
    ...(siteEnergiesEv === undefined ? {} : { siteEnergiesEv }),
    ...(columns.size === 0 ? {} : { columns }),
    features,
  };
}

const TRANSPOSED = [0, 3, 6, 1, 4, 7, 2, 5, 8];
