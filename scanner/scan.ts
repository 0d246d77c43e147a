/**
 * Scans a skill: bytes in, report out. The scan executes nothing of the skill. The same bytes and
 * rule set give the same report.
 */
import { unused } from '../skills-index/skill/authoring/unused-capabilities.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { type Capabilities, minus, noCapabilities } from '../skills-index/skill/capability.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { ManifestPackages } from '../skills-index/skill/manifest-packages.ts';
import { type Finding, severities } from '../skills-index/statement/finding.ts';
import type { Coverage, ScanReport } from '../skills-index/statement/scan-report.ts';
import type { ArtifactFact, Fact } from './fact/fact.ts';
import { compareSpans } from './fact/place.ts';
import { FactIndex } from './fact/selectors.ts';
import type { TaintSource } from './fact/source.ts';
import { Steps, scanSteps } from './fact/steps.ts';
import { solveFlows } from './flow/flow.ts';
import type { FactMemo } from './frontends/fact-memo.ts';
import { frontEnds } from './frontends/frontends.ts';
import { type Analysed, analyseSources } from './frontends/rounds.ts';
import { digestOfFiles } from './ingest/files-digest.ts';
import { type IngestedFile, ingestFiles } from './ingest/ingest.ts';
import { type Declared, type Obstacle, obstacleAt, readDeclared } from './manifest/declared.ts';
import { demandedOf, observedOf, packageFacts } from './manifest/observed.ts';
import { atSecretAddresses } from './manifest/secret-addresses.ts';
import { folderUse } from './manifest/working-folder.ts';
import type { Analyse, FrontEnd } from './programs/frontend.ts';
import { findAll, type Judgeable, judge } from './reports/findings.ts';
import { ruleSetDigest } from './rule-set.ts';
import { rules } from './rules.ts';

export { ruleSetDigest } from './rule-set.ts';

export interface ReportOptions {
  /** The skill's folder as reports name it; `.` by default, as in signed reports. */
  readonly path?: string;
  /** The published name and version, when the skill itself names none. */
  readonly published?: ScannedName;
}

/** What is scanned, as the registry names it. */
export interface ScannedName {
  readonly name: string;
  readonly version: string;
  /**
   * The code of a package: only rules of malice count, since a package has neither a manifest nor
   * texts for agents. By default a skill.
   */
  readonly of?: 'package' | undefined;
}

export type ScanOptions = ReportOptions & ExtractOptions;

/** A report and its facts; the facts serve the inference of a manifest. */
export interface Scanned {
  readonly report: ScanReport;
  readonly facts: readonly Fact[];
}

/** Scans the files of one skill. Never throws because of the files' content. */
export async function scanSkill(
  files: readonly SourceFile[],
  options: ScanOptions = {},
): Promise<ScanReport> {
  return (await scanWithFacts(files, options)).report;
}

/** As `scanSkill`, with the facts. */
export async function scanWithFacts(
  files: readonly SourceFile[],
  options: ScanOptions = {},
): Promise<Scanned> {
  const extracted = await extractFacts(files, options);
  const report = (options.within ?? atOnce)(() => reportOn(extracted, options));
  return { report, facts: extracted.facts };
}

/** Runs every rule over facts, and makes the report. Pure, and parses nothing. */
export function reportOn(extracted: SkillFacts, options: ReportOptions = {}): ScanReport {
  const { bundle, coverage, complete, declared } = extracted;
  const compared = compareCapabilities(
    extracted,
    declared.capabilities ?? noCapabilities,
    declared.manifest?.packages,
  );
  const context = ruleContextOf(extracted, compared);
  const findings =
    options.published?.of === 'package'
      ? findInPackage(extracted.facts, context)
      : findAll(rules, new FactIndex(extracted.facts), context);
  const { verdict, deciding } = judge(findings, complete);
  return {
    schema: 'skillgate.scan/1',
    path: options.path ?? '.',
    name: (options.published?.name ?? declared.name).toWellFormed(),
    version: options.published?.version ?? declared.version,
    bundle,
    ruleSet: ruleSetDigest(),
    verdict,
    decidedBy: deciding.map((finding) => finding.fingerprint),
    findings,
    capabilities: { ...compared, declared: declared.capabilities ?? noCapabilities },
    coverage,
  };
}

