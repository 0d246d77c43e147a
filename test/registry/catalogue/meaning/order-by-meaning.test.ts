import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { skills, skillVectors } from '../../../../registry/catalogue/catalogue-schema.ts';
import { embedSkills } from '../../../../registry/catalogue/meaning/embed-skills.ts';
import type { Embedder } from '../../../../registry/catalogue/meaning/embedder.ts';
import type { Meaning } from '../../../../registry/catalogue/meaning/meaning.ts';
import { fuse } from '../../../../registry/catalogue/meaning/order-by-meaning.ts';
import { QueryVectors } from '../../../../registry/catalogue/meaning/query-vectors.ts';
import { renewSkills } from '../../../../registry/catalogue/renew-skills.ts';
import type { Registry } from '../../../../registry/context.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { call, claimScope, makeSkill, publishApproved } from '../../road.ts';
import { makeStaffedWorld, type Staffed } from '../../world.ts';

const readers = {
  schema: 'skillgate.readers/1' as const,
  private: [parseScope('hidden')],
  readers: [{ name: 'agents', token: digestOf('r'.repeat(43)), scopes: [parseScope('hidden')] }],
};

/** Each text gets a direction by the first of these words that it has. */
const directions = ['invoice', 'bill', 'weather'];

/** A model that knows that a bill is much like an invoice. */
function stubEmbedder(model = 'stub') {
  const sent: string[] = [];
  const embedder: Embedder = {
    model,
    embed: async (texts) => {
      sent.push(...texts);
      if (texts.some((text) => text.includes('poison')))
        throw new Problem('embedder-refused', 'The model refuses a text');
      return texts.map((text) => {
        const at = directions.findIndex((word) => text.includes(word));
        return new Float32Array(at === 0 ? [1, 0] : at === 1 ? [0.9, 0.1] : [0, 1]);
      });
    },
  };
  return { embedder, sent };
}

let world: Staffed;
let sent: string[];
beforeEach(async () => {
  world = await makeStaffedWorld({ readers });
  onTestFinished(() => world.close());
  const { registry } = world;
  await claimScope(world.send, 'hidden', world.author);
  const rows = [
    ['@acme/a-weather', 'Reads the weather report.'],
    ['@acme/b-bills', 'Reads a bill.'],
    ['@acme/c-bills', 'Counts a bill.'],
    ['@acme/d-bills', 'Counts a bill.'],
    ['@hidden/secret', 'Reads secret invoice.'],
  ] as const;
  for (const [name, description] of rows) {
    await publishApproved(world, makeSkill(name, '1.0.0', { files: { 'a.md': name } }));
    while (await renewSkills(registry));
    await describeAs(name, description);
  }
  sent = give();
});

/** Gives the registry a model. @returns the texts that the model gets */
function give(given: Partial<Meaning> = {}, model?: string): string[] {
  const stub = stubEmbedder(model);
  const meaning: Meaning = {
    embedder: stub.embedder,
    includesPrivate: false,
    queries: new QueryVectors(given.embedder ?? stub.embedder),
    ...given,
  };
  Object.assign(world.registry, { meaning } satisfies Partial<Registry>);
  return stub.sent;
}

async function describeAs(name: string, description: string) {
  await world.registry.db.read.run(
    sql`UPDATE ${skills} SET description = ${description} WHERE name = ${name}`,
  );
}

async function embedAll(): Promise<void> {
  for (let slices = 0; await embedSkills(world.registry); slices++) expect(slices).toBeLessThan(9);
}

async function names(query: string): Promise<string[]> {
  const { body } = await call(world.send, `/api/v1/search?q=${encodeURIComponent(query)}`);
  return body.results.map(({ name }: { name: string }) => name);
}

const query = 'reads and counts the invoice report';
/** Each skill has one of the words, and the first has two. */
const byWords = ['@acme/a-weather', '@acme/b-bills', '@acme/c-bills', '@acme/d-bills'];
/** A bill is like an invoice. */
const byMeaning = ['@acme/b-bills', '@acme/a-weather', '@acme/c-bills', '@acme/d-bills'];

