/**
 * Files of root below a writable folder. The process that applies a run's changes may be root, and
 * must not give one user's files to another user.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { RunnerAttempt } from '../row.ts';
import type { EscapeWorld } from '../world.ts';
import { copyBackAsRoot } from './naive.ts';
import { runOnce } from './run-once.ts';

const why = 'escape suite';

/** A folder of the attempts' user that contains a file and a folder of root. */
function makeOwned(world: EscapeWorld, name: string): string {
  const folder = join(world.folder, name);
  fs.mkdirSync(join(folder, 'ops'), { recursive: true });
  fs.writeFileSync(join(folder, 'ops/run.sh'), 'echo of root\n');
  fs.writeFileSync(join(folder, 'payroll.txt'), world.secrets[0] ?? '', { mode: 0o600 });
  fs.writeFileSync(join(folder, 'notes.txt'), 'notes\n');
  for (const path of [folder, join(folder, 'notes.txt')])
    if (process.getuid?.() === 0) fs.chownSync(path, world.user.uid, world.user.gid);
  return folder;
}

const uidOf = (path: string): number | undefined =>
  fs.statSync(path, { throwIfNoEntry: false })?.uid;

function ownership(
  name: string,
  wants: string,
  code: string,
  proof: (folder: string, world: EscapeWorld) => boolean,
): RunnerAttempt {
  const isRoot = process.getuid?.() === 0;
  return {
    name,
    wants,
    bare: async (world) => {
      if (!isRoot) return false;
      const folder = makeOwned(world, 'owned-bare');
      const changed = join(world.folder, 'owned-copy');
      fs.mkdirSync(changed);
      copyBackAsRoot(world, folder, changed, code);
      const works = proof(folder, world);
      for (const path of [folder, changed]) fs.rmSync(path, { recursive: true });
      return works;
    },
    attempt: async (world, sandbox) => {
      if (!isRoot) return { result: 'untested', detail: 'the runner is not root' };
      const folder = makeOwned(world, 'owned');
      const mount = [{ source: 'workspace:owned', target: '/reports', mode: 'rw', why }];
      const { problem, printed } = await runOnce(
        world,
        sandbox,
        () => ({
          files: { 'probe.py': `import os\nmount = '/reports'\n${code}\nprint('partly')` },
          capabilities: { mount },
        }),
        (request) => ({
          hostPolicy: { ...request.hostPolicy, workspaces: { owned: folder }, writable: ['owned'] },
        }),
      );
      const through = proof(folder, world);
      fs.rmSync(folder, { recursive: true });
      if (through) return { result: 'through', detail: printed };
      if (problem !== undefined) return { result: 'untested', detail: problem };
      return {
        result: printed.includes('partly') ? 'contained' : 'untested',
        detail: 'the change was not applied',
      };
    },
  };
}

export const ownershipRows: readonly RunnerAttempt[] = [
  ownership(
    'rename a file that it may not read',
    'ownership of root’s file',
    `os.rename(mount + '/payroll.txt', mount + '/mine.txt')`,
    (folder, { user }) => uidOf(join(folder, 'mine.txt')) === user.uid,
  ),
  ownership(
    'replace a folder that root owns',
    'root’s ownership of its own content',
    `os.rename(mount + '/ops', mount + '/away'); os.mkdir(mount + '/ops'); open(mount + '/ops/run.sh', 'w').write('evil')`,
    (folder) => {
      const path = join(folder, 'ops/run.sh');
      return uidOf(path) === 0 && fs.readFileSync(path, 'utf8') === 'evil';
    },
  ),
];
