import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pendingPasskey } from '../../registry/store/passkey-schema.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { coseToSpki } from '../../skills-index/trust/signatures/passkey.ts';
import { makeKey } from '../registry/people.ts';
import { makeSkill, publish, scan } from '../registry/road.ts';
import { testPasskey } from '../skills-index/story-keys.ts';
import { skill } from './command-line.ts';
import { makeUsers, type Users, writeKey } from './registry-users.ts';
import { folderWith } from './temporary-folder.ts';

const ref = '@acme/deals@1.0.0';
const withSecret = {
  secret: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'reads deals' }],
  egress: [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
};

/** A version in review, which needs two approvals, one of them independent. */
async function inReview(change?: Parameters<typeof makeUsers>[0]): Promise<Users> {
  const users = await makeUsers(change);
  const { world } = users;
  const deals = makeSkill('@acme/deals', '1.0.0', { capabilities: withSecret });
  await publish(world, deals, world.author);
  await scan(world, world.tokens.scanner, world.scanner, deals, 'pass');
  return users;
}

describe('skillgate review', () => {
  it('shows the queue, and a version scanned here', async () => {
    const { as } = await inReview();
    expect(await as('rita', ['review', 'list'])).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(
        /@acme\/deals@1\.0\.0 +risk \d+ +in review +pass +0\/2 approvals/,
      ),
    });
    const shown = await as('rita', ['review', 'show', ref]);
    expect(shown).toMatchObject({ exit: 0, stderr: '' });
    expect(shown.stdout).toContain('2 files fetched here and checked');
    // The report that the tests' scanner signed was never made by our rules.
    expect(shown.stdout).toContain('differs from the report made here');
  });

  it('approves by two keys from the command line, and says how many are left', async () => {
    const { as, world } = await inReview();
    const approve = (user: 'rita' | 'omar') =>
      as(user, ['review', 'approve', ref, '--reason', 'read it', '--yes']);
    const first = await approve('rita');
    expect(first).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('in review (approvals 1 of 2, independent 1 (1 needed))'),
    });
    expect(first.stderr).toContain('secret CRM_TOKEN as bearer to api.crm.example');
    expect(await approve('omar')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('approved (approvals 2 of 2, independent 2 (1 needed))'),
    });
    const status = JSON.parse((await as('stranger', ['status', ref, '--format', 'json'])).stdout);
    expect(status).toMatchObject({
      schema: 'skillgate.status/1',
      status: 'approved',
      approvals: [{ independent: true }, { independent: true }],
    });
    expect(world.errors).toEqual([]);
  });

  it('signs the draft that is named, and no other', async () => {
    const { as, world } = await inReview();
    const body = {
      reviewer: { keyId: world.rita.keyId },
      reason: 'in the desk',
      independent: true,
    };
    const draft = await world.send(`/api/v1/reviews/@acme/deals/1.0.0/draft`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.tokens.rita}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { digest } = (await draft.json()) as { digest: string };
    expect((await as('omar', ['review', 'approve', ref, '--statement', digest])).stderr).toMatch(
      /another reviewer|error\[/,
    );
    expect(
      await as('rita', ['review', 'approve', ref, '--statement', digest, '--yes']),
    ).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('in the desk'),
    });
  });

  it('asks at a terminal before it signs, and signs nothing without a yes', async () => {
    const { as, requests } = await inReview();
    const ran = await as('rita', ['review', 'approve', ref, '--reason', 'x'], {
      terminal: true,
      input: 'no\n',
    });
    expect(ran).toMatchObject({ exit: 6, stderr: expect.stringContaining('error[not-confirmed]') });
    expect(requests.filter((one) => one === 'POST /api/v1/statements')).toEqual([]);
  });

  it.each<
    [
      string,
      (path: string, body: Record<string, unknown>) => Record<string, unknown> | undefined,
      string,
    ]
  >([
    [
      'a draft for more than was asked',
      (path, body) => (path.endsWith('/draft') ? widened(body) : undefined),
      'subject-mismatch',
    ],
    [
      'another digest for its draft',
      (path, body) =>
        path.endsWith('/draft') ? { ...body, digest: `sha256:${'0'.repeat(64)}` } : undefined,
      'subject-mismatch',
    ],
    [
      'another bundle for the version',
      (path, body) =>
        path.endsWith('/1.0.0') ? { ...body, bundle: `sha256:${'0'.repeat(64)}` } : undefined,
      'not-found',
    ],
  ])('signs nothing when the registry gives %s', async (_, lie, code) => {
    const lying = async (path: string, response: Response): Promise<Response> => {
      if (!/^\/api\/v1\/(versions|reviews)\//.test(path)) return response;
      const body = (await response.json()) as Record<string, unknown>;
      return Response.json(lie(path, body) ?? body, { status: response.status });
    };
    const { as, requests } = await inReview(lying);
    const ran = await as('rita', ['review', 'approve', ref, '--reason', 'x']);
    expect(ran.stderr).toContain(`error[${code}]`);
    expect(requests.filter((one) => one === 'POST /api/v1/statements')).toEqual([]);
  });

  it('claims, asks, moves and refuses for reviewers, and for nobody else', async () => {
    const { as } = await inReview();
    for (const [argv, done] of [
      [['claim', ref], 'claimed'],
      [['ask', ref, '--reason', 'why git?'], 'asked'],
      [['refuse', ref, '--reason', 'sends figures away'], 'refused'],
    ] as const) {
      expect((await as('author', ['review', ...argv])).stderr).toContain('error[forbidden]');
      expect(await as('rita', ['review', ...argv])).toMatchObject({
        exit: 0,
        stdout: `${ref}: ${done}\n`,
      });
    }
    expect(
      (await as('rita', ['review', 'move', ref, '--to', 'in review', '--reason', 'back'])).stderr,
    ).toContain('error[move-illegal]');
  });

  it.each([
    ['approve', []],
    ['refuse', []],
    ['ask', ['--reason', ' ']],
    ['suspend', []],
    ['revoke', []],
    ['move', ['--to', 'refused']],
    ['move', ['--to', 'approved', '--reason', 'x']],
  ])('asks for what is missing before anything is sent: %s %j', async (action, options) => {
    // Not even a key is there: what is missing in the line is said first.
    const ran = await skill(['review', action, ref, ...options], {
      env: { SKILLGATE_HOME: '/nowhere' },
    });
    expect(ran).toMatchObject({ exit: 2, stderr: expect.stringContaining('error[usage]') });
  });

  it('suspends, lifts and revokes by signed statements', async () => {
    const { as } = await inReview();
    for (const user of ['rita', 'omar'] as const)
      await as(user, ['review', 'approve', ref, '--reason', 'read it', '--yes']);
    const state = async () =>
      JSON.parse((await as('stranger', ['status', ref, '--format', 'json'])).stdout).status;
    for (const [argv, after] of [
      [['suspend', ref, '--reason', 'a report'], 'suspended'],
      [['suspend', ref, '--lift', '--reason', 'looked'], 'approved'],
      [['revoke', ref, '--reason', 'it was true', '--yes'], 'revoked'],
    ] as const) {
      expect(await as('rita', ['review', ...argv])).toMatchObject({ exit: 0, stderr: '' });
      expect(await state()).toBe(after);
    }
    expect((await as('rita', ['review', 'suspend', ref, '--lift', '--reason', 'again'])).exit).toBe(
      6,
    );
  });
});

