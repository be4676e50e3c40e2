/**
 * Random effects about a mean, y_i = μ + a_i + e_i with var(a_i) = s unknown and var(e_i) = v_i known: the step that the
 * nested decomposition takes at each of its levels. At the true s, Q(s) = Σ w_i (y_i − ȳ_w)² with w_i = 1/(s + v_i) and ȳ_w
 * the weighted mean is χ² of n − 1 exactly, whatever the v_i, and independent of ȳ_w, whose variance is 1/Σ w_i.
 */
export interface Effects {
  readonly values: readonly number[];
  /** Of each value, without the effect. */
  readonly variances: readonly number[];
}

export interface WeightedMean {
  readonly mean: number;
  readonly variance: number;
}

/** Mean with the weights 1/(s + v_i), and its variance. One value is its own mean, even where it has no variance. */
export function weightedMean({ values, variances }: Effects, s: number): WeightedMean {
  if (values.length === 1) return { mean: values[0]!, variance: s + variances[0]! };
  let weight = 0;
  let sum = 0;
  let plain = 0;
  for (let i = 0; i < values.length; i++) {
    const w = 1 / (s + variances[i]!);
    weight += w;
    sum += w * values[i]!;
    plain += values[i]!;
  }
  // Values without any variance are all the same.
  return weight < Number.POSITIVE_INFINITY
    ? { mean: sum / weight, variance: 1 / weight }
    : { mean: plain / values.length, variance: 0 };
}

/** Q of several groups, each about its own mean, and −dQ/ds = Σ w² (y − ȳ_w)². */
function spread(groups: readonly Effects[], s: number): { q: number; slope: number } {
  let q = 0;
  let slope = 0;
  for (const group of groups) {
    if (group.values.length === 1) continue;
    const centre = weightedMean(group, s).mean;
    for (let i = 0; i < group.values.length; i++) {
      const w = 1 / (s + group.variances[i]!);
      const scaled = w * (group.values[i]! - centre);
      q += (scaled * scaled) / w;
      slope += scaled * scaled;
    }
  }
  return { q, slope };
}

/**
 * The s ≥ 0 at which Q(s) = `target`; 0 where Q is below it already there. 1/Q is concave and rises with s, so Newton's
 * steps on it from the left never pass the solution; for equal v_i the first one finds it.
 * @param target > 0
 */
export function solveEffectVariance(groups: readonly Effects[], target: number): number {
  const exact = groups.some((group) => group.values.length > 1 && group.variances.some((v) => v === 0));
  let squares = 0;
  for (const group of groups) {
    let sum = 0;
    for (const value of group.values) sum += value;
    for (const value of group.values) {
      const deviation = value - sum / group.values.length;
      squares += deviation * deviation;
    }
  }
  // Where a v_i is 0, Q has no value at 0; the solution is near squares/target, or that less the v_i.
  let s = exact ? (1e-9 * squares) / target : 0;
  if (exact && squares === 0) return 0;
  for (let n = 0; n < 100; n++) {
    const { q, slope } = spread(groups, s);
    if (q <= target) return s;
    const step = (q * (q - target)) / (target * slope);
    s += step;
    if (!(step > 1e-12 * s)) break;
  }
  return s;
}
