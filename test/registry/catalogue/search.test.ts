import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { nameWords, skills } from '../../../registry/catalogue/plugin-packages.ts';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import {
  nearWords,
  queryWords,
  rankSkills,
} from '../../../registry/catalogue/search/rank-skills.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, type SkillName } from '../../../skills-index/skill/name.ts';
import { call, claimScope, makeSkill, publishApproved, type Skill } from '../road.ts';
import { expectAnswer, stopIn } from '../steps.ts';
import { eachWorld } from '../world.ts';

const readers = {
  schema: 'skillgate.readers/1' as const,
  private: [parseScope('hidden')],
  readers: [{ name: 'agents', token: digestOf('r'.repeat(43)), scopes: [parseScope('hidden')] }],
};

const world = eachWorld({ readers });

async function release(name: string): Promise<Skill> {
  const skill = makeSkill(name, '1.0.0');
  await publishApproved(world, skill);
  while (await renewSkills(world.registry));
  return skill;
}

async function describeAs(name: string, description: string, egress: readonly string[] = []) {
  const capabilities = { env: [], secret: [], egress, mount: [], exec: [] };
  const set = sql`description = ${description}, capabilities = ${JSON.stringify(capabilities)}`;
  await world.registry.db.read.run(sql`UPDATE ${skills} SET ${set} WHERE name = ${name}`);
}

async function search(query: string, token?: string) {
  const path = `/api/v1/search?${query}`;
  return call(world, path, token === undefined ? {} : { token });
}

async function names(query: string, token?: string): Promise<string[]> {
  const { body } = await search(query, token);
  return body.results.map(({ name }: { name: string }) => name);
}

