/** The README of a crate: what the folder holds and how it is read and checked without varve. */
import { escapeControl } from '../../../store/escape-control.ts';
import { sha256Hex } from '../../../store/hash.ts';
import { type CrateEntity, reference } from './crate-entity.ts';
import { scopeTitle } from './event-words.ts';
import type { ProvenanceScope } from './provenance-scope.ts';

export const readmePath = 'README.md';

export const readmeText = (scope: ProvenanceScope): string => `# ${escapeControl(scopeTitle(scope))}

An RO-Crate (Provenance Run Crate 0.5), written by varve. \`ro-crate-metadata.json\` says of every event what it was for, what
it took and left, when and with which code it ran, and gives the cells of the campaign's tables.

- \`campaign.json\`: the campaign's normalised spec, from which everything else was planned.
- \`blobs/\`: what the tasks took and left, each file called by the SHA-256 of its bytes: \`sha256sum\` gives its name.
- \`.json\`: UTF-8, keys sorted, numbers as the shortest decimals that read back to the same double.
- \`.mtp\`: a moment tensor potential as MLIP-2 reads it. \`.extxyz\`: extended XYZ, as it was imported.
- \`.varveab\`: an array bundle. Bytes 0–7 are \`VARVEAB1\`; bytes 8–11 are H, the length of the header, unsigned 32-bit
  little-endian; bytes 12–15 are zero. H bytes of UTF-8 JSON follow, padded with spaces to a multiple of 8:
  \`{"arrays":[{"dtype":"f64"|"i32"|"u8","name":…,"shape":[…],"unit":…},…],"meta":{…}}\`; then the arrays in that order,
  little-endian, row-major, each padded with zero bytes to a multiple of 8.

Result hash of the campaign: ${scope.resultHash}
History hash of its store: ${scope.history.hash} at ${scope.history.size} events
`;

export function readmeEntity(scope: ProvenanceScope): CrateEntity {
  const text = readmeText(scope);
  return {
    '@id': readmePath,
    '@type': 'File',
    name: 'README',
    description: 'What this folder holds, and the layout of array bundles.',
    about: reference('./'),
    encodingFormat: 'text/markdown',
    contentSize: String(Buffer.byteLength(text)),
    sha256: sha256Hex(text),
  };
}
