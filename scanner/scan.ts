/**
 * Scans a skill: bytes in, report out. The scan executes nothing of the skill. The same bytes and
 * rule set give the same report.
 */

import { unused } from '../skills-index/skill/authoring/unused-capabilities.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { type Capabilities, minus, noCapabilities } from '../skills-index/skill/capability.ts';
import type { ManifestPackages } from '../skills-index/skill/manifest-packages.ts';
import { type Finding, severities } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import { type ExtractOptions, extractFacts, type SkillFacts } from './extract.ts';
import type { Fact } from './fact/fact.ts';
import { FactIndex } from './fact/selectors.ts';
import { demandedOf, observedOf } from './manifest/observed.ts';
import { folderUse } from './manifest/working-folder.ts';
import { findAll, type Judgeable } from './reports/findings.ts';
import { judge } from './reports/verdict.ts';
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
  return { report: reportOn(extracted, options), facts: extracted.facts };
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
