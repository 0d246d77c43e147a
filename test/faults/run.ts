/**
 * `npm run faults -- N [--seed S] [--from ROUND] [--platform node|workers]`: ends a busy registry N
 * times at random moments. Prints a table of what the registry had acknowledged and lost, and the
 * command that does the moments of a failed round again. Ctrl-C ends after the present round.
 *
 * `npm run faults -- calls`: lets each call of the storage fail once, of each kind of request, on
 * both platforms.
 *
 * `npm run faults -- parts`: wrong clocks, a full disk and so on, a row for each. A name of
 * `parts/parts.ts` instead of `parts` does one of them.
 *
 * All end with 1 when anything was lost, half-written, left over, or answered wrongly.
 */
import { parseArgs } from 'node:util';
import { actKinds } from './acts.ts';
import { failCalls } from './failing-calls.ts';
import { makeFailingNode, makeFailingWorker } from './failing-storage.ts';
import { runKills } from './kills.ts';
import { parts, printRow } from './parts/parts.ts';
import { makeServedSite } from './served-site.ts';
import type { Site } from './site.ts';
import { printKills } from './table.ts';
import { makeWorkerSite } from './worker-site.ts';

const usage =
  'usage: npm run faults -- N [--seed S] [--from ROUND] [--platform node|workers]\n       npm run faults -- calls\n       npm run faults -- parts|' +
  Object.keys(parts).join('|');
const progressRounds = 10;
const sites: Readonly<Record<string, () => Promise<Site> | Site>> = {
  node: () => makeServedSite(),
  workers: makeWorkerSite,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    platform: { type: 'string', default: 'node' },
    help: { type: 'boolean' },
  },
});
const [what = '25'] = positionals;
if (values.help === true) process.stdout.write(`${usage}\n`);
else process.exitCode = (await countFaults()) > 0 ? 1 : 0;

function countFaults(): Promise<number> {
  if (what === 'calls') return failAll();
  const names = what === 'parts' ? Object.keys(parts) : [what];
  return names.every((name) => Object.hasOwn(parts, name)) ? tryParts(names) : killAll();
}

async function tryParts(names: readonly string[]): Promise<number> {
  let found = 0;
  for (const name of names)
    for await (const row of parts[name]?.() ?? []) {
      found += row.faults.length;
      process.stdout.write(printRow(row));
    }
  return found;
}

async function failAll(): Promise<number> {
  let found = 0;
  // Each failed call is logged, and thousands of them say nothing.
  console.error = () => undefined;
  for (const [platform, make] of [
    ['Node', makeFailingNode],
    ['Workers', makeFailingWorker],
  ] as const)
    for (const kind of actKinds) {
      const storage = await make();
      const { calls, faults } = await failCalls(storage, kind, 1);
      storage.close();
      found += faults.length;
      process.stdout.write(
        `${platform.padEnd(8)} ${kind.padEnd(8)} ${calls} calls failed, ${faults.length} faults\n`,
      );
      for (const fault of faults) process.stdout.write(`  ${fault}\n`);
    }
  return found;
}

async function killAll(): Promise<number> {
  const [seed, first, rounds] = [values.seed, values.from, what].map(Number);
  const makeSite = sites[values.platform];
  if (!isWhole(seed) || !isWhole(first) || !isWhole(rounds) || makeSite === undefined)
    throw new Error(usage);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const started = performance.now();
  const site = await makeSite();
  try {
    const kills = await runKills(site, {
      rounds,
      seed,
      first,
      signal: stop.signal,
      onRound: (round, faults) => {
        for (const { kind, what } of faults)
          process.stdout.write(
            `round ${round}: ${kind}: ${what}\n  npm run faults -- 1 --seed ${seed} --from ${round} --platform ${values.platform}\n`,
          );
        const done = round - first + 1;
        const seconds = Math.round((performance.now() - started) / 1_000);
        if (done % progressRounds === 0)
          process.stderr.write(`${done} of ${rounds}, ${seconds} s\n`);
      },
    });
    process.stdout.write(`seed ${seed}: ${printKills(kills)}`);
    return kills.faults.length;
  } finally {
    await site.close();
  }
}

function isWhole(given: number | undefined): given is number {
  return Number.isSafeInteger(given);
}
