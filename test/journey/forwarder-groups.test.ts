import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bubblewrap } from '../../runner/sandboxes/bubblewrap.ts';
import { placesFor } from '../../runner/sandboxes/control-groups.ts';
import type { Sandbox } from '../../runner/sandboxes/sandbox.ts';
import { crm, makeTestHost, runTest } from './sandbox-fixture.ts';

const isForwarder = /^skillgate-[A-Za-z0-9]{6}-forwarder$/;

/** The groups of forwarders on this host, and the processes in them. */
function forwarders(): string[][] {
  const above = dirname(placesFor('any').get('pids')?.folder ?? '/nowhere/any');
  const names = existsSync(above)
    ? readdirSync(above).filter((name) => isForwarder.test(name))
    : [];
  return names.map((name) =>
    readFileSync(join(above, name, 'cgroup.procs'), 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean),
  );
}

it('the forwarder of a run belongs to control groups of its own, which go with it', async () => {
  const host = makeTestHost();
  const before = forwarders().length;
  const during: string[][] = [];
  const sandbox = bubblewrap();
  const noticing: Sandbox['start'] = async (start) => {
    const running = await sandbox.start(start);
    during.push(...forwarders());
    return running;
  };
  const run = await runTest(
    host,
    { files: { 'probe.py': 'import time\ntime.sleep(0.5)' }, capabilities: { egress: crm.egress } },
    { sandbox: { ...sandbox, start: noticing } },
    { hosts: { 'api.crm.example': { address: '127.0.0.1', port: 9 } } },
  );
  host.remove();
  const hasGroups = run.reason === 'exit' && placesFor('any').has('pids');
  expect(during.length - before).toBe(hasGroups ? 1 : 0);
  if (hasGroups) expect(during.some((processes) => processes.length > 0)).toBe(true);
  await expect.poll(() => forwarders().length).toBe(before);
});
