import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeExclusive, type Registry } from '../../../registry/context.ts';
import { finishLogged } from '../../../registry/log/after-logging.ts';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { logSize } from '../../../registry/log/log.ts';
import { append, appendInTurn } from '../../../registry/log/sequencer.ts';
import { holds } from '../../../registry/store/batch.ts';
import { requireBlob } from '../../../registry/store/blobs.ts';
import { log } from '../../../registry/store/schema.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { provenanceStatement } from '../../../skills-index/statement/version-statement.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey } from '../people.ts';
import { aboutOf, makeSkill } from '../road.ts';
import { eachWorld } from '../world.ts';

const world = eachWorld();

let made = 0;
const newStatement = async (): Promise<NewStatement> => {
  const key = makeKey();
  const statement = scopeStatement({ scope: parseScope(`scope-${made++}`), owners: [key.open] });
  return {
    statement,
    envelope: await signStatement(statement, key),
    signer: { keyId: key.keyId, spki: key.publicKey },
  };
};
const nothing = (): [] => [];
const noted = async ({ db }: Registry): Promise<number> =>
  (await db.read.select().from(log)).filter(({ note }) => note !== null).length;

const pause = () => sleep(20);

/** Another process over the same database. */
const otherProcess = (registry: Registry): Registry => ({
  ...registry,
  exclusive: makeExclusive(),
  waiting: [],
});

