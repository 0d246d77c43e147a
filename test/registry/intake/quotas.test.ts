import { describe, expect, it } from 'vitest';
import { parseQuotas, type Quotas } from '../../../registry/intake/quotas-file.ts';
import { bytesOf } from '../../../registry/versions/version-blobs.ts';
import { makeKey } from '../people.ts';
import { approve, call, claimScope, makeSkill, scan } from '../road.ts';
import { expectAnswer, publishIn } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

const hour = 3_600_000;

async function worldWith(quotas: Quotas) {
  const world = await ownWorld({ quotas });
  const { author } = world;
  const send1 = (number: number, by = author, name = '@acme/report') =>
    publishIn(world, makeSkill(name, `1.0.${number}`), by);
  return { ...world, publishOne: send1 };
}

/** Lets no upload go on before so many have passed the check of the quotas. */
function meet({ registry }: Staffed, uploads: number): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { putAll } = registry.objects;
  let met = 0;
  Object.assign(registry.objects, {
    putAll: async (...put: Parameters<typeof putAll>) => {
      met += 1;
      if (met === uploads) resolve();
      await promise;
      return putAll(...put);
    },
  });
}

describe('a quota of a publisher', () => {
  it('lets so many versions wait, names the figure and the limit, and ends with a decision', async () => {
    const world = await worldWith({ waitingVersions: 2 });
    for (const number of [1, 2]) {
      // The scanner gets the version that came first.
      world.wait(1);
      await expectAnswer(world.publishOne(number), 201);
    }
    const third = await world.publishOne(3);
    await expectAnswer(third, 403, 'quota-used');
    expect(third.body.detail ?? third.body.title).toContain('2 versions of this publisher wait');
    const first = makeSkill('@acme/report', '1.0.1');
    await scan(world, world.tokens.scanner, world.scanner, first, 'pass');
    await expectAnswer(approve(world, world.tokens.rita, world.rita, first), 201);
    await expectAnswer(world.publishOne(3), 201);
  });

  it('lets so many versions a day, and says when the next one may come', async () => {
    const world = await worldWith({ versionsPerDay: 2 });
    const begin = world.registry.now().getTime();
    await world.publishOne(1);
    world.wait(hour);
    await world.publishOne(2);
    const third = await world.publishOne(3);
    await expectAnswer(third, 403, 'quota-used');
    expect(JSON.stringify(third.body)).toContain(new Date(begin + 24 * hour).toISOString());
    world.wait(23 * hour + 1);
    await expectAnswer(world.publishOne(3), 201);
    await expectAnswer(world.publishOne(4), 403);
  });

  it('holds when requests come at once, also for several skills', async () => {
    for (const quotas of [{ waitingVersions: 3 }, { versionsPerDay: 3 }]) {
      const world = await worldWith(quotas);
      meet(world, 6);
      const answers = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((number) => world.publishOne(number, undefined, `@acme/s${number}`)),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      expect(answers.filter(({ body }) => body.code === 'quota-used')).toHaveLength(3);
    }
  });

  it('does not count the versions of others', async () => {
    const world = await worldWith({ waitingVersions: 1, versionsPerDay: 1 });
    await expectAnswer(world.publishOne(1), 201);
    const other = makeKey();
    await claimScope(world, 'others', other);
    await expectAnswer(world.publishOne(1, other, '@others/report'), 201);
  });

  it('is a whole number above 0', () => {
    expect(parseQuotas('{"versionsPerDay": 5}')).toEqual({ versionsPerDay: 5 });
    for (const text of ['{"versionsPerDay": 0}', '{"waitingVersions": 1.5}', '{"bytes": 1}', '[]'])
      expect(() => parseQuotas(text)).toThrow();
    expect(parseQuotas('{"scope": {"storedBytes": 5000000000}}').scope?.storedBytes).toBe(5e9);
    for (const text of ['{"storedBytes": 0}', '{"scope": {"versionsPerDay": 1}}'])
      expect(() => parseQuotas(text)).toThrow();
  });
});

describe('a quota of bytes', () => {
  // Names of one length, so that all have the same bytes.
  const made = (number: number, name = '@acme/report') =>
    makeSkill(name, `1.0.${number}`, { files: { 'notes.md': 'x'.repeat(1_000) } });
  const { bundle, bytes } = made(1).packed;
  const each = bytesOf(bundle, bytes.length);
  const sends = (world: Staffed) => (number: number, name?: string) =>
    publishIn(world, made(number, name));
  async function approveFirst({ send, tokens, scanner, rita }: Staffed): Promise<void> {
    await scan(send, tokens.scanner, scanner, made(1), 'pass');
    await expectAnswer(approve(send, tokens.rita, rita, made(1)), 201);
  }

  it('lets so many bytes wait, and ends with a decision', async () => {
    const world = await worldWith({ waitingBytes: 2 * each });
    const sendOne = sends(world);
    for (const number of [1, 2]) {
      world.wait(1);
      await expectAnswer(sendOne(number), 201);
    }
    const third = await sendOne(3);
    await expectAnswer(third, 403, 'quota-used');
    expect(JSON.stringify(third.body)).toContain(
      `have ${2 * each} bytes, this version has ${each}, and ${2 * each} may wait`,
    );
    expect(third.body.hint).toContain('Publish again when a version was decided');
    await approveFirst(world);
    await expectAnswer(sendOne(3), 201);
  });

  it('tells no publisher to wait whose version is larger than the quota', async () => {
    const first = await sends(await worldWith({ waitingBytes: each - 1 }))(1);
    await expectAnswer(first, 403, 'quota-used');
    expect(first.body.hint).toMatch(/^Make the skill smaller, .* raise waitingBytes/);
  });

  it('counts approved versions in all bytes', async () => {
    const world = await worldWith({ storedBytes: each });
    const sendOne = sends(world);
    await expectAnswer(sendOne(1), 201);
    await approveFirst(world);
    const second = await sendOne(2);
    await expectAnswer(second, 403, 'quota-used');
    expect(JSON.stringify(second.body)).toContain('raise storedBytes in quotas.json');
  });

  it('of a scope counts all its publishers, and no other scope', async () => {
    const world = await worldWith({ scope: { storedBytes: each } });
    const sendOne = sends(world);
    await claimScope(world, 'others', world.author);
    await expectAnswer(sendOne(1), 201);
    const again = await sendOne(1, '@acme/second');
    await expectAnswer(again, 403, 'quota-used');
    expect(JSON.stringify(again.body)).toContain('the scope @acme have');
    await expectAnswer(sendOne(1, '@others/repo'), 201);
    const who = await call(world, '/api/v1/whoami', { token: world.tokens.author });
    expect(who.body.scopeQuotas['@acme']).toEqual({ storedBytes: { used: each, max: each } });
  });

  it('holds when requests come at once, also for several skills', async () => {
    for (const quotas of [{ waitingBytes: 3 * each }, { scope: { storedBytes: 3 * each } }]) {
      const world = await worldWith(quotas);
      meet(world, 6);
      const answers = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((number) => sends(world)(number, `@acme/repor${number}`)),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      expect(answers.filter(({ body }) => body.code === 'quota-used')).toHaveLength(3);
    }
  });
});
