/**
 * `skillgate publish --adopt` and `--discard`: what becomes of files that a client without keys
 * uploaded. A key of the scope publishes exactly these files by the ordinary road, or refuses them.
 */
import { parseSkillMd, type SkillMd } from '../../../skills-index/skill/authoring/skill-md.ts';
import type { PackedBundle } from '../../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../../skills-index/skill/bundle-path.ts';
import { type Manifest, parseManifest } from '../../../skills-index/skill/manifest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../../command.ts';
import { ownName } from '../../own-version.ts';
import { whoamiAnswer } from '../../registries/registry-answers.ts';
import { askRegistry } from '../../registries/registry-api.ts';
import { withSession } from '../../registries/session.ts';
import { keepFiles } from '../../scan/keep-files.ts';
import type { WatchedScanner } from '../../scan/watched-scan.ts';
import type { KeyFile } from '../../signing/key-file.ts';
import { signerFor } from '../../signing/signer.ts';
import { confirm } from '../../terminal/ask.ts';
import { type ExactVersion, parseExactVersion } from '../../terminal/exact-version.ts';
import { answer, count, printNote, safe } from '../../terminal/output.ts';
import { manifestFor } from '../import/import-skill.ts';
import { printJudgement, requireJudged } from '../judge-here.ts';
import { sourceFilesOf } from '../packed-files.ts';
import { requireNoPlaceholders } from '../prepare-version.ts';
import { adoptionPredicate } from '../provenance.ts';
import { publishVersion, uploadedText } from '../upload.ts';
import { compareUpload } from './compare-upload.ts';
import { manifestText, uploadsText, uploadText } from './upload-text.ts';
import {
  discardUpload,
  fetchUpload,
  type ListedUpload,
  listUploads,
  requireShown,
  requireUpload,
} from './waiting-uploads.ts';

/** @param scanner is started only for an adoption */
export async function adoptUpload(
  context: CommandContext,
  scanner: WatchedScanner,
): Promise<ExitCode> {
  const { adopt, discard, oidc } = context.options;
  const given = context.args[0];
  if (oidc === true || context.options['dry-run'] === true || (adopt && discard) === true)
    throw new Problem(
      'usage',
      '--adopt and --discard do not go together, nor with --oidc or --dry-run',
      {
        hint: 'To look at an upload first: skillgate publish --adopt NAME@VERSION --files DIR. It asks before it publishes.',
      },
    );
  if (discard === true && given === undefined)
    throw new Problem('usage', 'Name the upload: skillgate publish --discard NAME@VERSION');
  const which = given === undefined ? undefined : parseExactVersion(given);
  const signer = await signerFor(context);
  if (which === undefined) await listAll(context, signer);
  else if (discard === true) await discardOne(context, signer, which);
  else await adoptOne(context, scanner, signer, which);
  return exitCodes.ok;
}

async function listAll(context: CommandContext, signer: KeyFile): Promise<void> {
  const all = await withSession(context, signer, async (token) => {
    const { scopes } = await askRegistry(context, '/api/v1/whoami', whoamiAnswer, { token });
    const found: ListedUpload[] = [];
    for (const scope of scopes)
      found.push(...(await listUploads(context, parseScope(scope), token)));
    return found;
  });
  answer(context, { schema: 'skillgate.uploads/1', uploads: all }, () => uploadsText(all));
}

async function discardOne(
  context: CommandContext,
  signer: KeyFile,
  which: ExactVersion,
): Promise<void> {
  const { name, version } = which;
  let shown: ListedUpload | undefined;
  if (context.options.yes !== true) {
    shown = await withSession(context, signer, (token) => requireUpload(context, which, token));
    await confirm(
      context,
      safe`Discard the upload ${name}@${version}? Its files are removed, and nobody can adopt them.`,
      'discard',
      '--yes',
    );
  }
  await withSession(context, signer, async (token) => {
    if (shown !== undefined) await requireShown(context, which, shown, token);
    await discardUpload(context, which, token);
  });
  answer(
    context,
    { schema: 'skillgate.upload-discarded/1', name, version },
    () => safe`The upload ${name}@${version} is discarded. Its number is free again.`,
  );
}

async function adoptOne(
  context: CommandContext,
  scanner: WatchedScanner,
  signer: KeyFile,
  which: ExactVersion,
): Promise<void> {
  scanner.load();
  const { name, version } = which;
  const { upload, packed, changes } = await withSession(context, signer, async (token) => {
    const found = await requireUpload(context, which, token);
    const files = await fetchUpload(context, found, token);
    const changed = await compareUpload(context, name, files.bundle.files, token);
    return { upload: found, packed: files, changes: changed };
  });
  printNote(context, uploadText(upload, packed, changes));
  const files = sourceFilesOf(packed);
  if (typeof context.options.files === 'string')
    await keepFiles(context, files, context.options.files);
  const { report } = await scanner.scan({ files, path: '.', unread: [] });
  void scanner.close();
  const made = manifestOf(which, packed, report);
  printNote(context, manifestText(made));
  const { manifest, skillMd, inferred } = made;
  if (inferred !== true) requireNoPlaceholders({ folder: { files }, manifest, skillMd });
  const judged = { files, manifest, ...(inferred === true ? { inferred } : {}) };
  await printJudgement(context, judged, report);
  const { verdict } = report;
  const findings = report.findings.length;
  printNote(context, safe`scan      ${verdict}, ${count(findings, 'finding')}`);
  requireJudged(context, judged, report);
  if (context.options.yes !== true)
    await confirm(
      context,
      safe`Publish exactly these files as ${name}@${version}, signed by your key ${signer.name}? A client without keys uploaded them; you vouch for them.`,
      'adopt',
      '--yes',
    );
  await withSession(context, signer, (token) => requireShown(context, which, upload, token));
  const { status, statements } = await publishVersion(context, signer, {
    packed,
    manifest,
    inferred: inferred === true,
    provenance: adoptionPredicate(upload, ownName()),
  });
  const { bundle } = upload;
  answer(
    context,
    {
      schema: 'skillgate.published/1',
      name,
      version,
      bundle,
      scan: { verdict, findings },
      status,
      statements,
      registry: context.registryBase,
    },
    () => uploadedText({ name, version, status }),
  );
}

interface AdoptedManifest {
  readonly manifest: Manifest;
  readonly skillMd: SkillMd;
  /** Whether the upload has no skill.json. */
  readonly inferred?: true;
}

function manifestOf(
  { name, version }: ExactVersion,
  packed: PackedBundle,
  report: ScanReport,
): AdoptedManifest {
  const skillMd = parseSkillMd(packed.contents.get('SKILL.md' as BundlePath) ?? new Uint8Array());
  const { license } = skillMd;
  const json = packed.contents.get('skill.json' as BundlePath);
  const manifest = json === undefined ? undefined : parseManifest(json);
  if (manifest !== undefined && (manifest.name !== name || manifest.version !== version))
    throw new Problem(
      'manifest-invalid',
      `Cannot adopt ${name}@${version}: its skill.json names ${manifest.name}@${manifest.version}`,
    );
  const found = {
    name,
    versions: [version],
    packed,
    manifest,
    ...(license === undefined || license === '' ? {} : { license }),
  } as const;
  // `requireJudged` compares a skill.json with the scan.
  return { ...manifestFor(found, version, { report, isAsIs: true }), skillMd };
}
