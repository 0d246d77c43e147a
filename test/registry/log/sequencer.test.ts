import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeExclusive, type Registry } from '../../../registry/context.ts';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { logSize } from '../../../registry/log/log.ts';
import { append, appendInTurn } from '../../../registry/log/sequencer.ts';
import { holds } from '../../../registry/store/batch.ts';
import { requireBlob } from '../../../registry/store/blobs.ts';
import { log } from '../../../registry/store/schema.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey } from '../people.ts';
import { makeSkill, publish } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

let world: Staffed;
beforeEach(async () => {
  world = await makeStaffedWorld();
});
afterEach(() => world.close());

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
    expect(done.flatMap(({ indexes }) => indexes)).toEqual(all.map((_, at) => before + at));
    // The first may go alone, before the others are ready.
    expect((await noted(registry)) - notes).toBeLessThan(4);
    for (const [at, { logged }] of done.entries()) {
      const bytes = await requireBlob(registry, logged?.[0]?.digest ?? ('' as never));
      const read = verifyStatement(JSON.parse(Buffer.from(bytes).toString('utf8')), {
        root: trust.root,
      });
      expect(read).toMatchObject({ logIndex: before + at, signer: signers[at] });
    }
  });

  it('are all taken, when sixty publish at once', async () => {
    const names = Array.from({ length: 60 }, (_, at) => makeSkill(`@acme/many-${at}`, '1.0.0'));
    const answers = await Promise.all(
      names.map((skill) => publish(world.send, skill, world.author)),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const indexes = answers.map(({ body }) => body.statements[0].logIndex);
    expect(new Set(indexes).size).toBe(60);
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
