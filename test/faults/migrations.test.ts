import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRegistry } from '../../registry/serve.ts';
import { signedIn } from '../registry/desk-visit.ts';
import { makeSkill, type Send } from '../registry/road.ts';
import type { Act } from './acts.ts';
import { earlierFolder } from './earlier-folder.ts';
import { type FullRegistry, makeFullRegistry, releaseOne } from './full-registry.ts';
import { storageOf } from './served-site.ts';
import { Checker } from './whole.ts';

const newest = globSync('registry/migrations/*.sql').length;
// The first two migrations came together.
const earlier = Array.from({ length: newest - 2 }, (_, at) => at + 2);
/** Queues that are empty when their work is done. */
const emptied = ['package_backlog', 'open_doubts'];

describe('a full registry of an earlier release', () => {
  let full: FullRegistry;
  beforeAll(async () => {
    full = await makeFullRegistry();
  });
  afterAll(() => full.world.close());

  it('has rows in every table', () => {
    const count = (what: string): number =>
      (full.client.prepare(`SELECT count(*) AS rows FROM ${what}`).get() as { rows: number }).rows;
    const tables = full.client
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all() as { readonly name: string }[];
    expect(tables.map(({ name }) => name).filter((name) => count(`"${name}"`) === 0)).toEqual(
      emptied,
    );
    // Each entry was signed by itself, before requests shared a batch, and without the map.
    expect(count("log WHERE laterInBatch = 0 AND note NOT LIKE '%map %'")).toBe(count('log'));
  });

  it.each(earlier)('with %i migrations serves everything, and goes on', async (count) => {
    const dir = await earlierFolder(full, count);
    onTestFinished(() => rm(dir, { recursive: true }));
    const said: string[] = [];
    const running = await startRegistry({ dir, port: 0, log: (line) => said.push(line) });
    onTestFinished(() => running.close());
    const send: Send = (path, init) =>
      fetch(`${running.base}${path}`, { redirect: 'manual', ...init });
    const checker = new Checker(
      { trust: full.trust, sender: () => send, ...storageOf(dir) },
      new Set(revokedIn(full.acts)),
    );
    expect(await checker.check(full.acts)).toEqual([]);

    const { staff, waiting } = full;
    const reviewer = await signedIn(send, staff.reviewer.token);
    const queue = await reviewer.get('');
    expect([queue.status, queue.html]).toEqual([200, expect.stringContaining('@acme/kept')]);
    const { name, version } = waiting.manifest;
    expect(await reviewer.get(`/${name}/${version}`)).toMatchObject({
      status: 200,
      html: expect.stringContaining('Count the words.'),
    });

    const acts: Act[] = [];
    const take = async (act: Act): Promise<void> => {
      expect(await act.send(send)).toMatchObject({ status: expect.toSatisfy(isTaken) });
      acts.push(act);
    };
    await releaseOne({ send, staff, take }, makeSkill('@acme/later', '1.0.0'));
    expect(await checker.check(acts)).toEqual([]);
    expect(said).toEqual([]);
  });
});

const isTaken = (status: number): boolean => status < 300;

function revokedIn(acts: readonly Act[]): string[] {
  return acts.filter(({ kind }) => kind === 'revoke').map(({ about }) => about);
}
