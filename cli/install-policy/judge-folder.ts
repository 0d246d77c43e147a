/**
 * The judge of every gate for other installers: a folder on disk comes in, and allow, warn or block
 * goes out, with the reason.
 */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { peek } from '../../skills-index/client/peek.ts';
import { listFiles } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { layoutOf, placesOf } from '../install/skill-folder.ts';
import { registryOf } from '../registries/registries.ts';
import { projectAt } from '../run/admission.ts';
import { scanFiles } from '../scan/read-prose.ts';
import {
  noLinks,
  readSkillFolder,
  requireFolder,
  type SkillFolder,
} from '../scan/source-folder.ts';
import { startWatchedScanner, type WatchedScanner } from '../scan/watched-scan.ts';
import {
  type ClaimedVersion,
  claimOf,
  decideKnown,
  decideScanned,
  findKnownBytes,
  type InstallJudgement,
  type InstallPolicy,
  type KnownBytes,
  notedVersion,
} from './known-bytes.ts';

const gateScanSecondsMax = 40;

export interface JudgedFolder extends InstallJudgement {
  readonly folder: string;
}

/** What a gate asks about a folder. */
interface FolderQuestion {
  /** Absolute. */
  readonly folder: string;
  readonly policy: InstallPolicy;
  /** Versions that the installer's request names, besides the one in skill.json. */
  readonly claims?: readonly ClaimedVersion[];
}

/** Judges one folder after another, with one scanner. */
type JudgeFolder = (question: FolderQuestion) => Promise<JudgedFolder>;

/**
 * Does a task that judges folders of skills that are about to be installed. Links in the folders
 * are not followed, because the installer may copy something else than what they lead to now. No
 * judgement throws: whatever fails blocks, with its reason.
 */
export async function withJudge<Result>(
  context: CommandContext,
  task: (judge: JudgeFolder) => Promise<Result>,
): Promise<Result> {
  const scanner = startWatchedScanner(gateScanSecondsMax);
  const close = (): void => void scanner.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    return await task(async (question) => {
      const { folder } = question;
      try {
        return { folder, ...(await judgeOne(context, question, scanner)) };
      } catch (cause) {
        return { folder, decision: 'block', reason: failureText(cause), findings: [] };
      }
    });
  } finally {
    context.signal.removeEventListener('abort', close);
    await scanner.close();
  }
}

async function judgeOne(
  context: CommandContext,
  { folder, policy, claims = [] }: FolderQuestion,
  scanner: WatchedScanner,
): Promise<InstallJudgement> {
  const real = await realFolder(folder);
  const found = await readSkillFolder(real, context.env, noLinks);
  if (!found.files.some(({ path }) => path === 'SKILL.md'))
    throw new Problem('skill-md-missing', `There is no SKILL.md in ${JSON.stringify(folder)}`);
  const known = await knownBytesOf(context, real, found, claims);
  if (known.kind !== 'unknown') return decideKnown(known);
  const { report } = await scanFiles(scanner, found, '.');
  return decideScanned(known.reason, report, policy, found.skipped);
}

async function knownBytesOf(
  context: CommandContext,
  folder: string,
  { files, unread, unlisted, skipped }: SkillFolder,
  claims: readonly ClaimedVersion[],
): Promise<KnownBytes> {
  // The scan blocks what could not be read, and names it.
  if (unread.length > 0 || unlisted > 0) return noWholeSkill;
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  const listed = listFiles(files);
  const own = claimOf(listed);
  // An update of the lock alone makes no other skill of a folder that still has the last version.
  const installed = (await installedClaims(context, folder, listed)).filter(
    ({ name }) => ![...own, ...claims].some((one) => one.name === name),
  );
  const all = [...own, ...claims, ...installed];
  const known = await findKnownBytes(context, policy, listed, all);
  // Nobody approved what the gate does not read, and it must not hide that a version was stopped.
  return known.kind === 'approved' && skipped.length > 0 ? noWholeSkill : known;
}

const noWholeSkill: KnownBytes = {
  kind: 'unknown',
  reason: 'The folder is no whole skill, so nobody can have approved it.',
};

/**
 * The folder that a path names, also by way of links.
 * @throws Problem `file-not-found`
 */
export async function realFolder(path: string): Promise<string> {
  const real = await realpath(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new Problem('file-not-found', `There is no folder ${JSON.stringify(path)}`, {
      hint: 'name the folder that holds SKILL.md',
    });
  });
  await requireFolder(real);
  return real;
}

/** What a failed judgement says; the decision is then always `block`. */
export function failureText(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return `Skillgate could not judge the folder: ${message}`;
}

// What installers remember of a folder that they wrote. A skill without skill.json says no name of
// its own, and its revocation would not be found otherwise.

/**
 * The versions that `skillgate install` and `clawhub` say to have written into a folder.
 * @param folder without links
 */
async function installedClaims(
  context: CommandContext,
  folder: string,
  listed: PackedBundle,
): Promise<ClaimedVersion[]> {
  return [...notedClaims(context, listed), ...(await lockedClaims(folder))];
}

/** A scope of another registry with the same name may belong to other people. */
function notedClaims(context: CommandContext, listed: PackedBundle): ClaimedVersion[] {
  const noted = notedVersion(listed);
  if (noted === undefined) return [];
  const { name, version } = noted;
  const pinned = peek(() => registryOf(context, scopeOf(name)).base);
  return pinned === noted.registry ? [{ name, range: version }] : [];
}

async function lockedClaims(folder: string): Promise<ClaimedVersion[]> {
  // From above the folder: a file in the folder must not hide the project. A broken lock counts as
  // none: whoever can break it can take the skill out of it, and everybody can write to /tmp.
  const around = await projectAt(dirname(folder)).catch(() => undefined);
  if (around === undefined) return [];
  const { file, lock } = around;
  const project = { folder: await realpath(around.folder) };
  return [...lock].flatMap(([name, { version }]): ClaimedVersion[] => {
    const wanted = file.skills.get(name) ?? { range: version };
    const isThere = placesOf(layoutOf(project, name, wanted)).some(({ at }) => at === folder);
    return isThere ? [{ name, range: version }] : [];
  });
}
