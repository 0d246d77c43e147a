import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import { readKeys } from '../../../registry/data-folder/data-folder.ts';
import { makeSegment } from '../../../registry/log/segments/keep-segments.ts';
import { startRegistry } from '../../../registry/serve.ts';
import { predicateTypeNumber } from '../../../registry/store/columns/predicate-type-column.ts';
import { diskObjects, objectPath } from '../../../registry/store/disk/disk-objects.ts';
import { logSegments } from '../../../registry/store/log-schema.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { statements } from '../../../registry/store/schema.ts';
import { openSqlite } from '../../../registry/store/sqlite.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { makeRoot } from '../people.ts';
import { backUp, leftOf, makeLoneDataFolder, publishThree, restore } from './backups.ts';

const trust = makeRoot();

describe('a backup of a registry whose older statements are in segments', () => {
  let dir: string;
  let made: string;
  let before: readonly string[];
  /** The names of a segment, and of the bundles in it whose rows have no envelope. */
  let segment = '';
  let bundles: readonly string[] = [];

  const shown = async (folder: string): Promise<readonly string[]> => {
    const running = await startRegistry({ dir: folder, port: 0 });
    const texts: string[] = [];
    for (let index = 0; ; index++) {
      const answer = await fetch(`${running.base}/log/statements/${index}`);
      if (answer.status !== 200) break;
      texts.push(await answer.text());
    }
    await running.close();
    return texts;
  };
  /** The restored folder, of a copy of the backup. */
  const restored = async (name: string, damage: (objects: string) => void): Promise<string> => {
    const backup = `${made}-${name}`;
    const to = `${dir}-${name}`;
    onTestFinished(() => {
      for (const path of [backup, to]) rmSync(path, { recursive: true, force: true });
    });
    cpSync(made, backup, { recursive: true });
    damage(join(backup, 'objects'));
    await restore(backup, to);
    cpSync(join(dir, 'keys.json'), join(to, 'keys.json'));
    return to;
  };

  beforeAll(async () => {
    dir = await makeLoneDataFolder(trust);
    made = `${dir}-backup`;
    const running = await startRegistry({ dir, port: 0 });
    await publishThree((path, init) => fetch(`${running.base}${path}`, init));
    await running.close();
    before = await shown(dir);
    expect(before.length).toBeGreaterThan(3);
    const db = openSqlite(join(dir, 'registry.sqlite'));
    const keys = await readKeys(dir, trust.root);
    const objects = diskObjects(join(dir, 'objects'));
    const registry = { db, objects, root: trust.root, keys } as unknown as Registry;
    expect(await makeSegment(registry, before.length)).toBe(true);
    const [row] = await db.read.select().from(logSegments);
    segment = storedBlobName(row?.digest ?? digestOf(''));
    bundles = (await db.read.select().from(statements))
      .filter(({ envelope }) => envelope === '')
      .map(({ bundle }) => storedBlobName(bundle ?? digestOf('')));
    expect(bundles).toHaveLength(3);
    db.close();
    await backUp(dir, made);
  });
  afterAll(() => rmSync(dirname(dir), { recursive: true }));

  it.each<[string, (objects: string) => void]>([
    ['whole', () => undefined],
    [
      'without the bundles',
      (objects) => {
        for (const name of bundles) rmSync(objectPath(objects, name));
      },
    ],
    ['without the segment', (objects) => rmSync(objectPath(objects, segment))],
    ['with a damaged segment', (objects) => writeFileSync(objectPath(objects, segment), 'noise')],
  ])('is restored with each statement: %s', async (name, damage) => {
    expect(await shown(await restored(name.replaceAll(' ', '-'), damage))).toEqual(before);
  });

  it('is refused when the row of an identity statement was emptied, although the segment has it', async () => {
    const emptied = `${dir}-emptied`;
    onTestFinished(() => {
      for (const path of [emptied, `${emptied}-backup`, `${emptied}-to`])
        rmSync(path, { recursive: true, force: true });
    });
    cpSync(dir, emptied, { recursive: true });
    const client = new BetterSqlite3(join(emptied, 'registry.sqlite'));
    client.exec('DROP TRIGGER statements_no_update');
    const change = `UPDATE statements SET envelope = '' WHERE predicateType = ${predicateTypeNumber(predicateTypes.scope)}`;
    expect(client.prepare(change).run().changes).toBeGreaterThan(0);
    client.close();
    await backUp(emptied, `${emptied}-backup`);
    await expect(restore(`${emptied}-backup`, `${emptied}-to`)).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining('has lost the statement of its row'),
    });
  });

  it('is refused when a statement is lost, and nothing is left of the new folder', async () => {
    const lost = restored('lost', (objects) => {
      rmSync(objectPath(objects, segment));
      rmSync(objectPath(objects, bundles[1] ?? ''));
    });
    await expect(lost).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining('is lost with its segment'),
    });
    expect(leftOf(`${dir}-lost`)).toEqual([]);
  });
});
