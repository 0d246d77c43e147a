/** How long the command takes to start, on dist/, over a bare Node. */
import { fileURLToPath } from 'node:url';
import { build, childCpuMs, median } from './measure.ts';
import { type Row, ratioRow } from './row.ts';

const rounds = 9;
const runs = 4;

export async function startRows(): Promise<Row[]> {
  build();
  const entry = fileURLToPath(new URL('../dist/cli/guard.js', import.meta.url));
  const node = process.execPath;
  const commands = {
    bare: [node, '-e', '0'],
    version: [node, entry, '--version'],
    help: [node, entry, '--help'],
  };
  const taken: Record<keyof typeof commands, number[]> = { bare: [], version: [], help: [] };
  for (let round = 0; round < rounds; round++) {
    taken.bare.push(childCpuMs(commands.bare, runs));
    taken.version.push(childCpuMs(commands.version, runs));
    taken.help.push(childCpuMs(commands.help, runs));
  }
  const bare = { name: 'node -e 0', value: median(taken.bare) };
  return [
    ratioRow('skill --version, CPU', median(taken.version), 'ms', bare, 1.15),
    ratioRow('skill --help, CPU', median(taken.help), 'ms', bare, 1.3),
  ];
}
