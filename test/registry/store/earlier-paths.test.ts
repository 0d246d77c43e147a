import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { makeObjectCopier } from '../../../registry/backup/copy-objects.ts';
import { restoreObjects } from '../../../registry/backup/restored-objects.ts';
import { diskObjects } from '../../../registry/store/disk/disk-objects.ts';
import { objectPath } from '../../../registry/store/disk/object-paths.ts';
import { publicBlobName, storedBlobName } from '../../../registry/store/objects.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const texts = Array.from({ length: 300 }, (_, at) => `blob ${at}`);
const nameOf = (text: string): string => storedBlobName(digestOf(text));
const open = new AbortController().signal;
/** Ends a walk after some steps. */
function after(steps: number): AbortSignal {
  let left = steps;
  return Object.defineProperty(new AbortController().signal, 'aborted', {
    get: () => left-- <= 0,
  });
}

/** A folder of objects as earlier releases left it. */
function earlierFolder(): string {
  const folder = join(folderWith(), 'objects');
  for (const text of texts) write(join(folder, nameOf(text)), text);
  write(join(folder, publicBlobName(digestOf('public'))), 'public');
  return folder;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const flatIn = (folder: string): string[] =>
  globSync(`stored/sha256/${'?'.repeat(64)}`, { cwd: folder });
const movedIn = (folder: string): string[] =>
  globSync(`stored/sha256/??/${'?'.repeat(64)}`, { cwd: folder });

describe('stored blobs at the paths of earlier releases', () => {
  it('are read before, while and after they are moved, in steps that may be cut off', async () => {
    const folder = earlierFolder();
    const objects = diskObjects(folder);
    const allThere = async (): Promise<void> => {
      for (const text of texts) {
        expect(Buffer.from((await objects.get(nameOf(text))) ?? '').toString()).toBe(text);
        expect(await objects.has(nameOf(text))).toBe(true);
      }
      expect(await objects.has(nameOf('no blob'))).toBe(false);
    };
    await allThere();
    expect(await objects.moveEarlier(after(100))).toBe(100);
    expect([flatIn(folder).length, movedIn(folder).length]).toEqual([200, 100]);
    await allThere();
    let isDone = false;
    const reading = (async () => {
      while (!isDone) await allThere();
    })();
    expect(await objects.moveEarlier(open)).toBe(200);
    isDone = true;
    await reading;
    await allThere();
    expect([flatIn(folder).length, movedIn(folder).length]).toEqual([0, texts.length]);
    expect(await diskObjects(folder).moveEarlier(open)).toBe(0);
    const name = publicBlobName(digestOf('public'));
    expect(globSync(name, { cwd: folder })).toEqual([name]);
  });

  it('give way to a copy that was written since', async () => {
    const folder = earlierFolder();
    const objects = diskObjects(folder);
    const [text = ''] = texts;
    write(join(folder, nameOf(text)), 'damaged');
    await objects.put(nameOf(text), Buffer.from(text));
    for (let turn = 0; turn < 2; turn++) {
      expect(Buffer.from((await objects.get(nameOf(text))) ?? '').toString()).toBe(text);
      await objects.moveEarlier(open);
    }
    expect(flatIn(folder)).toEqual([]);
  });

  it('are removed at both paths', async () => {
    const folder = earlierFolder();
    const objects = diskObjects(folder);
    const [text = ''] = texts;
    write(objectPath(folder, nameOf(text)), text);
    expect(objects.startRemovals().remove(nameOf(text))).toBe(true);
    expect(await objects.has(nameOf(text))).toBe(false);
  });

  it('go into a backup and out of it, whatever paths each has', async () => {
    const folder = earlierFolder();
    const backup = earlierFolder();
    const say = vi.fn();
    const later = nameOf('later');
    write(join(folder, later), 'later');
    await makeObjectCopier(dirname(folder), backup, say).copyAll(open);
    expect([flatIn(backup).length, movedIn(backup).length]).toEqual([0, texts.length + 1]);
    await diskObjects(folder).moveEarlier(open);
    await makeObjectCopier(dirname(folder), backup, say).copyAll(open);
    expect(movedIn(backup)).toHaveLength(texts.length + 1);
    expect(say).not.toHaveBeenCalled();
    for (const from of [backup, earlierFolder()]) {
      const to = join(folderWith(), 'objects');
      const { count, damaged } = await restoreObjects(from, to, say);
      expect([count, damaged]).toEqual([from === backup ? 302 : 301, []]);
      expect(flatIn(to)).toEqual([]);
    }
  });
});
