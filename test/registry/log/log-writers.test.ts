import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeExclusive, type Registry } from '../../../registry/context.ts';
import { finishLogged } from '../../../registry/log/after-logging.ts';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { finishStatements } from '../../../registry/log/finish-statements.ts';
import { newestCheckpoint } from '../../../registry/log/log.ts';
import { append } from '../../../registry/log/sequencer.ts';
import { loadKeys } from '../../../registry/log/signing.ts';
import type { Database } from '../../../registry/store/batch.ts';
import { requireBlob } from '../../../registry/store/blobs.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { log, statements } from '../../../registry/store/schema.ts';
import { type OpenDatabase, openSqlite } from '../../../registry/store/sqlite.ts';
import { verifyCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../../skills-index/log/compact-range.ts';
import { leafHash } from '../../../skills-index/log/merkle-tree.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { makeKey, makeRoot } from '../people.ts';
import { rowsOf } from '../steps.ts';
import { memoryObjects } from '../world.ts';

/** When a process dies: at its n-th write, before it reached the disk or right after. */
interface Death {
  readonly write: number;
  readonly after: boolean;
}

class Dead extends Error {}

const trust = makeRoot();
const pool: NewStatement[] = [];
beforeAll(async () => {
  for (let i = 0; i < 24; i++) {
    const key = makeKey();
    const statement = scopeStatement({ scope: parseScope(`scope-${i}`), owners: [key.open] });
    const signer = { keyId: key.keyId, spki: key.publicKey };
    pool.push({ statement, envelope: await signStatement(statement, key), signer });
  }
});

/**
 * What several processes share: a database file, objects, and the log's key, whose every signature
 * is remembered.
 */
class Site {
  readonly path = join(folderWith(), 'registry.sqlite');
  readonly stored = new Map<string, Uint8Array>();
  readonly signed: string[] = [];
  readonly #open: OpenDatabase[] = [];

  /** A process over it; `turn` lets others go first before each write. */
  async process(turn: () => Promise<unknown>, death?: Death): Promise<Registry> {
    const db = openSqlite(this.path);
    this.#open.push(db);
    let writes = 0;
    let dead = false;
    const write = async (act: () => Promise<void>) => {
      await turn();
      if (dead) throw new Dead();
      const last = writes++ === death?.write;
      if (last && !death.after) dead = true;
      else await act();
      if (!last) return;
      dead = true;
      throw new Dead();
    };
    const keys = await loadKeys(trust.texts);
    const objects = memoryObjects(this.stored);
    const database: Database = { read: db.read, batch: (list) => write(() => db.batch(list)) };
    return {
      db: database,
      objects: { ...objects, putAll: (all) => write(() => objects.putAll(all)) },
      keys: {
        ...keys,
        log: {
          publicKey: keys.log.publicKey,
          sign: async (bytes) => {
            await turn();
            if (dead) throw new Dead();
            this.signed.push(Buffer.from(bytes).toString('utf8'));
            return keys.log.sign(bytes);
          },
        },
      },
      root: trust.root,
      policy: defaultPolicy,
      config: { base: 'http://localhost', hosts: ['localhost'] },
      identities: {},
      unsettled: new Set(),
      waiting: [],
      now: () => new Date('2026-03-01T12:00:00Z'),
      random: (count) => randomBytes(count),
      exclusive: makeExclusive(),
    };
  }

  /** The checkpoints that anybody but the signing process could see. */
  released(rows: readonly (typeof log.$inferSelect)[]): string[] {
    const notes = rows.flatMap(({ note }) => note ?? []);
    const inBundles = [...this.stored.values()].map((bytes): string => {
      const { tlogEntries } = JSON.parse(Buffer.from(bytes).toString('utf8')).verificationMaterial;
      return tlogEntries[0].inclusionProof.checkpoint.envelope;
    });
    return [...notes, ...inBundles];
  }

  close(): void {
    for (const db of this.#open.splice(0)) db.close();
  }
}

/** Logs statements, as many at once as requests may come; what was answered is certain. */
async function work(
  registry: Registry,
  list: readonly NewStatement[],
  answered: number[],
  atOnce = 1,
): Promise<void> {
  for (let from = 0; from < list.length; from += atOnce) {
    const group = list.slice(from, from + atOnce).map(async (one) => {
      const appended = await append(registry, { statements: [one], writes: () => [] });
      const [done] = await finishLogged(registry, appended);
      answered.push(done?.logIndex ?? -1);
    });
    await Promise.all((await Promise.allSettled(group)).map(answerOf));
  }
}

function answerOf(result: PromiseSettledResult<void>): void {
  if (result.status === 'rejected') throw result.reason;
}

const orDead = (error: unknown) => {
  const cause = error instanceof Problem ? error.cause : error;
  if (!(cause instanceof Dead)) throw error;
};

describe.each([
  { about: 'identities', versionId: undefined },
  { about: 'versions', versionId: '7' },
])('registries over one database, with statements about $about', ({ versionId }) => {
  let site: Site;
  afterEach(() => site.close());
  const statementsFrom = (from: number, until: number): readonly NewStatement[] =>
    pool.slice(from, until).map((one) => ({ ...one, ...(versionId && { versionId }) }));

  /** Two trees of one size, or a tree that the committed entries do not make, would be here. */
  async function check(answered: readonly number[]): Promise<void> {
    const registry = await site.process(async () => undefined);
    await finishStatements(registry);
    const rows = (await rowsOf({ registry }, log)).sort((a, b) => a.index - b.index);
    const roots = new Map<number, string>();
    let range: CompactRange = emptyRange;
    for (const row of rows) {
      range = appendLeaf(range, leafHash(Buffer.from(row.body)));
      roots.set(range.size, Buffer.from(rangeRoot(range)).toString('base64'));
    }
    // The checkpoint of a batch that nobody committed stays in the memory of its process.
    for (const body of versionId === undefined ? site.signed : site.released(rows)) {
      const [, size, root] = body.split('\n');
      expect(
        roots.get(Number(size)),
        `a tree of size ${size} that is not in the log was signed`,
      ).toBe(root);
    }
    expect(rows.map((row) => row.index)).toEqual(rows.map((_, at) => at));
    // The last entry of each batch has the checkpoint that vouches for all of them.
    expect(rows.every((row) => row.note !== null || row.laterInBatch > 0)).toBe(true);
    const head = await newestCheckpoint(registry);
    const own = { origin: 'localhost', key: registry.keys.log.publicKey };
    if (head !== undefined)
      expect(verifyCheckpoint(head.note, own)).toMatchObject({ size: rows.length });
    const told = await rowsOf({ registry }, statements);
    for (const index of answered) expect(told.map((row) => row.logIndex)).toContain(index);
    for (const { bundle } of told) {
      if (bundle === null) throw new Error('a statement has no address');
      const bytes =
        versionId === undefined
          ? (site.stored.get(storedBlobName(bundle)) ?? Buffer.alloc(0))
          : await requireBlob(registry, bundle);
      verifyStatement(JSON.parse(Buffer.from(bytes).toString('utf8')), { root: trust.root });
    }
  }

  it('sign no two trees of one size, and lose nothing that they answered', async () => {
    site = new Site();
    const answered: number[] = [];
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const one = await site.process(turn);
    const two = await site.process(turn);
    await Promise.all([
      work(one, statementsFrom(0, 12), answered, 4),
      work(two, statementsFrom(12, 24), answered, 3),
    ]);
    expect(answered.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, at) => at));
    await check(answered);
  });

  it('sign none in whatever order their writes come, and wherever either of them dies', async () => {
    const death = fc.option(fc.record({ write: fc.nat(14), after: fc.boolean() }), {
      nil: undefined,
    });
    const run = fc.record({
      one: death,
      two: death,
      atOnce: fc.integer({ min: 1, max: 4 }),
      scheduler: fc.scheduler(),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ one, two, atOnce, scheduler }) => {
        site = new Site();
        const answered: number[] = [];
        const turn = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
        const first = await site.process(turn, one);
        const second = await site.process(turn, two);
        const both = Promise.all([
          work(first, statementsFrom(0, 4), answered, atOnce).catch(orDead),
          work(second, statementsFrom(4, 8), answered).catch(orDead),
        ]);
        await scheduler.waitFor(both);
        // Who died starts again, takes up what was cut off and goes on.
        const third = await site.process(async () => undefined);
        await finishStatements(third);
        await work(third, statementsFrom(8, 10), answered);
        await check(answered);
        site.close();
      }),
      { numRuns: 25 },
    );
  });
});
