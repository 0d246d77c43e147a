import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../journey/workerd-registry.ts';

/** What a module loads before its first line runs: paths of modules, and names of packages. */
function closureOf(path: string, known = new Set<string>()): ReadonlySet<string> {
  known.add(path);
  const source = readFileSync(join(repository, path), 'utf8');
  for (const [, from = ''] of source.matchAll(/^(?:import|export) (?!type )[^;]*?'([^']+)';/gm)) {
    const next = from.startsWith('.')
      ? relative(repository, join(repository, path, '..', from))
      : from;
    if (!from.startsWith('.')) known.add(next);
    else if (!known.has(next)) closureOf(next, known);
  }
  return known;
}

it('skillgate serve looks through the database before it loads the application', () => {
  const loaded = [...closureOf('cli/serve/serve.ts')];
  expect(loaded).toContain('registry/store/database-check.ts');
  expect(loaded).toContain('better-sqlite3');
  expect(
    loaded.filter((one) =>
      /^(hono|@hono|drizzle-orm)|^registry\/(app|serve|sqlite|schema)\.ts/.test(one),
    ),
  ).toEqual([]);
});
