/**
 * Makes the repository that a view shows in the place of a linked work tree's `.git` file: with the
 * references of the host, and with no hook and no path of the host. The objects come over as a view
 * of the host's, so that two runs in two work trees share nothing.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { RefList } from '../../skills-index/run/changes/moved-refs.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { giveTrees } from '../files/owned-folder.ts';
import { readBelow } from '../files/read-below.ts';
import type { MadeGit } from '../mounts/views.ts';
import { OverLimit, runGit } from './committed-paths.ts';
import { type OpenGit, openOwned, whyNotHandedOver } from './git-folder.ts';

/** MiB of the files that are read from the host's repository: an index of a million files. */
const copiedMiBMax = 128;

/** Files of the repository that all work trees share, and of the one work tree. */
const sharedFiles = ['info/attributes', 'info/exclude', 'logs/refs/stash', 'shallow'];
const ownFiles =
  'CHERRY_PICK_HEAD MERGE_HEAD MERGE_MODE MERGE_MSG REVERT_HEAD info/sparse-checkout'.split(' ');

/** Settings that git in a sandbox needs, and values that lead into the host. */
const neededSettings =
  /^(?:core\.(?:repositoryformatversion|filemode|ignorecase|precomposeunicode|symlinks|autocrlf|eol|sparsecheckout(?:cone)?)|extensions\.(?:objectformat|partialclone)|remote\..+\.(?:url|fetch|promisor|partialclonefilter)|branch\..+\.(?:remote|merge))$/s;
const hiddenValue = /^(?:[/~.]|file:|[^/]*::)/;

/** Where an address can hold a key: its user, unless that is `git` alone, and behind its path. */
const userPart = /^(?=.*:)([^/]*:\/+)?(?!git@[^/@]*(?:\/|$))[^/]*@/;
const afterPath = /[?#;].*/s;

/**
 * @param refs the references that the run begins with
 * @param layer path of the new folder whose `.git` the view shows
 */
export async function makeGit(git: OpenGit, refs: RefList, layer: string): Promise<MadeGit> {
  const own = openOwned(git.path, git.gitFolder ?? '', git.owner);
  const { branch, commit = '' } = refs;
  try {
    const made = `${layer}/.git`;
    fs.mkdirSync(layer, { mode: 0o711 });
    fs.mkdirSync(made, { mode: 0o700 });
    for (const name of ['info', 'logs', 'logs/refs', 'objects', 'refs'])
      fs.mkdirSync(`${made}/${name}`);
    const write = (name: string, content: Uint8Array | string | undefined): void => {
      if (content !== undefined) fs.writeFileSync(`${made}/${name}`, content);
    };
    let left = copiedMiBMax * 1024 * 1024;
    const read = (from: string, name: string): Uint8Array | undefined => {
      const size = fs.lstatSync(`${from}/${name}`, { throwIfNoEntry: false })?.size ?? 0;
      if (size > left)
        throw new OverLimit(
          `with ${name}, a session’s copies from git’s folder take more than ${copiedMiBMax} MiB`,
        );
      const bytes = readBelow(from, name, left);
      left -= bytes?.length ?? 0;
      return bytes;
    };
    const copy = (from: string, names: readonly string[]): void => {
      for (const name of names) write(name, read(from, name));
    };
    const index = read(own.path, 'index');
    if (index !== undefined) {
      write('index', withoutPlace(Buffer.from(index), commit.length));
      // Git in the session says what is wrong with an index that git here cannot read.
      const split = await runGit(git, ['rev-parse', '--shared-index-path'], { answers: [128] });
      copy(own.path, /sharedindex\.[0-9a-f]+$/m.exec(split.bytes.toString()) ?? []);
    }
    const format = '--format=%(objectname) %(refname)';
    const kinds = ['refs/heads', 'refs/remotes', 'refs/stash', 'refs/tags'];
    write('packed-refs', (await runGit(git, ['for-each-ref', format, ...kinds])).bytes);
    write('HEAD', branch === undefined ? `${commit}\n` : `ref: ${branch}\n`);
    const { bytes } = await runGit(git, ['config', '--no-includes', '-z', '--list']);
    write('config', settingsOf(bytes.toString()));
    copy(git.path, sharedFiles);
    copy(own.path, ownFiles);
    giveTrees([made], git.owner);
    const folder = openOwned(layer, '.git', git.owner);
    const objects = openOwned(git.path, 'objects', git.owner);
    const close = (): void => [folder, objects].forEach((one) => void one.close());
    const settings = [read(git.path, 'config'), read(own.path, 'config.worktree')].map((found) =>
      Buffer.from(found ?? '').toString('latin1'),
    );
    return { layer, folder: folder.path, objects: objects.descriptor, settings, close };
  } finally {
    own.close();
  }
}

function settingsOf(list: string): string {
  const settings = list.split('\0').map((entry) => {
    const [key = '', ...lines] = entry.split('\n');
    const value = lines.length === 0 ? 'true' : lines.join('\n');
    const [, section, inner, name] = /^([^.]+)\.(?:(.+)\.)?([^.]+)$/s.exec(key) ?? [];
    if (
      !neededSettings.test(key) ||
      [inner, value].some((one) => hiddenValue.test(one ?? '')) ||
      /\p{Cc}/u.test(key + value)
    )
      return '';
    const heading = inner === undefined ? section : `${section} ${shown(inner)}`;
    return `[${heading}]\n${name} = ${shown(value)}\n`;
  });
  // Git would warn of a cache of another place.
  return `[core]\nuntrackedCache = false\n${settings.join('')}`;
}

function shown(text: string): string {
  const cut = text.includes('://') ? text.replace(afterPath, '') : text;
  return JSON.stringify(cut.replace(userPart, '$1'));
}

// The cache of untracked files names the place of the work tree. The file ends with its digest.
function withoutPlace(index: Buffer, idLength: number): Buffer {
  const length = idLength / 2 || 20;
  const content = index.subarray(0, -length);
  const place = 'Location ';
  let end = 0;
  let isHidden = false;
  for (let at = content.indexOf(place); at !== -1; at = content.indexOf(place, end)) {
    end = content.indexOf(0, at);
    if (end === -1) break;
    const last = content.subarray(at, end).lastIndexOf(', system ');
    if (last === -1) continue;
    content.fill('-', at + place.length, at + last);
    isHidden = true;
  }
  const algorithm = length === 32 ? 'sha256' : 'sha1';
  if (isHidden) createHash(algorithm).update(content).digest().copy(index, content.length);
  return index;
}

/** @throws Problem `plan-refused` for a repository that borrows objects from another folder */
export function requireOwnObjects(git: OpenGit): void {
  const statsOf = (path: string): fs.Stats | undefined =>
    fs.lstatSync(`${git.path}/${path}`, { throwIfNoEntry: false });
  const borrowed = statsOf('objects/info/alternates')?.size ?? 0;
  if (borrowed === 0 && statsOf('objects')?.isDirectory() === true) return;
  const where = fs.readlinkSync(git.path);
  throw whyNotHandedOver(
    where,
    'its objects lie in another folder, too (objects/info/alternates)',
    `git --git-dir ${shellWord(where)} repack -a -d && rm ${shellWord(`${where}/objects/info/alternates`)}`,
  );
}
