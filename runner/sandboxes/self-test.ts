/** Before the first run: a shell in the sandbox tries to reach what it must not, and every try has to fail. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packBundle } from '../../skills-index/skill/bundle.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { findProgram } from '../host.ts';
import { startSecondsMax } from '../limits.ts';
import type { Plan } from '../plan.ts';
import { makeRunFolder } from '../run-folder.ts';
import type { Sandbox, SandboxCheck } from '../sandbox.ts';

// Builtins only; the one program it has is the one that it must not be able to use.
const probe = `
row() { printf '%s\\t%s\\n' "$1" "$2"; }
has() { while read -r key value; do [ "$key $value" = "$1: $2" ] && return; done < /proc/self/status; return 1; }
lines() { count=0; while read -r line; do count=$((count+1)); done < "$1"; [ $count -le "$2" ]; }
check() { name=$1; shift; if "$@"; then row "$name" holds; else row "$name" fails; fi; }
not() { ! "$@"; }
writes() { (: > "$1") 2>/dev/null; }
read -r environment < /proc/1/environ
check 'no new privileges' has NoNewPrivs 1
check 'system calls are filtered' has Seccomp 2
check 'no capabilities' has CapBnd 0000000000000000
check 'the environment of the runner is not there' [ -z "$environment" ]
check 'a file of the host is not there' not [ -e "$1" ]
check 'no network but loopback' lines /proc/net/dev 3
check 'no route' lines /proc/net/route 1
check 'no new namespaces' not unshare --user unshare --version 2>/dev/null
check 'the skill is read-only' not writes /skills/@skillgate/self-test/SKILL.md
check 'programs are read-only' not writes /usr/bin/new
unshare --version > /dev/null && row 'the probe works' holds
`;
const rows = probe.match(/(?<=(check|row) ')[^']+/g) ?? [];

/** Runs the probe once. */
export async function runSelfTest(sandbox: Sandbox): Promise<readonly SandboxCheck[]> {
  const folder = makeRunFolder();
  try {
    const canary = join(folder.path, 'canary');
    writeFileSync(canary, 'canary', { mode: 0o644 });
    const output = await runProbe(sandbox, folder.path, canary);
    const held = new Set(
      output
        .split('\n')
        .filter((line) => line.endsWith('\tholds'))
        .map((line) => line.split('\t')[0]),
    );
    return rows.map((name) => ({
      name,
      holds: held.has(name),
      detail: held.has(name) ? sandbox.name : 'the sandbox does not hold this here',
    }));
  } catch (cause) {
    return [{ name: 'a sandbox starts', holds: false, detail: (cause as Error).message }];
  } finally {
    folder.remove();
  }
}

async function runProbe(sandbox: Sandbox, runFolder: string, canary: string): Promise<string> {
  const content = [
    { path: 'SKILL.md', bytes: Buffer.from('---\nname: self-test\n---\n'), mode: 0o644 },
    { path: 'probe.sh', bytes: Buffer.from(probe), mode: 0o755 },
  ];
  const { bundle, digest, contents } = packBundle(content);
  const name = parseSkillName('@skillgate/self-test');
  const file = bundle.files.find((one) => one.path === 'probe.sh')?.path;
  if (file === undefined) throw new Error('the probe is not there');
  const root = process.getuid?.() === 0;
  const plan: Plan = {
    schema: 'skillgate.plan/1',
    skill: { name, version: parseVersion('1.0.0'), bundle: digest },
    agent: 'operator',
    command: { name: 'probe', file, interpreter: 'sh' },
    backend: sandbox.name,
    uid: root ? 65_534 : (process.getuid?.() ?? 65_534),
    gid: root ? 65_534 : (process.getgid?.() ?? 65_534),
    workingDirectory: '/tmp',
    mounts: [],
    egress: [],
    secrets: [],
    env: [],
    programs: ['sh', 'unshare'].map((program) => ({ program, path: findProgram(program) ?? '', reason: 'self-test' })),
    limits: { seconds: startSecondsMax, memoryMiB: 64, outputBytes: 10_000, processes: 16 },
    leftOut: [],
    refused: [],
  };
  const files = bundle.files.map((one) => ({ file: one, bytes: contents.get(one.path) ?? new Uint8Array() }));
  const running = await sandbox.start({
    plan,
    skill: { name, files },
    args: [canary],
    env: { PATH: '/usr/bin', HOME: '/home/skill' },
    pins: new Map(),
    protectedPaths: new Map(),
    runFolder,
  });
  const timer = setTimeout(() => running.kill(), startSecondsMax * 1000);
  running.stdin.end();
  running.stderr.resume();
  const output = await text(running.stdout);
  await running.ended;
  clearTimeout(timer);
  return output;
}
