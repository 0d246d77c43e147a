import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../skills-index/statement/finding.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { makeKey, type TestKey } from '../people.ts';
import { enrol, leaseJob, makeReport, makeSkill, reportOn, type Skill, signIn } from '../road.ts';
import { approveIn, callAs, expectAnswer, publishIn } from '../steps.ts';
import { eachWorld } from '../world.ts';

describe('a registry whose policy asks for two scanners', () => {
  const world = eachWorld({ policy: { ...defaultPolicy, scanners: 2 } }, async () => {
    [other, spare] = [makeKey(), makeKey()];
    await enrol(world, world.trust.administrator, {
      name: 'elsewhere',
      roles: ['scanner'],
      key: other,
    });
    await enrol(world, world.trust.administrator, {
      name: 'scanner',
      roles: ['scanner'],
      key: spare,
    });
    serial += 1;
    skill = makeSkill('@acme/twice', `1.0.${serial}`);
    await expectAnswer(publishIn(world, skill), 201);
  });
  let other: TestKey;
  let spare: TestKey;
  let skill: Skill;
  let serial = 0;

  const lease = async (key: TestKey) => leaseJob(world, await signIn(world, key));
  const report = async (key: TestKey, verdict: Verdict = 'pass') => {
    const job = await lease(key);
    if (job === null) throw new Error('no job for this scanner');
    const by = { token: await signIn(world, key), key };
    return reportOn(world, by, job, [skill, makeReport(skill, verdict)]);
  };
  const review = async () => {
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}`;
    return (await callAs(world, 'omar', path)).body;
  };

  it('lets a version go on to people once another scanner signed the same report, and into the index', async () => {
    expect((await report(world.scanner)).body.status).toBe('scanning');
    expect((await approveIn(world, skill)).status).toBeGreaterThanOrEqual(400);
    expect((await report(other)).body.status).toBe('in review');
    await expectAnswer(approveIn(world, skill), 201);
    // Published after `decide` said what every installer will say.
    expect((await review()).status).toBe('approved');
  });

  it('gives the second job to no key of the first scanner', async () => {
    await report(world.scanner);
    expect(await lease(world.scanner)).toBeNull();
    expect(await lease(spare)).toBeNull();
    expect(await lease(other)).not.toBeNull();
  });

  it('holds a version back at once on which two scanners disagree, and says so', async () => {
    await report(world.scanner, 'pass');
    expect((await report(other, 'review')).body.status).toBe('quarantined');
    expect(JSON.stringify((await review()).history)).toContain('two scanners disagree');
  });

  it('lets one scanner alone hold a version back, and none alone let it through', async () => {
    expect((await report(world.scanner, 'block')).body.status).toBe('quarantined');
    const path = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}/move`;
    const json = { to: 'in review', reason: 'it is harmless' };
    await callAs(world, 'rita', path, json);
    const refused = await approveIn(world, skill);
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      403,
      'approval-refused',
      expect.stringContaining('1 of 2 scanners'),
    ]);
  });
});
