import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { makeKey, makeRoot, type TestKey } from '../registry/people.ts';
import { call, makeSkill, publish, publishApproved, type Skill, state } from '../registry/road.ts';
import type { Ran } from './command-line.ts';
import { makeUsers, type User, type Users, writeKey } from './registry-users.ts';

const skillAt = (number: number): Skill =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations
const json = ({ exit, stdout, stderr }: Ran): any => {
  expect(exit, stderr).toBe(0);
  return JSON.parse(stdout);
};

let users: Users;
const begin = async (): Promise<void> => {
  users = await makeUsers(undefined, { trust: makeRoot({ administrators: 2, threshold: 2 }) });
};
const end = (): void => users.world.close();

const as = async (user: User, ...argv: string[]): Promise<Ran> => users.as(user, argv);
const read = async (user: User, ...argv: string[]) =>
  json(await as(user, ...argv, '--format', 'json'));
const keysOf = (user: User): string => join(users.homeOf(user), 'config/keys');
const statusOf = async (number: number): Promise<string> =>
  (await call(users.world, `/api/v1/versions/@acme/t/1.0.${number}`)).body.status;

const secondAdministrator = (): TestKey => {
  const [, second] = users.world.trust.administrators;
  if (second === undefined) throw new Error('one administrator');
  return second;
};

async function bring(number: number): Promise<void> {
  await publishApproved(users.world, skillAt(number));
}

describe('skillgate key list', () => {
  beforeEach(begin);
  afterEach(end);
  it('tells what the log says of each key, and where it published what', async () => {
    await bring(1);
    const { keys } = await read('author', 'key', 'list');
    expect(keys).toMatchObject([
      {
        name: 'default',
        log: { scopes: ['acme'], versions: [{ version: '1.0.1', status: 'approved' }] },
      },
    ]);
    const { stdout, stderr } = await as('author', 'key', 'list');
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(/^default +sha256:\w+ +@acme\n$/),
      expect.stringMatching(/@acme\/t@1\.0\.1 at log index \d+ \(approved\)/),
    ]);
    expect((await as('administrator', 'key', 'list')).stdout).toContain('in the root file');
  });

  it('lists the keys where no registry answers, and says so', async () => {
    const { exit, stdout, stderr } = await users.as('author', ['key', 'list'], {
      fetch: async () => Promise.reject(new TypeError('no')),
    });
    expect([exit, stdout.startsWith('default')]).toEqual([0, true]);
    expect(stderr).toContain('Cannot reach');
  });
});

describe('skillgate key rotate', () => {
  beforeEach(begin);
  afterEach(end);
  it('puts a new key in the place of the old one, which signs nothing more', async () => {
    await bring(1);
    const { author, send } = users.world;
    const done = await read('author', 'key', 'rotate', '--yes');
    expect(done).toMatchObject({
      schema: 'skillgate.key-rotated/1',
      name: 'default',
      replaces: author.keyId,
      scopes: ['acme'],
    });
    expect((await read('author', 'key', 'list')).keys).toMatchObject([
      { name: 'default', keyId: done.keyId, log: { scopes: ['acme'] } },
      {
        name: expect.stringMatching(/^default-until-\d+$/),
        log: { followedBy: [done.keyId], versions: [{ name: '@acme/t' }] },
      },
    ]);
    expect(readdirSync(keysOf('author')).sort()).toEqual([
      'default.json',
      'default.pub.json',
      'ended',
    ]);
    expect(await publish(send, skillAt(2), author)).toMatchObject({ body: { code: 'key-ended' } });
    expect(await statusOf(1)).toBe('approved');
  });

  it.each([
    ['the new key follows', 0],
    ['the old key is ended', 1],
  ] as const)('goes on where it stopped when the answer is lost after %s', async (_, answered) => {
    let left: number = answered;
    users = await makeUsers((path, response) => {
      if (path === '/api/v1/statements' && left-- === 0) throw new TypeError('cut off');
      return response;
    });
    expect((await as('author', 'key', 'rotate', '--yes')).exit).toBe(4);
    await read('author', 'key', 'rotate', '--yes');
    expect(readdirSync(keysOf('author')).sort()).toEqual([
      'default.json',
      'default.pub.json',
      'ended',
    ]);
    const { keys } = await read('author', 'key', 'list');
    expect(keys).toMatchObject([{ log: { scopes: ['acme'] } }, { log: { scopes: [] } }]);
    expect(keys[0].keyId).not.toBe(users.world.author.keyId);
  });

  it('asks a person, and does nothing where nobody answers', async () => {
    expect(await as('author', 'key', 'rotate')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[not-confirmed]'),
    });
    expect(
      (await users.as('author', ['key', 'rotate'], { terminal: true, input: 'yes\n' })).exit,
    ).toBe(0);
  });
});

