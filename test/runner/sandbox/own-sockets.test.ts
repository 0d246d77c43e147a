import { expect, it } from 'vitest';
import type { SandboxStart } from '../../../runner/sandbox/sandbox.ts';
import { whyNoUnixSockets } from '../../../runner/sandbox/started.ts';

const runFolder = '/tmp/skillgate-000000';
const view = `${runFolder}/view0/view`;
const mount = { path: '/srv/reports', target: '/reports' };
const system = new Map([['/usr', `${runFolder}/read/0`]]);
const usr = { path: '/usr', target: '/usr' };

it.each<
  readonly [
    string,
    {
      readonly mounts?: readonly object[];
    } & Partial<SandboxStart>,
    string | undefined,
  ]
>([
  ['without a mount', {}, undefined],
  ['in a view', { mounts: [mount], sources: new Map([['/reports', view]]) }, undefined],
  ['in a folder that is bound', { mounts: [mount] }, '/reports'],
  [
    'in a folder whose view is the folder itself',
    { mounts: [mount], sources: new Map([['/reports', mount.path]]) },
    '/reports',
  ],
  ['in an overlay of the system', { folders: [usr], systemViews: system }, undefined],
  ['in a folder of the system that is bound', { folders: [usr] }, '/usr'],
  [
    'in a folder whose name only begins like an overlay',
    { folders: [{ path: '/usr-local', target: '/usr-local' }], systemViews: system },
    '/usr-local',
  ],
  [
    'in a folder of the run',
    { folders: [{ path: `${runFolder}/token`, target: '/run/skillgate' }] },
    undefined,
  ],
  [
    'beside a file of the host',
    { folders: [{ path: process.execPath, target: '/opt/node' }] },
    undefined,
  ],
])('a run may open unix sockets %s, or learns which folder forbids it', (_, seen, folder) => {
  const { mounts = [], ...rest } = seen;
  const why = whyNoUnixSockets({
    plan: { mounts } as unknown as SandboxStart['plan'],
    runFolder,
    ...rest,
  });
  expect(why).toBe(folder && `programs of the host can listen in ${folder}, which is bound`);
});
