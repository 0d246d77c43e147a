import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  frameHeaderBytes,
  pagesAfter,
  parseWalHeader,
  walHeaderBytes,
  wholeCommits,
} from '../../../registry/backup/wal-format.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

/** A write-ahead log that SQLite wrote: three commits, the second of several pages. */
function logOfSqlite(): Buffer {
  const path = join(folderWith(), 'db.sqlite');
  const client = new BetterSqlite3(path);
  onTestFinished(() => void client.close());
  client.pragma('journal_mode = WAL');
  client.exec('CREATE TABLE t (a)');
  client.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(20_000));
  client.prepare('INSERT INTO t VALUES (?)').run('y');
  return readFileSync(`${path}-wal`);
}

describe('the write-ahead log of SQLite', () => {
  it('is read up to its last commit, with the checksums that SQLite wrote', () => {
    const bytes = logOfSqlite();
    const header = parseWalHeader(bytes);
    if (header === undefined) throw new Error('no header');
    const frames = bytes.subarray(walHeaderBytes);
    const frameBytes = frameHeaderBytes + header.pageBytes;
    const all = wholeCommits(header, frames, header.sum);
    expect(all.frames).toBe(frames.length / frameBytes);
    // From the middle, with the checksum there.
    const ends = Array.from({ length: all.frames }, (_, at) => at).filter(
      (at) => pagesAfter(frames.subarray(at * frameBytes)) !== 0,
    );
    expect(ends.length).toBeGreaterThanOrEqual(3);
    const second = (ends[1] ?? 0) + 1;
    const before = wholeCommits(header, frames.subarray(0, second * frameBytes), header.sum);
    expect(before.frames).toBe(second);
    expect(wholeCommits(header, frames.subarray(second * frameBytes), before.sum)).toEqual({
      frames: all.frames - second,
      sum: all.sum,
    });
  });

  it.each<[string, (bytes: Buffer, frameBytes: number) => Buffer]>([
    ['is cut in a page', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['is cut between the pages of one commit', (bytes, frame) => bytes.subarray(0, frame * 4)],
    ['has another bit in a page', (bytes, frame) => flip(bytes, frame * 3 + 100)],
    ['has another bit in a checksum', (bytes, frame) => flip(bytes, frame * 3 + 17)],
    ['has a frame of an earlier log', (bytes, frame) => flip(bytes, frame * 3 + 9)],
  ])('counts up to the whole commit before, when it %s', (_, damage) => {
    const bytes = logOfSqlite();
    const header = parseWalHeader(bytes);
    if (header === undefined) throw new Error('no header');
    const frameBytes = frameHeaderBytes + header.pageBytes;
    const frames = Buffer.from(bytes.subarray(walHeaderBytes));
    const whole = wholeCommits(header, frames, header.sum);
    const found = wholeCommits(header, damage(frames, frameBytes), header.sum);
    expect(found.frames).toBeLessThan(whole.frames);
    expect(found.frames).toBeGreaterThan(0);
    expect(pagesAfter(frames.subarray((found.frames - 1) * frameBytes))).toBeGreaterThan(0);
  });

  it('has no header where the bytes are others', () => {
    const bytes = logOfSqlite();
    expect(parseWalHeader(bytes.subarray(0, 31))).toBeUndefined();
    for (const at of [0, 9, 17, 25]) expect(parseWalHeader(flip(bytes, at))).toBeUndefined();
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}