describe('requests that append at the same time', () => {
  it('share one checkpoint, and each statement verifies by it', async () => {
    const { registry, trust } = world;
    const before = await logSize(registry);
    const notes = await noted(registry);
    const all = await Promise.all(Array.from({ length: 30 }, newStatement));
    const signers = all.map(({ signer }) => ('keyId' in signer ? signer.keyId : signer.signer));
    const done = await Promise.all(
      all.map((one) => append(registry, { statements: [one], writes: nothing })),
    );
    const indexes = done.flatMap((one) => one.indexes);
    expect(indexes.toSorted((a, b) => a - b)).toEqual(all.map((_, at) => before + at));
    // The first may go alone, before the others are ready.
    expect((await noted(registry)) - notes).toBeLessThan(4);
    for (const [at, { logged }] of done.entries()) {
      const bytes = await requireBlob(registry, logged?.[0]?.digest ?? ('' as never));
      const read = verifyStatement(JSON.parse(Buffer.from(bytes).toString('utf8')), {
        root: trust.root,
      });
      expect(read).toMatchObject({ logIndex: indexes[at], signer: signers[at] });
    }
  });

  it('with large statements let others go on between them', async () => {
    const { registry, author } = world;
    const about = aboutOf(makeSkill('@acme/large', '1.0.0'));
    const all = await Promise.all(
      Array.from({ length: 20 }, async (_, at): Promise<NewStatement> => {
        const statement = provenanceStatement(about, {
          buildDefinition: { at, text: 'x'.repeat(600_000) },
        });
        const envelope = await signStatement(statement, author);
        return { statement, envelope, signer: { keyId: author.keyId, spki: author.publicKey } };
      }),
    );
    // Processor time of this thread, since other work on the machine takes the rest.
    const now = (): number => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1_000;
    };
    const began = now();
    let last = began;
    let longest = 0;
    let isOver = false;
    const tick = () => {
      longest = Math.max(longest, now() - last);
      last = now();
      if (!isOver) setImmediate(tick);
    };
    setImmediate(tick);
    await Promise.all(all.map((one) => append(registry, { statements: [one], writes: nothing })));
    isOver = true;
    longest = Math.max(longest, now() - last);
    expect(longest).toBeLessThan((now() - began) / 5);
  });

  it('share no batch that is too large', async () => {
    const { registry, author } = world;
    const about = aboutOf(makeSkill('@acme/large', '1.0.0'));
    const large = async (_: unknown, at: number): Promise<NewStatement> => {
      const statement = provenanceStatement(about, {
        buildDefinition: { at, text: 'x'.repeat(220_000) },
      });
      return {
        statement,
        envelope: await signStatement(statement, author),
        signer: { keyId: author.keyId, spki: author.publicKey },
      };
    };
    const all = await Promise.all(Array.from({ length: 9 }, large));
    // Another request has the turn until all wait.
    let giveBack = (): void => undefined;
    const turn = registry.exclusive('log', () => new Promise<void>((end) => (giveBack = end)));
    const done = all.map((one) => append(registry, { statements: [one], writes: nothing }));
    await expect.poll(() => registry.waiting?.length).toBe(all.length);
    giveBack();
    await Promise.all([turn, ...done]);
    const rows = await registry.db.read.select({ later: log.laterInBatch }).from(log);
    // Three of 290 KB each fit into one batch.
    expect(Math.max(...rows.map(({ later }) => later))).toBe(2);
  });

  it.each([
    ['a guard that does not hold', () => [holds(sql`1 = 0`)], /clashed on guard/],
    [
      'a write that fails',
      () => [
        () => {
          throw new Error('no such table');
        },
      ],
      /no such table/,
    ],
  ])('are not rejected for one among them with %s', async (_, writes, why) => {
    const { registry } = world;
    const before = await logSize(registry);
    const [one, bad, two] = await Promise.all([newStatement(), newStatement(), newStatement()]);
    const results = await Promise.allSettled([
      append(registry, { statements: [one], writes: nothing }),
      append(registry, { statements: [bad], writes }),
      append(registry, { statements: [two], writes: nothing }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(String((results[1] as PromiseRejectedResult).reason)).toMatch(why);
    expect(await logSize(registry)).toBe(before + 2);
  });
});

describe('a failure of a joined batch', () => {
  it('costs the other requests few batches, when one request causes it', async () => {
    const { registry } = world;
    let batches = 0;
    const counting: Registry = {
      ...registry,
      db: {
        ...registry.db,
        batch: async (writes) => {
          batches++;
          await registry.db.batch(writes);
        },
      },
    };
    const all = await Promise.all(Array.from({ length: 40 }, newStatement));
    const results = await Promise.allSettled(
      all.map((one, at) =>
        append(counting, {
          statements: [one],
          writes: at === 20 ? () => [holds(sql`1 = 0`)] : nothing,
        }),
      ),
    );
    expect(results.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([20]);
    // Each request alone would take eighty.
    expect(batches).toBeLessThan(35);
  });

  it('is met once, when the whole log is the cause', async () => {
    const { registry } = world;
    let compared = 0;
    const behind: Registry = {
      ...registry,
      compareOwnHead: async () => {
        compared++;
        await pause();
        return { file: 'status.json', size: 9_000, here: 9 };
      },
    };
    const all = await Promise.all(Array.from({ length: 20 }, newStatement));
    const results = await Promise.allSettled(
      all.map((one) => append(behind, { statements: [one], writes: nothing })),
    );
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'log-behind' } });
    expect(compared).toBeLessThan(6);
  });

  it('of the files afterwards lets each request write its own file again', async () => {
    const { registry } = world;
    let written = 0;
    let fails = true;
    const failing: Registry = {
      ...registry,
      objects: {
        ...registry.objects,
        putAll: async (all) => {
          if (fails) throw new Error('ENOSPC');
          written += all.size;
          await pause();
          await registry.objects.putAll(all);
        },
      },
    };
    const all = await Promise.all(Array.from({ length: 30 }, newStatement));
    const done = await Promise.all(
      all.map((one) => append(failing, { statements: [one], writes: nothing })),
    );
    expect(done.map(({ logged }) => logged)).toEqual(all.map(() => undefined));
    fails = false;
    const logged = (await Promise.all(done.map((one) => finishLogged(failing, one)))).flat();
    for (const { digest } of logged) await requireBlob(registry, digest);
    expect(written).toBe(30);
  });
});

describe('a decision in turn', () => {
  it('sees what the request before it appended', async () => {
    const { registry } = world;
    const sizes: number[] = [];
    const decide = async () => {
      sizes.push(await logSize(registry));
      return { statements: [await newStatement()], writes: nothing };
    };
    const before = await logSize(registry);
    await Promise.all([1, 2, 3].map(() => appendInTurn(registry, decide)));
    expect(sizes).toEqual([before, before + 1, before + 2]);
  });

  it('is made again when another process appends between the decision and the write', async () => {
    const { registry } = world;
    const other = otherProcess(registry);
    const seen: number[] = [];
    const { indexes } = await appendInTurn(registry, async () => {
      const size = await logSize(registry);
      if (seen.push(size) === 1)
        await append(other, { statements: [await newStatement()], writes: nothing });
      return { statements: [await newStatement()], writes: nothing };
    });
    expect(seen).toHaveLength(2);
    expect(indexes).toEqual([seen[1]]);
  });
});
