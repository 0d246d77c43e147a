/**
 * Composes index files. The older lines of a skill with many versions are in parts, so a new
 * version costs the same whatever the number of earlier ones. The database has every line. The file
 * itself says which lines are in which part.
 */
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import {
  type IndexContent,
  type OwnPart,
  partsIn,
  printIndex,
  putPart,
  readSound,
} from './index-parts.ts';
import { dueLines, readLines, readLinesAt, unwrittenLines } from './index-rows.ts';
import {
  indexEntriesMax,
  indexEntriesSealed,
  indexHintedMax,
  indexLinesReadAtOnce,
} from './limits.ts';

/** An index file as it should be. */
export interface ComposedIndex {
  readonly bytes: Uint8Array;
  /** Log indexes of lines in the file and its parts that were not marked as written. */
  readonly unwritten: readonly number[];
}

/** What an index file has, and the database has not. */
interface Sealed {
  readonly parts: readonly OwnPart[];
  /** Log indexes of lines in parts that the file repeats, because their hints have changed. */
  readonly hinted: readonly number[];
}

const nothing: Sealed = { parts: [], hinted: [] };

/**
 * Composes an index file from the database, and stores its new parts.
 * @param before the file as it is. When it is missing or damaged, all parts are made anew
 */
export async function composeIndex(
  registry: Registry,
  name: SkillName,
  before: Uint8Array | undefined,
): Promise<ComposedIndex> {
  try {
    return await composeBehind(registry, name, await sealedIn(registry, name, before));
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'blob-damaged') throw cause;
    return composeBehind(registry, name, nothing);
  }
}

async function sealedIn(
  registry: Registry,
  name: SkillName,
  before: Uint8Array | undefined,
): Promise<Sealed> {
  const file = before === undefined ? undefined : readSound(before);
  const upTo = file?.parts.at(-1)?.upTo;
  if (file === undefined || upTo === undefined) return nothing;
  // A database that was restored may lack lines that the parts have.
  const [last] = await readLines(registry, name, { from: upTo, upTo });
  if (last === undefined) return nothing;
  const indexes = file.lines.map(({ logIndex }) => logIndex);
  return { parts: file.parts, hinted: indexes.filter((logIndex) => logIndex <= upTo) };
}

async function composeBehind(
  registry: Registry,
  name: SkillName,
  sealed: Sealed,
): Promise<ComposedIndex> {
  const upTo = sealed.parts.at(-1)?.upTo ?? -1;
  const changed = upTo === -1 ? [] : await unwrittenLines(registry, name, upTo);
  const due = upTo === -1 ? [] : await dueLines(registry, name, upTo);
  const hinted = [...new Set([...sealed.hinted, ...changed, ...due])];
  const isFull = hinted.length > indexHintedMax;
  const unwritten = [...changed];
  let content: IndexContent = {
    parts: isFull ? await renewParts(registry, name, { ...sealed, hinted }) : sealed.parts,
    lines: [],
  };
  for (let from = upTo + 1, isMore = true; isMore; ) {
    const page = await readLines(registry, name, { from, limit: indexLinesReadAtOnce });
    unwritten.push(...page.filter((line) => !line.isWritten).map((line) => line.logIndex));
    content = await sealOldest(registry, name, {
      ...content,
      lines: [...content.lines, ...page],
    });
    from = (page.at(-1)?.logIndex ?? 0) + 1;
    isMore = page.length === indexLinesReadAtOnce;
  }
  const repeated = isFull ? [] : await readLinesAt(registry, hinted);
  const bytes = printIndex({ ...content, lines: [...repeated, ...content.lines] });
  return { bytes, unwritten };
}

/** Moves the oldest lines into parts, and the oldest parts into deeper ones, until few are left. */
async function sealOldest(
  registry: Registry,
  name: SkillName,
  { parts, lines }: IndexContent,
): Promise<IndexContent> {
  if (lines.length <= indexEntriesMax) return { parts, lines };
  const oldest = { parts: [], lines: lines.slice(0, indexEntriesSealed) };
  const more = [...parts, await putPart(registry, name, oldest)];
  return sealOldest(registry, name, {
    parts: await sealParts(registry, name, more),
    lines: lines.slice(indexEntriesSealed),
  });
}

async function sealParts(
  registry: Registry,
  name: SkillName,
  parts: readonly OwnPart[],
  depth = 1,
): Promise<readonly OwnPart[]> {
  const alike = parts.filter((part) => part.depth === depth);
  if (alike.length <= indexEntriesMax) return parts;
  // Deeper parts have older lines, so they come first.
  const from = parts.findIndex((part) => part.depth === depth);
  const upTo = from + indexEntriesSealed;
  const deeper = await putPart(registry, name, { parts: parts.slice(from, upTo), lines: [] });
  const rest = [...parts.slice(0, from), deeper, ...parts.slice(upTo)];
  return sealParts(registry, name, rest, depth + 1);
}

/** Makes the parts anew whose lines have other hints now. */
async function renewParts(
  registry: Registry,
  name: SkillName,
  { parts, hinted }: Sealed,
  begin = 0,
): Promise<readonly OwnPart[]> {
  const renewed: OwnPart[] = [];
  let from = begin;
  for (const part of parts) {
    const { upTo } = part;
    const within = hinted.filter((logIndex) => logIndex >= from && logIndex <= upTo);
    if (within.length === 0) renewed.push(part);
    else {
      const children = await partsIn(registry, name, part);
      const inner = { parts: children, hinted: within };
      const content = {
        parts: await renewParts(registry, name, inner, from),
        lines: children.length > 0 ? [] : await readLines(registry, name, { from, upTo }),
      };
      renewed.push(await putPart(registry, name, content));
    }
    from = upTo + 1;
  }
  return renewed;
}
