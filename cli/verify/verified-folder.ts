/**
 * Verifies exported evidence from its files alone. Problems are attributed to the folder, because
 * no registry was asked.
 */
import { type Admission, admit, requireAdmitted } from '../../runner/admission/admit.ts';
import { type OpenedSkill, readAll } from '../../runner/admission/catalogue.ts';
import { fetchBlob, type Source } from '../../skills-index/client/blobs.ts';
import { scanReportBytesMax } from '../../skills-index/client/registry-index.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  parseScanReport,
  type ScanReport,
  scanReportValuesMax,
} from '../../skills-index/statement/scan-report.ts';
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
import { registryOf, type TrustedRegistry } from '../registries/registries.ts';
import { storedVersion } from '../registries/stored-trust.ts';
import {
  type AdmissionWorld,
  askAdmission,
  openAdmitted,
  type Project,
  type Question,
} from '../run/admission.ts';
import { scanOnce } from '../scan/watched-scan.ts';
import { count } from '../terminal/output.ts';
import {
  changedFiles,
  type EvidenceFiles,
  evidenceFiles,
  folderSource,
  readEvidenceNote,
  readTrusted,
} from './evidence-folder.ts';

/**
 * A folder of exported evidence: as of when it was written, and by what is trusted here or has that
 * digest.
 * @throws Problem `evidence-invalid` when it is not as it was written, `root-not-pinned`
 */
export async function verifyFolder(
  context: CommandContext,
  folder: string,
  trust: string | undefined,
): Promise<VerifiedVersion> {
  const note = await readEvidenceNote(folder).catch((cause: unknown) =>
    throwFolderProblem(folder, cause),
  );
  const { name, version, at, files } = note;
  const { root, policy, sigstore, witnesses } = await trustedOf(context, folder, { name, trust });
  const changed = files === undefined ? [] : await changedFiles(folder, files);
  const [first] = changed;
  if (first !== undefined) {
    const more = changed.length === 1 ? '' : ` and ${changed.length - 1} more`;
    throw new Problem(
      'evidence-invalid',
      `The folder was changed after its export: ${first}${more}`,
      {
        ...(changed.length === 1 ? {} : { reasons: changed.map((message) => ({ message })) }),
        hint: 'use another copy of the folder; the registry is not at fault',
      },
    );
  }
  const source = folderSource(folder);
  const inputs = { root, policy, sigstore, ...(witnesses === undefined ? {} : { witnesses }) };
  try {
    const judged = await admit({
      ...source,
      ...inputs,
      name,
      range: version,
      now: Date.parse(at),
      past: true,
    });
    const verified = {
      ...toVerified(judged, source, name),
      ...problemOf(judged, name),
      asOf: at,
    };
    // Not only what admission looks at: every file of the skill is in the folder, and is the
    // approved one.
    if (verified.admitted !== undefined)
      await readAll(await openAdmitted(source, verified.admitted));
    return verified;
  } catch (cause) {
    return throwFolderProblem(folder, cause);
  }
}

async function trustedOf(
  context: CommandContext,
  folder: string,
  { name, trust }: { readonly name: SkillName; readonly trust: string | undefined },
): Promise<TrustedInputs> {
  if (trust !== undefined) return readTrusted(folder, trust);
  try {
    return registryOf(context, scopeOf(name));
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'root-not-pinned') throw cause;
    throw new Problem(
      'root-not-pinned',
      'Cannot verify this folder: no pinned registry matches it',
      {
        hint: `skillgate verify --from ${folder} --trust sha256:…   (the digest that skillgate verify --export printed)`,
      },
    );
  }
}

// One line for each code: a file that is not what it was breaks every head of the log that is
// compared with it.
function problemOf({ decision }: Admission, name: SkillName): { readonly problem?: Problem } {
  if (decision.kind === 'admitted') return {};
  const firsts = decision.reasons.filter(
    (one, at) => decision.reasons.findIndex(({ code }) => code === one.code) === at,
  );
  const problem = new Problem(
    'not-admitted',
    `The folder does not prove ${name}: ${firsts[0]?.message ?? 'it contains no statement'}`,
    {
      reasons: firsts.map(({ code, message }) => ({ message: `${code}: ${message}` })),
      hint: 'either the folder was changed, or it belongs to another registry: use another copy, and compare the digest',
    },
  );
  return { problem };
}

