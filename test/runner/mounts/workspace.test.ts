import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ownersOf } from '../../../runner/files/ownership.ts';
import { foldersDeepMax } from '../../../runner/files/walk-folder.ts';
import { changedBytesMax, stateAt } from '../../../runner/mounts/entry-state.ts';
import { copiedBytesMax } from '../../../runner/mounts/views.ts';
import { fileChangeOf, kindOf } from '../../../skills-index/run/changes/changes.ts';
import { makeSeenFolder, type Seen, type SeenFolder, treeOf } from './seen-folder.ts';

let seen: SeenFolder | undefined;
afterEach(() => seen?.remove());
const words = ({ changes }: Seen): string[] =>
  changes
    .map((one) => `${kindOf(one)} ${one.path}${one.shelf === 'obeyed' ? ' (obeyed)' : ''}`)
    .sort();
const refusals = ({ refused }: Seen): string[] =>
  refused.map(({ path, why }) => `${path}: ${why}`).sort();
const root = process.getuid?.() === 0;
const kinds = root ? [true, false] : [false];

const controlled = 'version control on the host obeys it';
const leaves = 'a link that leaves the folder';
const odd = 'a socket, a pipe or a device';
const repository = 'it makes the folder a repository that git obeys';
const controls = 'its name contains control characters';
const toControlled = 'a link to a path that version control obeys';
const compiled = 'compiled Python, which runs in place of its source';

/**
 * What a run leaves behind in a folder that holds `old`, `dir/inner`, `.claude/settings.json`; what
 * is offered of it; what is refused.
 */
type Row = readonly [string, (view: string) => void, readonly string[], readonly string[]];
const write =
  (path: string, text = 'x') =>
  (view: string): void => {
    fs.mkdirSync(`${view}/${path}`.replace(/[^/]*$/, ''), { recursive: true });
    fs.writeFileSync(`${view}/${path}`, text);
  };
const folder =
  (path: string) =>
  (view: string): void =>
    void fs.mkdirSync(`${view}/${path}`, { recursive: true });
const link =
  (path: string, to: string) =>
  (view: string): void =>
    fs.symlinkSync(to, `${view}/${path}`);
const both =
  (...acts: ((view: string) => unknown)[]) =>
  (view: string): void =>
    acts.forEach((act) => void act(view));

