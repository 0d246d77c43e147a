import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '../../registry/log/sequencer.ts';
import { readIdentities } from '../../registry/people/identities.ts';
import { keyStatement, type Statement } from '../../skills-index/statement/attestation.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { makeKey, type TestKey } from './people.ts';
import {
  call,
  claimScope,
  enrol,
  makeSkill,
  namedFor,
  publish,
  publishApproved,
  scan,
  signIn,
  state,
} from './road.ts';
import {
  bodyAt,
  callAs,
  expectAnswer,
  expectCode,
  reviewerStatement,
  stopStatement,
} from './steps.ts';
import { makeStaffedWorld, makeWorld, type Staffed, type World } from './world.ts';

const skill = makeSkill('@acme/report', '1.0.0');
const target = { name: skill.manifest.name, version: skill.manifest.version };
const late = Number.MAX_SAFE_INTEGER;

/**
 * Two registries with the same author, reviewer, scanner and administrator: a test registry and a
 * production registry, for example.
 */
describe('statements that were signed for another registry', () => {
  let theirs: Staffed;
  let ours: World & { readonly tokens: { readonly scanner: string; readonly rita: string } };
  const mallory = makeKey();

  beforeAll(async () => {
    theirs = await makeStaffedWorld();
    const { author, rita, omar, scanner } = theirs;
    const world = await makeWorld();
    const by = world.trust.administrator;
    await enrol(world, by, {
      name: 'boss',
      roles: ['administrator'],
      key: theirs.trust.administrator,
    });
    await enrol(world, by, { name: 'scanner', roles: ['scanner'], key: scanner });
    await enrol(world, by, { name: 'rita', roles: ['reviewer'], key: rita, identities: [] });
    await enrol(world, by, { name: 'omar', roles: ['reviewer'], key: omar, identities: [] });
    await claimScope(world, 'acme', author);
    ours = {
      ...world,
      tokens: { scanner: await signIn(world, scanner), rita: await signIn(world, rita) },
    };
    for (const one of [theirs, ours])
      await publishApproved({ ...one, author, scanner, rita }, skill);
  });
  afterAll(() => {
    theirs.close();
    ours.close();
  });

  const suspension = (kind: 'suspended' | 'lifted'): Statement =>
    stopStatement(kind, target, 'active exploitation');
  const attacks: readonly (readonly [string, () => readonly [Statement, TestKey]])[] = [
    ['the lift of a suspension', () => [suspension('lifted'), theirs.rita]],
    [
      'the end of a key',
      () => [
        keyStatement({ key: theirs.author.open, state: 'ended', validUpTo: 1 }),
        theirs.author,
      ],
    ],
    [
      'an enrolment',
      () => [reviewerStatement('mallory', { key: mallory.open }), theirs.trust.administrator],
    ],
  ];

  it.each(attacks)('are refused when a stranger posts %s', async (_, make) => {
    await state(ours, suspension('suspended'), theirs.omar);
    const before = await bodyAt(ours, '/log/checkpoint');
    const [statement, key] = make();
    const elsewhere = namedFor(registryIdOf(theirs.trust.root), statement);
    for (const envelope of [
      await signStatement(elsewhere, key),
      await signStatement(statement, key),
    ]) {
      const answer = await call(ours, '/api/v1/statements', {
        json: envelope,
        keyId: key.keyId,
      });
      await expectAnswer(answer, 422, 'other-registry');
    }
    expect(await bodyAt(ours, '/log/checkpoint')).toBe(before);
    expect((await bodyAt(ours, '/api/v1/versions/@acme/report/1.0.0')).status).toBe('suspended');
  });

  it('are refused when a stranger posts an approval', async () => {
    const next = makeSkill('@acme/report', '1.1.0');
    for (const { send, tokens } of [theirs, ours]) {
      await publish(send, next, theirs.author);
      await scan(send, tokens.scanner, theirs.scanner, next, 'pass');
    }
    const draft = await callAs(theirs, 'rita', '/api/v1/reviews/@acme/report/1.1.0/draft', {
      reviewer: { keyId: theirs.rita.keyId },
      reason: 'read it',
      independent: true,
    });
    const statement = JSON.parse(
      Buffer.from(draft.body.payload, 'base64').toString('utf8'),
    ) as Statement;
    const json = await signStatement(statement, theirs.rita);
    const post = { json, keyId: theirs.rita.keyId };
    await expectCode(call(ours, '/api/v1/statements', post), 'other-registry');
    await expectAnswer(call(theirs, '/api/v1/statements', post), 201);
  });

  it('are not believed where somebody writes them straight into the database', async () => {
    const { registry } = ours;
    for (const [, make] of attacks) {
      const [statement, key] = make();
      const named = namedFor(registryIdOf(theirs.trust.root), statement);
      const signer = { keyId: key.keyId, spki: key.publicKey };
      const envelope = await signStatement(named, key);
      const statements = [{ statement: named, envelope, signer }];
      await append(registry, { statements, writes: () => [] });
    }
    const { chain } = await readIdentities(registry, { scopes: ['acme' as never] });
    expect(chain.isMember(mallory.keyId, 'reviewer', late)).toBe(false);
    expect(chain.ownersOf('acme' as never, late)).toHaveLength(1);
  });

  it('count in the registry that they name', async () => {
    for (const [, make] of attacks) {
      const [statement, key] = make();
      if (statement.predicateType.includes('revocation'))
        await state(theirs, suspension('suspended'), theirs.omar);
      await expectAnswer(state(theirs, statement, key), 201);
    }
  });
});
