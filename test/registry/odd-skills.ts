/** Small skills with odd but legal names, x-bits and bytes, for properties. */
import fc from 'fast-check';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { type SourceFile, whyNotPaths } from '../../skills-index/skill/bundle.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { Skill } from './road.ts';

const odd = [
  'a',
  'Z',
  '9',
  'é',
  '日',
  'ß',
  '_',
  '~',
  '%',
  '#',
  '&',
  ';',
  '$',
  '(',
  ')',
  "'",
  '`',
  ' ',
  '.',
  '-',
  '+',
  '=',
  '@',
  '!',
  '{',
  '}',
  '^',
  ',',
  '[',
  ']',
];
const part = fc.string({ unit: fc.constantFrom(...odd), minLength: 1, maxLength: 7 });
const ending = fc.constantFrom('', '.md', '.sh', '.py', '.ts', '.bin', '.JSON', '.tar.gz');
const path = fc
  .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), ending)
  .map(([parts, last]) => parts.join('/') + last)
  // A header of ustar holds no more without its prefix.
  .filter((text) => Buffer.byteLength(text) <= 100 && whyNotPaths(['SKILL.md', text]).length === 0);

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 1_500 }),
  fc
    .constantFrom('', '\n', '\0', '\ufeffx', '\r\n', '#!/bin/sh\necho\n', '\u007fELF\0')
    .map((text) => Buffer.from(text)),
);

/** Files beside those that each skill has. */
export const oddFiles: fc.Arbitrary<readonly SourceFile[]> = fc
  .uniqueArray(
    fc.record({ path, bytes, mode: fc.constantFrom(0o644, 0o755, 0o600, 0o777, 0o700) }),
    {
      maxLength: 12,
      selector: (file) => file.path,
    },
  )
  .filter(
    (files) =>
      whyNotPaths(['SKILL.md', 'skill.json', 'list.ts', ...files.map((file) => file.path)])
        .length === 0,
  );

/** Prints mode, digest and path of all that lies beside it, and the kind of what is no file. */
const listing = `import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';

const top = import.meta.dirname;
for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
  if (entry.isDirectory()) continue;
  const path = entry.parentPath + '/' + entry.name;
  const mode = (statSync(path).mode & 0o7777).toString(8);
  const digest = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'no file';
  console.log(mode, digest, '.' + path.slice(top.length));
}
`;

/** A whole skill with one command, which lists what it sees of itself. */
export function oddSkill(name: string, others: readonly SourceFile[]): Skill {
  const manifestText = JSON.stringify({ name, version: '1.0.0', commands: { list: 'list.ts' } });
  const texts = {
    'SKILL.md': `---\nname: ${name.split('/')[1]}\ndescription: Lists itself.\n---\nRun list.\n`,
    'skill.json': manifestText,
  };
  const files = [
    ...Object.entries(texts).map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
      mode: 0o644,
    })),
    { path: 'list.ts', bytes: Buffer.from(listing), mode: 0o755 },
    ...others,
  ];
  return { files, packed: packBundle(files), manifest: parseManifest(Buffer.from(manifestText)) };
}
