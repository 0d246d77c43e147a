import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSegment } from '../../registry/log/segments/keep-segments.ts';
import { makeSkill, publishApproved } from '../registry/road.ts';
import { makeStaffedWorld, type Staffed } from '../registry/world.ts';
import { halfRows } from './half-rows.ts';

const entries = 4;
const skill = makeSkill('@acme/whole', '1.0.0');

describe('the queries for rows that were written in part', () => {
  let world: Staffed;
  beforeEach(async () => {
    world = await makeStaffedWorld();
    await publishApproved(world, skill);
    while (await makeSegment(world.registry, entries));
  });
  afterEach(() => world.close());

  const found = async (): Promise<string[]> => {
    const whats: string[] = [];
    for (const [what, query] of Object.entries(halfRows))
      if ((await world.registry.db.read.all(sql.raw(query))).length > 0) whats.push(what);
    return whats;
  };

  it('find none in a registry with segments', async () => {
    expect(await found()).toEqual([]);
  });

  it.each([
    [
      'log_no_update',
      `UPDATE log SET body = '{}' WHERE "index" = 0`,
      'an entry in a segment whose row has a body',
    ],
    [
      'log_segments_no_delete',
      'DELETE FROM log_segments WHERE first > 0',
      'a row whose evidence is in no segment',
    ],
    ['log_segments_no_delete', 'DELETE FROM log_segments WHERE first = 0', 'segments with a hole'],
  ])('find what stands there without %s', async (trigger, edit, what) => {
    const { read } = world.registry.db;
    await read.run(sql.raw(`DROP TRIGGER ${trigger}`));
    await read.run(sql.raw(edit));
    expect(await found()).toContain(what);
  });
});
