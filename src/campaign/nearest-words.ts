/** What somebody may have meant by a word that is not there. */

const MOST = 3;

/** Those that differ in few letters, whatever their case, or begin alike; nearest first, 3 at most. */
export function nearestWords(word: string, among: readonly string[]): string[] {
  const asked = word.toLowerCase();
  if (asked === '') return [];
  return among
    .map((candidate) => {
      const known = candidate.toLowerCase();
      const begins = asked.length >= 3 && (known.startsWith(asked) || asked.startsWith(known));
      return { candidate, distance: begins ? 1 : editDistance(asked, known) };
    })
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(asked.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}

/** Letters to change, add or take away (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