describe('a search', () => {
  it('answers in the form of ClawHub, with what the skill needs', async () => {
    const skill = await release('@acme/invoice-reader');
    await describeAs('@acme/invoice-reader', 'Reads invoices.', ['https://a.example/']);
    expect((await search('q=read+my+invoice')).body).toEqual({
      results: [
        {
          slug: 'invoice-reader',
          displayName: 'invoice-reader',
          summary: 'Reads invoices.',
          version: '1.0.0',
          score: 1,
          updatedAt: expect.any(Number),
          ownerHandle: 'acme',
          source: 'clawhub',
          owner: { handle: 'acme' },
          name: '@acme/invoice-reader',
          bundle: skill.packed.digest,
          needs: ['network'],
        },
      ],
      facets: {
        total: 1,
        needs: { network: 1, secrets: 0, environment: 0, files: 0, programs: 0, packages: 0 },
      },
      corrected: {},
    });
  });

  it('filters by what a skill must not need, and pages', async () => {
    for (const name of ['@acme/one', '@acme/two', '@acme/three']) await release(name);
    await describeAs('@acme/one', 'Sorts photographs.', ['https://a.example/']);
    await describeAs('@acme/two', 'Sorts photographs.');
    await describeAs('@acme/three', 'Sorts photographs.');
    expect(await names('q=photograph&without=network')).toEqual(['@acme/three', '@acme/two']);
    const { body } = await search('q=photograph&limit=2');
    expect([body.results.length, body.next, body.facets.total]).toEqual([2, '2', 3]);
    expect(await names(`q=photograph&limit=2&after=${body.next}`)).toHaveLength(1);
  });

  it('looks in the named scopes only, and in a hidden one for nobody else', async () => {
    await claimScope(world, 'hidden', world.author);
    for (const name of ['@acme/one', '@hidden/two']) {
      await release(name);
      await describeAs(name, 'Sorts photographs.');
    }
    expect(await names('q=photographs&scopes=hidden')).toEqual([]);
    expect(await names('q=photographs&scopes=hidden,acme')).toEqual(['@acme/one']);
    expect(await names('q=photographs&scopes=hidden', 'r'.repeat(43))).toEqual(['@hidden/two']);
  });

  it.each(['invoce', 'inovice'])('finds a name by %s', async (typo) => {
    await release('@acme/invoice-reader');
    const { body } = await search(`q=${typo}`);
    expect(body.corrected).toEqual({ [typo]: ['invoice'] });
    expect(body.results).toHaveLength(1);
  });

  it('corrects the first eight unknown words of a query, so that its time has a bound', async () => {
    await release('@acme/invoice-reader');
    const others = Array.from({ length: 7 }, (_, at) => `unknownword${at}`);
    const { body: eight } = await search(`q=${[...others, 'invoce'].join('+')}`);
    expect(eight.corrected).toEqual({ invoce: ['invoice'] });
    const { body: nine } = await search(`q=${[...others, 'unknownword7', 'invoce'].join('+')}`);
    expect(nine.corrected).toEqual({});
  });

  it.each(['', '"', 'name:x OR *', '%00'])('finds nothing for %j', async (text) => {
    await release('@acme/one');
    const answer = await search(`q=${encodeURIComponent(text)}`);
    expect([answer.status, answer.body.results]).toEqual([200, []]);
  });

  it.each(['without=everything', `scopes=a${',a'.repeat(50)}`, `q=${'a'.repeat(2_001)}`])(
    'refuses %s',
    async (query) => {
      await expectAnswer(search(query), 400, 'request-invalid');
    },
  );

  it('shows no stopped version, from the stop on', async () => {
    const skill = await release('@acme/one');
    await describeAs('@acme/one', 'Sorts photographs.');
    expect(await names('q=photographs')).toEqual(['@acme/one']);
    const target = { bundle: skill.packed.digest };
    await expectAnswer(stopIn(world, 'revoked', target), 201);
    expect(await names('q=photographs')).toEqual([]);
    while (await renewSkills(world.registry));
    expect(await names('q=photographs')).toEqual([]);
  });

  it('follows a description that changes: the old words find nothing', async () => {
    await release('@acme/one');
    await describeAs('@acme/one', 'Sorts photographs.');
    await describeAs('@acme/one', 'Waters plants.');
    expect(await names('q=photographs')).toEqual([]);
    expect(await names('q=plants')).toEqual(['@acme/one']);
  });

  it('tells a stranger nothing of a private scope, in results, facets or corrections', async () => {
    await claimScope(world, 'hidden', world.author);
    await release('@acme/one');
    await describeAs('@acme/one', 'Sorts photographs.');
    const before = [
      await search('q=photographs+zeppelin'),
      await search('q=zepelin'),
      await search('q=photographs'),
    ];
    await release('@hidden/zeppelin');
    await describeAs('@hidden/zeppelin', 'Sorts photographs of zeppelins.');
    expect([
      await search('q=photographs+zeppelin'),
      await search('q=zepelin'),
      await search('q=photographs'),
    ]).toEqual(before);
    expect(await names('q=zepelin', 'r'.repeat(43))).toEqual(['@hidden/zeppelin']);
  });
});

