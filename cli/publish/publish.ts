/**
 * `skillgate publish [DIR] [--dry-run]`: scans a folder, signs it as a version and sends it, with a
 * line for each step.
 */
import { resolve } from 'node:path';
import { versionTaken } from '../../skills-index/client/version-taken.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { VersionSource } from '../../skills-index/statement/source.ts';
import {
  approvalsNeeded,
  defaultPolicy,
  type Policy,
  whyHigh,
} from '../../skills-index/trust/policy/policy.ts';
import type { CertificateClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import { printClaims } from '../../skills-index/trust/signatures/certified-identities.ts';
import { asCalled, calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { requirePublisher, requireScopeOwner } from '../members-and-scopes/scope-publishers.ts';
import { ownName } from '../own-version.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { type VersionAnswer, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { whySkipped } from '../scan/source-folder.ts';
import { startSingleScanner, type WatchedScanner } from '../scan/watched-scan.ts';
import { loadClient } from '../send-request.ts';
import { loadBuilder } from '../signing/bundle-builder.ts';
import { keyNames } from '../signing/signer.ts';
import { type Someone, someoneFor } from '../signing/someone.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';
import { answer, count, inkFor, joined, printNote, safe, wantsColour } from '../terminal/output.ts';
import { warningText } from '../terminal/problem-text.ts';
import { type PreparedVersion, prepareVersion, requireNoPlaceholders } from './prepare-version.ts';
import { type OriginResult, originOf, provenancePredicate } from './provenance.ts';
import { requireDeclared } from './require-declared.ts';
import { publishVersion, uploadedText } from './upload.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const scanner = startSingleScanner();
  try {
    return await publishFolder(context, scanner);
  } finally {
    await scanner.close();
  }
}

async function publishFolder(context: CommandContext, scanner: WatchedScanner): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '.');
  const step = stepPrinter(context);
  const prepared = await prepareVersion(folder);
  const { manifest, packed } = prepared;
  printWarnings(context, prepared);
  step('manifest', `${manifest.name} ${manifest.version}`);
  step('bundle', bundleText(prepared));
  const upload =
    context.options['dry-run'] === true
      ? undefined
      : { origin: originOf(folder, packed, context.env), ...ownFilesFor(context) };
  loadClient(context.registryBase);
  loadBuilder();
  const { name, version } = manifest;
  const taken =
    upload === undefined ? undefined : whyTaken(context, { name, version, bundle: packed.digest });
  // The registry answers during the scan.
  const [{ report }] = await Promise.all([
    scanner.scan({ files: prepared.folder.files, path: '.', unread: [] }),
    warnOfRequired(context, manifest),
  ]);
  context.signal.throwIfAborted();
  // Findings of a version that nobody can publish would only hide this.
  const refused = await taken;
  if (refused !== undefined) throw refused;
  const judged = { files: prepared.folder.files, manifest };
  await printJudgement(context, judged, report);
  requireNoPlaceholders(prepared);
  const { verdict } = report;
  const findings = report.findings.length;
  step('scan', `${verdict}, ${count(findings, 'finding')}`, verdict === 'block');
  requireJudged(context, judged, report);
  const about = { name, version, bundle: packed.digest, scan: { verdict, findings } };
  if (upload === undefined) {
    const would =
      context.options.oidc === true ? { wouldSign: await wouldSign(context, scopeOf(name)) } : {};
    await askWhetherPublishable(context, { name, version });
    answer(
      context,
      { schema: 'skillgate.publish-dry-run/1', ...about, ...would },
      () => safe`${name}@${version} could be published; nothing was signed or sent`,
    );
    return exitCodes.ok;
  }
  const someone = (await upload.key) ?? (await someoneFor(context));
  if (context.options.oidc === true) await requirePublisher(context, scopeOf(name), someone);
  const policy = await upload.policy;
  const signer = await someone.signer();
  const origin = originIn(context, await upload.origin);
  const provenance =
    origin === undefined ? {} : { provenance: provenancePredicate(origin, ownName()) };
  const published = await publishVersion(context, signer, {
    packed,
    manifest,
    ...provenance,
  }).catch(async (cause: unknown) => {
    // The registry does not know this key in the scope; the owner of the scope is more helpful to
    // name.
    if (cause instanceof Problem && cause.code === 'key-unknown')
      await requireScopeOwner(context, scopeOf(name), someone);
    throw cause;
  });
  step(
    'sign',
    `${someone.name}${origin === undefined ? '' : `, commit ${origin.commit.slice(0, 12)}`}`,
  );
  step('upload', published.status);
  const { status, statements } = published;
  const needed = neededFor(policy, manifest, report);
  answer(
    context,
    {
      schema: 'skillgate.published/1',
      ...about,
      status,
      statements,
      registry: context.registryBase,
      approvalsNeeded: needed,
    },
    () =>
      joined(
        [uploadedText({ name, version, status }), safe`→ ${neededText(needed, report)}`],
        '\n',
      ),
  );
  return exitCodes.ok;
}

