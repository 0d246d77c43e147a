import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeSetBytesMax,
  waitingBytesMax,
  whyOverShare,
  whyTooLarge,
  writeShareOwner,
} from '../../../runner/mounts/changes-share.ts';
import { changedPathsMax } from '../../../runner/mounts/views.ts';
import { type ChangeSet, changesFolderOf } from '../../../skills-index/run/changes/changes.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

let data: string;
beforeEach(() => {
  data = fs.mkdtempSync(join(tmpdir(), 'skillgate-test-'));
});
afterEach(() => fs.rmSync(data, { recursive: true, force: true }));

const own = { agent: 'ines', skill: '@acme/fill' };
const waits = (run: string, owner: typeof own | undefined, bytes: number): void => {
  const folder = changesFolderOf(data, run);
  fs.mkdirSync(folder, { recursive: true });
  if (owner !== undefined) writeShareOwner(data, run, owner);
  fs.writeFileSync(join(folder, 'blob'), '');
  // A file with holes: it costs nothing here either.
  fs.truncateSync(join(folder, 'blob'), bytes);
};

describe('room for changes that wait', () => {
  const full = waitingBytesMax - 1_000_000;
  it.each([
    ['nothing else waits', undefined, 0, undefined],
    ['another agent waits with much', { ...own, agent: 'other' }, full, undefined],
    ['another skill waits with much', { ...own, skill: '@acme/other' }, full, undefined],
    ['a set of an earlier version waits', undefined, full, undefined],
    ['earlier runs of the same two wait with much', own, full, 'at most 1024 MiB may wait'],
  ])('is each agent’s own for each skill: %s', (_, owner, bytes, why) => {
    if (bytes > 0) waits('first', owner, bytes);
    waits('second', undefined, 2_000_000);
    const said = whyOverShare(data, 'second', own, 0);
    expect(said === undefined ? undefined : said).toEqual(
      why === undefined ? undefined : expect.stringContaining(why),
    );
  });

  it('is refused, without an error, while a change set of this host is damaged', () => {
    fs.mkdirSync(join(changesFolderOf(data, 'damaged'), 'room'), { recursive: true });
    expect(whyOverShare(data, 'second', own, 0)).toMatch(/cannot be counted.*EISDIR/);
  });

  it('is counted while another process removes a change set', () => {
    fs.mkdirSync(join(data, 'changes'), { recursive: true });
    fs.writeFileSync(changesFolderOf(data, 'removed'), '');
    expect(whyOverShare(data, 'second', own, 0)).toBeUndefined();
  });

  it('is taken by empty files, too', () => {
    const folder = changesFolderOf(data, 'first');
    waits('first', own, full);
    for (let index = 0; index < 300; index++) fs.writeFileSync(join(folder, `empty${index}`), '');
    waits('second', undefined, 0);
    expect(whyOverShare(data, 'second', own, 0)).toContain('skillgate changes show');
  });
});

describe('a set that could not be read again', () => {
  const folder = {
    source: 'workspace:a',
    target: '/a',
    path: '/srv/a',
    id: '1:2',
    mode: 'cow' as const,
    refused: [],
    conflicts: [],
  };
  const set = (paths: number): ChangeSet => ({
    schema: 'skillgate.changes/2',
    run: 'x',
    agent: 'ines',
    skill: '@acme/a',
    version: '1.0.0',
    plan: digestOf(''),
    at: '',
    folders: [
      { ...folder, changes: Array.from({ length: paths }, (_, index) => ({ path: `${index}` })) },
    ],
  });
  it.each([
    ['few paths', 10, 1_000, undefined],
    ['as many paths as a run may change', changedPathsMax, 1_000, undefined],
    [
      'more paths, of all its folders',
      changedPathsMax + 1,
      1_000,
      `more than ${changedPathsMax} paths`,
    ],
    ['names of too many bytes', 10, changeSetBytesMax + 1, 'shorter names'],
  ])('is refused before it comes into being: %s', (_, paths, bytes, why) => {
    const said = whyTooLarge(set(paths), ' '.repeat(bytes));
    expect(said).toEqual(why === undefined ? undefined : expect.stringContaining(why));
  });
});
