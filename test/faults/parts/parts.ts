/** The parts of `npm run faults` besides kills and failing calls. */
import { runClock } from './clock.ts';
import { runConnections } from './connections.ts';
import { runFullDisk } from './full-disk.ts';
import { runScanners } from './scanners.ts';
import { runSlowBodies } from './slow-bodies.ts';
import type { Row } from './stage.ts';

/** Name on the command line → the rows of the part, as they come. */
export const parts: Readonly<Record<string, () => AsyncGenerator<Row>>> = {
  scanners: async function* () {
    yield* await runScanners();
  },
  clock: async function* () {
    for (const days of [-3, 3]) yield await runClock(days);
  },
  disk: async function* () {
    yield await runFullDisk();
  },
  slow: async function* () {
    yield await runSlowBodies();
  },
  connections: runConnections,
};

/** One row of the table, with a line for each fault. */
export function printRow({ what, outcome, faults }: Row): string {
  const lines = [
    `${what}: ${outcome}; ${faults.length} faults`,
    ...faults.map((one) => `  ${one}`),
  ];
  return `${lines.join('\n')}\n`;
}
