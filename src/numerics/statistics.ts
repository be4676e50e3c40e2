/** Elementary statistics. Sums run in index order, so results depend on the order of the samples and on nothing else. */

/** Arithmetic mean. The samples must not be empty. */
export function mean(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i];
  return sum / samples.length;
}

/** Unbiased sample variance (n − 1 in the denominator); 0 for a single sample. */
export function variance(samples: ArrayLike<number>): number {
  if (samples.length < 2) return 0;
  const centre = mean(samples);
  let squares = 0;
  for (let i = 0; i < samples.length; i++) squares += (samples[i] - centre) * (samples[i] - centre);
  return squares / (samples.length - 1);
}

/** Square root of the unbiased sample variance. */
export const standardDeviation = (samples: ArrayLike<number>): number => Math.sqrt(variance(samples));
