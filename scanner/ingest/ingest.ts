/**
 * Bytes become sources: determines each file's type by content and name, and its disposition. No
 * folder is skipped.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { ArtifactFact } from '../fact/fact.ts';
import { extensionOf } from '../fact/language.ts';
import { type InnerPlace, placeFact } from '../fact/place-inside.ts';
import { programIn } from '../fact/program-look.ts';
import type { TaintSource } from '../fact/source.ts';
import { archiveDepthMax } from '../limits.ts';
import type { FileType } from '../lookup-tables/file-types.ts';
import { ArchiveBudget, isUnread } from './archive-entry.ts';
import { doubtMedia } from './check-media.ts';
import { claimedType, typeOf } from './file-type.ts';
import type { Ingested } from './ingested.ts';
import { openArchive } from './open-archive.ts';
import { readPickle } from './pickle/pickle.ts';
import { ingestText, textSource } from './text.ts';
import { textInside } from './text-inside.ts';

export interface IngestedFile extends Ingested {
  readonly path: string;
  readonly sha256: Digest;
  readonly bytes: number;
}

/**
 * Determines what the files of a skill are. Pure: the same files in the same order give the same
 * answer.
 */
export function ingestFiles(files: readonly SourceFile[]): IngestedFile[] {
  const budget = new ArchiveBudget();
  const taken = new Set(files.map((file) => file.path));
  return files.map((file) => {
    const ingested = ingestFile(file, budget);
    return { ...ingested, sources: ingested.sources.map((source) => underOwnPath(source, taken)) };
  });
}

// Two entries may have one name, and a file of the bundle may have an entry's name, so each source
// gets a path of its own.
function underOwnPath(source: TaintSource, taken: Set<string>): TaintSource {
  if (source.path === source.file) return source;
  let { path } = source;
  for (let count = 2; taken.has(path); count++) path = `${source.path}~${count}`;
  taken.add(path);
  return { ...source, path };
}

/** Determines what one file is. Archives are opened as far as the budget allows. */
export function ingestFile(
  { path, bytes }: Pick<SourceFile, 'path' | 'bytes'>,
  budget = new ArchiveBudget(),
): IngestedFile {
  const about = { path, sha256: digestOf(bytes), bytes: bytes.byteLength };
  return { ...about, ...ingestBytes({ file: path, path, depth: 0 }, bytes, budget) };
}

// A reader that fails on hostile bytes never costs the report on the other files.
function ingestBytes(place: InnerPlace, bytes: Uint8Array, budget: ArchiveBudget): Ingested {
  try {
    return withPickle(place, bytes, ingestAsNamed(place, bytes, budget));
  } catch {
    const reason = 'its reader failed';
    return unanalysed(reason, [placeFact(place, 'unparsed', reason)]);
  }
}

// The code that loads a pickle says that it is one: its name does not.
function withPickle(place: InnerPlace, bytes: Uint8Array, ingested: Ingested): Ingested {
  const { program, unread } = readPickle(bytes);
  const inside = { ...place, path: `${place.path}!/calls.py` };
  const calls = program === undefined ? [] : [textSource(inside, program, 'python')];
  const sources = [...ingested.sources, ...calls];
  if (unread === undefined || ingested.disposition === 'unanalysed')
    return { ...ingested, sources };
  const artifacts = [...ingested.artifacts, placeFact(place, 'unparsed', unread)];
  return unanalysed(unread, artifacts, sources);
}

function ingestAsNamed(place: InnerPlace, bytes: Uint8Array, budget: ArchiveBudget): Ingested {
  if (bytes.byteLength === 0)
    return {
      ...nothing,
      sources: [textSource(place, '')],
      disposition: 'analysed',
      reason: 'empty',
    };
  const text = ingestText(place, bytes);
  const type = typeOf(place.path, bytes, text?.isPlain === true);
  if (type === undefined)
    return text === undefined ? ingestUnknown(place) : disguisedText(place, text.ingested);
  // Without an extension a name says nothing, as that of `.coverage`, a database.
  const extension = extensionOf(place.path);
  const named =
    type.extensions.length === 0 || type.extensions.includes(extension) || extension === '';
  const disguised = named
    ? []
    : [placeFact(place, 'disguised', `${type.type} named .${extension}`)];
  if (type.class === 'inert') return ingestMedia(place, type, bytes, disguised);
  if (place.depth >= archiveDepthMax && type.class !== 'binary')
    return unanalysed('archives in archives', [
      placeFact(place, 'archive', 'archives in archives'),
      ...disguised,
    ]);
  const opened = openArchive(type.type, place.path, bytes, budget);
  if (opened === undefined)
    return unanalysed(type.type, [placeFact(place, type.class, type.type), ...disguised]);
  const artifacts = [
    ...disguised,
    ...opened.troubles.map(({ what, detail }) => placeFact(place, what, `${type.type}: ${detail}`)),
  ];
  if (
    place.depth > 0 &&
    opened.form === 'archive' &&
    !/\.(tgz|tar\.gz)!\/[^!]*\.tar$/i.test(place.path)
  )
    artifacts.push(placeFact(place, 'nested-archive', type.type));
  return joinEntries(place, type, opened, artifacts, budget);
}

