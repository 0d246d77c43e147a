import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { leanLine, readLine, wholeLines } from '../../../registry/index/packs.ts';
import { indexLines } from '../../../registry/store/schema.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import {
  type IndexLine,
  parseIndexFile,
  printIndexLine,
} from '../../../skills-index/trust/index-files/index-line.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { expectProblem, rowsOf } from '../steps.ts';
import { ownWorld } from '../world.ts';

const skill = makeSkill('@acme/lean', '1.0.0');

async function approvedWorld() {
  const world = await ownWorld();
  const { registry } = world;
  await publishApproved(world, skill);
  const [row] = await rowsOf({ registry }, indexLines);
  return { ...world, at: row?.logIndex ?? -1, line: row?.line ?? '' };
}

it('the row of a line has no digest, and gives the line byte for byte', async () => {
  const { registry, send, at, line } = await approvedWorld();
  expect(line).not.toContain('sha256:');
  const file = await (await send('/index/@acme/lean')).text();
  expect(await readLine(registry, at)).toEqual({ name: '@acme/lean', text: file.trimEnd() });
  expect(await readLine(registry, at + 1)).toBeUndefined();
});

it('gives back what a skill needs and requires, with lists that are left out in other lines', async () => {
  const { registry, send } = await approvedWorld();
  const name = parseSkillName('@acme/lean');
  const [line] = parseIndexFile(Buffer.from(await (await send('/index/@acme/lean')).text()), name);
  if (line === undefined) throw new Error('no line');
  const egress = [{ origin: 'https://a.example/', why: 'It "asks" \u2028 there.' }];
  const needed = { ...noCapabilities, egress };
  const others = [
    line,
    { ...line, capabilities: needed },
    { ...line, capabilities: { ...noCapabilities, package: [] } },
    { ...line, requires: { '@acme/other': '^1.0.0' } },
    { ...line, capabilities: needed, requires: { '@acme/other': '^1.0.0' } },
  ] as unknown as readonly IndexLine[];
  const { bundle, publisher, version, logIndex } = line;
  for (const other of others) {
    const row = { line: await leanLine(registry, other), logIndex };
    const ofVersion = { name, version, bundle, publisher };
    expect(await wholeLines(registry, [{ ...row, version: ofVersion }])).toEqual([
      printIndexLine(other),
    ]);
  }
});

it.each([
  ['statement', 'statements_no_delete', sql`DELETE FROM statements WHERE logIndex = 0`],
  ['version', 'versions_no_delete', sql`DELETE FROM versions`],
  ['line', 'index_lines_no_update', sql`UPDATE index_lines SET line = substr(line, 1, 30)`],
])('a line whose %s somebody took away is no other line', async (_, trigger, damage) => {
  const { registry, at } = await approvedWorld();
  const { read } = registry.db;
  await read.run(sql`DROP TRIGGER ${sql.identifier(trigger)}`);
  await read.run(damage);
  await expectProblem(readLine(registry, at), 'database-damaged');
});