describe('skillgate key revoke', () => {
  beforeEach(begin);
  afterEach(end);
  it('revokes what a thief published, and tells before what falls and what stays', async () => {
    await bring(1);
    const { logSize } = (await call(users.world, `/api/v1/keys/${users.world.author.keyId}`)).body;
    await bring(2);
    const at = String(logSize - 1);
    const asked = await users.as('author', ['key', 'revoke', 'default', '--valid-up-to', at], {
      terminal: true,
      input: 'no\n',
    });
    expect(asked.stderr).toMatch(
      /revoked everywhere: @acme\/t@1\.0\.2[\s\S]*stays valid: 1 version/,
    );
    expect([asked.exit, await statusOf(2)]).toEqual([6, 'approved']);
    expect(
      await read('author', 'key', 'revoke', 'default', '--valid-up-to', at, '--yes'),
    ).toMatchObject({
      validUpTo: logSize - 1,
      revoked: ['@acme/t@1.0.2'],
    });
    expect([await statusOf(1), await statusOf(2)]).toEqual(['approved', 'revoked']);
  });

  it('takes the successor that the thief made with it, and says so before', async () => {
    const { logSize } = (await call(users.world, `/api/v1/keys/${users.world.author.keyId}`)).body;
    const { keyId: thiefs, oldKey } = await read('author', 'key', 'rotate', '--yes');
    const argv = [
      'key',
      'revoke',
      oldKey,
      '--key',
      'administrator',
      '--valid-up-to',
      String(logSize - 1),
    ];
    const asked = await users.as('administrator', argv, { terminal: true, input: 'revoke\n' });
    expect([asked.exit, asked.stderr]).toEqual([
      0,
      expect.stringContaining(
        `ends as well, unless it replaced this key before that index: the successor ${thiefs}`,
      ),
    ]);
    expect((await read('rita', 'scope', 'show', 'acme')).owners).toEqual([]);
  });

  it('takes no other key from a registry that lies about an id', async () => {
    const other = makeKey();
    users = await makeUsers(async (path, response) =>
      path.startsWith('/api/v1/keys/')
        ? Response.json(Object.assign({}, await response.json(), { spki: other.open.spki }))
        : response,
    );
    expect(
      await as('administrator', 'key', 'revoke', users.world.author.keyId, '--yes'),
    ).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[signature-invalid]'),
    });
  });
});