const nothing = { sources: [], artifacts: [] } as const;

function unanalysed(
  reason: string,
  artifacts: readonly ArtifactFact[],
  sources: readonly TaintSource[] = [],
): Ingested {
  return { sources, artifacts, disposition: 'unanalysed', reason };
}

function ingestUnknown(place: InnerPlace): Ingested {
  const reason = 'not text, and of no known type';
  return unanalysed(reason, [placeFact(place, 'unreadable', reason)]);
}

// Nobody looks at a text with a picture's name. A pointer of Git LFS has the name of its picture,
// and so has what a server says in place of a picture.
function disguisedText(place: InnerPlace, ingested: Ingested): Ingested {
  const claimed = claimedType(place.path);
  const text = ingested.sources[0]?.text ?? '';
  const isPointer = text.startsWith('version https://git-lfs.github.com/spec/');
  if (claimed === undefined || isPointer || isMissing.test(text)) return ingested;
  return {
    ...ingested,
    artifacts: [
      ...ingested.artifacts,
      placeFact(place, 'disguised', `text named .${extensionOf(place.path)}`),
    ],
  };
}

const isMissing = /^\s*404:? not found\s*$/i;

function ingestMedia(
  place: InnerPlace,
  type: FileType,
  bytes: Uint8Array,
  disguised: readonly ArtifactFact[],
): Ingested {
  const doubt = doubtMedia(type.type, bytes);
  const text = textInside(type.type, bytes);
  const program = text === '' ? undefined : programIn(text);
  const artifacts = [
    ...disguised,
    ...(doubt === undefined ? [] : [placeFact(place, doubt.what, doubt.detail)]),
    ...(program === undefined || doubt !== undefined
      ? []
      : [placeFact(place, 'polyglot', `${type.type} with a program in it`)]),
  ];
  const inside = { ...place, path: `${place.path}!/text` };
  const sources =
    text === ''
      ? []
      : [textSource(inside, text, program ?? (/^\s*<[?\w]/.test(text) ? 'html' : 'text'))];
  const isDoubtful = artifacts.length > 0;
  return {
    sources,
    artifacts,
    disposition: isDoubtful ? 'unanalysed' : 'inert',
    reason: doubt?.detail ?? type.type,
  };
}

function joinEntries(
  place: InnerPlace,
  type: FileType,
  opened: NonNullable<ReturnType<typeof openArchive>>,
  artifacts: ArtifactFact[],
  budget: ArchiveBudget,
): Ingested {
  const inner = opened.entries.map(({ name, bytes }) => ({
    name,
    ...ingestBytes(
      { file: place.file, path: `${place.path}!/${name.toWellFormed()}`, depth: place.depth + 1 },
      bytes,
      budget,
    ),
  }));
  const failed = inner.find((entry) => entry.disposition === 'unanalysed');
  const trouble = opened.troubles.find(isUnread);
  const count = `${type.type}, ${opened.entries.length} ${opened.entries.length === 1 ? 'entry' : 'entries'}`;
  const all = [...artifacts, ...inner.flatMap((entry) => entry.artifacts)];
  const sources = inner.flatMap((entry) => entry.sources);
  if (trouble !== undefined) return unanalysed(`${type.type}: ${trouble.detail}`, all, sources);
  const done = [...all, placeFact(place, 'opened', count)];
  if (failed !== undefined)
    return unanalysed(`${type.type}: ${failed.name} (${failed.reason})`, done, sources);
  return { sources, artifacts: done, disposition: 'analysed', reason: count };
}