const packageRules = rules.filter(({ id }) => !/^(manifest|prose)\//.test(id));
// Libraries read the keys of their own service, and call functions by computed names. What they do
// with keys and functions is the business of other rules.
const usualInLibraries: ReadonlySet<string> = new Set([
  'files/credential-path',
  'obfuscation/hidden-name',
]);

function findInPackage(facts: readonly Fact[], context: Judgeable): Finding[] {
  const find = (given: readonly Fact[]): Finding[] =>
    findAll(packageRules, new FactIndex(given), context).filter(({ kind }) => kind === 'malice');
  const all = find(facts);
  const own = facts.filter((fact) => !isCallersChoice(fact));
  const without = own.length === facts.length ? all : find(own);
  const known = new Set(without.map(ruleAndPlace));
  return all.map((finding) => {
    const isUsual = usualInLibraries.has(finding.rule) || !known.has(ruleAndPlace(finding));
    const isMild = severities.indexOf(finding.severity) <= severities.indexOf('medium');
    return isMild || !isUsual ? finding : { ...finding, severity: 'medium' };
  });
}

function ruleAndPlace({ rule, path, line, column }: Finding): string {
  return JSON.stringify([rule, path, line, column]);
}

// A library that loads objects loads them from where its caller says.
function isCallersChoice(fact: Fact): boolean {
  return (
    fact.kind === 'flow' &&
    fact.sink.what === 'exec' &&
    /^(pickle|cloudpickle|dill|joblib)\.loads?$/.test(fact.sink.api) &&
    fact.source.name.startsWith('https://*/')
  );
}

function ruleContextOf(
  { declared, obstacles, coverage, complete, sources }: SkillFacts,
  {
    observed,
    undeclared,
    unused,
  }: Pick<ScanReport['capabilities'], 'observed' | 'undeclared' | 'unused'>,
): Judgeable {
  return {
    observed,
    undeclared,
    unused,
    sources,
    declared: declared.capabilities,
    hasManifest: declared.manifest !== undefined,
    commands: declared.manifest?.commands ?? {},
    packages: declared.manifest?.packages ?? {},
    declaredName: declared.manifest?.name,
    nameInProse: declared.nameInProse,
    obstacles: [...declared.obstacles, ...obstacles],
    name: declared.name,
    description: declared.description,
    files: new Set(coverage.files.map((file) => file.path)),
    digests: new Map(coverage.files.map(({ path, sha256 = '' }) => [path, sha256])),
    complete,
  };
}

function compareCapabilities(
  { facts, sources }: Pick<SkillFacts, 'facts' | 'sources'>,
  given: Capabilities,
  packages: ManifestPackages | undefined,
): { observed: Capabilities; undeclared: Capabilities; unused: Capabilities } {
  const used = facts.filter((fact) => fact.kind === 'capability');
  const observed = observedOf(used);
  const left = unused(given, observed, packages);
  // A relative path needs no capability, but the folder that it names has to be mounted.
  const isFolderUsed =
    left.mount.some(({ files }) => files !== undefined) &&
    (observed.exec.some(({ program }) => program === '*') || folderUse(sources) !== undefined);
  const mount = left.mount.filter(({ files }) => files === undefined || !isFolderUsed);
  return { observed, undeclared: minus(demandedOf(used), given), unused: { ...left, mount } };
}

// Bytes become facts: the part of a scan that parses. The result is plain data, and rules can run
// on it again without parsing again.

/**
 * The facts of a skill's bytes, before any rule: a pure function of the files, with JSON values
 * only.
 */
interface SkillFacts {
  readonly bundle: Digest;
  /** Sorted by path and offset within each kind. */
  readonly facts: readonly Fact[];
  /** Files as text, and the programs inside them. */
  readonly sources: readonly TaintSource[];
  readonly declared: Declared;
  /** Why the files make no bundle. */
  readonly obstacles: readonly Obstacle[];
  readonly coverage: Coverage;
  /** Whether every file was fully analysed and every flow followed. */
  readonly complete: boolean;
}

/**
 * An entry of the folder that was not read: a link, a device, a file that is too large, or one file
 * too many.
 */
export interface UnreadEntry {
  readonly path: string;
  readonly reason: string;
  /** Size of a plain file. */
  readonly bytes?: number;
  /** Digest of a plain file that could be read in bounded time. */
  readonly sha256?: Digest;
}

interface ExtractOptions {
  /** Entries that count as not analysed. */
  readonly unread?: readonly UnreadEntry[];
  /** The number of further entries that are not listed. */
  readonly unlisted?: number;
  /** What the files are: by default a skill. */
  readonly of?: 'package' | undefined;
  /** Results of front ends from earlier scans, for new versions of a skill. */
  readonly memo?: FactMemo;
  /** Replaces the usual limit of steps, for tests. */
  readonly steps?: number;
  /** Runs each part of the scan, and may end it by an exception. */
  readonly within?: (<Part>(part: () => Part) => Part) | undefined;
}

function atOnce<Part>(part: () => Part): Part {
  return part();
}

/** Extracts the facts of one skill. Never throws because of the files' content. */
export async function extractFacts(
  given: readonly SourceFile[],
  options: ExtractOptions = {},
): Promise<SkillFacts> {
  const { within = atOnce } = options;
  const parts = factsOf(given, options);
  let part = within(() => parts.next());
  while (!part.done) {
    const analyse = await part.value.load();
    part = within(() => parts.next(analyse));
  }
  return part.value;
}

function* factsOf(
  given: readonly SourceFile[],
  options: ExtractOptions,
): Generator<FrontEnd, SkillFacts, Analyse> {
  const files = [...given].sort(byPath);
  const ingested = ingestFiles(files);
  const texts = ingested.flatMap((file) => file.sources);
  const steps = new Steps(options.steps ?? scanSteps);
  const executable = new Set(
    files.filter((file) => (file.mode & 0o111) !== 0).map((file) => file.path),
  );
  const analysed = yield* analyseSources(texts, frontEnds, {
    files: new Set(files.map((file) => file.path)),
    executable,
    isPackage: options.of === 'package',
    steps,
    memo: options.memo,
  });
  const { flows, complete } = solveFlows(analysed.graph, steps);
  const coverage = coverageOf(ingested, analysed, complete, options);
  const { digest: bundle, problem } = digestOfFiles(files);
  const declared = readDeclared(files);
  const imports = packageFacts(analysed.sources, declared.manifest?.capabilities.package);
  return {
    bundle,
    facts: atSecretAddresses(
      [
        ...ingested.flatMap((file) => file.artifacts),
        ...unparsedFacts(analysed),
        ...[...analysed.facts, ...imports].sort((a, b) => compareSpans(a.span, b.span)),
        ...flows,
      ],
      declared.capabilities,
    ),
    sources: analysed.sources,
    declared,
    obstacles: problem === undefined ? [] : [obstacleAt(files[0]?.path ?? 'SKILL.md', problem)],
    coverage,
    complete:
      coverage.unlisted === undefined &&
      coverage.files.every((file) => file.disposition !== 'unanalysed'),
  };
}

function coverageOf(
  ingested: readonly IngestedFile[],
  { unanalysed, untaken }: Analysed,
  areFlowsWhole: boolean,
  { unread = [], unlisted = 0 }: ExtractOptions,
): Coverage {
  // A flow that was not followed may begin and end in any file.
  const reasons = new Map<string, string>(
    areFlowsWhole ? [] : ingested.map(({ path }) => [path, 'too many flows to follow each']),
  );
  for (const path of untaken) reasons.set(path, 'no front end for its language');
  for (const { span, reason } of unanalysed)
    if (!reasons.has(span.path)) reasons.set(span.path, reason);
  const read = ingested.map(({ path, sha256, bytes, disposition, reason }) => {
    const why = reasons.get(path);
    const shown = { path: path.toWellFormed(), sha256, bytes };
    if (disposition === 'analysed' && why !== undefined)
      return { ...shown, disposition: 'unanalysed' as const, reason: why };
    return { ...shown, disposition, reason };
  });
  const missing = unread.map((entry) => ({
    ...entry,
    path: entry.path.toWellFormed(),
    disposition: 'unanalysed' as const,
  }));
  return {
    files: [...read, ...missing].sort(byPath),
    ...(unlisted > 0 && { unlisted }),
  };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
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
