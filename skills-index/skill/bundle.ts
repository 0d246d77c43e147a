/**
 * A bundle is the flat list of a skill's files. The digest of the list is the identity of a
 * version.
 */
import {
  type BundlePath,
  foldersAbove,
  pathBytesMax,
  pathTwinKey,
  whyNotBundlePath,
} from './bundle-path.ts';
import { type Digest, digestOf, isDigest } from './digest.ts';
import { Problem, type Reason } from './problem.ts';
import { canonicalJson } from './text/canonical-json.ts';
import { parseJson } from './text/json.ts';

export const bundleBytesMax = 20 * 1024 * 1024;

export const bundleFileBytesMax = 5 * 1024 * 1024;

export const bundleFilesMax = 1_000;

/** Maximum number of characters of a wrong value that a message shows. */
export const shownValueCharsMax = 200;

/** A file of a folder, tar archive or upload, before anybody has checked the file. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /**
   * The Unix permission bits that the file had. The bundle keeps only whether the owner may execute
   * the file.
   */
  readonly mode: number;
}

export interface BundleFile {
  readonly path: BundlePath;
  /** The file's size in bytes. */
  readonly size: number;
  readonly sha256: Digest;
  readonly mode: '644' | '755';
}

export interface Bundle {
  readonly schema: 'skillgate.bundle/1';
  /** The skill's files, sorted by the UTF-8 bytes of their paths. */
  readonly files: readonly BundleFile[];
}

export interface PackedBundle {
  readonly bundle: Bundle;
  readonly digest: Digest;
  /** The bundle's canonical form. `digest` is the SHA-256 of these bytes. */
  readonly bytes: Uint8Array;
  /** The bytes of each file, by the file's path. */
  readonly contents: ReadonlyMap<BundlePath, Uint8Array>;
}

/**
 * Parses the canonical form of a bundle. Any other bytes are rejected, with every reason.
 * @throws Problem `json-invalid`; `skill-md-missing` when the missing SKILL.md is the only reason;
 * otherwise `bundle-invalid`
 */
export function parseBundle(bytes: Uint8Array): {
  readonly bundle: Bundle;
  readonly digest: Digest;
} {
  const { value } = parseJson(bytes, 'the bundle');
  const { listed, reasons } = whyNotBundleForm(value);
  const others = [
    ...reasons,
    ...whyNotCanonical(value, bytes),
    ...whyNotSorted(listed.map((file) => file.path)),
  ];
  refuseFor('read the bundle', whyNotPaths(listed.map((file) => file.path)), [
    ...others,
    ...whyNotSizes(listed),
  ]);
  return { bundle: value as Bundle, digest: digestOf(bytes) };
}

function whyNotCanonical(value: unknown, bytes: Uint8Array): Reason[] {
  try {
    if (Buffer.from(canonicalJson(value)).equals(bytes)) return [];
  } catch (cause) {
    // The bundle's text contains half a surrogate pair, which UTF-8 cannot express.
    if (!(cause instanceof Problem)) throw cause;
  }
  return [{ message: 'it is not in canonical form (RFC 8785)' }];
}

function whyNotSorted(paths: readonly string[]): Reason[] {
  const sorted = paths.every(
    (path, at) =>
      at === 0 || Buffer.compare(Buffer.from(paths[at - 1] ?? ''), Buffer.from(path)) <= 0,
  );
  return sorted ? [] : [{ message: 'its files are not sorted' }];
}

export function refuseFor(
  act: 'take the skill' | 'read the bundle',
  paths: readonly Reason[],
  others: readonly Reason[],
): void {
  const reasons = [...others, ...paths];
  const [one] = reasons;
  if (one === undefined) return;
  const only = others.length === 0 && act === 'take the skill' ? 'path-invalid' : 'bundle-invalid';
  throw new Problem(
    reasons.length === 1 && one.message === noSkillMd ? 'skill-md-missing' : only,
    `Cannot ${act}: ${reasons.length === 1 ? one.message : `${reasons.length} reasons, first: ${one.message}`}`,
    { reasons },
  );
}

// Finds every reason why files cannot be a bundle. The files of a skill are accepted or rejected
// together.

/** The properties of a file that are judged besides the file's content. */
interface ListedFile {
  readonly path: string;
  /** The file's size in bytes. */
  readonly size: number;
  readonly mode: number;
}

export const noSkillMd = 'it has no SKILL.md';

/**
 * Every reason why these paths cannot be in one skill: faults of single paths, and pairs of paths
 * that some machine treats as the same path.
 */
