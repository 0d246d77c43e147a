/**
 * The text of `install`: before writing, what the skill may do; afterwards, where its files are.
 */
import { cannotLines } from '../../skills-index/skill/cannot-lines.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import type { CommandContext } from '../command.ts';
import { canLines, differenceLines } from '../run/capability-text.ts';
import { inkFor, type Safe, safe } from '../terminal/output.ts';
import { sharedFolder } from './agent-folders.ts';
import { standLines } from './installed-text.ts';
import { type LockedSkill, lockFileName, type ProjectFile, type WantedSkill } from './lock.ts';
import type { InstalledFiles, Layout } from './skill-folder.ts';

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
    safe`${ink.green('installed')} ${ink.bold(`${admitted.name}@${admitted.version}`)} in ${sharedFolder}/${layout.folder}`,
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
