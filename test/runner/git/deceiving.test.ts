/** Repositories that look harmless, and what they would have done on the host. */

import { createHash } from 'node:crypto';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { storePack } from '../../../runner/git/quarantine.ts';
import { showsIn } from '../../../skills-index/run/changes/shown-differences.ts';
import { twoRepositories } from './two-repositories.ts';

const project = `git init -q -b main . && echo one > a && mkdir src && echo two > src/b &&
  git add -A && git commit -qm begin`;
const elsewhere = `(mkdir ../real && cd ../real && ${project} && git branch other)`;
const replace =
  'cd sub && rm .git && git init -q -b evil && echo x > x && git add x && git commit -qm x';

describe('a repository whose .git is no folder on the host', () => {
  it.each([
    ['a file', `${elsewhere}; cd ../real && git worktree add -q ../host/sub other`],
    ['a link', `${elsewhere}; mkdir sub && ln -s ../../real/.git sub/.git`],
  ])('stays as it is when it is %s and the run made a folder of it', async (_, begin) => {
    const two = await twoRepositories(begin);
    const before = two.onHost('cd sub && git symbolic-ref HEAD');
    two.inView(replace);
    const { left, repositories } = await two.handOver(['sub']);
    expect(repositories).toEqual([]);
    expect(left[0]?.why).toContain('its .git is no folder');
    expect(two.onHost('cd sub && git symbolic-ref HEAD')).toBe(before);
  });

  it('stays as it is when it came after the run', async () => {
    const two = await twoRepositories('mkdir sub');
    two.inView('cd sub && git init -q -b evil && echo x > x && git add x && git commit -qm x');
    const { repositories } = await two.handOver(['sub']);
    two.onHost(`${elsewhere}; ln -s ../../real/.git sub/.git`);
    expect(await two.accept(repositories)).toEqual(['git refused: its .git is no folder']);
    expect(two.onHost('cd sub && git symbolic-ref HEAD')).toBe('refs/heads/main\n');
  });

  it.skipIf(process.getuid?.() !== 0)('stays as it is when it is of another user', async () => {
    const two = await twoRepositories(project);
    two.inView('echo more >> a && git commit -qam work');
    const { repositories } = await two.handOver();
    chownSync(join(two.host, '.git'), 65_534, 65_534);
    expect(await two.accept(repositories)).toEqual([
      'git refused: it belongs to another user (uid 65534)',
    ]);
  });
});

/** What stays in the view, each with the reason. */
const staying: readonly (readonly [name: string, begin: string, script: string, why: RegExp])[] = [
  [
    'a branch that is another name of the host’s branch',
    'git symbolic-ref refs/heads/master refs/heads/main',
    'c=$(git commit-tree -p HEAD -m x HEAD^{tree}); git symbolic-ref -d refs/heads/master; git branch master $c',
    /branch master .*another name of a branch/,
  ],
  [
    'a tag of a tree with other files',
    'true',
    'echo {} > package.json; git add -A; t=$(git write-tree); git reset -q --hard; git tag -am x v1 $t',
    /tag v1 .*names a tree/,
  ],
  [
    'a HEAD that makes a repository of a folder that the host has',
    'mkdir -p x/objects x/refs && touch x/objects/a x/refs/a && git add -A && git commit -qm x',
    `git checkout -qb bad && printf 'ref: refs/heads/main\n' > x/HEAD && git add -A && git commit -qm x`,
    /x\/HEAD: it makes the folder a repository/,
  ],
  [
    'a link that leaves the folder from below a path that hosts obey',
    'true',
    'git checkout -qb bad && mkdir .github && ln -s /etc .github/l && git add -A && git commit -qm x',
    /a link that leaves the folder/,
  ],
];

