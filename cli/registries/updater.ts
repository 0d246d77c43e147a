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
import { Problem } from '../../skills-index/skill/problem.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import { tufFileBytesMax, tufRootsMax } from '../../skills-index/trust/root/limits.ts';
import { tufShapes } from '../../skills-index/trust/root/metadata.ts';
import type { TufFileName, TufFiles } from '../../skills-index/trust/root/repository.ts';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { isSignedRootOf } from '../../skills-index/trust/root/root-chain.ts';
import { tufSignersOf } from '../../skills-index/trust/root/signature.ts';
import { firstRootMillisMax, trustMetadataBytesMax } from '../limits.ts';
import { requireCoherent, type TrustedBefore } from './coherent-set.ts';
import { makeTrustFetcher, parseMetadata, type TrustFetcher } from './fetcher.ts';
import { requireFirstRoot } from './first-root.ts';
import { type KeptTrust, type TrustRole, trustRoles } from './kept.ts';
import { tufFilesOf } from './newest-set.ts';

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
export async function updateTrust(question: TrustQuestion): Promise<KeptTrust> {
  const { source, pinned, kept, now } = question;
  const walked = await walk(question);
  const follow = (first: RootFile) => walk({ source, pinned: first, now });
  const registry = await requireFirstRoot(
    { source, pinned, kept, follow },
    walked.files['root.json'],
  );
  return { ...walked, registry };
}

async function walk(question: TrustQuestion): Promise<KeptTrust> {
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

async function updateIn(folder: string, question: TrustQuestion, root: string): Promise<KeptTrust> {
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

async function readResult(folder: string, updater: Updater, question: Walked): Promise<KeptTrust> {
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
