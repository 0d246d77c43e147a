/**
 * The index file of a skill with many versions: the newest lines, and a heading that names parts
 * with the older lines. A part has the form of an index file, and its address is its digest, so
 * no part changes. With a file for each version, the list for ranges would still grow without end.
 */
import * as v from 'valibot';
import type { Digest } from '../../skill/digest.ts';
import type { SkillName } from '../../skill/name.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList } from '../../skill/shape.ts';
import { compareVersions, type Version } from '../../skill/version.ts';
import { digest, version } from '../../statement/field-shapes.ts';
import { type IndexLine, parseAnswer, parseIndexFile, printIndexLine } from './index-line.ts';

/** Parts that one index file names. */
const indexPartsMax = 1_000;

/** A part of an index, with the range of its versions as the registry says it. */
export interface IndexPart {
  readonly digest: Digest;
  readonly lowest: Version;
  readonly highest: Version;
}

/** An index file, or a part. A line of a part may be in the file, too, with newer hints. */
interface IndexFile {
  readonly parts: readonly IndexPart[];
  /** In the order of the log. */
  readonly lines: readonly IndexLine[];
}

// The registry alone reads the other fields.
const headingShape = v.object({
  parts: boundedList(v.object({ digest, lowest: version, highest: version }), indexPartsMax),
});

/**
 * Parses the index file of one skill, or a part of it.
 * @throws Problem `registry-answer-invalid`
 */
export function parseIndex(bytes: Uint8Array, name: SkillName): IndexFile {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (text.toString('latin1', 0, 9) !== '{"parts":')
    return { parts: [], lines: parseIndexFile(bytes, name) };
  const end = text.indexOf('\n') + 1;
  const heading = `the heading of the index of ${name}`;
  const { parts } = parseAnswer(headingShape, text.subarray(0, end), heading);
  return { parts, lines: parseIndexFile(text.subarray(end), name) };
}

/**
 * Parses a part. A range may choose an older version, and a monitor sees nothing, where a registry
 * names a part without its highest versions. So the part must have the range that was named.
 * @throws Problem `registry-answer-invalid`
 */
export function parsePart(
  bytes: Uint8Array,
  name: SkillName,
  { lowest, highest }: IndexPart,
): IndexFile {
  const file = parseIndex(bytes, name);
  const ends = file.parts.flatMap((part) => [part.lowest, part.highest]);
  const versions = [...file.lines.map((line) => line.version), ...ends].sort(compareVersions);
  if (versions[0] === lowest && versions.at(-1) === highest) return file;
  throw new Problem(
    'registry-answer-invalid',
    `A part of the index of ${name} has other versions than ${lowest} to ${highest}`,
  );
}

/**
 * Joins the lines of an index file and its parts, in the order of the log. Of several lines of a
 * version, the first one's hints are the newest.
 * @throws Problem `registry-answer-invalid` for lines that differ in more than hints
 */
export function joinLines(
  name: SkillName,
  files: readonly (readonly IndexLine[])[],
): readonly IndexLine[] {
  const lines = new Map<Version, IndexLine>();
  for (const line of files.flat()) {
    const first = lines.get(line.version) ?? line;
    if (first !== line && printIndexLine(first) !== printIndexLine(line))
      throw new Problem(
        'registry-answer-invalid',
        `The index of ${name} has two lines of ${line.version}`,
      );
    lines.set(line.version, first);
  }
  return [...lines.values()].sort((a, b) => a.logIndex - b.logIndex);
}
