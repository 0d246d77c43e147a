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
 * What a log without the map has in place of the map of each batch: the root that the next batch
 * begins with. `planned` is the map that the present release would sign.
 */
export type ForgetMap = (planned: { readonly size: number; readonly root: string }) => void;

const mapOfNextBatch = `INSERT INTO map_filled (id, upTo, size, root) VALUES (1, '~', ?, ?)
  ON CONFLICT (id) DO UPDATE SET size = excluded.size, root = excluded.root`;

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

/**
 * @param count the number of migrations that the release had
 * @param withoutMap has each batch signed without the map, as a release without the map did
 */
export async function makeFullRegistry(
  count: number,
  withoutMap: (forget: ForgetMap | undefined) => void,
): Promise<FullRegistry> {
  const world = await makeWorld();
  const { send, trust, registry } = world;
  world.wait(Date.now() - registry.now().getTime());
  const client = clientOf(world);
  if (count < logChanges.map) {
    client.exec('DROP TRIGGER log_map');
    withoutMap(({ size, root }) => client.prepare(mapOfNextBatch).run(size, root));
  }
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
  withoutMap(undefined);
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
