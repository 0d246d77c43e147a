/** Parts of an index file, as objects under their digests: older lines, or other parts. */
import { indexPartPath } from '../../skills-index/client/index-lines.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { compareVersions, type Version } from '../../skills-index/skill/version.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type { IndexPart } from '../../skills-index/trust/index-files/index-parts.ts';
import type { Registry } from '../context.ts';
import type { PrintedLine } from './index-rows.ts';

/** A part as the registry names it. */
export interface OwnPart extends IndexPart {
  /** The largest log index of a line. */
  readonly upTo: number;
  /** 1 for a part with lines. A part with other parts is one deeper than they are. */
  readonly depth: number;
}

/** The first line of an index file with parts, in RFC 8785 form. */
interface IndexHeading {
  /** In the order of the log. */
  readonly parts: readonly OwnPart[];
  readonly schema: 'skillgate.index-parts/1';
  /** SHA-256 of `parts` and of all bytes after this line: the registry finds damage by it. */
  readonly sum: Digest;
}

/** The content of an index file, or of one of its parts. */
export interface IndexContent {
  readonly parts: readonly OwnPart[];
  readonly lines: readonly PrintedLine[];
}

/** A file of the registry's own index. */
export interface OwnIndexFile {
  readonly parts: readonly OwnPart[];
  readonly lines: readonly IndexLine[];
}

export function indexPartName(name: SkillName, digest: Digest): string {
  return `public${indexPartPath(name, { digest })}`;
}

/** The bytes of an index file. Without parts, it has no heading. */
export function printIndex({ parts, lines }: IndexContent): Buffer {
  return Buffer.from(withHeading(parts, lines.map(({ text }) => `${text}\n`).join('')));
}

function withHeading(parts: readonly OwnPart[], rest: string): string {
  if (parts.length === 0) return rest;
  const sum = digestOf(`${canonicalJson(parts)}\n${rest}`);
  const heading: IndexHeading = { parts, schema: 'skillgate.index-parts/1', sum };
  return `${canonicalJson(heading)}\n${rest}`;
}

/** The content of a file with parts; undefined for a damaged file, and for one without parts. */
export function readSound(bytes: Uint8Array): OwnIndexFile | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const [heading = '', ...lines] = text.split('\n');
  try {
    const { parts }: Partial<IndexHeading> = JSON.parse(heading);
    if (parts === undefined || withHeading(parts, lines.join('\n')) !== text) return undefined;
    return { parts, lines: lines.slice(0, -1).map((line) => JSON.parse(line)) };
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Stores the content as a part, unless it is stored already. */
export async function putPart(
  { objects }: Registry,
  name: SkillName,
  content: IndexContent,
): Promise<OwnPart> {
  const { parts, lines } = content;
  const versions = [
    ...parts.flatMap(({ lowest, highest }) => [lowest, highest]),
    ...lines.map(({ text }): Version => JSON.parse(text).version),
  ].sort(compareVersions);
  const [lowest] = versions;
  const highest = versions.at(-1);
  const upTo = parts.at(-1)?.upTo ?? lines.at(-1)?.logIndex;
  if (lowest === undefined || highest === undefined || upTo === undefined)
    throw new Problem('internal', `A part of the index of ${name} would have no lines`);
  const bytes = printIndex(content);
  const digest = digestOf(bytes);
  const object = indexPartName(name, digest);
  const there = await objects.get(object);
  if (there === undefined || Buffer.compare(there, bytes) !== 0) await objects.put(object, bytes);
  return { digest, lowest, highest, upTo, depth: (parts[0]?.depth ?? 0) + 1 };
}

/** The bytes of a part; undefined for one that is gone or damaged. */
export async function getPart(
  { objects }: Registry,
  name: SkillName,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const bytes = await objects.get(indexPartName(name, digest));
  return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
}

/**
 * The parts that a part names.
 * @throws Problem `blob-damaged` for a part that is gone or damaged
 */
export async function partsIn(
  registry: Registry,
  name: SkillName,
  { digest, depth }: OwnPart,
): Promise<readonly OwnPart[]> {
  if (depth === 1) return [];
  const bytes = await getPart(registry, name, digest);
  if (bytes !== undefined) return readSound(bytes)?.parts ?? [];
  throw new Problem('blob-damaged', `The part ${digest} of the index of ${name} is damaged`);
}
