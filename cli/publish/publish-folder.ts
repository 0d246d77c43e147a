/** Publishes a folder: scans it, signs it as a version and sends it, with a line for each step. */
import { resolve } from 'node:path';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { VersionSource } from '../../skills-index/statement/source.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import type { CertificateClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import { printClaims } from '../../skills-index/trust/signatures/certified-identities.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { requirePublisher, requireScopeOwner } from '../members-and-scopes/scope-owner.ts';
import { ownName } from '../own-version.ts';
import { whySkipped } from '../scan/source-folder.ts';
import type { WatchedScanner } from '../scan/watched-scan.ts';
import { loadClient } from '../send-request.ts';
import { loadBuilder } from '../signing/bundle-builder.ts';
import { type Someone, someoneFor } from '../signing/someone.ts';
import { answer, count, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { warningText } from '../terminal/problem-text.ts';
import { askWhetherPublishable, whyTaken } from './dry-run.ts';
import { printJudgement, requireJudged } from './judge-here.ts';
import { knownPolicy, neededFor, neededText } from './needed-approvals.ts';
import { type PreparedVersion, prepareVersion, requireNoPlaceholders } from './prepare-version.ts';
import { type OriginResult, originOf, provenancePredicate } from './provenance.ts';
import { publishVersion, uploadedText } from './upload.ts';

/** @param scanner may still be loading */
export async function publishFolder(
  context: CommandContext,
  scanner: WatchedScanner,
): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '.');
  const step = stepPrinter(context);
  const prepared = await prepareVersion(folder);
  const { manifest, packed } = prepared;
  printWarnings(context, prepared);
  step('manifest', `${manifest.name} ${manifest.version}`);
  step('bundle', bundleText(prepared));
  const scan = scanner.scan({ files: prepared.folder.files, path: '.', unread: [] });
  // Nothing here needs the report, so it is done during the scan.
  const upload =
    context.options['dry-run'] === true
      ? undefined
      : { origin: originOf(folder, packed, context.env), ...ownFilesFor(context) };
  loadClient(context.registryBase);
  loadBuilder();
  const { name, version } = manifest;
  const taken =
    upload === undefined ? undefined : whyTaken(context, { name, version, bundle: packed.digest });
  const [{ report }] = await Promise.all([scan, warnOfRequired(context, manifest)]);
  // The scanner's process ends while this one signs and sends.
  void scanner.close();
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
