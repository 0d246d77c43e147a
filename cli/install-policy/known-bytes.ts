/**
 * What the trusted registry of a scope has of a folder's bytes. A name in the folder, or in an
 * installer's request, only says where to look: the digest decides.
 */
import * as v from 'valibot';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { type OpenedSkill, readAll } from '../../runner/admission/catalogue.ts';
import { peek } from '../../skills-index/client/peek.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { BundleFile, PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { parseSkillName, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { installedFiles } from '../install/skill-folder.ts';
import { registryOf } from '../registries/registries.ts';
import { versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { parseBase } from '../registries/registry-base.ts';
import { type AdmissionAnswer, askAdmission, openAdmitted } from '../run/admission.ts';
import { count, shortText } from '../terminal/output.ts';

/** The file in which an installer remembers where a skill came from, and a text in the file. */
const installerNoteBytesMax = 4 * 1024;

const installerNoteWordMax = 100;

/** Files that a block names; further files are counted. */
const gateFilesNamedMax = 5;

/** A version that a folder or a request says to be. */
export interface ClaimedVersion {
  readonly name: SkillName;
  /** `*` where nobody named a version. */
  readonly range: string;
}

/**
 * Looks for exactly these bytes under the claimed names. A version under another name does not
 * count, and neither do other bytes under the same name.
 * @throws Problem when the registry cannot be asked and this host keeps no evidence: nobody then
 * knows whether the version was revoked
 */
export async function findKnownBytes(
  context: CommandContext,
  host: HostPolicy,
  packed: PackedBundle,
  claims: readonly ClaimedVersion[],
): Promise<KnownBytes> {
  let last: KnownBytes = { kind: 'unknown', reason: 'Nobody approved these files here.' };
  let approved: KnownBytes | undefined;
  for (const claim of claims) {
    last = await knownBytesOf(context, host, packed, claim);
    // An approved skill is not the one that the installer asked for, when that has other files.
    if (last.kind === 'stopped') return last;
    if (last.kind === 'approved') approved = last;
  }
  return approved ?? last;
}

/** The version that skill.json names; none where skill.json is absent or belongs to others. */
export function claimOf(packed: PackedBundle): ClaimedVersion[] {
  const bytes = packed.contents.get('skill.json' as BundlePath);
  if (bytes === undefined) return [];
  const manifest = peek(() => parseManifest(bytes));
  return manifest === undefined ? [] : [{ name: manifest.name, range: manifest.version }];
}

async function knownBytesOf(
  context: CommandContext,
  host: HostPolicy,
  packed: PackedBundle,
  { name, range }: ClaimedVersion,
): Promise<KnownBytes> {
  let answer: AdmissionAnswer;
  try {
    answer = await askAdmission(context, { name, range, locks: [], host });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    if (cause.code === 'root-not-pinned')
      return unknown(
        `No registry of this host answers for @${scopeOf(name)}. ${asCalled('To trust one, type skillgate registry add URL.')}`,
      );
    if (cause.code === 'not-found') return unlisted(context, packed, { name, range });
    throw cause;
  }
  const { admission: judged, source, registry } = answer;
  const { line } = judged.input;
  const about = `${line.name}@${line.version}`;
  const [own] = claimOf(packed);
  const saysSo = own?.name === name && own.range === range;
  const isRefused = judged.decision.kind !== 'admitted';
  // A folder may have stand-ins in place of the programs of a version that was revoked later, so
  // that a named version counts without a comparison.
  if (isRefused && (range !== '*' || isBundle(packed, line.bundle)))
    return { kind: 'stopped', reason: refusalText(answer, name) };
  let others = `has other files than ${about} at ${registry.base}`;
  if (judged.decision.kind === 'admitted') {
    const admitted = judged.decision;
    const differences =
      admitted.bundle === packed.digest
        ? []
        : await fileDifferences(packed, await openAdmitted(source, admitted), name);
    if (differences.length === 0)
      return { kind: 'approved', evidence: evidenceText(admitted, registry.base) };
    others += `: ${differencesText(differences)}`;
  }
  if (saysSo)
    return {
      kind: 'stopped',
      reason: `The folder says that it is ${about}, and it ${others}. If you changed the files yourself, raise the version in skill.json.`,
    };
  // Nobody named a version, and the folder may have another one.
  if (range === '*' && (own === undefined || own.name === name))
    return unknown(`The files are not those of ${about}.`);
  return {
    kind: 'stopped',
    reason: `The installer asked for ${about}, and the folder ${others}.`,
  };
}

function evidenceText({ name, version, approvals, logIndex }: Admitted, base: string): string {
  return `${name}@${version} is approved at ${base}: ${count(approvals.length, 'signed approval')}, log index ${logIndex}.`;
}

function refusalText({ admission: judged }: AdmissionAnswer, name: SkillName): string {
  try {
    requireAdmitted(judged, name);
  } catch (cause) {
    if (cause instanceof Problem)
      return [cause.message, ...cause.reasons.slice(1).map(({ message }) => message)].join('; ');
    throw cause;
  }
  throw new Problem('internal', `${name} is refused and admitted`);
}

/** States in which a registry withholds a version for good, or until people decide otherwise. */
const withheld = new Set(['quarantined', 'refused', 'withdrawn', 'suspended', 'revoked']);

/**
 * A version outside the index has no signed evidence. The registry's own word about its state can
 * only make the decision stricter.
 */
async function unlisted(
  context: CommandContext,
  packed: PackedBundle,
  { name, range }: ClaimedVersion,
): Promise<KnownBytes> {
  const { base } = registryOf(context, scopeOf(name));
  const none = unknown(`${base} has no approved version with these files.`);
  if (range === '*' || base.startsWith('file:')) return none;
  const path = `/api/v1/versions${versionPath(name, range)}`;
  try {
    const found = await askRegistry({ ...context, registryBase: base }, path, versionAnswer);
    if (!isBundle(packed, found.bundle)) return none;
    if (withheld.has(found.status)) {
      const why = found.history.findLast(({ to }) => to === found.status)?.why;
      const reason = `${name}@${range} is ${found.status} at ${base}${why === undefined ? '' : `: ${why}`}`;
      return { kind: 'stopped', reason };
    }
    return unknown(`${name}@${range} waits at ${base} and is not approved: it is ${found.status}.`);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'not-found') return none;
    throw cause;
  }
}

