/** What somebody without a key states: whose a scope is, and nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import { append } from '../../../registry/log/sequencer.ts';
import { verifySent } from '../../../registry/people/certified.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { type Statement, scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../skills-index/statement/identity-id.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { somebody } from '../../skills-index/story-sigstore.ts';
import { certify, claim, kim, post, publishBy, sigstore } from '../certified-road.ts';
import { call, makeSkill } from '../road.ts';
import { bodyAt, expectAnswer, reviewerStatement, stopStatement } from '../steps.ts';
import { makeWorld, oneWorld } from '../world.ts';

describe('a registry that trusts a Sigstore', () => {
  const world = oneWorld({ sigstore: sigstore.trustedRoot });
  beforeAll(async () => {
    await claim(world, 'kims', { owners: [kim], signer: certify(somebody) });
  });

  it.each<[string, () => Statement]>([
    ['a member', () => reviewerStatement('eve', { key: world.author.open })],
    ['a revocation', () => stopStatement('revoked', { publisher: identityId(kim) })],
  ])('logs no statement by certificate about %s', async (_, statement) => {
    const answer = await post(world.send, statement(), certify(somebody));
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'statement-invalid', detail: expect.stringContaining('only a key can sign') },
    });
  });

  it('gives who sends a claim twice the first answer, and a second claim by its certificate nothing', async () => {
    const signer = certify(somebody);
    const bundle = await sigstore.say(
      scopeStatement({
        registry: registryIdOf(world.trust.root),
        scope: parseScope('twice'),
        owners: [kim],
      }),
      signer,
    );
    const first = await call(world, '/api/v1/statements', { json: bundle });
    const second = await call(world, '/api/v1/statements', { json: bundle });
    expect([first.status, second.body]).toEqual([201, first.body]);
    await expectAnswer(claim(world, 'thrice', { owners: [kim], signer }), 409, 'certificate-used');
  });

  it('gives both who send one claim at the same time the same answer', async () => {
    const bundle = await sigstore.say(
      scopeStatement({
        registry: registryIdOf(world.trust.root),
        scope: parseScope('at-once'),
        owners: [kim],
      }),
      certify(somebody),
    );
    const answers = await Promise.all(
      [1, 2, 3].map(() => call(world, '/api/v1/statements', { json: bundle })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.digest)).size).toBe(1);
  });

  it('does not take who changes a scope of others for its owner, though the statement lies in the log', async () => {
    const previous = (await bodyAt(world, '/api/v1/scopes/@kims')).statement;
    const mallory = { ...somebody, subject: 'mallory@people.example' };
    const theft = scopeStatement({
      registry: registryIdOf(world.trust.root),
      scope: parseScope('kims'),
      owners: [{ issuer: mallory.issuer, subject: mallory.subject }],
      previous,
    });
    await expectAnswer(post(world.send, theft, certify(mallory)), 403, 'scope-taken');
    const bundle = await sigstore.say(theft, certify(mallory));
    const signer = verifySent(world.registry, bundle, theft);
    const forged = [{ statement: theft, envelope: bundle.dsseEnvelope, signer }];
    await append(world.registry, { statements: forged, writes: () => [] });
    expect(await bodyAt(world, '/api/v1/scopes/@kims')).toMatchObject({ owners: [kim] });
    await expectAnswer(publishBy(world, makeSkill('@kims/stolen', '1.0.0'), mallory), 403);
    expect(world.errors).toEqual([]);
  });
});

describe('a registry that trusts no Sigstore', () => {
  it('takes nothing by certificate, and says so', async () => {
    const world = await makeWorld();
    const registry = registryIdOf(world.trust.root);
    const bundle = await sigstore.say(
      scopeStatement({ registry, scope: parseScope('kims'), owners: [kim] }),
      certify(somebody),
    );
    const answer = await call(world, '/api/v1/statements', { json: bundle });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'certificate-invalid', detail: expect.stringContaining('names no Sigstore') },
    });
    world.close();
  });
});
