import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { twoRepositories } from './two-repositories.ts';

const project = `git init -q -b main . && echo one > a && mkdir src && echo two > src/b &&
  git add -A && git commit -qm begin`;

/** Work in a view, and what a person is offered: each reference with its commits and questions. */
const offered: readonly (readonly [
  name: string,
  script: string,
  refs: object[],
  left: string[],
])[] = [
  [
    'a commit on the branch of the host',
    'echo more >> a && git commit -qam "change a"',
    [{ name: 'refs/heads/main', commits: 1, files: ['a'], shown: [{ subject: 'change a' }] }],
    [],
  ],
  [
    'two commits on a new branch',
    'git checkout -qb feature && echo x > x && git add x && git commit -qm x && git mv x y && git commit -qm y',
    [{ name: 'refs/heads/feature', commits: 2, shown: [{ subject: 'y' }, { subject: 'x' }] }],
    [],
  ],
  [
    'a branch without new commits',
    'git branch later',
    [{ name: 'refs/heads/later', commits: 0 }],
    [],
  ],
  ['a stash', 'echo more >> a && git stash -q', [{ name: 'refs/stash', commits: 2 }], []],
  ['an annotated tag', 'git tag -am one v1', [{ name: 'refs/tags/v1', commits: 0 }], []],
  [
    'a rewritten commit',
    'git commit -q --amend -m other',
    [{ name: 'refs/heads/main', commits: 1, asks: 'it drops commits that the host has' }],
    [],
  ],
  [
    'a deleted branch',
    'git branch -D old',
    [{ name: 'refs/heads/old', asks: 'the run deleted it' }],
    [],
  ],
  [
    'a commit that changes what hosts obey',
    'echo {} > package.json && git add -A && git commit -qm p',
    [{ asks: 'its commits change package.json, which hosts or agents obey' }],
    [],
  ],
  [
    'a commit on no branch',
    'git checkout -q --detach && echo x > x && git add x && git commit -qm x',
    [{ name: 'refs/heads/detached-0f3c0000', commits: 1 }],
    [],
  ],
  ['nothing but a look', 'git status -s && git log', [], []],
  [
    'settings and hooks',
    'git config user.name X && echo true > .git/hooks/pre-commit && echo x >> .git/info/exclude',
    [],
    [
      'its settings (config: names, remotes, aliases) stay in the view',
      'its hooks stay in the view',
      'its rules (info: attributes, exclude) stay in the view',
    ],
  ],
  [
    'a further work tree',
    'git worktree add -q ../tree -b tree',
    [{ name: 'refs/heads/tree' }],
    ['its further work trees, but not their branches stay in the view'],
  ],
];

