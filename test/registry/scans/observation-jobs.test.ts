import { afterEach, describe, expect, it } from 'vitest';
import { keepSome } from '../../../registry/review/queue/renew-queue.ts';
import {
  observationAttemptsMax,
  observationLaterMs,
  observationLeaseMs,
} from '../../../registry/store/batch.ts';
import { observationJobs } from '../../../registry/versions/observations.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { observationOf, observedBody, sendObservation } from '../observed.ts';
import { makeKey } from '../people.ts';
import { call, enrol, makeSkill, publishScanned, signIn } from '../road.ts';
import { expectAnswer, expectCode, rowsOf } from '../steps.ts';
import { type Staffed, worldAfter } from '../world.ts';

const first = makeSkill('@acme/deals', '1.0.0');
const second = makeSkill('@acme/words', '1.0.0');
const demanding = { policy: { ...defaultPolicy, observed: true } };
let world: Staffed | undefined;
afterEach(() => world?.close());

async function publishBoth(made: Staffed): Promise<void> {
  await publishScanned(made, first);
  await publishScanned(made, second);
}
const observing = worldAfter(publishBoth, demanding);
const calm = worldAfter(publishBoth);

async function waiting(start = observing): Promise<Staffed> {
  world = await start();
  return world;
}

// The clock moves past the end of a session.
const ask = async ({ scanner, send }: Staffed, path: string, json: object = {}) =>
  call(send, `/api/v1/observation-jobs/${path}`, { token: await signIn(send, scanner), json });
const lease = async (users: Staffed) => (await ask(users, 'lease')).body.job;
const fail = (users: Staffed, lease: string, detail = 'no memory') =>
  ask(users, 'fail', { lease, detail });
const waits = async ({ rita, send }: Staffed, name: string): Promise<string | undefined> =>
  (await call(send, `/api/v1/reviews/@acme/${name}/1.0.0`, { token: await signIn(send, rita) }))
    .body.observationWaits;
const jobCount = async ({ registry }: Staffed): Promise<number> =>
  (await rowsOf({ registry }, observationJobs)).length;
const observe = async ({ registry, scanner, send }: Staffed) => {
  const observation = observationOf(first, [], registry.now());
  const body = await observedBody(send, first, observation, scanner);
  return sendObservation(send, await signIn(send, scanner), first, body);
};

