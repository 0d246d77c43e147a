import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openRepository } from '../../../runner/git/git-folder.ts';
import { beginHandOver, readBegun } from '../../../runner/git/hand-over.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { gitAuthor } from '../../git-author.ts';

const isRoot = process.getuid?.() === 0;
const allowed = ['-c', 'protocol.file.allow=always'].join(' ');

/** Two repositories with a linked work tree each: `tree` of `main`, and `other-tree` of `other`. */
const two = `for i in main other; do git init -q -b main $i; git -C $i commit -q --allow-empty -m begin; done
  git -C main worktree add -q ../tree -b tree; git -C other worktree add -q ../other-tree -b theirs`;

/** A new folder with the two repositories, after a script. */
function folderAfter(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-tree-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor };
  const made = spawnSync('sh', ['-ec', `${two}\n${script}`], { cwd: folder, env });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return folder;
}

/** Why the repository of a folder is refused after a script; the names of its branches otherwise. */
async function readAfter(script: string, name = 'tree'): Promise<string> {
  const folder = folderAfter(script);
  const descriptor = openSync(join(folder, name), 'r');
  try {
    const begun = await readBegun(descriptor);
    return [...begun].map(([path, { refs }]) => [path, ...refs.refs.keys()].join(' ')).join('\n');
  } catch (cause) {
    return (cause as Error).message.replaceAll(folder, '');
  } finally {
    closeSync(descriptor);
  }
}

const ofTree = ' refs/heads/main refs/heads/tree';

it.each([
  ['a linked work tree', '', 'tree', ofTree],
  [
    'one whose path git wrote relative',
    `echo gitdir: ../main/.git/worktrees/tree > tree/.git`,
    'tree',
    ofTree,
  ],
  [
    'one of a bare repository',
    'git clone -q --bare main bare; git -C bare worktree add -q ../new -b new',
    'new',
    ' refs/heads/main refs/heads/new refs/heads/tree',
  ],
  [
    'one that moved, and was repaired',
    'mv tree new; git -C main worktree repair ../new',
    'new',
    ofTree,
  ],
  ['an ordinary repository', '', 'main', ofTree],
  [
    'a repository with a submodule in a submodule',
    `git -C main ${allowed} submodule --quiet add ../other inner; git -C main commit -qm sub
      git ${allowed} clone -q --recurse-submodules main top; git -C top ${allowed} submodule --quiet add ../main outer
      git -C top ${allowed} submodule --quiet update --init --recursive`,
    'top',
    ' refs/heads/main\ninner refs/heads/main\nouter refs/heads/main\nouter/inner refs/heads/main',
  ],
])('reads %s', async (_, script, name, expected) => {
  expect(await readAfter(script, name)).toBe(expected);
});

const unknown =
  'Cannot hand over commits of /tree: its .git is no folder, and names no repository of the same owner that knows this work tree';

