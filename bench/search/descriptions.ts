/**
 * The descriptions that the search benchmark searches. They belong to their authors, so that only
 * digests and the names of the sources are committed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Description {
  /** The first twelve hexadecimal digits of the SHA-256 of name, line feed and description. */
  readonly digest: string;
  readonly name: string;
  readonly description: string;
  /** `OWNER/NAME` of the repository. */
  readonly source: string;
  readonly commit: string;
  /** The folder of the skill in the repository. */
  readonly path: string;
  /** The first characters below the front matter. Only the choice of candidates reads them. */
  readonly opening: string;
}

/** The file of a layout, one description a line. */
export const descriptionsFile = 'descriptions.jsonl';

/** The committed list. */
export const listPath = new URL('./descriptions.tsv', import.meta.url);

export function digestOf(name: string, description: string): string {
  return createHash('sha256').update(`${name}\n${description}`).digest('hex').slice(0, 12);
}

/** The source of each digest of the committed list. */
export function listedDigests(): Map<string, string> {
  const lines = readFileSync(listPath, 'utf8').trim().split('\n').slice(1);
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

/** What the committed list says of a layout. */
export function listOf(descriptions: readonly Description[]): string {
  const lines = descriptions.map(({ digest, source }) => `${digest}\t${source}\n`);
  return `digest\tsource\n${lines.join('')}`;
}

/**
 * The descriptions that `npm run bench:search -- lay-out` wrote to a folder.
 * @throws Error when they are other descriptions than the committed list names: figures over other
 * descriptions cannot be compared
 */
export function readDescriptions(folder: string): Description[] {
  const path = join(folder, descriptionsFile);
  if (!existsSync(path))
    throw new Error(`No ${path}; npm run bench:search -- lay-out MIRRORS ${folder} makes it`);
  const descriptions = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Description);
  const wrong = differencesOf(descriptions);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return descriptions;
}

/** What a layout lacks of the committed list, and has beyond the list, by source. */
export function differencesOf(descriptions: readonly Description[]): string[] {
  const listed = listedDigests();
  const found = new Map(
    descriptions.map(({ name, description, source }) => [digestOf(name, description), source]),
  );
  const missing = [...listed].filter(([digest]) => !found.has(digest));
  const further = [...found].filter(([digest]) => !listed.has(digest));
  return [...sumsOf('missing', missing), ...sumsOf('not listed', further)];
}

function sumsOf(what: string, digests: readonly (readonly [string, string])[]): string[] {
  const bySource = Map.groupBy(digests, ([, source]) => source);
  return [...bySource].map(([source, those]) => `${source}: ${what}: ${those.length}`);
}
