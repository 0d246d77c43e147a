/**
 * What happens around a run: while it starts, when it is stopped, and what is left for the next
 * one.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../../../runner/sandboxes/sandbox.ts';
import { outputBytesMax } from '../../../../skills-index/run/limits.ts';
import { runBare } from '../bare.ts';
import { wantedAttempt } from '../batch.ts';
import type { Outcome, RunnerAttempt } from '../row.ts';
import { libraryMount } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { setsVariable, triesBare } from './naive.ts';
import { runOnce } from './run-once.ts';

const why = 'escape suite';
// A process that left its family, heeds no signal, and has the world's word for its name.
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

/** Whether a process of that name lives anywhere on this host (proc(5)). */
function lives({ word }: EscapeWorld): boolean {
  return fs.readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === word;
    } catch {
      return false;
    }
  });
}

async function untilItLives(world: EscapeWorld): Promise<boolean> {
  for (let i = 0; i < 1_000 && !lives(world); i++) await sleep(10);
  return lives(world);
}

// Looked at while the bare twin's supervisor still waits: afterwards it kills all.
async function livesBare(world: EscapeWorld): Promise<boolean> {
  const running = triesBare(world, `${daemon(world.word, false)}\ntime.sleep(1)`);
  if (!(await untilItLives(world))) return false;
  // Its parents ended by then, or do in a moment.
  await sleep(600);
  const isAlive = lives(world);
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
  const began = await untilItLives(world);
  stop?.abort();
  const { end, problem } = await running;
  if (!began) return { result: 'untested', detail: `it never began: ${problem ?? end?.reason}` };
  const detail = `gone when the run ended: ${end?.reason}`;
  return lives(world)
    ? { result: 'through', detail: 'a process outlived the run' }
    : { result: 'blocked', detail };
}

/**
 * What two runs in a row see of each other: the first leaves a word in every place that takes one.
 */
const places = ['/tmp', '/home/skill', '/dev/shm', '/var/tmp', '/run', '.'];
const leave = `import os\nfor d in ${JSON.stringify(places)}:\n    for n in ('evil.so', '.profile', '.pythonrc'):\n        try: open(d + '/' + n, 'w').write('left')\n        except OSError: pass\nprint('left')`;
const find = `import os\nfor d in ${JSON.stringify(places)}:\n    for n in ('evil.so', '.profile', '.pythonrc'):\n        if os.path.exists(d + '/' + n): print('found', d)\nprint('looked', [n for n in os.environ if n.startswith('LD_') or n in ('NODE_OPTIONS', 'PYTHONSTARTUP')])`;

export const aroundRows: readonly RunnerAttempt[] = [
  {
    name: 'a mount that is exchanged for a link after it was judged',
    wants: 'another folder than the one that was judged',
    bare: async (world) => {
      const real = fs.realpathSync(world.library);
      exchange(world);
      const reached = fs.existsSync(join(real, 'id_ed25519'));
      restore(world);
      return reached;
    },
    attempt: async (world, sandbox) => {
      const swapping: Sandbox = {
        ...sandbox,
        start: (what) => {
          exchange(world);
          return sandbox.start(what).finally(() => restore(world));
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
        detail: problem ?? `it saw the folder that was judged: ${printed.trim()}`,
      };
    },
  },
  {
    name: 'a process that outlives its command',
    wants: 'to go on when nobody looks',
    bare: livesBare,
    attempt: (world, sandbox) => judgeSurvivors(world, sandbox),
  },
  {
    name: 'a process that outlives being stopped',
    wants: 'to go on when it was revoked',
    bare: livesBare,
    attempt: (world, sandbox) => judgeSurvivors(world, sandbox, new AbortController()),
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
      const held = end?.reason === 'limit:output' && printed.length <= outputBytesMax;
      return {
        result: held ? 'contained' : 'through',
        detail: `${end?.reason}: ${printed.length} bytes were kept`,
      };
    },
  },
  {
    name: 'leave a file for the next run to load',
    wants: 'its code in another skill’s run',
    bare: async (world) => {
      const code = `p = folder + '/home/evil.so'; print('found' if os.path.exists(p) else ''); open(p, 'w').close()`;
      const made = wantedAttempt(world, { name: 'leave', wants: '', code, proof: () => false }, 0);
      await runBare(world, [made], 'user', 1);
      return (await runBare(world, [made], 'user', 1)).get('leave')?.includes('found') ?? false;
    },
    attempt: async (world, sandbox) => {
      const first = await runOnce(world, sandbox, () => ({ files: { 'probe.py': leave } }));
      const { printed } = await runOnce(world, sandbox, () => ({ files: { 'probe.py': find } }));
      if (!first.printed.includes('left') || !printed.includes('looked'))
        return { result: 'untested', detail: printed };
      return { result: printed.includes('found') ? 'through' : 'blocked', detail: printed.trim() };
    },
  },
  ...['LD_PRELOAD', 'PYTHONSTARTUP', 'NODE_OPTIONS', 'BASH_ENV', 'HTTP_PROXY'].map(
    (name): RunnerAttempt => ({
      name: `have the variable ${name} set, as a capability`,
      wants: 'other code in the interpreter, or another way out',
      bare: async () => setsVariable(name),
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

function exchange(world: EscapeWorld): void {
  fs.renameSync(world.library, `${world.library}-moved`);
  fs.symlinkSync(join(world.folder, 'home', '.ssh'), world.library);
}

function restore(world: EscapeWorld): void {
  fs.rmSync(world.library);
  fs.renameSync(`${world.library}-moved`, world.library);
}