describe('observation jobs', () => {
  it('are handed out by a registry whose policy asks for observations, and by no other', async () => {
    const other = await waiting(calm);
    expect(await lease(other)).toBeNull();
    other.close();
    const users = await waiting();
    expect(await lease(users)).toMatchObject({
      name: '@acme/deals',
      bundle: first.packed.digest,
      attempt: 1,
      leaseSeconds: observationLeaseMs / 1_000,
    });
    expect(await lease(users)).toMatchObject({ name: '@acme/words' });
    expect(await lease(users)).toBeNull();
  });

  it('are handed out to scanners alone', async () => {
    const { send, tokens } = await waiting();
    for (const path of ['lease', 'fail']) {
      const json = path === 'lease' ? {} : { lease: 'x', detail: 'y' };
      const token = tokens.rita;
      const answer = await call(send, `/api/v1/observation-jobs/${path}`, { token, json });
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    }
  });

  it('end with an observation, also with one that a person handed in', async () => {
    const users = await waiting();
    await expectAnswer(observe(users), 201);
    expect(await lease(users)).toMatchObject({ name: '@acme/words' });
    expect(await lease(users)).toBeNull();
    users.wait(2 * observationLeaseMs);
    expect(await lease(users)).toMatchObject({ name: '@acme/words', attempt: 2 });
  });

  it('wait again when their scanner ends, and after the third attempt for a day', async () => {
    const users = await waiting();
    for (let attempt = 1; attempt <= observationAttemptsMax; attempt++) {
      expect([await lease(users), await lease(users)]).toMatchObject([
        { name: '@acme/deals', attempt },
        { name: '@acme/words', attempt },
      ]);
      expect(await lease(users)).toBeNull();
      users.wait(observationLeaseMs + 1);
    }
    expect(await lease(users)).toBeNull();
    expect(await waits(users, 'deals')).toBe(
      'Waiting for observation: attempt 3 failed: the scanner ended without a result. Scanners try again once a day.',
    );
    users.wait(observationLaterMs);
    expect(await lease(users)).toMatchObject({ name: '@acme/deals', attempt: 4 });
    expect(await waits(users, 'deals')).toContain('scanner runs the version now, attempt 4');
    // Whoever observes by hand satisfies the policy all the same.
    await expectAnswer(observe(users), 201);
    expect(await waits(users, 'deals')).toBeUndefined();
  });

  it('that failed let others go first, and an older lease fails nothing', async () => {
    const users = await waiting();
    const old = await lease(users);
    expect((await fail(users, old.lease)).body).toEqual({ taken: true });
    await expectCode(fail(users, old.lease), 'job-stale');
    expect(await lease(users)).toMatchObject({ name: '@acme/words' });
    expect(await lease(users)).toBeNull();
    users.wait(61_000);
    const next = await lease(users);
    expect(next).toMatchObject({ name: '@acme/deals', attempt: 2 });
    await fail(users, next.lease);
    users.wait(61_000);
    await fail(users, (await lease(users)).lease, 'the sandbox was refused');
    expect(await waits(users, 'deals')).toContain('attempt 3 failed: the sandbox was refused.');
    users.wait(observationLeaseMs);
    expect(await lease(users)).toMatchObject({ name: '@acme/words', attempt: 2 });
  });

  it('that nobody tried go before those that failed, however many failed', async () => {
    const users = await waiting();
    await fail(users, (await lease(users)).lease);
    await fail(users, (await lease(users)).lease);
    users.wait(61_000);
    await publishScanned(users, makeSkill('@acme/later', '1.0.0'));
    expect(await lease(users)).toMatchObject({ name: '@acme/later', attempt: 1 });
    expect(await lease(users)).toMatchObject({ name: '@acme/deals', attempt: 2 });
  });

  it('of a clock that was ahead are handed out again', async () => {
    const users = await waiting();
    users.wait(10 * observationLaterMs);
    await lease(users);
    users.wait(-10 * observationLaterMs);
    expect(await lease(users)).toMatchObject({ name: '@acme/words' });
    expect(await lease(users)).toMatchObject({ name: '@acme/deals', attempt: 2 });
  });

  it('are made for versions that waited before the policy asked for observations', async () => {
    const users = await waiting(calm);
    Object.assign(users.registry, demanding);
    expect(await lease(users)).toBeNull();
    while (await keepSome(users.registry));
    await keepSome(users.registry);
    expect(await lease(users)).toMatchObject({ name: '@acme/deals' });
  });

  it('give nothing to a scanner that lies', async () => {
    const users = await waiting();
    const { registry, scanner, send, trust } = users;
    const other = makeKey();
    const administrators = trust.administrators.slice(0, trust.root.threshold);
    await enrol(send, administrators, { name: 'other', roles: ['scanner'], key: other });
    const job = await lease(users);
    const body = await observedBody(send, first, observationOf(first, [], registry.now()), other);
    const lied = await sendObservation(send, await signIn(send, scanner), first, body);
    expect(lied.body.code).toBe('key-unknown');
    const failed = { token: await signIn(send, other), json: { lease: job.lease, detail: 'x' } };
    await expectCode(call(send, '/api/v1/observation-jobs/fail', failed), 'job-stale');
    expect(await waits(users, 'deals')).toContain('scanner runs the version now, attempt 1');
    expect(await jobCount(users)).toBe(2);
  });

  it('of versions that nobody waits for are passed over', async () => {
    const users = await waiting();
    expect([await lease(users), await lease(users), await lease(users)].at(-1)).toBeNull();
    const token = users.tokens.rita;
    const move = { token, json: { to: 'refused', reason: 'it is a copy' } };
    const answer = await call(users, '/api/v1/reviews/@acme/deals/1.0.0/move', move);
    expect(answer.status).toBe(200);
    users.wait(observationLeaseMs + 1);
    expect(await lease(users)).toMatchObject({ name: '@acme/words', attempt: 2 });
    expect(await lease(users)).toBeNull();
  });
});
