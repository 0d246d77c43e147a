/**
 * Prepares a skill's run: verifies the bytes of the skill's files, opens the host's folders, and
 * makes the plan.
 */

import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import type { HostFacts } from '../../skills-index/run/plan/plan-input.ts';
import { planRun } from '../../skills-index/run/plan/plan-skill.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { bubblewrap } from '../bubblewrap/bubblewrap.ts';
import { findBase } from '../host/base-programs.ts';
import { findProgram, type OpenedHost, openHost } from '../host/host.ts';
import { argumentBytesMax } from '../limits.ts';
import { findSet } from '../packages/stored-set.ts';
import type { Sandbox, SandboxFile } from '../sandbox/sandbox.ts';
import { findCommand } from './command.ts';
import type { RunRequest } from './run-request.ts';

/** A run that is ready to start. The caller closes the opened folders in `host`. */
export interface PreparedRun {
  readonly files: readonly SandboxFile[];
  readonly host: OpenedHost;
  readonly sandbox: Sandbox;
  readonly plan: Plan;
  readonly digest: Digest;
}

export function prepareRun(request: RunRequest): PreparedRun {
  const { agent, approved, hostPolicy, manifest, paths, sandbox = bubblewrap(), skill } = request;
  const files = requireApprovedFiles(request);
  const command = findCommand(manifest, skill, request.command);
  requireValidArguments(request.args);
  const { exec, mount } = manifest.capabilities;
  const host = openHost({
    hostPolicy,
    workspaces: mount.map((need) => workspaceOf(need.source ?? '')),
    programs: [
      ...(command.interpreter === undefined ? [] : [command.interpreter]),
      ...exec.map((need) => need.program),
    ],
    ownFolders: [paths.config, paths.data, paths.cache],
  });
  const planned = planRun({
    admitted: skill.admitted,
    manifest,
    approved,
    command,
    hostPolicy,
    sandbox,
    ...(agent === undefined ? {} : { agent }),
    secrets: request.secrets?.entries ?? [],
    host: { ...host.facts, base: findBase(), packages: findSets(request) },
    now: request.now(),
  });
  return { files, host, sandbox, ...planned };
}

// A set is verified here, at each start: the sandbox shows the files themselves.
function findSets({ house = {}, manifest, paths }: RunRequest): NonNullable<HostFacts['packages']> {
  const { package: packages = [] } = manifest.capabilities;
  const used = ecosystems.filter((one) => packages.some((each) => each.ecosystem === one));
  return Object.fromEntries(
    used.map((ecosystem) => {
      const declared = packages.filter((one) => one.ecosystem === ecosystem);
      const isLeft = declared.some(({ version }) => version === houseWord);
      const given = isLeft ? (house[ecosystem] ?? []) : declared;
      const fact = findSet(paths.data, ecosystem, given, findProgram('python3'));
      return [ecosystem, { ...fact, given }];
    }),
  );
}

// The kernel refuses long arguments and arguments with a NUL byte (execve(2)). The runner rejects
// such arguments before anything starts.
function requireValidArguments(args: readonly string[]): void {
  if (args.some((argument) => argument.includes('\0')))
    throw new Problem('usage', 'Cannot start: an argument contains a NUL byte');
  const bytes = args.reduce((sum, argument) => sum + Buffer.byteLength(argument) + 1, 0);
  if (bytes > argumentBytesMax)
    throw new Problem(
      'usage',
      `Cannot start: the arguments have ${bytes} bytes; at most ${argumentBytesMax} are allowed`,
    );
}

// Returns the verified bytes themselves. A sandbox that read the files again could get bytes that
// changed after the verification.
function requireApprovedFiles({
  skill: { admitted, bundle, contents },
}: RunRequest): readonly SandboxFile[] {
  const refused = (what: string): Problem =>
    new Problem(
      'bundle-invalid',
      `Cannot run ${admitted.name}: ${what} differs from what was approved; install the skill again`,
    );
  if (canonicalDigest(bundle) !== admitted.bundle) throw refused('its list of files');
  return bundle.files.map((file) => {
    const bytes = contents.get(file.path);
    if (bytes === undefined || digestOf(bytes) !== file.sha256) throw refused(file.path);
    return { path: `/skills/${admitted.name}/${file.path}`, mode: file.mode, bytes };
  });
}
