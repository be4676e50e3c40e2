/** How much a file from elsewhere may hold: beyond these it is no structure that anything here could compute with. */

export const MAX_ATOMS = 1_000_000;
/** Different species, or types. */
export const MAX_SPECIES = 200;
