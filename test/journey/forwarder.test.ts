import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bubblewrap, forwarderGroupOf } from '../../runner/bubblewrap/bubblewrap.ts';
import { placesFor } from '../../runner/sandbox/control-groups.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import { crm, giveToken, makeTestHost, runTest, startUpstream } from './sandbox-fixture.ts';

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

// What a process of the run's user tries outside the sandbox: the proxy's socket by its path, then
// the network of each process that it may enter.
const stranger = `
import ctypes, os, socket, sys
folder, head = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
ask = lambda way: (head % way).replace('|', '\\r\\n').encode()
def reach(kind, to, way):
    try:
        s = socket.socket(kind); s.settimeout(5); s.connect(to); s.sendall(ask(way)); s.recv(100)
    except OSError as e: print(way, e)
reach(socket.AF_UNIX, folder + '/proxy/proxy.sock', 'socket')
for pid in filter(str.isdigit, os.listdir('/proc')):
    if os.fork() == 0:
        try:
            spaces = [os.open('/proc/%s/ns/%s' % (pid, kind), os.O_RDONLY) for kind in ('user', 'net')]
            if any(libc.setns(one, 0) == -1 for one in spaces): raise OSError(ctypes.get_errno(), 'setns')
            reach(socket.AF_INET, ('127.0.0.1', 3128), 'network')
        except OSError: pass
        os._exit(0)
    os.wait()
print('tried')`;

it.skipIf(process.getuid?.() !== 0)(
  'the run uses its secrets, and no other process of its user does',
  async () => {
    const host = makeTestHost();
    giveToken(host, 'real-value');
    const upstream = await startUpstream();
    const sandbox = bubblewrap();
    let tried = '';
    const besides: Sandbox['start'] = async (start) => {
      const running = await sandbox.start(start);
      const lines = 'GET http://api.crm.example/v2/%s HTTP/1.1|Host: api.crm.example';
      const head = `${lines}|Authorization: Bearer ${start.env.CRM_TOKEN}||`;
      const user = { uid: start.plan.uid, gid: start.plan.gid };
      const { stdout } = await promisify(execFile)(
        '/usr/bin/python3',
        ['-c', stranger, start.runFolder, head],
        user,
      );
      tried = stdout;
      return running;
    };
    const asks = `import os, time, urllib.request
time.sleep(2)
token = {'Authorization': 'Bearer ' + os.environ['CRM_TOKEN']}
urllib.request.urlopen(urllib.request.Request('http://api.crm.example/v2/own', headers=token))`;
    const run = await runTest(
      host,
      { files: { 'probe.py': asks }, capabilities: crm },
      { sandbox: { ...sandbox, start: besides } },
      { hosts: { 'api.crm.example': { address: '127.0.0.1', port: upstream.port } } },
    );
    upstream.close();
    host.remove();
    expect(run).toMatchObject({ reason: 'exit', code: 0 });
    expect(tried).toContain('tried');
    expect(upstream.seen).toEqual(['GET /v2/own Bearer real-value ']);
  },
);
