/**
 * Installs or updates one skill of a project: verifies the version, shows what the skill may do,
 * and only then writes.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as admission from '../../runner/admission/public.ts';
import * as audit from '../../runner/audit/public.ts';
import * as host from '../../runner/host/public.ts';
import type { SkillReference } from '../../skills-index/skill/authoring/reference.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { isNamePart, type SkillName, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { CommandContext } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { fetchIfAny } from '../packages/fetch-if-any.ts';
import {
  type AdmissionAnswer,
  type AdmissionWorld,
  askAdmission,
  openAdmitted,
  type Project,
  projectAt,
  questionOf,
} from '../run/admission.ts';
import { passedOverNotes } from '../run/advice-notes.ts';
import { hostFiles } from '../run/host-files.ts';
import { joined, printLine, printNote, type Safe, safe } from '../terminal/output.ts';
import { foldersOf, sharedFolder } from './agent-folders.ts';
import { type Prepared, whatItMayDo, whereItLies } from './install-text.ts';
import { type LockedSkill, lockFileName, type ProjectFile, type WantedSkill } from './lock.ts';
import {
  agreeToMore,
  approvedBefore,
  requireLockedBytes,
  requireNoDowngrade,
} from './locked-version.ts';
import { requireAnswered } from './registry-answered.ts';
import { joinRanges, orUnmet } from './required/join-ranges.ts';
import { requirersOf, wantedIn } from './required/required-skills.ts';
import { installedFiles, layoutOf, requireFreePlaces } from './skill-folder.ts';
import { writeInstalled } from './write-installed.ts';

export interface InstallTerms {
  /** A publisher whom a person accepts in the place of the locked publisher. */
  readonly publisher?: Digest | undefined;
  /** Whether an installed version stays when it is still the newest that the range allows. */
  readonly keepsNewest?: boolean;
  /** Whether nothing is written, so that no person has to agree. */
  readonly isTrial?: boolean;
  /** The admission of a version that another skill requires, and where the agents look. */
  readonly required?: RequiredVersion;
}

export interface RequiredVersion {
  readonly found: AdmissionAnswer;
  readonly wanted: WantedSkill;
  /** `registries` for skillgate.json, so that later commands ask the same registry. */
  readonly registries: ProjectFile['registries'];
}

/**
 * Verifies a version, shows what the version may do, and asks a person where that is more than
 * before. Writes nothing.
 * @returns undefined when `keepsNewest` kept the installed version
 * @throws Problem `not-confirmed` when a person has to agree to more capabilities; `not-admitted`,
 * `not-found`, `install-taken`, `requires-unmet` and others of admission
 */
export async function prepareOne(
  context: CommandContext & AdmissionWorld,
  reference: SkillReference,
  terms: InstallTerms = {},
): Promise<Prepared | undefined> {
  const { audit: kept } = hostFiles(context);
  const log: typeof kept = {
    ...kept,
    // A person who pressed Ctrl-C refused nothing.
    record: (subject, event) => {
      if (!context.signal.aborted) kept.record(subject, event);
    },
  };
  const subject = { run: randomUUID(), agent: 'operator', skill: reference.name };
  return await audit.recordRefusal(log, subject, () => verify(context, reference, terms));
}

/**
 * Writes a prepared skill. Other skills may have been written since it was prepared, and other
 * commands may be about to write.
 * @throws Problem `install-taken` when another skill has got the folder meanwhile, `lock-differs`
 * when another command changed what was judged
 */
export async function writeOne(
  context: CommandContext & AdmissionWorld,
  prepared: Prepared,
): Promise<void> {
  const { layout, name } = prepared;
  await whileLocked(join(layout.project, lockFileName), async () => {
    const project = await projectAt(context.cwd);
    requireOwnFolder(project, name, layout.folder);
    requireUnchanged(project, prepared);
    await writeInstalled(context, project, prepared);
  });
  printInstalled(context, whereItLies(context, prepared));
}

// What was judged before rests on the lock as it was then. A requirement is met from the registry
// of the skill that requires it, in both directions.
function requireUnchanged({ lock }: Project, { before, locked, name }: Prepared): void {
  const now = JSON.stringify(lock.get(name));
  const isSame = [before?.locked, locked].some((one) => JSON.stringify(one) === now);
  const isMet = [...lock].every(
    ([other, { requires, root }]) =>
      root === locked.root ||
      (requires?.[name] === undefined && locked.requires?.[other] === undefined),
  );
  if (isSame && isMet) return;
  throw new Problem(
    'lock-differs',
    `Cannot install ${name}: another command changed ${lockFileName} meanwhile`,
    { hint: 'run the command again' },
  );
}

