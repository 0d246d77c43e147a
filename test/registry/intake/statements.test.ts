import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingPasskey } from '../../../registry/store/passkey-schema.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import {
  scanStatement,
  verificationSummaryStatement,
} from '../../../skills-index/statement/version-statement.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';
import { makeKey, type TestKey } from '../people.ts';
import { aboutOf, call, makeSkill, publish, signIn, signPublication, state } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

describe('statements', () => {
  let world: Staffed;
  beforeAll(async () => {
    world = await makeStaffedWorld();
  });
  afterAll(() => world.close());

  it.each<[string, string, (stranger: TestKey) => [Statement, TestKey]]>([
    [
      'a reviewer enrols another',
      'forbidden',
      (stranger) => [
        memberStatement({
          nonce: freshNonce(),
          name: 'x',
          roles: ['reviewer'],
          key: stranger.open,
          state: 'enrolled',
        }),
        world.rita,
      ],
    ],
    [
      'somebody enrols themselves',
      'forbidden',
      (stranger) => [
        memberStatement({
          nonce: freshNonce(),
          name: 'x',
          roles: ['administrator'],
          key: stranger.open,
          state: 'enrolled',
        }),
        stranger,
      ],
    ],
    [
      'a reviewer ends another',
      'forbidden',
      () => [
        memberStatement({
          nonce: freshNonce(),
          name: 'omar',
          roles: ['reviewer'],
          key: world.omar.open,
          state: 'ended',
        }),
        world.rita,
      ],
    ],
    [
      'a stranger takes a scope',
      'scope-taken',
      (stranger) => [
        scopeStatement({ scope: parseScope('acme'), owners: [stranger.open] }),
        stranger,
      ],
    ],
    [
      'a stranger ends an author’s key',
      'forbidden',
      (stranger) => [keyStatement({ key: world.author.open, state: 'ended' }), stranger],
    ],
    [
      'a stranger follows an author’s key',
      'forbidden',
      (stranger) => [
        keyStatement({ key: stranger.open, state: 'enrolled', replaces: world.author.keyId }),
        stranger,
      ],
    ],
    [
      'an unknown key claims for another',
      'key-unknown',
      (stranger) => [
        scopeStatement({ scope: parseScope('new'), owners: [makeKey().open] }),
        stranger,
      ],
    ],
  ])('are refused when %s', async (_, code, make) => {
    const head = await (await world.send('/log/checkpoint')).text();
    const [statement, key] = make(makeKey());
    const answer = await state(world.send, statement, key);
    expect(answer).toMatchObject({ status: 403 });
    expect([code, 'key-unknown']).toContain(answer.body.code);
    expect(await (await world.send('/log/checkpoint')).text()).toBe(head);
  });

  it('that belong elsewhere are sent there', async () => {
    const skill = makeSkill('@acme/x', '1.0.0');
    const about = aboutOf(skill);
    const scan = scanStatement(about, {
      registry: registryIdOf(world.trust.root),
      ruleSet: digestOf('r'),
      report: digestOf('r'),
      verdict: 'pass',
      isolation: 't',
      coverage: [],
    });
    const summary = verificationSummaryStatement(about, {
      verifier: { id: 'http://localhost' },
      timeVerified: '2026-03-01T12:00:00.000Z',
      resourceUri: 'pkg:skill/%40acme/x@1.0.0',
      policy: { digest: { sha256: '0'.repeat(64) } },
      inputAttestations: [],
      verificationResult: 'PASSED',
      verifiedLevels: [],
    });
    for (const envelope of [
      await signPublication(skill, world.author),
      await signStatement(scan, world.scanner),
    ]) {
      expect((await call(world.send, '/api/v1/statements', { json: envelope })).status).toBe(400);
    }
    expect(await state(world.send, summary, world.rita)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it.each([
    ['no envelope', {}],
    ['an array', []],
    [
      'an envelope of something else',
      { payload: 'e30=', payloadType: 'text/plain', signatures: [{ sig: 'eA==', keyid: '' }] },
    ],
  ])('that are %s are no statements', async (_, json) => {
    expect(await call(world.send, '/api/v1/statements', { json })).toMatchObject({
      status: 422,
      body: { code: 'statement-invalid' },
    });
  });

  it('sent twice are logged once', async () => {
    const key = makeKey();
    const once = memberStatement({
      nonce: freshNonce(),
      name: 'twice',
      roles: ['reviewer'],
      key: key.open,
      state: 'enrolled',
    });
    const { administrator } = world.trust;
    const first = await state(world.send, once, administrator);
    const second = await state(world.send, once, administrator);
    expect([second.status, second.body.logIndex]).toEqual([201, first.body.logIndex]);
  });

  it('enrol a passkey that waited, which then waits no more', async () => {
    const { registry, send, trust } = world;
    const { enrolled } = testPasskey('waiting');
    await registry.db.batch([
      (db) =>
        db
          .insert(pendingPasskey)
          .values({ ...enrolled, member: 'rita', createdAt: registry.now().getTime() }),
    ]);
    const token = await signIn(send, trust.administrator);
    expect((await call(send, '/api/v1/members/pending', { token })).body.pending).toMatchObject([
      { member: 'rita', credentialId: enrolled.credentialId },
    ]);
    await state(
      send,
      memberStatement({
        nonce: freshNonce(),
        name: 'rita',
        roles: ['reviewer'],
        passkey: enrolled,
        state: 'enrolled',
      }),
      trust.administrator,
    );
    expect((await call(send, '/api/v1/members/pending', { token })).body.pending).toEqual([]);
    const { members } = (await call(send, '/api/v1/members', { token })).body;
    expect(members).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'rita', credentialId: enrolled.credentialId }),
      ]),
    );
  });

  it('give a scope to another owner, who then publishes and the old one does not', async () => {
    const { send } = world;
    const old = makeKey();
    const next = makeKey();
    const first = await state(
      send,
      scopeStatement({ scope: parseScope('moved'), owners: [old.open] }),
      old,
    );
    const change = scopeStatement({
      scope: parseScope('moved'),
      owners: [next.open],
      previous: first.body.digest,
    });
    expect((await state(send, change, old)).status).toBe(201);
    expect(await publish(send, makeSkill('@moved/x', '1.0.0'), old)).toMatchObject({ status: 403 });
    expect((await publish(send, makeSkill('@moved/x', '1.0.0'), next)).status).toBe(201);
    expect((await call(send, '/api/v1/scopes/moved')).body).toMatchObject({
      scope: 'moved',
      owners: [{ keyId: next.keyId }],
    });
    expect((await call(send, '/api/v1/scopes/@nobody')).status).toBe(404);
  });
});