const rows: readonly Row[] = [
  ['nothing', () => undefined, [], []],
  ['a read file', (view) => void fs.readFileSync(`${view}/old`), [], []],
  ['a touched file', (view) => fs.utimesSync(`${view}/old`, 1, 1), [], []],
  ['a file written with what it held', write('old', 'old'), [], []],
  ['a new file', write('new'), ['created new'], []],
  [
    'a new file in a new folder',
    write('a/b/new'),
    ['created a', 'created a/b', 'created a/b/new'],
    [],
  ],
  ['a changed file', write('old'), ['changed old'], []],
  ['a longer file', (view) => fs.appendFileSync(`${view}/old`, 'more'), ['changed old'], []],
  ['a changed mode', (view) => fs.chmodSync(`${view}/old`, 0o755), ['changed old'], []],
  ['a changed folder’s mode', (view) => fs.chmodSync(`${view}/dir`, 0o700), ['changed dir'], []],
  ['a deleted file', (view) => fs.rmSync(`${view}/old`), ['deleted old'], []],
  [
    'a deleted folder',
    (view) => fs.rmSync(`${view}/dir`, { recursive: true }),
    ['deleted dir', 'deleted dir/inner'],
    [],
  ],
  [
    'a renamed file',
    (view) => fs.renameSync(`${view}/old`, `${view}/new`),
    ['created new', 'deleted old'],
    [],
  ],
  [
    'a folder made again',
    both((view) => fs.rmSync(`${view}/dir`, { recursive: true }), write('dir/other')),
    ['created dir/other', 'deleted dir/inner'],
    [],
  ],
  [
    'a file where a folder was',
    both((view) => fs.rmSync(`${view}/dir`, { recursive: true }), write('dir')),
    ['changed dir', 'deleted dir/inner'],
    [],
  ],
  [
    'a folder where a file was',
    both((view) => fs.rmSync(`${view}/old`), write('old/new')),
    ['changed old', 'created old/new'],
    [],
  ],
  ['a link inside', link('link', 'dir/inner'), ['created link'], []],
  ['a link to nothing inside', link('link', 'not/there'), ['created link'], []],
  [
    'a link through a link inside',
    both(link('dir/up', '../old'), link('link', 'dir/up')),
    ['created dir/up', 'created link'],
    [],
  ],
  ['a link with an absolute path', link('link', '/etc/passwd'), [], [`link: ${leaves}`]],
  [
    'a link to the folder’s path on the host',
    link('link', '/srv/reports/old'),
    [],
    [`link: ${leaves}`],
  ],
  ['a link to a path of the sandbox', link('link', '/reports/old'), ['created link'], []],
  [
    'a link to a path of the sandbox further down',
    link('dir/link', '/reports/old'),
    ['created dir/link'],
    [],
  ],
  ['a link to all of it', link('dir/link', '/reports'), ['created dir/link'], []],
  ['a link out by a path of the sandbox', link('link', '/reports/../etc'), [], [`link: ${leaves}`]],
  ['a link to a name that begins alike', link('link', '/reports2/old'), [], [`link: ${leaves}`]],
  [
    'a link to a hook of git by a path of the sandbox',
    link('link', '/reports/.git/hooks/x'),
    [],
    [`link: ${toControlled}`],
  ],
  ['a link above the folder', link('link', '../folder/old'), [], [`link: ${leaves}`]],
  ['a link above it from further down', link('dir/link', '../../run'), [], [`dir/link: ${leaves}`]],
  ['a link with dots in its middle', link('link', 'dir/../old'), [], [`link: ${leaves}`]],
  ['a link that leads to itself', link('link', 'link'), [], [`link: ${leaves}`]],
  ['a link through an old one that leaves', link('link', 'out/passwd'), [], [`link: ${leaves}`]],
  [
    'a link where a file was',
    both((view) => fs.rmSync(`${view}/old`), link('old', '/etc/passwd')),
    [],
    [`old: ${leaves}`],
  ],
  [
    'a link where a folder was',
    both((view) => fs.rmSync(`${view}/dir`, { recursive: true }), link('dir', '/etc')),
    [],
    [`dir: ${leaves}`],
  ],
  ['a link to a name with an escape', link('link', 'a\u001b[2J'), [], [`link: ${controls}`]],
  [
    'a pipe',
    (view) => execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: view }),
    [],
    [`pipe: ${odd}`],
  ],
  [
    'a pipe where a file was',
    (view) => execFileSync('sh', ['-c', 'rm old; mkfifo old'], { cwd: view }),
    [],
    [`old: ${odd}`],
  ],
  [
    'setuid and setgid bits',
    both(
      write('tool'),
      // A change of owner would clear them.
      (view) => root && fs.chownSync(`${view}/tool`, 65_534, 65_534),
      (view) => fs.chmodSync(`${view}/tool`, 0o6755),
    ),
    ['created tool'],
    ['tool: its setuid or setgid bits were removed'],
  ],
  [
    'setuid on what was there',
    (view) => fs.chmodSync(`${view}/old`, 0o4644),
    [],
    ['old: its setuid or setgid bits were removed'],
  ],
  ['a hard link', (view) => fs.linkSync(`${view}/old`, `${view}/twin`), ['created twin'], []],
  ['AGENTS.md', write('AGENTS.md'), ['created AGENTS.md (obeyed)'], []],
  ['AGENTS.md further down', write('dir/AGENTS.md'), ['created dir/AGENTS.md (obeyed)'], []],
  ['agents.md in another case', write('dir/agents.MD'), ['created dir/agents.MD (obeyed)'], []],
  ['a short name of AGENTS.md', write('AGENTS~1.MD'), ['created AGENTS~1.MD (obeyed)'], []],
  ['.git', write('.git/config'), [], [`.git: ${controlled}`]],
  ['.git that is a file', write('dir/.git', 'gitdir: ../old'), [], [`dir/.git: ${controlled}`]],
  ['.hg', write('.hg/hgrc'), [], [`.hg: ${controlled}`]],
  ['.GIT', write('.GIT/config'), [], [`.GIT: ${controlled}`]],
  ['a short name of .git', write('GIT~1/config'), [], [`GIT~1: ${controlled}`]],
  ['.git with what HFS+ leaves out', write('.g\u200cit/config'), [], [`.g\u200cit: ${controlled}`]],
  ['.git with what NTFS leaves out', write('.git . ./config'), [], [`.git . .: ${controlled}`]],
  [
    '.git as a stream',
    write('.git::$INDEX_ALLOCATION/config'),
    [],
    [`.git::$INDEX_ALLOCATION: ${controlled}`],
  ],
  ['wide letters', write('ＡＧＥＮＴＳ.md'), ['created ＡＧＥＮＴＳ.md (obeyed)'], []],
  [
    'package.json among packages',
    write('node_modules/x/package.json'),
    [
      'created node_modules',
      'created node_modules/x',
      'created node_modules/x/package.json (obeyed)',
    ],
    [],
  ],
  [
    'something in a folder that agents obey',
    write('.claude/commands/x.md'),
    ['created .claude/commands (obeyed)', 'created .claude/commands/x.md (obeyed)'],
    [],
  ],
  [
    'a change in a folder that agents obey',
    write('.claude/settings.json'),
    ['changed .claude/settings.json (obeyed)'],
    [],
  ],
  [
    'what agents obey, deleted',
    (view) => fs.rmSync(`${view}/.claude`, { recursive: true }),
    ['deleted .claude (obeyed)', 'deleted .claude/settings.json (obeyed)'],
    [],
  ],
  [
    'what agents obey, renamed',
    (view) => fs.renameSync(`${view}/.claude`, `${view}/x`),
    [
      'created x',
      'created x/settings.json',
      'deleted .claude (obeyed)',
      'deleted .claude/settings.json (obeyed)',
    ],
    [],
  ],
  [
    'a name that host policy says is obeyed',
    write('sub/Deploy.conf'),
    ['created sub', 'created sub/Deploy.conf (obeyed)'],
    [],
  ],
  [
    'lock files, Makefiles and jobs',
    both(write('yarn.lock'), write('Makefile'), write('Jenkinsfile')),
    ['created Jenkinsfile', 'created Makefile', 'created yarn.lock'],
    [],
  ],
  [
    'a link to a hook of git',
    link('notes.txt', '.git/hooks/post-checkout'),
    [],
    [`notes.txt: ${toControlled}`],
  ],
  [
    'a link to one in another case',
    link('notes.txt', 'sub/.GIT/hooks/x'),
    [],
    [`notes.txt: ${toControlled}`],
  ],
  [
    'a link to what agents obey',
    link('dir/notes.md', '../AGENTS.md'),
    ['created dir/notes.md (obeyed)'],
    [],
  ],
  [
    'a link through a link to a folder that agents obey',
    both(link('dir/a', '../.claude'), link('b', 'dir/a/settings.json')),
    ['created b (obeyed)', 'created dir/a (obeyed)'],
    [],
  ],
  [
    'compiled Python',
    both(
      write('pkg/util.py'),
      write('pkg/__pycache__/util.cpython-311.pyc'),
      write('pkg/late.PYC'),
      write('pkg/old.pyo'),
    ),
    ['created pkg', 'created pkg/util.py'],
    [`pkg/__pycache__: ${compiled}`, `pkg/late.PYC: ${compiled}`, `pkg/old.pyo: ${compiled}`],
  ],
  [
    'lines that Python runs at each start, beside a model of that ending',
    both(write('venv/site-packages/x.pth'), write('model.pth')),
    ['created model.pth', 'created venv', 'created venv/site-packages'],
    ['venv/site-packages/x.pth: Python runs its lines at each start'],
  ],
  [
    'a folder that is a repository',
    both(folder('a/objects'), folder('a/refs'), write('a/HEAD')),
    ['created a'],
    ['HEAD', 'objects', 'refs'].map((one) => `a/${one}: ${repository}`),
  ],
  [
    'one in another case',
    both(folder('a/Objects'), folder('a/REFS'), write('a/head')),
    ['created a'],
    ['Objects', 'REFS', 'head'].map((one) => `a/${one}: ${repository}`),
  ],
  ['a name with a newline', write('a\nb'), [], [`a\nb: ${controls}`]],
  ['a name with an escape', write('\u001b[31mred'), [], [`\u001b[31mred: ${controls}`]],
  ['a name that turns direction', write('a\u202egpj.sh'), [], [`a\u202egpj.sh: ${controls}`]],
  [
    'a name that is not UTF-8',
    (view) => fs.writeFileSync(Buffer.concat([Buffer.from(`${view}/a`), Buffer.from([0xff])]), 'x'),
    [],
    ['a\ufffd: its name is not UTF-8'],
  ],
];
// Who is not root cannot look at them again either.
const asRoot: readonly Row[] = [
  [
    'a folder that nobody may read',
    both(write('a/new'), (view) => fs.chmodSync(`${view}/a`, 0)),
    ['created a', 'created a/new'],
    [],
  ],
  [
    'a file that nobody may read',
    both(write('new'), (view) => fs.chmodSync(`${view}/new`, 0)),
    ['created new'],
    [],
  ],
  [
    'a view that nobody may read',
    both(write('new'), (view) => fs.chmodSync(`${view}/.`, 0)),
    ['created new'],
    [],
  ],
  [
    'a device',
    (view) => execFileSync('mknod', ['null', 'c', '1', '3'], { cwd: view }),
    [],
    [`null: ${odd}`],
  ],
  [
    'what marks a deletion',
    (view) => execFileSync('mknod', ['old2', 'c', '5', '0'], { cwd: view }),
    [],
    [`old2: ${odd}`],
  ],
];

