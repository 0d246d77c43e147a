/**
 * The part of a registry's TUF repository that offline keys sign, as one document (`tuf.json`). The
 * document has every root since the first, the targets, and the files that the targets name. Before
 * a rotation, administrators pass on a document of the same form that not everybody has signed yet.
 */
import * as v from 'valibot';
import { parseWitnessPolicy } from '../../log/witness-policy.ts';
import { digestOf, hexOf } from '../../skill/digest.ts';
import { Problem, type Reason } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import type { Shape } from '../../statement/field-shapes.ts';
import { parsePolicy } from '../policy/policy.ts';
import { parseTrustedRoot } from '../signatures/trusted-root.ts';
import {
  type TufDelegation,
  type TufFile,
  type TufMetadata,
  type TufRole,
  type TufRoot,
  type TufTargets,
  tufKeyOf,
  tufShapes,
  tufSpecVersion,
} from './metadata.ts';
import { parseRoot, type RootFile, spkiOf } from './root.ts';

/** Maximum size of the whole document `tuf.json`, and of one file in the document. */
export const tufDocumentBytesMax = 4 * 1024 * 1024;

const tufDocumentValuesMax = 200_000;

export const tufFileBytesMax = 1024 * 1024;

/** Maximum number of TUF roots in the history of one registry; tuf-js follows as many roots. */
export const tufRootsMax = 256;

/** Names of the target files that administrators sign; each file is JSON. */
export const tufFileNames = [
  'root.json',
  'policy.json',
  'trusted_root.json',
  'witnesses.json',
] as const;
export type TufFileName = (typeof tufFileNames)[number];
/** The text of each target file. The document always has `root.json` and `policy.json`. */
export type TufFiles = Readonly<Record<'root.json' | 'policy.json', string>> &
  Readonly<Partial<Record<'trusted_root.json' | 'witnesses.json', string>>>;

/** Names of the target files that the status key signs. */
const onlineTargets = ['status.json', 'checkpoint'] as const;

export interface TufRepository {
  readonly schema: 'skillgate.tuf/1';
  /** The TUF roots of versions 1, 2, 3 and so on. */
  readonly roots: readonly TufMetadata<TufRoot>[];
  /** The targets, whose version is the version of the last root. */
  readonly targets: TufMetadata<TufTargets>;
  readonly files: TufFiles;
}

const text = v.pipe(v.string(), v.maxLength(tufFileBytesMax, 'is too large'));
const repositoryShape: Shape<TufRepository> = exactObject({
  schema: v.literal('skillgate.tuf/1'),
  roots: v.pipe(boundedList(tufShapes.root, tufRootsMax), v.minLength(1, 'is empty')),
  targets: tufShapes.targets,
  files: exactObject({
    'root.json': text,
    'policy.json': text,
    'trusted_root.json': v.exactOptional(text),
    'witnesses.json': v.exactOptional(text),
  }),
});

/**
 * Parses the document and requires that its parts belong together. `missingSignatures` checks who
 * signed the document.
 * @throws Problem `tuf-invalid`, `root-invalid`, `json-invalid`
 */
export function parseTufRepository(content: Uint8Array | string): TufRepository {
  if (content.length > tufDocumentBytesMax)
    throw new Problem('tuf-invalid', 'Cannot read tuf.json: it is too large');
  const parsed = parseJson(content, 'tuf.json', tufDocumentValuesMax);
  const repository = parseShape(repositoryShape, parsed, 'tuf-invalid', 'tuf.json');
  const root = rootFileOf(repository);
  const last = lastRootOf(repository);
  const reasons = [
    ...repository.roots.flatMap(({ signed }, at) =>
      signed.version === at + 1 ? [] : [`root ${at + 1} has version ${signed.version}`],
    ),
    ...rootMismatches(last.signed, root),
    ...targetsMismatches(repository.targets.signed, root),
    ...filesMismatches(repository),
  ];
  if (repository.targets.signed.version !== last.signed.version)
    reasons.push('targets and root have different versions');
  if (reasons.length === 0) {
    requireReadableFiles(repository.files);
    return repository;
  }
  throw new Problem(
    'tuf-invalid',
    'Cannot read tuf.json: its root, its targets and its files contradict each other',
    {
      reasons: reasons.map((message) => ({ message })),
    },
  );
}

/**
 * Requires that the target files besides the root file can be parsed. A signed file that cannot be
 * parsed would make every command fail that could fetch a better file.
 * @throws Problem `json-invalid`, `trusted-root-invalid`
 */
export function requireReadableFiles({
  'policy.json': policy,
  'witnesses.json': witnesses,
  'trusted_root.json': trustedRoot,
}: TufFiles): void {
  parsePolicy(policy);
  if (witnesses !== undefined) parseWitnessPolicy(witnesses);
  if (trustedRoot !== undefined)
    parseTrustedRoot(parseJson(trustedRoot, 'trusted_root.json').value);
}

