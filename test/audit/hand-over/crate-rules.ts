/**
 * What RO-Crate 1.1, Workflow RO-Crate 1.0 and the Workflow Run RO-Crate profiles 0.5 demand of the metadata of a crate
 * (their MUSTs, and the SHOULDs that varve can meet). Each rule names the section that it is from.
 */
export interface Entity {
  '@id': string;
  '@type': string | string[];
  [property: string]: unknown;
}

export interface CrateDocument {
  '@context': unknown;
  '@graph': Entity[];
}

const permalinks = ['process/0.5', 'workflow/0.5', 'provenance/0.5'].map((name) => `https://w3id.org/ro/wfrun/${name}`);
const workflowRoCrate = 'https://w3id.org/workflowhub/workflow-ro-crate/1.0';
const toolTypes = ['SoftwareApplication', 'SoftwareSourceCode', 'ComputationalWorkflow'];
const actionTypes = ['CreateAction', 'ActivateAction', 'UpdateAction'];

/**
 * Terms that varve's crates use. From schema.org 10.0 as the RO-Crate 1.1 context (1.1.3) takes it over whole, with its
 * alias File; from Bioschemas in the same context: ComputationalWorkflow, FormalParameter, input, output; conformsTo
 * from Dublin Core in the same; sha256 from the context https://w3id.org/ro/terms/workflow-run/context.
 */