function printWarnings(context: CommandContext, { warnings, folder }: PreparedVersion): void {
  for (const warning of warnings) printNote(context, warningText(warning));
  for (const path of folder.skipped)
    printNote(context, safe`left out of the bundle: ${path} (${whySkipped(path)})`);
}

async function warnOfRequired(context: CommandContext, { requires }: Manifest): Promise<void> {
  if (Object.keys(requires).length === 0) return;
  const { warnOfMissingSkills } = await import('./required-skills.ts');
  await warnOfMissingSkills(context, requires);
}

// A key is read without its passphrase, which a signature asks for. A failure comes after the
// verdict, as that of another identity, which is not asked for before.
function ownFilesFor(context: CommandContext): {
  readonly key: Promise<Someone | undefined>;
  readonly policy: Promise<Policy>;
} {
  const key =
    context.options.oidc === true
      ? Promise.resolve(undefined)
      : someoneFor(context).catch(() => undefined);
  const policy = knownPolicy(context);
  policy.catch(() => undefined);
  return { key, policy };
}

async function wouldSign(context: CommandContext, scope: Scope): Promise<CertificateClaims> {
  const { bearerOf, printPublisherHint } = await import('../signing/keyless.ts');
  const { claims } = await bearerOf(context);
  printNote(context, safe`would sign: ${printClaims(claims)}`);
  printPublisherHint(context, claims, scope);
  return claims;
}

function originIn(context: CommandContext, found: OriginResult): VersionSource | undefined {
  if (found.kind === 'origin') return found.origin;
  printNote(context, safe`this publication gets no provenance, because ${found.why}`);
  return undefined;
}

function stepPrinter(
  context: CommandContext,
): (name: string, text: string, hasFailed?: boolean) => void {
  const ink = inkFor(context.stderr, context.env);
  return (name, text, hasFailed = false) => {
    const mark = hasFailed ? ink.red('✘') : ink.green('✔');
    printNote(context, safe`${mark} ${name.padEnd(9)} ${text}`);
  };
}

function bundleText({ packed }: PreparedVersion): string {
  const { files } = packed.bundle;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `${count(files.length, 'file')}, ${bytes} bytes, ${packed.digest}`;
}

// The registry's answer to a publication, asked before signing and sending.

/**
 * Asks whether this user may publish in the scope, and whether the version is free. Without a key,
 * a pinned registry or an answer, a note names what was not checked.
 * @throws Problem `scope-taken`, `scope-unclaimed`, `version-exists`
 */
async function askWhetherPublishable(context: CommandContext, which: ExactVersion): Promise<void> {
  const { name, version } = which;
  const canAsk = readRegistries(context.paths).registries.length > 0;
  const canSign =
    context.options.oidc === true ||
    context.options.key !== undefined ||
    keyNames(context.paths).length > 0;
  if (!canAsk || !canSign) {
    const lacking = canAsk
      ? `there is no key here (${calledName()} key create)`
      : `no registry is pinned (${calledName()} registry add)`;
    printNote(
      context,
      safe`not checked: who may publish in @${scopeOf(name)}, and whether ${version} is free: ${lacking}`,
    );
    return;
  }
  try {
    await requirePublisher(context, scopeOf(name), await someoneFor(context));
    await requireFreeVersion(context, which);
  } catch (cause) {
    if (
      !(cause instanceof Problem) ||
      (cause.code !== 'registry-down' && cause.code !== 'registry-answer-invalid')
    )
      throw cause;
    printNote(
      context,
      safe`not checked: who may publish in @${scopeOf(name)}, and whether ${version} is free: ${cause.message}`,
    );
  }
}

/**
 * Why a version cannot be published, as far as the registry says before the upload: other bytes
 * have its number. Undefined without an answer, because the upload will get one.
 */
async function whyTaken(
  context: CommandContext,
  which: ExactVersion & { readonly bundle: Digest },
): Promise<Problem | undefined> {
  const before = await versionAt(context, which).catch(() => undefined);
  // The same bytes again are the same publication.
  if (before === undefined || before.bundle === which.bundle) return undefined;
  return versionTaken(which, before.status);
}

