import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { describe, expect, it } from 'vitest';
import { renewSkills } from '../../registry/catalogue/renew-skills.ts';
import { findSkills } from '../../registry/catalogue/search/find-skills.ts';
import {
  findSkill,
  noneHidden,
  skillsByName,
  skillsByShortName,
  skillsByTime,
} from '../../registry/catalogue/visible-skills.ts';
import { readIndexFile } from '../../registry/index/index-file.ts';
import { readLines, readLinesAt, unwrittenLines } from '../../registry/index/index-rows.ts';
import { resume, resumeSome } from '../../registry/index/resume.ts';
import { makeSegment } from '../../registry/log/segments/keep-segments.ts';
import { deliverSome } from '../../registry/notices/deliver.ts';
import { renewQueue } from '../../registry/review/queue/renew-queue.ts';
import { judgeByPackageReports } from '../../registry/scans/package-reports.ts';
import { metricsText, RequestCounts } from '../../registry/serving/metrics.ts';
import { followStops } from '../../registry/stops/pending-stops.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { adviceStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import { incidentPolicyOf, makeHost } from './contract/incidents.ts';
import { walkContract } from './contract/walk.ts';
import { failWrite } from './failing-write.ts';
import { makeKey } from './people.ts';
import { recordStatements, whatIsWrong } from './query-plans.ts';
import { call, claimScope, makeSkill, publishScanned, state } from './road.ts';
import { approveIn, callAs, deskOf, expectAnswer, stopIn } from './steps.ts';
import { makeStaffedWorld, makeWorld } from './world.ts';

function migrated(): BetterSqlite3.Database {
  const client = new BetterSqlite3(':memory:');
  migrate(drizzle(client), { migrationsFolder: 'registry/migrations' });
  return client;
}

describe('the plan of a statement', () => {
  it.each([
    ['reads all versions', 'select * from "versions" where "verdict" = ?', /^SCAN versions/],
    [
      'sorts what waits',
      `select * from "versions" where "status" in ('in review', 'quarantined') order by "logIndex" limit 5`,
      /TEMP B-TREE/,
    ],
    [
      'reads all rows of a full-text index',
      'select rowid from "skill_words" order by rowid desc limit 9',
      /^SCAN skill_words/,
    ],
    [
      'has more parameters than D1 takes',
      `select * from "versions" where "id" in (${Array(101).fill('?')})`,
      /^too many SQL variables$/,
    ],
  ])('is refused where it %s', (_, text, expected) => {
    expect(whatIsWrong(migrated(), text)).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    [
      'reads the rows of a full-text index that match',
      'select rowid from "skill_words" where "skill_words" match ? order by rank limit 9',
    ],
  ])('is fine where it %s', (_, text) => {
    expect(whatIsWrong(migrated(), text)).toEqual([]);
  });
});