describe('skillgate scope transfer', () => {
  const carol = makeKey();
  beforeEach(async () => {
    await begin();
    writeKey(users.homeOf('stranger'), 'carol', carol);
  });
  afterEach(end);
  const file = (): string => join(users.homeOf('stranger'), 'carol.pub.json');

  it('gives a scope away at once when its owner signs', async () => {
    expect(
      await read('author', 'scope', 'transfer', 'acme', '--to', file(), '--yes'),
    ).toMatchObject({
      owners: [carol.keyId],
      done: true,
      votes: null,
    });
    expect((await read('rita', 'scope', 'show', 'acme')).owners).toMatchObject([
      { keyId: carol.keyId },
    ]);
    expect((await publish(users.world, skillAt(1), carol)).status).toBe(201);
    expect(await publish(users.world, skillAt(2), users.world.author)).toMatchObject({
      status: 403,
    });
  });

  it('gives it to a person, says which publishers that drops, and keeps them where asked', async () => {
    const dora = { issuer: 'https://accounts.example', subject: 'dora d@example.org' };
    const job = {
      issuer: 'https://token.ci.example',
      repository: '7',
      workflow: 'https://ci.example/p.yml',
      ref: 'refs/heads/main',
    };
    const { author, send } = users.world;
    const { statement: previous } = (await call(send, '/api/v1/scopes/@acme')).body;
    const limited = scopeStatement({
      scope: parseScope('acme'),
      owners: [author.open],
      publishers: [job],
      previous,
    });
    expect((await state(send, limited, author)).status).toBe(201);
    const to = ['scope', 'transfer', 'acme', '--to-oidc', dora.issuer, dora.subject];
    const asked = await users.as('author', to, { terminal: true, input: 'no\n' });
    expect(asked).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('dora d@example.org (https://accounts.example)'),
    });
    expect(asked.stderr).toMatch(
      /instead of these publishers.*\n +CI job https:\/\/ci.example\/p.yml of repository 7/,
    );
    const kept = await read('author', ...to, '--to', file(), '--keep-publishers', '--yes');
    expect(kept).toMatchObject({
      done: true,
      owners: { length: 2 },
      publishers: [identityId(job)],
    });
    const shown = (await call(send, '/api/v1/scopes/@acme')).body;
    expect(shown).toMatchObject({
      owners: expect.arrayContaining([dora, carol.open]),
      publishers: [job],
    });
  });

  it('shows how many administrators have signed, and is done by the last that it takes', async () => {
    writeKey(keysOf('stranger'), 'administrator', secondAdministrator());
    const argv = ['scope', 'transfer', '@acme', '--to', file(), '--key', 'administrator', '--yes'];
    expect(await read('administrator', ...argv)).toMatchObject({
      done: false,
      votes: { signed: 1, needed: 2 },
    });
    expect(await as('administrator', ...argv)).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('(1 of 2)'),
    });
    expect((await as('rita', 'scope', 'show', 'acme')).stderr).toContain(
      '1 of 2 administrators have signed',
    );
    expect(await read('stranger', ...argv)).toMatchObject({
      done: true,
      votes: { signed: 2, needed: 2 },
    });
  });
});

