/** The runner itself: what it is handed, and what changes around it between looking and doing. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { RunRequest } from '../../../../runner/run/run-request.ts';
import type { Sandbox } from '../../../../runner/sandboxes/sandbox.ts';
import { wantedAttempt } from '../batch.ts';
import { type Outcome, type RunnerAttempt, saysThrough } from '../row.ts';
import { capabilitiesOf, type EscapeSkill, type ExtraAccess, runSandboxed } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { mountsAsAsked, splitsArguments, startsWhatLiesThere, triesBare } from './naive.ts';
import { runOnce } from './run-once.ts';

const why = 'escape suite';
const quiet: EscapeSkill = { files: { 'probe.sh': 'echo started' } };
const mountOf = (source: string, target: string) => ({
  mount: [{ source, target, mode: 'ro', why }],
});

/** Blocked when nothing starts. */
function refusing(
  name: string,
  wants: string,
  skillOf: (world: EscapeWorld) => EscapeSkill,
  bare: (world: EscapeWorld) => boolean | Promise<boolean>,
  change: (
    world: EscapeWorld,
  ) => Partial<RunRequest> | ((request: RunRequest) => Partial<RunRequest>) = () => ({}),
): RunnerAttempt {
  const attempt = async (world: EscapeWorld, sandbox: Sandbox): Promise<Outcome> => {
    const { printed, problem } = await runOnce(world, sandbox, () => skillOf(world), change(world));
    if (problem?.startsWith('sandbox-')) return { result: 'untested', detail: problem };
    if (problem !== undefined) return { result: 'blocked', detail: problem };
    return {
      result: printed.includes('started') ? 'through' : 'untested',
      detail: `it ran: ${printed}`,
    };
  };
  return { name, wants, bare: async (world) => bare(world), attempt };
}

const library = 'workspace:library';
const wrongMounts: readonly (readonly [name: string, source: string, target: string])[] = [
  ['a mount that climbs out of its place', library, '/library/../usr/bin'],
  ['a mount over the programs', library, '/usr/bin'],
  ['a mount over the skills', library, '/skills/@escape/probe'],
  ['a mount over /proc', library, '/proc'],
  ['a mount with a line break in its place', library, '/library\n--bind\n/\n/host'],
  ['a mount with a NUL in its place', library, '/library\0--bind'],
  ['a mount of a path of the host', '/etc', '/library'],
  ['a mount of a path that climbs', 'workspace:../../etc', '/library'],
  ['a mount of a device', '/dev/zero', '/library'],
];

/** Where host policy binds a workspace. */
const bound =
  (path: (world: EscapeWorld) => string) => (world: EscapeWorld) => (request: RunRequest) => ({
    hostPolicy: { ...request.hostPolicy, workspaces: { library: path(world) } },
  });

const showsOwn: readonly (readonly [name: string, path: (world: EscapeWorld) => string])[] = [
  ['a mount of the runner’s own settings', (world) => world.paths.config],
  ['a mount of the folder above the runner’s settings', (world) => join(world.paths.config, '..')],
  ['a mount of the audit log’s folder', (world) => world.paths.data],
  ['a mount of a link to the runner’s settings', (world) => linkTo(world, world.paths.config)],
  ['a mount of the machine’s settings', () => '/etc'],
  ['a mount of everything', () => '/'],
];

function linkTo(world: EscapeWorld, target: string): string {
  const link = join(world.folder, `link-${target.length}`);
  fs.rmSync(link, { force: true });
  fs.symlinkSync(target, link);
  return link;
}

/** What a manifest names, and what host policy binds to it. */
export const manifestRows: readonly RunnerAttempt[] = [
  ...wrongMounts.map(([name, source, target]) =>
    refusing(
      name,
      'more of the host than was granted',
      () => ({ ...quiet, capabilities: mountOf(source, target) }),
      (world) => mountsAsAsked(world, source, target),
    ),
  ),
  ...showsOwn.map(([name, path]) =>
    refusing(
      name,
      'policy, keys and logs',
      () => ({ ...quiet, capabilities: mountOf(library, '/library') }),
      (world) => fs.readdirSync(path(world)) !== undefined,
      bound(path),
    ),
  ),
  refusing(
    'a program by its path',
    'any program of the host',
    () => ({ ...quiet, capabilities: { exec: [{ program: '../../bin/mount', why }] } }),
    () => fs.existsSync(join('/usr/bin', '../../bin/mount')),
  ),
  refusing(
    'a command outside of the skill',
    'a file that nobody approved',
    () => ({ files: { '../canary.txt': 'x' } }),
    (world) => fs.existsSync(join(world.folder, 'skills', '../canary.txt')),
  ),
];

/** Host policy as it is by itself. */
const strict = (writable: readonly string[]) => (request: RunRequest) => ({
  hostPolicy: { ...request.hostPolicy, writable, breakers: {} },
});

/** What waits for a person. */
export const heldRows: readonly RunnerAttempt[] = [
  refusing(
    'a writable folder that nobody said yes to',
    'a folder of the host',
    () => ({ ...quiet, capabilities: capabilitiesOf(['writing']) }),
    async (world) =>
      /^through$/m.test(await triesBare(world, `open(mount + '/written', 'w').close(); won()`)),
    () => strict([]),
  ),
  untilStopped(
    'ask for one host after another until one is open',
    'a place that was not granted',
    `for n in range(40): get('http://h%d.elsewhere.example/' % n, 'x')`,
  ),
  untilStopped(
    'use the secret in one place after another until one is open',
    'the secret at a place of its choice',
    `for n in range(40): get('http://api.crm.example/v2/' + os.environ['CRM_TOKEN'])`,
  ),
];

const all: readonly ExtraAccess[] = ['egress', 'writing'];

// With host policy as it is by itself, the run is ended before the attempt is.
function untilStopped(name: string, wants: string, code: string): RunnerAttempt {
  const whole = `${code}\nwon()`;
  return {
    name,
    wants,
    bare: async (world) => /^through$/m.test(await triesBare(world, whole)),
    attempt: async (world, sandbox) => {
      const wanted = wantedAttempt(
        world,
        { name, wants, code: whole, proof: saysThrough, seconds: 30 },
        0,
      );
      const { told, reason } = await runSandboxed(world, { sandbox, grants: all }, [wanted], {
        atOnce: 1,
        change: strict(['reports']),
      });
      if (reason === 'breaker')
        return { result: 'contained', detail: 'the run was ended: breaker' };
      const output = told.get(name) ?? '';
      return {
        result: /^through$/m.test(output) ? 'through' : 'untested',
        detail: `${reason}: ${output}`,
      };
    },
  };
}

/** Bytes that are not those that were approved. */
export const bundleRows: readonly RunnerAttempt[] = [
  refusing(
    'a file of the skill that is changed after it was verified',
    'code that nobody approved',
    () => quiet,
    startsWhatLiesThere,
    () => (request) => {
      const changed = new Map(request.skill.contents);
      for (const path of changed.keys())
        if (path === 'probe.sh') changed.set(path, Buffer.from('echo started changed'));
      return { skill: { ...request.skill, contents: changed } };
    },
  ),
  refusing(
    'a list of files that is changed after it was verified',
    'code that nobody approved',
    () => quiet,
    startsWhatLiesThere,
    () => (request) => ({
      skill: {
        ...request.skill,
        bundle: { ...request.skill.bundle, files: request.skill.bundle.files.slice(0, 1) },
      },
    }),
  ),
  refusing(
    'an argument with a NUL',
    'another argument for the sandbox',
    () => quiet,
    splitsArguments,
    () => () => ({ args: ['a\0b'] }),
  ),
];
