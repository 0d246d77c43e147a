/**
 * A version against the version that the lock pins: no other bytes, no silent downgrade, and no
 * more capabilities without a person's consent.
 */
import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { fetchIndex } from '../../skills-index/client/registry-index.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { cannotLines } from '../../skills-index/skill/can-phrases.ts';
import {
  type Capabilities,
  capabilityDigest,
  isEmpty,
  minus,
} from '../../skills-index/skill/capability.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import type { CommandContext } from '../command.ts';
import {
  type AdmissionAnswer,
  type AdmissionWorld,
  askAdmission,
  type Project,
  questionOf,
} from '../run/admission.ts';
import { canLines, differenceLines } from '../run/capability-text.ts';
import { confirm } from '../terminal/ask.ts';
import { count, inkFor, listed, type Safe, safe } from '../terminal/output.ts';
import { type LockedSkill, lockFileName, type ProjectFile, type WantedSkill } from './lock.ts';
import { type InstalledFiles, type Layout, sharedFolder } from './skill-folder.ts';

/** @throws Problem `lock-differs` where the same version has another digest now */
export function requireLockedBytes(admitted: Admitted, locked: LockedSkill | undefined): void {
  if (
    locked === undefined ||
    locked.version !== admitted.version ||
    locked.bundle === admitted.bundle
  )
    return;
  const which = `${admitted.name}@${admitted.version}`;
  throw new Problem(
    'lock-differs',
    `Cannot install ${which}: skillgate.lock pins other bytes for this version`,
    {
      reasons: [
        { message: `skillgate.lock has ${locked.bundle}` },
        { message: `the registry offers ${admitted.bundle}` },
      ],
    },
  );
}

/**
 * Why this host does not admit exactly this version; undefined when it does.
 * @throws Problem `interrupted`
 */
export async function whyNotAdmitted(
  context: CommandContext & AdmissionWorld,
  project: Project,
  hostPolicy: HostPolicy,
  { name, version }: { readonly name: SkillName; readonly version: Version },
): Promise<string | undefined> {
  try {
    const question = questionOf(project, hostPolicy, { name, range: version });
    const found = await askAdmission(context, question);
    requireAdmitted(found.admission, name);
    return undefined;
  } catch (problem) {
    if (!(problem instanceof Problem) || context.signal.aborted) throw problem;
    return problem.message;
  }
}

/**
 * A registry that withholds the newest version must not cause a silent downgrade.
 * @throws Problem `not-admitted` where a range chose a lower version than the locked one
 */
export async function requireNoDowngrade(
  context: CommandContext & AdmissionWorld,
  chosen: {
    readonly admitted: Admitted;
    readonly before: LockedSkill | undefined;
    readonly wanted: WantedSkill;
    readonly project: Project;
    readonly hostPolicy: HostPolicy;
  },
): Promise<void> {
  const { admitted, before, wanted, project, hostPolicy } = chosen;
  if (
    before === undefined ||
    valid(wanted.range) !== null ||
    compare(admitted.version, before.version) >= 0
  )
    return;
  const message = `Cannot update ${admitted.name}: version ${before.version} is installed, and the registry offers the older ${admitted.version}`;
  const which = { name: admitted.name, version: before.version };
  const why = await whyNotAdmitted(context, project, hostPolicy, which);
  throw new Problem('not-admitted', message, {
    reasons: why === undefined ? [] : [{ message: why }],
    hint: `to install the older version on purpose: skillgate install ${admitted.name}@${admitted.version}`,
  });
}

/**
 * The capabilities of the locked version; undefined when nobody knows them any more. The digest
 * in the lock shows whether a list is of that version. The same version often comes from the cache,
 * so the list must not need the registry.
 */
export async function approvedBefore(
  found: AdmissionAnswer,
  { name, capabilities, capabilityDigest: digest }: Admitted,
  before: LockedSkill,
): Promise<Capabilities | undefined> {
  if (before.capabilities === digest) return capabilities;
  const lines = await fetchIndex(found.source, name, { name, range: before.version }).catch(
    () => [],
  );
  found.source.signal?.throwIfAborted();
  const line = lines.find((candidate) => candidate.version === before.version);
  return line !== undefined && capabilityDigest(line.capabilities) === before.capabilities
    ? line.capabilities
    : undefined;
}

/**
 * An update with more capabilities needs a person's consent, whoever approved it.
 * @throws Problem `not-confirmed`
 */
export async function agreeToMore(
  context: CommandContext,
  { name, admitted, before }: Prepared,
): Promise<void> {
  const isMore = before !== undefined && before.locked.capabilities !== admitted.capabilityDigest;
  const added =
    before?.capabilities === undefined
      ? admitted.capabilities
      : minus(admitted.capabilities, before.capabilities);
  const isOther = before?.locked.version === admitted.version;
  if (!isMore || (isEmpty(added) && !isOther) || context.options.yes === true) return;
  const question = isOther
    ? safe`${lockFileName} pins capabilities for ${name}@${admitted.version} that differ from the approved ones above.`
    : safe`This version of ${name} may do more than the installed version.`;
  await confirm(context, question, 'yes', `skillgate install ${name} --yes`);
}

// The text of `install`: before writing, what the skill may do; afterwards, where its files are.

/** A verified version to install, and the installed version before it. */
export interface Prepared {
  readonly name: SkillName;
  readonly admitted: Admitted;
  readonly locked: LockedSkill;
  /** Base URL of the registry that the version comes from. */
  readonly base: string;
  readonly wanted: WantedSkill;
  /** Whether only other skills require the skill, so that skillgate.json does not name it. */
  readonly isRequired: boolean;
  readonly layout: Layout;
  /** The files to write. */
  readonly files: InstalledFiles;
  /** New entries of `registries` in skillgate.json. */
  readonly registries: ProjectFile['registries'];
  readonly before:
    | { readonly locked: LockedSkill; readonly capabilities: Capabilities | undefined }
    | undefined;
}

