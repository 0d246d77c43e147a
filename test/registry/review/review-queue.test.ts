import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { requireVersion } from '../../../registry/versions/versions.ts';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { signedIn } from '../desk-visit.ts';
import { call, makeSkill, publish, scan } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

describe('the queue', () => {
  let world: Staffed;
  const sound = makeSkill('@acme/sound', '1.0.0');
  const damaged = makeSkill('@acme/damaged', '1.0.0');
  beforeAll(async () => {
    world = await makeStaffedWorld();
    for (const skill of [sound, damaged]) {
      await publish(world.send, skill, world.author);
      await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
    }
  });
  afterAll(() => world.close());

  const listed = async () =>
    (await call(world.send, '/api/v1/reviews', { token: world.tokens.rita })).body.reviews;

  it('lists what waits, each with its risk', async () => {
    const rows = await listed();
    expect(rows.map(({ name }: { name: string }) => name)).toEqual([
      '@acme/sound',
      '@acme/damaged',
    ]);
    expect(rows.every((row: object) => !('failed' in row))).toBe(true);
  });

  it('shows a version that cannot be judged as failed, first and as risky as can be, and all others as before', async () => {
    const [before] = await listed();
    const { report } = await requireVersion(world.registry, damaged.manifest);
    world.stored.set(storedBlobName(parseDigest(report ?? '')), Buffer.from('not a report'));
    const [first, second] = await listed();
    expect(first).toMatchObject({ name: '@acme/damaged', approvals: 0, risk: { total: 100 } });
    expect(first.failed).toMatch(/^Cannot show this version: .*damaged/);
    expect(second).toEqual(before);
    const rita = await signedIn(world.send, world.tokens.rita);
    const page = await rita.get('');
    expect(page.status).toBe(200);
    expect(page.html).toMatch(/@acme\/damaged[\s\S]*Cannot show this version[\s\S]*@acme\/sound/);
  });
});
