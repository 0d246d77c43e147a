/**
 * What the thief of a CI job's token can do with the certificates that it gives while it counts.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { somebody, someWorkflow } from '../../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, publishBy, sigstore } from '../certified-road.ts';
import { call, makeSkill } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { oneWorld } from '../world.ts';

const attempt = (number: number) => ({
  ...someWorkflow,
  run: `https://ci.example/acme/skills/runs/7/attempts/${number}`,
});

describe('a CI run', () => {
  const world = oneWorld({ sigstore: sigstore.trustedRoot });
  beforeAll(async () => {
    await claim(world, 'ours', {
      owners: [kim],
      publishers: [job, kim],
      signer: certify(somebody),
    });
  });
  const publish = (name: string, version: string, claims = attempt(1)) =>
    publishBy(world, makeSkill(name, version), claims);

  it('publishes no second version of a skill, though each certificate is a new one', async () => {
    await expectAnswer(publish('@ours/a', '1.0.0'), 201);
    expect(await publish('@ours/a', '1.0.1')).toMatchObject({
      status: 409,
      body: {
        code: 'certificate-used',
        detail: expect.stringContaining('attempts/1 already published @ours/a@1.0.0 at log index'),
      },
    });
    await expectAnswer(call(world, '/api/v1/versions/@ours/a/1.0.1'), 404);
  });

  it('publishes several skills, and its next attempt the next version of each', async () => {
    await expectAnswer(publish('@ours/b', '1.0.0'), 201);
    await expectAnswer(publish('@ours/c', '1.0.0'), 201);
    await expectAnswer(publish('@ours/b', '1.0.1', attempt(2)), 201);
    await expectAnswer(publish('@ours/b', '1.0.2'), 409);
  });

  it('publishes one of many that come at the same time', async () => {
    const answers = await Promise.all(
      ['1.0.0', '1.0.1', '1.0.2'].map((version) => publish('@ours/d', version)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('is used up by nothing that was refused', async () => {
    await expectAnswer(publish('@ours/a', '1.0.0', attempt(3)), 409, 'version-exists');
    await expectAnswer(publish('@ours/a', '1.0.2', attempt(3)), 201);
  });

  it('is asked of jobs alone: a person signs in for each publication, and has none', async () => {
    for (const version of ['1.0.0', '1.0.1'])
      await expectAnswer(publishBy(world, makeSkill('@ours/e', version), somebody), 201);
  });
});
