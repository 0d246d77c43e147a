/** `skillgate host toolchain …`: folders with compilers and tools that every session sees. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as sessions from '../../runner/sessions/public.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, readPolicy } from './change.ts';
import type { DoctorRow } from './doctor-verdict.ts';
import { requireFree, requireNamed, withEntry, withoutEntry } from './policy-list.ts';

export function addToolchain(context: CommandContext, name: string, written: string): void {
  const path = resolve(context.cwd, written);
  const cannot = `Cannot add toolchain ${name}:`;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Problem('file-not-found', `${cannot} there is no folder ${path}`);
  const folder = realpathSync(path);
  const why = sessions.whyNotToolchain(folder, Object.values(context.paths));
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
