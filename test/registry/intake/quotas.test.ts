import { describe, expect, it, onTestFinished } from 'vitest';
import { parseQuotas, type Quotas } from '../../../registry/intake/quota-policy.ts';
import { makeKey } from '../people.ts';
import { approve, call, claimScope, makeSkill, publish, scan } from '../road.ts';
import { makeStaffedWorld } from '../world.ts';

const hour = 3_600_000;

async function worldWith(quotas: Quotas) {
  const world = await makeStaffedWorld({ quotas });
  onTestFinished(() => world.close());
  const { author, send } = world;
  const send1 = (number: number, by = author, name = '@acme/report') =>
    publish(send, makeSkill(name, `1.0.${number}`), by);
  return { ...world, publishOne: send1 };
}

describe('a quota of a publisher', () => {
  it('lets so many versions wait, names the figure and the limit, and ends with a decision', async () => {
    const world = await worldWith({ waitingVersions: 2 });
    for (const number of [1, 2]) {
      // The scanner gets the version that came first.
      world.wait(1);
      expect((await world.publishOne(number)).status).toBe(201);
    }
    const third = await world.publishOne(3);
    expect(third).toMatchObject({ status: 403, body: { code: 'quota-used' } });
    expect(third.body.detail ?? third.body.title).toContain('2 versions of this publisher wait');
    const first = makeSkill('@acme/report', '1.0.1');
    await scan(world.send, world.tokens.scanner, world.scanner, first, 'pass');
    expect((await approve(world.send, world.tokens.rita, world.rita, first)).status).toBe(201);
    expect((await world.publishOne(3)).status).toBe(201);
  });

  it('lets so many versions a day, and says when the next one may come', async () => {
    const world = await worldWith({ versionsPerDay: 2 });
    const begin = world.registry.now().getTime();
    await world.publishOne(1);
    world.wait(hour);
    await world.publishOne(2);
    const third = await world.publishOne(3);
    expect(third).toMatchObject({ status: 403, body: { code: 'quota-used' } });
    expect(JSON.stringify(third.body)).toContain(new Date(begin + 24 * hour).toISOString());
    world.wait(23 * hour + 1);
    expect((await world.publishOne(3)).status).toBe(201);
    expect((await world.publishOne(4)).status).toBe(403);
  });

  it('holds when requests come at once, also for several skills', async () => {
    const world = await worldWith({ waitingVersions: 3 });
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((number) => world.publishOne(number, undefined, `@acme/s${number}`)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter(({ body }) => body.code === 'quota-used')).toHaveLength(3);
  });

  it('does not count the versions of others', async () => {
    const world = await worldWith({ waitingVersions: 1, versionsPerDay: 1 });
    expect((await world.publishOne(1)).status).toBe(201);
    const other = makeKey();
    await claimScope(world.send, 'others', other);
    expect((await world.publishOne(1, other, '@others/report')).status).toBe(201);
  });

  it('is shown to whom it is about', async () => {
    const world = await worldWith({ waitingVersions: 5 });
    await world.publishOne(1);
    const who = await call(world.send, '/api/v1/whoami', { token: world.tokens.author });
    expect(who.body.quotas).toEqual({ waitingVersions: { used: 1, max: 5 } });
  });

  it('is a whole number above 0', () => {
    expect(parseQuotas('{"versionsPerDay": 5}')).toEqual({ versionsPerDay: 5 });
    for (const text of ['{"versionsPerDay": 0}', '{"waitingVersions": 1.5}', '{"bytes": 1}', '[]'])
      expect(() => parseQuotas(text)).toThrow();
  });
});
