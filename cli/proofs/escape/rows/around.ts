/** Attempts around a run: while it starts, after it was stopped, and against the next run. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../../../runner/sandbox/sandbox.ts';
import { outputBytesMax } from '../../../../skills-index/run/plan/plan-skill.ts';
import { wantedAttempt } from '../batch.ts';
import { runInSession } from '../in-session.ts';
import type { Outcome, RunnerAttempt } from '../row.ts';
import { libraryMount, runBare } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { passesVariable, runCodeBare, runOnce } from './ownership.ts';

const why = 'escape suite';
// A daemonised process that ignores signals and is named with the world's word.
const daemon = (word: string, stays: boolean): string => `
import ctypes, os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0: os._exit(0)
    for n in (1, 2, 3, 13, 15): signal.signal(n, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(15, b'${word}', 0, 0, 0)
    os.closerange(0, 64)
    time.sleep(30)
    os._exit(0)
time.sleep(${stays ? 60 : 0.5})
`;

/** Whether a process with the world's word as its name runs on this host (proc(5)). */
function isRunning({ word }: EscapeWorld): boolean {
  return fs.readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === word;
    } catch {
      return false;
    }
  });
}

async function waitUntilRunning(world: EscapeWorld): Promise<boolean> {
  for (let i = 0; i < 1_000 && !isRunning(world); i++) await sleep(10);
  return isRunning(world);
}

// Checked while the supervisor of the bare twin still waits: afterwards it kills all processes.
async function survivesBare(world: EscapeWorld): Promise<boolean> {
  const running = runCodeBare(world, `${daemon(world.word, false)}\ntime.sleep(1)`);
  if (!(await waitUntilRunning(world))) return false;
  // Time for the parent processes to end.
  await sleep(600);
  const isAlive = isRunning(world);
  await running;
  return isAlive;
}

async function judgeSurvivors(
  world: EscapeWorld,
  sandbox: Sandbox,
  stop?: AbortController,
): Promise<Outcome> {
  const stops = stop === undefined ? [] : [{ signal: stop.signal, reason: 'revoked' as const }];
  const files = { 'probe.py': daemon(world.word, stop !== undefined) };
  const running = runOnce(world, sandbox, () => ({ files }), { stops });
  const hasStarted = await waitUntilRunning(world);
  stop?.abort();
  const { end, problem } = await running;
  if (!hasStarted)
    return { result: 'untested', detail: `the process never started: ${problem ?? end?.reason}` };
  const detail = `the process ended with the run: ${end?.reason}`;
  return isRunning(world)
    ? { result: 'through', detail: 'a process outlived the run' }
    : { result: 'blocked', detail };
}

// The first of two runs leaves files in every writable place; the second looks for them.
const places = ['/tmp', '/home/skill', '/dev/shm', '/var/tmp', '/run', '.'];
const leave = `import os\nfor d in ${JSON.stringify(places)}:\n    for n in ('evil.so', '.profile', '.pythonrc'):\n        try: open(d + '/' + n, 'w').write('left')\n        except OSError: pass\nprint('left')`;
const find = `import os\nfor d in ${JSON.stringify(places)}:\n    for n in ('evil.so', '.profile', '.pythonrc'):\n        if os.path.exists(d + '/' + n): print('found', d)\nprint('looked', [n for n in os.environ if n.startswith('LD_') or n in ('NODE_OPTIONS', 'PYTHONSTARTUP')])`;