describe('skillgate member add', () => {
  beforeEach(begin);
  afterEach(end);
  const add = (...more: string[]) => [
    'member',
    'add',
    'rita',
    '--role',
    'reviewer',
    '--public-key',
    join(keysOf('rita'), 'default.pub.json'),
    ...more,
  ];
  const listedAll = async (): Promise<{ name: string }[]> =>
    (await read('administrator', 'member', 'list')).members;
  const listed = async () => (await listedAll()).find(({ name }) => name === 'rita');
  const addByBoth = async (...more: string[]) => {
    writeKey(keysOf('stranger'), 'administrator', secondAdministrator());
    await as('administrator', ...add(...more));
    return read('stranger', ...add(...more));
  };

  it('changes nothing for a member who is enrolled in the same way', async () => {
    await addByBoth('--no-identity');
    const logSize = async () =>
      (await call(users.world, `/api/v1/keys/${users.world.author.keyId}`)).body.logSize;
    const before = await logSize();
    const { exit, stdout } = await as('administrator', ...add('--no-identity'));
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: 'rita is reviewer by this key already; nothing was changed\n',
    });
    expect(await logSize()).toBe(before);
  });

  it('waits for as many administrators as the root file demands, and prints the line for the next one', async () => {
    const named = ['--role', 'reviewer', '--public-key', join(keysOf('stranger'), 'new.pub.json')];
    const fresh = makeKey();
    writeKey(keysOf('stranger'), 'new', fresh);
    writeKey(keysOf('stranger'), 'administrator', secondAdministrator());
    const first = await as(
      'administrator',
      'member',
      'add',
      'Nina O’Neil',
      ...named,
      '--no-identity',
    );
    expect(first).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('1 of 2 administrators have signed; nothing has changed yet'),
    });
    expect((await listedAll()).map(({ name }) => name)).not.toContain('Nina O’Neil');
    const again = await as(
      'administrator',
      'member',
      'add',
      'Nina O’Neil',
      ...named,
      '--no-identity',
    );
    expect(again.stderr).toMatch(
      /error\[statement-replayed\]: You have already signed this enrolment \(1 of 2\)/,
    );
    const line = /skillgate (member add .*)$/m.exec(first.stdout)?.[1] ?? '';
    expect(line).toBe(
      `member add 'Nina O’Neil' --role reviewer --public-key ${fresh.keyId} --no-identity`,
    );
    expect((await as('administrator', 'member', 'list')).stderr).toContain(line);
    const words = line.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
    // Other words than the first one signed are another vote.
    const other = await read(
      'stranger',
      ...words.map((word) => (word === 'reviewer' ? 'administrator' : word)),
    );
    expect(other).toMatchObject({ done: false, votes: { signed: 1, needed: 2 } });
    expect(await read('stranger', ...words)).toMatchObject({
      done: true,
      votes: { signed: 2, needed: 2 },
    });
    expect((await listedAll()).map(({ name }) => name)).toContain('Nina O’Neil');
  });

  it('says who a member is at an issuer, or that they are nobody there, and nothing by itself', async () => {
    const rita = { issuer: 'https://accounts.example', subject: 'rita of reviews@example.org' };
    expect(await addByBoth('--identity', rita.issuer, rita.subject)).toMatchObject({
      identities: [rita],
    });
    expect(await listed()).toMatchObject({ identities: [rita] });
    expect((await as('administrator', 'member', 'list')).stdout).toContain(
      'rita of reviews@example.org (https://accounts.example)',
    );
    await addByBoth('--no-identity');
    expect(await listed()).toMatchObject({ identities: [] });
    expect((await as('administrator', ...add())).stderr).toContain(
      'the OIDC identity of rita is not recorded',
    );
    await addByBoth();
    expect(await listed()).not.toHaveProperty('identities');
  });
});

describe('skillgate member remove', () => {
  beforeEach(begin);
  afterEach(end);
  it('ends what a reviewer signs with; what they approved stays', async () => {
    await bring(1);
    expect(await read('administrator', 'member', 'remove', 'rita', '--yes')).toMatchObject({
      name: 'rita',
      ended: [{}],
    });
    const { members } = await read('administrator', 'member', 'list');
    expect(members.map(({ name }: { name: string }) => name)).not.toContain('rita');
    expect(await statusOf(1)).toBe('approved');
    expect((await as('rita', 'review', 'list')).exit).toBe(6);
  });

  it('says that only a new root ends an administrator whom the root names', async () => {
    const { members } = await read('administrator', 'member', 'list');
    const [{ name }] = members.filter(({ roles }: { roles: string[] }) =>
      roles.includes('administrator'),
    );
    const refused = await as('administrator', 'member', 'remove', name, '--yes');
    expect(refused).toMatchObject({ exit: 6, stdout: '' });
    expect(refused.stderr).toContain('only a new root ends the key');
    expect(refused.stderr).toContain('skillgate registry rotate propose DIR --remove sha256:');
    expect((await read('administrator', 'member', 'list')).members).toEqual(members);
  });

  it('withdraws a vote that waits', async () => {
    const nina = makeKey();
    const folder = join(users.homeOf('administrator'), 'handed-over');
    writeKey(folder, 'nina', nina);
    const open = join(folder, 'nina.pub.json');
    const enrol = ['member', 'add', 'nina', '--role', 'reviewer', '--public-key', open];
    await read('administrator', ...enrol);
    const asked = await users.as('administrator', ['member', 'remove', 'nina'], {
      terminal: true,
      input: 'nina\n',
    });
    expect(asked.stderr).toContain(
      `Signatures of administrators made until now cannot enrol nina with:\n  ${nina.keyId}`,
    );
    expect(asked.stderr).not.toContain('will no longer be able to sign');
    expect(await read('administrator', 'member', 'list')).toMatchObject({ votes: [] });
  });
});

