import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(top, 'docs/decisions/0003-dependencies.md'), 'utf8');
const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(top, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'optionalDependencies', Record<string, string>>;

/** The cells of a table's rows, without its head. */
function rowsOf(head: string): string[][] {
  const [, table = ''] = page.split(`| ${head} |`);
  const [body = ''] = table.split('\n\n');
  const lines = body.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) => line.slice(2, -2).split(' | '));
}

describe('the list of packages and of what is written by hand', () => {
  const packages = rowsOf('package').flatMap(([names = '']) =>
    names.replace(' (optional)', '').split(', '),
  );
  const byHand = rowsOf('part');

  it('has a line for each package that an installation brings by name, and for no other', () => {
    const installed = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(packages.sort()).toEqual(installed.sort());
  });

  it.each(byHand)('names files that exist: %s', (_, files = '', library, reason) => {
    const named = [...files.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    expect(named).not.toEqual([]);
    expect(named.filter((path) => !existsSync(join(top, path)))).toEqual([]);
    expect(library).toBeTruthy();
    expect(reason).toMatch(/\.$/);
  });

  it('is a list, not a sample', () => {
    expect(byHand.length).toBeGreaterThan(25);
  });
});
