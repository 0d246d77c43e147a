/**
 * The registry's current root of trust, by tuf-js: every new root is signed by the previous
 * administrators, and no file is expired, older or mixed. Loaded on demand, because it loads slower
 * than the rest of a start.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { statusBytesMax, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import {
  describeForeignRetiredKey,
  isSignedRootOf,
  strangersAmongRetired,
  tufSignersOf,
} from '../../skills-index/trust/root/ceremony.ts';
import {
  type TufRoot,
  type TufTargets,
  tufShapes,
} from '../../skills-index/trust/root/metadata.ts';
import {
  requireReadableFiles,
  rootMismatches,
  type TufFileName,
  type TufFiles,
  targetsMismatches,
  tufFileBytesMax,
  tufRootsMax,
} from '../../skills-index/trust/root/repository.ts';
import {
  parseRoot,
  type RootFile,
  rootBytesMax,
  rootFingerprint,
} from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { makeTrustFetcher, parseMetadata, type TrustFetcher, tufFilesOf } from './fetcher.ts';
import {
  type StoredTrust,
  type TrustRole,
  trustMetadataBytesMax,
  trustRoles,
} from './stored-trust.ts';

/** Time to fetch all TUF roots before the pinned one, because nobody has verified them yet. */
export const firstRootMillisMax = 30_000;

export interface TrustQuestion extends Omit<TrustedBefore, 'chain'> {
  readonly source: Source;
  /** A TUF root from the user, instead of the one that the pinned root file leads to. */
  readonly start?: Uint8Array;
}

/**
 * Fetches the registry's root of trust and verifies all of it.
 * @throws Problem `tuf-invalid`, `tuf-rollback`, `tuf-expired`, `registry-down`,
 * `registry-answer-invalid`
 */
export async function updateTrust(question: TrustQuestion): Promise<StoredTrust> {
  const { source, pinned, kept, now } = question;
  const walked = await walk(question);
  const follow = (first: RootFile) => walk({ source, pinned: first, now });
  const registry = await requireFirstRoot(
    { source, pinned, kept, follow },
    walked.files['root.json'],
  );
  return { ...walked, registry };
}

