/**
 * Copies the index files of skills, with everything that their versions need. The folder never gets
 * a line before the version's files.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type IndexLine,
  parseIndexFile,
  printIndexLine,
} from '../../skills-index/trust/index-files/index-line.ts';
import { indexFileBytesMax, statusBytesMax } from '../../skills-index/trust/limits.ts';
import { copyVersion } from './copy-version.ts';
import type { CopyWorld } from './copy-world.ts';

/** A version that the registry does not show whole. The folder has no index line of the version. */
export interface LackingVersion {
  readonly name: SkillName;
  /** Absent when the registry has no line of the version that the log names. */
  readonly version?: string;
  readonly why: string;
}

export interface CopiedSkill {
  readonly lines: readonly IndexLine[];
  /** Versions that the folder did not have. */
  readonly copied: number;
  readonly lacking: readonly LackingVersion[];
  /** Whether the index has lines behind the head of the log. A later export takes them. */
  readonly isAhead: boolean;
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
  const bytes = await fetchFile(world.source, `/index/${name}`, indexFileBytesMax);
  const shown = bytes === undefined ? [] : parseIndexFile(bytes, name);
  const known = new Set((await readLines(world, name)).map(printIndexLine));
  const below = shown.filter(({ logIndex }) => logIndex < size);
  const kept = below.filter((line) => known.has(printIndexLine(line)));
  if (kept.length < known.size)
    throw new Problem(
      'registry-answer-invalid',
      `The index of ${name} no longer has a line that is in ${world.folder.dir}`,
      { hint: 'index lines are permanent: compare with skillgate monitor, and ask the operator' },
    );
  const lines: IndexLine[] = [];
  const lacking: LackingVersion[] = [];
  let copied = 0;
  for (const line of below) {
    const why = known.has(printIndexLine(line)) ? undefined : await whyLacking(world, line);
    if (why !== undefined) lacking.push({ name, version: line.version, why });
    else {
      lines.push(line);
      if (!known.has(printIndexLine(line))) copied++;
    }
  }
  if (below.length === 0) lacking.push({ name, why: 'the index has no line of the skill' });
  const text = lines.map((line) => `${printIndexLine(line)}\n`).join('');
  if (copied > 0) await world.folder.putWaiting(`index/${name}`, Buffer.from(text));
  return { lines, copied, lacking, isAhead: below.length < shown.length };
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