// The statement itself is changed, and its digest with it: only reading it shows the lie.
function widened(body: Record<string, unknown>): Record<string, unknown> {
  const statement = JSON.parse(Buffer.from(String(body.payload), 'base64').toString());
  statement.predicate.capabilities.exec = [{ program: 'sh' }];
  const payload = Buffer.from(canonicalJson(statement));
  return { ...body, payload: payload.toString('base64') };
}

describe('who is who, from the command line', () => {
  it('enrols by public key only what an administrator signs', async () => {
    const { as, homeOf, world } = await makeUsers();
    const folder = folderWith();
    writeKey(folder, 'nina', makeKey());
    const argv = [
      'member',
      'add',
      'nina',
      '--role',
      'reviewer',
      '--public-key',
      join(folder, 'nina.pub.json'),
    ];
    expect((await as('rita', [...argv, '--key', 'default'])).exit).toBe(6);
    expect(await as('administrator', argv)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('nina is reviewer by sha256:'),
    });
    expect(readFileSync(join(homeOf('rita'), 'config/keys/default.json'), 'utf8')).toContain(
      world.rita.keyId,
    );
    expect((await as('rita', ['member', 'list', '--key', 'default'])).stdout).toContain('nina');
  });

  it('enrols a passkey only with the key that its owner’s browser named, whatever the registry’s database says', async () => {
    const { as, world } = await makeUsers();
    const mine = testPasskey('rita');
    const swapped = testPasskey('mallory');
    const { credentialId } = mine.enrolled;
    const offer = async (publicKey: string) => {
      const row = { ...mine.enrolled, publicKey, member: 'rita', createdAt: 0 };
      await world.registry.db.batch([
        (db) =>
          db
            .insert(pendingPasskey)
            .values(row)
            .onConflictDoUpdate({ target: pendingPasskey.credentialId, set: row }),
      ]);
    };
    const digest = digestOf(coseToSpki(Buffer.from(mine.enrolled.publicKey, 'base64url')) ?? '');
    const line = [
      'member',
      'add',
      'rita',
      '--role',
      'reviewer',
      `--passkey=${credentialId}`,
      `--passkey-key=${digest}`,
    ];
    await offer(swapped.enrolled.publicKey);
    expect(await as('administrator', line)).toMatchObject({
      stderr: expect.stringContaining('error[signature-invalid]'),
    });
    await offer(mine.enrolled.publicKey);
    expect(await as('administrator', line)).toMatchObject({ exit: 0 });
  });

  it('claims no scope with the only key there is where that is an administrator’s, unless it is named', async () => {
    const { as, requests } = await makeUsers();
    const refused = await as('administrator', ['scope', 'claim', '@mine']);
    expect(refused).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('skillgate key create'),
    });
    expect(requests).not.toContain('POST /api/v1/statements');
    expect(
      (await as('administrator', ['scope', 'claim', '@mine', '--key', 'administrator'])).exit,
    ).toBe(0);
  });

  it('claims a scope once', async () => {
    const { as } = await makeUsers();
    await as('stranger', ['key', 'create']);
    expect((await as('stranger', ['scope', 'claim', 'acme'])).stderr).toContain(
      'error[scope-taken]',
    );
    expect(await as('stranger', ['scope', 'claim', '@mine'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('@mine belongs to key default'),
    });
    expect((await as('stranger', ['scope', 'show', 'mine'])).stdout).toMatch(
      /^@mine {2}owner {2}sha256:/,
    );
    expect((await as('stranger', ['scope', 'show', 'nobodys'])).exit).toBe(3);
  });
});
