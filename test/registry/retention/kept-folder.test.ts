import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../../registry/serve.ts';
import { objectPath } from '../../../registry/store/disk/disk-objects.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { versions } from '../../../registry/store/schema.ts';
import { requireMove } from '../../../registry/versions/status.ts';
import { moveWrites } from '../../../registry/versions/versions.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { skill } from '../../cli/command-line.ts';
import { backUp, makeLoneDataFolder, publishThree, restore } from '../backup/backups.ts';
import { makeRoot } from '../people.ts';
import { makeSkill } from '../road.ts';
import { rowsOf } from '../steps.ts';

const day = 24 * 3_600_000;
const later = () => new Date(Date.now() + 2 * day);

let dir: string;
let backup: string;
beforeAll(async () => {
  dir = await makeLoneDataFolder(makeRoot());
  backup = `${dir}-backup`;
});
afterAll(() => rmSync(dirname(dir), { recursive: true }));

async function refuse({ registry }: RunningRegistry, version: string): Promise<void> {
  const [row] = await rowsOf(
    { registry },
    versions,
    and(eq(versions.name, parseSkillName('@acme/report')), eq(versions.version, version as never)),
  );
  if (row === undefined) throw new Error('there is no such version');
  const step = requireMove('received', 'refused', 'verdict');
  await registry.db.batch(moveWrites(registry, row, step, { by: 'a test', why: 'a test' }).writes);
}

/** The file that only this version has. */
function manifestOf(version: string): string {
  const { files } = makeSkill('@acme/report', version).packed.bundle;
  const { sha256 } = files.find(({ path }) => path === 'skill.json') ?? {};
  if (sha256 === undefined) throw new Error('there is no manifest');
  return objectPath('objects', storedBlobName(sha256));
}

async function retention(...more: readonly string[]) {
  const argv = ['registry', 'retention', dir, ...more];
  return skill(argv, { now: later });
}

it('a registry deletes what its rules no longer keep, and its backup follows', async () => {
  const before = await startRegistry({ dir, port: 0 });
  await publishThree((path, init) => fetch(`${before.base}${path}`, init));
  await backUp(dir, backup);
  for (const version of ['1.0.0', '1.0.1']) await refuse(before, version);

  // The command answers while the registry serves.
  expect((await retention('--dry-run')).stdout).toMatch(/^No rule is set/);
  expect(await retention()).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--dry-run'),
  });
  const rules = join(dir, 'retention.json');
  writeFileSync(rules, '{"refusedDays": 1}');
  const dry = await retention('--dry-run');
  expect(dry.stdout).toMatch(
    /^refused for 1 day: 2 versions, \d+ bytes\n {2}@acme\/report@1\.0\.0/,
  );
  const json = JSON.parse((await retention('--dry-run', '--format', 'json')).stdout);
  expect(json.rules[0]).toMatchObject({ state: 'refused', days: 1, versions: 2 });
  writeFileSync(`${rules}.other`, '{"refusedDays": 3}');
  expect((await retention('--dry-run', '--retention', `${rules}.other`)).stdout).toContain(
    'refused for 3 days: 0 versions',
  );
  await before.close();
  expect(existsSync(join(dir, manifestOf('1.0.0')))).toBe(true);

  const running = await startRegistry({ dir, port: 0, now: later });
  const isThere = (version: string): boolean => existsSync(join(dir, manifestOf(version)));
  for (let tries = 0; tries < 200 && (isThere('1.0.0') || isThere('1.0.1')); tries++)
    await delay(50);
  expect(['1.0.0', '1.0.1', '1.0.2'].map(isThere)).toEqual([false, false, true]);
  await delay(100);
  // The disk lost this one. The registry did not delete it.
  rmSync(join(dir, manifestOf('1.0.2')));
  await backUp(dir, backup);
  const inBackup = (version: string): boolean => existsSync(join(backup, manifestOf(version)));
  expect(['1.0.0', '1.0.1', '1.0.2'].map(inBackup)).toEqual([false, false, true]);
  await running.close();

  const restored = await restore(backup, `${dir}-restored`);
  expect(restored).toMatchObject({ missing: [] });
  expect(existsSync(join(`${dir}-restored`, manifestOf('1.0.2')))).toBe(true);
});
