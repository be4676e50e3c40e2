/**
 * Delete-one-group jackknife for groups of unequal size (Busing, Meijer, van der Leeden, Statistics and Computing 9,
 * 3 (1999), eq. 8). With equal groups it is the ordinary one, and for a statistic linear in the groups' means it is the
 * scatter of the groups.
 *
 * It measures the scatter between groups as if they were independent: correlation between groups is missed.
 */

/**
 * @param groupSizes members of each group; at least two groups
 * @param whole the statistic of all groups together
 * @param withoutGroup the statistic with group g left out
 * @returns the standard error, in the statistic's unit; its degrees of freedom are the number of groups less one
 */
export function jackknifeStandardError(
  groupSizes: ArrayLike<number>,
  whole: number,
  withoutGroup: ArrayLike<number>,
): number {
  const groups = groupSizes.length;
  let members = 0;
  for (let g = 0; g < groups; g++) members += groupSizes[g];
  let estimate = groups * whole;
  for (let g = 0; g < groups; g++) estimate -= (1 - groupSizes[g] / members) * withoutGroup[g];
  let variance = 0;
  for (let g = 0; g < groups; g++) {
    const ratio = members / groupSizes[g];
    const deviation = ratio * whole - (ratio - 1) * withoutGroup[g] - estimate;
    variance += (deviation * deviation) / (ratio - 1) / groups;
  }
  return Math.sqrt(variance);
}