async function requireFreeVersion(context: CommandContext, which: ExactVersion): Promise<void> {
  const before = await versionAt(context, which);
  if (before !== undefined) throw versionTaken(which, before.status);
}

function versionAt(
  context: CommandContext,
  { name, version }: ExactVersion,
): Promise<VersionAnswer | undefined> {
  const path = `/api/v1/versions${versionPath(name, version)}`;
  return askRegistry(context, path, versionAnswer).catch((cause: unknown) => {
    if (cause instanceof Problem && cause.code === 'not-found') return undefined;
    throw cause;
  });
}

// What the author is told of the local scan before a version is signed.

interface JudgedVersion {
  readonly files: readonly SourceFile[];
  readonly manifest: Manifest;
  /** Present for a manifest that the scan drafted: nobody wrote a skill.json to compare with. */
  readonly inferred?: true;
}

/** Prints the findings, and why the version is of high risk. */
async function printJudgement(
  context: CommandContext,
  { files, manifest }: JudgedVersion,
  report: ScanReport,
): Promise<void> {
  if (context.format !== 'text') return;
  if (report.verdict !== 'pass') {
    const { printReport } = await import('../../scanner/reports/report-text.ts');
    context.stderr.write(
      printReport(report, files, { colour: wantsColour(context.stderr, context.env), asCalled }),
    );
  } else
    for (const finding of report.findings)
      printNote(
        context,
        safe`${finding.severity}: ${finding.message} (${finding.path}:${finding.line})`,
      );
  const why = whyHigh(defaultPolicy, {
    capabilities: manifest.capabilities,
    findings: report.findings,
    verdict: report.verdict,
  });
  for (const reason of why) printNote(context, safe`a version of high risk: ${reason}`);
}

/**
 * Stops what an author would not want to sign. A block comes first: nobody should declare the host
 * of a stranger because the other refusal says how.
 * @throws Problem `verdict-block`; `capability-undeclared`, unless the person publishes as it is
 */
function requireJudged(
  context: CommandContext,
  { files, manifest, inferred }: JudgedVersion,
  report: ScanReport,
): void {
  requireNotBlocked(context, manifest, report);
  if (context.options['as-is'] === true || inferred === true) return;
  for (const use of requireDeclared(files, manifest, report))
    printNote(
      context,
      safe`for the reviewer: the skill uses ${use}, which skill.json does not declare`,
    );
}

// Its number would be taken, and the registry's own scan would hold the version back.
function requireNotBlocked(
  { options }: CommandContext,
  { name, version }: Manifest,
  { verdict, findings, decidedBy }: ScanReport,
): void {
  if (verdict !== 'block' || options['despite-block'] === true) return;
  const deciding = findings.filter(({ fingerprint }) => decidedBy.includes(fingerprint));
  throw new Problem(
    'verdict-block',
    `Cannot publish ${name}@${version}: the scan's verdict is block`,
    {
      reasons: deciding.map(({ rule, message, path, line, column }) => ({
        message: `${rule}: ${message}`,
        place: { path, line, column },
      })),
    },
  );
}

// How many people have to approve a version, said when its author publishes it.

type Needed = ReturnType<typeof approvalsNeeded>;

/** By a policy and the local scan. The registry's own scan decides. */
function neededFor(
  policy: Policy,
  { capabilities }: Manifest,
  { findings, verdict }: ScanReport,
): Needed {
  return approvalsNeeded(policy, { capabilities, findings, verdict });
}

export function neededText(
  { total, independent }: Needed,
  { verdict }: Pick<ScanReport, 'verdict'>,
): string {
  // The registry quarantines a version that its scan also blocks, or could not read whole.
  if (verdict === 'block' || verdict === 'incomplete')
    return `the registry keeps it from reviewers, if its scan also ends as ${verdict}: mend what the scan names, and publish the next version`;
  const people = total === 1 ? '1 reviewer has' : `${total} reviewers have`;
  const how =
    independent === 0
      ? ''
      : `, ${independent === total ? '' : `${independent} of them `}from the command line (${calledName()} review approve)`;
  return `${people} to approve it${how}, if the registry’s scan finds the same as the scan here`;
}

/** The policy that this host knows. Somebody who publishes need not have pinned the registry. */
async function knownPolicy(context: CommandContext): Promise<Policy> {
  try {
    return trustedRegistry(context, context.registryBase).policy;
  } catch (cause) {
    if (cause instanceof Problem) return defaultPolicy;
    throw cause;
  }
}
