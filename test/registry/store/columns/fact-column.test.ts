import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { shortFact } from '../../../../registry/store/columns/said-columns.ts';
import { statements } from '../../../../registry/store/schema.ts';
import { openSqlite } from '../../../../registry/store/sqlite.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';

const basis = digestOf('report, rule set and policy');
const approval = { basis, expires: 1_796_782_407_744, reviewer: 'rita' };
const facts = [
  digestOf('a report'),
  canonicalJson(approval),
  canonicalJson({ ...approval, credentialId: 'AbC-_', reviewer: 'Zoë "\u0001"' }),
  // Nobody writes these, and no form of theirs may become another fact.
  canonicalJson({ ...approval, other: 1 }),
  canonicalJson({ ...approval, basis: 'sha256:x' }),
  '{}',
];

it('gives each fact back, and keeps an approval in half the bytes', async () => {
  const db = openSqlite(':memory:');
  onTestFinished(() => db.close());
  for (const fact of facts) {
    const [row] = await db.read
      .select({ fact: sql`${sql.param(fact, statements.fact)}`.mapWith(statements.fact) })
      .from(sql`(SELECT 1)`);
    expect(row).toEqual({ fact });
  }
  const [, bytes = ''] = facts.map((fact) => shortFact(fact) ?? '');
  expect(bytes.length).toBeLessThan(canonicalJson(approval).length / 2);
  expect(facts.slice(3).map(shortFact)).toEqual([undefined, undefined, undefined]);
});