it.each([
  [
    'names the work tree of another repository',
    'echo "gitdir: $PWD/other/.git/worktrees/other-tree" > tree/.git',
    unknown,
  ],
  ['names a repository itself', 'echo "gitdir: $PWD/other/.git" > tree/.git', unknown],
  [
    'names a folder with keys',
    'mkdir -p keys/worktrees/tree keys/objects; echo ../.. > keys/worktrees/tree/commondir; echo "gitdir: $PWD/keys/worktrees/tree" > tree/.git',
    unknown,
  ],
  [
    'climbs out',
    'echo gitdir: ../other/.git/worktrees/../worktrees/other-tree > tree/.git',
    unknown,
  ],
  [
    'leads through a link',
    'ln -s main link; echo "gitdir: $PWD/link/.git/worktrees/tree" > tree/.git',
    unknown,
  ],
  [
    'leads to a work tree that is a link',
    'mv main/.git/worktrees/tree moved; ln -s $PWD/moved main/.git/worktrees/tree',
    unknown,
  ],
  [
    'leads to another common folder',
    'echo ../../../../other/.git > main/.git/worktrees/tree/commondir',
    unknown,
  ],
  ['leads to a common folder above', 'echo ../../.. > main/.git/worktrees/tree/commondir', unknown],
  [
    'names a repository that knows another folder',
    'echo $PWD/other-tree/.git > main/.git/worktrees/tree/gitdir',
    unknown,
  ],
  [
    'names a repository that knows this folder by another name',
    'echo $PWD/tree/.gitt > main/.git/worktrees/tree/gitdir',
    unknown,
  ],
  ['is a link', 'rm tree/.git; ln -s ../other/.git tree/.git', unknown],
  ['is a pipe', 'rm tree/.git; mkfifo tree/.git', unknown],
  ['is no text of git', 'head -c 100000 /dev/zero > tree/.git', unknown],
  [
    'is of a submodule',
    `rm -r tree; git -C main ${allowed} submodule --quiet add ../other inner; mv main/.git x; mv main/inner tree`,
    unknown,
  ],
  [
    'has submodules',
    `git -C main ${allowed} submodule --quiet add ../other inner; git -C main commit -qm sub; git -C tree merge -q main; git -C tree ${allowed} submodule --quiet update --init`,
    'Cannot hand over commits of /tree: it is a linked work tree with submodules, whose repositories lie elsewhere',
  ],
  [
    'borrows objects',
    'echo $PWD/other/.git/objects > main/.git/objects/info/alternates',
    'Cannot hand over commits of /main/.git: its objects lie in another folder, too (objects/info/alternates)',
  ],
  [
    'has a link in the place of its objects',
    'mv main/.git/objects o; ln -s $PWD/o main/.git/objects',
    'Cannot hand over commits of /main/.git: its objects lie in another folder, too (objects/info/alternates)',
  ],
  [
    'is damaged',
    'echo x > main/.git/worktrees/tree/HEAD',
    "Cannot hand over commits of /tree: fatal: not a git repository: 'worktrees/tree'",
  ],
])('refuses a linked work tree whose .git %s', async (_, script, expected) => {
  expect(await readAfter(script)).toBe(expected);
});

it.runIf(isRoot)('refuses a work tree whose repository belongs to another user', async () => {
  const chown = 'chown -R 65534:65534 tree';
  expect(await readAfter(chown)).toBe(unknown);
  expect(await readAfter(`${chown} main/.git; chown 0:0 main/.git/worktrees/tree`)).toBe(unknown);
  expect(await readAfter(`${chown} main/.git; chmod 755 .`)).toBe(ofTree);
});

it('opens no repository above the folder, whatever path an index names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-above-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const path of ['.', 'inside/sub']) spawnSync('git', ['init', '-q', path], { cwd: folder });
  const { gid, uid } = statSync(folder);
  const opens = (path: string): boolean => {
    const git = openRepository(join(folder, 'inside'), path, { gid, uid });
    git?.close();
    return git !== undefined;
  };
  expect(opens('sub')).toBe(true);
  expect(['..', 'sub/../..'].filter(opens)).toEqual([]);
});

const evil = "a;touch pwned #'";
const quoted = (folder: string, rest = ''): string => `'${folder}/a;touch pwned #'\\''${rest}'`;

it.each([
  ['a work tree to repair', 'mkdir "$D"; echo gitdir: / > "$D/.git"', 'repair ', ''],
  [
    'a work tree to clone',
    'git -C main worktree add -q --detach "../$D"; cd main/.git/worktrees/*touch*; mkdir modules',
    'submodules ',
    '',
  ],
  [
    'a repository to repack',
    'git clone -q --bare main "$D"; mv "$D" x; mkdir "$D"; mv x "$D/.git"; echo / > "$D/.git/objects/info/alternates"',
    ' && rm ',
    '/.git/objects/info/alternates',
  ],
])('quotes the name of %s, which another user chose', async (_, script, before, rest) => {
  const folder = folderAfter(`D="${evil}"; ${script}`);
  const descriptor = openSync(join(folder, evil), 'r');
  onTestFinished(() => closeSync(descriptor));
  const cause: unknown = await readBegun(descriptor).catch((thrown: unknown) => thrown);
  expect(cause instanceof Problem && cause.hint).toContain(before + quoted(folder, rest));
});

