/**
 * From a command's world to an admission: which registry answers for a skill, where its blobs lie,
 * what the lock pins.
 */

import { join } from 'node:path';
import valid from 'semver/functions/valid.js';
import { type Admission, admit } from '../../runner/admission/admit.ts';
import { type OpenedSkill, openSkill } from '../../runner/admission/catalogue.ts';
import { fetchBlob, type Source } from '../../skills-index/client/blobs.ts';
import { withFilePacks } from '../../skills-index/client/file-packs.ts';
import { withDeadline, withSum } from '../../skills-index/client/limited-source.ts';
import { fetchIndex } from '../../skills-index/client/registry-index.ts';
import { fetchStatementAt } from '../../skills-index/client/version-proofs.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { compareVersions, isInRange } from '../../skills-index/skill/version.ts';
import type { Admitted, Pinned } from '../../skills-index/trust/decision/decision.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import type { AdviceHint, IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { readAuthorAdvice } from '../../skills-index/trust/index-files/shown-advice.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import type { CommandContext } from '../command.ts';
import {
  findProject,
  type Lock,
  type LockedSkill,
  lockFileName,
  type ProjectFile,
  projectFileName,
  readLock,
  readProject,
  scopeClaimIn,
} from '../install/lock.ts';
import { diskStore } from '../registries/carry-memory.ts';
import { type FreshRegistry, freshRegistry } from '../registries/refresh.ts';
import { registryOf, type TrustedRegistry } from '../registries/registries.ts';

export type AdmissionWorld = Pick<
  CommandContext,
  'env' | 'paths' | 'fetch' | 'send' | 'now' | 'signal'
> & {
  /** Where a person reads the progress of long work; absent where nobody reads. */
  readonly stderr?: CommandContext['stderr'];
  /**
   * For who asks for several admissions: most statements are about who is who, and the same for
   * all.
   */
  readonly verified?: VerifiedStatements;
  /**
   * The session of an agent's own program, where it all happens in one: goes into every line of the
   * audit log.
   */
  readonly session?: string;
};

export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly file: ProjectFile;
  readonly lock: Lock;
}

export interface Question {
  readonly name: SkillName;
  readonly range: string;
  readonly locked?: LockedSkill | undefined;
  /**
   * The caller compares bytes and capabilities with the lock, and asks a person: an exact version
   * pins no more than a range.
   */
  readonly asks?: boolean;
  /** Whom a person takes as publisher, in the place of the locked one. */
  readonly publisher?: Digest | undefined;
  /**
   * What is known here already: the first skill of a scope pins the scope's owner for all others.
   */
  readonly locks: readonly Lock[];
  /** Answer from what is cached. */
  readonly offline?: boolean;
  /** `registries` of skillgate.json. */
  readonly registries?: Readonly<Record<string, string>>;
  /** What host policy says of status files. */
  readonly host?: Pick<HostPolicy, 'status' | 'statusGraceHours'>;
  /** Watches what is read from the registry and the store. */
  readonly through?: (source: Source) => Source;
}

export interface AdmissionAnswer {
  readonly admission: Admission;
  readonly registry: TrustedRegistry;
  readonly source: Source;
}

/** The project at or above a folder; an empty one in the folder itself when there is none. */
export async function projectAt(start: string): Promise<Project> {
  const folder = (await findProject(start)) ?? start;
  return {
    folder,
    file: await readProject(join(folder, projectFileName)),
    lock: await readLock(join(folder, lockFileName)),
  };
}

/** What a person asks who installs, updates or looks at a skill in a project. */
export function questionOf(
  project: Project,
  host: HostPolicy,
  { name, range }: Pick<Question, 'name' | 'range'>,
): Question {
  return {
    name,
    range,
    locked: project.lock.get(name),
    asks: true,
    locks: [project.lock],
    registries: project.file.registries,
    host,
  };
}

/**
 * Asks the one registry of the skill's scope, and has the answer decided.
 * @throws Problem `root-not-pinned`, `not-found`, `registry-down`, and others of `admit`
 */
export async function askAdmission(
  asking: AdmissionWorld,
  question: Question,
): Promise<AdmissionAnswer> {
  const pinned = registryOf(asking, scopeOf(question.name), question.registries);
  // One deadline over all of it: the root of trust, the evidence, and both again after a refusal.
  const { fetch: send } = withDeadline({
    base: pinned.base,
    fetch: asking.send ?? asking.fetch,
  });
  const world = { ...asking, send, verified: asking.verified ?? new VerifiedStatements() };
  const terms = {
    offline: question.offline ?? false,
    graceHours: question.host?.statusGraceHours ?? 0,
  };
  const fresh = await freshRegistry(world, pinned, terms);
  const answer = await askOne(world, question, fresh);
  const { kept } = answer.registry;
  if (answer.admission.decision.kind === 'admitted' || kept === undefined || terms.offline)
    return answer;
  // What keys of this hour's rotation signed is refused until it is known: a refusal stands under
  // the root of trust of now.
  const renewed = await freshRegistry(world, answer.registry, { ...terms, isDoubted: true });
  return renewed.registry.kept?.metadata.targets === kept.metadata.targets
    ? answer
    : askOne(world, question, renewed);
}

