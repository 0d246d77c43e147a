/** `npm run bench:search`: search over real descriptions. bench/search.md describes the steps. */
import { parseArgs } from 'node:util';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import { proposer } from './candidates.ts';
import { compareRankers } from './compare.ts';
import { readDescriptions } from './descriptions.ts';
import { measureHidden } from './hidden.ts';
import { layOutDescriptions } from './lay-out.ts';

const usage = `usage: npm run bench:search -- FOLDER [--open]
       npm run bench:search -- lay-out MIRRORS FOLDER [--write]
       npm run bench:search -- candidates FOLDER DIGEST QUERY
       npm run bench:search -- hidden FOLDER`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Print the open half only. */
    open: { type: 'boolean', default: false },
    /** Replace the committed list of digests. */
    write: { type: 'boolean', default: false },
  },
});
const [first, second, third, fourth] = positionals;
if (first === 'lay-out' && second !== undefined && third !== undefined) {
  const { text, whole } = layOutDescriptions(second, third, values);
  process.stdout.write(`${text}\n`);
  if (!whole) process.exitCode = 1;
} else if (first === 'candidates' && second && third && fourth !== undefined) {
  process.stdout.write(`${candidatesOf(second, third, fourth)}\n`);
} else if (first === 'hidden' && second !== undefined && third === undefined) {
  process.stdout.write(`${await measureHidden(readDescriptions(second))}\n`);
} else if (first !== undefined && second === undefined) {
  const halves = values.open ? (['open'] as const) : (['open', 'frozen'] as const);
  process.stdout.write(`${await compareRankers(readDescriptions(first), halves)}\n`);
} else throw new Error(usage);

function candidatesOf(folder: string, drawn: string, query: string): string {
  const descriptions = readDescriptions(folder);
  const byDigest = new Map(descriptions.map((one) => [one.digest, one]));
  return proposer(descriptions)(drawn, query)
    .map((digest) => byDigest.get(digest))
    .map((one) => printable(`${one?.digest} ${one?.name}: ${one?.description}`))
    .join('\n');
}