describe('the hand-over of a repository', () => {
  it.each(offered)('offers %s', async (_, script, refs, left) => {
    const two = await twoRepositories(`${project} && git branch old`);
    two.inView(script);
    const handed = await two.handOver();
    expect(handed.repositories.flatMap((one) => one.refs)).toMatchObject(refs);
    expect(handed.left.map(({ why }) => why)).toEqual(left);
  });

  it('moves the branch and the index of the host, which then has nothing to commit', async () => {
    const two = await twoRepositories(project);
    two.inView('echo more >> a && git rm -q src/b && git add -A && git commit -qm work');
    const { repositories } = await two.handOver();
    two.onHost('echo more >> a && rm -r src');
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost('git log -1 --format=%s; git status --porcelain; git fsck')).toBe('work\n');
    expect(two.onHost('git reflog -1 --format=%gs')).toBe(
      'skillgate: run 0f3c0000-0000-4000-8000-000000000000\n',
    );
  });

  it('keeps the host on its branch when the run worked on another, and offers no file twice', async () => {
    const two = await twoRepositories(project);
    two.inView(`git checkout -qb feature && mkdir new && echo x > new/x && echo more >> a &&
      git add -A && git commit -qm work && echo loose > loose`);
    const { changes, repositories } = await two.handOver();
    expect(changes.map(({ path }) => path)).toEqual(['loose']);
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost('git status -b --porcelain')).toBe('## main\n');
    expect(two.onHost('git checkout -q feature && cat new/x')).toBe('x\n');
  });

  it('makes a new repository with plain settings and without hooks', async () => {
    const two = await twoRepositories('mkdir sub && echo a > sub/a');
    two.inView(`cd sub && git init -q -b trunk && git config core.fsmonitor /tmp/x && git add a &&
      git commit -qm first && echo true > .git/hooks/post-checkout`);
    const handed = await two.handOver(['sub']);
    expect(handed.left.map(({ why }) => why)).toEqual([
      'its settings (config: names, remotes, aliases) stay in the view',
      'its hooks stay in the view',
    ]);
    expect(await two.accept(handed.repositories)).toEqual([]);
    expect(two.onHost('cd sub && git status -b --porcelain && git log --format=%s')).toBe(
      '## trunk\nfirst\n',
    );
    expect(two.onHost('cat sub/.git/config')).not.toContain('fsmonitor');
    expect(existsSync(join(two.host, 'sub/.git/hooks'))).toBe(false);
  });

  it('takes over the newest stash, which git lists', async () => {
    const two = await twoRepositories(project);
    two.inView('echo more >> a && git stash -q');
    expect(await two.accept((await two.handOver()).repositories)).toEqual([]);
    expect(two.onHost('git stash list | wc -l')).toBe('1\n');
    expect(two.onHost('git stash pop -q && tail -1 a')).toBe('more\n');
  });

  it('shows the differences of the commits, and has them searched unpacked', async () => {
    const two = await twoRepositories(project);
    two.inView('echo needle >> a && git commit -qam work');
    const { repositories } = await two.handOver();
    expect(two.stored(repositories[0]?.refs[0]?.patch)).toMatch(/Author: Ann.*\+needle/s);
    expect(two.searched()).toContain('one\nneedle\n');
    expect(two.searched()).not.toContain('two\n');
  });

  it.each([
    [
      'with a NUL byte',
      `printf 'a\\0b' > x && git add x && git commit -qm x && echo more >> a && git commit -qam a`,
      ['! the differences do not show the content of these files', '!   "x": 3 bytes, git object '],
      2,
    ],
    [
      'behind differences of more than 1 MiB',
      'seq 200000 > src/b && git commit -qam b && echo x > x && git rm -q a && git add x && git commit -qm x',
      [
        '! the differences are longer than 1 MiB, and the end is not shown: these are all changed files',
        '!   "a": deleted',
        '!   "x": 2 bytes, git object ',
        '!   "src/b": 1288895 bytes, git object ',
      ],
      4,
    ],
    ['in differences that show all', 'echo x > x && git add x && git commit -qm x', [], 0],
  ])('names a file %s, on a branch that the host is not on', async (_, script, lines, number) => {
    const two = await twoRepositories(project);
    two.inView(`git checkout -qb feature && ${script}`);
    const [ref] = (await two.handOver()).repositories.flatMap(({ refs }) => refs);
    const listed = two
      .stored(ref?.patch)
      .split('\n')
      .filter((line) => line.startsWith('!'));
    expect(listed).toEqual(lines.map((line) => expect.stringContaining(line)));
    expect(listed).toHaveLength(number);
  });

  it('refuses to move a branch that the host moved, checked out elsewhere, or has staged over', async () => {
    const two = await twoRepositories(project);
    two.inView('echo more >> a && git commit -qam work');
    const { repositories } = await two.handOver();
    two.onHost('echo s > s && git add s');
    expect(await two.accept(repositories)).toEqual([
      'the host’s index has staged changes; commit or unstage them (git reset)',
    ]);
    two.onHost('git reset -q && git checkout -qb side && git worktree add -q ../tree main');
    expect(await two.accept(repositories)).toEqual([
      'branch main is checked out in another work tree of the host: type git switch --detach there, then accept',
    ]);
    two.onHost(
      'git worktree remove ../tree && git branch -qf main $(git commit-tree -m x HEAD^{tree})',
    );
    expect(await two.accept(repositories)).toEqual([
      'branch main was moved on the host since the run began',
    ]);
  });

  const begin = `${project}; for i in 1 2; do echo $i > c; git add c; git commit -qm $i; done
    git branch side HEAD~1; git branch top; git branch other HEAD~2; git worktree add -q ../tree --detach`;
  const stop = "GIT_SEQUENCE_EDITOR='sed -i 1ibreak'";
  const clash = 'git checkout -q side; echo x > c; git commit -qam x; git checkout -q main';
  const busy =
    'branch main is being rebased or bisected in a work tree of the host: finish or abort that there (git rebase --abort, git bisect reset), then accept';

  it.each([
    ['rebases it', `git checkout -q main; ${stop} git rebase -qi HEAD~1`, busy],
    ['rebases it by patches', `${clash}; git rebase --apply side || true`, busy],
    [
      'moves it with another',
      `git checkout -q top; git commit -q --allow-empty -m top; ${stop} git rebase -qi --update-refs HEAD~3`,
      busy,
    ],
    ['bisects from it', 'git checkout -q main; git bisect start main main~2', busy],
    [
      'rebased it',
      `git checkout -q main; ${stop} git rebase -qi HEAD~1; git rebase --abort; git checkout -q --detach`,
      '',
    ],
    ['rebases another', `git checkout -q top; ${stop} git rebase -qi HEAD~1`, ''],
    ['bisects from a commit', 'git bisect start main main~2', ''],
    [
      'applies patches',
      'git format-patch -1 --stdout > p; git am p || git checkout -q --detach',
      '',
    ],
  ])('moves no branch while another work tree %s', async (_, script, why) => {
    const two = await twoRepositories(begin);
    two.inView('echo more >> a && git commit -qam work');
    const { repositories } = await two.handOver();
    two.onHost(`git checkout -q --detach; cd ../tree; ${script}`);
    expect(await two.accept(repositories)).toEqual(why === '' ? [] : [why]);
    two.onHost('git worktree remove --force ../tree');
    expect(await two.accept(repositories)).toEqual(
      why === '' ? [expect.stringContaining('was moved')] : [],
    );
  });

  it('moves no branch that the folder itself rebases', async () => {
    const two = await twoRepositories(project);
    two.inView('echo more >> a && git commit -qam work');
    const { repositories } = await two.handOver();
    two.onHost(`${stop} git rebase -qi --root`);
    expect(await two.accept(repositories)).toEqual([busy]);
    two.onHost('git rebase --abort');
    expect(await two.accept(repositories)).toEqual([]);
  });

  it('moves no branch under files that would not follow, and says what to type', async () => {
    const two = await twoRepositories(project);
    two.inView(`echo more >> a && git commit -qam work && git checkout -qb feature &&
      echo x > x && git add x && git commit -qm x`);
    const { repositories } = await two.handOver();
    expect(await two.accept(repositories)).toEqual([
      'branch main is checked out here, and the run ended on another branch, so the files here would not follow: type git switch --detach, accept, then git switch main',
    ]);
    two.onHost('git switch -q --detach');
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost('git switch -q main; git status --porcelain; cat a')).toBe('one\nmore\n');
  });

  it('does so where the branch has no commit on the host yet', async () => {
    const two = await twoRepositories('git init -q -b main . && echo own > own');
    two.inView(`echo a > a && git add a && git commit -qm work && git checkout -qb feature &&
      echo x > x && git add x && git commit -qm x`);
    const { repositories } = await two.handOver();
    const [why = ''] = await two.accept(repositories);
    const [, leave = '', back = ''] = /type (.*), accept, then (.*)/.exec(why) ?? [];
    two.onHost(leave);
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost(`${back} -q; git status --porcelain; cat a own`)).toBe('?? own\na\nown\n');
  });

  it('leaves what the host did meanwhile alone', async () => {
    const two = await twoRepositories(`${project} && git branch side`);
    two.inView('echo more >> a && git commit -qam work');
    two.onHost('git branch fresh && git branch -D side');
    const { repositories } = await two.handOver();
    expect(repositories.flatMap((one) => one.refs.map(({ name }) => name))).toEqual([
      'refs/heads/main',
    ]);
  });
});