/** The `.git` that a view of `tree` begins with. */
async function makeAfter(script: string): Promise<string> {
  const folder = folderAfter(script);
  const descriptor = openSync(join(folder, 'tree'), 'r');
  onTestFinished(() => closeSync(descriptor));
  const begun = await beginHandOver(new Map([['tree', descriptor]]));
  (await begun.makeGit('tree', join(folder, 'layer')))?.close();
  return join(folder, 'layer/.git');
}

const ownGit = 'main/.git/worktrees/tree';
const over = (file: string): string =>
  `with ${file}, a session’s copies from git’s folder take more than 128 MiB`;

it.each([
  ['an index', 'true', '0 shared: a\n'],
  [
    'a split index, and no file that only has a name like its part',
    `git -C tree update-index --split-index; truncate -s 40M ${ownGit}/sharedindex.1 ${ownGit}/sharedindex.2`,
    '1 shared: a\n',
  ],
  ['an index of 512 MiB', `truncate -s 512M ${ownGit}/index`, over('index')],
  [
    'many large files',
    'truncate -s 70M main/.git/info/attributes main/.git/info/exclude',
    over('info/exclude'),
  ],
  ['large settings', `truncate -s 200M ${ownGit}/config.worktree`, over('config.worktree')],
  [
    'an index that is slow to search',
    `yes Location | tr '\\n' ' ' | head -c 2000000 > ${ownGit}/index`,
    '0 shared: ',
  ],
  [
    'an index that ends too early',
    `printf 'Location x, system \\0' > ${ownGit}/index`,
    '0 shared: ',
  ],
])('makes the repository of a view, or says why not, from %s', async (_, script, expected) => {
  const made = makeAfter(`echo > tree/a; git -C tree add a; ${script}`).then((git) => {
    const shared = readdirSync(git).filter((name) => name.startsWith('sharedindex')).length;
    const { stdout } = spawnSync('git', ['--git-dir', git, 'ls-files']);
    return `${shared} shared: ${stdout}`;
  });
  expect(await made.catch((cause: Error) => cause.message)).toContain(expected);
});

it.each([
  ['https://git.example/acme/app.git', 'https://git.example/acme/app.git'],
  ['ssh://git@git.example/app', 'ssh://git@git.example/app'],
  ['git@git.example:acme/app@2.git', 'git@git.example:acme/app@2.git'],
  ['https://ghp_key@git.example/app', 'https://git.example/app'],
  ['https://ann:key@git.example/app', 'https://git.example/app'],
  ['https://ann%3Akey@git.example', 'https://git.example'],
  ['https://git:key@git.example/app', 'https://git.example/app'],
  ['https://git@key@git.example/app', 'https://git.example/app'],
  ['https:///key@git.example/app', 'https:///git.example/app'],
  ['key@git.example:app', 'git.example:app'],
  ['https://git.example/app?private_token=key', 'https://git.example/app'],
  ['https://git.example/app#key', 'https://git.example/app'],
  ['https://git.example/app;key', 'https://git.example/app'],
  ['https://git.example?mail=a@other.example', 'https://git.example'],
  ['ext::ssh -i /home/ann/key git.example', ''],
])('shows in a view for the remote %s: %s', async (url, shown) => {
  const git = await makeAfter(
    `git -C main remote add web '${url}'; git -C main config branch.tree.remote '${url}'; git -C main config 'remote.${url}.promisor' true`,
  );
  // Git itself names a remote by its address for a partial fetch.
  const text = readFileSync(join(git, 'config'), 'utf8');
  if (url !== shown) expect(text).not.toMatch(/key|mail=/);
  for (const key of ['remote.web.url', 'branch.tree.remote']) {
    const { stdout } = spawnSync('git', ['config', '-f', join(git, 'config'), key]);
    expect(stdout.toString().trim()).toBe(shown);
  }
});
