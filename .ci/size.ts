/** `npm run size`: prints how much code there is and how much of it a run loads, in tokens. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  lowerHeld,
  measureAll,
  readHeld,
  rooms,
  type Sizes,
  whatGrew,
  withCommas,
  withSizes,
} from './size/held.ts';
import {
  type CoreSize,
  coreEntries,
  type MeasuredFile,
  measureAround,
  measureCore,
  rings,
  totalOf,
} from './size/measure.ts';

const help = `npm run size: how much code there is, and what a run loads from admission to the first process

  npm run -s size                    the three rings and the rooms, beside what they may have; then the packages
  npm run -s size -- --files         each file with its ring and, for acts, the reason
  npm run -s size -- --format json   everything, for programs
  npm run -s size -- --write         lowers .ci/size/held.json to what there is, and writes README.md
  npm run -s size -- --help          this text

The entries are ${coreEntries.join(', ')}.
Counted: tokens of TypeScript's scanner in every file that the entries reach by imports of values.
Not counted: types, comments, whitespace, commas, semicolons, parentheses, imports, the word export.
A literal of several lines counts one token a line.

acts        the file imports a part of Node or a package that touches something, or uses the clock, chance,
            the process or the network by a global name, or changes a variable of the file, or imports a
            file that acts. The whole file counts.
judges      a declaration of another file that has a branch, a loop, a comparison, a throw or a try.
vocabulary  a declaration of another file that has none of them.

A ring or a room may not grow: .ci/size/held.json has its size.
Exit codes: 0; 1 something grew; 2 something cannot be read.
`;

const root = fileURLToPath(new URL('..', import.meta.url));

function tableText(size: CoreSize, sizes: Sizes, held: Sizes): string {
  const rows = rings.map((ring) => [
    ring,
    withCommas(size.files.filter((file) => file.ring === ring).length),
    withCommas(totalOf(size, ring)),
    withCommas(held[ring]),
  ]);
  const sum = (values: readonly number[]): string =>
    withCommas(values.reduce((all, one) => all + one, 0));
  const all = [
    'all',
    withCommas(size.files.length),
    sum(rings.map((ring) => totalOf(size, ring))),
    sum(rings.map((ring) => held[ring])),
  ];
  const ofRooms = rooms.map((room) => [room, '', withCommas(sizes[room]), withCommas(held[room])]);
  const lines = [['ring', 'files', 'tokens', 'at most'], ...rows, all, [], ...ofRooms].map(
    ([ring = '', ...cells]) => [ring.padEnd(13), ...cells.map((cell) => cell.padStart(9))].join(''),
  );
  const around = [...measureAround(root, size)].map(
    ([folder, tokens]) => `${folder.padEnd(28)}${withCommas(tokens).padStart(9)}`,
  );
  return `${lines.join('\n')}

packages, not counted: ${size.packages.join(', ')}

code of runner/ that no run of a skill loads from there, in tokens
${around.join('\n')}
`;
}

function fileText({ acts, path, ring, tokens }: MeasuredFile): string {
  const cells = rings.map((one) => withCommas(tokens[one]).padStart(8));
  return `${ring.padEnd(10)}${cells.join('')}  ${path}${acts === undefined ? '' : `: ${acts}`}\n`;
}

function run(): void {
  const { values } = parseArgs({
    options: {
      files: { type: 'boolean' },
      format: { type: 'string', default: 'text' },
      help: { type: 'boolean' },
      write: { type: 'boolean' },
    },
  });
  if (values.help === true) return void process.stdout.write(help);
  if (values.format !== 'text' && values.format !== 'json')
    throw new Error(`--format is text or json, not ${values.format}`);
  const size = measureCore(root);
  const sizes = measureAll(root);
  const held = values.write === true ? lowerHeld(root, sizes) : readHeld(root);
  const readme = join(root, 'README.md');
  if (values.write === true) writeFileSync(readme, withSizes(readFileSync(readme, 'utf8'), held));
  if (values.format === 'json')
    process.stdout.write(
      `${JSON.stringify({ sizes, held, around: Object.fromEntries(measureAround(root, size)), ...size }, undefined, 2)}\n`,
    );
  else if (values.files === true) process.stdout.write(size.files.map(fileText).join(''));
  else process.stdout.write(tableText(size, sizes, held));
  const grown = whatGrew(sizes, held);
  for (const line of grown) process.stderr.write(`${line}\n`);
  if (grown.length > 0) process.exitCode = 1;
}

try {
  run();
} catch (cause) {
  process.stderr.write(
    `npm run size: ${cause instanceof Error ? cause.message : cause}; npm run -s size -- --help\n`,
  );
  process.exitCode = 2;
}
