import {
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../../../registry/serve.ts';
import { diskObjects, objectPath } from '../../../../registry/store/disk/disk-objects.ts';
import { putBlobs, storedBlobName } from '../../../../registry/store/objects.ts';
import { sweepOrphans } from '../../../../registry/store/sweeps/sweep-orphans.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { folderWith } from '../../../cli/temporary-folder.ts';
import { makeDataFolder } from '../../../journey/registry-data.ts';
import { makeKey, makeRoot, type TestKey, type TestRoot } from '../../people.ts';
import {
  approve,
  claimScope,
  enrol,
  makeSkill,
  publish,
  type Send,
  scan,
  signIn,
} from '../../road.ts';
import { expectAnswer } from '../../steps.ts';
import { eachWorld } from '../../world.ts';

const isBehind = (): boolean => false;
const dayMs = 24 * 3_600_000;
const old = (path: string) => utimesSync(path, new Date(0), new Date(0));

describe('a start', () => {
  let dir: string;
  let trust: TestRoot;
  let running: RunningRegistry;
  let author: TestKey;
  const send: Send = (path, init) => fetch(`${running.base}${path}`, init);
  const objects = (): string => join(dir, 'objects');
  const stored = (): string[] =>
    globSync('stored/sha256/*/*', { cwd: objects() }).map((path) => join(objects(), path));
  beforeEach(async () => {
    trust = makeRoot();
    dir = await makeDataFolder(trust);
    running = await startRegistry({ dir, port: 0 });
    author = makeKey();
    await claimScope(send, 'acme', author);
  });
  afterEach(async () => {
    await running.close();
    await rm(dir, { recursive: true });
  });

  it('removes old files of uploads that became no version, and leaves everything else', async () => {
    const administrators = trust.administrators.slice(0, trust.root.threshold);
    const [scanner, reviewer] = [makeKey(), makeKey()];
    await enrol(send, administrators, { name: 's', roles: ['scanner'], key: scanner });
    await enrol(send, administrators, { name: 'r', roles: ['reviewer'], key: reviewer });
    const skill = makeSkill('@acme/tidy', '1.0.0');
    const waiting = makeSkill('@acme/waits', '1.0.0', { files: { 'b.txt': 'b' } });
    await publish(send, skill, author);
    await scan(send, await signIn(send, scanner), scanner, skill, 'pass');
    const approved = await approve(send, await signIn(send, reviewer), reviewer, skill);
    expect(approved.status).toBe(201);
    await publish(send, waiting, author);
    await running.close();
    const before = stored();
    // What a killed process leaves: the files and the list of a skill, and nothing in the database.
    const lost = makeSkill('@acme/lost', '1.0.0', { files: { 'lost.txt': 'lost' } });
    const disk = diskObjects(objects());
    await putBlobs(disk, [lost.packed.bytes, ...lost.packed.contents.values()]);
    const left = stored().filter((path) => !before.includes(path));
    expect(left.length).toBeGreaterThan(2);
    const young = Buffer.from('young');
    const report = Buffer.from(canonicalJson({ schema: 'skillgate.report/1' }));
    await putBlobs(disk, [young, report]);
    const kept = [young, report].map((bytes) =>
      objectPath(objects(), storedBlobName(digestOf(bytes))),
    );
    for (const path of stored()) if (path !== kept[0]) old(path);
    running = await startRegistry({ dir, port: 0 });
    const json = left.filter((path) =>
      path.endsWith(digestOf(lost.packed.contents.get('skill.json' as never) ?? '').slice(7)),
    );
    await vi.waitFor(() => expect(left.filter((path) => existsSync(path))).toEqual(json));
    for (const path of [...before, ...kept]) expect(existsSync(path), path).toBe(true);
    // The same skill can come again.
    await expectAnswer(publish(send, lost, author), 201);
  });

  it('removes nothing while the log lacks entries that the registry signed', async () => {
    const orphan = Buffer.from('orphan');
    const folder = objects();
    await running.close();
    const before = readFileSync(join(dir, 'registry.sqlite'));
    running = await startRegistry({ dir, port: 0 });
    await claimScope(send, 'later', makeKey());
    await expectAnswer(send('/index/status.json'), 200);
    const disk = diskObjects(folder);
    await putBlobs(disk, [orphan]);
    const path = objectPath(folder, storedBlobName(digestOf(orphan)));
    old(path);
    await running.close();
    const status = join(folder, 'public', 'index', 'status.json');
    const shown = readFileSync(status);
    const database = join(dir, 'registry.sqlite');
    const copy = readFileSync(database);
    // The database is restored from before the last statement; the last status is newer.
    writeFileSync(database, before);
    const lines: string[] = [];
    running = await startRegistry({ dir, port: 0, log: (line) => lines.push(line) });
    expect(lines.join()).toContain('ALARM');
    // A sweep that would remove the file has the time for it.
    await sleep(500);
    await running.close();
    expect(existsSync(path)).toBe(true);
    writeFileSync(database, copy);
    writeFileSync(status, shown);
    running = await startRegistry({ dir, port: 0 });
    await vi.waitFor(() => expect(existsSync(path)).toBe(false));
  });
});

describe('an upload during a sweep', () => {
  const world = eachWorld();

  it('loses no file that was an orphan before, whatever step the sweep is at', async () => {
    const folder = join(folderWith(), 'objects');
    const skill = makeSkill('@acme/again', '1.0.0', { files: { 'a.txt': 'a' } });
    const all = [skill.packed.bytes, ...skill.packed.contents.values()];
    const paths = all.map((bytes) => objectPath(folder, storedBlobName(digestOf(bytes))));
    for (let turn = 0; turn < 30; turn++) {
      const disk = diskObjects(folder);
      await putBlobs(disk, all);
      for (const path of paths) old(path);
      const removals = disk.startRemovals();
      const { signal } = new AbortController();
      const began = Date.now() + 8 * dayMs;
      const pause = Math.random() * 6;
      await Promise.all([
        sweepOrphans(world.registry, { folder, removals, began, signal, isBehind }),
        sleep(pause).then(() => putBlobs(disk, all)),
      ]);
      for (const path of paths) expect(existsSync(path), `turn ${turn}`).toBe(true);
      removals.end();
    }
  });

  it('loses no file between the look at it and the row that names it', async () => {
    const folder = join(folderWith(), 'objects');
    const disk = diskObjects(folder);
    const bytes = Buffer.from('shared');
    await putBlobs(disk, [bytes]);
    const name = storedBlobName(digestOf(bytes));
    old(objectPath(folder, name));
    const removals = disk.startRemovals();
    let swept = false;
    // The sweep comes right after the upload has compared the stored bytes.
    const get: typeof disk.get = async (given) => {
      const found = await disk.get(given);
      if (!swept) {
        swept = true;
        expect(removals.remove(given)).toBe(true);
      }
      return found;
    };
    await putBlobs({ ...disk, get }, [bytes]);
    expect(existsSync(objectPath(folder, name))).toBe(true);
    expect(removals.remove(name)).toBe(false);
    // A sweep that is over removes nothing, either.
    removals.end();
    expect(removals.remove(storedBlobName(digestOf('x')))).toBe(false);
  });

  it('makes a sweep look at no file that is no blob', async () => {
    const folder = folderWith({ 'stored/sha256/notes.txt': 'mine', 'stored/sha256/aa': 'x' });
    writeFileSync(join(folder, 'stored', 'sha256', `${'a'.repeat(64)}.part`), 'x');
    const removals = diskObjects(folder).startRemovals();
    const { signal } = new AbortController();
    const began = Date.now() + 30 * dayMs;
    expect(await sweepOrphans(world.registry, { folder, removals, began, signal, isBehind })).toBe(
      0,
    );
    expect(readdirSync(join(folder, 'stored', 'sha256'))).toHaveLength(3);
  });
});