describe('a search with a model', () => {
  it('puts first what is meant, once the skills have vectors', async () => {
    expect(await names(query)).toEqual(byWords);
    await embedAll();
    expect(await names(query)).toEqual(byMeaning);
  });

  it('sends no text of a private skill, unless the operator says so', async () => {
    await embedAll();
    expect(sent.filter((text) => text.includes('secret'))).toEqual([]);
    const all = give({ includesPrivate: true });
    await embedAll();
    expect(all).toEqual(['secret: Reads secret invoice.']);
  });

  it('sends each text once, and again when the text or the model changes', async () => {
    await embedAll();
    expect(sent.toSorted()).toEqual([
      'a-weather: Reads the weather report.',
      'b-bills: Reads a bill.',
      'c-bills: Counts a bill.',
      'd-bills: Counts a bill.',
    ]);
    expect(await embedSkills(world.registry)).toBe(false);
    await publishApproved(world, makeSkill('@acme/b-bills', '1.1.0'));
    while (await renewSkills(world.registry));
    await embedAll();
    expect(sent.slice(4)).toEqual(['b-bills: Counts words.']);
    await publishApproved(world, makeSkill('@acme/b-bills', '1.2.0'));
    while (await renewSkills(world.registry));
    await embedAll();
    expect(sent).toHaveLength(5);
    const other = give({}, 'other');
    await embedAll();
    expect(other).toHaveLength(4);
  });

  it('leaves out a text that the model refuses, and embeds the others', async () => {
    await describeAs('@acme/a-weather', 'Reads poison.');
    await embedAll();
    const rows = await world.registry.db.read
      .select({ name: skillVectors.name })
      .from(skillVectors);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(byWords.slice(1));
  });

  it('goes on waiting for a skill whose text changed while the model worked', async () => {
    const { embedder } = stubEmbedder();
    let isFirst = true;
    give({
      embedder: {
        ...embedder,
        embed: async (texts, signal) => {
          if (isFirst) await describeAs('@acme/b-bills', 'Reads a bill twice.');
          isFirst = false;
          return embedder.embed(texts, signal);
        },
      },
    });
    await embedSkills(world.registry);
    const waiting = await world.registry.db.read
      .select({ name: skills.name })
      .from(skills)
      .where(eq(skills.vectorMark, ''));
    expect(waiting).toEqual([{ name: '@acme/b-bills' }]);
  });

  it('forgets the vector of a skill that is no longer offered', async () => {
    await embedAll();
    await world.registry.db.read.run(
      sql`UPDATE versions SET status = 'suspended' WHERE name = '@acme/b-bills'`,
    );
    while (await renewSkills(world.registry));
    const rows = await world.registry.db.read
      .select({ name: skillVectors.name })
      .from(skillVectors);
    expect(rows).toHaveLength(3);
  });

  it('keeps the order of the words when the model fails, and then leaves the model alone for a while', async () => {
    await embedAll();
    let asked = 0;
    const failing: Embedder = {
      model: 'stub',
      embed: async () => {
        asked++;
        throw new Problem('embedder-failed', 'Cannot use the model');
      },
    };
    give({ queries: new QueryVectors(failing) });
    expect([await names(query), await names(query)]).toEqual([byWords, byWords]);
    expect(asked).toBe(1);
    world.wait(31_000);
    await names(query);
    expect(asked).toBe(2);
  });

  it('ignores vectors of another length than that of the query', async () => {
    await embedAll();
    const longer: Embedder = { model: 'stub', embed: async () => [new Float32Array([1, 0, 0])] };
    give({ queries: new QueryVectors(longer) });
    expect(await names(query)).toEqual(byWords);
  });

  it('sends a query once, and few queries in a minute', async () => {
    await embedAll();
    const before = sent.length;
    await names('reads invoice');
    await names('reads invoice');
    expect(sent.slice(before)).toEqual(['reads invoice']);
    for (let at = 0; at < 130; at++)
      await world.registry.meaning?.queries.of(
        `q${at}`,
        world.registry.now().getTime(),
        () => undefined,
      );
    expect(sent.length - before).toBe(120);
  });
});

describe('two orders', () => {
  it('are fused by their places, and what has no vector keeps its place in both', () => {
    const like: Record<string, number> = { a: 0.1, c: 0.9 };
    expect(fuse(['a', 'b', 'c'], (one) => like[one])).toEqual(['a', 'c', 'b']);
    expect(fuse(['a', 'b', 'c'], () => undefined)).toEqual(['a', 'b', 'c']);
  });
});
