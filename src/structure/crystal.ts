/** A structure whose atoms know the site that they are on. */
import type { Structure } from './structure.ts';

export interface Crystal {
  readonly structure: Structure;
  /** Wyckoff label of each atom's site, e.g. `4a`. Disorder exchanges atoms between sites, never sites. */
  readonly siteLabels: readonly string[];
}