// No sandbox limits what an agent does after reading a text.
const textsAlone =
  'The skill has no commands. Only the agent’s own host limits what an agent does after reading the skill.';

/** The version, who stands behind it, and what it can and cannot do in the sandbox. */
export function aboutVersion(
  context: CommandContext,
  admitted: Admitted,
  hasProgram: boolean,
): Safe[] {
  const ink = inkFor(context.stdout, context.env);
  const can = canLines(admitted.capabilities, admitted.manifest.capabilities);
  const cannot = cannotLines(admitted.capabilities);
  return [
    safe`${ink.bold(`${admitted.name}@${admitted.version}`)} ${admitted.description}`,
    safe`  published by ${admitted.publisher}, approved by ${admitted.approvals.map((approval) => approval.member).join(' and ')}`,
    ...(can.length === 0 ? [] : [safe`  In the sandbox the skill will be able to:`]),
    ...can.map((line) => safe`    ${line}`),
    ...(hasProgram && cannot.length > 0
      ? [safe`  In the sandbox the skill will not be able to:`]
      : []),
    ...(hasProgram ? cannot.map((line) => safe`    ${line}`) : [safe`  ${textsAlone}`]),
    ...requiresLines(admitted),
  ];
}

// Each required skill is admitted on its own, and gives the skill itself no capability.
function requiresLines({ manifest: { requires } }: Admitted): Safe[] {
  const list = Object.entries(requires).map(([name, range]) => `${name}@${range}`);
  if (list.length === 0) return [];
  return [safe`  Requires ${list.join(', ')}: each runs in a sandbox of its own.`];
}

// Printed before any file is written.
export function whatItMayDo(
  context: CommandContext,
  { admitted, base, before, files, isRequired, wanted }: Prepared,
): Safe[] {
  const ink = inkFor(context.stdout, context.env);
  const hasProgram =
    wanted.plain === true || [...files.values()].some(({ standIn }) => standIn?.kind === 'runs');
  const changed =
    before?.capabilities === undefined
      ? []
      : differenceLines(before.capabilities, admitted.capabilities);
  return [
    ...aboutVersion(context, admitted, hasProgram),
    ...(isRequired ? [safe`  Required by another skill, and taken from ${base}.`] : []),
    ...(before === undefined ? [] : [safe`  Changed since ${before.locked.version}:`]),
    ...(before !== undefined && changed.length === 0
      ? [safe`    ${sameOrUnknown(admitted, before)}`]
      : []),
    ...changed.map((line) => safe`    ${line.startsWith('+') ? ink.yellow(line) : line}`),
  ];
}

export function whereItLies(
  context: CommandContext,
  { admitted, files, layout, wanted }: Prepared,
): Safe[] {
  const ink = inkFor(context.stdout, context.env);
  const warning =
    'the skill’s original scripts are installed: they run without a sandbox, and none of the limits above applies';
  return [
    safe`${ink.green('installed')} ${ink.bold(`${admitted.name}@${admitted.version}`)} in ${layout.project === context.cwd ? '' : `${layout.project}/`}${sharedFolder}/${layout.folder}`,
    safe`  bundle ${admitted.bundle}, log index ${admitted.logIndex}`,
    ...layout.agentFolders.map(
      (folder) => safe`  ${layout.copy ? 'copied to' : 'linked from'} ${folder}/${layout.folder}`,
    ),
    ...(wanted.plain === true
      ? [safe`  ${ink.red('warning:')} ${warning}`]
      : standLines(files).map((line) => safe`  ${line}`)),
  ];
}

function sameOrUnknown(
  admitted: Admitted,
  { locked, capabilities }: NonNullable<Prepared['before']>,
): string {
  if (capabilities !== undefined) return 'no capability: the skill may do the same as before';
  return locked.version === admitted.version
    ? `${lockFileName} pins the capabilities ${locked.capabilities} for this version, but approved are ${admitted.capabilityDigest}`
    : 'the capabilities of the old version are no longer known';
}

// The content of an installed folder as text: files that run in the sandbox, refused files, and
// unchanged files.

/**
 * One line for each kind of file. The lines are exact, so that nobody expects a limit that does not
 * exist.
 */
export function standLines(files: InstalledFiles): string[] {
  const all = [...files];
  const runs = all.flatMap(([path, { standIn }]) =>
    standIn?.kind === 'runs'
      ? [standIn.command === path ? path : `${path} (${standIn.command})`]
      : [],
  );
  const refused = all.flatMap(([path, { standIn }]) => (standIn?.kind === 'refuses' ? [path] : []));
  const plain = all.length - runs.length - refused.length;
  return [
    ...(runs.length === 0
      ? ['the skill has no commands']
      : [`files that start a command in the sandbox: ${listed(runs)}`]),
    ...(refused.length === 0
      ? []
      : [
          `rejected on this host, because no command of skill.json names the file: ${listed(refused)}`,
        ]),
    `unchanged: ${count(plain, 'file')} of text and data`,
  ];
}

/** As JSON: path → the command that a shim runs, `refuses`, or `as approved`. */
export function standJson(files: InstalledFiles): Record<string, string> {
  return Object.fromEntries(
    [...files].map(([path, { standIn }]) => [
      path,
      standIn === undefined
        ? 'as approved'
        : standIn.kind === 'runs'
          ? `runs ${standIn.command}`
          : 'refuses',
    ]),
  );
}