const terms = new Set(
  `Collection ComputationalWorkflow ComputerLanguage ControlAction CreateAction CreativeWork Dataset File FormalParameter
  HowTo HowToStep OrganizeAction PropertyValue RejectAction ReplaceAction SoftwareApplication SoftwareSourceCode
  about actionStatus additionalType alternateName conformsTo contentSize datePublished description encodingFormat
  endTime error exampleOfWork hasPart identifier input instrument license mainEntity maxValue mentions minValue name
  object output position programmingLanguage replacee replacer result sha256 softwareRequirements softwareVersion
  startTime step subjectOf unitText value valueReference version workExample`.split(/\s+/),
);

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const idOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? (value as Entity)['@id'] : undefined;
const idsOf = (value: unknown): string[] => listOf(value).flatMap((item) => idOf(item) ?? []);
const isDate = (text: unknown): boolean =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{3})?\+\d\d:\d\d)?$/.test(text);
/** RFC 3986 characters, with IRIs' letters, and percent signs only as escapes. */
const isUriReference = (text: string): boolean =>
  /^(?:[\p{L}\p{N}\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/u.test(text) && text.split('#').length <= 2;

/** What the crate does not meet, a line each; `files` are the paths in its folder. */
export function crateFaults(crate: CrateDocument, files?: readonly string[]): string[] {
  const faults: string[] = [];
  const demand = (holds: boolean, section: string, rule: string, id = ''): void => {
    if (!holds) faults.push(`${section}: ${rule}${id === '' ? '' : ` (${id})`}`);
  };
  const graph = crate['@graph'];
  const byId = new Map(graph.map((entity) => [entity['@id'], entity]));
  const has = (entity: Entity | undefined, ...types: string[]): boolean =>
    entity !== undefined && listOf(entity['@type']).some((type) => types.includes(type as string));
  const ofType = (...types: string[]): Entity[] => graph.filter((entity) => has(entity, ...types));
  /** At least one value, each an entity of one of these types. */
  const refersTo = (entity: Entity, property: string, ...types: string[]): boolean =>
    listOf(entity[property]).length > 0 &&
    idsOf(entity[property]).length === listOf(entity[property]).length &&
    idsOf(entity[property]).every((id) => has(byId.get(id), ...types));

  const jsonLd = 'RO-Crate 1.1, RO-Crate JSON-LD';
  demand(Object.keys(crate).sort().join() === '@context,@graph', jsonLd, 'the document MUST be @context and @graph');
  demand(
    JSON.stringify(crate['@context']) ===
      '["https://w3id.org/ro/crate/1.1/context","https://w3id.org/ro/terms/workflow-run/context"]',
    jsonLd,
    'the contexts of RO-Crate 1.1 and workflow-run define the terms',
  );
  demand(byId.size === graph.length, jsonLd, 'the graph MUST be flat: each @id once');
  for (const entity of graph) {
    const id = entity['@id'];
    demand(typeof id === 'string' && isUriReference(id), jsonLd, '@id MUST be a valid URI reference', id);
    demand(listOf(entity['@type']).length > 0, jsonLd, 'every entity MUST have a @type', id);
    for (const type of listOf(entity['@type'])) {
      demand(terms.has(type as string), jsonLd, `the type ${type} is defined by the contexts`, id);
    }
    for (const [property, value] of Object.entries(entity)) {
      if (property.startsWith('@')) continue;
      demand(terms.has(property), jsonLd, `the property ${property} is defined by the contexts`, id);
      demand(listOf(value).length > 0, jsonLd, `${property} has a value`, id);
      for (const item of listOf(value)) {
        const target = idOf(item);
        const flat = typeof item !== 'object' || (target !== undefined && Object.keys(item as object).length === 1);
        demand(flat, jsonLd, `${property} MUST NOT nest an entity`, id);
        const external = target === 'https://w3id.org/ro/crate/1.1' || (property === 'license' && target !== undefined);
        demand(
          target === undefined || byId.has(target) || external,
          jsonLd,
          `${property} names ${target}, which is described`,
          id,
        );
      }
    }
  }

  const rootSection = 'RO-Crate 1.1, Root Data Entity';
  const descriptor = byId.get('ro-crate-metadata.json');
  demand(has(descriptor, 'CreativeWork'), rootSection, 'the descriptor MUST be there and be a CreativeWork');
  demand(
    idsOf(descriptor?.conformsTo).some((id) => /^https:\/\/w3id\.org\/ro\/crate\/1\.1$/.test(id)),
    rootSection,
    'the descriptor conforms to RO-Crate 1.1',
  );
  const root = byId.get(idOf(descriptor?.about) ?? '');
  demand(
    has(root, 'Dataset') && root!['@id'].endsWith('/'),
    rootSection,
    'about MUST name a Dataset whose @id ends with /',
  );
  if (root === undefined) return faults;
  for (const property of ['name', 'description', 'license', 'datePublished']) {
    demand(listOf(root[property]).length > 0, rootSection, `the root MUST have ${property}`);
  }
  demand(isDate(root.datePublished), rootSection, 'datePublished MUST be an ISO 8601 date');

  const dataSection = 'RO-Crate 1.1, Data Entities';
  const parts = new Set(idsOf(root.hasPart));
  for (const file of ofType('File')) {
    const id = file['@id'];
    demand(parts.has(id), dataSection, 'a File MUST be linked from the root by hasPart', id);
    if (files === undefined || /^[a-z][a-z0-9+.-]*:/.test(id)) continue;
    demand(files.includes(id), dataSection, 'a File with a relative @id is in the crate', id);
  }
  for (const id of parts)
    demand(has(byId.get(id), 'File', 'Dataset'), dataSection, 'hasPart of the root names data entities', id);
  for (const path of files ?? []) {
    demand(path === 'ro-crate-metadata.json' || parts.has(path), dataSection, 'every file is described', path);
  }

  const mainSection = 'Workflow RO-Crate 1.0, Main Workflow';
  demand(idsOf(root.mainEntity).length === 1, mainSection, 'the crate MUST refer to the main workflow via mainEntity');
  const workflow = byId.get(idsOf(root.mainEntity)[0] ?? '');
  if (workflow === undefined) return faults;
  for (const type of ['File', 'SoftwareSourceCode', 'ComputationalWorkflow']) {
    demand(has(workflow, type), mainSection, `the main workflow MUST be a ${type}`);
  }
  demand(
    refersTo(workflow, 'programmingLanguage', 'ComputerLanguage'),
    mainSection,
    'the main workflow MUST name its language',
  );
  demand(
    idsOf(descriptor?.conformsTo).includes(workflowRoCrate),
    'Workflow RO-Crate 1.0, Metadata File Descriptor',
    'the descriptor conforms to it',
  );

  for (const permalink of [...permalinks, workflowRoCrate]) {
    const declared = idsOf(root.conformsTo).includes(permalink) && has(byId.get(permalink), 'CreativeWork');
    demand(declared, 'Run Crate 0.5, Requirements, Dataset', `conformsTo MUST reference the CreativeWork ${permalink}`);
  }
  const processSection = 'Process Run Crate 0.5, Requirements, CreateAction';
  const mentions = idsOf(root.mentions);
  const mentioned = new Set(mentions);
  for (const action of ofType(...actionTypes)) {
    const id = action['@id'];
    demand(
      refersTo(action, 'instrument', ...toolTypes),
      processSection,
      'instrument MUST identify the executed tool',
      id,
    );
    demand(mentioned.has(id), processSection, 'it SHOULD be listed under mentions of the root', id);
    for (const property of ['name', 'description'])
      demand(property in action, processSection, `it SHOULD have ${property}`, id);
    for (const property of ['object', 'result']) {
      const known =
        property in action === false || refersTo(action, property, 'File', 'Dataset', 'Collection', 'PropertyValue');
      demand(known, processSection, `${property} SHOULD be files, datasets, collections or values`, id);
    }
    for (const property of ['startTime', 'endTime']) {
      demand(!(property in action) || isDate(action[property]), processSection, `${property} SHOULD be ISO 8601`, id);
    }
    const failed = action.actionStatus === 'http://schema.org/FailedActionStatus';
    demand(failed || !('error' in action), processSection, 'error SHOULD NOT stand where nothing failed', id);
    demand(
      /^http:\/\/schema\.org\/(Completed|Failed|Active)ActionStatus$/.test(String(action.actionStatus)),
      processSection,
      'actionStatus is one of schema.org',
      id,
    );
  }
  for (const tool of ofType('SoftwareApplication')) {
    demand(
      'name' in tool && 'softwareVersion' in tool && !('version' in tool),
      'Process Run Crate 0.5, Requirements, SoftwareApplication',
      'it SHOULD have a name and one version',
      tool['@id'],
    );
  }
  for (const collection of ofType('Collection')) {
    const whole =
      refersTo(collection, 'mainEntity', 'File') &&
      idsOf(collection.hasPart).includes(idsOf(collection.mainEntity)[0]!);
    demand(
      whole && mentioned.has(collection['@id']),
      'Process Run Crate 0.5, Representing multi-file objects',
      'a Collection SHOULD list its files and be mentioned',
      collection['@id'],
    );
  }

  const workflowSection = 'Workflow Run Crate 0.5, Overview';
  const runs = ofType('CreateAction').filter((action) => idsOf(action.instrument).includes(workflow['@id']));
  demand(runs.length > 0, workflowSection, 'the execution of the main workflow MUST be described');
  for (const parameter of ofType('FormalParameter')) {
    demand(
      listOf(parameter.additionalType).length > 0 && 'name' in parameter,
      'Workflow Run Crate 0.5, Requirements, FormalParameter',
      'it MUST have an additionalType, and SHOULD a name',
      parameter['@id'],
    );
  }
  for (const owner of ofType(...toolTypes)) {
    for (const property of ['input', 'output']) {
      demand(
        !(property in owner) || refersTo(owner, property, 'FormalParameter'),
        workflowSection,
        `${property} MUST name FormalParameters`,
        owner['@id'],
      );
    }
  }
  for (const value of graph.filter((entity) => 'exampleOfWork' in entity)) {
    demand(
      refersTo(value, 'exampleOfWork', 'FormalParameter'),
      workflowSection,
      'exampleOfWork names a FormalParameter',
      value['@id'],
    );
  }

  const provenance = 'Provenance Run Crate 0.5, Requirements';
  demand(
    refersTo(workflow, 'hasPart', ...toolTypes),
    `${provenance}, ComputationalWorkflow`,
    'hasPart MUST name the tools',
  );
  demand(
    !('step' in workflow) || has(workflow, 'HowTo'),
    `${provenance}, ComputationalWorkflow`,
    'with steps it MUST be a HowTo',
  );
  const steps = new Set(idsOf(workflow.step));
  for (const step of ofType('HowToStep')) {
    const section = `${provenance}, HowToStep`;
    demand(steps.has(step['@id']), section, 'the workflow MUST refer to its steps via step', step['@id']);
    demand(refersTo(step, 'workExample', ...toolTypes), section, 'workExample MUST name the tool', step['@id']);
    demand(!('position' in step) || Number.isInteger(step.position), section, 'position is an integer', step['@id']);
  }
  const tools = new Set(idsOf(workflow.hasPart));
  const controlled = new Set(ofType('ControlAction').flatMap((action) => idsOf(action.object)));
  for (const action of ofType(...actionTypes).filter(({ instrument }) =>
    idsOf(instrument).some((id) => tools.has(id)),
  )) {
    demand(
      controlled.has(action['@id']),
      `${provenance}, ControlAction`,
      'a step execution SHOULD name the tool execution',
      action['@id'],
    );
  }
  for (const action of ofType('ControlAction')) {
    demand(
      refersTo(action, 'instrument', 'HowToStep'),
      `${provenance}, ControlAction`,
      'instrument MUST be a step',
      action['@id'],
    );
    demand(
      refersTo(action, 'object', ...actionTypes),
      `${provenance}, ControlAction`,
      'object MUST be tool executions',
      action['@id'],
    );
  }
  for (const action of ofType('OrganizeAction')) {
    const section = `${provenance}, OrganizeAction`;
    demand(refersTo(action, 'instrument', ...toolTypes), section, 'instrument MUST be the engine');
    demand(refersTo(action, 'object', 'ControlAction'), section, 'object MUST be the step executions');
    demand(refersTo(action, 'result', ...actionTypes), section, 'result MUST be the workflow execution');
  }
  return faults;
}
