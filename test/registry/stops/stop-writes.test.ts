import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { moveSome, publisherVersionsAtOnce } from '../../../registry/stops/pending-stops.ts';
import { predicateTypeNumber } from '../../../registry/store/columns/predicate-type-column.ts';
import { audit, versions } from '../../../registry/store/schema.ts';
import {
  predicateTypes,
  type RevocationPredicate,
  revocationStatement,
} from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { makeSkill, publishApproved, state } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { ownWorld } from '../world.ts';

const many = 10 * publisherVersionsAtOnce + 5;

it('a publisher of very many versions is stopped by small batches, each version with its own move', async () => {
  const world = await ownWorld();
  const { author, registry, rita, send } = world;
  const skill = makeSkill('@acme/one', '1.0.0');
  await publishApproved(world, skill);
  const count = sql`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${many})`;
  await registry.db.batch([
    (db) =>
      db.run(
        sql`${count} INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, versionId, createdAt, bundle) SELECT 10000 + i, predicateType, CAST(i AS BLOB), signer, envelope, 100000 + i, createdAt, CAST('b' || i AS BLOB) FROM c, statements WHERE predicateType = ${predicateTypeNumber(predicateTypes.publish)}`,
      ),
    (db) =>
      db.run(
        sql`${count} INSERT INTO versions (id, name, version, bundle, status, move, publisher, verdict, report, createdAt, logIndex, bytes) SELECT 100000 + i, name, '1.1.' || i, unhex(printf('%064d', i)), status, move, publisher, verdict, report, createdAt, 1000 + i, 0 FROM c, versions`,
      ),
  ]);
  const sizes: number[] = [];
  const { db } = registry;
  const counted: typeof db = {
    ...db,
    batch: async (writes) => {
      sizes.push(writes.length);
      await db.batch(writes);
    },
  };
  Object.assign(registry, { db: counted });
  const say = async (kind: RevocationPredicate['kind']) => {
    const target = { publisher: author.keyId };
    const said = { registry: registryIdOf(registry.root), kind, target, reason: `it is ${kind}` };
    const statement = revocationStatement({ ...said, nonce: freshNonce() });
    await expectAnswer(state(send, statement, rita), 201);
    while (await moveSome(registry));
  };
  for (const [kind, status] of [
    ['suspended', 'suspended'],
    ['lifted', 'approved'],
    ['revoked', 'revoked'],
  ] as const) {
    await say(kind);
    const rows = await db.read.select().from(versions);
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set([status]));
    const moves = (await db.read.select().from(audit)).filter(
      ({ to, why }) => to === status && why === `it is ${kind}`,
    );
    expect(moves).toHaveLength(many + 1);
    const moved = new Map(moves.map((move) => [move.versionId, move]));
    expect(rows.every(({ id, move }) => moved.get(id)?.move === move)).toBe(true);
    expect(moves.every(({ by, kind: sort }) => by === 'rita' && sort === 'move')).toBe(true);
  }
  expect(Math.max(...sizes)).toBeLessThan(20);
});