describe.each(kinds)('what a run leaves behind in a view (overlay: %s)', (overlays) => {
  it.each(root ? [...rows, ...asRoot] : rows)('%s', async (_, act, offered, refused) => {
    seen = makeSeenFolder(overlays, ['deploy.conf']);
    const { folder: at } = seen;
    for (const path of ['dir', '.claude']) fs.mkdirSync(`${at}/${path}`);
    fs.writeFileSync(`${at}/old`, 'old');
    fs.writeFileSync(`${at}/dir/inner`, 'inner');
    fs.writeFileSync(`${at}/.claude/settings.json`, '{}');
    fs.symlinkSync('/etc', `${at}/out`);
    const before = treeOf(at);
    const { ctimeMs, mtimeMs } = fs.statSync(at);
    const after = await seen.see(act);
    expect(words(after)).toEqual([...offered].sort());
    expect(refusals(after)).toEqual([...refused].sort());
    expect(treeOf(at)).toEqual(before);
    expect(fs.statSync(at)).toMatchObject({ ctimeMs, mtimeMs });
    await after.apply();
    const paths = new Set([
      ...Object.keys(before),
      ...after.changes.filter((one) => one.after).map((one) => one.path),
    ]);
    for (const one of after.changes) if (one.after === undefined) paths.delete(one.path);
    if (!after.changes.some((one) => one.after?.kind === 'folder' && one.after.mode === 0) || root)
      expect(Object.keys(treeOf(at)).sort()).toEqual([...paths].sort());
    await after.apply();
  });
});

