import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import {
  deniedPlacesMax,
  type HeardDenials,
  hearDenials,
  printDenials,
} from '../../../cli/agents/agent-run.ts';
import type { CommandContext } from '../../../cli/command.ts';
import type { Audit } from '../../../runner/audit/audit.ts';

const subject = { run: 'r', agent: 'coder' };
const denied = (host: string, why = 'host-denied') =>
  ({
    event: 'egress',
    decision: 'denied',
    method: 'CONNECT',
    path: '/',
    secrets: [],
    host,
    port: 443,
    why,
  }) as const;

function heardOf(events: readonly Parameters<Audit['record']>[1][]): HeardDenials {
  const recorded: unknown[] = [];
  const heard = hearDenials({ record: (_, event) => void recorded.push(event) } as Audit);
  for (const event of events) heard.audit.record(subject, event);
  expect(recorded).toEqual(events);
  return heard;
}

function saidOf(heard: HeardDenials): string {
  let said = '';
  const stderr = new Writable({
    write: (chunk, _, done) => {
      said += chunk;
      done();
    },
  });
  printDenials({ format: 'text', stderr, env: {} } as unknown as CommandContext, 'coder', heard);
  return said;
}

it('names each place once, the most frequent first, and the commands that say more', () => {
  const heard = heardOf([
    denied('one.example'),
    denied('two.example'),
    denied('two.example'),
    { ...denied('three.example'), decision: 'allowed' },
  ]);
  const said = saidOf(heard);
  expect(said).toMatch(/^note: denied: 2 requests to two\.example:443: .+\n/);
  expect(said).toMatch(/^note: denied: 1 request to one\.example:443: .+$/m);
  expect(said).toContain('help: skillgate explain host-denied');
  expect(said).not.toContain('three');
});

it('stays short under a flood of hosts', () => {
  const flood = Array.from({ length: 5_000 }, (_, at) => denied(`h${at}\u001b[2J.example`));
  const heard = heardOf(flood);
  expect(heard.denied()).toHaveLength(deniedPlacesMax);
  expect(heard.further()).toBe(5_000 - deniedPlacesMax);
  const said = saidOf(heard);
  expect(said.split('\n').length).toBeLessThan(20);
  expect(said).toContain('4800 more denied requests: skillgate agent log coder');
  expect(said).not.toContain('\u001b');
});
