/** The map of names while several processes of one registry read and write it at once. */

import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeExclusive, type Registry } from '../../../registry/context.ts';
import { readNameProofsFile } from '../../../registry/index/name-proofs.ts';
import { currentStatus } from '../../../registry/index/status-json.ts';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { newestCheckpoint } from '../../../registry/log/log.ts';
import { mapEntriesKept } from '../../../registry/log/map-nodes.ts';
import { append } from '../../../registry/log/sequencer.ts';
import type { Db } from '../../../registry/store/batch.ts';
import { parseCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import {
  parseNameProofsFile,
  provesName,
} from '../../../skills-index/trust/index-files/name-proofs.ts';
import { makeKey } from '../people.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { expectProblem } from '../steps.ts';
import { eachWorld } from '../world.ts';
import { rootOfWholeLog } from './whole-map.ts';

const world = eachWorld();
let claims = 0;

/** A read that waits for `turn` before it reaches the database, and again afterwards. */
function waiting<Query extends object>(query: Query, turn: () => Promise<unknown>): Query {
  return new Proxy(query, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      if (key === 'then')
        return (...handlers: Parameters<Promise<unknown>['then']>) =>
          turn()
            .then(() => new Promise((yes, no) => value.call(target, yes, no)))
            .then(async (rows) => {
              await turn();
              return rows;
            })
            .then(...handlers);
      return (...inputs: unknown[]) => {
        const made: unknown = value.apply(target, inputs);
        const isQuery = typeof made === 'object' && made !== null;
        return isQuery && ('from' in made || 'then' in made) ? waiting(made, turn) : made;
      };
    },
  });
}

/** Another process over the same database, whose every read lets others go first. */
function process(turn: () => Promise<unknown>): Registry {
  const { registry } = world;
  const read = waiting(registry.db.read as Db & object, turn);
  const batch: Registry['db']['batch'] = async (writes) => {
    await turn();
    await registry.db.batch(writes);
  };
  return {
    ...registry,
    db: { read, batch },
    identities: {},
    waiting: [],
    unsettled: new Set(),
    exclusive: makeExclusive(),
  };
}

async function claimOf(): Promise<NewStatement> {
  const key = makeKey();
  const statement = scopeStatement({ scope: parseScope(`scope-${claims++}`), owners: [key.open] });
  const signer = { keyId: key.keyId, spki: key.publicKey };
  return { statement, envelope: await signStatement(statement, key), signer };
}

async function claim(registry: Registry): Promise<void> {
  await append(registry, { statements: [await claimOf()], writes: () => [] });
}

/** Grows the log, shows the new head, and grows again: nodes that only older heads need go. */
async function moveOn(): Promise<void> {
  await claim(world.registry);
  await currentStatus(world.registry);
  await claim(world.registry);
}

/** Lets the log move on at the n-th wait of a process, and only then. */
function onceAt(nth: number): {
  readonly turn: () => Promise<void>;
  readonly isReached: () => boolean;
} {
  let turns = 0;
  return {
    turn: async () => {
      if (turns++ === nth) await moveOn();
    },
    isReached: () => turns > nth,
  };
}

async function shownMap(): Promise<string> {
  const head = await newestCheckpoint(world.registry);
  return Buffer.from(parseCheckpoint(head?.note ?? '').map ?? []).toString('base64');
}

async function release(): Promise<void> {
  const skill = makeSkill('@acme/raced', '1.0.0');
  await publishApproved(world, skill);
}

describe('the map while another process moves the log on', () => {
  it('takes a statement, wherever between its reads the others write', async () => {
    await moveOn();
    for (let nth = 0; ; nth++) {
      const { turn, isReached } = onceAt(nth);
      await claim(process(turn));
      expect(await shownMap(), `at wait ${nth}`).toBe(await rootOfWholeLog(world.registry));
      if (!isReached()) break;
    }
  });

  it('proves the names of a version, wherever between the reads the map changes', async () => {
    await release();
    await moveOn();
    const [name, version] = [parseSkillName('@acme/raced'), parseVersion('1.0.0')];
    for (let nth = 0; ; nth++) {
      const { turn, isReached } = onceAt(nth);
      const file = await readNameProofsFile(process(turn), name, version);
      expect(
        parseNameProofsFile(file ?? Buffer.alloc(0)).names.size,
        `at wait ${nth}`,
      ).toBeGreaterThan(5);
      if (!isReached()) break;
    }
  });

  it('proves the names at each head that is not much older, and else at the shown head', async () => {
    await release();
    const [name, version] = [parseSkillName('@acme/raced'), parseVersion('1.0.0')];
    const maps = new Map<number, string>();
    const note = async (): Promise<number> => {
      await currentStatus(world.registry);
      const head = parseCheckpoint((await newestCheckpoint(world.registry))?.note ?? '');
      maps.set(head.size, Buffer.from(head.map ?? []).toString('base64'));
      return head.size;
    };
    const mapAt = async (size?: number): Promise<string> => {
      const file = await readNameProofsFile(world.registry, name, version, size);
      const { map, names } = parseNameProofsFile(file ?? Buffer.alloc(0));
      expect([...names].every(([one, proof]) => provesName(map, one, proof))).toBe(true);
      return Buffer.from(map).toString('base64');
    };
    const first = await note();
    for (let nth = 0; nth < 5; nth++) {
      await claim(world.registry);
      await note();
    }
    for (const [size, map] of maps) expect(await mapAt(size), `size ${size}`).toBe(map);
    const statements = await Promise.all(Array.from({ length: mapEntriesKept }, claimOf));
    await append(world.registry, { statements, writes: () => [] });
    const shown = maps.get(await note());
    await claim(world.registry);
    expect(await mapAt()).toBe(shown);
    expect(await mapAt(first)).toBe(shown);
    const [{ n: older } = { n: -1 }] = world.registry.db.read.all<{ n: number }>(
      sql.raw(`SELECT COUNT(*) AS n FROM map_nodes WHERE path = '' AND size <= ${first + 5}`),
    ) as { n: number }[];
    // Of the nodes that no kept head needs, the next change deletes all but the newest.
    expect(older).toBe(1);
    // No batch of the log ended there, so no head has this size.
    expect(await mapAt(first + 7)).toBe(shown);
    expect(await mapAt(1_000_000)).toBe(shown);
  });

  it('still says that rows are damaged that somebody edited', async () => {
    await release();
    world.registry.db.read.run(
      sql.raw(
        // All nodes: by chance all names may lie below one half of the map.
        `UPDATE map_nodes SET node = '${Buffer.alloc(32, 7).toString('base64')}'`,
      ),
    );
    const [name, version] = [parseSkillName('@acme/raced'), parseVersion('1.0.0')];
    const reading = readNameProofsFile(
      process(async () => undefined),
      name,
      version,
    );
    await expectProblem(reading, 'database-damaged');
  });
});