async function askOne(
  world: AdmissionWorld & { readonly verified: VerifiedStatements },
  question: Question,
  { registry, notes }: FreshRegistry,
): Promise<AdmissionAnswer> {
  const { name, range, locked } = question;
  const plain = sourceOf(world, registry, question.offline ?? false);
  const source = question.through?.(plain) ?? plain;
  const exact = question.asks !== true && locked !== undefined && range === locked.version;
  const scopeClaim = scopeClaimIn(question.locks, scopeOf(name), {
    origin: registry.root.origin,
    id: registryIdOf(registry.root),
  });
  const judged = await admit({
    ...source,
    name,
    range,
    lockedVersion: locked?.version,
    root: registry.root,
    policy: registry.policy,
    ...(registry.sigstore === undefined ? {} : { sigstore: registry.sigstore }),
    ...(registry.witnesses === undefined ? {} : { witnesses: registry.witnesses }),
    now: world.now().getTime(),
    verified: world.verified,
    pinned: {
      ...(locked === undefined ? {} : pinnedBy(locked, exact)),
      ...(question.publisher === undefined ? {} : { publisher: question.publisher }),
      ...(scopeClaim === undefined ? {} : { scopeClaim }),
    },
    ...(question.host === undefined
      ? {}
      : { statusUrls: question.host.status, statusGraceHours: question.host.statusGraceHours }),
  });
  const advice = judged.decision.kind === 'admitted' ? await adviceNotes(source, judged) : [];
  const allNotes = [...notes, ...judged.notes, ...advice];
  return { admission: { ...judged, notes: allNotes }, registry, source };
}

/**
 * The lines of a skill in the index of its scope's registry; empty for an unknown skill. Nobody has
 * verified the lines.
 * @throws Problem `root-not-pinned`, `registry-down`, `registry-answer-invalid`
 */
export async function fetchLines(
  world: AdmissionWorld,
  name: SkillName,
  registries: Question['registries'],
): Promise<readonly IndexLine[]> {
  const pinned = registryOf(world, scopeOf(name), registries);
  const terms = { offline: false, graceHours: 0 };
  const { registry } = await freshRegistry(world, pinned, terms);
  return fetchIndex(withSum(sourceOf(world, registry, false)), name);
}

/** Opens an admitted skill: its files come when they are asked for. */
export async function openAdmitted(source: Source, admitted: Admitted): Promise<OpenedSkill> {
  let from = source;
  const opened = await openSkill(admitted.bundle, (digest, bytesMax) =>
    fetchBlob(from, digest, bytesMax),
  );
  from = withFilePacks(source, opened.bundle, opened.digest);
  return opened;
}

function sourceOf(world: AdmissionWorld, registry: TrustedRegistry, offline: boolean): Source {
  const store = diskStore(world.paths, registry.fingerprint);
  return {
    fetch: world.send ?? world.fetch,
    store,
    base: registry.base,
    offline,
    signal: world.signal,
  };
}

// An update may have other bytes; registry and publisher stay those that were known, until a person
// names another publisher.
function pinnedBy(locked: LockedSkill, exact: boolean): Pinned {
  return {
    registry: locked.registry,
    ...(locked.root === undefined ? {} : { registryId: locked.root }),
    ...(exact
      ? { bundle: locked.bundle, capabilities: locked.capabilities, logIndex: locked.logIndex }
      : {}),
    ...(isDigest(locked.publisher) ? { publisher: locked.publisher } : {}),
  };
}

// Notes about advice of the author of a version: yanked, deprecated. Advice stops nobody.

type Judged = Pick<Admission, 'input'>;

/** The notes for a person; empty for most versions. */
async function adviceNotes(source: Source, { input }: Judged): Promise<readonly string[]> {
  return notesAbout(source, input, input.line, ['yanked', 'deprecated']);
}

/**
 * A note about the highest version in the range, where an installation passed over it because the
 * author yanked it. Reads the index that the admission left in the store.
 */
export async function passedOverNotes(
  source: Source,
  { input }: Judged,
  range: string,
): Promise<readonly string[]> {
  const { name, version } = input.line;
  if (valid(range) !== null) return [];
  // A missing note must not stop an installation.
  const lines = await fetchIndex({ ...source, offline: true }, name, { name, range }).catch(
    () => [],
  );
  const line = lines
    .filter((one) => one.advice?.yanked !== undefined && isInRange(one.version, range))
    .sort((a, b) => compareVersions(a.version, b.version))
    .at(-1);
  if (line === undefined || compareVersions(line.version, version) <= 0) return [];
  const notes = await notesAbout(source, input, line, ['yanked']);
  return notes.map((note) => `${version} is chosen, because ${note}`);
}

async function notesAbout(
  source: Source,
  input: Judged['input'],
  line: IndexLine,
  kinds: readonly (keyof AdviceHint)[],
): Promise<readonly string[]> {
  const { advice } = line;
  if (advice === undefined) return [];
  const { identities } = judge(input).evidence;
  const notes: string[] = [];
  for (const kind of kinds) {
    const at = advice[kind];
    if (at === undefined) continue;
    const place = `${line.name}@${line.version}`;
    try {
      const bytes = await fetchStatementAt(source, at);
      if (bytes === undefined) throw new Problem('not-found', 'The statement is not there');
      const hinted = { line, kind, identities };
      const { reason, replacement } = readAuthorAdvice(bytes, hinted, input);
      const instead = replacement === undefined ? '' : `; use ${replacement} instead`;
      notes.push(`the author ${kind} ${place}: ${reason}${instead}`);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code === 'interrupted') throw cause;
      notes.push(
        `the registry calls ${place} ${kind}, and this host found no valid statement of the author`,
      );
    }
  }
  return notes;
}