/** The root file that the document contains. */
export function rootFileOf({ files }: TufRepository): RootFile {
  return parseRoot(files['root.json']);
}

/** The newest TUF root in the document. */
export function lastRootOf({ roots }: TufRepository): TufMetadata<TufRoot> {
  const last = roots.at(-1);
  if (last === undefined) throw new Problem('tuf-invalid', 'tuf.json has no root');
  return last;
}

interface NextRepository {
  /** The document in force; absent for a new registry. */
  readonly before?: TufRepository;
  readonly root: RootFile;
  readonly files: Omit<TufFiles, 'root.json'>;
  /** The time at which the new root and targets expire, in milliseconds since 1970. */
  readonly expires: number;
  readonly timeOf: (ms: number) => string;
}

/** Appends the next root, and sets the next targets; neither root nor targets are signed yet. */
export function nextRepository({
  before,
  root,
  files,
  expires,
  timeOf,
}: NextRepository): TufRepository {
  const common = {
    spec_version: tufSpecVersion,
    version: (before?.roots.length ?? 0) + 1,
    expires: timeOf(expires),
  } as const;
  const all: TufFiles = { ...files, 'root.json': canonicalJson(root) };
  const targets: TufTargets = {
    _type: 'targets',
    ...common,
    targets: Object.fromEntries(
      Object.entries(all).map(([name, content]) => [name, tufFileOf(Buffer.from(content))]),
    ),
    delegations: { keys: statusKeys(root), roles: [onlineDelegation(root)] },
  };
  const signed: TufRoot = {
    _type: 'root',
    ...common,
    consistent_snapshot: true,
    ...keysAndRoles(root),
  };
  return {
    schema: 'skillgate.tuf/1',
    roots: [...(before?.roots ?? []), { signatures: [], signed }],
    targets: { signatures: [], signed: targets },
    files: all,
  };
}

/** Length and digest of a file, as targets and snapshots name them. */
export function tufFileOf(bytes: Uint8Array): TufFile {
  return { length: bytes.byteLength, hashes: { sha256: hexOf(digestOf(bytes)) } };
}

/**
 * Why a TUF root does not follow from a root file. In a root that follows from the file,
 * administrators sign the root and the targets, and the status key signs the other roles.
 */
export function rootMismatches({ keys, roles }: TufRoot, root: RootFile): string[] {
  const wanted = keysAndRoles(root);
  return canonicalJson({ keys, roles: sorted(roles) }) ===
    canonicalJson({ ...wanted, roles: sorted(wanted.roles) })
    ? []
    : ['the TUF root names other keys, or another threshold, than the root file'];
}

/** Why TUF targets do not follow from a root file. */
export function targetsMismatches({ delegations }: TufTargets, root: RootFile): string[] {
  const wanted = { keys: statusKeys(root), roles: [onlineDelegation(root)] };
  return canonicalJson(delegations ?? null) === canonicalJson(wanted)
    ? []
    : ['targets delegate to another key than the root file’s status key'];
}

/** Whether exactly the administrators of a root file sign a TUF root. */
export function namesAdministrators({ roles }: TufRoot, root: RootFile): boolean {
  const { root: wanted } = keysAndRoles(root).roles;
  return (
    roles.root.threshold === wanted.threshold &&
    [...roles.root.keyids].sort().join() === [...wanted.keyids].sort().join()
  );
}

function filesMismatches({ targets, files }: TufRepository): Reason['message'][] {
  const named = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, tufFileOf(Buffer.from(content))]),
  );
  return canonicalJson(targets.signed.targets) === canonicalJson(named)
    ? []
    : ['targets name other files than the document holds'];
}

function keysAndRoles(root: RootFile): Pick<TufRoot, 'keys' | 'roles'> {
  const administrators = root.administrators.map((one) => tufKeyOf(spkiOf(one)));
  const offline: TufRole = {
    keyids: administrators.map(({ keyid }) => keyid).sort(),
    threshold: root.threshold,
  };
  const online = statusRole(root);
  return {
    keys: {
      ...Object.fromEntries(administrators.map(({ keyid, key }) => [keyid, key])),
      ...statusKeys(root),
    },
    roles: { root: offline, targets: offline, snapshot: online, timestamp: online },
  };
}

function sorted(roles: TufRoot['roles']): unknown {
  return Object.fromEntries(
    Object.entries(roles).map(([name, one]) => [name, { ...one, keyids: [...one.keyids].sort() }]),
  );
}

function statusKeys(root: RootFile): TufRoot['keys'] {
  const { keyid, key } = tufKeyOf(spkiOf(root.status));
  return { [keyid]: key };
}

function statusRole(root: RootFile): TufRole {
  return { keyids: [tufKeyOf(spkiOf(root.status)).keyid], threshold: 1 };
}

function onlineDelegation(root: RootFile): TufDelegation {
  return { name: 'online', ...statusRole(root), terminating: true, paths: onlineTargets };
}