async function walk(question: TrustQuestion): Promise<StoredTrust> {
  const start = question.kept?.metadata.root ?? givenRoot(question) ?? (await firstRoot(question));
  const folder = await mkdtemp(join(tmpdir(), 'skillgate-trust-'));
  try {
    return await updateIn(folder, question, start);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function givenRoot({ start }: TrustQuestion): string | undefined {
  if (start === undefined) return undefined;
  const root = parseMetadata(tufShapes.root, start, 'the TUF root');
  const { keys, roles } = root.signed;
  if (tufSignersOf(root, roles.root, keys).length < roles.root.threshold)
    throw new Problem(
      'tuf-invalid',
      'Cannot trust this TUF root: too few of its administrators have signed it',
    );
  return Buffer.from(start).toString('utf8');
}

// The newest TUF root that names exactly the administrators of the pinned root file and is signed
// by them.
async function firstRoot({ source: anyTime, pinned }: TrustQuestion): Promise<string> {
  let found: string | undefined;
  // One deadline for all: these files are unverified, and each may take as long as any answer.
  const deadline = AbortSignal.timeout(firstRootMillisMax);
  const signal =
    anyTime.signal === undefined ? deadline : AbortSignal.any([anyTime.signal, deadline]);
  const source: Source = { ...anyTime, signal };
  for (let version = 1; version <= tufRootsMax; version++) {
    const bytes = await fetchFile(source, `/tuf/${version}.root.json`, trustMetadataBytesMax);
    if (bytes === undefined) break;
    const root = parseMetadata(tufShapes.root, bytes, `/tuf/${version}.root.json`);
    if (isSignedRootOf(root, pinned)) found = Buffer.from(bytes).toString('utf8');
  }
  if (found !== undefined) return found;
  throw new Problem(
    'tuf-invalid',
    `No TUF root of ${source.base} is signed by enough administrators of the pinned root file`,
    {
      hint: 'ask the operator for the fingerprint of the current root file, then: skillgate registry add URL --root sha256:…',
    },
  );
}

async function updateIn(
  folder: string,
  question: TrustQuestion,
  root: string,
): Promise<StoredTrust> {
  const { source, kept, now } = question;
  await writeFile(join(folder, 'root.json'), root);
  for (const role of trustRoles)
    if (kept !== undefined) await writeFile(join(folder, `${role}.json`), kept.metadata[role]);
  const read = await tufFilesOf(source);
  const fetcher = makeTrustFetcher({ source, read, folder, now, kept, root });
  try {
    const updater = new Updater({
      metadataDir: folder,
      metadataBaseUrl: `${source.base}/tuf`,
      targetDir: folder,
      targetBaseUrl: `${source.base}/tuf/targets`,
      fetcher,
      config: {
        maxRootRotations: tufRootsMax,
        maxDelegations: 2,
        rootMaxLength: trustMetadataBytesMax,
        timestampMaxLength: trustMetadataBytesMax,
        snapshotMaxLength: trustMetadataBytesMax,
        targetsMaxLength: trustMetadataBytesMax,
      },
    });
    await updater.refresh();
    return await readResult(folder, updater, { ...question, chain: fetcher.roots });
  } catch (cause) {
    throw problemOf(cause, fetcher);
  }
}

type Walked = TrustQuestion & TrustedBefore;

async function readResult(
  folder: string,
  updater: Updater,
  question: Walked,
): Promise<StoredTrust> {
  const optional = async (name: TufFileName) => {
    const text = await readTarget(folder, updater, name, question);
    return text === undefined ? {} : { [name]: text };
  };
  const files: TufFiles = {
    'root.json': await needTarget(folder, updater, 'root.json', question),
    'policy.json': await needTarget(folder, updater, 'policy.json', question),
    ...(await optional('trusted_root.json')),
    ...(await optional('witnesses.json')),
  };
  const status = await needTarget(folder, updater, 'status.json', question);
  const checkpoint = await needTarget(folder, updater, 'checkpoint', question);
  const entries = await Promise.all(
    trustRoles.map(
      async (role) => [role, await readFile(join(folder, `${role}.json`), 'utf8')] as const,
    ),
  );
  const metadata = Object.fromEntries(entries) as Record<TrustRole, string>;
  requireCoherent(question, { metadata, files, status, checkpoint });
  return {
    schema: 'skillgate.trust/1',
    pinned: rootFingerprint(question.pinned),
    refreshed: new Date(question.now).toISOString(),
    freshUntil: new Date(JSON.parse(metadata.timestamp).signed.expires).toISOString(),
    metadata,
    files,
  };
}

async function needTarget(
  folder: string,
  updater: Updater,
  name: string,
  question: TrustQuestion,
): Promise<string> {
  const text = await readTarget(folder, updater, name, question);
  if (text === undefined)
    throw new Problem('tuf-invalid', `The registry’s TUF metadata names no ${name}`);
  return text;
}

async function readTarget(
  folder: string,
  updater: Updater,
  name: string,
  { kept }: TrustQuestion,
): Promise<string | undefined> {
  const info = await updater.getTargetInfo(name);
  if (info === undefined) return undefined;
  if (info.length > (name === 'status.json' ? statusBytesMax : tufFileBytesMax))
    throw new Problem(
      'tuf-invalid',
      `The registry’s ${name} has ${info.length} bytes, more than the limit`,
    );
  const path = join(folder, `target-${name}`);
  const before =
    kept === undefined ? undefined : Object.entries(kept.files).find(([one]) => one === name)?.[1];
  if (before !== undefined) await writeFile(path, before);
  if ((await updater.findCachedTarget(info, path)) === undefined)
    await updater.downloadTarget(info, path);
  return readFile(path, 'utf8');
}

function problemOf(cause: unknown, { fault }: TrustFetcher): Problem {
  if (fault !== undefined) return fault;
  if (cause instanceof Problem) return cause;
  const why =
    cause instanceof Error
      ? cause.message.replace(/^Unable to load \w+ metadata error Error: /, '')
      : String(cause);
  return new Problem('tuf-invalid', `Cannot trust the registry’s files: ${why}`, { cause });
}

// Whether the files of a registry's root of trust belong together, and to what a host trusts.

/** What a host trusts before it looks at the files. */
interface TrustedBefore {
  /** The pinned root file. */
  readonly pinned: RootFile;
  /** The files that were stored last time. */
  readonly kept?: StoredTrust | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** TUF roots from the one that was trusted at the start to the newest. */
  readonly chain: readonly TufRoot[];
}

/** The files that tuf-js accepted, as text. */
interface ShownSet {
  readonly metadata: Readonly<Record<TrustRole, string>>;
  readonly files: TufFiles;
  readonly status: string;
  readonly checkpoint: string;
}

/**
 * Checks beyond TUF: metadata and root file name the same keys, and the root file admits the
 * status.
 * @throws Problem `tuf-invalid` with every reason; `tuf-expired` and others of the status
 */
function requireCoherent(
  { pinned, kept, now, chain }: TrustedBefore,
  { metadata, files, status, checkpoint }: ShownSet,
): void {
  const root = parseRoot(files['root.json']);
  const tufRoot: TufRoot = JSON.parse(metadata.root).signed;
  const targets: TufTargets = JSON.parse(metadata.targets).signed;
  const reasons = [...rootMismatches(tufRoot, root), ...targetsMismatches(targets, root)];
  const inOffice = [root.log, root.status, root.registry, ...root.administrators].map(
    ({ key }) => key,
  );
  if ((pinned.retired ?? []).some(({ key }) => inOffice.includes(key)))
    reasons.push(
      'the root file is older than the pinned root file: it uses a key that the pinned root file has retired',
    );
  if (root.origin !== pinned.origin)
    reasons.push(`the root file is for the registry ${root.origin}, not for ${pinned.origin}`);
  const before = kept === undefined ? [] : [parseRoot(kept.files['root.json'])];
  reasons.push(
    ...[pinned, ...before].flatMap((earlier) => whyOtherThresholds(root, earlier) ?? []),
  );
  // Older root files do not name the registry. Since the first rotation its name is the root file
  // that was in force then.
  const named = [pinned, ...before].filter(
    ({ tuf, first }) => tuf !== undefined || first !== undefined,
  );
  if (named.some((one) => registryIdOf(one) !== registryIdOf(root)))
    reasons.push(
      `the root file is of the registry ${registryIdOf(root)}, not of the registry that is pinned on this host`,
    );
  const earlier = { files: [pinned, ...before], chain, isWhole: chain.length <= 2 };
  reasons.push(...strangersAmongRetired(root, earlier).map(describeForeignRetiredKey));
  requireReadableFiles(files);
  if (
    reasons.length === 0 &&
    verifyStatus(Buffer.from(status), root, now).checkpoint !== checkpoint
  )
    reasons.push('status.json and the checkpoint belong to different logs or different times');
  if (reasons.length === 0) return;
  throw new Problem(
    'tuf-invalid',
    'Cannot trust the registry’s files: they do not belong together',
    {
      reasons: reasons.map((message) => ({ message })),
    },
  );
}

// Earlier thresholds decide whether an enrolment counts. A root file that drops one would undo
// enrolments, or let a single earlier vote count.
function whyOtherThresholds(
  { thresholds = [] }: RootFile,
  { thresholds: earlier = [] }: RootFile,
): string | undefined {
  const changed = earlier.find(
    (one, at) => canonicalJson(one) !== canonicalJson(thresholds[at] ?? null),
  );
  return (
    changed &&
    `the root file no longer says that ${changed.threshold} administrators had to agree up to log index ${changed.validUpTo}, but an earlier root file says so`
  );
}

// Proof that a registry may use the name in statements. A root file contains that name: the
// fingerprint of its registry's first root file. Without proof a hostile registry could claim
// another one's name, and reuse statements that people signed for it.

interface NamedRegistry {
  readonly source: Source;
  readonly pinned: RootFile;
  /** The files that were stored last time. */
  readonly kept?: StoredTrust | undefined;
  /** Later files that the administrators of another root file signed for the same registry. */
  readonly follow: (first: RootFile) => Promise<Pick<StoredTrust, 'files'>>;
}

/**
 * The name of the registry with this root file: already known here, or proven by the first root
 * file and all later signatures.
 * @throws Problem `tuf-invalid` where the first root file does not lead to the current one;
 * `registry-down`
 */
async function requireFirstRoot(
  { source, pinned, kept, follow }: NamedRegistry,
  inForce: string,
): Promise<Digest> {
  const root = parseRoot(inForce);
  const id = registryIdOf(root);
  // Root files of earlier versions do not name a first one; such a registry is named by its own
  // root file.
  if (root.first === undefined) return id;
  const seen =
    kept === undefined ? [] : [kept.registry, rootFingerprint(parseRoot(kept.files['root.json']))];
  if ([rootFingerprint(pinned), ...seen].includes(id)) return id;
  const path = `/index/roots/${hexOf(id)}.json`;
  const bytes = await fetchFile(source, path, rootBytesMax);
  if (bytes === undefined) throw unproven(source, id, `the registry has no ${path}`);
  const first = parseRoot(bytes);
  if (rootFingerprint(first) !== id) throw unproven(source, id, `${path} has another fingerprint`);
  const led = await follow(first).catch((cause: unknown) => {
    if (cause instanceof Problem && cause.code.startsWith('tuf-'))
      throw unproven(source, id, cause.message, cause);
    throw cause;
  });
  if (led.files['root.json'] !== inForce)
    throw unproven(source, id, 'its administrators have signed another root file since');
  return id;
}

function unproven({ base }: Source, id: Digest, why: string, cause?: Problem): Problem {
  return new Problem(
    'tuf-invalid',
    `Cannot trust ${base}: its root file names ${id} as its first root file, but that first file does not lead to the current one: ${why}`,
    {
      hint: 'ask the operator over another channel for the first root file, root.json, then: skillgate registry trust FILE --root sha256:…. A registry that names another registry’s first root file is hostile',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
