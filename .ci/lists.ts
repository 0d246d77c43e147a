/**
 * `npm run lists`: writes the lists that are derived from other files: the rules of each group, the
 * first words of commands, the names of backends. Biome formats them. A test compares them.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandRows } from '../cli/help-and-options/commands.ts';
import { backendMakers } from '../runner/backends/backends.ts';

const top = fileURLToPath(new URL('..', import.meta.url));

function rulesText(group: string): string {
  const files = globSync(`scanner/rules/${group}/*.ts`, { cwd: top })
    .sort()
    .map((path) => {
      const found = readFileSync(join(top, path), 'utf8').matchAll(
        /^export const (\w+) = defineRule\(\{\n {2}id: '(.+)'/gm,
      );
      return { path, rules: [...found].map(([, name = '', id = '']) => ({ name, id })) };
    });
  const names = (rules: readonly { readonly name: string }[]): string =>
    rules.map(({ name }) => name).join(', ');
  const byLetters = (a: { readonly name: string }, b: { readonly name: string }): number =>
    a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1;
  const all = files.flatMap(({ rules }) => rules).sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    `/** Written by \`npm run lists\`: the rules in the folder ${group}. */`,
    "import type { Rule } from '../rule.ts';",
    ...files.map(
      // As Biome sorts the names of an import.
      ({ path, rules }) =>
        `import { ${names(rules.sort(byLetters))} } from './${group}/${basename(path)}';`,
    ),
    '',
    `export const ${group}Rules: readonly Rule[] = [${names(all)}];`,
    '',
  ].join('\n');
}

function quoted(words: Iterable<string>): string {
  return `[${[...words].map((word) => `'${word}'`).join(', ')}]`;
}

function commandWordsText(): string {
  const words = new Set(commandRows.map(({ name }) => name.split(' ')[0] ?? ''));
  return [
    '/**',
    ' * Written by `npm run lists` from the table of commands: what stands behind the name of the',
    ' * program in lines to type.',
    ' */',
    `export const commandWords: readonly string[] = ${quoted([...words].sort())};`,
    '',
  ].join('\n');
}

function backendNamesText(): string {
  return [
    '/**',
    ' * Written by `npm run lists` from runner/backends/backends.ts: the backends that host policy may',
    ' * name.',
    ' */',
    `export const backends = ${quoted(Object.keys(backendMakers))} as const;`,
    'export type Backend = (typeof backends)[number];',
    '',
  ].join('\n');
}

/** Each list as this file writes it, by path. The line breaks are Biome's. */
export function listTexts(): ReadonlyMap<string, string> {
  const groups = globSync('scanner/rules/*/', { cwd: top }).map((path) => basename(path));
  return new Map([
    ...groups.map((group) => [`scanner/rules/${group}.ts`, rulesText(group)] as const),
    ['cli/command-words.ts', commandWordsText()],
    ['skills-index/run/plan/backend-names.ts', backendNamesText()],
  ]);
}

/** The lists that differ from what this file writes, in more than line breaks. */
export function staleLists(): readonly string[] {
  const words = (text: string): string => text.replace(/[\s,]+/g, '');
  return [...listTexts()]
    .filter(([path, text]) => {
      const file = join(top, path);
      return !existsSync(file) || words(readFileSync(file, 'utf8')) !== words(text);
    })
    .map(([path]) => path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const texts = listTexts();
  for (const path of staleLists()) writeFileSync(join(top, path), texts.get(path) ?? '');
}
