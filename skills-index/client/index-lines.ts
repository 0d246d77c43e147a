/** Reads the lines of a skill's index: the newest from the index file, others from its parts. */
import { type Digest, hexOf } from '../skill/digest.ts';
import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { compareVersions } from '../skill/version.ts';
import type { IndexLine } from '../trust/index-files/index-line.ts';
import {
  type IndexPart,
  joinLines,
  parseIndex,
  parsePart,
} from '../trust/index-files/index-parts.ts';
import { indexFileBytesMax } from '../trust/limits.ts';
import { fetchBlobIfThere, fetchNamed, inTurns, type Source } from './blobs.ts';
import { partsWithChoice, type WantedVersion } from './choose-line.ts';
import { indexPartsReadMax } from './limits.ts';

/** The path of a part of a skill's index. */
export function indexPartPath(name: SkillName, { digest }: Pick<IndexPart, 'digest'>): string {
  return `/index/parts/${name}/${hexOf(digest)}`;
}

/**
 * Reads index lines of a skill, in the order of the log; empty when the registry does not know the
 * skill.
 * @param wanted leaves out parts that `chooseLine` does not need for this version
 * @throws Problem `registry-down`, `registry-answer-invalid`, `signature-invalid`
 */
export async function fetchIndex(
  source: Source,
  name: SkillName,
  wanted?: WantedVersion,
): Promise<readonly IndexLine[]> {
  const path = `index/${name}`;
  const isGood = (answer: Uint8Array): boolean => parseIndex(answer, name).lines.length > 0;
  const bytes = await fetchNamed(source, {
    name: path,
    path: `/${path}`,
    bytesMax: indexFileBytesMax,
    isGood,
  });
  if (bytes === undefined && source.offline === true)
    throw new Problem('registry-down', `Offline, and the index of ${name} is not in the store`);
  if (bytes === undefined) return [];
  let { parts, lines } = parseIndex(bytes, name);
  // A few small parts could stand for millions of parts, which this host would read from its store.
  const named = new Set<Digest>();
  for (let fresh = parts; ; ) {
    for (const { digest } of fresh)
      if (named.has(digest) || named.add(digest).size > indexPartsReadMax)
        throw new Problem(
          'registry-answer-invalid',
          `The index of ${name} names a part twice, or too many`,
        );
    const needed =
      wanted === undefined
        ? parts
        : partsWithChoice(parts, lines, wanted)
            .sort((a, b) => compareVersions(b.highest, a.highest))
            .slice(0, 1);
    if (needed.length === 0) return lines;
    const files = await inTurns(needed, async (part) => {
      const path = indexPartPath(name, part);
      const content = await fetchBlobIfThere(source, part.digest, indexFileBytesMax, path);
      if (content !== undefined) return parsePart(content, name, part);
      throw new Problem('registry-answer-invalid', `The registry has no ${path}`);
    });
    lines = joinLines(name, [lines, ...files.map((file) => file.lines)]);
    fresh = files.flatMap((file) => file.parts);
    parts = [...parts.filter((part) => !needed.includes(part)), ...fresh];
  }
}
