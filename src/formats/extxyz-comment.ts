/** The comment line of extended XYZ: key=value pairs, and the meaning of Properties and pbc. */

/** Keys with their values, and the words that are neither. */
export function readComment(
  comment: string,
  refuse: (what: string) => void,
): { info: Map<string, string>; remarks: string[] } {
  const info = new Map<string, string>();
  const remarks: string[] = [];
  const pattern = /([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(["'])|(\S*))|\S+/g;
  for (const [word, key, double, single, open, bare] of comment.matchAll(pattern)) {
    if (key === undefined) remarks.push(word);
    else if (open !== undefined) refuse('a quoted value is not closed');
    else if (info.has(key)) refuse(`${key.slice(0, 80)} is given twice`);
    else info.set(key, double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '');
  }
  return { info, remarks };
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly width: number;
}

/** `name:type:width:…`, each name once, species and pos among them. */
export function readProperties(text: string, refuse: (found: string) => void): Column[] {
  const words = text.split(':');
  const layout: Column[] = [];
  for (let k = 0; k + 2 < words.length; k += 3) {
    layout.push({ name: words[k]!, type: words[k + 1]!, width: Number(words[k + 2]!) });
  }
  const has = (name: string, type: string, width: number): boolean =>
    layout.some((column) => column.name === name && column.type === type && column.width === width);
  const sound = layout.every(
    ({ type, width }) => /^[SRIL]$/.test(type) && Number.isInteger(width) && width > 0 && width < 100,
  );
  const unique = new Set(layout.map((column) => column.name)).size === layout.length;
  if (words.length % 3 !== 0 || !sound || !unique || !has('species', 'S', 1) || !has('pos', 'R', 3)) refuse(text);
  return layout;
}

/** All directions with a lattice, none without, where the frame does not say. */
export function readPeriodicity(
  text: string | undefined,
  hasLattice: boolean,
  refuse: (found: string) => void,
): [boolean, boolean, boolean] {
  if (text === undefined) return [hasLattice, hasLattice, hasLattice];
  const words = text.trim().split(/\s+/);
  if (words.length !== 3 || !words.every((word) => /^([TF]|[Tt]rue|[Ff]alse|TRUE|FALSE|[01])$/.test(word)))
    refuse(text);
  return words.map((word) => /^([Tt]|1)/.test(word)) as [boolean, boolean, boolean];
}
