import { describe, expect, it, onTestFinished } from 'vitest';
import { drafts } from '../../../registry/store/schema.ts';
import { parseStatement } from '../../../skills-index/statement/parse-statement.ts';
import { makeKey } from '../people.ts';
import { approve, call, makeSkill, publishScanned, type Skill, state } from '../road.ts';
import { approveIn, callAs, expectAnswer, publishIn, scanIn, signInAs } from '../steps.ts';
import { makeStaffedWorld, oneWorld } from '../world.ts';

/** Asks for a secret and a host: policy wants two people, one of them independent. */
const risky = {
  secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
  egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
};

describe('approvals', () => {
  const world = oneWorld();
  let count = 0;

  const inReview = async (capabilities: object = {}): Promise<Skill> => {
    count += 1;
    const skill = makeSkill('@acme/reviewed', `1.0.${count}`, { capabilities });
    await expectAnswer(publishIn(world, skill), 201);
    expect(await scanIn(world, skill, 'review')).toMatchObject({
      body: { status: 'in review' },
    });
    return skill;
  };
  const statusOf = async (skill: Skill): Promise<string> =>
    (await call(world.send, `/api/v1/versions/${skill.manifest.name}/${skill.manifest.version}`))
      .body.status;

  it('of two people in the desk are enough once one of them signs again without it', async () => {
    const skill = await inReview(risky);
    await approveIn(world, skill);
    await approveIn(world, skill, { by: 'omar' });
    expect(await statusOf(skill)).toBe('in review');
    await approveIn(world, skill, { independent: true });
    expect(await statusOf(skill)).toBe('approved');
  });

  it('are refused when signed by another key than the one named, by an unknown key, or over other words', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const draft = await callAs(world, 'rita', path, { reason: 'read it' });
    const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
    await expectAnswer(state(world.send, statement, world.omar), 403, 'approval-refused');
    await expectAnswer(state(world.send, statement, makeKey()), 403, 'key-unknown');
    const bent = JSON.parse(JSON.stringify(statement));
    bent.predicate.reason = 'read it well';
    await expectAnswer(state(world.send, bent, world.rita), 403, 'approval-refused');
    expect(await statusOf(skill)).toBe('in review');
    await expectAnswer(state(world.send, statement, world.rita), 201);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('cannot be drafted by a scanner or an author, nor for another reviewer’s key', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const json = { reason: 'r' };
    await expectAnswer(callAs(world, 'scanner', path, json), 403, 'forbidden');
    await expectAnswer(call(world.send, path, { json }), 401, 'not-signed-in');
    const other = { ...json, reviewer: { keyId: world.omar.keyId } };
    await expectAnswer(callAs(world, 'rita', path, other), 403, 'approval-refused');
  });

  it('posted eight times at once are logged once, and everybody gets the same answer', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const draft = await callAs(world, 'rita', path, { reason: 'read it' });
    const statement = parseStatement(Buffer.from(draft.body.payload, 'base64'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => state(world.send, statement, world.rita)),
    );
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.digest}`)).size).toBe(1);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('lapse with their draft', async () => {
    const skill = await inReview(risky);
    await expectAnswer(approveIn(world, skill, { independent: true }), 201);
    world.wait(15 * 24 * 3_600_000);
    const token = await signInAs(world, 'omar');
    await expectAnswer(approve(world.send, token, world.omar, skill, { independent: true }), 201);
    expect(await statusOf(skill)).toBe('in review');
  });

  it('leave no draft behind that expired more than a week ago', async () => {
    const own = await makeStaffedWorld();
    onTestFinished(() => own.close());
    const skill = makeSkill('@acme/drafted', '1.0.0');
    await publishScanned(own, skill, { verdict: 'review' });
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
    const token = await signInAs(own, 'rita');
    expect(await draft(token)).toBe(12);
    own.wait(2 * 24 * 3_600_000);
    const later = await signInAs(own, 'rita');
    // Each draft makes room for ten.
    expect(await draft(later)).toBe(3);
    expect(await draft(later)).toBe(3);
  });
});
