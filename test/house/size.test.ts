import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { measureAll, readHeld, whatGrew, withCommas, withSizes } from '../../.ci/size/held.ts';
import {
  type CoreSize,
  coreEntries,
  measureCore,
  measureText,
  measureUnreached,
  rings,
  roomsAround,
  totalOf,
} from '../../.ci/size/measure.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(top, path), 'utf8');
const size = measureCore(top);
const copies = mkdtempSync(join(tmpdir(), 'skillgate-size-'));
afterAll(() => rmSync(copies, { recursive: true }));

const totals = (of: CoreSize): number[] => rings.map((ring) => totalOf(of, ring));

describe('the size of the core', () => {
  it('is no larger than .ci/size/held.json says, ring by ring and room by room', () => {
    expect(whatGrew(measureAll(top), readHeld(top))).toEqual([]);
  });

  it('names what grew', () => {
    const held = readHeld(top);
    expect(whatGrew({ ...held, acts: held.acts + 1_200 }, held)).toEqual([
      `acts: 1,200 tokens above ${withCommas(held.acts)}`,
    ]);
    expect(whatGrew({ ...held, acts: held.acts - 1 }, held)).toEqual([]);
  });

  it('stands in the README as npm run size -- --write writes it', () => {
    expect(withSizes(read('README.md'), readHeld(top))).toBe(read('README.md'));
  });

  it('covers all code of runner/ but the rooms around the core and eight named files', () => {
    const isAround = (path: string): boolean =>
      roomsAround.some((room) => path.startsWith(`${room}/`));
    const others = [...measureUnreached(top, size).keys()].filter((path) => !isAround(path));
    // No run reads the log or a held request back, stores identities, changes host policy, splits a
    // stream into lines, reads a file for a difference or looks for programs of the user.
    expect(others).toEqual([
      'runner/agents/agent-slots.ts',
      'runner/agents/agent-store.ts',
      'runner/audit/audit-file.ts',
      'runner/files/lines.ts',
      'runner/files/path-programs.ts',
      'runner/files/read-below.ts',
      'runner/holds/read-request.ts',
      'runner/host/change-policy.ts',
    ]);
    expect(size.files.filter(({ path }) => isAround(path))).toEqual([]);
  });

  it('names in a decision each package that a run loads', () => {
    const named = [...read('docs/decisions/0005-runner-budget.md').matchAll(/^- `([^`]+)`/gm)].map(
      ([, name]) => name,
    );
    expect(size.packages.length).toBeGreaterThan(3);
    expect(size.packages.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('stays the same when the code is formatted at 80 or at 130 columns', () => {
    const narrow = copyFormattedAt(80);
    const wide = copyFormattedAt(130);
    const linesIn = (folder: string) =>
      size.files.flatMap(({ path }) => readFileSync(join(folder, path), 'utf8').split('\n')).length;
    expect(linesIn(narrow)).toBeGreaterThan(linesIn(wide) + 1_000);
    expect(totals(measureCore(narrow))).toEqual(totals(size));
    expect(totals(measureCore(wide))).toEqual(totals(size));
  });

  it('stays the same when every file moves to another folder', () => {
    const folder = join(copies, 'moved');
    const moved = (path: string): string =>
      `rooms/room-${basename(path).charAt(0)}/${path.replaceAll('/', '-')}`;
    for (const { path } of size.files) {
      mkdirSync(dirname(join(folder, moved(path))), { recursive: true });
      writeFileSync(join(folder, moved(path)), withMovedImports(path, moved));
    }
    expect(totals(measureCore(folder, coreEntries.map(moved)))).toEqual(totals(size));
  });
});

function copyFormattedAt(columns: number): string {
  const folder = join(copies, `columns-${columns}`);
  for (const path of ['biome.json', ...size.files.map((file) => file.path)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(top, path), join(folder, path));
  }
  const options = ['format', '--write', '--vcs-enabled=false', `--line-width=${columns}`, '.'];
  const done = spawnSync(join(top, 'node_modules/.bin/biome'), options, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return folder;
}

function withMovedImports(path: string, moved: (path: string) => string): string {
  return read(path).replaceAll(/(?<=from '|import\(')\.[^']+(?=')/g, (from) => {
    const to = posix.relative(dirname(moved(path)), moved(posix.join(dirname(path), from)));
    return to.startsWith('.') ? to : `./${to}`;
  });
}

describe('what counts as a token', () => {
  it.each([
    ['a trailing comma', 'const a = [b, c];', 'const a = [\n  b,\n  c,\n];'],
    ['parentheses that only group', 'const a = (b) => (c ? d : e);', 'const a = (b) => c ? d : e;'],
    [
      'types',
      'const a = b;',
      'interface A { b: string }\nexport const a: A<B> = b as unknown as A;',
    ],
    ['a bar before the first type', 'type A = B | C;', 'type A =\n  | B\n  | C;'],
    ['comments', 'a();', '/** Why. */\na(); // because'],
    [
      'an import of its own for each name',
      "import { a, b } from './c.ts';\na(b);",
      "import { a } from './c.ts';\nimport { b } from './c.ts';\na(b);",
    ],
    ['an export', 'function a() {}', 'export function a() {}'],
    ['quotes', 'const a = "b";', "const a = 'b';"],
  ])('%s does not', (_, one, other) => {
    expect(measureText(one).tokens).toEqual(measureText(other).tokens);
  });

  it.each([
    ['a spread of a literal', 'f({ ...{ a, b } });', 'f({ a, b });'],
    ['a line of a text', 'const a = `\nif b\nthen c\n`;', 'const a = `if b then c`;'],
    ['a statement', 'a(); b();', 'a();'],
  ])('%s does', (_, more, less) => {
    const sum = (text: string): number =>
      rings.reduce((all, ring) => all + measureText(text).tokens[ring], 0);
    expect(sum(more)).toBeGreaterThan(sum(less));
  });
});

describe('the ring of a file', () => {
  it.each([
    [
      'acts',
      "import { readFileSync } from 'node:fs';\nexport const a = (b: string) => readFileSync(b);",
    ],
    ['acts', "import { randomBytes } from 'node:crypto';\nexport const a = () => randomBytes(1);"],
    ['acts', "export * from 'node:crypto';"],
    ['acts', "export { connect } from 'node:net';"],
    ['acts', "import { request } from 'some-package';\nexport const a = request;"],
    ['acts', 'export const a = () => import(b);'],
    ['acts', 'export const a = () => Date.now();'],
    ['acts', 'export const a = () => new Date();'],
    ['acts', 'export const a = () => fetch("https://a.example");'],
    ['acts', 'export const a = () => globalThis["fetch"]("https://a.example");'],
    ['acts', "export const a = () => process.getBuiltinModule('fs');"],
    ['acts', 'let a = 1;\nexport const b = () => { a += 1; };'],
    ['acts', 'const a = new Map();\nexport const b = (c: string) => a.set(c, 1);'],
    ['acts', 'const a: { b?: string } = {};\nexport const b = (c: string) => { a.b = c; };'],
    [
      'judges',
      "import { createHash } from 'node:crypto';\nexport const a = (b: string) => b === createHash('sha256').digest('hex');",
    ],
    ['judges', 'export const a = (fetch: () => string) => fetch() === "b";'],
    ['judges', 'export const a = (b: number) => new Date(b) > new Date(0);'],
    [
      'judges',
      'export function a(b: string[]): string { for (const c of b) return c; throw new Error(); }',
    ],
    [
      'judges',
      'const a = new WeakMap();\nexport const b = (c: object) => a.get(c) ?? a.set(c, 1);',
    ],
    ['vocabulary', 'export const mostBytes = 8 * 1024;'],
    ['vocabulary', "import * as v from 'valibot';\nexport const a = v.object({ b: v.string() });"],
    ['vocabulary', 'export const process = { fetch: 1 };'],
  ] as const)('is %s: %s', (ring, text) => {
    expect(measureText(text).ring).toBe(ring);
  });

  it('is acts for whoever imports a file that acts, through any number of files', () => {
    const folder = join(copies, 'wrapped');
    mkdirSync(folder);
    const texts = {
      'disk.ts':
        "import { readFileSync } from 'node:fs';\nexport const read = (path: string) => readFileSync(path);",
      'wrapper.ts': "export { read } from './disk.ts';",
      'judge.ts':
        "import { read } from './wrapper.ts';\nexport const isEmpty = (path: string) => read(path).length === 0;",
      'types.ts':
        "import type { read } from './wrapper.ts';\nexport const isNothing = (one: typeof read) => one === undefined;",
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const ringsFrom = (entry: string) =>
      measureCore(folder, [entry]).files.map(({ path, ring }) => [path, ring]);
    expect(ringsFrom('judge.ts')).toEqual([
      ['disk.ts', 'acts'],
      ['judge.ts', 'acts'],
      ['wrapper.ts', 'acts'],
    ]);
    expect(ringsFrom('types.ts')).toEqual([['types.ts', 'judges']]);
  });
});
