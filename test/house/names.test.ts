import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const sources = globSync('{cli,registry,runner,scanner,skills-index}/**/*.ts', { cwd: top });

it('gives no two exported types the same name', () => {
  const places = new Map<string, string[]>();
  for (const path of sources)
    for (const [, name = ''] of readFileSync(join(top, path), 'utf8').matchAll(
      /^export (?:interface|type|class|abstract class) (\w+)/gm,
    ))
      places.set(name, [...(places.get(name) ?? []), path]);
  const shared = [...places].filter(([, paths]) => paths.length > 1);
  expect(places.size).toBeGreaterThan(500);
  expect(shared).toEqual([]);
});
