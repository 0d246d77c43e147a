import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { readLine } from '../../../registry/index/lean-lines.ts';
import { indexLines } from '../../../registry/store/schema.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { makeStaffedWorld } from '../world.ts';

const skill = makeSkill('@acme/lean', '1.0.0');

async function approvedWorld() {
  const world = await makeStaffedWorld();
  onTestFinished(() => world.close());
  const { registry } = world;
  await publishApproved(world, skill);
  const [row] = await registry.db.read.select().from(indexLines);
  return { ...world, at: row?.logIndex ?? -1, line: row?.line ?? '' };
}

it('the row of a line has no digest, and gives the line byte for byte', async () => {
  const { registry, send, at, line } = await approvedWorld();
  expect(line).not.toContain('sha256:');
  const file = await (await send('/index/@acme/lean')).text();
  expect(await readLine(registry, at)).toEqual({ name: '@acme/lean', text: file.trimEnd() });
  expect(await readLine(registry, at + 1)).toBeUndefined();
});

it.each([
  ['statement', 'statements_no_delete', sql`DELETE FROM statements WHERE logIndex = 0`],
  ['version', 'versions_no_delete', sql`DELETE FROM versions`],
  ['line', 'index_lines_no_update', sql`UPDATE index_lines SET line = substr(line, 1, 80)`],
])('a line whose %s somebody took away is no other line', async (_, trigger, damage) => {
  const { registry, at } = await approvedWorld();
  const { read } = registry.db;
  await read.run(sql`DROP TRIGGER ${sql.identifier(trigger)}`);
  await read.run(damage);
  await expect(readLine(registry, at)).rejects.toMatchObject({ code: 'database-damaged' });
});