describe('the hand-over', () => {
  it.each(staying)('leaves out %s', async (_, begin, script, why) => {
    const two = await twoRepositories(`${project} && ${begin}`);
    const refs = two.onHost('git for-each-ref');
    two.inView(script);
    const { left, repositories } = await two.handOver();
    expect(repositories).toEqual([]);
    expect(left.map((one) => one.why).join('\n')).toMatch(why);
    expect(two.onHost('git for-each-ref')).toBe(refs);
  });

  it('leaves a branch that the host made another name of a branch since', async () => {
    const two = await twoRepositories(`${project} && git branch feature`);
    two.inView('git checkout -q feature && echo more >> a && git commit -qam work');
    const { repositories } = await two.handOver();
    two.onHost('git branch -D feature && git symbolic-ref refs/heads/feature refs/heads/main');
    expect(await two.accept(repositories)).toEqual([
      'branch feature was moved on the host since the run began',
    ]);
    expect(two.onHost('git log -1 --format=%s main')).toBe('begin\n');
  });

  it('refuses a branch for which the host has got a folder of branches', async () => {
    const two = await twoRepositories(project);
    two.inView('git branch feature');
    const { repositories } = await two.handOver();
    two.onHost('git branch feature/x');
    expect(await two.accept(repositories)).toEqual([
      'branch feature: its name is too close to branch feature/x on the host',
    ]);
  });

  it('leaves out a branch with thousands of links, each of which costs a start of git', async () => {
    const two = await twoRepositories(project);
    two.inView(`(printf 'commit refs/heads/bad\\ncommitter A <a@b> 0 +0000\\ndata 1\\nx\\n'
      for at in $(seq 1001); do printf 'M 120000 inline l%s\\ndata 1\\na\\n' $at; done) | git fast-import --quiet`);
    const { left, repositories } = await two.handOver();
    expect(repositories).toEqual([]);
    expect(left[0]?.why).toContain('change more than 1000 links');
  });

  it('judges no further branch when the time is up', async () => {
    const two = await twoRepositories(project);
    two.inView('git branch one && git branch two && git branch three');
    const begin = Date.now();
    let asked = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => begin + 100_000 * asked++);
    onTestFinished(() => void vi.restoreAllMocks());
    const { left, repositories } = await two.handOver();
    expect(repositories.flatMap(({ refs }) => refs)).toHaveLength(2);
    expect(left.map(({ why }) => why)).toEqual([
      'branch two stays in the view: the hand-over took more than 300 s',
    ]);
  });

  it('ends with a pack that unpacks to more than the host’s memory', async () => {
    const two = await twoRepositories(project);
    const git = { path: join(two.host, '.git'), owner: { uid: 0, gid: 0 } };
    await expect(storePack(git, bomb())).rejects.toThrow(/more than 1024 MiB of memory/);
  });

  it.each([
    ['leaves out a branch whose unseen files have megabytes of paths', '200', '4', 0],
    ['lists the unseen files of a branch with thousands of files', '2', '4', 1],
  ])('%s', async (_, length, levels, branches) => {
    const two = await twoRepositories(project);
    two.inView(`line="100644 blob $(git rev-parse HEAD:a)"; long=$(printf 'f%.0s' $(seq ${length}))
      for level in $(seq ${levels}); do
        t=$(for n in 0 1 2 3 4 5 6 7 8 9; do printf '%s\\t%s\\n' "$line" $long$n; done | git mktree)
        line="040000 tree $t"
      done; git branch many $(git commit-tree -m many $t)`);
    const { left, limited, repositories } = await two.handOver();
    const refs = repositories.flatMap((one) => one.refs);
    expect([refs.length, limited]).toEqual([branches, branches === 0]);
    expect(left.map(({ why }) => why).join()).toMatch(
      branches === 0 ? /^branch many stays in the view: .* 10000 files, .*\(\.gitignore\)$/ : /^$/,
    );
    for (const { patch } of refs)
      expect(two.stored(patch).match(/^! {3}"f.*bytes, git object/gm)).toHaveLength(10_000);
  });

  it('ends with a few trees that have billions of paths', async () => {
    const two = await twoRepositories(project);
    two.inView(`line="100644 blob $(git rev-parse HEAD:a)"; long=$(printf 'f%.0s' $(seq 200))
      for level in 1 2 3 4 5 6 7 8 9; do
        t=$(for n in 0 1 2 3 4 5 6 7 8 9; do printf '%s\\t%s\\n' "$line" $long$n; done | git mktree)
        line="040000 tree $t"
      done; git branch bad $(git commit-tree -m bad $t)`);
    const { left, limited, repositories } = await two.handOver();
    expect(repositories).toEqual([]);
    expect(left[0]?.why).toMatch(/branch bad stays in the view: git log needs more than 1024 MiB/);
    expect(limited).toBe(true);
  });
});

/** What a reference does beside its new commits: shown in one difference. */
describe('the shown differences', () => {
  const fixed = `${project} && echo vulnerable > f && git add f && git commit -qm old && echo fixed > f && git commit -qam fix`;
  it.each([
    [
      'a merge that takes the older file',
      fixed,
      'git reset -q --hard $(git commit-tree -p HEAD -p HEAD~1 -m merge HEAD~1^{tree})',
    ],
    [
      'a branch that moves to the commits of another branch',
      `${project} && git checkout -qb spike && echo vulnerable > f && git add f && git commit -qm s && git checkout -q main`,
      'git merge -q --ff-only spike',
    ],
    ['a branch that loses a commit', fixed, 'git reset -q --hard HEAD~1'],
  ])('hold %s', async (_, begin, script) => {
    const two = await twoRepositories(begin);
    two.inView(script);
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    expect(two.stored(ref?.patch)).toMatch(/^in all, from .*^\+vulnerable$/ms);
  });

  it('hold nothing twice of plain commits', async () => {
    const two = await twoRepositories(`${project} && git branch old && git branch spike`);
    two.inView(
      'echo more >> a && git commit -qam work && git branch later && git stash -q || true',
    );
    for (const { refs } of (await two.handOver()).repositories)
      for (const ref of refs) expect(two.stored(ref.patch)).not.toContain('in all, from');
  });

  it.each([
    ['moves to', 'git reset -q --hard pr', 1],
    ['merges', 'echo more >> a && git commit -qam more && git merge -q --no-edit pr', 1],
    ['leaves aside', 'git branch own pr && echo more >> a && git commit -qam more', undefined],
  ])('name what hosts obey when the branch %s the host’s other branch', async (_, script, asks) => {
    const two = await twoRepositories(
      `${project} && git checkout -qb pr && echo {} > package.json && git add -A &&
        git commit -qm pr && git checkout -q main`,
    );
    two.inView(script);
    const refs = (await two.handOver()).repositories.flatMap((one) => one.refs);
    const main = refs.find(({ name }) => name === 'refs/heads/main');
    expect(main?.asks?.match(/its commits change package.json/g)?.length).toBe(asks);
    expect(refs.find(({ name }) => name === 'refs/heads/own')?.asks).toBeUndefined();
  });

  it('do not stand for a file that a person had changed without committing it', async () => {
    const two = await twoRepositories(`${project} && echo mine >> a`);
    two.inView('git checkout -q a && echo theirs > a && echo b >> src/b && git commit -qam work');
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    expect(ref?.files).toEqual(['src/b']);
  });

  // Each script commits `evil.js`, whose content the differences do not show.
  it.each([
    [
      'behind a first commit that takes all room',
      'seq 200000 > a && git commit -qam one && echo bad > evil.js && git add -A && git commit -qm two',
      [],
    ],
    [
      'with a NUL byte in a comment',
      `printf 'bad /*\\0*/' > evil.js && echo b >> src/b && git add -A && git commit -qm work`,
      ['src/b'],
    ],
    [
      'with a NUL byte that a later commit removes',
      `printf 'bad \\0' > evil.js && git add -A && git commit -qm one &&
        echo bad > evil.js && echo b >> src/b && git commit -qam two`,
      ['src/b'],
    ],
    [
      'with a name that git quotes',
      `printf 'bad /*\\0*/' > évil.js && echo b >> src/b && git add -A && git commit -qm work`,
      ['src/b'],
    ],
    [
      'that the host’s attributes call binary',
      'echo bad > evil.js && echo b >> src/b && git add -A && git commit -qm work',
      ['src/b'],
    ],
  ])('do not stand for a file %s, and name it', async (name, script, files) => {
    const attributes = name.includes('attributes')
      ? `echo '*.js -diff' > .git/info/attributes`
      : 'true';
    const two = await twoRepositories(`${project} && ${attributes}`);
    two.inView(script);
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    const patch = two.stored(ref?.patch);
    expect(patch).not.toContain('+bad');
    const isShown = showsIn(Buffer.from(patch).toString('latin1'));
    expect(ref?.files.filter(isShown)).toEqual(files);
    expect(patch).toMatch(/^! {3}".vil\.js": \d+ bytes, git object [0-9a-f]{40}$/m);
  });
});

/** A blob of 15 MiB of zeros, and a delta that repeats it to 960 MiB: 15 KB in all. */
function bomb(): Uint8Array {
  const size = 15 * 1024 * 1024;
  const base = Buffer.alloc(size);
  const id = createHash('sha1').update(`blob ${size}\0`).update(base).digest();
  const copy = Buffer.from([0b1111_0000, size & 0xff, (size >> 8) & 0xff, size >> 16]);
  const copies = Buffer.concat(Array.from({ length: 64 }, () => copy));
  const delta = Buffer.concat([numberOf(size), numberOf(64 * size), copies]);
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(2, 8);
  const body = Buffer.concat([
    header,
    headerOf(3, size),
    deflateSync(base),
    headerOf(7, delta.length),
    id,
    deflateSync(delta),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

// gitformat-pack(5): seven bits in each byte, the lowest first.
function numberOf(value: number): Buffer {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

function headerOf(kind: number, size: number): Buffer {
  const first = (kind << 4) | (size & 15);
  return size < 16
    ? Buffer.from([first])
    : Buffer.concat([Buffer.from([first + 128]), numberOf(size >> 4)]);
}

describe('a difference that git leaves out', () => {
  it('is shown and judged where the host is on a branch without commits', async () => {
    const two = await twoRepositories(`${project} && echo '{"scripts":{}}' > package.json &&
      git add -A && git commit -qm stranger && git checkout -q --orphan fresh && git rm -rfq .`);
    two.inView('git reset -q --hard main && echo more >> a && git commit -qam work');
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    expect(ref?.name).toBe('refs/heads/fresh');
    expect(ref?.asks).toContain('package.json');
    expect(two.stored(ref?.patch)).toContain('+{"scripts":{}}');
  });

  it('is shown and judged where the host’s .gitmodules leaves a submodule out', async () => {
    const link = (id: string): string =>
      `git update-index --add --cacheinfo 160000,${id.repeat(40)},lib`;
    const two = await twoRepositories(`${project} && mkdir lib &&
      printf '[submodule "lib"]\\n path = lib\\n url = ./lib\\n ignore = all\\n' > .gitmodules &&
      git add .gitmodules && ${link('1')} && git commit -qm lib`);
    two.inView(`${link('2')} && git commit -qm work`);
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    expect(ref?.asks).toContain('lib');
    expect(two.stored(ref?.patch)).toContain(`+Subproject commit ${'2'.repeat(40)}`);
  });

  it('is shown and judged where grafts of the host hide the move to another branch', async () => {
    const two =
      await twoRepositories(`${project} && git checkout -qb pr && echo {} > package.json &&
      git add -A && git commit -qm pr && git checkout -q main &&
      echo "$(git rev-parse main pr | xargs)" > .git/info/grafts`);
    two.inView('rm .git/info/grafts && git reset -q --hard pr && echo b > a && git commit -qam b');
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    expect(`${ref?.asks}${two.stored(ref?.patch)}`).toMatch(/package.json, which.*^\+\{\}$/ms);
  });

  it.each([
    'git rev-parse main > .git/info/grafts',
    'git config color.diff always',
    'git config diff.orderFile .order; git config diff.relative true',
    'git config core.worktree ../',
  ])('is none, and its form is the same, where the host typed %s', async (typed) => {
    const two = await twoRepositories(`${project} && ${typed}`);
    two.inView(`printf '[core]\nbare = false\n' > .git/config &&
      echo more >> a && echo bad > src/b && git commit -qam work`);
    const { repositories } = await two.handOver();
    const patch = two.stored(repositories[0]?.refs[0]?.patch);
    expect(patch).toMatch(/^commit [0-9a-f]{40}$.*^\+more$.*^\+bad$/ms);
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost('git log -1 --format=%s')).toBe('work\n');
  });
});