describe('skillgate review suspend and revoke', () => {
  beforeEach(begin);
  afterEach(end);
  const publisher = (): string => users.world.author.keyId;
  it('stop a publisher with all versions, after asking', async () => {
    await bring(1);
    await bring(2);
    const argv = ['--publisher', publisher(), '--reason', 'laptop lost'];
    expect((await as('rita', 'review', 'suspend', ...argv)).stderr).toContain(
      'error[not-confirmed]',
    );
    expect(await read('rita', 'review', 'suspend', ...argv, '--yes')).toMatchObject({
      publisher: publisher(),
      kind: 'suspended',
    });
    expect([await statusOf(1), await statusOf(2)]).toEqual(['suspended', 'suspended']);
    await read('omar', 'review', 'suspend', '--lift', ...argv);
    expect([await statusOf(1), await statusOf(2)]).toEqual(['approved', 'approved']);
    await read('rita', 'review', 'revoke', ...argv, '--yes');
    expect([await statusOf(1), await statusOf(2)]).toEqual(['revoked', 'revoked']);
  });
});

describe('what is refused', () => {
  const refused: readonly (readonly [User, string, string, number])[] = [
    ['rita', 'key rotate', 'error[forbidden]', 6],
    ['administrator', 'key rotate administrator', 'skillgate registry rotate', 6],
    ['rita', 'key revoke AUTHOR', 'error[forbidden]', 6],
    ['author', 'key revoke AUTHOR --key default --valid-up-to 100000', 'error[usage]', 2],
    ['administrator', 'key revoke ADMINISTRATOR', 'root file', 6],
    ['rita', 'scope transfer acme --to KEYFILE', 'error[scope-taken]', 6],
    ['author', 'scope transfer acme', 'error[usage]', 2],
    ['author', 'scope transfer acme --to NOBODY', 'error[not-found]', 3],
    [
      'administrator',
      'member add rita --role reviewer --public-key KEYFILE --identity https://a.example rita@b.example --no-identity',
      'contradict each other',
      2,
    ],
    [
      'administrator',
      'member add rita --role reviewer --public-key KEYFILE --identity https://a.example',
      'needs two values',
      2,
    ],
    ['administrator', 'member remove nobody', 'error[not-found]', 3],
    ['omar', 'member remove rita', 'error[forbidden]', 6],
    ['rita', 'review revoke --reason r', 'error[usage]', 2],
    ['rita', 'review revoke --reason r @acme/t@1.0.1 --publisher NOBODY', 'error[usage]', 2],
  ];
  beforeEach(begin);
  afterEach(end);

  it('changes nothing, and says why', async () => {
    const { author, trust, send } = users.world;
    const file = join(keysOf('rita'), 'default.pub.json');
    const words: Readonly<Record<string, string>> = {
      AUTHOR: author.keyId,
      ADMINISTRATOR: trust.administrator.keyId,
      NOBODY: `sha256:${'0'.repeat(64)}`,
      KEYFILE: file,
    };
    const logSize = async () => (await call(send, `/api/v1/keys/${author.keyId}`)).body.logSize;
    const before = await logSize();
    for (const [user, typed, says, exit] of refused) {
      const line = typed.split(' ').map((word) => words[word] ?? word);
      const sure = typed.startsWith('member add') ? [] : ['--yes'];
      expect(await as(user, ...line, ...sure), typed).toMatchObject({
        exit,
        stdout: '',
        stderr: expect.stringContaining(says),
      });
      expect(existsSync(join(keysOf(user), 'default-next.json'))).toBe(false);
    }
    expect(await logSize()).toBe(before);
  });
});
