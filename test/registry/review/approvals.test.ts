import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { actorOf } from '../../../registry/people/actors.ts';
import { approveByPasskey } from '../../../registry/review/approval-intake.ts';
import { drafts } from '../../../registry/store/schema.ts';
import { memberStatement, predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../../skills-index/statement/parse-statement.ts';
import { parseIndexFile } from '../../../skills-index/trust/index-files/index-line.ts';
import { approvalChallenge } from '../../../skills-index/trust/signatures/passkey.ts';
import { freshNonce } from '../../nonce.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';
import { makeKey } from '../people.ts';
import {
  approve,
  call,
  enrol,
  makeSkill,
  publish,
  type Skill,
  scan,
  signIn,
  state,
} from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

/** Asks for a secret and a host: policy wants two people, one of them independent. */
const risky = {
  secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
  egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
};

describe('approvals', () => {
  let world: Staffed;
  let count = 0;
  beforeAll(async () => {
    world = await makeStaffedWorld();
  });
  afterAll(() => world.close());

  const inReview = async (capabilities: object = {}): Promise<Skill> => {
    count += 1;
    const skill = makeSkill('@acme/reviewed', `1.0.${count}`, { capabilities });
    expect((await publish(world.send, skill, world.author)).status).toBe(201);
    expect(
      await scan(world.send, world.tokens.scanner, world.scanner, skill, 'review'),
    ).toMatchObject({
      body: { status: 'in review' },
    });
    return skill;
  };
  const statusOf = async (skill: Skill): Promise<string> =>
    (await call(world.send, `/api/v1/versions/${skill.manifest.name}/${skill.manifest.version}`))
      .body.status;

  it('of a version with a secret and egress take two people, one of them independent', async () => {
    const skill = await inReview(risky);
    const { send, tokens, rita, omar } = world;
    expect((await approve(send, tokens.rita, rita, skill)).status).toBe(201);
    expect(await statusOf(skill)).toBe('in review');
    expect((await approve(send, tokens.omar, omar, skill, { independent: true })).status).toBe(201);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('of two people without an independent one do not suffice', async () => {
    const skill = await inReview(risky);
    await approve(world.send, world.tokens.rita, world.rita, skill);
    await approve(world.send, world.tokens.omar, world.omar, skill);
    expect(await statusOf(skill)).toBe('in review');
  });

  it('of two people in the desk are enough once one of them signs again without it', async () => {
    const skill = await inReview(risky);
    await approve(world.send, world.tokens.rita, world.rita, skill);
    await approve(world.send, world.tokens.omar, world.omar, skill);
    expect(await statusOf(skill)).toBe('in review');
    await approve(world.send, world.tokens.rita, world.rita, skill, { independent: true });
    expect(await statusOf(skill)).toBe('approved');
  });

  it('by one person twice count once', async () => {
    const skill = await inReview(risky);
    await approve(world.send, world.tokens.rita, world.rita, skill, { independent: true });
    await approve(world.send, world.tokens.rita, world.rita, skill, { independent: true });
    expect(await statusOf(skill)).toBe('in review');
  });

  it('are refused from the author, also when the author is a reviewer', async () => {
    await enrol(world.send, world.trust.administrator, {
      name: 'ada',
      roles: ['reviewer'],
      key: world.author,
    });
    const skill = await inReview();
    const token = await signIn(world.send, world.author);
    expect(await approve(world.send, token, world.author, skill)).toMatchObject({
      status: 403,
      body: { code: 'approval-refused' },
    });
    const second = makeKey();
    await enrol(world.send, world.trust.administrator, {
      name: 'ada',
      roles: ['reviewer'],
      key: second,
    });
    expect(
      await approve(world.send, await signIn(world.send, second), second, skill),
    ).toMatchObject({ status: 403 });
    expect(await statusOf(skill)).toBe('in review');
  });

  it('are refused when signed by another key than the one named, by an unknown key, or over other words', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const draft = await call(world.send, path, {
      token: world.tokens.rita,
      json: { reason: 'read it' },
    });
    const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
    expect(await state(world.send, statement, world.omar)).toMatchObject({
      status: 403,
      body: { code: 'approval-refused' },
    });
    expect(await state(world.send, statement, makeKey())).toMatchObject({
      status: 403,
      body: { code: 'key-unknown' },
    });
    const bent = JSON.parse(JSON.stringify(statement));
    bent.predicate.reason = 'read it well';
    expect(await state(world.send, bent, world.rita)).toMatchObject({
      status: 403,
      body: { code: 'approval-refused' },
    });
    expect(await statusOf(skill)).toBe('in review');
    expect((await state(world.send, statement, world.rita)).status).toBe(201);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('cannot be drafted by a scanner or an author, nor for another reviewer’s key', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const json = { reason: 'r' };
    expect(await call(world.send, path, { token: world.tokens.scanner, json })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await call(world.send, path, { json })).toMatchObject({
      status: 401,
      body: { code: 'not-signed-in' },
    });
    const other = { ...json, reviewer: { keyId: world.omar.keyId } };
    expect(await call(world.send, path, { token: world.tokens.rita, json: other })).toMatchObject({
      status: 403,
      body: { code: 'approval-refused' },
    });
  });

  it('by passkey count once the assertion holds, and carry it in the log', async () => {
    const { registry, send, trust, rita, tokens } = world;
    const passkey = testPasskey('rita');
    const member = memberStatement({
      nonce: freshNonce(),
      name: 'rita',
      roles: ['reviewer'],
      passkey: passkey.enrolled,
      state: 'enrolled',
    });
    expect((await state(send, member, trust.administrator)).status).toBe(201);
    const skill = await inReview();
    const { name, version } = skill.manifest;
    const reviewer = { credentialId: passkey.enrolled.credentialId };
    const draft = await call(send, `/api/v1/reviews/${name}/${version}/draft`, {
      token: tokens.rita,
      json: { reviewer, reason: 'r' },
    });
    const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
    if (statement.predicateType !== predicateTypes.approval) throw new Error('no approval');
    const answer = (challenge: Uint8Array, lie = {}): unknown => {
      const { credentialId, ...response } = passkey.assert(challenge, lie);
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response,
        clientExtensionResults: {},
      };
    };
    const actor = await actorOf(registry, { kind: 'key', keyId: rita.keyId });
    if (actor === undefined) throw new Error('no rita');
    const challenge = approvalChallenge(statement);
    for (const [lie, over] of [
      [{ origin: 'https://evil.example' }, challenge],
      [{ flags: 1 }, challenge],
      [{}, Buffer.alloc(32)],
    ] as const) {
      const signed = { name, version, digest: draft.body.digest, assertion: answer(over, lie) };
      await expect(approveByPasskey(registry, actor, signed)).rejects.toMatchObject({
        code: 'approval-refused',
      });
    }
    expect(await statusOf(skill)).toBe('in review');
    const signed = { name, version, digest: draft.body.digest, assertion: answer(challenge) };
    expect(await approveByPasskey(registry, actor, signed)).toMatchObject({ status: 'approved' });
    const lines = parseIndexFile(
      new Uint8Array(await (await send(`/index/${name}`)).arrayBuffer()),
      name,
    );
    expect(lines.map((line) => line.version)).toContain(version);
  });

  it('cannot be given twice with one draft', async () => {
    const skill = await inReview(risky);
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const draft = await call(world.send, path, {
      token: world.tokens.rita,
      json: { reason: 'read it' },
    });
    const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
    const first = await state(world.send, statement, world.rita);
    expect(first.status).toBe(201);
    // The same statement again is answered as the first time, whatever its signature's randomness.
    expect((await state(world.send, statement, world.rita)).body.logIndex).toBe(
      first.body.logIndex,
    );
    expect(await statusOf(skill)).toBe('in review');
  });

  it('posted eight times at once are logged once, and everybody gets the same answer', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const draft = await call(world.send, path, {
      token: world.tokens.rita,
      json: { reason: 'read it' },
    });
    const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => state(world.send, statement, world.rita)),
    );
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.digest}`)).size).toBe(1);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('lapse with their draft', async () => {
    const skill = await inReview(risky);
    expect(
      (await approve(world.send, world.tokens.rita, world.rita, skill, { independent: true }))
        .status,
    ).toBe(201);
    world.wait(15 * 24 * 3_600_000);
    const token = await signIn(world.send, world.omar);
    expect(
      (await approve(world.send, token, world.omar, skill, { independent: true })).status,
    ).toBe(201);
    expect(await statusOf(skill)).toBe('in review');
  });

  it('leave no draft behind that expired more than a week ago', async () => {
    const own = await makeStaffedWorld();
    onTestFinished(() => own.close());
    const skill = makeSkill('@acme/drafted', '1.0.0');
    await publish(own.send, skill, own.author);
    await scan(own.send, own.tokens.scanner, own.scanner, skill, 'review');
    const draft = async (token: string): Promise<number> => {
      const json = { reason: 'read it' };
      const answer = await call(own.send, '/api/v1/reviews/@acme/drafted/1.0.0/draft', {
        token,
        json,
      });
      expect(answer.status).toBe(201);
      return (await own.registry.db.read.select().from(drafts)).length;
    };
    for (let at = 0; at < 11; at++) await draft(own.tokens.rita);
    own.wait(20 * 24 * 3_600_000);
    const token = await signIn(own.send, own.rita);
    expect(await draft(token)).toBe(12);
    own.wait(2 * 24 * 3_600_000);
    const later = await signIn(own.send, own.rita);
    // Each draft makes room for ten.
    expect(await draft(later)).toBe(3);
    expect(await draft(later)).toBe(3);
  });
});
