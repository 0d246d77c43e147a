/**
 * Verifies one version: decides on its evidence, and compares installed files with the approved
 * ones.
 */
import * as admission from '../../runner/admission/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ChainNode, chainOf } from '../../skills-index/trust/decision/chain.ts';
import type { Admitted, TrustedInputs } from '../../skills-index/trust/decision/decision.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import type { CommandContext } from '../command.ts';
import {
  type InstalledFiles,
  installedFiles,
  layoutDifferences,
  layoutOf,
  placesOf,
} from '../install/skill-folder.ts';
import { keptVersion } from '../registries/kept.ts';
import type { TrustedRegistry } from '../registries/registries.ts';
import {
  type AdmissionWorld,
  askAdmission,
  openAdmitted,
  type Project,
  type Question,
} from '../run/admission.ts';
import { count } from '../terminal/output.ts';
import { type EvidenceFiles, evidenceFiles } from './evidence-folder.ts';
import { type Rescan, rescan } from './rescan.ts';

export interface VerifiedVersion {
  readonly name: SkillName;
  readonly notes: readonly string[];
  /** Where its evidence came from, to read more of it. */
  readonly source: Source;
  readonly chain: ChainNode;
  /** What was believed without proof; absent where it came with the evidence. */
  readonly trusted?: TrustedInputs;
  /** How old that is. */
  readonly trustedSince?: RootAge;
  /** Absent for a version that is refused. */
  readonly admitted?: Admitted;
  /** Why it is refused, or why what is installed cannot be vouched for. */
  readonly problem?: Problem;
  /** Folders that were compared; empty for a version that is not installed. */
  readonly folders: readonly string[];
  /** Absent when it is not installed, or without a sandbox. */
  readonly files?: InstalledFiles;
  readonly plain: boolean;
  readonly rescan?: Rescan;
  /** ISO 8601: judged as of then and from files alone, with nothing that was said since. */
  readonly asOf?: string;
  /** Where its evidence was written to, and the digest of what was trusted. */
  readonly exported?: { readonly folder: string; readonly trust: Digest };
}

/** The root of trust that was judged by; null where the pinned root file stands alone. */
export type RootAge = {
  readonly version: number;
  /**
   * ISO 8601: when the registry was last asked for a newer one, and until when this one was signed.
   */
  readonly asked: string;
  readonly signedUntil: string;
} | null;

/**
 * Asks the registry, or the cache, and compares what is installed.
 * @throws Problem when there is nothing to decide on: `not-found`, `registry-down`,
 * `root-not-pinned` …
 */
export async function verifyVersion(
  context: CommandContext & AdmissionWorld,
  project: Project,
  host: HostPolicy,
  {
    name,
    range,
    through,
  }: { readonly name: SkillName; readonly range: string } & Pick<Question, 'through'>,
): Promise<VerifiedVersion> {
  const locked = range === '*' ? project.lock.get(name) : undefined;
  const { admission, source, registry } = await askAdmission(context, {
    name,
    range: locked?.version ?? range,
    locked,
    locks: [project.lock],
    offline: context.options.offline === true,
    registries: project.file.registries,
    host,
    ...(through === undefined ? {} : { through }),
  });
  const decided = {
    ...toVerified(admission, source, name),
    trusted: registry,
    trustedSince: ageOf(registry),
  };
  if (decided.admitted === undefined || locked === undefined) return decided;
  return { ...decided, ...(await compareInstalled(project, decided.admitted, source)) };
}

/**
 * The evidence of an admitted version, with all of its files, as of now.
 * @param taken what was read through `recordingSource` for the decision
 * @throws Problem `status-stale` when the version was admitted by grace: nobody could verify that
 * later
 */
export async function gatherEvidenceFiles(
  context: CommandContext,
  { admitted, source, trusted }: Pick<VerifiedVersion, 'admitted' | 'source' | 'trusted'>,
  taken: ReadonlyMap<string, Uint8Array>,
): Promise<EvidenceFiles> {
  if (admitted === undefined || trusted === undefined || admitted.onGrace)
    throw new Problem(
      'status-stale',
      'Cannot export: the registry’s status has expired, and evidence needs a valid one',
    );
  await admission.readAll(await openAdmitted(source, admitted));
  const note = {
    schema: 'skillgate.evidence/1',
    name: admitted.name,
    version: admitted.version,
    at: context.now().toISOString(),
  } as const;
  return evidenceFiles({ note, taken, trusted });
}

/**
 * Scans an admitted version again; a report that the same rules should have given and did not is a
 * problem.
 */
export async function withRescan(verified: VerifiedVersion): Promise<VerifiedVersion> {
  const { admitted, source, name } = verified;
  if (admitted === undefined) return verified;
  const found = await rescan(source, admitted, await openAdmitted(source, admitted));
  if (found.same || !found.sameRuleSet) return { ...verified, rescan: found };
  const reasons = found.says.map((message) => ({ message }));
  return {
    ...verified,
    rescan: found,
    problem: new Problem('rescan-differs', `Cannot confirm ${name}: the scan differs`, {
      reasons,
    }),
  };
}

/** What was decided, before any file is looked at. */
export function toVerified(
  admission: admission.Admission,
  source: Source,
  name: SkillName,
): VerifiedVersion {
  const { decision, notes } = admission;
  const chain = chainOf(judge(admission.input));
  const common = { name, notes, source, chain, folders: [], plain: false };
  return decision.kind === 'admitted'
    ? { ...common, admitted: decision }
    : { ...common, problem: refusal(admission, name) };
}

function refusal(judged: admission.Admission, name: SkillName): Problem {
  try {
    admission.requireAdmitted(judged, name);
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
  const files = installedFiles(opened.bundle, await admission.readAll(opened), {
    name,
    commands: manifest.commands,
    plain,
  });
  const layout = layoutOf(project, name, wanted ?? { range: '*' });
  const reasons = layoutDifferences(layout, files).map((message) => ({ message }));
  const folders = placesOf(layout).map(({ place }) => place);
  if (reasons.length === 0) return { folders, plain, ...(plain ? {} : { files }) };
  const differ = count(reasons.length, 'installed file differs', 'installed files differ');
  return {
    folders,
    plain,
    problem: new Problem('installed-differs', `Cannot confirm ${name}: ${differ}`, { reasons }),
  };
}

function ageOf({ kept }: TrustedRegistry): RootAge {
  if (kept === undefined) return null;
  return {
    version: keptVersion(kept, 'root'),
    asked: kept.refreshed,
    signedUntil: String(JSON.parse(kept.metadata.root).signed.expires),
  };
}