describe('a hostile repository', () => {
  const tree = (entries: string): string =>
    `t=$(printf '${entries}' | git mktree --missing) && c=$(git commit-tree -m bad $t) && git branch bad $c`;
  const blob = '$(echo "[core]" | git hash-object -w --stdin)';
  /** Objects that git or a host would obey; each made by git itself or byte by byte. */
  const attacks: readonly (readonly [name: string, script: string, why: RegExp])[] = [
    [
      'a tree with .git',
      `b=${blob}; printf "100644 .git\\0$(echo $b | sed 's/../\\\\x&/g')" > t;
       python3 -c "import sys; sys.stdout.buffer.write(b'100644 .git\\0' + bytes.fromhex('$b'))" > t;
       t=$(git hash-object -w -t tree --literally t); rm t; git branch bad $(git commit-tree -m bad $t)`,
      /hasDotgit/,
    ],
    [
      'a tree with .GIT',
      `b=${blob}; python3 -c "import sys; sys.stdout.buffer.write(b'100644 .GIT\\0' + bytes.fromhex('$b'))" > t;
       t=$(git hash-object -w -t tree --literally t); rm t; git branch bad $(git commit-tree -m bad $t)`,
      /hasDotgit/,
    ],
    [
      'a tree with git~1',
      `b=${blob}; python3 -c "import sys; sys.stdout.buffer.write(b'40000 git~1\\0' + bytes.fromhex('$(git write-tree)'))" > t;
       t=$(git hash-object -w -t tree --literally t); rm t; git branch bad $(git commit-tree -m bad $t)`,
      /hasDotgit/,
    ],
    [
      'a tree with ..',
      `python3 -c "import sys; sys.stdout.buffer.write(b'40000 ..\\0' + bytes.fromhex('$(git write-tree)'))" > t;
       t=$(git hash-object -w -t tree --literally t); rm t; git branch bad $(git commit-tree -m bad $t)`,
      /hasDotdot/,
    ],
    [
      'a link named .gitmodules',
      `b=$(printf /etc/passwd | git hash-object -w --stdin); ${tree('120000 blob $b\\t.gitmodules\\n').replace("printf '", 'printf "').replace("\\n' |", '\\n" |')}`,
      /gitmodulesSymlink/,
    ],
    [
      '.gitmodules with an option for an address',
      `printf '[submodule "x"]\\n path = x\\n url = --upload-pack=touch\\n' > .gitmodules && git add -A && git commit -qm bad`,
      /gitmodulesUrl/,
    ],
    [
      'a link that leaves the folder',
      'ln -s /etc/passwd l && git add l && git commit -qm bad',
      /its commits change l: a link that leaves the folder/,
    ],
    [
      'a branch named like an option',
      'h=$(git rev-parse HEAD) && echo $h > .git/refs/heads/-x',
      /no name for a branch/,
    ],
    [
      'a branch with a control character',
      "h=$(git rev-parse HEAD) && printf '%s refs/heads/a\\302\\205b\\n' $h >> .git/packed-refs",
      /stays in the view|printed a line/,
    ],
    ['a branch in another spelling', 'git branch MAIN', /its name is too close to branch main/],
    [
      'a branch that names a tree',
      'git rev-parse HEAD^{tree} > .git/refs/heads/t',
      /not a commit|stay/,
    ],
    [
      'a commit whose tree is missing',
      `c=$(printf 'tree %s\\nauthor A <a@b> 0 +0000\\ncommitter A <a@b> 0 +0000\\n\\nbad\\n' $(printf 'x%.0s' 1 | git hash-object --stdin) |
        git hash-object -w -t commit --stdin --literally) && echo $c > .git/refs/heads/bad`,
      /stay/,
    ],
  ];

  it.each(attacks)('hands over nothing of %s', async (_, script, why) => {
    const two = await twoRepositories(project);
    two.inView(script);
    const { left, repositories } = await two.handOver();
    expect(repositories.flatMap((one) => one.refs)).toEqual([]);
    expect(left.map((one) => one.why).join('\n')).toMatch(why);
    expect(two.onHost('git fsck && git branch --list && git count-objects')).toContain('* main');
  });

  it('runs no hook, monitor, filter or program that the host’s own repository names', async () => {
    const two = await twoRepositories(project);
    const mark = join(two.host, '../mark');
    two.onHost(`for hook in reference-transaction post-checkout post-index-change post-merge; do
        printf '#!/bin/sh\\necho %s >> ${mark}\\n' $hook > .git/hooks/$hook; chmod +x .git/hooks/$hook
      done
      git config core.fsmonitor 'echo fsmonitor >> ${mark};:'
      git config filter.f.smudge 'echo smudge >> ${mark}; cat'
      git config filter.f.clean 'echo clean >> ${mark}; cat'
      git config diff.f.command 'echo diff >> ${mark}; true'
      git config diff.f.textconv 'echo textconv >> ${mark}; cat'
      git config log.showSignature true; git config gpg.program ${mark}
      echo '* filter=f diff=f' > .git/info/attributes`);
    writeFileSync(mark, '');
    two.inView('echo more >> a && git commit -qam work && git tag -am one v1');
    const { repositories } = await two.handOver();
    expect(repositories[0]?.refs).toHaveLength(2);
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost(`cat ${mark}`)).toBe('');
  });

  it('has no say on the host by replaced objects or alternates', async () => {
    const two = await twoRepositories(project);
    two.inView(`echo good >> a && git commit -qam good && good=$(git rev-parse HEAD) &&
      echo evil >> a && git commit -qam evil && git replace $(git rev-parse HEAD) $good &&
      echo /etc > .git/objects/info/alternates`);
    const { repositories } = await two.handOver();
    const [ref] = repositories.flatMap((one) => one.refs);
    expect(two.stored(ref?.patch)).toContain('+evil');
    expect(await two.accept(repositories)).toEqual([]);
    expect(two.onHost('git replace -l; ls .git/objects/info')).not.toContain('alternates');
  });

  it('may print anything in place of git: nothing of it is taken for a repository', async () => {
    const two = await twoRepositories(project);
    appendFileSync(join(two.view, '.git/config'), '[core]\n\trepositoryformatversion = 99\n');
    const { left, repositories } = await two.handOver();
    expect(repositories).toEqual([]);
    expect(left[0]?.why).toContain('its commits stay in the view: ');
  });
});