it.each(kinds)(
  'a file with holes is left out alone, before anything of it is read (overlay: %s)',
  async (overlays) => {
    seen = makeSeenFolder(overlays);
    const after = await seen.see((view) => {
      fs.writeFileSync(`${view}/holes`, '');
      fs.truncateSync(`${view}/holes`, 3 * 1024 ** 3);
      fs.writeFileSync(`${view}/work`, 'x');
    });
    expect(words(after)).toEqual(['created work']);
    expect(refusals(after)).toEqual(['holes: a run may change at most 200 MiB in a folder']);
  },
);

it('links and times of files arrive as they are in the view, and no time of the future', async () => {
  seen = makeSeenFolder(root);
  fs.mkdirSync(`${seen.folder}/dir`);
  fs.writeFileSync(`${seen.folder}/old`, 'old');
  const later = Date.now() / 1000 + 86_400;
  const after = await seen.see((view) => {
    fs.symlinkSync('/reports/old', `${view}/dir/link`);
    fs.linkSync(`${view}/old`, `${view}/twin`);
    fs.writeFileSync(`${view}/made`, 'x');
    fs.utimesSync(`${view}/made`, 1_000, 1_000);
    fs.writeFileSync(`${view}/future`, 'x');
    fs.utimesSync(`${view}/future`, later, later);
  });
  await after.apply();
  const at = (name: string): fs.Stats => fs.statSync(`${seen?.folder}/${name}`);
  expect(fs.readlinkSync(`${seen.folder}/dir/link`)).toBe('../old');
  expect([at('twin').nlink, at('twin').ino === at('old').ino]).toEqual([1, false]);
  expect(at('made').mtimeMs).toBe(1_000_000);
  expect(at('future').mtimeMs).toBeLessThan(later * 1000 - 3_600_000);
});

