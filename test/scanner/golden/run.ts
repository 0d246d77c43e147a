/**
 * `npm run golden`: scans the golden sets with the scanner of this tree and with that of an earlier
 * commit, and prints what is lost, new and moved.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scanStackKiB } from '../../../scanner/scan-flags.ts';
import { caseSets, frozenSet, ownSet } from './cases.ts';
import { compareSeen, type Difference, sortOf } from './compare.ts';
import type { SeenLine, SeenOptions } from './seen.ts';

const help = `npm run golden -- [options]

Scans the golden sets with the scanner of this tree and with that of another commit, and prints what
is lost, new and moved. Exit code 1 where there is a difference,
2 where nothing could be compared.

  --against REF   the commit to compare with (default: HEAD)
  --every N       each Nth case of a set (default: 4; 1 for all)
  --only SET,...  some of: ${Object.keys(caseSets([])).join(' ')}
  --skills DIR    also all skills below DIR, for which nothing is left out; may be given again
  --rows FILE     writes each difference as a line: how, set, case, place, what (tab-separated)
  --shown N       examples of each sort (default: 2)

Examples:
  npm run golden                                        what a change changed, in a minute or two
  npm run golden -- --every 1 --against v1 --rows all.tsv    a night: all there is
  npm run golden -- --only skills --skills ../corpus    a labelled corpus, skill by skill
`;
const { values } = parseArgs({
  options: {
    against: { type: 'string', default: 'HEAD' },
    every: { type: 'string', default: '4' },
    help: { type: 'boolean' },
    only: { type: 'string' },
    rows: { type: 'string' },
    shown: { type: 'string', default: '2' },
    skills: { type: 'string', multiple: true, default: [] },
  },
});
const root = fileURLToPath(new URL('../../..', import.meta.url));
const kept = join(root, '.cache/golden');

if (values.help) console.log(help);
else
  process.exitCode = await main().catch((cause: Error) => {
    console.error(cause.message);
    return 2;
  });

async function main(): Promise<number> {
  const folders = values.skills.map((one) => resolve(one));
  const wanted = values.only?.split(',') ?? Object.keys(caseSets([]));
  const sets = wanted.filter((set) => set !== ownSet || folders.length > 0);
  const unknown = wanted.filter((set) => !Object.hasOwn(caseSets([]), set));
  if (unknown.length > 0) throw new Error(`There is no set ${unknown.join(', ')}: see --help`);
  const options = { sets, folders, every: Number(values.every) };
  const [tree, name] = treeOf(values.against);
  const after = await scanAll(root, options);
  if (after.size === 0) throw new Error('No case was scanned: --every takes a number from 1 on');
  const cases = createHash('sha256').update(JSON.stringify([...after.keys()]));
  const file = join(kept, `${name}-${cases.digest('hex').slice(0, 16)}.jsonl`);
  const before = existsSync(file) ? readKept(file) : await scanAll(tree, options, file);
  return print(before, after);
}

/** The scanner of a commit, laid out below this tree, whose packages it finds. */
function treeOf(ref: string): [tree: string, name: string] {
  const git = (...words: readonly string[]): Buffer =>
    execFileSync('git', words, { cwd: root, maxBuffer: 2 ** 30 });
  const parts = ['scanner', 'skills-index', 'package.json'];
  const ids = parts.map((part) => String(git('rev-parse', `${ref}:${part}`)).trim());
  const name = createHash('sha256').update(ids.join()).digest('hex').slice(0, 16);
  const tree = join(kept, name);
  if (!existsSync(tree)) {
    const making = `${tree}.${process.pid}`;
    mkdirSync(making, { recursive: true });
    execFileSync('tar', ['-x', '-C', making], { input: git('archive', ref, '--', ...parts) });
    renameSync(making, tree);
  }
  return [tree, name];
}

type SeenByCase = ReadonlyMap<string, SeenLine>;

/** Two processes, each with half of the cases. @param file keeps what was seen */
async function scanAll(
  tree: string,
  options: Pick<SeenOptions, 'every' | 'folders' | 'sets'>,
  file?: string,
): Promise<SeenByCase> {
  const parts = 2;
  const lines = await Promise.all(
    Array.from({ length: parts }, (_, part) => scanPart(tree, { ...options, part, parts })),
  );
  const all = lines.flat().sort();
  if (file !== undefined) writeFileSync(file, all.join('\n'));
  return byCase(all);
}

async function scanPart(tree: string, options: SeenOptions): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [
      `--stack-size=${scanStackKiB}`,
      fileURLToPath(new URL('seen.ts', import.meta.url)),
      tree,
      JSON.stringify(options),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  if ((await ended) !== 0) throw new Error(`The scanner in ${tree} ended after ${lines.at(-1)}`);
  return lines;
}

function readKept(file: string): SeenByCase {
  return byCase(readFileSync(file, 'utf8').split('\n'));
}

function byCase(lines: readonly string[]): SeenByCase {
  const all = lines.map((line): SeenLine => JSON.parse(line));
  return new Map(all.map((line) => [`${line.set}\t${line.id}`, line]));
}

function print(before: SeenByCase, after: SeenByCase): number {
  const rows = [...after].flatMap(([name, { seen }]) =>
    compareSeen(before.get(name)?.seen ?? [], seen).map((one) => ({ ...one, name })),
  );
  const isSame = rows.length === 0;
  for (const how of ['lost', 'new', 'moved'] as const) {
    const some = rows.filter((row) => row.how === how);
    console.log(`${how}: ${some.length}`);
    const sorts = [...Map.groupBy(some, sortOf)].sort(([, a], [, b]) => b.length - a.length);
    for (const [sort, all] of sorts) {
      console.log(`  ${String(all.length).padStart(6)} ${sort}`);
      for (const { name, place, what } of all.filter(isOpen).slice(0, Number(values.shown)))
        console.log(`           ${name.replace('\t', ': ')} ${place} ${what.slice(0, 300)}`);
    }
  }
  const cost = (all: SeenByCase): number =>
    [...all.values()].reduce((sum, one) => sum + one.cpuMs, 0);
  console.log(
    `${after.size} cases of ${new Set([...after.values()].map(({ set }) => set)).size} sets, ${isSame ? 'no difference' : `${new Set(rows.map(({ name }) => name)).size} with a difference`}; CPU of the scans ${(cost(after) / cost(before)).toFixed(2)} ×`,
  );
  if (values.rows !== undefined)
    writeFileSync(values.rows, rows.filter(isOpen).map(rowText).join(''));
  return isSame ? 0 : 1;
}

function isOpen({ name }: { readonly name: string }): boolean {
  return !name.startsWith(`${frozenSet}\t`);
}

function rowText({ how, name, place, what }: Difference & { readonly name: string }): string {
  return `${[how, name, place, what].join('\t').replaceAll('\n', ' ')}\n`;
}
