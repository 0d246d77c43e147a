/**
 * Rows by which statements are found, in the hands of somebody who edits the database: what they
 * add means nothing, and what they take away comes back or stops the registry.
 */

import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { checkNames, checkSomeNames } from '../../../registry/people/check-names.ts';
import { latest, readMembers } from '../../../registry/people/identities.ts';
import { predicateTypeNumber } from '../../../registry/store/columns/predicate-type-column.ts';
import { identityNames } from '../../../registry/store/identity-schema.ts';
import { statements } from '../../../registry/store/schema.ts';
import { keyStatement, predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, state } from '../road.ts';
import { callAs, expectAnswer, publishIn, rowsOf } from '../steps.ts';
import { eachWorld } from '../world.ts';

const world = eachWorld();
const mallory = makeKey();

/** What a registry knows that is started again. */
const restart = () => void Object.assign(world.registry, { identities: {} });
const edit = (text: string): unknown => world.registry.db.read.run(sql.raw(text));
const unlock = () => {
  for (const trigger of [
    'identity_names_no_update',
    'identity_names_no_delete',
    'statements_no_update',
    'statements_no_delete',
    'statements_named',
    'statements_bundle_once',
  ])
    edit(`DROP TRIGGER ${trigger}`);
};
/** Ends the author's key from the start of the log; its log index. */
const endAuthor = async (): Promise<number> => {
  const end = keyStatement({ key: world.author.open, state: 'ended' });
  const { status, body } = await state(world, end, world.author);
  expect(status).toBe(201);
  return body.logIndex;
};
/** Whether an object is the bundle of a statement of a type. */
const isOf = async (type: string, name: string): Promise<boolean> => {
  const rows = await world.registry.db.read
    .select({ bundle: statements.bundle })
    .from(statements)
    .where(eq(statements.predicateType, type));
  return rows.some(({ bundle }) => bundle !== null && name.endsWith(bundle.slice(7)));
};
const publishAs = (version: string, key = world.author) =>
  publishIn(world, makeSkill('@acme/hidden', version), key);

describe('rows that somebody adds', () => {
  it('give nobody a scope, a key or an end', async () => {
    await claimScope(world, 'theirs', mallory);
    const rows = await rowsOf(world, statements);
    const claim = rows.at(-1)?.logIndex ?? -1;
    for (const name of ['@acme', `in ${world.author.keyId}`, world.author.keyId, world.rita.keyId])
      edit(`INSERT OR IGNORE INTO identity_names VALUES ('${name}', ${claim})`);
    restart();
    await expectAnswer(publishAs('1.0.0', mallory), 403);
    await expectAnswer(publishAs('1.0.0'), 201);
    const { body } = await callAs(world, 'author', '/api/v1/whoami');
    expect(body.scopes).toEqual(['acme']);
    const reviews = await callAs(world, 'rita', '/api/v1/reviews');
    expect(reviews.status).toBe(200);
  });

  it('cannot be changed or deleted through the registry’s own connection', () => {
    expect(() => edit('DELETE FROM identity_names')).toThrow();
    expect(() => edit(`UPDATE identity_names SET name = '@other'`)).toThrow();
  });

  it('of a statement without a name are not written', () => {
    const columns = '"logIndex", "predicateType", payload, signer, envelope, "createdAt"';
    const type = predicateTypeNumber(predicateTypes.key);
    const insert = (at: number): unknown =>
      edit(`INSERT INTO statements (${columns}) VALUES (${at}, ${type}, x'70', x'73', '{}', 1)`);
    expect(() => insert(1_000)).toThrow();
    edit(`INSERT INTO identity_names VALUES ('x', 1000)`);
    insert(1_000);
  });
});