function throwFolderProblem(folder: string, cause: unknown): never {
  if (
    !(cause instanceof Problem) ||
    ['evidence-invalid', 'interrupted', 'internal'].includes(cause.code)
  )
    throw cause;
  // In its own words it would blame a registry.
  const why = cause.message
    .replaceAll(/\bthe registry\b/gi, 'the folder')
    .replaceAll('folder:', '');
  throw new Problem(
    'evidence-invalid',
    `Cannot verify ${folder}: it was changed after its export`,
    {
      reasons: [{ message: why }],
      hint: 'use another copy of the folder; the registry is not at fault',
    },
  );
}

// Verifies one version: decides on its evidence, and compares installed files with the approved
// ones.

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
type RootAge = {
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
  await readAll(await openAdmitted(source, admitted));
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
function toVerified(admission: Admission, source: Source, name: SkillName): VerifiedVersion {
  const { decision, notes } = admission;
  const chain = chainOf(judge(admission.input));
  const common = { name, notes, source, chain, folders: [], plain: false };
  return decision.kind === 'admitted'
    ? { ...common, admitted: decision }
    : { ...common, problem: refusal(admission, name) };
}

function refusal(judged: Admission, name: SkillName): Problem {
  try {
    requireAdmitted(judged, name);
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
  const files = installedFiles(opened.bundle, await readAll(opened), {
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
    version: storedVersion(kept, 'root'),
    asked: kept.refreshed,
    signedUntil: String(JSON.parse(kept.metadata.root).signed.expires),
  };
}

// `skillgate verify --rescan`: scans again on this host, and compares the report with the one that
// the approvals name.

interface Rescan {
  /**
   * Whether the report equals the signed one byte for byte, which only the same rules can achieve.
   */
  readonly same: boolean;
  readonly sameRuleSet: boolean;
  /** The results, one sentence each. */
  readonly says: readonly string[];
}

/** @throws Problem `scan-killed` when this machine's scanner does not finish */
async function rescan(source: Source, admitted: Admitted, opened: OpenedSkill): Promise<Rescan> {
  const signed = await fetchBlob(source, admitted.scan.report, scanReportBytesMax);
  const files: SourceFile[] = [];
  for (const { path, mode } of opened.bundle.files)
    files.push({ path, bytes: await opened.read(path), mode: Number.parseInt(mode, 8) });
  return compareReports(signed, await scanOnce(files), admitted.scan.ruleSet);
}

/** Compares two reports on the same bytes. */
export function compareReports(signed: Uint8Array, here: ScanReport, ruleSet: Digest): Rescan {
  const same = Buffer.from(canonicalJson(here)).equals(signed);
  const sameRuleSet = here.ruleSet === ruleSet;
  if (same)
    return {
      same,
      sameRuleSet,
      says: ['scanned again here: the report is identical to the signed report'],
    };
  const there = parseScanReport(parseJson(signed, 'scan report', scanReportValuesMax).value);
  const first = sameRuleSet
    ? 'scanned again here with the same rule set: the report differs from the signed report'
    : `scanned again here with another rule set (${here.ruleSet}), so the reports cannot be the same bytes`;
  return { same, sameRuleSet, says: [first, ...differences(there, here)] };
}

function differences(there: ScanReport, here: ScanReport): string[] {
  const [theirs, ours] = [there, here].map(
    (report) => new Set(report.findings.map((one) => one.fingerprint)),
  );
  const onlyThere = [...(theirs ?? [])].filter((one) => ours?.has(one) !== true).length;
  const onlyHere = [...(ours ?? [])].filter((one) => theirs?.has(one) !== true).length;
  const alike =
    canonicalJson(there.capabilities.observed) === canonicalJson(here.capabilities.observed);
  return [
    there.verdict === here.verdict
      ? `the verdict is the same: ${here.verdict}`
      : `the verdict was ${there.verdict}, here it is ${here.verdict}`,
    onlyThere + onlyHere === 0
      ? `the findings are the same: ${here.findings.length}`
      : `${count(onlyThere, 'finding')} only there, ${count(onlyHere, 'finding')} only here`,
    `the capabilities seen in the code are ${alike ? 'the same' : 'different'}`,
  ];
}
