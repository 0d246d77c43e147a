/** One version verified: its evidence decided, and where it is installed, its files compared with the approved ones. */
import { type Admission, requireAdmitted } from '../runner/admit.ts';
import { readAll } from '../runner/catalogue.ts';
import type { HostPolicy } from '../runner/host-policy.ts';
import type { Source } from '../skills-index/client/blobs.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Admitted } from '../skills-index/trust/decision.ts';
import type { ChainNode } from '../skills-index/trust/decision-chain.ts';
import { askAdmission, openAdmitted, type Project } from './admission.ts';
import { type Branch, chainBranch, leaf, treeText } from './chain-text.ts';
import type { CommandContext } from './command.ts';
import { standJson, standLines } from './installed-text.ts';
import { count, type Ink, type Safe, safe } from './output.ts';
import { type InstalledFiles, installedFiles, layoutDifferences, layoutOf, placesOf } from './skill-folder.ts';

export interface Verified {
  readonly name: SkillName;
  readonly notes: readonly string[];
  /** Where its evidence came from, to read more of it. */
  readonly source: Source;
  readonly chain: ChainNode;
  /** Absent for a version that is refused. */
  readonly admitted?: Admitted;
  /** Why it is refused, or why what is installed cannot be vouched for. */
  readonly problem?: Problem;
  /** Folders that were compared; empty for a version that is not installed. */
  readonly folders: readonly string[];
  /** Absent when it is not installed, or without a sandbox. */
  readonly files?: InstalledFiles;
  readonly plain: boolean;
}

/**
 * Asks the registry, or the cache, and compares what is installed.
 * @throws Problem when there is nothing to decide on: `not-found`, `registry-down`, `root-not-pinned` …
 */
export async function verifyVersion(
  context: CommandContext,
  project: Project,
  host: HostPolicy,
  { name, range }: { readonly name: SkillName; readonly range: string },
): Promise<Verified> {
  const locked = range === '*' ? project.lock.get(name) : undefined;
  const { admission, source } = await askAdmission(context, {
    name,
    range: locked?.version ?? range,
    locked,
    locks: [project.lock],
    offline: context.options.offline === true,
    registries: project.file.registries,
    host,
  });
  const decided = toVerified(admission, source, name);
  if (decided.admitted === undefined || locked === undefined) return decided;
  return { ...decided, ...(await compareInstalled(project, decided.admitted, source)) };
}

/** What was decided, before any file is looked at. */
export function toVerified(admission: Admission, source: Source, name: SkillName): Verified {
  const { decision, notes } = admission;
  const common = { name, notes, source, chain: decision.chain, folders: [], plain: false };
  return decision.kind === 'admitted' ? { ...common, admitted: decision } : { ...common, problem: refusal(admission, name) };
}

function refusal(admission: Admission, name: SkillName): Problem {
  try {
    requireAdmitted(admission, name);
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
  return new Problem('internal', `${name} is refused and admitted`);
}

async function compareInstalled(project: Project, admitted: Admitted, source: Source) {
  const { name, manifest } = admitted;
  const wanted = project.file.skills.get(name);
  const plain = wanted?.plain === true;
  const opened = await openAdmitted(source, admitted);
  const files = installedFiles(opened.bundle, await readAll(opened), { name, commands: manifest.commands, plain });
  const layout = layoutOf(project, name, wanted ?? { range: '*' });
  const reasons = layoutDifferences(layout, files).map((message) => ({ message }));
  const folders = placesOf(layout).map(({ place }) => place);
  if (reasons.length === 0) return { folders, plain, ...(plain ? {} : { files }) };
  const differ = count(reasons.length, 'installed file differs', 'installed files differ');
  return { folders, plain, problem: new Problem('installed-differs', `Cannot vouch for ${name}: ${differ}`, { reasons }) };
}

/** The tree for people. */
export function verifiedText(verified: Verified, ink: Ink, more: readonly Branch[] = []): Safe {
  const { admitted, name, chain } = verified;
  const head =
    admitted === undefined
      ? safe`${ink.red('refused')} ${ink.bold(name)}`
      : safe`${verified.problem === undefined ? ink.green('verified') : ink.red('differs')} ${ink.bold(`${name}@${admitted.version}`)}`;
  return treeText({ line: head, of: [chainBranch(chain, ink), installedBranch(verified, ink), ...more] });
}

function installedBranch({ folders, files, plain, problem, admitted }: Verified, ink: Ink): Branch {
  if (folders.length === 0) return leaf(safe`not compared with anything installed`);
  const differs = admitted !== undefined && problem !== undefined;
  const as = plain ? 'the original files, no sandbox' : 'what Skillgate put there, unchanged';
  const places = folders.map((folder) => leaf(safe`${folder}: ${differs ? 'not as approved' : as}`));
  const stand = files === undefined ? [] : standLines(files).map((line) => leaf(safe`${line}`));
  return { line: safe`${differs ? ink.red('✗') : ink.green('✓')} installed`, of: [...places, ...stand] };
}

/** The same for programs. */
export function verifiedJson({ name, admitted, chain, notes, folders, files, plain }: Verified): Record<string, unknown> {
  const {
    manifest: _,
    checkpoint,
    kind: __,
    chain: ___,
    ...rest
  } = admitted ?? { manifest: 0, checkpoint: undefined, kind: 0, chain };
  return {
    name,
    ...rest,
    ...(checkpoint === undefined
      ? {}
      : { checkpoint: { size: checkpoint.size, root: Buffer.from(checkpoint.root).toString('base64') } }),
    notes,
    folders,
    plain,
    chain,
    ...(files === undefined ? {} : { files: standJson(files) }),
  };
}