function unknown(reason: string): KnownBytes {
  return { kind: 'unknown', reason };
}

// Decides whether another installer may install a folder: what is known of the bytes comes first,
// then the scan. Pure.

/** From the mildest to the strictest. `warn` leaves the decision to the person who installs. */
export const installDecisions = ['allow', 'warn', 'block'] as const;
export type InstallDecision = (typeof installDecisions)[number];

/** What the operator chose for bytes that nobody approved. */
export interface InstallPolicy {
  /** For a scan with the verdict `pass`. */
  readonly unknown: InstallDecision;
  /** For a scan with the verdict `review`. */
  readonly review: InstallDecision;
}

/** What the registry of the skill's scope has of exactly these bytes. */
export type KnownBytes =
  | { readonly kind: 'approved'; readonly evidence: string }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface InstallJudgement {
  readonly decision: InstallDecision;
  /** A sentence or two for the person who installs. */
  readonly reason: string;
  /** The findings that decide the scan's verdict; empty without a scan. */
  readonly findings: readonly Finding[];
}

/**
 * A person cannot override `block` in other installers, and a gate that honest skills cannot pass
 * is switched off. So only malice, missing evidence and the operator's own choice block.
 * @param known what is known of the bytes; a scan cannot change `approved` or `stopped`
 */
export function decideKnown(known: Exclude<KnownBytes, { kind: 'unknown' }>): InstallJudgement {
  return known.kind === 'approved'
    ? { decision: 'allow', reason: known.evidence, findings: [] }
    : { decision: 'block', reason: known.reason, findings: [] };
}

