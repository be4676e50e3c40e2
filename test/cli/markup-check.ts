/** A strict reader of the HTML and SVG that varve writes: stricter than browsers, and only as large as these need. */

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Names of the elements it stands in, from the outermost. */
  readonly within: readonly string[];
  /** Text in it and in what it holds, entities read. */
  text: string;
}

/** What there may be; anything else fails. */
export interface Vocabulary {
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  /** Elements without an end. */
  readonly void: ReadonlySet<string>;
  /** Elements whose content is no markup. */
  readonly raw: ReadonlySet<string>;
}

export const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Elements in order. @throws Error that shows where the source is not sound */
export function readElements(source: string, vocabulary: Vocabulary): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at: ${source.slice(Math.max(0, at - 80), at + 80)}`);
  };
  const addText = (text: string): void => {
    for (const element of open) element.text += text;
  };
  while (at < source.length) {
    const inside = open.at(-1)?.name;
    const isRaw = vocabulary.raw.has(inside ?? '');
    const end = isRaw ? source.indexOf(`</${inside}>`, at) : source.indexOf('<', at);
    if (end < 0) {
      if (source.slice(at).trim() !== '') fail('text after the end');
      break;
    }
    addText(isRaw ? source.slice(at, end) : readEntities(source.slice(at, end), fail));
    at = end;
    const tag = /^<(\/?)([a-z][a-z0-9]*)((?: [A-Za-z-]+(?:="[^"<>]*")?)*)(\/?)>/.exec(source.slice(at, at + 200_000));
    if (tag === null) return fail('no tag');
    const [whole, closing, name, attributes, selfClosing] = tag as unknown as [string, string, string, string, string];
    if (closing === '/') {
      if (open.pop()?.name !== name) fail(`</${name}> closes what is not open`);
    } else {
      if (!vocabulary.elements.has(name)) fail(`<${name}>`);
      const element = {
        name,
        attributes: readAttributes(attributes, vocabulary.attributes, fail),
        within: open.map((around) => around.name),
        text: '',
      };
      elements.push(element);
      if (selfClosing === '' && !vocabulary.void.has(name)) open.push(element);
    }
    at += whole.length;
  }
  if (open.length > 0) fail(`<${open.at(-1)!.name}> is left open`);
  return elements;
}

function readAttributes(
  text: string,
  allowed: ReadonlySet<string>,
  fail: (what: string) => never,
): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, value = ''] of text.matchAll(/ ([A-Za-z-]+)(?:="([^"]*)")?/g)) {
    if (!allowed.has(name!)) fail(`attribute ${name}`);
    if (attributes.has(name!)) fail(`attribute ${name} twice`);
    attributes.set(name!, readEntities(value, fail));
  }
  return attributes;
}

const CHARACTERS: { readonly [entity: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

const readEntities = (text: string, fail: (what: string) => never): string =>
  text.replace(/&([^;]{0,10});?/g, (_, entity: string) => CHARACTERS[entity] ?? fail(`entity &${entity}`));
