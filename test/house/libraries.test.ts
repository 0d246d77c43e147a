import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(top, 'docs/decisions/0003-dependencies.md'), 'utf8');
const imported = new Set(
  globSync('{skills-index,scanner,runner,registry,cli}/**/*.ts', {
    cwd: top,
    exclude: ['registry/drizzle.config.ts'],
  }).flatMap((path) =>
    [
      ...readFileSync(join(top, path), 'utf8').matchAll(
        /^(?:import|export) (?!type )[^;]*?from '((?:@[^/']+\/)?[^@./'][^/']*)|\bimport\('((?:@[^/']+\/)?[^@./'][^/']*)/gm,
      ),
    ].flatMap(([, name = '', late = name]) => (isBuiltin(late) ? [] : [late])),
  ),
);

describe('the list of packages', () => {
  it('has a line for each package that our code imports, and for no other', () => {
    const [, ...rows] = [...page.matchAll(/^\| (.+?) \|/gm)].map(([, names = '']) => names);
    const packages = rows.flatMap((names) => names.split(', '));
    expect(packages.sort()).toEqual([...imported].sort());
  });
});
