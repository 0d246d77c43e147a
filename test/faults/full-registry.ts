/**
 * A registry whose tables all have rows, with the statements that an earlier release could log.
 * Each row comes from a request. Only rows that nobody signs, and that need a browser or a witness,
 * are written by hand.
 */
import type BetterSqlite3 from 'better-sqlite3';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { adviceStatement } from '../../skills-index/statement/attestation.ts';
import { digestOfRuleSet } from '../../skills-index/statement/rule-set.ts';
import { freshNonce } from '../nonce.ts';
import { linkOf } from '../registry/desk-visit.ts';
import { leasedPackage, look, packagedSkill, vulnerability } from '../registry/packaged-skill.ts';
import type { TestRoot } from '../registry/people.ts';
import { call, makeSkill, registryIdAt, type Send, type Skill, state } from '../registry/road.ts';
import { makeWorld, type World } from '../registry/world.ts';
import { type Act, claim, publication, revocation } from './acts.ts';
import { enterStaff, recordTaken, releaseOne, type Staff, scanOne } from './walk.ts';

export interface FullRegistry {
  readonly world: World;
  readonly trust: TestRoot;
  readonly client: BetterSqlite3.Database;
  readonly staff: Staff;
  /** Everything that was acknowledged. */
  readonly acts: readonly Act[];
  /** In review, with sentences and a sketch. */
  readonly waiting: Skill;
}

/**
 * Numbers of migrations since which the log has something that it cannot be rid of: the map of
 * names, and advice.
 */
export const logChanges = { map: 20, advice: 21 } as const;

/**
 * A release without the map signs its heads without the map. The registry signs a batch from memory at
 * first, and from its committed rows when that fails. So the database forgets the map of each
 * entry, and refuses a head that has it.
 */
const logWithoutMap = [
  'DROP TRIGGER log_map',
  'DROP TRIGGER log_no_update',
  `CREATE TRIGGER entry_without_map AFTER INSERT ON log WHEN NEW.map IS NOT NULL BEGIN
    INSERT INTO map_filled (id, upTo, size, root) VALUES (1, '~', NEW."index" + 1, NEW.map)
      ON CONFLICT (id) DO UPDATE SET size = excluded.size, root = excluded.root;
    UPDATE log SET map = NULL WHERE "index" = NEW."index"; END`,
  `CREATE TRIGGER head_without_map BEFORE UPDATE OF note ON log
    WHEN NEW.note LIKE '%' || char(10) || 'map %' BEGIN SELECT RAISE(ABORT, 'no map'); END`,
];

/** Rows that nobody signs. */
const unsigned = [
  `INSERT INTO challenge (id, purpose, member, expiresAt) VALUES ('c', 'enrol', 'rita', 1)`,
  `INSERT INTO pending_passkey VALUES ('p', 'rita', 'key', 'localhost', 'http://localhost', 1)`,
  `INSERT INTO passkey_counters VALUES ('p', 7)`,
  `INSERT INTO mailbox ("id", "to", host, network, enrolled, expiresAt, message)
    VALUES ('m', 'sha256:to', 'sha256:host', '127.0.0.1', 0, 1, 'sealed')`,
  `INSERT INTO cosignatures (size, name, seconds, line) VALUES (1, 'witness', 1, 'line')`,
  `INSERT INTO tuf_sets VALUES (1, 1, 's', 'c', 's', 'c', 'o', 's', 't')`,
];

/** @param count the number of migrations that the release had */
export async function makeFullRegistry(count: number): Promise<FullRegistry> {
  const world = await makeWorld();
  const { send, trust, registry } = world;
  world.wait(Date.now() - registry.now().getTime());
  const client = clientOf(world);
  if (count < logChanges.map) for (const one of logWithoutMap) client.exec(one);
  const staff = await enterStaff(send, trust);
  const acts: Act[] = [];
  const take = recordTaken(send, acts);
  const id = await registryIdAt(send);
  await take(await claim(id, 'acme', staff.author));
  await take(await claim(id, 'other'));
  const waiting = skillOf('1.1.0');
  const walk = { send, staff, take };
  await releaseOne(walk, skillOf('1.0.0'));
  const stopped = await releaseOne(walk, makeSkill('@acme/stopped', '1.0.0'));
  await take(await revocation(id, stopped, staff.reviewer.key));
  await releaseOne(walk, packagedSkill('@acme/packed', '1.0.0', ['left-pad@1.3.0']));
  await scanOne(walk, waiting);
  if (count >= logChanges.advice) {
    const { name, version } = skillOf('1.0.0').manifest;
    const kind = 'deprecated';
    const advice = { name, version, kind, reason: 'use 1.1.0', nonce: freshNonce() } as const;
    await state(send, adviceStatement(advice), staff.author);
  }
  const rules = { extractor: digestOf('e'), judging: digestOf('j'), rules: [] };
  const posts: readonly (readonly [string, string, object])[] = [
    [`/api/v1/reviews/@acme/kept/1.1.0/claim`, staff.reviewer.token, {}],
    [`/api/v1/reviews/@acme/kept/1.1.0/ask`, staff.reviewer.token, { reason: 'why' }],
    ['/api/v1/jobs/rule-set', staff.scanner.token, { digest: digestOfRuleSet(rules), ...rules }],
  ];
  for (const [path, token, json] of posts) await call(send, path, { token, json });
  const { scanner } = staff;
  const leased = await leasedPackage(send, scanner.token);
  await look(send, scanner.token, { id: leased?.id, advisories: [vulnerability] });
  await take(await publication(makeSkill('@acme/unread', '1.0.0'), staff.author));
  await failScan(send, scanner.token);
  await linkOf(send, staff.reviewer.token);
  await send('/index/status.json');
  for (const one of unsigned) client.exec(one);
  return { world, trust, client, staff, acts, waiting };
}

/** Fails the waiting job until the registry gives up. */
async function failScan(send: Send, token: string): Promise<void> {
  for (;;) {
    const { job } = (await call(send, '/api/v1/jobs/lease', { token, json: {} })).body;
    if (job === null) return;
    const json = { lease: job.lease, reason: 'crash', detail: 'a parser' };
    await call(send, `/api/v1/jobs/${job.id}/fail`, { token, json });
  }
}

/** Long enough for a sketch. */
const notes = Array.from({ length: 300 }, (_, at) => `word${at}`).join(' ');
const skillOf = (version: string): Skill =>
  makeSkill('@acme/kept', version, { files: { 'notes.md': `${notes} ${version}\n` } });

function clientOf({ registry }: World): BetterSqlite3.Database {
  const { read } = registry.db as unknown as { read: { $client: BetterSqlite3.Database } };
  return read.$client;
}