export const aroundRows: readonly RunnerAttempt[] = [
  {
    name: 'replace a mounted folder with a link after the runner checked it',
    wants: 'a folder that the runner did not check',
    bare: async (world) => {
      const real = fs.realpathSync(world.library);
      swapLibrary(world);
      const reached = fs.existsSync(join(real, 'id_ed25519'));
      restoreLibrary(world);
      return reached;
    },
    attempt: async (world, sandbox) => {
      const swapping: Sandbox = {
        ...sandbox,
        start: (what) => {
          swapLibrary(world);
          return sandbox.start(what).finally(() => restoreLibrary(world));
        },
      };
      const skill = {
        files: { 'probe.sh': 'for f in /library/*; do echo "$f"; done' },
        capabilities: { mount: [libraryMount] },
      };
      const { printed, problem } = await runOnce(world, swapping, () => skill);
      if (printed.includes('id_ed25519')) return { result: 'through', detail: printed };
      return {
        result: 'blocked',
        detail: problem ?? `the run saw the checked folder: ${printed.trim()}`,
      };
    },
  },
  {
    name: 'leave a process running after the command ended',
    wants: 'a process that nobody watches',
    bare: survivesBare,
    attempt: (world, sandbox) => judgeSurvivors(world, sandbox),
  },
  {
    name: 'leave a process running after the run was stopped',
    wants: 'a process of a revoked skill',
    bare: survivesBare,
    attempt: (world, sandbox) => judgeSurvivors(world, sandbox, new AbortController()),
  },
  {
    name: 'leave a process running after a session ended',
    wants: 'a process that nobody watches',
    bare: survivesBare,
    attempt: async (world, sandbox) => {
      const command = ['python3', '-c', daemon(world.word, false)];
      const terms = { agent: 'one', folder: world.workspace, command };
      const running = runInSession(world, sandbox, terms);
      const hasStarted = await Promise.race([waitUntilRunning(world), running.then(() => false)]);
      const { end } = await running;
      if (!hasStarted) return { result: 'untested', detail: `never started: ${end.reason}` };
      return isRunning(world)
        ? { result: 'through', detail: 'a process outlived the session' }
        : { result: 'blocked', detail: `the process ended with the session: ${end.reason}` };
    },
  },
  {
    name: 'print without end',
    wants: 'the runner’s memory and the reader’s disk',
    bare: async (world) => {
      const code = `import os\nfor n in range(20): os.write(1, b'x' * 1048576)\nopen(folder + '/home/printed', 'w').close()`;
      await runBare(
        world,
        [
          wantedAttempt(
            world,
            { name: 'flood', wants: '', code, proof: () => false, seconds: 6 },
            0,
          ),
        ],
        'user',
        1,
      );
      return fs.existsSync(join(world.folder, 'home', 'printed'));
    },
    attempt: async (world, sandbox) => {
      const skill = { files: { 'probe.py': `import os\nwhile True: os.write(1, b'x' * 1048576)` } };
      const { end, printed } = await runOnce(world, sandbox, () => skill);
      const isLimited = end?.reason === 'limit:output' && printed.length <= outputBytesMax;
      return {
        result: isLimited ? 'contained' : 'through',
        detail: `${end?.reason}: ${printed.length} bytes were kept`,
      };
    },
  },
  {
    name: 'leave a file for the next run to load',
    wants: 'its code in another skill’s run',
    bare: async (world) => {
      const code = `p = folder + '/home/evil.so'; print('found' if os.path.exists(p) else ''); open(p, 'w').close()`;
      const attempt = wantedAttempt(
        world,
        { name: 'leave', wants: '', code, proof: () => false },
        0,
      );
      await runBare(world, [attempt], 'user', 1);
      return (await runBare(world, [attempt], 'user', 1)).get('leave')?.includes('found') ?? false;
    },
    attempt: async (world, sandbox) => {
      const first = await runOnce(world, sandbox, () => ({ files: { 'probe.py': leave } }));
      const { printed } = await runOnce(world, sandbox, () => ({ files: { 'probe.py': find } }));
      if (!first.printed.includes('left') || !printed.includes('looked'))
        return { result: 'untested', detail: printed };
      return { result: printed.includes('found') ? 'through' : 'blocked', detail: printed.trim() };
    },
  },
  ...[
    'LD_PRELOAD',
    'PYTHONSTARTUP',
    'NODE_OPTIONS',
    'BASH_ENV',
    'HTTP_PROXY',
    'PYTHONPATH',
    'NODE_PATH',
  ].map(
    (name): RunnerAttempt => ({
      name: `declare the variable ${name} as a capability`,
      wants: 'other code in the interpreter, or a way around the proxy',
      bare: async () => passesVariable(name),
      attempt: async (world, sandbox) => {
        const skill = {
          files: { 'probe.py': `import os\nprint('value', os.environ.get('${name}'))` },
          capabilities: { env: [{ name, why }] },
        };
        const { printed, problem } = await runOnce(
          world,
          sandbox,
          () => skill,
          (request) => ({
            hostPolicy: { ...request.hostPolicy, env: { [name]: '/tmp/evil' } },
          }),
        );
        if (problem !== undefined) return { result: 'blocked', detail: problem };
        return { result: printed.includes('evil') ? 'through' : 'blocked', detail: printed.trim() };
      },
    }),
  ),
];

function swapLibrary(world: EscapeWorld): void {
  fs.renameSync(world.library, `${world.library}-moved`);
  fs.symlinkSync(join(world.folder, 'home', '.ssh'), world.library);
}

function restoreLibrary(world: EscapeWorld): void {
  fs.rmSync(world.library);
  fs.renameSync(`${world.library}-moved`, world.library);
}