it.each([
  ['says that a limit keeps work behind', 101, true],
  ['does not say so without need', 100, false],
])('%s: %d branches', async (_, branches, limited) => {
  const two = await twoRepositories(project);
  two.inView(`for n in $(seq ${branches}); do git branch b$n; done`);
  const { left, repositories, ...handed } = await two.handOver();
  expect(handed).toMatchObject({ limited });
  expect(repositories.flatMap(({ refs }) => refs)).toHaveLength(100);
  expect(left).toHaveLength(limited ? 1 : 0);
});

/** A clone without all objects, whose origin cannot be reached. */
const cloned = (how: string): string => `git init -q -b main ../origin; cd ../origin
  git config uploadpack.allowFilter true; git config uploadpack.allowAnySHA1InWant true
  for i in 1 2 3; do mkdir -p x y; echo x$i > x/a; echo y$i > y/a; git add .; git commit -qm $i; done
  cd ../host; git clone -q ${how} file://$PWD/../origin .`;
const sparse = 'git sparse-checkout set x; git checkout -q main';
const oldTree = 'git branch back $(git commit-tree -p HEAD -m back HEAD~2^{tree})';
const lacking = /did not receive expected object [0-9a-f]+; .* git fetch --refetch --no-filter/;

it.each([
  ['a shallow clone', '--depth 1', 'true', 'true', undefined],
  ['a clone without old files', '--filter=blob:none', 'true', 'true', undefined],
  ['a clone without old files', '--filter=blob:none', 'true', oldTree, lacking],
  ['a sparse clone', '--filter=blob:none --no-checkout', sparse, 'true', undefined],
  [
    'a sparse clone',
    '--filter=blob:none --no-checkout',
    sparse,
    'git mv --sparse y/a y/b',
    lacking,
  ],
])('hands over what is whole in %s (%s; %s; %s)', async (_, how, begin, script, why) => {
  const two = await twoRepositories(`${cloned(how)}; ${begin}; rm -rf ../origin`);
  two.inView(`git status -s; echo more >> x/a; git add x; ${script}; git commit -qm work`);
  const { left, repositories } = await two.handOver();
  if (why !== undefined) expect(left[0]?.why).toMatch(why);
  else expect(await two.accept(repositories)).toEqual([]);
  expect(two.onHost('git log -1 --format=%s')).toBe(why === undefined ? 'work\n' : '3\n');
});
