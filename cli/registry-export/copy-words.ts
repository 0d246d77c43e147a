/** Copies the proofs that no statement about a version is left out. */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { peek } from '../../skills-index/client/peek.ts';
import { isOfHead } from '../../skills-index/client/version-words.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { parseWordsFile, provesName } from '../../skills-index/trust/index-files/words-file.ts';
import { wordsFileBytesMax } from '../../skills-index/trust/limits.ts';
import { readLines } from './copy-index.ts';
import type { CopyWorld } from './copy-world.ts';
import type { ExportedLog } from './export-state.ts';

export interface WordsToCopy {
  readonly head: ExportedLog['head'];
  /** Whether the files in the folder are of an older map. All of them are replaced then. */
  readonly isNewMap: boolean;
  /** The lines of the skills that have new versions. */
  readonly changed: ReadonlyMap<SkillName, readonly IndexLine[]>;
}

/**
 * @returns false when the registry shows the proofs of another map: its log has grown since
 * @throws Problem `registry-answer-invalid`, `registry-down`
 */
export async function copyWords(world: CopyWorld, words: WordsToCopy): Promise<boolean> {
  for (const [name, lines] of words.changed)
    for (const line of lines) if (!(await copyOne(world, words, { name, line }))) return false;
  if (!words.isNewMap) return true;
  for await (const name of world.folder.skills()) {
    if (words.changed.has(name)) continue;
    for (const line of await readLines(world, name))
      if (!(await copyOne(world, words, { name, line }))) return false;
  }
  return true;
}

async function copyOne(
  { folder, source }: CopyWorld,
  { head, isNewMap }: WordsToCopy,
  { name, line }: { readonly name: SkillName; readonly line: IndexLine },
): Promise<boolean> {
  const path = `words/${name}/${line.version}`;
  const kept = await (isNewMap ? folder.getWaiting(path) : folder.get(path));
  if (kept !== undefined && proves(kept, head)) return true;
  const asked = `/${path}?size=${head.size}`;
  const bytes = await fetchFile(source, asked, wordsFileBytesMax);
  if (bytes === undefined)
    throw new Problem('registry-answer-invalid', `${source.base} has no /${path}`);
  if (!isOfHead(parseWordsFile(bytes), head)) return false;
  if (!proves(bytes, head))
    throw new Problem('registry-answer-invalid', `The proofs in /${path} do not hold`);
  await (isNewMap ? folder.putWaiting(path, bytes) : folder.put(path, bytes));
  return true;
}

function proves(bytes: Uint8Array, head: ExportedLog['head']): boolean {
  const words = peek(() => parseWordsFile(bytes));
  return (
    words !== undefined &&
    isOfHead(words, head) &&
    [...words.names].every(([name, proof]) => provesName(words.map, name, proof))
  );
}
