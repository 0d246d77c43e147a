/**
 * What a sandbox costs: a shell that does nothing, started in it, in what else is installed, and
 * bare, in turn.
 */

import { median, quantile, wallMs } from './measure.ts';
import type { Row } from './row.ts';
import { crowdRows } from './sandbox-crowd.ts';
import { openPeers, run } from './sandbox-peers.ts';
import { withSandbox } from './sandbox-start.ts';
import { skillRunRows } from './skill-run.ts';

const warmUps = 3;
const rounds = 25;
const nothing = async (): Promise<void> => undefined;

export async function sandboxRows(): Promise<Row[]> {
  return [...(await startRows()), ...(await crowdRows()), ...(await skillRunRows())];
}

async function startRows(): Promise<Row[]> {
  const peers = await openPeers();
  const bare = 'bare sh';
  const ways: Readonly<Record<string, () => Promise<void>>> = {
    [bare]: () => run('/bin/sh', ['-c', ':'], {}),
    'no egress': () => withSandbox({ egress: false, script: ':' }, nothing),
    'with egress': () => withSandbox({ egress: true, script: ':' }, nothing),
    ...Object.fromEntries(peers.map((peer) => [peer.name, peer.start])),
  };
  const taken = new Map(Object.keys(ways).map((name): [string, number[]] => [name, []]));
  try {
    for (let round = 0; round < warmUps + rounds; round++) {
      for (const [name, start] of Object.entries(ways)) {
        const milliseconds = await wallMs(start);
        if (round >= warmUps) taken.get(name)?.push(milliseconds);
      }
    }
  } finally {
    for (const peer of peers) await peer.stop();
  }
  const at = (name: string, share: number): number => quantile(taken.get(name) ?? [], share);
  const base = at(bare, 0.5);
  const added = (name: string): number => median(taken.get(name) ?? []) - base;
  const row = (what: string, share: number, most?: number): Row => ({
    name: `sandbox, ${what}, p${share * 100}`,
    value: at(what, share),
    unit: 'ms',
    against: `${bare} ${base.toPrecision(3)} ms`,
    ratio: at(what, share) / base,
    goal: most === undefined ? '–' : `≤ bare + ${most} ms`,
    held: most === undefined || at(what, share) - base <= most,
  });
  const against = peers.map(
    ({ name, atMost }): Row => ({
      name: `a start over the bare process, beside ${name}`,
      value: added('no egress'),
      unit: 'ms',
      against: `${name} + ${added(name).toPrecision(3)} ms`,
      ratio: added('no egress') / added(name),
      goal: `≤ ${atMost} ×`,
      held: added('no egress') / added(name) <= atMost,
    }),
  );
  return [
    row('no egress', 0.5, 12),
    row('no egress', 0.95, 25),
    row('with egress', 0.5),
    row('with egress', 0.95),
    ...against,
  ];
}
