/**
 * `npm run bench [-- NAME…] [--format json]`: measures side by side, prints ratios. Never part of
 * the tests.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { actionsTable } from './actions.ts';
import { auditRows } from './audit.ts';
import { egressRows } from './egress.ts';
import { honestTables } from './honest.ts';
import { logRows } from './log.ts';
import { packageRows } from './packages.ts';
import { publishRows } from './publish.ts';
import { registryReport } from './registry/report.ts';
import { printRows, type Row, type Unmeasured } from './row.ts';
import { sandboxRows } from './sandbox.ts';
import { scanRows } from './scan.ts';
import { costRows } from './scan-cost.ts';
import { similarityRows } from './similarity.ts';
import { startRows } from './start.ts';
import { trustRows } from './trust.ts';
import { workersCosts } from './workers/costs.ts';

const benches: Record<string, () => Promise<Row[]>> = {
  start: startRows,
  scan: scanRows,
  publish: publishRows,
  log: logRows,
  audit: auditRows,
  sandbox: sandboxRows,
  packages: packageRows,
  egress: egressRows,
  similarity: similarityRows,
  // The log is half of what trust costs.
  trust: async () => [...(await trustRows()), ...(await logRows())],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: 'string' },
    only: { type: 'string' },
    keep: { type: 'string' },
    quick: { type: 'boolean' },
    full: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const help = `npm run bench -- [NAME…] [--format json]
npm run bench -- registry [--quick | --full]
npm run bench -- cost DIR… [--quick]
npm run bench -- honest MIRRORS [--only TEXT] [--keep DIR]
npm run bench -- workers | actions

Measures side by side with peers or physical limits, and prints ratios: all of
${Object.keys(benches).join(', ')}, or those that are named.

Examples:
  npm run bench -- start scan
  npm run bench -- cost ../skills --quick
`;
const [first, mirrors] = positionals;
if (values.help) process.stdout.write(help);
else if (first === 'actions') process.stdout.write(`${await actionsTable(values.only)}\n`);
else if (first === 'honest') {
  if (mirrors === undefined)
    throw new Error('usage: npm run bench -- honest MIRRORS [--only TEXT] [--keep DIR]');
  process.stdout.write(`${await honestTables(mirrors, values)}\n`);
} else if (first === 'workers') process.stdout.write(`${await workersCosts()}\n`);
else if (first === 'registry') {
  const reach = values.quick === true ? 'quick' : values.full === true ? 'full' : 'usual';
  const { rows, text } = await registryReport(reach, values.only);
  print(rows, text);
} else if (first === 'cost') {
  const rows = await costRows(positionals.slice(1), values.quick === true);
  print(rows, printRows(rows));
} else await measure(positionals);

async function measure(names: readonly string[]): Promise<void> {
  const wanted = names.length > 0 ? names : Object.keys(benches).filter((name) => name !== 'log');
  const rows: Row[] = [];
  for (const name of wanted) {
    const bench = benches[name];
    if (bench === undefined)
      throw new Error(
        `No bench ${name}; there are ${Object.keys(benches).join(', ')}, registry, workers, cost, honest, actions`,
      );
    process.stderr.write(`${name} …\n`);
    rows.push(...(await bench()));
  }
  print(rows, printRows(rows));
}

function print(rows: readonly (Row | Unmeasured)[], text: string): void {
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  process.stdout.write(
    values.format === 'json'
      ? `${JSON.stringify({ schema: 'skillgate.bench/1', machine, rows })}\n`
      : `${text}\n`,
  );
}