export function whyNotPaths(paths: readonly string[]): Reason[] {
  const first = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths)
    for (const folder of foldersOf(path)) folders.set(pathTwinKey(folder), folder);
  const wrong = paths.flatMap((path) => {
    const key = pathTwinKey(path);
    const twin = first.get(key);
    first.set(key, path);
    return [
      ...whyNotBundlePath(path).map((why) => `path ${shown(path)} ${why}`),
      ...(twin === path ? [`path ${shown(path)} is there twice`] : []),
      ...(twin === undefined || twin === path
        ? []
        : [`paths ${shown(twin)} and ${shown(path)} are the same on some machines`]),
      ...(folders.has(key) ? [`path ${shown(path)} is a file and a folder`] : []),
      ...foldersThatDiffer(path, folders),
    ];
  });
  return [...wrong, ...(paths.includes('SKILL.md') ? [] : [noSkillMd])].map((message) => ({
    message,
  }));
}

// The paths `a/x` and `A/y` lie in one folder on some machines and in two folders on others.
function foldersThatDiffer(path: string, folders: ReadonlyMap<string, string>): string[] {
  return foldersOf(path).flatMap((folder) => {
    const twin = folders.get(pathTwinKey(folder));
    return twin === undefined || twin === folder
      ? []
      : [`folders ${shown(folder)} and ${shown(twin)} are the same on some machines`];
  });
}

// A path that is too long is rejected anyway, and could have a million folders above its file.
function foldersOf(path: string): string[] {
  return path.length > pathBytesMax ? [] : foldersAbove(path);
}

/** Every reason why the number, sizes and permission bits of a skill's files are not allowed. */
export function whyNotSizes(files: readonly ListedFile[]): Reason[] {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return [
    ...(files.length > bundleFilesMax
      ? [{ message: `${files.length} files; at most ${bundleFilesMax}` }]
      : []),
    ...(total > bundleBytesMax
      ? [{ message: `${total} bytes in all; at most ${bundleBytesMax}` }]
      : []),
    ...files.flatMap(({ path, size, mode }) => [
      ...(size > bundleFileBytesMax
        ? [{ message: `${shown(path)} has ${size} bytes; at most ${bundleFileBytesMax}` }]
        : []),
      ...((mode & 0o7000) === 0
        ? []
        : [{ message: `${shown(path)} has setuid, setgid or sticky bits` }]),
    ]),
  ];
}

/**
 * Reads a list of a skill's files, as far as the list's form allows.
 * @returns the files whose path could be read, and every fault of the list's form
 */
function whyNotBundleForm(value: unknown): {
  readonly listed: readonly ListedFile[];
  readonly reasons: readonly Reason[];
} {
  const form = 'it is not a list of files of form skillgate.bundle/1';
  if (!isRecord(value) || value.schema !== 'skillgate.bundle/1' || !Array.isArray(value.files)) {
    return { listed: [], reasons: [{ message: form }] };
  }
  const extra = Object.keys(value).filter((key) => key !== 'schema' && key !== 'files');
  const files: readonly unknown[] = value.files;
  const reasons = [
    ...extra.map((key) => ({ message: `it has the key ${shown(key)}` })),
    ...files.flatMap((file, at) =>
      whyNotFile(file).map((why) => ({ message: `file ${at + 1} ${why}` })),
    ),
  ];
  const listed = files.flatMap((file): ListedFile[] => {
    if (!isRecord(file) || typeof file.path !== 'string') return [];
    // A file with an invalid size has a reason of its own, and counts as 0 bytes in the sum of all
    // sizes.
    return [{ path: file.path, size: isSize(file.size) ? file.size : 0, mode: 0o644 }];
  });
  return { listed, reasons };
}

function whyNotFile(file: unknown): string[] {
  if (!isRecord(file)) return ['is no object'];
  return [
    ...Object.keys(file)
      .filter((key) => !fileKeys.has(key))
      .map((key) => `has the key ${shown(key)}`),
    ...(typeof file.path === 'string' ? [] : ['has no path']),
    ...(isSize(file.size) ? [] : ['has a size that is no whole number of bytes']),
    ...(isDigest(file.sha256) ? [] : ['has no digest of form sha256:…']),
    ...(file.mode === '644' || file.mode === '755'
      ? []
      : ['has a mode that is neither "644" nor "755"']),
  ];
}

const fileKeys: ReadonlySet<string> = new Set(['path', 'size', 'sha256', 'mode']);

function isSize(size: unknown): size is number {
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(text: string): string {
  return JSON.stringify(
    text.length <= shownValueCharsMax ? text : `${text.slice(0, shownValueCharsMax)}…`,
  );
}
