/**
 * Names the files of new commits whose content the stored differences do not show: files with a NUL
 * byte, large files, and all files of differences that are cut. A person accepts these files with
 * the commits, so each is listed with its size and git's name for its content.
 */
import { goesOn, showsIn } from '../../skills-index/run/changes/shown-differences.ts';
import { patchBytesMax, unseenListBytesMax } from '../limits.ts';
import type { CommittedPath } from './committed-paths.ts';
import { type GitFolder, OverLimit, runGit } from './run-git.ts';

/**
 * @param paths every path that the commits touch
 * @param patch the stored differences
 * @returns a remark for each file, or nothing when the differences show all files
 * @throws OverLimit when the remarks are too long to store and to read
 */
export async function listUnseen(
  git: GitFolder,
  paths: readonly CommittedPath[],
  patch: Buffer,
): Promise<Buffer> {
  const text = patch.toString('latin1');
  const isShown = showsIn(text);
  const hidden = paths.filter(({ path }) => !isShown(path));
  const contents = new Map(hidden.map((one) => [`${one.path}\0${one.entry?.id ?? ''}`, one]));
  if (contents.size === 0) return Buffer.alloc(0);
  const ids = [...contents.values()].flatMap(({ entry }) => entry?.id ?? []);
  const sizes = await readSizes(git, ids);
  const why = text.includes(`\n${goesOn}\n`)
    ? `the differences are longer than ${patchBytesMax / 1024 / 1024} MiB, and the end is not shown: these are all changed files`
    : 'the differences do not show the content of these files';
  const lines = [...contents.values()].map((one) => `  ${describe(one, sizes)}`);
  const list = Buffer.from([why, ...lines].map((line) => `! ${line}\n`).join(''));
  // A few trees that contain each other have many long paths.
  if (list.length > unseenListBytesMax)
    throw new OverLimit(
      `the differences do not show ${contents.size} files, and the list of these files is longer than ${unseenListBytesMax / 1024 / 1024} MiB; leave generated files out of the commits (.gitignore)`,
    );
  return list;
}

function describe({ entry, path }: CommittedPath, sizes: ReadonlyMap<string, string>): string {
  const name = JSON.stringify(Buffer.from(path, 'latin1').toString('utf8'));
  if (entry === undefined) return `${name}: deleted`;
  const size = sizes.get(entry.id);
  return size === undefined
    ? `${name}: commit ${entry.id} of another repository`
    : `${name}: ${size} ${size === '1' ? 'byte' : 'bytes'}, git object ${entry.id}`;
}

/** The bytes of each object; without those that the repository does not have. */
async function readSizes(
  git: GitFolder,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const input = ids.map((id) => `${id}\n`).join('');
  const format = '--batch-check=%(objectname) %(objectsize)';
  const { bytes } = await runGit(git, ['cat-file', format], { input });
  const found = bytes.toString('latin1').matchAll(/^([0-9a-f]+) ([0-9]+)$/gm);
  return new Map([...found].map(([, id = '', size = '']) => [id, size]));
}
