/**
 * A bundle is the flat list of a skill's files. The digest of the list is the identity of a
 * version.
 */
import type { BundlePath } from './bundle-path.ts';
import { noSkillMd, whyNotBundleForm, whyNotPaths, whyNotSizes } from './bundle-reasons.ts';
import { type Digest, digestOf } from './digest.ts';
import { Problem, type Reason } from './problem.ts';
import { canonicalJson } from './text/canonical-json.ts';
import { parseJson } from './text/json.ts';

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