describe('the answer to a stranger does not depend on private skills', () => {
  /** Skills of the scope `hidden`, as rows only. */
  async function hide(names: readonly string[], description: string): Promise<void> {
    const rows = sql`json_each(${JSON.stringify(names)}) AS name CROSS JOIN ${skills} ON ${skills.name} = '@acme/one'`;
    const db = world.registry.db.read;
    await db.run(
      sql`INSERT INTO ${skills} (name, versionId, description, capabilities, offeredSince) SELECT '@hidden/' || name.value, name.value, ${description}, capabilities, offeredSince FROM ${rows}`,
    );
    await db.run(
      sql`INSERT OR IGNORE INTO ${nameWords} (word) SELECT value FROM json_each(${JSON.stringify(names)})`,
    );
  }

  it('in its order: words of private skills make no public word more common', async () => {
    await release('@acme/one');
    await release('@acme/two');
    await describeAs('@acme/one', 'Sorts photographs.');
    await describeAs('@acme/two', 'Sorts telegrams.');
    const asked = 'q=photographs+telegrams';
    const before = (await search(asked)).body;
    expect(before.results.map(({ name }: { name: string }) => name)).toEqual([
      '@acme/one',
      '@acme/two',
    ]);
    await hide(
      Array.from({ length: 20 }, (_, at) => `album-${at}`),
      'Prints photographs and more photographs.',
    );
    expect((await search(asked)).body).toEqual(before);
  });

  it('in its length: the texts of private skills make no public text shorter', async () => {
    await release('@acme/one');
    await release('@acme/two');
    await describeAs('@acme/one', 'Sorts photographs.');
    await describeAs('@acme/two', `Photographs photographs ${'of all that is there '.repeat(5)}.`);
    const before = (await search('q=photographs')).body;
    for (const words of [2_000, 3])
      await hide(
        Array.from({ length: 20 }, (_, at) => `long-${words}-${at}`),
        'word '.repeat(words),
      );
    expect((await search('q=photographs')).body).toEqual(before);
  });

  it('in its corrections: names of private skills hide no public name', async () => {
    await release('@acme/one');
    await release('@acme/zeppelin');
    await describeAs('@acme/zeppelin', 'Flies.');
    const before = (await search('q=zepelin')).body;
    expect(before.corrected).toEqual({ zepelin: ['zeppelin'] });
    const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(97 + at));
    const near = letters.flatMap((letter) =>
      Array.from('zepelin', (_, at) => `${'zepelin'.slice(0, at)}${letter}${'zepelin'.slice(at)}`),
    );
    await hide(
      [...new Set(near)].filter((word) => word !== 'zeppelin'),
      'Flies.',
    );
    expect((await search('q=zepelin')).body).toEqual(before);
  });
});

describe('the order', () => {
  const skill = (name: string, description: string, place?: 'name' | 'description') => ({
    skill: { name: `@acme/${name}` as SkillName, description },
    has: () => place,
  });
  const order = (...of: Parameters<typeof rankSkills>) => rankSkills(...of).map(({ name }) => name);

  it('counts the words that were not looked up, too', () => {
    const candidates = [skill('a', 'Sorts mail.'), skill('b', 'Analyses data of mail.')];
    const words = { lookedUp: [], others: [{ word: 'analysis', skills: 10 }] };
    expect(order(candidates, words)).toEqual(['@acme/b', '@acme/a']);
  });

  it('has a word in the name before one in the description, and no others', () => {
    const candidates = [
      skill('a', 'Sorts mail.'),
      skill('b', 'Sorts mail.', 'description'),
      skill('c', 'Sorts mail.', 'name'),
    ];
    const words = { lookedUp: [{ word: 'mail', skills: 10 }], others: [] };
    expect(order(candidates, words)).toEqual(['@acme/c', '@acme/b', '@acme/a']);
  });
});

it('reads the words of a query once, without those that say nothing', () => {
  expect(queryWords('Please résumé the RESUME of my café')).toEqual(['resume', 'cafe']);
});

describe('the words near a word', () => {
  it('lack, add, replace or swap one character', () => {
    const near = nearWords('word1');
    for (const word of ['ord1', 'word', 'wword1', 'word12', 'xord1', 'word2', 'owrd1', 'wor1d'])
      expect(near).toContain(word);
    for (const word of ['word1', 'rowd1', 'wo1rd', 'wrd', 'words12', ''])
      expect(near).not.toContain(word);
    // Each once, so that no key is asked for twice.
    expect(new Set(near).size).toBe(near.length);
  });

  it('have a bounded number, and are none for a short word', () => {
    expect(nearWords('abc')).toEqual([]);
    expect(nearWords('abcd')).not.toContain('abc');
    expect(nearWords('a'.repeat(40)).length).toBeLessThan(3_000);
    expect(nearWords('🙂🙂🙂🙂')).toContain('🙂🙂🙂🙂a');
  });
});