/**
 * @param reason what is known of the bytes, as a sentence
 * @param unread entries that an installer would copy and that the scan did not read
 */
export function decideScanned(
  reason: string,
  report: ScanReport,
  policy: InstallPolicy,
  unread: readonly string[] = [],
): InstallJudgement {
  const findings = report.decidedBy.flatMap(
    (fingerprint) => report.findings.find((one) => one.fingerprint === fingerprint) ?? [],
  );
  switch (report.verdict) {
    case 'block':
      return { decision: 'block', reason: said(reason, 'The scan found an attack.'), findings };
    case 'incomplete':
      return {
        decision: 'block',
        reason: said(reason, `The scan could not read everything: ${unreadText(report)}.`),
        findings,
      };
    case 'review': {
      const found = said(reason, 'The scan found what a person should look at.');
      return { decision: stricter(policy.review, policy.unknown), reason: found, findings };
    }
    case 'pass': {
      const beside = unread.length === 0 ? '' : `, and it read nothing in ${unread.join(', ')}`;
      const decision = unread.length === 0 ? policy.unknown : stricter(policy.unknown, 'warn');
      return { decision, reason: said(reason, `The scan found nothing${beside}.`), findings };
    }
  }
}

function said(...sentences: readonly string[]): string {
  return sentences.filter((one) => one !== '').join(' ');
}

function stricter(a: InstallDecision, b: InstallDecision): InstallDecision {
  return installDecisions.indexOf(a) > installDecisions.indexOf(b) ? a : b;
}

function unreadText({ coverage }: ScanReport): string {
  const [first, ...more] = coverage.files.filter(({ disposition }) => disposition === 'unanalysed');
  const others = more.length + (coverage.unlisted ?? 0);
  if (first === undefined) return `${others} entries`;
  const text = `${JSON.stringify(first.path)} ${first.reason}`;
  return others === 0 ? text : `${text}, and ${others} more`;
}

// The file that an installer writes beside the files of a skill, to remember where the skill came
// from. No agent loads the file.

/** Of `clawhub`. Any other file in the folder `.clawhub` counts as a file of the skill. */
const notePath = '.clawhub/origin.json' as BundlePath;

/**
 * The files of a folder without the installer's note.
 * @param expected the paths of the approved files: a note that was approved stays
 */
function withoutInstallerNote(
  packed: PackedBundle,
  expected: { has(path: string): boolean },
): readonly BundleFile[] {
  const { files } = packed.bundle;
  if (expected.has(notePath)) return files;
  return files.filter((file) => file.path !== notePath || readNote(file, packed) === undefined);
}

/** Whether a folder has exactly the files of a bundle, perhaps beside an installer's note. */
function isBundle(packed: PackedBundle, digest: Digest): boolean {
  if (packed.digest === digest) return true;
  const files = withoutInstallerNote(packed, new Set());
  return digestOf(Buffer.from(canonicalJson({ ...packed.bundle, files }))) === digest;
}

const word = (form: RegExp) => v.pipe(v.string(), v.maxLength(installerNoteWordMax), v.regex(form));
const name = word(/^@?[\w.-]+(\/[\w.-]+)?$/);

/**
 * What `clawhub` writes for a skill of a registry. A person or an agent who lists hidden files may
 * read the note, so no member can hold a sentence.
 */
const noteShape = v.strictObject({
  version: v.literal(1),
  registry: word(/^https?:\/\/[\w.:[\]-]+(\/[\w./-]*)?$/),
  slug: name,
  ownerHandle: v.exactOptional(name),
  installedVersion: word(/^[\w.+-]+$/),
  installedAt: v.number(),
  fingerprint: v.exactOptional(word(/^[0-9a-f]{64}$/)),
});

