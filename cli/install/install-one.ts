/**
 * Installs or updates one skill of a project: verifies the version, shows what the skill may do,
 * and only then writes.
 */

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Range from 'semver/classes/range.js';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { readAll } from '../../runner/admission/catalogue.ts';
import { recordRefusal } from '../../runner/audit/record-refusal.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
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
  passedOverNotes,
  projectAt,
  questionOf,
} from '../run/admission.ts';
import { hostFiles } from '../run/host-files.ts';
import { joined, printLine, printNote, type Safe, safe } from '../terminal/output.ts';
import { installedSkills } from './installed-skills.ts';
import { localEdits, printKept } from './local-edits.ts';
import {
  type LockedSkill,
  lockFileName,
  type ProjectFile,
  projectFileName,
  type WantedSkill,
  writeLock,
  writeProject,
} from './lock.ts';
import {
  agreeToMore,
  approvedBefore,
  type Prepared,
  requireLockedBytes,
  requireNoDowngrade,
  whatItMayDo,
  whereItLies,
} from './locked-version.ts';
import { prepareFolder, setAside } from './prepare-folder.ts';
import { requireAnswered } from './registry-answered.ts';
import { type Requirement, requirersOf, wantedIn } from './required/required-skills.ts';
import {
  foldersOf,
  installedFiles,
  layoutDifferences,
  layoutOf,
  removeFolder,
  requireFreePlaces,
  sharedFolder,
} from './skill-folder.ts';

/** Alternatives (`||`) in the common part of several ranges. */
const joinedRangesMax = 1_000;

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

interface RequiredVersion {
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
  return await recordRefusal(log, subject, () => verify(context, reference, terms));
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
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
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
  const admitted = requireAdmitted(found.admission, question.name);
  for (const line of await passedOverNotes(found.source, found.admission, range))
    printNote(context, safe`note: ${line}`);
  await requireNoDowngrade(context, { admitted, before, wanted, project, hostPolicy });
  requireLockedBytes(admitted, before);

  const isSame =
    before?.version === admitted.version && before.capabilities === admitted.capabilityDigest;
  if (keepsNewest && isSame) return requireAnswered(found, name);

  const opened = await openAdmitted(found.source, admitted);
  const contents = await readAll(opened);
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

// Writes one installed skill: the folder, skillgate.json and skillgate.lock. A folder that a person
// changed is kept aside.

async function writeInstalled(
  context: CommandContext,
  project: Project,
  installed: Prepared,
): Promise<void> {
  const { files, layout, name } = installed;
  const earlier = installedSkills(project).find((skill) => skill.name === name);
  const isOurs = earlier === undefined || layoutDifferences(layout, files).length === 0;
  const edits = isOurs ? [] : await localEdits(context, earlier);
  const replaced = await writeAll(context, project, installed, edits.length > 0);
  // The skill had another folder before `--as`.
  const isMoved = earlier !== undefined && earlier.layout.folder !== layout.folder;
  const kept = isMoved && edits.length > 0 ? setAside(earlier.layout) : replaced;
  printKept(context, name, edits, kept);
  if (isMoved) removeFolder(earlier.layout);
}

// The slow part happens in a folder beside the final one. Then the rename and both files follow at
// once. After a crash in between, the folder is already what the next attempt would write.
async function writeAll(
  context: CommandContext,
  project: Project,
  { files, isRequired, layout, locked, name, registries: added, wanted }: Prepared,
  keeps: boolean,
): Promise<string | undefined> {
  const before = [projectFileName, lockFileName].map((file) =>
    keepFile(join(project.folder, file)),
  );
  const prepared = prepareFolder(layout, files, keeps);
  try {
    context.signal.throwIfAborted();
    prepared.commit();
    const { skills } = project.file;
    if (!isRequired || Object.keys(added).length > 0)
      await writeProject(join(project.folder, projectFileName), {
        skills: isRequired ? skills : new Map([...skills, [name, wanted] as const]),
        registries: { ...project.file.registries, ...added },
      });
    await writeLock(
      join(project.folder, lockFileName),
      new Map([...project.lock, [name, locked] as const]),
    );
    return keeps ? prepared.keep() : undefined;
  } catch (cause) {
    prepared.undo();
    for (const restore of before) restore();
    throw cause;
  } finally {
    prepared.discard();
  }
}

function keepFile(path: string): () => void {
  if (!existsSync(path)) return () => rmSync(path, { force: true });
  const bytes = readFileSync(path);
  return () => writeFileSync(path, bytes);
}

// The versions that several ranges have in common.

/**
 * A range with exactly the versions that are in all of these ranges.
 * @throws Problem `requires-unmet` for ranges with very many alternatives
 */
export function joinRanges(ranges: readonly string[]): string {
  const [only = '*'] = ranges;
  if (new Set(ranges).size <= 1) return only;
  return ranges.map(alternativesOf).reduce(both).join(' || ');
}

// `range` of semver writes hyphens, carets and tildes as comparisons, which a space joins.
function alternativesOf(range: string): readonly string[] {
  return new Range(range).range.split('||');
}

function both(some: readonly string[], others: readonly string[]): readonly string[] {
  if (some.length * others.length > joinedRangesMax)
    throw new Problem('requires-unmet', 'Cannot compare ranges with so many alternatives');
  const joined = some.flatMap((one) => others.map((other) => `${one} ${other}`.trim()));
  return [...new Set(joined.map((one) => (one === '' ? '*' : one)))];
}

/** The failure to find a version, with the requirements of the installed skills. */
function orUnmet(
  name: SkillName,
  range: string,
  requirers: readonly Requirement[],
  cause: unknown,
): unknown {
  const codes = ['not-found', 'version-yanked'];
  if (!(cause instanceof Problem) || !codes.includes(cause.code)) return cause;
  const wanted = range === '*' ? name : `${name}@${range}`;
  return new Problem(
    'requires-unmet',
    `Cannot choose a version of ${wanted} that installed skills can use`,
    {
      reasons: [
        ...requirers.map((one) => `${one.by} requires ${name}@${one.range}`),
        cause.message,
      ].map((message) => ({ message })),
      hint: 'update or remove the skill that requires the other version: skillgate list --tree',
    },
  );
}
