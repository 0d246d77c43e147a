import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitAuthor } from '../git-author.ts';
import { skill } from './command-line.ts';

let home = '';
let reports = '';
const isRoot = process.getuid?.() === 0;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'skillgate-host-')));
  reports = join(home, 'reports');
  mkdirSync(reports);
  if (isRoot) chownSync(reports, 65_534, 65_534);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = () => join(home, 'skillgate/config/host.json');
const host = (...words: string[]) =>
  skill(['host', ...words], { env: { SKILLGATE_HOME: join(home, 'skillgate') }, cwd: home });
const policy = () => JSON.parse(readFileSync(file(), 'utf8'));
const write = (value: object, mode = 0o600) => {
  mkdirSync(join(home, 'skillgate/config'), { recursive: true, mode: 0o700 });
  writeFileSync(file(), JSON.stringify(value), { mode });
};
/** A shell script in a new repository beside the workspace, which the script makes. */
const onHost = (script: string): void => {
  rmSync(reports, { recursive: true });
  mkdirSync(join(home, 'main'));
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor };
  const mine = isRoot ? 'chmod 755 ..; chown -R 65534:65534 . ../reports' : '';
  const text = `git init -q -b main; git commit -q --allow-empty -m begin; ${script}; ${mine}`;
  execFileSync('sh', ['-ec', text], { cwd: join(home, 'main'), env });
};
const entry = { name: 'ops', user: { uid: 1_500, folder: '/srv/answers' } };
const line = JSON.stringify(entry);

