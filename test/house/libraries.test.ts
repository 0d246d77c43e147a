import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(top, 'docs/decisions/0003-dependencies.md'), 'utf8');
const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(top, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'optionalDependencies', Record<string, string>>;

describe('the list of packages', () => {
  it('has a line for each package that an installation brings by name, and for no other', () => {
    const [, ...rows] = [...page.matchAll(/^\| (.+?) \|/gm)].map(([, names = '']) => names);
    const packages = rows.flatMap((names) => names.split(', '));
    const installed = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(packages.sort()).toEqual(installed.sort());
  });
});
