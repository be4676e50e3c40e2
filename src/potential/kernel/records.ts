/** The records by which a kernel and what calls it find each other's arrays: names of their fields, as offsets in bytes. */

/** Atoms whose moments are multiplied together, two a register. */
export const BATCH_SHIFT = 3;
export const BATCH = 1 << BATCH_SHIFT;
export const BATCH_BYTES = 8 * BATCH;
/** Arrays begin at multiples of a cache line. */
export const LINE_BYTES = 64;

/** First fields of a context: 32-bit addresses of arrays, and the virial (9 doubles). */
export const field = {
  positions: 0,
  species: 4,
  start: 8,
  neighbours: 12,
  shifts: 16,
  forces: 20,
  siteEnergies: 24,
  /** Groups of neighbours, and how many bytes of them there are for each atom of a batch. */
  groups: 28,
  bytesPerAtom: 32,
  /** Table of the blocks of atoms, and their number. */
  blocks: 36,
  blockCount: 40,
  chunkCount: 44,
  atoms: 120,
  images: 124,
  virial: 48,
  bytes: 128,
} as const;

/**
 * A block of atoms, from first to before end, and where its forces and virial go. All atoms have a place among its
 * forces, but only the chunks of atoms that it marks as touched (a byte each) are made use of.
 */
export const block = {
  first: 0,
  end: 4,
  forces: 8,
  touched: 12,
  virial: 16,
  bytes: 128,
} as const;

/** A labelled configuration: its atoms and neighbours, its labels and weights, and what a training kernel finds for it. */
export const training = {
  atoms: 0,
  positions: 4,
  species: 8,
  start: 12,
  neighbours: 16,
  shifts: 20,
  /** Labelled forces, and the weight of each atom's. */
  forces: 24,
  atomWeights: 28,
  /** Gradient of the loss: radial coefficients as in the table of those, species, moments. */
  gradient: 32,
  energy: 40,
  energyWeight: 48,
  forceWeight: 56,
  stressWeight: 64,
  labelledVirial: 72,
  /** Loss, ∂L/∂E and ∂L/∂S. */
  loss: 144,
  energyFactor: 152,
  virial: 160,
  images: 232,
  bytes: 256,
} as const;

/** What a thread needs to work on a labelled configuration: contexts and groups for all its batches, and scratch. */
export const trainee = {
  configurations: 0,
  contexts: 4,
  groups: 8,
  bytesPerAtom: 12,
  forces: 16,
  siteEnergies: 20,
  /** For the normal equations: blocks of configurations; the design matrix of one, and that times the weights. */
  designBlocks: 24,
  columns: 28,
  weighed: 32,
  /** The same for all parameters; and sums of φ_n over the neighbours of each species. */
  jacobianBlocks: 36,
  directions: 40,
  bytes: 64,
} as const;

/** A block of configurations, from first to before end, whose normal equations are added up. */
export const designBlock = {
  first: 0,
  end: 4,
  matrix: 8,
  bytes: 16,
} as const;

/** A basis function: its slot, as an offset; its column; its labels, as bits; the runs of adjoints that come after its own. */
export const basisFunction = {
  slot: 0,
  column: 4,
  labels: 8,
  run: 12,
  runs: 16,
  bytes: 32,
} as const;

/** Atoms of a chunk; blocks end where chunks do. */
export const CHUNK = BATCH;
export const CHUNK_BYTES = 24 * CHUNK;
