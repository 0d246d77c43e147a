import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { queuePageRows } from '../../../../registry/review/queue/queue.ts';
import { storedBlobName } from '../../../../registry/store/objects.ts';
import { requireVersion } from '../../../../registry/versions/find-versions.ts';
import { parseDigest } from '../../../../skills-index/skill/digest.ts';
import { makeSkill, publishScanned } from '../../road.ts';
import { callAs, deskOf, expectAnswer } from '../../steps.ts';
import { oneWorld } from '../../world.ts';

describe('the queue', () => {
  const world = oneWorld();
  const sound = makeSkill('@acme/sound', '1.0.0');
  const damaged = makeSkill('@acme/damaged', '1.0.0');
  beforeAll(async () => {
    for (const skill of [sound, damaged]) {
      await publishScanned(world, skill);
    }
  });

  const listed = async () => (await callAs(world, 'rita', '/api/v1/reviews')).body.reviews;

  it('shows a version that cannot be judged as failed, first and as risky as can be, and all others as before', async () => {
    const [before] = await listed();
    const { id, report } = await requireVersion(world.registry, damaged.manifest);
    const blob = storedBlobName(parseDigest(report ?? ''));
    const sound = world.stored.get(blob);
    world.stored.set(blob, Buffer.from('not a report'));
    // Stored risks stand until an event has the version judged again.
    expect((await listed())[0]).toEqual(before);
    const changed = sql`UPDATE waiting SET changes = changes + 1 WHERE versionId = ${id}`;
    await world.registry.db.batch([(db) => db.run(changed)]);
    const [first, second] = await listed();
    expect(first).toMatchObject({ name: '@acme/damaged', approvals: 0, risk: { total: 100 } });
    expect(first.failed).toMatch(/^Cannot show this version: .*damaged/);
    expect(second).toEqual(before);
    const rita = await deskOf(world, 'rita');
    const page = await rita.get('');
    expect(page.status).toBe(200);
    expect(page.html).toMatch(/@acme\/damaged[\s\S]*Cannot show this version[\s\S]*@acme\/sound/);
    world.stored.set(blob, sound ?? Buffer.alloc(0));
    expect((await listed())[0]).toEqual(before);
  });

  it('lists all versions on pages, riskiest first, forwards and backwards', async () => {
    const { registry } = world;
    for (let at = 0; at < 2 * queuePageRows; at++)
      await registry.db.batch([
        (db) =>
          db.run(
            sql`INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT ${100_000 + at}, '@acme/v' || ${at}, version, bundle, status, move, publisher, verdict, report, createdAt, ${1_000 + at}, 0 FROM versions WHERE name = '@acme/sound'`,
          ),
        // The evidence is of no interest here, so the risk is given.
        (db) =>
          db.run(
            sql`UPDATE waiting SET rank = ${2 + (at % 7)}, known = changes, judged = (SELECT judged FROM waiting WHERE name = '@acme/sound') WHERE versionId = ${100_000 + at}`,
          ),
      ]);
    const forwards = [];
    let place: string | undefined;
    const pages = [];
    do {
      const page = await callAs(
        world,
        'rita',
        `/api/v1/reviews${place === undefined ? '' : `?after=${place}`}`,
      );
      pages.push(page.body);
      forwards.push(...page.body.reviews);
      place = page.body.next;
    } while (place !== undefined);
    const names = forwards.map(({ name }) => name);
    expect(pages.map(({ reviews }) => reviews.length)).toEqual([50, 50, 2]);
    expect(new Set(names).size).toBe(2 * queuePageRows + 2);
    const rankOfName = (name: string): number => Number(name.replace('@acme/v', '')) % 7;
    const given = names.slice(0, 2 * queuePageRows);
    expect(given).toEqual(
      [...given].sort(
        (a, b) => rankOfName(a) - rankOfName(b) || Number(a.slice(7)) - Number(b.slice(7)),
      ),
    );
    expect(pages[0]).toMatchObject({ waiting: 2 * queuePageRows + 2, unsettled: false });
    const back = await callAs(world, 'rita', `/api/v1/reviews?before=${pages[2].previous}`);
    expect(back.body.reviews).toEqual(pages[1].reviews);
    const first = await callAs(world, 'rita', `/api/v1/reviews?before=${back.body.previous}`);
    expect(first.body.reviews).toEqual(pages[0].reviews);
    expect(first.body.previous).toBeUndefined();
    const rita = await deskOf(world, 'rita');
    const { html } = await rita.get('');
    expect(html).toContain(`after=${encodeURIComponent(pages[0].next)}" rel="next"`);
    expect((await rita.get(`?after=${pages[0].next}`)).html).toContain('rel="prev"');
  });

  it('has no page at a place that no page names', async () => {
    for (const place of ['1', "1.1.x'", '1.1.x.y', '9'.repeat(40)])
      await expectAnswer(
        callAs(world, 'rita', `/api/v1/reviews?after=${place}`),
        400,
        'request-invalid',
      );
  });
});
