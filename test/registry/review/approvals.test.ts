import { describe, expect, it } from 'vitest';
import { drafts } from '../../../registry/store/schema.ts';
import { makeKey } from '../people.ts';
import { approve, call, makeSkill, publishScanned, type Skill, state } from '../road.ts';
import {
  approveIn,
  callAs,
  draftIn,
  expectAnswer,
  publishIn,
  rowsOf,
  scanIn,
  signInAs,
} from '../steps.ts';
import { oneWorld, ownWorld } from '../world.ts';

/** Asks for a secret and a host: policy wants two people, one of them independent. */
const risky = {
  secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
  egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
};

describe('approvals', () => {
  const world = oneWorld();
  let count = 0;

  const inReview = async (capabilities: object = {}) => {
    count += 1;
    const skill = makeSkill('@acme/reviewed', `1.0.${count}`, { capabilities });
    await expectAnswer(publishIn(world, skill), 201);
    expect(await scanIn(world, skill, 'review')).toMatchObject({
      body: { status: 'in review' },
    });
    return skill;
  };
  const statusOf = async (skill: Skill): Promise<string> =>
    (await call(world, `/api/v1/versions/${skill.manifest.name}/${skill.manifest.version}`)).body
      .status;

  it('of two people in the desk are enough once one of them signs again without it', async () => {
    const skill = await inReview(risky);
    await approveIn(world, skill);
    await expectAnswer(approveIn(world, skill, { by: 'omar' }), 201);
    expect(await statusOf(skill)).toBe('in review');
    await approveIn(world, skill, { independent: true });
    expect(await statusOf(skill)).toBe('approved');
  });

  it('are refused when signed by another key than the one named, by an unknown key, or over other words', async () => {
    const skill = await inReview();
    const statement = await draftIn(world, skill);
    await expectAnswer(state(world, statement, world.omar), 403, 'approval-refused');
    await expectAnswer(state(world, statement, makeKey()), 403, 'key-unknown');
    const bent = JSON.parse(JSON.stringify(statement));
    bent.predicate.reason = 'read it well';
    await expectAnswer(state(world, bent, world.rita), 403, 'approval-refused');
    expect(await statusOf(skill)).toBe('in review');
    await expectAnswer(state(world, statement, world.rita), 201);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('cannot be drafted by a scanner or an author, nor for another reviewer’s key', async () => {
    const skill = await inReview();
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/draft`;
    const json = { reason: 'r' };
    await expectAnswer(callAs(world, 'scanner', path, json), 403, 'forbidden');
    await expectAnswer(call(world, path, { json }), 401, 'not-signed-in');
    const other = { ...json, reviewer: { keyId: world.omar.keyId } };
    await expectAnswer(callAs(world, 'rita', path, other), 403, 'approval-refused');
  });

  it('posted eight times at once are logged once, and everybody gets the same answer', async () => {
    const skill = await inReview();
    const statement = await draftIn(world, skill);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => state(world, statement, world.rita)),
    );
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.digest}`)).size).toBe(1);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('lapse with their draft', async () => {
    const skill = await inReview(risky);
    await expectAnswer(approveIn(world, skill, { independent: true }), 201);
    world.wait(15 * 24 * 3_600_000);
    const token = await signInAs(world, 'omar');
    await expectAnswer(approve(world, token, world.omar, skill, { independent: true }), 201);
    expect(await statusOf(skill)).toBe('in review');
  });

  it('leave no draft behind that expired more than a week ago', async () => {
    const own = await ownWorld();
    const skill = makeSkill('@acme/drafted', '1.0.0');
    await publishScanned(own, skill, { verdict: 'review' });
    const draft = async (token: string): Promise<number> => {
      const json = { reason: 'read it' };
      const answer = await call(own, '/api/v1/reviews/@acme/drafted/1.0.0/draft', {
        token,
        json,
      });
      expect(answer.status).toBe(201);
      return (await rowsOf(own, drafts)).length;
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
