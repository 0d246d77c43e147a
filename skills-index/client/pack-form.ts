/**
 * Packs: many blobs of a version in one answer, so that an installation needs few requests. Nobody
 * trusts a pack. A reader finds each blob in a pack by the digest of the blob's bytes.
 */
import { type Digest, digestOf, hexOf } from '../skill/digest.ts';
import { type IndexLine, printIndexLine } from '../trust/index-files/index-line.ts';

/** A pack has at most the blobs of a whole version: statements, files, bundle and scan reports. */
export const packBlobsMax = 1_600;

/**
 * Bytes before the first blob: `skillgate.pack/1`, a space, a SHA-256 in hexadecimal, and a line
 * feed.
 */
export const packHeadingBytes = 82;

/** The digest is that of all bytes after the heading: the registry finds its own damaged packs. */
const headingForm = /^skillgate\.pack\/1 [0-9a-f]{64}\n$/;

/** The path of a version's evidence, which the version's index line names. */
export function evidencePackPath(line: IndexLine): string {
  return `/packs/evidence/${line.logIndex}/${hexOf(digestOf(printIndexLine(line)))}`;
}

/**
 * The blobs in a pack: each follows its length in 32 bits.
 * @returns undefined for bytes in another form, for a blob that appears twice, and for too many
 * blobs
 */
export function parsePack(bytes: Uint8Array): ReadonlyMap<Digest, Uint8Array> | undefined {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!headingForm.test(content.toString('latin1', 0, packHeadingBytes))) return undefined;
  const blobs = new Map<Digest, Uint8Array>();
  for (let at = packHeadingBytes; at < content.byteLength; ) {
    const from = at + 4;
    if (from > content.byteLength || blobs.size === packBlobsMax) return undefined;
    at = from + content.readUInt32BE(at);
    const blob = content.subarray(from, at);
    const digest = digestOf(blob);
    if (at > content.byteLength || blobs.has(digest)) return undefined;
    blobs.set(digest, blob);
  }
  return blobs;
}