/** The version that the note says to be in the folder. */
export function notedVersion(
  packed: PackedBundle,
): { registry: string; name: SkillName; version: Version } | undefined {
  const file = packed.bundle.files.find(({ path }) => path === notePath);
  const note = file && readNote(file, packed);
  if (note === undefined) return undefined;
  const { installedVersion, ownerHandle, registry, slug } = note;
  // `scope--name` is how clients before 0.23 name the skill of a scope.
  const [, scope = ownerHandle ?? '', short = slug] = /^(.*?)--(.*)$/.exec(slug) ?? [];
  const full = slug.startsWith('@') ? slug : `@${scope.replace(/^@/, '')}/${short}`;
  return peek(() => ({
    registry: parseBase(registry),
    name: parseSkillName(full),
    version: parseVersion(installedVersion),
  }));
}

/** A program or a text of the skill's author under the name of the note is no note. */
function readNote(
  { path, size, mode }: BundleFile,
  { contents }: PackedBundle,
): v.InferOutput<typeof noteShape> | undefined {
  const bytes = contents.get(path);
  if (bytes === undefined || size > installerNoteBytesMax || mode !== '644') return undefined;
  const parsed = v.safeParse(
    noteShape,
    peek(() => parseJson(bytes, path).value),
  );
  return parsed.success ? parsed.output : undefined;
}

// Compares a folder with the files of an approved version, in each form in which a folder may
// honestly have the files.

interface ExpectedFile {
  readonly sha256: Digest;
  readonly executable: boolean;
}
type ExpectedFiles = ReadonlyMap<string, ExpectedFile>;

/**
 * Differences between a folder and an approved version, a phrase for each file; empty when the
 * folder has the approved files, or the files that `skillgate install` writes for the version. An
 * installer may drop executable bits of files, but not add them.
 */
async function fileDifferences(
  packed: PackedBundle,
  approved: OpenedSkill,
  name: SkillName,
): Promise<string[]> {
  const asApproved = new Map(
    approved.bundle.files.map(({ path, sha256, mode }): [string, ExpectedFile] => [
      path,
      { sha256, executable: mode === '755' },
    ]),
  );
  const differences = differencesFrom(asApproved, packed);
  if (differences.length === 0) return [];
  const installed = await installedForm(approved, name).catch((cause: unknown) => {
    // Without the contents nobody knows the stand-ins, and the folder then counts as changed.
    if (cause instanceof Problem) return asApproved;
    throw cause;
  });
  const fromInstalled = differencesFrom(installed, packed);
  return fromInstalled.length < differences.length ? fromInstalled : differences;
}

/** Names the first files: `"a.md" is missing, "b.sh" differs, and 3 more`. */
function differencesText(differences: readonly string[]): string {
  const more = differences.length - gateFilesNamedMax;
  const named = differences.slice(0, gateFilesNamedMax).join(', ');
  return more > 0 ? `${named}, and ${more} more` : named;
}

/** The stand-ins of programs start the approved version in its sandbox, and nothing else. */
async function installedForm(approved: OpenedSkill, name: SkillName): Promise<ExpectedFiles> {
  const contents = await readAll(approved);
  const json = contents.get('skill.json' as BundlePath);
  const commands = json === undefined ? {} : parseManifest(json).commands;
  const files = installedFiles(approved.bundle, contents, { name, commands, plain: false });
  return new Map(
    [...files].map(([path, { bytes, executable }]) => [
      path,
      { sha256: digestOf(bytes), executable },
    ]),
  );
}

function differencesFrom(expected: ExpectedFiles, packed: PackedBundle): string[] {
  const found = new Map(
    withoutInstallerNote(packed, expected).map((file): [string, BundleFile] => [file.path, file]),
  );
  const ofExpected = [...expected].flatMap(([path, { sha256, executable }]) => {
    const file = found.get(path);
    if (file === undefined) return [`${quoted(path)} is missing`];
    if (file.sha256 !== sha256) return [`${quoted(path)} differs`];
    return file.mode === '755' && !executable ? [`${quoted(path)} became executable`] : [];
  });
  const extra = [...found.keys()].filter((path) => !expected.has(path));
  // An added file is the likelier attack, so a long list must not hide the file.
  return [...extra.map((path) => `${quoted(path)} is extra`), ...ofExpected];
}

function quoted(path: string): string {
  return JSON.stringify(shortText(path));
}
