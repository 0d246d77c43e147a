import { describe, expect, it } from 'vitest';
import { pendingPasskey } from '../../../registry/store/passkey-schema.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  keyStatement,
  type Statement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import {
  scanStatement,
  verificationSummaryStatement,
} from '../../../skills-index/statement/version-statement.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';
import { makeKey, type TestKey } from '../people.ts';
import { aboutOf, call, makeSkill, signIn, signPublication, state } from '../road.ts';
import { bodyAt, expectAnswer, publishIn, reviewerStatement } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('statements', () => {
  const world = oneWorld();

  it.each<[string, string, (stranger: TestKey) => [Statement, TestKey]]>([
    [
      'a reviewer enrols another',
      'forbidden',
      (stranger) => [reviewerStatement('x', { key: stranger.open }), world.rita],
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
  ])('are refused when %s', async (_, code, make) => {
    const head = await (await world.send('/log/checkpoint')).text();
    const [statement, key] = make(makeKey());
    const answer = await state(world, statement, key);
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
      await expectAnswer(call(world, '/api/v1/statements', { json: envelope }), 400);
    }
    await expectAnswer(state(world, summary, world.rita), 403, 'forbidden');
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
    await state(send, reviewerStatement('rita', { passkey: enrolled }), trust.administrator);
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
    await expectAnswer(state(send, change, old), 201);
    await expectAnswer(publishIn(world, makeSkill('@moved/x', '1.0.0'), old), 403);
    await expectAnswer(publishIn(world, makeSkill('@moved/x', '1.0.0'), next), 201);
    expect(await bodyAt(send, '/api/v1/scopes/moved')).toMatchObject({
      scope: 'moved',
      owners: [{ keyId: next.keyId }],
    });
    await expectAnswer(call(send, '/api/v1/scopes/@nobody'), 404);
  });
});
