/** `skillgate host toolchain …`: folders with compilers and tools that every session sees. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type FoundBackend, findBackend, findBackends } from '../../runner/backends/backends.ts';
import { findProgram } from '../../runner/host/host.ts';
import { withRunFolder } from '../../runner/run/run-folder.ts';
import type { Sandbox, SandboxPlan } from '../../runner/sandbox/sandbox.ts';
import { containerStart, startSecondsMax } from '../../runner/sandbox/started.ts';
import { whyNotToolchain } from '../../runner/sessions/session-host.ts';
import { type HostPolicy, requirements } from '../../skills-index/run/plan/host-policy.ts';
import { processesMax, runSizes } from '../../skills-index/run/plan/plan-skill.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, readPolicy } from './change.ts';
import { requireFree, requireNamed, withEntry, withoutEntry } from './workspaces.ts';

export function addToolchain(context: CommandContext, name: string, written: string): void {
  const path = resolve(context.cwd, written);
  const cannot = `Cannot add toolchain ${name}:`;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Problem('file-not-found', `${cannot} there is no folder ${path}`);
  const folder = realpathSync(path);
  const why = whyNotToolchain(folder, Object.values(context.paths));
  if (why !== undefined)
    throw new Problem('usage', `${cannot} ${why}`, {
      hint: 'name the folder of one toolchain only, such as ~/.rustup/toolchains/NAME; skillgate doctor lists those that it finds',
    });
  applyHostChange(context, {
    change: (members, { toolchains }) => {
      requireFree('toolchain', name, folder, toolchains);
      return withEntry(members, 'toolchains', name, folder);
    },
    means: [
      safe`Each session sees ${folder} read-only, with its programs before those of the system. Skills do not see it.`,
    ],
  });
}

export function removeToolchain(context: CommandContext, name: string): void {
  requireNamed(Object.keys(readPolicy(context).toolchains), 'toolchain', name);
  applyHostChange(context, {
    change: (members) => withoutEntry(members, 'toolchains', name),
    means: [safe`No session sees toolchain ${name} any more. The folder itself stays as it is.`],
  });
}

export function listToolchains(context: CommandContext): void {
  const { file, toolchains } = readPolicy(context);
  answer(context, { schema: 'skillgate.host-toolchains/1', file, toolchains }, () =>
    Object.keys(toolchains).length === 0
      ? safe`Host policy has no toolchain. Add one: skillgate host toolchain add NAME DIR`
      : toolchainTable(toolchains),
  );
}

export function toolchainTable(toolchains: HostPolicy['toolchains']): Safe {
  return table(Object.entries(toolchains).map(([name, path]) => [name, path]));
}

// Where the usual installers put toolchains, with the folders above each toolchain.
const places: readonly (readonly [name: string, folder: string])[] = [
  ['rust', '.rustup/toolchains'],
  ['node', '.nvm/versions/node'],
  ['python', '.pyenv/versions'],
  ['java', '.sdkman/candidates/java'],
  ['go', 'sdk'],
];

/** One row for each toolchain that lies in HOME, with the line that gives it to sessions. */
export function toolchainRows(
  home: string | undefined,
  { toolchains }: Pick<HostPolicy, 'toolchains'>,
): DoctorRow[] {
  const known = new Set(Object.values(toolchains));
  const found = places.flatMap(([name, folder]) =>
    foldersIn(join(home ?? '/', folder)).map((path) => ({ name, path })),
  );
  if (statSync('/usr/local/go/bin', { throwIfNoEntry: false }) !== undefined)
    found.push({ name: 'go', path: '/usr/local/go' });
  return found
    .filter(({ path }) => !known.has(path))
    .map(({ name, path }) => ({
      name: `toolchain ${name}`,
      holds: true,
      needed: false,
      detail: `${basename(path)} is on this host, and no session sees it`,
      type: `skillgate host toolchain add ${name} ${path}`,
    }));
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

// The verdict of `skillgate doctor`: one sentence, and the one line to type next. Pure.

export interface DoctorRow extends HostRow {
  /** Whether no skill runs without it. */
  readonly needed: boolean;
}

export interface DoctorVerdict {
  readonly verdict: 'ready' | 'ready-but' | 'not-ready';
  readonly sentence: string;
  /** The line to type next. */
  readonly next?: string;
}

// What a host lacks although skills run, in the order in which an operator mends it.
const lacks: readonly { readonly row: RegExp; readonly what: string }[] = [
  {
    row: /^skillgate$/,
    what: 'the shims of installed skills fail, because skillgate is not on PATH',
  },
  {
    row: /^advisories$/,
    what: 'skills with packages do not start, because the advisories cannot be read',
  },
  {
    row: /^root of trust of /,
    what: 'the root of trust of a registry expires soon, or has expired',
  },
  { row: /^separate operator$/, what: 'held actions are denied, because no approver is named' },
  { row: /^approver /, what: 'an approver’s key has no passphrase, so agents could use the key' },
  { row: /^mailbox of /, what: 'an approver gets no holds by mailbox' },
  { row: /^hold rules$/, what: 'a hold rule holds nothing' },
  { row: /^upstream proxy$/, what: 'runs do not get out of this host' },
  { row: /^python3$/, what: 'skills with Python scripts do not run' },
];

/** @param hasRegistry whether this host has pinned a registry */
export function decideVerdict(rows: readonly DoctorRow[], hasRegistry: boolean): DoctorVerdict {
  const missing = rows.filter(({ holds }) => !holds);
  const needed = missing.filter((row) => row.needed);
  // A host program that is missing is often the cause of what else is missing.
  const first = needed.find(({ type }) => type !== undefined) ?? needed[0];
  if (first !== undefined) {
    const more = needed.length > 1 ? `, and ${needed.length - 1} more (marked no, in red)` : '';
    const sentence = `Not ready: no skill runs on this host. ${first.name}: ${first.detail}${more}.`;
    return { verdict: 'not-ready', sentence, ...nextOf(first) };
  }
  const [lack] = lacks.flatMap(({ row, what }) => {
    const found = missing.find(({ name }) => row.test(name));
    return found === undefined ? [] : [{ what, row: found }];
  });
  if (lack !== undefined)
    return { verdict: 'ready-but', sentence: `Ready, but ${lack.what}.`, ...nextOf(lack.row) };
  if (!hasRegistry)
    return {
      verdict: 'ready-but',
      sentence: 'Ready, but no registry is pinned, so no skill can be installed.',
      next: 'skillgate registry add URL --root sha256:…',
    };
  return {
    verdict: 'ready',
    sentence: 'Ready: approved skills run on this host, each in its own sandbox.',
    next: 'skillgate install @scope/name',
  };
}

function nextOf({ type }: DoctorRow): Pick<DoctorVerdict, 'next'> {
  return type === undefined ? {} : { next: type };
}

// What this host can enforce, tried: a sandbox with nothing in it is started, so that its checks
// are made; for `skill doctor`.

/** One line of `skill doctor`. */
interface HostRow {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
  /** What installs or starts it. */
  readonly type?: string;
}

type Wanted = Pick<HostPolicy, 'backend'>;

/**
 * What this host can enforce: the checks of a start, tried now, and what host policy may require;
 * for `skill doctor`.
 */
export async function probeHost({ backend }: Wanted): Promise<readonly HostRow[]> {
  const found = findBackend(backend);
  if ('why' in found) {
    const type = found.type === undefined ? {} : { type: found.type };
    const where = found.elsewhere === undefined ? '' : `. ${found.elsewhere}`;
    const detail = `host policy wants ${backend}: ${found.why}${where}`;
    return [{ name: 'a sandbox starts', holds: false, detail, ...type }];
  }
  const { sandbox } = found;
  const why = await whyNoSandbox(sandbox);
  const given = requirements.map((name) => ({
    name,
    holds: sandbox.gives.includes(name),
    detail: 'host policy may require it',
  }));
  if (why !== undefined) {
    const type = containerStart();
    const row = { name: 'a sandbox starts', holds: false, detail: why };
    return [type === undefined ? row : { ...row, type }, ...given];
  }
  return [
    ...sandbox.checks.map((name) => ({ name, holds: true, detail: `started in ${sandbox.name}` })),
    ...given,
  ];
}

/** Each backend: what it can enforce, or why it is not here and the line to type. */
export function backendRows(
  wanted: Wanted,
  found: readonly FoundBackend[] = findBackends(),
): readonly HostRow[] {
  return found.map((one) => {
    const name = `backend ${one.name}`;
    const taken = one.name === wanted.backend ? 'used for runs; ' : '';
    if ('sandbox' in one) {
      const { gives } = one.sandbox;
      const lacks = requirements.filter((requirement) => !gives.includes(requirement));
      const without = lacks.length === 0 ? '' : `; not: ${lacks.join(', ')}`;
      return { name, holds: true, detail: `${taken}can enforce ${gives.join(', ')}${without}` };
    }
    return {
      name,
      holds: false,
      detail: `${taken}${one.why}`,
      ...(one.type === undefined ? {} : { type: one.type }),
    };
  });
}

/** Why it does not hold on this host; undefined when it does. */
async function whyNoSandbox(sandbox: Sandbox): Promise<string | undefined> {
  const nobody = 65_534;
  const plan: SandboxPlan = {
    programs: [{ program: 'sh', path: findProgram('sh') ?? '' }],
    limits: {
      seconds: startSecondsMax,
      memoryMiB: 64,
      outputBytes: 1_000,
      processes: processesMax,
      ...runSizes,
    },
    mounts: [],
    workingDirectory: '/tmp',
    uid: process.getuid?.() || nobody,
    gid: process.getgid?.() || nobody,
  };
  const command = ['/usr/bin/sh', '-c', 'exit 0'];
  return withRunFolder(async (runFolder) => {
    try {
      const running = await sandbox.start({
        plan,
        files: [],
        command,
        env: {},
        pins: new Map(),
        runFolder,
      });
      running.stdin.end();
      const { code } = await running.ended;
      return code === 0 ? undefined : `a command in it ended with ${code}`;
    } catch (cause) {
      return (cause as Error).message;
    }
  });
}
