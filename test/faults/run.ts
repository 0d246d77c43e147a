/**
 * `npm run faults -- N [--seed S] [--from ROUND] [--platform node|workers]`: ends a busy registry N
 * times at random moments. Prints a table of what the registry had acknowledged and lost, and the
 * command that does a failing round again; ends with 1 when anything was lost, half-written or left
 * over. Ctrl-C ends after the present round.
 */
import { parseArgs } from 'node:util';
import { runKills } from './kills.ts';
import { makeServedSite } from './served-site.ts';
import type { Site } from './site.ts';
import { printKills } from './table.ts';
import { makeWorkerSite } from './worker-site.ts';

const usage = 'usage: npm run faults -- N [--seed S] [--from ROUND] [--platform node|workers]';
const progressRounds = 10;
const sites: Readonly<Record<string, () => Promise<Site> | Site>> = {
  node: makeServedSite,
  workers: makeWorkerSite,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    platform: { type: 'string', default: 'node' },
  },
});
const seed = Number(values.seed);
const first = Number(values.from);
const rounds = Number(positionals[0] ?? 25);
const makeSite = sites[values.platform];
if (![seed, first, rounds].every(Number.isSafeInteger) || makeSite === undefined)
  throw new Error(usage);

const site = await makeSite();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const started = performance.now();
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
      if (done % progressRounds === 0)
        process.stderr.write(
          `${done} of ${rounds}, ${Math.round((performance.now() - started) / 1_000)} s\n`,
        );
    },
  });
  process.stdout.write(`seed ${seed}: ${printKills(kills)}`);
  process.exitCode = kills.faults.length > 0 ? 1 : 0;
} finally {
  await site.close();
}
