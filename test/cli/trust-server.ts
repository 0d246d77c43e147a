/**
 * A registry's /tuf/ in memory, made honestly and then changed at will: what a thief, a mirror or a
 * broken disk could serve.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
import { signTuf, tufBytes } from '../../skills-index/trust/root/ceremony.ts';
import {
  type TufMetadata,
  type TufSigned,
  tufSpecVersion,
  tufTime,
} from '../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  type TufRepository,
  tufFileOf,
} from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';
import { makeKey, type TestKey } from '../registry/people.ts';
import { holdCeremony } from '../registry/tuf-maker.ts';

export const base = 'http://localhost';
export const hour = 3_600_000;

/** Keys of one registry: three administrators, two of whom must sign, and those who come later. */
export const keys = {
  ada: makeKey(),
  ben: makeKey(),
  cleo: makeKey(),
  dora: makeKey(),
  thief: makeKey(),
  status: makeKey(),
  status2: makeKey(),
};
const registryKey = makeKey();
const logKey = generateKeyPairSync('ed25519');
const logSpki = logKey.publicKey.export({ format: 'der', type: 'spki' });

export interface RootParts {
  readonly administrators?: readonly TestKey[];
  readonly threshold?: number;
  readonly status?: TestKey;
  readonly origin?: string;
  /** As `registry init` writes it today; a root file from before has neither. */
  readonly more?: Pick<RootFile, 'tuf' | 'first'>;
}

/** A root file of the registry. */
export function rootFile(parts: RootParts = {}): RootFile {
  const {
    administrators = [keys.ada, keys.ben, keys.cleo],
    threshold = 2,
    status = keys.status,
    origin = 'localhost',
    more = {},
  } = parts;
  return parseRoot(
    JSON.stringify({
      schema: 'skillgate.root/1',
      origin,
      log: { key: logSpki.toString('base64') },
      status: { key: status.open.spki },
      registry: { key: registryKey.open.spki },
      administrators: administrators.map(({ keyId, open }) => ({ keyId, key: open.spki })),
      threshold,
      ...more,
    }),
  );
}

export interface ServedParts {
  readonly repository: TufRepository;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly version: number;
  readonly status?: TestKey;
}

/** Files below /tuf/ by name, targets as `targets/HEX.NAME`. */
export type Files = Map<string, Uint8Array>;

/** What an honest registry serves. */
export async function filesOf({
  repository,
  now,
  version,
  status = keys.status,
}: ServedParts): Promise<Files> {
  const files: Files = new Map();
  for (const [at, root] of repository.roots.entries())
    files.set(`${at + 1}.root.json`, tufBytes(root));
  files.set(`${lastRootOf(repository).signed.version}.targets.json`, tufBytes(repository.targets));
  for (const [name, text] of Object.entries(repository.files))
    putTarget(files, name, Buffer.from(text));
  const note = await signCheckpoint(
    { origin: 'localhost', size: 3, root: Buffer.alloc(32, 7) },
    { publicKey: logSpki, sign: (bytes) => sign(null, bytes, logKey.privateKey) },
  );
  const times = {
    issued: new Date(now).toISOString(),
    expires: new Date(now + 24 * hour).toISOString(),
  };
  const statusBytes = Buffer.from(
    JSON.stringify(await signStatus({ checkpoint: note, ...times }, status)),
  );
  putTarget(files, 'status.json', statusBytes);
  putTarget(files, 'checkpoint', Buffer.from(note));
  const common = {
    spec_version: tufSpecVersion,
    version,
    expires: tufTime(now + 24 * hour),
  } as const;
  const targets = {
    'status.json': tufFileOf(statusBytes),
    checkpoint: tufFileOf(Buffer.from(note)),
  };
  await putSigned(files, `${version}.online.json`, { _type: 'targets', ...common, targets }, [
    status,
  ]);
  await linkSet(files, {
    version,
    offline: lastRootOf(repository).signed.version,
    expires: common.expires,
    by: [status],
  });
  return files;
}

export interface Links {
  readonly version: number;
  readonly offline: number;
  readonly expires: string;
  readonly by: readonly Signer[];
}

/** Writes snapshot and timestamp anew over the targets and the online role as they lie there. */
export async function linkSet(
  files: Files,
  { version, offline, expires, by }: Links,
): Promise<void> {
  const common = { spec_version: tufSpecVersion, version, expires } as const;
  const about = (name: string, of: number) => ({
    version: of,
    ...tufFileOf(files.get(`${of}.${name}.json`) ?? new Uint8Array()),
  });
  const meta = {
    'targets.json': about('targets', offline),
    'online.json': about('online', version),
  };
  await putSigned(files, `${version}.snapshot.json`, { _type: 'snapshot', ...common, meta }, by);
  await putSigned(
    files,
    'timestamp.json',
    { _type: 'timestamp', ...common, meta: { 'snapshot.json': about('snapshot', version) } },
    by,
  );
}

export async function putSigned(
  files: Files,
  name: string,
  signed: TufSigned,
  by: readonly Signer[],
): Promise<void> {
  let metadata: TufMetadata = { signatures: [], signed };
  for (const one of by) metadata = await signTuf(metadata, one);
  files.set(name, tufBytes(metadata));
}

export function putTarget(files: Files, name: string, bytes: Uint8Array): void {
  files.set(`targets/${tufFileOf(bytes).hashes.sha256}.${name}`, bytes);
}

/** Changes JSON that is there; signatures stay as they were. */
export function twist(files: Files, name: string, change: (json: TufJson) => void): void {
  const json: TufJson = JSON.parse(Buffer.from(files.get(name) ?? '').toString('utf8'));
  change(json);
  files.set(name, Buffer.from(canonicalJson(json)));
}

/** As loose as what a hostile server may send. */
// biome-ignore lint/suspicious/noExplicitAny: attacks write what no type allows
export type TufJson = { signed: any; signatures: any };

/** The files that change with each status, in one answer, as they lie there. */
export function newestOf(files: Files): Uint8Array {
  const roots = [...files.keys()].flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []);
  const online = [...files].filter(([name]) =>
    /timestamp|snapshot|online|checkpoint|status/.test(name),
  );
  const texts = online.map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]);
  return Buffer.from(
    JSON.stringify({
      schema: 'skillgate.tuf-newest/1',
      root: Math.max(1, ...roots.map(Number)),
      files: Object.fromEntries(texts),
    }),
  );
}

/** A fetch over the files. */
export function serving(files: () => Files): typeof globalThis.fetch {
  return async (input) => {
    const path = new URL(String(input)).pathname;
    const bytes = files().get(path.replace(/^\/tuf\//, ''));
    return bytes === undefined
      ? new Response('none', { status: 404 })
      : new Response(Buffer.from(bytes));
  };
}

export { holdCeremony };
