import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startRegistry } from '../../registry/serve.ts';
import { emptyMapRoot } from '../../skills-index/log/map-tree.ts';
import { signedIn } from '../registry/desk-visit.ts';
import { makeSkill, type Send } from '../registry/road.ts';
import type { Act } from './acts.ts';
import { earlierFolder } from './earlier-folder.ts';
import {
  type ForgetMap,
  type FullRegistry,
  logChanges,
  makeFullRegistry,
} from './full-registry.ts';
import { storageOf } from './served-site.ts';
import { recordTaken, releaseOne } from './walk.ts';
import { Checker } from './whole.ts';

// A release without the map signed its heads without the map.
const log = vi.hoisted((): { forgetMap: ForgetMap | undefined } => ({ forgetMap: undefined }));
vi.mock(import('../../registry/log/plan-append.ts'), async (load) => {
  const actual = await load();
  return {
    ...actual,
    withMap: (rows, map) => {
      const planned = actual.withMap(rows, map);
      const last = planned.at(-1)?.entry;
      if (log.forgetMap === undefined || typeof last?.map !== 'string') return planned;
      // The trial of a statement stands at no place of the log.
      if (map !== emptyMapRoot) log.forgetMap({ size: last.index + 1, root: last.map });
      return [...rows];
    },
  };
});

/** The number of migrations since which a registry keeps signatures of texts. */
const signatures = 4;
const newest = globSync('registry/migrations/*.sql').length;
// The first two migrations came together.
const earlier = Array.from({ length: newest - 2 }, (_, at) => at + 2);
/** What migrations, and the start after them, make of older rows: a new registry writes the same. */
const made = [
  'SELECT name, version, status, logIndex FROM versions ORDER BY id',
  'SELECT versionId, name, publisher, logIndex, approvals FROM waiting ORDER BY versionId',
  'SELECT lines, waiting, quarantined FROM guard',
  'SELECT name, logIndex FROM identity_names ORDER BY name, logIndex',
  'SELECT logIndex, versionId, name, line FROM index_lines ORDER BY logIndex',
  'SELECT size, root FROM map_filled',
  'SELECT versionId, published, modified FROM advisories',
  'SELECT owner, bytes, waiting FROM stored_bytes ORDER BY owner',
  'SELECT hex(digest), scope, versionId FROM version_blobs ORDER BY digest, versionId',
];
/**
 * Queues that are empty when their work is done, the work of an upgrade, mails to nobody, uploads
 * of clients without keys, archives and packages that nobody asked for, and whole signatures. The
 * log is shorter than one segment.
 */
const emptied = [
  'package_backlog',
  'open_doubts',
  'map_filled',
  'notice_places',
  'log_segments',
  'moving_log',
  'ended_versions',
  'removed_blobs',
  'pending_stops',
  'changed_skills',
  'archives',
  'moving_statements',
  'observation_jobs',
  'plugin_packages',
  'upload_files',
  'uploads',
  'skill_places',
  'skill_vectors',
  'similarity',
  'similarity_bands',
];

describe('a full registry of an earlier release', () => {
  const known = new Map<number, FullRegistry>();
  afterAll(() => {
    for (const { world } of known.values()) world.close();
  });
  /** Releases with the same log share one. */
  async function fullOf(count: number): Promise<FullRegistry> {
    const kind = Object.values(logChanges).filter((since) => since <= count).length;
    const full =
      known.get(kind) ??
      (await makeFullRegistry(count, (forgetMap) => {
        log.forgetMap = forgetMap;
      }));
    known.set(kind, full);
    return full;
  }

  it('has rows in every table', async () => {
    const full = await fullOf(newest);
    const count = (what: string): number =>
      (full.client.prepare(`SELECT count(*) AS rows FROM ${what}`).get() as { rows: number }).rows;
    const tables = full.client
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all() as { readonly name: string }[];
    const empty = tables.map(({ name }) => name).filter((name) => count(`"${name}"`) === 0);
    expect(empty.sort()).toEqual(emptied.toSorted());
  });

  it('signed each entry by itself, and without the map', async () => {
    const { client } = await fullOf(2);
    const query =
      "SELECT count(*) - sum(laterInBatch = 0 AND note NOT LIKE '%map %') AS n FROM log";
    expect(client.prepare(query).get()).toEqual({ n: 0 });
  });

  it.each(earlier)('with %i migrations serves everything, and goes on', async (count) => {
    const full = await fullOf(count);
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

    const { rows } = storageOf(dir);
    for (const query of made) expect(await rows(query), query).toEqual(rowsOf(full, query));

    const { staff, waiting } = full;
    const reviewer = await signedIn(send, staff.reviewer.token);
    const queue = await reviewer.get('');
    expect([queue.status, queue.html]).toEqual([200, expect.stringContaining('@acme/kept')]);
    const { name, version } = waiting.manifest;
    expect(await reviewer.get(`/${name}/${version}`)).toMatchObject({
      status: 200,
      html: expect.stringContaining('Count the words.'),
    });

    const sketched = 'SELECT versionId, hex(sketch) FROM sketches ORDER BY versionId';
    const sketches = count < signatures ? [] : rowsOf(full, sketched);
    const timeout = 10_000;
    await vi.waitFor(async () => expect(await rows(sketched)).toEqual(sketches), { timeout });

    const acts: Act[] = [];
    const take = recordTaken(send, acts);
    await releaseOne({ send, staff, take }, makeSkill('@acme/later', '1.0.0'));
    expect(await checker.check(acts)).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^Upgrading the database/)]);
  });
});

const rowsOf = ({ client }: FullRegistry, query: string): unknown[] => client.prepare(query).all();

function revokedIn(acts: readonly Act[]): string[] {
  return acts.filter(({ kind }) => kind === 'revoke').map(({ about }) => about);
}
