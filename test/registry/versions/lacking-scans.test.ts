/**
 * A version that waits has a job for each scan that it lacks, whatever changed since its first
 * report.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resume } from '../../../registry/index/resume.ts';
import { keepSome } from '../../../registry/review/queue/renew-queue.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { memberStatement } from '../../../skills-index/statement/attestation.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../../nonce.ts';
import { makeKey, type TestKey } from '../people.ts';
import {
  call,
  enrol,
  leaseJob,
  makeReport,
  makeSkill,
  reportOn,
  ruleSet,
  signIn,
  state,
} from '../road.ts';
import { approveIn, bodyAt, callAs, expectAnswer, publishIn } from '../steps.ts';
import { type Staffed, worldAfter } from '../world.ts';

const twoScanners = { ...defaultPolicy, scanners: 2 as const };
const skill = makeSkill('@acme/twice', '1.0.0');

describe('a version that waits', () => {
  let world: Staffed;
  let other: TestKey;
  let third: TestKey;
  const start = worldAfter(
    async (made) => {
      world = made;
      [other, third] = [makeKey(), makeKey()];
      await enrol(world, world.trust.administrator, {
        name: 'elsewhere',
        roles: ['scanner'],
        key: other,
      });
      await enrol(world, world.trust.administrator, {
        name: 'third',
        roles: ['scanner'],
        key: third,
      });
      await expectAnswer(publishIn(world, skill), 201);
    },
    { policy: twoScanners },
  );
  beforeEach(async () => {
    world = await start();
  });
  afterEach(() => {
    expect(world.errors).toEqual([]);
    world.close();
  });

  const status = async (): Promise<string> =>
    (await bodyAt(world, '/api/v1/versions/@acme/twice/1.0.0')).status;
  /** Takes a job and reports by these rules; what the registry answers. */
  const work = async (key: TestKey, rules: Digest = ruleSet): Promise<string> => {
    const token = await signIn(world, key);
    const job = await leaseJob(world, token, { ruleSet: rules });
    if (job === null) return 'no job';
    const report = { ...makeReport(skill, 'pass'), ruleSet: rules };
    const answer = await reportOn(world, { token, key }, job, [skill, report]);
    return answer.status === 200 ? answer.body.status : answer.body.code;
  };
  const end = async (name: string, key: TestKey) => {
    const ended = memberStatement({
      nonce: freshNonce(),
      name,
      roles: ['scanner'],
      key: key.open,
      state: 'ended',
      validUpTo: 1,
    });
    await expectAnswer(state(world, ended, world.trust.administrator), 201);
  };
  const restart = async (policy: typeof defaultPolicy) => {
    Object.assign(world.registry, { policy });
    await resume(world.registry, (error) => world.errors.push(error));
    // The first slice begins the look at all that wait under this policy.
    for (const _ of [1, 2]) await keepSome(world.registry);
  };
  const expectApproved = async () => {
    await expectAnswer(approveIn(world, skill), 201);
    expect(await status()).toBe('approved');
  };

  it('in review has a job for the second scanner once policy asks for two', async () => {
    await restart(defaultPolicy);
    expect(await work(world.scanner)).toBe('in review');
    await restart(twoScanners);
    expect((await approveIn(world, skill)).body.detail).toContain('1 of 2 scanners');
    expect([await work(world.scanner), await work(other)]).toEqual(['no job', 'in review']);
    await expectApproved();
  });

  it('for the second scanner goes on once policy asks for one', async () => {
    expect(await work(world.scanner)).toBe('scanning');
    await restart(defaultPolicy);
    expect(await status()).toBe('in review');
    await expectApproved();
  });

  it('goes on once two scanners that were upgraded one after the other scan by the same rules', async () => {
    const old = digestOf('old');
    const fresh = digestOf('new');
    expect([await work(world.scanner, old), await work(other, fresh)]).toEqual([
      'scanning',
      'scanning',
    ]);
    // Nobody answers twice by the same rules: the scanner would be asked again without end.
    expect([await work(world.scanner, old), await work(other, fresh)]).toEqual([
      'no job',
      'no job',
    ]);
    expect(await work(world.scanner, fresh)).toBe('in review');
    await expectApproved();
  });

  it('goes on once a third scanner agrees by older rules', async () => {
    const old = digestOf('old');
    const fresh = digestOf('new');
    expect([await work(world.scanner, old), await work(other, fresh)]).toEqual([
      'scanning',
      'scanning',
    ]);
    expect(await work(third, old)).toBe('in review');
    await expectApproved();
  });

  it.each<readonly ['first' | 'second', 'scanning' | 'in review']>([
    ['first', 'scanning'],
    ['first', 'in review'],
    ['second', 'in review'],
  ])(
    'is scanned by others where its %s scanner is ended for that time while it is %s',
    async (which, when) => {
      expect(await work(world.scanner)).toBe('scanning');
      if (when === 'in review') expect(await work(other)).toBe('in review');
      const [left, name, key] =
        which === 'first'
          ? ([other, 'scanner', world.scanner] as const)
          : ([world.scanner, 'elsewhere', other] as const);
      await end(name, key);
      // Who signed the standing report and still counts is not asked for the same bytes again.
      expect(await work(left)).toBe(when === 'scanning' ? 'scanning' : 'no job');
      expect(await work(third)).toBe('in review');
      await expectApproved();
    },
  );

  it('counts no approval from before the scan that came in addition', async () => {
    const high = {
      ...twoScanners,
      approvals: { ...twoScanners.approvals, usual: { total: 2, independent: 0 } },
    };
    await restart(high);
    expect([await work(world.scanner), await work(other)]).toEqual(['scanning', 'in review']);
    await expectAnswer(approveIn(world, skill), 201);
    await end('elsewhere', other);
    expect(await work(third)).toBe('in review');
    await expectAnswer(approveIn(world, skill, { by: 'omar' }), 201);
    expect(await status()).toBe('in review');
    await expectApproved();
  });

  it('tells a scanner that was ended and came back with its key to take another', async () => {
    expect(await work(world.scanner)).toBe('scanning');
    await end('scanner', world.scanner);
    await enrol(world, world.trust.administrator, {
      name: 'scanner',
      roles: ['scanner'],
      key: world.scanner,
    });
    expect(await work(world.scanner)).toBe('statement-replayed');
    expect([await work(other), await work(third)]).toEqual(['scanning', 'in review']);
    await expectApproved();
  });

  it('in review goes to quarantine where the scan that it lacks fails for good, and is scanned again from there', async () => {
    await restart(defaultPolicy);
    expect(await work(world.scanner)).toBe('in review');
    await restart(twoScanners);
    const token = await signIn(world, other);
    for (let i = 0; i < 3; i++) {
      const job = await leaseJob(world, token, { ruleSet });
      const json = { lease: job?.lease, reason: 'crash', detail: 'out of memory' };
      await expectAnswer(call(world, `/api/v1/jobs/${job?.id}/fail`, { token, json }), 200);
    }
    expect(await status()).toBe('quarantined');
    const json = { to: 'in review', reason: 'that scanner was broken' };
    await expectAnswer(callAs(world, 'rita', '/api/v1/reviews/@acme/twice/1.0.0/move', json), 200);
    expect(await work(other)).toBe('in review');
    await expectApproved();
  });

  it('has no second job where nothing changed, at each start', async () => {
    expect(await work(world.scanner)).toBe('scanning');
    await restart(twoScanners);
    await restart(twoScanners);
    expect([await work(other), await work(third)]).toEqual(['in review', 'no job']);
    await expectApproved();
  });
});
