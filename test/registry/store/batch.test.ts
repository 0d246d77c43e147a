import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExclusive } from '../../../registry/context.ts';
import { BatchClash, holds, retryOnClash } from '../../../registry/store/batch.ts';
import { tickets } from '../../../registry/store/session-schema.ts';
import { type OpenDatabase, openSqlite } from '../../../registry/store/sqlite.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { expectProblem } from '../steps.ts';

describe('a batch', () => {
  let db: OpenDatabase;
  beforeAll(() => {
    db = openSqlite(':memory:');
  });
  afterAll(() => db.close());
  const ticket = (name: string) => ({
    id: digestOf(name),
    kind: 'link' as const,
    subject: name,
    expiresAt: 1,
  });
  const subjects = async (): Promise<string[]> =>
    (await db.read.select().from(tickets)).map((row) => row.subject).sort();

  it('writes all or nothing, and says on which column it clashed', async () => {
    await db.batch([(on) => on.insert(tickets).values(ticket('a'))]);
    const both = db.batch([
      (on) => on.insert(tickets).values(ticket('b')),
      (on) => on.insert(tickets).values(ticket('a')),
    ]);
    await expect(both).rejects.toMatchObject({ name: 'BatchClash', on: 'tickets.id' });
    expect(await subjects()).toEqual(['a']);
  });

  it('writes nothing when its guard does not hold', async () => {
    const guarded = (subject: string, name: string) =>
      db.batch([
        holds(sql`EXISTS (SELECT 1 FROM ${tickets} WHERE ${tickets.subject} = ${subject})`),
        (on) => on.insert(tickets).values(ticket(name)),
      ]);
    await expect(guarded('nobody', 'c')).rejects.toMatchObject({ on: 'guard' });
    await guarded('a', 'd');
    expect(await subjects()).toEqual(['a', 'd']);
    await db.batch([(on) => on.delete(tickets).where(eq(tickets.subject, 'd'))]);
  });

  it('is tried again on a clash, but not for ever', async () => {
    let tries = 0;
    const third = retryOnClash(async () => {
      tries += 1;
      if (tries < 3) throw new BatchClash('log.index', undefined);
      return tries;
    });
    expect(await third).toBe(3);
    const never = retryOnClash(() => Promise.reject(new BatchClash('log.index', undefined)));
    await expectProblem(never, 'registry-busy');
  });
});

describe('tasks of one name', () => {
  it('run one after the other, also after one that failed; those of other names do not wait', async () => {
    const exclusive = makeExclusive();
    const order: string[] = [];
    const task =
      (name: string, ms: number, fails = false) =>
      async () => {
        order.push(`${name} begins`);
        await sleep(ms);
        order.push(`${name} ends`);
        if (fails) throw new Error(name);
      };
    const first = exclusive('x', task('first', 10, true)).catch(() => undefined);
    await Promise.all([first, exclusive('x', task('second', 0)), exclusive('y', task('other', 0))]);
    expect(order.indexOf('second begins')).toBeGreaterThan(order.indexOf('first ends'));
    expect(order.indexOf('other ends')).toBeLessThan(order.indexOf('first ends'));
  });
});
