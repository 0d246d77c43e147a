/** Scans a skill: bytes in, report out. Nothing of the skill is executed; the same bytes and rule set give the same report. */
import { type Bundle, packBundle, type SourceFile } from '../skills-index/skill/bundle.ts';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { type Capabilities, minus, noCapabilities, unused } from '../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Coverage, ScanReport } from '../skills-index/statement/scan-report.ts';
import { type Declared, readDeclared } from './declared.ts';
import type { ArtifactFact, Fact } from './fact.ts';
import { findAll } from './findings.ts';
import { solveFlows } from './flow.ts';
import { frontEnds } from './frontends.ts';
import { type IngestedFile, ingestFile } from './ingest.ts';
import { scanSteps } from './limits.ts';
import { observedOf } from './observed.ts';
import { type Analysed, analyseSources } from './rounds.ts';
import { ruleSetDigest } from './rule-set.ts';
import { rules } from './rules.ts';
import { Steps, StepsUsedUp } from './steps.ts';
import { judge } from './verdict.ts';

export { ruleSetDigest } from './rule-set.ts';

export interface ScanOptions {
  /** The skill's folder as reports name it; `.` by default, as in reports that are signed. */
  readonly path?: string;
  /** Name and version under which it was published, where it says neither itself. */
  readonly published?: { readonly name: string; readonly version: string };
  /** Entries of the folder that could not be handed in: links, devices, too large ones. They count as not analysed. */
  readonly unread?: readonly { readonly path: string; readonly reason: string }[];
  /** Steps instead of the usual limit, for tests. */
  readonly steps?: number;
}

/** A report, and the facts it was made of (for the inference of a manifest). */
export interface Scanned {
  readonly report: ScanReport;
  readonly facts: readonly Fact[];
}

/** Scans the files of one skill. Never throws for what the files hold. */
export async function scanSkill(files: readonly SourceFile[], options: ScanOptions = {}): Promise<ScanReport> {
  return (await scanWithFacts(files, options)).report;
}

/** As `scanSkill`, with the facts. */
export async function scanWithFacts(given: readonly SourceFile[], options: ScanOptions = {}): Promise<Scanned> {
  const files = [...given].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const ingested = files.map(ingestFile);
  const texts = ingested.flatMap((file) => (file.source === undefined ? [] : [file.source]));
  const paths = new Set(files.map((file) => file.path));
  const steps = new Steps(options.steps ?? scanSteps);
  const analysed = await analyseSources(texts, frontEnds, { files: paths, steps });
  const { flows, stopped } = flowsOf(analysed, steps);
  const coverage = coverageOf(ingested, analysed, options.unread ?? []);
  const facts = [...ingested.flatMap((file) => file.artifacts), ...unparsedFacts(analysed), ...analysed.facts, ...flows];

  const declared = readDeclared(files);
  const capabilities = compareCapabilities(facts, declared);
  const complete = !stopped && coverage.files.every((file) => file.disposition !== 'unanalysed');
  const bundle = bundleOf(files);
  const findings = findAll(
    rules,
    facts,
    {
      ...capabilities,
      declared: declared.capabilities,
      hasManifest: declared.manifest !== undefined,
      commands: declared.manifest?.commands ?? {},
      declaredName: declared.manifest?.name,
      nameInProse: declared.nameInProse,
      problems: [...declared.problems, ...bundle.problems],
      sources: analysed.sources,
      name: declared.name,
      description: declared.description,
      files: paths,
      complete,
    },
    texts,
  );
  const { verdict, deciding } = judge(findings, complete);
  const report: ScanReport = {
    schema: 'skillgate.scan/1',
    path: options.path ?? '.',
    name: (options.published?.name ?? declared.name).toWellFormed(),
    version: options.published?.version ?? declared.version,
    bundle: bundle.digest,
    ruleSet: ruleSetDigest(),
    verdict,
    decidedBy: deciding.map((finding) => finding.fingerprint),
    findings,
    capabilities: { ...capabilities, declared: declared.capabilities ?? noCapabilities },
    coverage,
  };
  return { report, facts };
}

function flowsOf(analysed: Analysed, steps: Steps): { flows: readonly Fact[]; stopped: boolean } {
  try {
    return { flows: solveFlows(analysed.graph, steps), stopped: false };
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return { flows: [], stopped: true };
    throw cause;
  }
}

function compareCapabilities(
  facts: readonly Fact[],
  declared: Declared,
): { observed: Capabilities; undeclared: Capabilities; unused: Capabilities } {
  const observed = observedOf(facts.filter((fact) => fact.kind === 'capability'));
  const given = declared.capabilities ?? noCapabilities;
  return { observed, undeclared: minus(observed, given), unused: unused(given, observed) };
}

function coverageOf(
  ingested: readonly IngestedFile[],
  { unanalysed, untaken }: Analysed,
  unread: NonNullable<ScanOptions['unread']>,
): Coverage {
  const reasons = new Map<string, string>();
  for (const path of untaken) reasons.set(path, 'no front end for its language');
  for (const { span, reason } of unanalysed) if (!reasons.has(span.path)) reasons.set(span.path, reason);
  const read = ingested.map(({ path, sha256, bytes, disposition, reason }) => {
    const why = reasons.get(path);
    const shown = { path: path.toWellFormed(), sha256, bytes };
    if (disposition === 'analysed' && why !== undefined) return { ...shown, disposition: 'unanalysed' as const, reason: why };
    return { ...shown, disposition, reason };
  });
  const missing = unread.map(({ path, reason }) => ({
    path: path.toWellFormed(),
    sha256: digestOf(''),
    bytes: 0,
    disposition: 'unanalysed' as const,
    reason,
  }));
  return { files: [...read, ...missing].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)) };
}

function unparsedFacts({ unanalysed }: Analysed): ArtifactFact[] {
  return unanalysed.map(({ span, reason }) => ({
    kind: 'artifact',
    what: 'unparsed',
    detail: reason,
    span,
    context: 'code',
    certainty: 'exact',
  }));
}

interface BundleLook {
  readonly digest: Digest;
  readonly problems: readonly { readonly path: string; readonly problem: Problem }[];
}

/** The digest of the bundle; files that make no bundle get the digest of their plain list, and the reasons become findings. */
function bundleOf(files: readonly SourceFile[]): BundleLook {
  try {
    return { digest: packBundle(files).digest, problems: [] };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const list = files.map(({ path, bytes, mode }) => ({
      path: path.toWellFormed(),
      size: bytes.byteLength,
      sha256: digestOf(bytes),
      mode: (mode & 0o100) === 0 ? ('644' as const) : ('755' as const),
    }));
    const unchecked: Pick<Bundle, 'schema'> & { files: typeof list } = { schema: 'skillgate.bundle/1', files: list };
    return { digest: canonicalDigest(unchecked), problems: [{ path: files[0]?.path ?? 'SKILL.md', problem: cause }] };
  }
}
