import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import { forwarderGroupOf } from '../../runner/bubblewrap/forwarder.ts';
import { placesFor } from '../../runner/sandbox/control-groups.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import { crm, makeTestHost, runTest } from './sandbox-fixture.ts';

const processesIn = (group: string): string[] =>
  readFileSync(join(group, 'cgroup.procs'), 'utf8').trim().split('\n').filter(Boolean);

it('the forwarder of a run belongs to control groups of its own, which go with it', async () => {
  const host = makeTestHost();
  let group = '';
  const during: string[] = [];
  const sandbox = bubblewrap();
  const noticing: Sandbox['start'] = async (start) => {
    const running = await sandbox.start(start);
    group = placesFor(forwarderGroupOf(start.runFolder)).get('pids')?.folder ?? '';
    if (existsSync(group)) during.push(...processesIn(group));
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
  expect(during.length > 0).toBe(hasGroups);
  await expect.poll(() => existsSync(group)).toBe(false);
});