async function verify(
  context: CommandContext & AdmissionWorld,
  reference: SkillReference,
  { publisher, keepsNewest = false, isTrial = false, required }: InstallTerms,
): Promise<Prepared | undefined> {
  const { name } = reference;
  const project = await projectAt(context.cwd);
  const before = project.lock.get(name);
  const requirers = requirersOf(project.lock, name).filter(({ by }) => !by.startsWith(`${name}@`));
  const isOwn = project.file.skills.has(name);
  // An update of a skill that is only required makes the skill no wish of the project.
  const isRequired = !isOwn && (required !== undefined || (keepsNewest && requirers.length > 0));
  const wanted =
    required?.wanted ??
    wantedOf(
      context,
      reference,
      isRequired ? wantedIn(project, name) : project.file.skills.get(name),
    );
  const layout = layoutOf(project, name, wanted);
  const hostPolicy = host.readHostPolicy(join(context.paths.config, 'host.json'));
  if (wanted.plain === true && !hostPolicy.plain)
    throw new Problem(
      'plain-refused',
      `Cannot install ${name} without the sandbox: host policy says "plain": false`,
    );

  const range = joinRanges([wanted.range, ...requirers.map((one) => one.range)]);
  const question = { ...questionOf(project, hostPolicy, { name, range }), publisher };
  const found =
    required?.found ??
    (await askAdmission(context, question).catch((cause: unknown) => {
      throw requirers.length > 0 ? orUnmet(name, wanted.range, requirers, cause) : cause;
    }));
  for (const line of found.admission.notes) printNote(context, safe`note: ${line}`);
  const admitted = admission.requireAdmitted(found.admission, question.name);
  for (const line of await passedOverNotes(found.source, found.admission, range))
    printNote(context, safe`note: ${line}`);
  await requireNoDowngrade(context, { admitted, before, wanted, project, hostPolicy });
  requireLockedBytes(admitted, before);

  const isSame =
    before?.version === admitted.version && before.capabilities === admitted.capabilityDigest;
  if (keepsNewest && isSame) return requireAnswered(found, name);

  const opened = await openAdmitted(found.source, admitted);
  const contents = await admission.readAll(opened);
  const files = installedFiles(opened.bundle, contents, {
    name,
    commands: admitted.manifest.commands,
    plain: wanted.plain === true,
  });
  requireOwnFolder(project, name, layout.folder);
  const earlier =
    before === undefined
      ? undefined
      : layoutOf(project, name, project.file.skills.get(name) ?? { range: '*' });
  requireFreePlaces(
    layout,
    files,
    earlier?.folder === layout.folder ? [sharedFolder, ...earlier.agentFolders] : [],
  );
  const capabilitiesBefore =
    before === undefined ? undefined : await approvedBefore(found, admitted, before);

  const prepared: Prepared = {
    name,
    admitted,
    locked: lockedBy(found, admitted),
    base: found.registry.base,
    wanted,
    isRequired,
    layout,
    files,
    registries: required?.registries ?? {},
    before: before && { locked: before, capabilities: capabilitiesBefore },
  };
  printInstalled(context, whatItMayDo(context, prepared));
  if (isTrial) return prepared;
  await agreeToMore(context, prepared);
  if (wanted.plain !== true)
    await fetchIfAny(context, {
      verb: `install ${name}`,
      manifest: admitted.manifest,
      fileOf: (path) => contents.get(path as BundlePath),
      hostPolicy,
    });
  return prepared;
}

// An update keeps earlier choices: --copy, --as and the agents.
function wantedOf(
  context: CommandContext,
  { name, range }: SkillReference,
  before: WantedSkill | undefined,
): WantedSkill {
  const { as, agent, copy, plain } = context.options;
  if (as !== undefined && (typeof as !== 'string' || !isNamePart(as)))
    throw new Problem(
      'usage',
      `Cannot install ${name} as ${JSON.stringify(as)}: a folder name has lower-case letters, digits and single hyphens`,
    );
  const agents = [
    ...new Set([...(before?.agents ?? []), ...(Array.isArray(agent) ? agent : [])]),
  ].sort();
  foldersOf(agents);
  return {
    range: range === '*' ? (before?.range ?? '*') : range,
    as: as ?? before?.as,
    agents: agents.length === 0 ? undefined : agents,
    copy: copy === true || before?.copy,
    plain: plain === true,
  };
}

function requireOwnFolder(project: Project, name: SkillName, folder: string): void {
  for (const other of project.lock.keys()) {
    if (other === name || (project.file.skills.get(other)?.as ?? shortNameOf(other)) !== folder)
      continue;
    throw new Problem(
      'install-taken',
      `Cannot install ${name} as ${folder}: ${other} is installed there`,
      {
        hint: `skillgate install ${name} --as NAME`,
      },
    );
  }
}

function lockedBy(found: AdmissionAnswer, admitted: Admitted): LockedSkill {
  const { requires } = admitted.manifest;
  return {
    registry: found.registry.root.origin,
    root: registryIdOf(found.registry.root),
    version: admitted.version,
    bundle: admitted.bundle,
    publisher: admitted.publisher,
    scopeClaim: admitted.scopeClaim,
    capabilities: admitted.capabilityDigest,
    logIndex: admitted.logIndex,
    ...(Object.keys(requires).length === 0 ? {} : { requires }),
  };
}

function printInstalled(context: CommandContext, lines: readonly Safe[]): void {
  if (context.format === 'text') printLine(context.stdout, joined(lines, '\n'));
}
