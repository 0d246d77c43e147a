/**
 * Tries the hostile packages. The runner fetches, stores and mounts each package. The bare twin
 * unpacks the package into a folder in which Python and Node look for packages.
 */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as backends from '../../../../runner/backends/public.ts';
import * as packages from '../../../../runner/package-store/public.ts';
import { lockedEntries } from '../../../../skills-index/packages/require-locked.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { isReceived, type Outcome, type RunnerAttempt } from '../row.ts';
import type { EscapeWorld } from '../world.ts';
import { type PackageAttempt, packageAttempts } from './hostile-packages.ts';
import { type MadePackage, makePackage, python, unpackNaively } from './made-packages.ts';
import { runOnce } from './run-once.ts';

function hasWorked(world: EscapeWorld, text: string): boolean {
  return (
    /^through$/m.test(text) ||
    fs.existsSync(join(world.folder, 'home/ran')) ||
    isReceived({ output: text, token: `${world.word}-package`, world })
  );
}

async function worksNaively(world: EscapeWorld, attempt: PackageAttempt): Promise<boolean> {
  const one = attempt.package(world);
  const made = makePackage(world, one);
  attempt.meanwhile?.(made);
  const site = unpackNaively(world, made);
  attempt.meanwhile?.({ stored: site });
  const env = { PATH: '/usr/bin:/bin', PYTHONPATH: site };
  // The listeners of the world are in this process, so it must not wait for the program.
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(program, args, { env, timeout: 10_000 })).stdout;
  if (one.ecosystem === 'python') {
    const code = `import site\nsite.addsitedir('${site}')\n${attempt.code}`;
    return hasWorked(world, await run(python(), ['-c', code]));
  }
  const above = join(site, 'node_modules');
  fs.mkdirSync(above);
  fs.renameSync(join(site, 'package'), join(above, 'own'));
  for (const script of Object.values(one.scripts ?? {})) await run('/bin/sh', ['-c', script]);
  const start = join(site, 'start.cjs');
  fs.writeFileSync(start, attempt.code);
  return hasWorked(world, await run(process.execPath, [start]));
}

async function tryPackage(
  world: EscapeWorld,
  sandbox: backends.Sandbox,
  attempt: PackageAttempt,
): Promise<Outcome> {
  const made = makePackage(world, attempt.package(world));
  attempt.meanwhile?.(made);
  const why = await store(world, sandbox, made).catch((cause: unknown) => {
    if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
    return `${cause.code}: ${cause.message}`;
  });
  if (why !== undefined)
    return { result: hasWorked(world, '') ? 'through' : 'blocked', detail: why };
  attempt.meanwhile?.({ stored: storedTree(world) });
  const { ecosystem } = made.locked;
  const skill = {
    files: { [ecosystem === 'python' ? 'probe.py' : 'probe.cjs']: attempt.code },
    packages: {
      [ecosystem]: {
        requires: ['own'],
        why: 'escape suite',
        lock: ecosystem === 'python' ? 'pylock.toml' : 'package-lock.json',
        locked: lockedEntries([made.locked]),
      },
    },
  };
  const { printed: text, problem } = await runOnce(world, sandbox, () => skill);
  const detail = (problem ?? text).trim();
  if (hasWorked(world, text)) return { result: 'through', detail };
  if (problem?.startsWith('packages-') === true) return { result: 'blocked', detail };
  return { result: text.includes('tried') ? 'blocked' : 'untested', detail };
}

/** Installs the package. @throws Problem where the runner refuses the package */
async function store(
  world: EscapeWorld,
  sandbox: backends.Sandbox,
  { index, locked }: MadePackage,
): Promise<undefined> {
  const url = `file://${index}`;
  await packages.readyPackages({
    data: world.paths.data,
    packages: [locked],
    hostPolicy: { indexes: { python: { url }, npm: { url } } },
    network: { fetch },
    sandbox: () => sandbox,
  });
}

function storedTree({ paths }: EscapeWorld): string {
  const sets = join(paths.data, 'packages', 'sets');
  return join(sets, fs.readdirSync(sets)[0] ?? '', 'tree');
}

export const packageRows: readonly RunnerAttempt[] = packageAttempts.map((attempt) => ({
  name: attempt.name,
  wants: attempt.wants,
  bare: (world) => worksNaively(world, attempt),
  attempt: (world, sandbox) => tryPackage(world, sandbox, attempt),
}));
