/**
 * Makes the repository that a view shows in the place of a linked work tree's `.git` file: with the
 * references of the host, and with no hook and no path of the host. The objects come over as a view
 * of the host's, so that two runs in two work trees share nothing.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { RefList } from '../../skills-index/run/changes/moved-refs.ts';
import { giveTrees } from '../files/owned-folder.ts';
import { readBelow } from '../files/read-below.ts';
import type { MadeGit } from '../mounts/views.ts';
import { runGit } from './committed-paths.ts';
import { type OpenGit, openOwned, whyNotHandedOver } from './git-folder.ts';

const gitFileBytesMax = 512 * 1024 * 1024;

/** Files of the repository that all work trees share, and of the one work tree. */
const sharedFiles = ['info/attributes', 'info/exclude', 'logs/refs/stash', 'shallow'];
const ownFiles =
  'CHERRY_PICK_HEAD MERGE_HEAD MERGE_MODE MERGE_MSG REVERT_HEAD info/sparse-checkout'.split(' ');

/** Settings that git in a sandbox needs, and values that lead into the host or hold a key. */
const neededSettings =
  /^(?:core\.(?:repositoryformatversion|filemode|ignorecase|precomposeunicode|symlinks|autocrlf|eol|sparsecheckout(?:cone)?)|extensions\.(?:objectformat|partialclone)|remote\..+\.(?:url|fetch|promisor|partialclonefilter)|branch\..+\.(?:remote|merge))$/s;
const hiddenValue = /^(?:[/~.]|file:)|:\/\/[^/]*:[^/]*@/;

/**
 * @param refs the references that the run begins with
 * @param layer path of the new folder whose `.git` the view shows
 */
export async function makeGit(git: OpenGit, refs: RefList, layer: string): Promise<MadeGit> {
  const own = openOwned(git.path, git.gitFolder ?? '', git.owner);
  try {
    const made = `${layer}/.git`;
    fs.mkdirSync(layer, { mode: 0o711 });
    fs.mkdirSync(made, { mode: 0o700 });
    for (const name of ['info', 'logs', 'logs/refs', 'objects', 'refs'])
      fs.mkdirSync(`${made}/${name}`);
    const write = (name: string, content: Uint8Array | string | undefined): void => {
      if (content !== undefined) fs.writeFileSync(`${made}/${name}`, content);
    };
    const copy = (from: string, names: readonly string[]): void => {
      for (const name of names) write(name, readBelow(from, name, gitFileBytesMax));
    };
    const format = '--format=%(objectname) %(refname)';
    const kinds = ['refs/heads', 'refs/remotes', 'refs/stash', 'refs/tags'];
    write('packed-refs', (await runGit(git, ['for-each-ref', format, ...kinds])).bytes);
    const { branch, commit = '' } = refs;
    write('HEAD', branch === undefined ? `${commit}\n` : `ref: ${branch}\n`);
    const { bytes } = await runGit(git, ['config', '--no-includes', '-z', '--list']);
    write('config', settingsOf(bytes.toString()));
    copy(git.path, sharedFiles);
    copy(own.path, ownFiles);
    copy(
      own.path,
      fs.readdirSync(`${own.path}/`).filter((name) => name.startsWith('sharedindex.')),
    );
    write('index', withoutPlace(readBelow(own.path, 'index', gitFileBytesMax), commit.length));
    giveTrees([made], git.owner);
    const folder = openOwned(layer, '.git', git.owner);
    const objects = openOwned(git.path, 'objects', git.owner);
    const close = (): void => [folder, objects].forEach((one) => void one.close());
    const settings = [readBelow(git.path, 'config'), readBelow(own.path, 'config.worktree')].map(
      (found) => Buffer.from(found ?? '').toString('latin1'),
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
    if (!neededSettings.test(key) || hiddenValue.test(value) || /\p{Cc}/u.test(key + value))
      return '';
    const heading = inner === undefined ? section : `${section} ${JSON.stringify(inner)}`;
    return `[${heading}]\n${name} = ${JSON.stringify(value)}\n`;
  });
  // Git would warn of a cache of another place.
  return `[core]\nuntrackedCache = false\n${settings.join('')}`;
}

// The cache of untracked files names the place of the work tree. The file ends with its digest.
function withoutPlace(index: Uint8Array | undefined, idLength: number): Uint8Array | undefined {
  if (index === undefined) return undefined;
  const text = Buffer.from(index).toString('latin1');
  const place = /(?<=Location )[^\0]+(?=, system )/g;
  if (!place.test(text)) return index;
  const length = idLength / 2 || 20;
  const content = text.slice(0, -length).replace(place, (found) => '-'.repeat(found.length));
  const bytes = Buffer.from(content, 'latin1');
  const algorithm = length === 32 ? 'sha256' : 'sha1';
  return Buffer.concat([bytes, createHash(algorithm).update(bytes).digest()]);
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
    `git --git-dir ${where} repack -a -d && rm ${where}/objects/info/alternates`,
  );
}
