/** Files become a bundle: the flat list of a skill's files whose digest is the version's identity. */
import { type BundlePath, isBundlePath, pathTwinKey, whyNotBundlePath } from './bundle-path.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Digest, digestOf, isDigest } from './digest.ts';
import { parseJson } from './json.ts';
import { bundleBytesMax, bundleFileBytesMax, bundleFilesMax } from './limits.ts';
import { Problem, type ProblemDetail, type Reason } from './problem.ts';

/** A file as it is handed in: from a folder, a tar or an upload. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Unix permission bits as found; only "executable by its owner" survives. */
  readonly mode: number;
}

export interface BundleFile {
  readonly path: BundlePath;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Digest;
  readonly mode: '644' | '755';
}

export interface Bundle {
  readonly schema: 'skillgate.bundle/1';
  /** Sorted by the UTF-8 bytes of their paths. */
  readonly files: readonly BundleFile[];
}

export interface PackedBundle {
  readonly bundle: Bundle;
  readonly digest: Digest;
  /** The canonical form, whose SHA-256 is `digest`. */
  readonly bytes: Uint8Array;
  /** Each file's bytes by path. */
  readonly contents: ReadonlyMap<BundlePath, Uint8Array>;
}

/**
 * Packs files into a bundle. The whole skill is refused when one file is, with every reason listed.
 * @throws Problem `path-invalid` when only names are at fault, `skill-md-missing`, else `bundle-invalid`
 */
export function packBundle(files: readonly SourceFile[]): PackedBundle {
  const nameReasons = reasonsAgainstNames(files.map((file) => file.path));
  const sizeReasons = reasonsAgainstSizes(
    files.map((file) => ({ path: file.path, size: file.bytes.byteLength, mode: file.mode })),
  );
  refuseFor([...nameReasons, ...sizeReasons], sizeReasons.length === 0 ? 'path-invalid' : 'bundle-invalid');
  if (!files.some((file) => file.path === 'SKILL.md'))
    throw new Problem('skill-md-missing', 'Cannot pack the skill: it has no SKILL.md');

  const contents = new Map<BundlePath, Uint8Array>();
  const listed = files.map(({ path, bytes, mode }): BundleFile => {
    const checked = path as BundlePath;
    contents.set(checked, bytes);
    return { path: checked, size: bytes.byteLength, sha256: digestOf(bytes), mode: (mode & 0o100) === 0 ? '644' : '755' };
  });
  const bundle: Bundle = {
    schema: 'skillgate.bundle/1',
    files: listed.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
  };
  const bytes = Buffer.from(canonicalJson(bundle));
  return { bundle, digest: digestOf(bytes), bytes, contents };
}

/**
 * Reads the canonical form of a bundle back; anything but the exact canonical bytes is refused.
 * @throws Problem `bundle-invalid`
 */
export function parseBundle(bytes: Uint8Array): { readonly bundle: Bundle; readonly digest: Digest } {
  const value = parseJson(bytes, 'the bundle').value;
  if (!isBundle(value))
    throw new Problem('bundle-invalid', 'Cannot read the bundle: it is not a list of files of form skillgate.bundle/1');
  if (canonicalJson(value) !== Buffer.from(bytes).toString('utf8')) {
    throw new Problem('bundle-invalid', 'Cannot read the bundle: it is not in canonical form');
  }
  const paths = value.files.map((file) => file.path);
  const sizes = value.files.map(({ path, size }) => ({ path, size, mode: 0o644 }));
  refuseFor([...reasonsAgainstNames(paths), ...reasonsAgainstSizes(sizes)], 'bundle-invalid');
  const sorted = paths.every((path, i) => i === 0 || Buffer.compare(Buffer.from(paths[i - 1] ?? ''), Buffer.from(path)) < 0);
  if (!sorted) throw new Problem('bundle-invalid', 'Cannot read the bundle: its files are not sorted');
  if (!paths.includes('SKILL.md' as BundlePath))
    throw new Problem('skill-md-missing', 'Cannot read the bundle: it has no SKILL.md');
  return { bundle: value, digest: digestOf(bytes) };
}

function reasonsAgainstNames(paths: readonly string[]): Reason[] {
  const first = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      folders.set(pathTwinKey(path.slice(0, at)), path.slice(0, at));
  }
  return paths.flatMap((path): Reason[] => {
    const reasons = whyNotBundlePath(path).map((why) => ({ message: `path ${JSON.stringify(path)} ${why}` }));
    const key = pathTwinKey(path);
    const twin = first.get(key);
    first.set(key, path);
    if (twin === path) reasons.push({ message: `path ${JSON.stringify(path)} is there twice` });
    else if (twin !== undefined)
      reasons.push({ message: `paths ${JSON.stringify(twin)} and ${JSON.stringify(path)} are the same on some machines` });
    const folder = folders.get(key);
    if (folder !== undefined) reasons.push({ message: `path ${JSON.stringify(path)} is a file and a folder` });
    return [...reasons, ...foldersThatDiffer(path, folders)];
  });
}

// `a/x` and `A/y` lie in one folder on some machines and in two on others.
function foldersThatDiffer(path: string, folders: ReadonlyMap<string, string>): Reason[] {
  const reasons: Reason[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const folder = path.slice(0, at);
    const twin = folders.get(pathTwinKey(folder));
    if (twin !== undefined && twin !== folder) {
      reasons.push({ message: `folders ${JSON.stringify(folder)} and ${JSON.stringify(twin)} are the same on some machines` });
    }
  }
  return reasons;
}

function reasonsAgainstSizes(files: readonly { path: string; size: number; mode: number }[]): Reason[] {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return [
    ...(files.length > bundleFilesMax ? [{ message: `${files.length} files; at most ${bundleFilesMax}` }] : []),
    ...(total > bundleBytesMax ? [{ message: `${total} bytes in all; at most ${bundleBytesMax}` }] : []),
    ...files.flatMap(({ path, size, mode }) => [
      ...(size > bundleFileBytesMax
        ? [{ message: `${JSON.stringify(path)} has ${size} bytes; at most ${bundleFileBytesMax}` }]
        : []),
      ...((mode & 0o7000) === 0 ? [] : [{ message: `${JSON.stringify(path)} has setuid, setgid or sticky bits` }]),
    ]),
  ];
}

function refuseFor(reasons: readonly Reason[], code: 'path-invalid' | 'bundle-invalid'): void {
  const [one] = reasons;
  if (one === undefined) return;
  const detail: ProblemDetail = { reasons };
  throw new Problem(
    code,
    `Cannot take the skill: ${reasons.length === 1 ? one.message : `${reasons.length} reasons, first: ${one.message}`}`,
    detail,
  );
}

function isBundle(value: unknown): value is Bundle {
  const bundle = value as Partial<Bundle> | null;
  return (
    typeof bundle === 'object' &&
    bundle !== null &&
    bundle.schema === 'skillgate.bundle/1' &&
    Object.keys(bundle).length === 2 &&
    Array.isArray(bundle.files) &&
    bundle.files.every(isBundleFile)
  );
}

function isBundleFile(value: unknown): value is BundleFile {
  const file = value as Partial<BundleFile> | null;
  return (
    typeof file === 'object' &&
    file !== null &&
    Object.keys(file).length === 4 &&
    typeof file.path === 'string' &&
    isBundlePath(file.path) &&
    Number.isSafeInteger(file.size) &&
    (file.size ?? -1) >= 0 &&
    isDigest(file.sha256) &&
    (file.mode === '644' || file.mode === '755')
  );
}
