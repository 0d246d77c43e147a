/**
 * The sizes that the code has, and may not exceed: `held.json`, in tokens. `npm run fix` lowers a
 * number where the code became smaller, and never raises one. An issue that brings a capability
 * raises a number by hand, and says by how much.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureCore, type Ring, rings, totalOf } from './measure.ts';
import { countTokens, parseWithoutTypes } from './tokens.ts';

/** Top folders of the product. */
export const rooms = ['skills-index', 'scanner', 'registry', 'runner', 'cli'] as const;

/** Tokens: of the rings of what a run loads, and of all code of each room. */
export type Sizes = Readonly<Record<Ring | (typeof rooms)[number], number>>;

const file = '.ci/size/held.json';

export function readHeld(root: string): Sizes {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

export function measureAll(root: string): Sizes {
  const size = measureCore(root);
  return Object.fromEntries([
    ...rings.map((ring) => [ring, totalOf(size, ring)]),
    ...rooms.map((room) => [room, tokensIn(root, room)]),
  ]);
}

function tokensIn(root: string, room: string): number {
  return globSync(`${room}/**/*.ts`, { cwd: root })
    .map((path) => countTokens(parseWithoutTypes(readFileSync(join(root, path), 'utf8'))))
    .reduce((sum, tokens) => sum + tokens, 0);
}

/** What is above its held size: `acts: 120 tokens above 28,470`. */
export function whatGrew(sizes: Sizes, held: Sizes): string[] {
  return keysOf(held).flatMap((key) =>
    sizes[key] > held[key]
      ? [`${key}: ${withCommas(sizes[key] - held[key])} tokens above ${withCommas(held[key])}`]
      : [],
  );
}

/** Lowers each held size to what the code has. */
export function lowerHeld(root: string, sizes: Sizes): Sizes {
  const held = readHeld(root);
  const lower = Object.fromEntries(
    keysOf(held).map((key) => [key, Math.min(held[key], sizes[key])]),
  ) as Sizes;
  writeFileSync(join(root, file), `${JSON.stringify(lower, null, 2)}\n`);
  return lower;
}

function keysOf(sizes: Sizes): (keyof Sizes)[] {
  return Object.keys(sizes) as (keyof Sizes)[];
}

/** The meaning of each ring for readers of the README. */
const ringTexts: Readonly<Record<Ring, string>> = {
  acts: 'touches files, processes, sockets, the clock or chance, keeps state, or imports code that does',
  judges: 'computes an answer from its arguments alone: decides, compares, parses, throws',
  vocabulary: 'declares without deciding: limits, schemas, tables, texts',
};

const start = '<!-- npm run size -- --write -->';
const end = '<!-- end of size -->';

/** The README with the sizes between its two markers. */
export function withSizes(readme: string, held: Sizes): string {
  const from = readme.indexOf(start);
  const to = readme.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`README.md: the markers ${start} and ${end} are missing`);
  const total = rings.reduce((sum, ring) => sum + held[ring], 0);
  const table = [
    '| ring | its code | at most, tokens |',
    '|---|---|---:|',
    ...rings.map((ring) => `| ${ring} | ${ringTexts[ring]} | ${withCommas(held[ring])} |`),
    `| all | | ${withCommas(total)} |`,
  ];
  return `${readme.slice(0, from)}${[start, ...table, ''].join('\n')}${readme.slice(to)}`;
}

export function withCommas(number: number): string {
  return number.toLocaleString('en-US');
}