describe('skillgate host workspace', () => {
  it('binds the folder itself, says what that means, and keeps the other members', async () => {
    write({ env: { TZ: 'UTC' }, hosts: { 'a.example': '127.0.0.1:1' } });
    symlinkSync(reports, join(home, 'link'));
    const ran = await host('workspace', 'add', 'work', './link');
    expect(ran).toMatchObject({ exit: 0, stdout: expect.stringContaining('workspace:work') });
    expect(ran.stdout).toContain(`views of ${reports}; changes wait for you`);
    expect(policy()).toEqual({
      env: { TZ: 'UTC' },
      hosts: { 'a.example': '127.0.0.1:1' },
      workspaces: { work: reports },
    });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('makes host.json where there is none, readable for its owner alone', async () => {
    await host('workspace', 'add', 'work', reports, '--writable');
    expect(policy()).toEqual({ workspaces: { work: reports }, writable: ['work'] });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('prints the difference with --dry-run, and writes nothing', async () => {
    const ran = await host('workspace', 'add', 'work', reports, '--dry-run');
    expect(ran.stdout).toContain(`+    "work": "${reports}"`);
    expect(ran.stderr).toContain('Nothing was changed');
    expect(existsSync(file())).toBe(false);
  });

  it('takes the name out of every list, and leaves other names', async () => {
    const workspaces = { work: reports, other: '/srv/other' };
    write({ workspaces, writable: ['work', 'other'], ownLocks: ['work'] });
    expect(await host('workspace', 'remove', 'work')).toMatchObject({ exit: 0 });
    expect(policy()).toEqual({ workspaces: { other: '/srv/other' }, writable: ['other'] });
    expect(existsSync(reports)).toBe(true);
  });

  it.each([
    ['a folder that is absent', ['work', './absent'], 3, 'mkdir -p '],
    ['a file', ['work', './file'], 2, 'is a file'],
    ['Skillgate’s own folders', ['work', './skillgate/config'], 2, 'where Skillgate keeps policy'],
    ['a name that no manifest can have', ['Work', './reports'], 2, 'is not a valid workspace name'],
    ['a name that is taken', ['taken', './reports'], 2, 'taken is /srv/taken already'],
    ['no folder', ['work'], 2, 'add NAME DIR'],
  ])('refuses %s', async (_, words, exit, message) => {
    write({ workspaces: { taken: '/srv/taken' } });
    const before = readFileSync(file(), 'utf8');
    writeFileSync(join(home, 'file'), '');
    symlinkSync(join(home, 'skillgate'), join(home, 'inwards'));
    const ran = await host('workspace', 'add', ...words);
    expect(ran).toMatchObject({ exit, stdout: '', stderr: expect.stringContaining(message) });
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it.each([
    ['an ordinary repository', 'git init -q ../reports', undefined],
    ['a linked work tree', 'git worktree add -q ../reports', 'sessions read its whole repository'],
    [
      'a part of a repository',
      'git init -q ..; mkdir ../reports',
      /git does not work in a session there[^\n]* git -C (\S+) worktree add [^\n]* sparse-checkout set reports; git checkout/,
    ],
  ])('adds %s, and says what an agent sees of git', async (_, script, note) => {
    onHost(script);
    const ran = await host('workspace', 'add', 'work', reports);
    expect(ran).toMatchObject({ exit: 0 });
    expect(ran.stderr).toMatch(note ?? /^$/);
  });

  it('quotes the name of a repository, which another user chose', async () => {
    onHost('git init -q "../a;b"; mkdir "../a;b/c d" ../reports');
    const part = join(home, 'a;b/c d');
    const ran = await host('workspace', 'add', 'work', part);
    expect(ran.stderr).toContain(`git -C '${join(home, 'a;b')}' worktree add`);
    expect(ran.stderr).toContain("sparse-checkout set 'c d'; git checkout");
  });

  it.each([
    [
      'a work tree that its repository does not know',
      'mv ../reports ../moved; git worktree prune; mv ../moved ../reports',
      'knows this work tree',
      'git worktree repair',
    ],
    [
      'a repository that borrows objects',
      'echo /srv/other/objects > .git/objects/info/alternates',
      'its objects lie in another folder, too',
      'repack -a -d && rm ',
    ],
  ])('refuses %s, with the way out', async (_, script, why, hint) => {
    onHost(`git worktree add -q ../reports; ${script}`);
    const ran = await host('workspace', 'add', 'work', reports);
    expect(ran).toMatchObject({ exit: 6, stdout: '', stderr: expect.stringContaining(why) });
    expect(ran.stderr).toContain(hint);
    expect(existsSync(file())).toBe(false);
  });

  it.runIf(isRoot)('takes a folder of root, and not root’s home', async () => {
    chownSync(reports, 0, 0);
    expect(await host('workspace', 'add', 'work', 'reports')).toMatchObject({ exit: 0 });
    expect(await host('workspace', 'add', 'home', '/root')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('/root is the home folder of root, which holds keys'),
    });
  });
});

describe('skillgate host advisories', () => {
  it('adds, lists and removes rules', async () => {
    const folder = await host('advisories', 'add', 'folder', './osv');
    expect(folder).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(`advisories of ${home}/osv`),
      stderr: expect.stringContaining('there is no folder'),
    });
    await host('advisories', 'add', 'vulnerable', 'refuse');
    await host('advisories', 'add', 'allow', 'GHSA-a-b-c');
    expect((await host('advisories', 'add', 'allow', 'GHSA-a-b-c')).stdout).toContain('already');
    const packages = { vulnerable: 'refuse', allowAdvisories: ['GHSA-a-b-c'] };
    expect(policy()).toEqual({ advisories: join(home, 'osv'), packages });
    const listed = await host('advisories', 'list');
    expect(listed.stdout).toMatch(/vulnerable +refuse.*\nallow +GHSA-a-b-c/);
    expect((await host('show')).stdout).toContain('GHSA-a-b-c');
    await host('advisories', 'remove', 'GHSA-a-b-c');
    expect(policy().packages).toEqual({ vulnerable: 'refuse' });
    await host('advisories', 'remove', 'vulnerable');
    await host('advisories', 'remove', 'folder');
    expect(policy()).toEqual({});
  });

  it.each([
    ['an exception for malware', ['add', 'allow', 'MAL-2026-1'], 2, 'names malware'],
    ['no id', ['add', 'allow', 'evil'], 2, 'is not the id of an advisory'],
    ['an id without capitals', ['add', 'allow', 'ghsa-a-b-c'], 2, 'write GHSA-a-b-c'],
    ['a third way', ['add', 'vulnerable', 'ask'], 2, 'write run or refuse'],
    ['an unknown rule', ['add', 'malicious', 'run'], 2, 'folder DIR, vulnerable run|refuse'],
    ['a rule that is absent', ['remove', 'vulnerable'], 3, 'has no rule vulnerable'],
  ])('refuses %s', async (_, words, exit, message) => {
    write({ advisories: '/srv/osv' });
    const ran = await host('advisories', ...words);
    expect(ran).toMatchObject({ exit, stderr: expect.stringContaining(message) });
    expect(policy()).toEqual({ advisories: '/srv/osv' });
  });

  it('refuses a file in place of the folder', async () => {
    writeFileSync(join(home, 'osv'), '');
    const ran = await host('advisories', 'add', 'folder', 'osv');
    expect(ran).toMatchObject({ exit: 2, stderr: expect.stringContaining('is a file, no folder') });
    expect(existsSync(file())).toBe(false);
  });

  it('refuses to refuse vulnerable packages where no advisories would name them', async () => {
    const ran = await host('advisories', 'add', 'vulnerable', 'refuse');
    expect(ran.stderr).toContain('"advisories" names no folder');
    expect(ran.stderr).toContain('first: skillgate host advisories add folder DIR');
    expect(existsSync(file())).toBe(false);
    await host('advisories', 'add', 'folder', '.');
    await host('advisories', 'add', 'vulnerable', 'refuse');
    const { stderr } = await host('advisories', 'remove', 'folder');
    expect(stderr).toContain('first: skillgate host advisories add vulnerable run');
    // The line of a text that was not written would lead to another line of the file.
    expect(stderr).not.toContain('line 1');
  });
});

describe('skillgate host model, approver and egress', () => {
  it('add, list and remove what host.json holds', async () => {
    await host('model', 'add', 'local', 'http://127.0.0.1:8080', '--kind', 'openai');
    await host('approver', 'add', line);
    await host('egress', 'add', 'requests-per-minute', '60');
    expect(policy()).toEqual({
      models: { local: { url: 'http://127.0.0.1:8080', kind: 'openai' } },
      approvers: [entry],
      egress: { requestsPerMinute: 60 },
    });
    const { stdout } = await host('show');
    for (const text of ['http://127.0.0.1:8080', 'user 1500', 'at most 60 requests'])
      expect(stdout).toContain(text);
    await host('model', 'remove', 'local');
    expect((await host('approver', 'remove', 'ops')).stderr).toContain('nobody can answer');
    await host('egress', 'remove', 'requests-per-minute');
    expect(policy()).toEqual({});
  });

  it('give a toolchain to sessions, and refuse a folder with credentials', async () => {
    const cargo = join(home, 'cargo');
    const rust = join(cargo, 'rust');
    mkdirSync(join(rust, 'bin'), { recursive: true });
    writeFileSync(join(cargo, 'credentials.toml'), '');
    expect(await host('toolchain', 'add', 'cargo', './cargo')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('credentials.toml may hold credentials'),
    });
    expect((await host('toolchain', 'add', 'rust', './cargo/rust')).stdout).toContain(
      'before those of the system',
    );
    expect(policy()).toEqual({ toolchains: { rust } });
    chmodSync(join(rust, 'bin'), 0o777);
    expect((await host('toolchain', 'add', 'other', './cargo/rust')).stderr).toContain(
      'other users may write',
    );
    expect((await host('toolchain', 'list')).stdout).toContain(rust);
    expect((await host('show')).stdout).toContain('toolchains');
    await host('toolchain', 'remove', 'rust');
    expect(policy()).toEqual({});
  });

  it('name an index with the age of its youngest version', async () => {
    const url = 'https://registry.npmjs.org/';
    const ran = await host('index', 'add', 'npm', url, '--min-age', '14d');
    expect(ran.stdout).toContain('at least 14 days old');
    expect(ran.stderr).not.toContain('there is no folder');
    const folder = await host('index', 'add', 'python', 'file:///srv/wheels');
    expect(folder.stderr).toContain('there is no folder /srv/wheels yet');
    expect(policy()).toEqual({
      indexes: { npm: { url, minimumAgeDays: 14 }, python: { url: 'file:///srv/wheels' } },
    });
    expect((await host('index', 'list')).stdout).toContain('of any age');
    expect((await host('show')).stdout).toContain(url);
    expect((await host('index', 'add', 'npm', 'https://other.example/')).stderr).toContain(
      'npm is https://registry.npmjs.org/ already',
    );
    await host('index', 'remove', 'npm');
    expect(policy()).toEqual({ indexes: { python: { url: 'file:///srv/wheels' } } });
  });

  it.each([
    ['a model without a kind', ['model', 'add', 'm', 'http://127.0.0.1:1'], '--kind must be'],
    [
      'a model server by name over http',
      ['model', 'add', 'm', 'http://m.example', '--kind', 'openai'],
      'is neither http://IP:PORT',
    ],
    [
      'a key for an endpoint over http',
      ['model', 'add', 'm', 'http://127.0.0.1:1', '--kind', 'openai', '--secret', 'KEY'],
      'secrets are sent over https only',
    ],
    ['a second approver of the name', ['approver', 'add', '{"name":"ops"}'], 'has one already'],
    ['an index of no ecosystem', ['index', 'add', 'cargo', 'https://x.example/'], 'npm or python'],
    [
      'an index over http by name',
      ['index', 'add', 'npm', 'http://x.example/'],
      'is neither https',
    ],
    [
      'an age that is no number of days',
      ['index', 'add', 'npm', 'https://x.example/', '--min-age', 'week'],
      'such as 7d',
    ],
    [
      'an age of a folder, whose files have no date',
      ['index', 'add', 'python', 'file:///srv/wheels', '--min-age', '7'],
      'no date of upload',
    ],
    ['a limit that does not exist', ['egress', 'add', 'bytes', '1'], 'There is no limit bytes'],
    ['a limit of nothing', ['egress', 'add', 'sent-bytes', '0'], 'is not a whole number from 1'],
    ['an entry that is absent', ['model', 'remove', 'm'], 'Host policy has no model m'],
    ['a verb that does not exist', ['approver', 'rename', 'ann'], 'write add KEY, list, or remove'],
  ])('refuse %s', async (_, words, message) => {
    write({ approvers: [entry] });
    const before = readFileSync(file(), 'utf8');
    const ran = await host(...words);
    expect(ran.exit).not.toBe(0);
    expect(ran.stderr).toContain(message);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it('refuse the passkey that a registry of this host could use', async () => {
    write({ mailbox: 'https://registry.example' });
    const passkey = { credentialId: 'a', publicKey: 'b', rpId: 'registry.example' };
    const taken = { name: 'ann', passkey: { ...passkey, origin: 'https://registry.example' } };
    const ran = await host('approver', 'add', JSON.stringify(taken));
    expect(ran.stderr).toContain('could make the passkey sign');
    expect(policy()).toEqual({ mailbox: 'https://registry.example' });
  });

  it.each([
    ['other users may write', '{}', 0o666],
    ['the file is damaged', '{"workspaces":', 0o600],
  ])('refuse to change a host.json when %s', async (_, text, mode) => {
    write({});
    writeFileSync(file(), text);
    chmodSync(file(), mode);
    const ran = await host('egress', 'add', 'sent-bytes', '5');
    expect(ran.stderr).toContain('host-policy-invalid');
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });
});

describe('two changes of host policy at the same time', () => {
  it('both count', async () => {
    const main = new URL('../../cli/guard.js', import.meta.url).pathname;
    const env = { ...process.env, SKILLGATE_HOME: join(home, 'skillgate') };
    const add = (number: number) =>
      promisify(execFile)(
        process.execPath,
        [main, 'host', 'model', 'add', `m${number}`, 'http://127.0.0.1:1', '--kind', 'openai'],
        { env },
      );
    await Promise.all([1, 2, 3, 4].map(add));
    expect(Object.keys(policy().models).sort()).toEqual(['m1', 'm2', 'm3', 'm4']);
  });
});
