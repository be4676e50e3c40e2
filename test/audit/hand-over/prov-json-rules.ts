/**
 * What the JSON schema of PROV-JSON (W3C Member Submission of 24 April 2013) demands of a document, and what PROV-DM adds
 * to it: that names have a declared prefix, that identifiers are of the kind that a relation asks for and are declared.
 */
export interface ProvDocument {
  prefix: { [prefix: string]: string };
  [section: string]: { [id: string]: { [name: string]: unknown } | string };
}

type Kind = 'entity' | 'activity' | 'agent';
const kinds: readonly Kind[] = ['entity', 'activity', 'agent'];

/** The first attributes are those that the schema requires. */
const relations: {
  readonly [section: string]: { readonly required: number; readonly attributes: readonly [string, Kind][] };
} = {
  wasGeneratedBy: {
    required: 1,
    attributes: [
      ['entity', 'entity'],
      ['activity', 'activity'],
    ],
  },
  used: {
    required: 1,
    attributes: [
      ['entity', 'entity'],
      ['activity', 'activity'],
    ],
  },
  wasInformedBy: {
    required: 2,
    attributes: [
      ['informant', 'activity'],
      ['informed', 'activity'],
    ],
  },
  wasInvalidatedBy: {
    required: 1,
    attributes: [
      ['entity', 'entity'],
      ['activity', 'activity'],
    ],
  },
  wasDerivedFrom: {
    required: 2,
    attributes: [
      ['generatedEntity', 'entity'],
      ['usedEntity', 'entity'],
      ['activity', 'activity'],
    ],
  },
  wasAssociatedWith: {
    required: 1,
    attributes: [
      ['activity', 'activity'],
      ['agent', 'agent'],
      ['plan', 'entity'],
    ],
  },
  wasInfluencedBy: {
    required: 2,
    attributes: [
      ['influencer', 'activity'],
      ['influencee', 'activity'],
    ],
  },
  specializationOf: {
    required: 2,
    attributes: [
      ['generalEntity', 'entity'],
      ['specificEntity', 'entity'],
    ],
  },
  hadMember: {
    required: 2,
    attributes: [
      ['collection', 'entity'],
      ['entity', 'entity'],
    ],
  },
};
const provAttributes = ['label', 'type', 'value', 'role', 'location', 'time', 'startTime', 'endTime'];
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export function provFaults(document: ProvDocument): string[] {
  const faults: string[] = [];
  const demand = (holds: boolean, rule: string, where: string): void => {
    if (!holds) faults.push(`${rule} (${where})`);
  };
  const isName = (name: unknown): boolean => {
    const prefix = /^([A-Za-z0-9_-]+):[^\s]+$/.exec(String(name))?.[1];
    return prefix === 'prov' || prefix === 'xsd' || Object.hasOwn(document.prefix, prefix ?? '');
  };
  for (const [prefix, uri] of Object.entries(document.prefix)) {
    demand(/^[A-Za-z0-9_-]+$/.test(prefix) && /^[a-z][a-z0-9+.-]*:\S*$/.test(uri), 'a prefix names a URI', prefix);
  }
  for (const [section, records] of Object.entries(document)) {
    if (section === 'prefix') continue;
    const relation = relations[section];
    demand(relation !== undefined || kinds.includes(section as Kind), 'the schema knows no such section', section);
    for (const [id, record] of Object.entries(records) as [string, { [name: string]: unknown }][]) {
      const where = `${section} ${id}`;
      demand(
        relation === undefined ? isName(id) : /^_:[A-Za-z0-9]+$/.test(id) || isName(id),
        'an identifier is a qualified name',
        where,
      );
      relation?.attributes.slice(0, relation.required).forEach(([name]) => {
        demand(`prov:${name}` in record, `the schema requires prov:${name}`, where);
      });
      for (const [name, value] of Object.entries(record)) {
        demand(isName(name), `the attribute ${name} is a qualified name`, where);
        demand(isAttributeValue(value), `${name} is a literal, a typed literal or a list of them`, where);
        if (!name.startsWith('prov:')) continue;
        const local = name.slice('prov:'.length);
        const kind = relation?.attributes.find(([attribute]) => attribute === local)?.[1];
        demand(kind !== undefined || provAttributes.includes(local), `PROV defines ${name} here`, where);
        if (kind !== undefined)
          demand(Object.hasOwn(document[kind] ?? {}, String(value)), `${name} names a declared ${kind}`, where);
        if (/time$/i.test(local)) demand(dateTime.test(String(value)), `${name} is a date-time`, where);
        const type = (value as { $?: string; type?: string }).type;
        if (local === 'type' && type === 'xsd:QName')
          demand(isName((value as { $: string }).$), 'a type is a qualified name', where);
      }
    }
  }
  return faults;
}

function isAttributeValue(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((item) => !Array.isArray(item) && isAttributeValue(item));
  if (typeof value !== 'object') return ['string', 'number', 'boolean'].includes(typeof value);
  const literal = value as { [name: string]: unknown };
  return (
    value !== null &&
    typeof literal.$ === 'string' &&
    Object.entries(literal).every(([name, part]) => ['$', 'type', 'lang'].includes(name) && typeof part === 'string')
  );
}