describe('rows that somebody takes away', () => {
  it('come back from the statement, and what it ended is ended again', async () => {
    const end = await endAuthor();
    unlock();
    edit(`DELETE FROM identity_names WHERE logIndex = ${end}`);
    restart();
    // So the test tests what it says: without the check, the key publishes.
    await expectAnswer(publishAs('1.0.0'), 201);
    const said: string[] = [];
    await checkNames(world.registry, new AbortController().signal, (line) => said.push(line));
    expect(said).toEqual([expect.stringContaining(`log index ${end} `)]);
    await expectAnswer(publishAs('1.0.1'), 403);
  });

  it.each([
    ['envelope', 'no JSON'],
    ['material', '{}'],
  ])('come back although the %s of an earlier statement is %s', async (column, text) => {
    await claimScope(world, 'theirs', mallory);
    const known = keyStatement({ key: mallory.open, state: 'enrolled' });
    const { status, body } = await state(world, known, mallory);
    expect(status).toBe(201);
    const end = await endAuthor();
    unlock();
    edit(`UPDATE statements SET ${column} = '${text}' WHERE logIndex = ${body.logIndex}`);
    for (const check of [
      (say: (line: string) => void) =>
        checkNames(world.registry, new AbortController().signal, say),
      (say: (line: string) => void) => checkSomeNames(world.registry, say),
    ]) {
      edit(`DELETE FROM identity_names WHERE logIndex = ${end}`);
      restart();
      const said: string[] = [];
      await check((line) => said.push(line));
      expect(said).toContainEqual(expect.stringContaining(`statement at log index ${end} from`));
      await expectAnswer(publishAs('1.0.1'), 403);
    }
  });

  it('come back for a request that was reading the members meanwhile, too', async () => {
    const { rita, trust, registry } = world;
    const known = keyStatement({ key: rita.open, state: 'enrolled' });
    await expectAnswer(state(world, known, rita), 201);
    const end = keyStatement({ key: rita.open, state: 'ended' });
    const { body } = await state(world, end, trust.administrator);
    // Otherwise the restored name is the last, and that alone would make everybody read again.
    await claimScope(world, 'later', mallory);
    unlock();
    edit(`DELETE FROM identity_names WHERE logIndex = ${body.logIndex}`);
    restart();
    const isReviewer = async (): Promise<boolean> =>
      (await readMembers(registry)).chain.isMember(rita.keyId, 'reviewer', latest);
    const check = () => checkNames(registry, new AbortController().signal, () => undefined);
    const { objects } = registry;
    let isChecked = false;
    // The check restores the name while the first request reads what rita's key said before.
    const get: typeof objects.get = async (name) => {
      if (!isChecked && (await isOf(known.predicateType, name))) {
        isChecked = true;
        await check();
      }
      return objects.get(name);
    };
    Object.assign(registry, { objects: { ...objects, get } });
    expect(await isReviewer()).toBe(true);
    expect([isChecked, await isReviewer()]).toEqual([true, false]);
  });

  it('come back in steps where no process lives long', async () => {
    const end = await endAuthor();
    const { db } = world.registry;
    const whole = await db.read.select().from(identityNames);
    unlock();
    edit(`DELETE FROM identity_names`);
    restart();
    const said: string[] = [];
    await checkSomeNames(world.registry, (line) => said.push(line));
    expect(said.some((line) => line.includes(`log index ${end} `))).toBe(true);
    expect(await db.read.select().from(identityNames)).toEqual(whole);
    await expectAnswer(publishAs('1.0.1'), 403);
    said.length = 0;
    await checkSomeNames(world.registry, (line) => said.push(line));
    expect(said).toEqual([]);
  });

  it.each([
    ['deleted', (at: number) => `DELETE FROM statements WHERE logIndex = ${at}`],
    [
      'pointed to another statement',
      (at: number) =>
        `UPDATE statements SET bundle = (SELECT bundle FROM statements WHERE logIndex = 0) WHERE logIndex = ${at}`,
    ],
  ])(
    'stop what they are about when the statement itself is %s, and nobody else',
    async (_, text) => {
      await claimScope(world, 'other', mallory);
      const end = await endAuthor();
      unlock();
      edit('DROP INDEX statements_bundle');
      edit(text(end));
      restart();
      await expectAnswer(publishAs('1.0.0'), 503, 'database-damaged');
      const other = await publishIn(world, makeSkill('@other/lives', '1.0.0'), mallory);
      expect(other.status).toBe(201);
    },
  );
});
