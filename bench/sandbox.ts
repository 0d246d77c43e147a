/** What a sandbox costs: a shell that does nothing, started in it and bare, in turn. */

import type { Plan } from '../runner/plan.ts';
import { makeRunFolder } from '../runner/run-folder.ts';
import type { SandboxStart } from '../runner/sandbox.ts';
import { bubblewrap } from '../runner/sandboxes/bubblewrap.ts';
import { packBundle } from '../skills-index/skill/bundle.ts';
import { parseSkillName } from '../skills-index/skill/name.ts';
import { parseVersion } from '../skills-index/skill/version.ts';
import { childWallMs, median, quantile, wallMs } from './measure.ts';
import type { Row } from './row.ts';

const warmUps = 3;
const rounds = 25;
const nobody = 65_534;

export async function sandboxRows(): Promise<Row[]> {
  const sandbox = bubblewrap();
  const [inside, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < warmUps + rounds; round++) {
    const folder = makeRunFolder();
    const sandboxed = await wallMs(async () => {
      const running = await sandbox.start(emptyRun(folder.path));
      running.stdin.end();
      running.stdout.resume();
      running.stderr.resume();
      const end = await running.ended;
      if (end.code !== 0) throw new Error(`the sandbox ended with ${end.code}`);
    });
    folder.remove();
    const process = childWallMs(['/bin/sh', '-c', ':']);
    if (round < warmUps) continue;
    inside.push(sandboxed);
    bare.push(process);
  }
  const base = median(bare);
  const row = (name: string, value: number, added: number, most: number): Row => ({
    name,
    value,
    unit: 'ms',
    against: `bare sh ${base.toPrecision(3)} ms`,
    ratio: value / base,
    goal: `≤ bare + ${most} ms`,
    held: added <= most,
  });
  return [
    row('sandbox, no egress, p50', median(inside), median(inside) - base, 12),
    row('sandbox, no egress, p95', quantile(inside, 0.95), quantile(inside, 0.95) - base, 25),
  ];
}

function emptyRun(runFolder: string): SandboxStart {
  const name = parseSkillName('@bench/nothing');
  const { bundle, digest, contents } = packBundle([
    { path: 'SKILL.md', bytes: Buffer.from('---\nname: nothing\n---\n'), mode: 0o644 },
    { path: 'nothing.sh', bytes: Buffer.from(':\n'), mode: 0o755 },
  ]);
  const file = bundle.files.find((one) => one.path === 'nothing.sh')?.path;
  if (file === undefined) throw new Error('nothing.sh was not packed');
  const root = process.getuid?.() === 0;
  const plan: Plan = {
    schema: 'skillgate.plan/1',
    skill: { name, version: parseVersion('1.0.0'), bundle: digest },
    agent: 'operator',
    command: { name: 'nothing', file, interpreter: 'sh' },
    backend: 'bubblewrap',
    uid: root ? nobody : (process.getuid?.() ?? nobody),
    gid: root ? nobody : (process.getgid?.() ?? nobody),
    workingDirectory: '/tmp',
    mounts: [],
    egress: [],
    secrets: [],
    env: [],
    programs: [{ program: 'sh', path: '/bin/sh', reason: 'the command is a shell script' }],
    limits: { seconds: 10, memoryMiB: 64, outputBytes: 10_000, processes: 16 },
    leftOut: [],
    refused: [],
  };
  const files = bundle.files.map((one) => ({ file: one, bytes: contents.get(one.path) ?? new Uint8Array() }));
  return {
    plan,
    skill: { name, files },
    args: [],
    env: { PATH: '/usr/bin', HOME: '/home/skill' },
    pins: new Map(),
    protectedPaths: new Map(),
    runFolder,
  };
}
