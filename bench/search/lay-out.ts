/** Lays the descriptions of public skills out from bare mirrors, each at a commit of the list. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseFrontMatter } from '../../skills-index/skill/front-matter.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type Collection,
  filesOf,
  findMirror,
  hasCommit,
  mirrorPath,
  readCollections,
  runGit,
} from '../mirrors.ts';
import { withoutCopies } from './copies.ts';
import {
  type Description,
  descriptionsFile,
  differencesOf,
  digestOf,
  listOf,
  listPath,
} from './descriptions.ts';

const sources = new URL('./sources.tsv', import.meta.url);
const openingChars = 2_000;

interface Found {
  readonly descriptions: readonly Description[];
  /** Files named SKILL.md that nothing could be read from. */
  readonly unread: number;
}

/**
 * Writes `descriptions.jsonl` to a folder.
 * @param options.write replace the committed list of digests by the digests of this layout
 * @returns a report for people, and whether the layout is the committed list
 */
export function layOutDescriptions(
  mirrors: string,
  folder: string,
  options: { readonly write: boolean },
): { text: string; whole: boolean } {
  const lines: string[] = [];
  const found: Description[] = [];
  for (const collection of readCollections(sources)) {
    const missing = whyMissing(mirrors, collection);
    if (missing !== undefined) {
      lines.push(`${collection.source}: MISSING: ${missing}`);
      continue;
    }
    const { descriptions, unread } = readCollection(mirrors, collection);
    found.push(...descriptions);
    lines.push(`${collection.source}: ${descriptions.length} descriptions, ${unread} not readable`);
  }
  const kept = withoutCopies(found);
  mkdirSync(folder, { recursive: true });
  const rows = kept.map((one) => `${JSON.stringify(one)}\n`);
  writeFileSync(join(folder, descriptionsFile), rows.join(''));
  if (options.write) writeFileSync(listPath, listOf(kept));
  const differences = differencesOf(kept);
  lines.push(
    `${kept.length} descriptions laid out, ${found.length - kept.length} copies dropped`,
    ...differences,
    differences.length === 0 ? 'All digests are as listed.' : 'This layout is not the listed one.',
  );
  return { text: lines.join('\n'), whole: differences.length === 0 };
}

function whyMissing(mirrors: string, { source, commit }: Collection): string | undefined {
  const git = findMirror(mirrors, source);
  const path = mirrorPath(mirrors, source);
  if (git === undefined) return `git clone --bare https://github.com/${source} ${path}`;
  return hasCommit(git, commit)
    ? undefined
    : `git --git-dir ${git} fetch https://github.com/${source} ${commit}`;
}

function readCollection(mirrors: string, { source, commit }: Collection): Found {
  const git = findMirror(mirrors, source) ?? '';
  // A symbolic link names a skill that is in the collection anyway.
  const paths = filesOf(git, commit)
    .filter(({ mode, path }) => mode !== '120000' && basename(path) === 'SKILL.md')
    .map(({ path }) => path);
  const texts = readFiles(git, commit, paths);
  const read = paths.map((path, at) =>
    readDescription(texts[at] ?? Buffer.alloc(0), { source, commit, path: dirname(path) }),
  );
  const descriptions = read.filter((one) => one !== undefined);
  return { descriptions, unread: read.length - descriptions.length };
}

function readDescription(
  bytes: Buffer,
  place: Pick<Description, 'source' | 'commit' | 'path'>,
): Description | undefined {
  try {
    const { fields, description: written, body } = parseFrontMatter(bytes);
    const name = oneLine(typeof fields.name === 'string' ? fields.name : basename(place.path));
    const description = oneLine(written);
    const opening = oneLine(body).slice(0, openingChars);
    return { digest: digestOf(name, description), name, description, ...place, opening };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

// git-cat-file(1), --batch: `OBJECT blob SIZE`, the bytes, a line feed; for each line of the input.
function readFiles(git: string, commit: string, paths: readonly string[]): Buffer[] {
  if (paths.length === 0) return [];
  const input = paths.map((path) => `${commit}:${path}\n`).join('');
  const output = runGit(git, ['cat-file', '--batch'], input);
  const files: Buffer[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const size = Number(/ blob (\d+)$/.exec(output.toString('latin1', at, end))?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) throw new Error(`${git} lacks a file of ${commit}`);
    files.push(output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return files;
}