it('the files of an installer take no room of other work', async () => {
  seen = makeSeenFolder(false);
  const after = await seen.see((view) => {
    for (const name of ['a/node_modules/x', 'b', 'node_modules/y']) write(`${name}/f`)(view);
  });
  const paths = after.changes.map(({ path }) => path).filter((path) => path.endsWith('/f'));
  expect(paths[0]).toBe('b/f');
  expect(paths).toHaveLength(3);
});

it.runIf(root)(
  'a file of the folder that is larger than a run may change may be deleted',
  async () => {
    seen = makeSeenFolder(true);
    fs.writeFileSync(`${seen.folder}/large`, '');
    fs.truncateSync(`${seen.folder}/large`, 300 * 1024 ** 2);
    const after = await seen.see((view) => fs.rmSync(`${view}/large`));
    expect(words(after)).toEqual(['deleted large']);
  },
);

describe('a link under a name that says nothing', () => {
  const prepare = (folder: string): void => {
    for (const dir of [
      'mirror.git/objects',
      'mirror.git/refs',
      'mirror.git/hooks',
      'agentcfg',
      'docs',
    ])
      fs.mkdirSync(`${folder}/${dir}`, { recursive: true });
    for (const file of [
      'mirror.git/HEAD',
      'mirror.git/config',
      'agentcfg/settings.json',
      'TEAM.md',
      'CLAUDE.md',
      'docs/guide',
    ])
      fs.writeFileSync(`${folder}/${file}`, file);
    fs.symlinkSync('agentcfg', `${folder}/.claude`);
    fs.symlinkSync('TEAM.md', `${folder}/AGENTS.md`);
  };
  const attacks = [
    'mirror.git',
    'mirror.git/config',
    './mirror.git//hooks/post-receive',
    'agentcfg/settings.json',
    'TEAM.md',
  ];

  it.each(attacks)('waits to be named, or stays behind, where it leads to %s', async (to) => {
    seen = makeSeenFolder(root);
    prepare(seen.folder);
    const offered = await seen.see(link('notes', to));
    const isControl = to.includes('mirror.git');
    expect({ words: words(offered), refused: refusals(offered) }).toEqual({
      words: isControl ? [] : ['created notes (obeyed)'],
      refused: isControl ? [`notes: ${toControlled}`] : [],
    });
  });

  it.each<[string, (view: string) => void, string]>([
    ['the target of an obeyed link', write('TEAM.md'), 'changed TEAM.md (obeyed)'],
    [
      'a file behind a linked folder',
      write('agentcfg/new.json'),
      'created agentcfg/new.json (obeyed)',
    ],
    [
      'the folder of the target, replaced',
      both(
        (view) => fs.renameSync(`${view}/agentcfg`, `${view}/x`),
        write('agentcfg/settings.json'),
      ),
      'changed agentcfg/settings.json (obeyed)',
    ],
    [
      'a link on the way',
      both((view) => fs.rmSync(`${view}/hop`), link('hop', 'docs/guide')),
      'changed hop (obeyed)',
    ],
  ])('waits to be named where it is %s', async (_, act, expected) => {
    seen = makeSeenFolder(root);
    prepare(seen.folder);
    fs.symlinkSync('hop', `${seen.folder}/GEMINI.md`);
    fs.symlinkSync('TEAM.md', `${seen.folder}/hop`);
    expect(words(await seen.see(act))).toContain(expected);
  });

  it('leaves behind every change in a repository of any name', async () => {
    seen = makeSeenFolder(root);
    prepare(seen.folder);
    const offered = await seen.see(
      both(write('mirror.git/config', 'evil'), write('mirror.git/hooks/post-receive')),
    );
    expect({ words: words(offered), refused: refusals(offered) }).toEqual({
      words: [],
      refused: [`mirror.git: ${controlled}`],
    });
  });

  it.each(['docs/guide', 'docs', './docs//guide', 'docs/./new'])(
    'is taken over where it leads to plain work: %s',
    async (to) => {
      seen = makeSeenFolder(root);
      prepare(seen.folder);
      const offered = await seen.see(link('notes', to));
      await offered.apply();
      expect(treeOf(seen.folder)).toMatchObject({ notes: `link ${to}` });
    },
  );

  it('is left out where what it leads to became shut since the run', async () => {
    seen = makeSeenFolder(root);
    prepare(seen.folder);
    const offered = await seen.see(link('notes', 'docs/guide'));
    fs.symlinkSync('docs', `${seen.folder}/.vscode`);
    await offered.apply();
    expect(Object.keys(treeOf(seen.folder))).not.toContain('notes');
  });
});