describe('a registry', () => {
  it('reads no growing table whole, from the first claim to the desk and the next start', async () => {
    const { seen, stop } = recordStatements();
    try {
      const first = await makeWorld();
      // The walk judges as an installer does, by the clock of this machine.
      first.wait(Date.now() - first.registry.now().getTime());
      const host = makeHost();
      const incidents = JSON.parse(incidentPolicyOf(host));
      Object.assign(first.registry, { incidents });
      await walkContract({
        send: first.send,
        trust: first.trust,
        host,
        copies: 10,
        finish: async (left) => {
          first.registry.db.read.run(sql.raw(left.sql));
          first.stored.delete(left.object);
          await resume(first.registry, () => undefined);
        },
      });
      while (await makeSegment(first.registry, 3));
      await resume(first.registry, () => undefined);
      first.close();
      const world = await makeStaffedWorld();
      const { send, tokens } = world;
      const recipient = {
        label: 'a test',
        address: 'a test',
        atOnce: 1,
        send: async () => undefined,
      };
      Object.assign(world.registry, { notices: { recipients: [recipient], say: () => undefined } });
      const skill = makeSkill('@acme/seen', '1.0.0');
      await publishScanned(world, skill, { verdict: 'review' });
      while (await makeSegment(world.registry, 1));
      const rita = await deskOf(world, 'rita');
      for (const path of [
        '',
        '?after=2.0.x',
        '?before=102.9.x',
        '/@acme/seen/1.0.0',
        '/@acme/seen/1.0.0/approve',
        '/passkeys',
        '/notices.atom',
        '/operations',
      ])
        await rita.get(path);
      for (const path of [
        'versions/@acme/seen',
        'versions/@acme/seen?after=0',
        'reviews',
        'reviews?after=2.0.x',
        'reviews/@acme/seen/1.0.0',
        'members',
        `keys/${world.author.keyId}`,
      ])
        expect((await callAs(world, 'rita', `/api/v1/${path}`)).status).toBeLessThan(500);
      for (const path of [
        '/index/status.json',
        '/index/notices.atom',
        '/log/checkpoint',
        '/log/tile/0/000.p/3',
        '/log/tile/entries/000.p/3',
        '/readyz',
      ])
        expect((await send(path)).status, path).toBe(200);
      const noDisk = { diskFree: async () => 0, isReady: async () => true };
      const noTls = { certificateExpires: () => undefined };
      const requests = new RequestCounts();
      await metricsText({ registry: world.registry, requests, ...noDisk, ...noTls });
      await expectAnswer(
        callAs(world, 'scanner', '/api/v1/jobs/lease', { ruleSet: digestOf('r') }),
        200,
      );
      await expectAnswer(claimScope(send, 'later', makeKey()), 201);
      const about = { token: tokens.rita, json: { reason: 'a test' } };
      for (const action of ['ask', 'claim'])
        await expectAnswer(call(send, `/api/v1/reviews/@acme/seen/1.0.0/${action}`, about), 200);
      await approveIn(world, skill);
      for (const kind of ['yanked', 'deprecated', 'unyanked'] as const) {
        const { name, version } = skill.manifest;
        const advice = { name, version, kind, reason: 'a test', nonce: freshNonce() };
        await expectAnswer(state(send, adviceStatement(advice), world.author), 201);
      }
      for (const path of ['/index/@acme/seen', '/api/v1/versions/@acme/seen/1.0.0'])
        await expectAnswer(send(path), 200);
      const { name } = skill.manifest;
      await unwrittenLines(world.registry, name, 1_000);
      const [line] = await readLines(world.registry, name, { from: 0, limit: 1 });
      expect(await readLinesAt(world.registry, [line?.logIndex ?? 0])).toEqual([line]);
      const target = { publisher: world.author.keyId };
      for (const kind of ['suspended', 'lifted', 'revoked'] as const) {
        // The next slice is of no process: it is due while everybody reads.
        const storage = failWrite(world.registry, 3, { forGood: true });
        expect((await stopIn(world, kind, target)).status).toBeLessThan(504);
        storage.mend();
        world.errors.length = 0;
        for (const path of [
          '/index/@acme/seen',
          '/api/v1/versions/@acme/seen/1.0.0',
          `/api/v1/keys/${world.author.keyId}`,
          '/api/v1/scopes/acme/versions',
        ])
          await expectAnswer(send(path), 200);
        await rita.get('');
        const { known: _, ...ofWorker } = world.registry;
        expect(await readIndexFile(ofWorker, skill.manifest.name)).toBeDefined();
        await followStops(world.registry);
        await renewSkills(world.registry);
      }
      const place = { name: skill.manifest.name, offeredSince: 1 };
      await findSkill(world.registry, place.name);
      await skillsByName(world.registry, {});
      await skillsByName(world.registry, { after: place.name, scope: scopeOf(place.name) });
      for (const hidden of [noneHidden, { scopes: [scopeOf(place.name)], only: false }]) {
        await skillsByTime(world.registry, { hidden });
        await skillsByTime(world.registry, { after: place, hidden });
        await skillsByShortName(world.registry, 'a', { hidden, limit: 10 });
      }
      for (const query of ['words', 'werds', 'words&without=network', 'words&scopes=acme'])
        await expectAnswer(send(`/api/v1/search?q=${query}`), 200);
      const hidden = { scopes: [scopeOf(place.name)], only: true };
      await findSkills(world.registry, { query: 'words werds', hidden });
      // The cron trigger of a Worker.
      for (const _ of [1, 2]) {
        await resumeSome(world.registry, () => undefined);
        await judgeByPackageReports(world.registry);
        await renewQueue(world.registry);
        await deliverSome(world.registry);
        world.wait(60_000);
      }
      expect(world.errors).toEqual([]);
      world.close();
    } finally {
      stop();
    }
    expect(seen.size).toBeGreaterThan(100);
    expect([...seen].filter(([, wrong]) => wrong.length > 0)).toEqual([]);
  });
});
