/**
 * Copies the index files of skills, with everything that their versions need. The folder never gets
 * a line before the version's files.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { fetchIndex } from '../../skills-index/client/index-lines.ts';
import { withSum } from '../../skills-index/client/limited-source.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import {
  type IndexLine,
  parseIndexFile,
  printIndexLine,
} from '../../skills-index/trust/index-files/index-line.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import { copyVersion } from './copy-version.ts';
import type { CopyWorld } from './copy-world.ts';

/** A version that the registry does not show whole. The folder has no index line of the version. */
export interface LackingVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly why: string;
}

export interface CopiedSkill {
  readonly lines: readonly IndexLine[];
  /** Versions that the folder did not have. */
  readonly copied: number;
  readonly lacking: readonly LackingVersion[];
  /** Whether a new version or advice changed the index file. */
  readonly isChanged: boolean;
  /** Whether the registry shows more than the copy, or no line yet. The next export looks again. */
  readonly isBehind: boolean;
}

/**
 * Copies a skill up to a head of the log. Its index file waits in the folder.
 * @throws Problem `registry-answer-invalid` when the registry removed a line, `registry-down`
 */
export async function copySkill(
  world: CopyWorld,
  name: SkillName,
  size: number,
): Promise<CopiedSkill> {
  const exported = await world.folder.get(`index/${name}`);
  // The folder gets one whole index file, so the parts of the registry's file are not kept.
  const store = { ...memoryStore(), getNamed: async () => exported };
  const shown = await fetchIndex(withSum({ ...world.source, store }), name);
  const before = exported === undefined ? [] : parseIndexFile(exported, name);
  const known = new Set(before.map(printIndexLine));
  const below = shown.filter(({ logIndex }) => logIndex < size).map((line) => asOf(line, size));
  const kept = below.filter((line) => known.has(printIndexLine(line)));
  if (kept.length < known.size)
    throw new Problem(
      'registry-answer-invalid',
      `The index of ${name} no longer has a line that is in ${world.folder.dir}`,
      { hint: 'index lines are permanent: compare with skillgate monitor, and ask the operator' },
    );
  const lines: IndexLine[] = [];
  const lacking: LackingVersion[] = [];
  for (const line of below) {
    const why = known.has(printIndexLine(line)) ? undefined : await whyLacking(world, line);
    if (why === undefined) lines.push(line);
    else lacking.push({ name, version: line.version, why });
  }
  const isChanged = printLines(lines) !== printLines(before);
  if (isChanged) await world.folder.putWaiting(`index/${name}`, Buffer.from(printLines(lines)));
  const isBehind = shown.length === 0 || printLines(shown) !== printLines(lines);
  return { lines, copied: lines.length - kept.length, lacking, isChanged, isBehind };
}

/** A line as it was at a head of the log: advice that came later is left out. */
function asOf({ advice = {}, ...line }: IndexLine, size: number): IndexLine {
  const given = Object.entries(advice).filter(([, logIndex]) => logIndex < size);
  return given.length === 0 ? line : { ...line, advice: Object.fromEntries(given) };
}

function printLines(lines: readonly IndexLine[]): string {
  return lines.map((line) => `${canonicalJson(line)}\n`).join('');
}

/** The lines of a skill that the folder shows; empty for a skill that it does not have. */
export async function readLines({ folder }: CopyWorld, name: SkillName): Promise<IndexLine[]> {
  const bytes = await folder.get(`index/${name}`);
  return bytes === undefined ? [] : parseIndexFile(bytes, name);
}

// One version that the registry lost must not keep all others from an export.
async function whyLacking(world: CopyWorld, line: IndexLine): Promise<string | undefined> {
  try {
    await copyVersion(world, line);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Problem) || world.source.signal?.aborted === true) throw cause;
    // A registry that answers other requests has damaged files.
    if (cause.code === 'registry-down')
      await fetchFile(world.source, '/index/status.json', statusBytesMax);
    return cause.message;
  }
}