describe('a package.json', () => {
  const old = {
    name: 'app',
    version: '1.0.0',
    scripts: { test: 'node --test' },
    dependencies: { 'left-pad': '^1.0.0', old: 'git+https://forge.example/a/b.git' },
  };
  const text = (change: object): string => JSON.stringify({ ...old, ...change }, undefined, 2);
  const see = async (content: string, path = 'package.json', further: string[] = []) => {
    seen = makeSeenFolder(root, further);
    fs.mkdirSync(`${seen.folder}/.vscode`);
    for (const at of ['package.json', '.vscode/package.json'])
      fs.writeFileSync(`${seen.folder}/${at}`, text({}));
    return seen.see(write(path, content));
  };

  it.each<[string, string]>([
    ['a new version', text({ version: '1.1.0' })],
    ['another spacing', JSON.stringify(old)],
    ['a new package of the registry', text({ dependencies: { ...old.dependencies, b: '~2.1' } })],
    ['fewer packages', text({ dependencies: {} })],
    ['a new list', text({ devDependencies: { '@a/b': '1.x || >=2.5.0' } })],
  ])('is plain with %s', async (_, content) => {
    const after = await see(content);
    expect(after.changes).toMatchObject([{ path: 'package.json', shelf: 'plain' }]);
    await after.apply();
    expect(fs.readFileSync(`${seen?.folder}/package.json`, 'utf8')).toBe(content);
  });

  it.each<[string, string, string?, string[]?]>([
    ['a script', text({ scripts: { test: 'node --test', postinstall: 'node x.js' } })],
    ['a changed script', text({ scripts: { test: 'sh x' } })],
    ['a program', text({ bin: './x' })],
    ['a package manager', text({ packageManager: 'yarn@4.0.0+sha1.0' })],
    ['overrides', text({ overrides: { a: 'npm:b@1' } })],
    ['a package from git', text({ dependencies: { b: 'git+ssh://forge.example/b' } })],
    ['a package from a forge', text({ dependencies: { b: 'owner/b' } })],
    ['a package from an address', text({ dependencies: { b: 'https://a.example/b.tgz' } })],
    ['a package from a folder', text({ dependencies: { b: 'file:../b' } })],
    ['another name for a package', text({ dependencies: { b: 'npm:c@1' } })],
    ['a tag', text({ dependencies: { b: 'latest' } })],
    ['an odd name', text({ dependencies: { '../b': '1' } })],
    ['a list of another kind', text({ dependencies: ['b'] })],
    ['a range of another kind', text({ dependencies: { b: ['1'] } })],
    ['an odd version', text({ version: '$(id)' })],
    ['a key twice', text({}).replace('"scripts"', '"scripts": {"test": "x"}, "scripts"')],
    ['no JSON', '{'],
    ['a comment', `// x\n${text({ version: '2.0.0' })}`],
    ['a prototype', text({}).replace('"name"', '"__proto__": {"scripts": {"a": "b"}}, "name"')],
    ['a new version in a folder of an editor', text({ version: '2.0.0' }), '.vscode/package.json'],
    [
      'a new version, named by host policy',
      text({ version: '2.0.0' }),
      'package.json',
      ['package.json'],
    ],
    ['a new version, in a new file', text({ version: '2.0.0' }), 'sub/package.json'],
  ])('waits to be named with %s', async (_, content, path = 'package.json', further = []) => {
    const after = await see(content, path, further);
    expect(after.changes.find((one) => one.path === path)).toMatchObject({ shelf: 'obeyed' });
  });

  it('waits to be named where it became executable or a link', async () => {
    for (const act of [
      both(write('package.json', text({ version: '2.0.0' })), (view) =>
        fs.chmodSync(`${view}/package.json`, 0o755),
      ),
      both((view) => fs.rmSync(`${view}/package.json`), link('package.json', 'other.json')),
    ]) {
      seen?.remove();
      seen = makeSeenFolder(root);
      fs.writeFileSync(`${seen.folder}/package.json`, text({}));
      expect((await seen.see(act)).changes).toMatchObject([{ shelf: 'obeyed' }]);
    }
  });
});

describe('a path that the settings of a repository name', () => {
  const settings = `[core]
\thooksPath = tools/hooks
\tfsmonitor = "tools/watch --all"
[filter "x"] clean = sh ./tools/\\
clean.sh %f
[include]
\tpath = ../config/git.inc
[alias]
\tship = !scripts/ship.sh
[remote "origin"]
\turl = https://forge.example/docs/notes
`;
  it.each<[string, boolean]>([
    ['tools/hooks/pre-commit', true],
    ['tools/watch', true],
    ['tools/clean.sh', true],
    ['config/git.inc', true],
    ['scripts/ship.sh', true],
    ['absolute/diff', true],
    ['docs/notes', false],
    ['tools/other', false],
  ])('%s waits to be named: %s', async (path, isObeyed) => {
    seen = makeSeenFolder(root);
    fs.mkdirSync(`${seen.folder}/.git`);
    const more = `[diff "y"]\n\tcommand = ${seen.folder}/absolute/diff\n`;
    fs.writeFileSync(`${seen.folder}/.git/config`, settings + more);
    const after = await seen.see(write(path));
    const found = after.changes.find((one) => one.path === path);
    expect(found?.shelf).toBe(isObeyed ? 'obeyed' : undefined);
  });
});

describe('a file of the folder that is larger than any run can bring', () => {
  const large = (path: string): void => {
    fs.writeFileSync(path, 'x');
    fs.truncateSync(path, changedBytesMax + 1);
  };

  it('is deleted or replaced without being read, and the log says no digest of its bytes', async () => {
    seen = makeSeenFolder(root);
    for (const name of ['image', 'image2']) large(`${seen.folder}/${name}`);
    const offered = await seen.see((view) => {
      for (const name of ['image', 'image2']) fs.rmSync(`${view}/${name}`);
      fs.writeFileSync(`${view}/image2`, 'small');
    });
    expect(offered.changes.map((one) => fileChangeOf(one).before)).toEqual([undefined, undefined]);
    await offered.apply();
    expect(treeOf(seen.folder)).toEqual({ image2: 'file 644 small' });
  });

  it('stays where somebody changed it since the run', async () => {
    seen = makeSeenFolder(root);
    large(`${seen.folder}/image`);
    const offered = await seen.see((view) => fs.rmSync(`${view}/image`));
    fs.appendFileSync(`${seen.folder}/image`, 'more');
    await expect(offered.apply()).rejects.toThrow(
      expect.objectContaining({ code: 'changes-conflict' }),
    );
    expect(fs.existsSync(`${seen.folder}/image`)).toBe(true);
  });
});

it('lets other work of the process go on while a file is hashed', async () => {
  seen = makeSeenFolder(false);
  fs.writeFileSync(`${seen.folder}/image`, '');
  fs.truncateSync(`${seen.folder}/image`, changedBytesMax);
  let turns = 0;
  let isHashed = false;
  const count = (): void => {
    turns++;
    if (!isHashed) setImmediate(count);
  };
  const hashed = stateAt(seen.folder, 'image', ownersOf(fs.statSync(`${seen.folder}/image`)));
  count();
  await hashed;
  isHashed = true;
  expect(turns).toBeGreaterThan(2);
});

describe('a reason that an agent reads too', () => {
  it('names the workspace, not its path on the host, when the folder is too large', async () => {
    seen = makeSeenFolder(false);
    fs.writeFileSync(`${seen.folder}/big`, '');
    fs.truncateSync(`${seen.folder}/big`, copiedBytesMax + 1);
    const refused = await seen.see(() => undefined).catch((cause: Error) => cause.message);
    expect(refused).toMatch(/^Cannot mount workspace:reports: /);
    expect(refused).not.toContain(seen.folder);
  });

  it('is the same for every path that lies too deep, so that such paths are counted', async () => {
    seen = makeSeenFolder(false);
    const deep = '/d'.repeat(foldersDeepMax + 2);
    const left = await seen.see((view) => {
      for (const name of ['one', 'two'])
        fs.mkdirSync(`${view}/${name}${deep}`, { recursive: true });
    });
    const reasons = left.refused.filter(({ why }) => why.includes('levels deep'));
    expect(reasons).toHaveLength(2);
    expect(new Set(reasons.map(({ why }) => why)).size).toBe(1);
  });
});
