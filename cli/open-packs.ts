/**
 * Asks for packs in their open form, and turns an open pack back into the pack. The rest of the
 * program sees packs only (docs/spec/packs.md).
 */
import type { Transform } from 'node:stream';
import { packBlobsMax, packBytesMax, packHeadingBytes } from '../skills-index/client/limits.ts';

const evidencePack = /\/packs\/evidence\/\d+\/[0-9a-f]{64}$/;
const opening = Buffer.from('skillgate.pack/2 ');
/** Each statement has two open fields. */
const partsMax = 5 * packBlobsMax;

/** Whether a file is a pack that a registry may have in the open form. */
export function mayBeOpen(url: string): boolean {
  return evidencePack.test(url);
}

/** The address of the open form. A registry that has no open form sends the pack itself. */
export function openAddressOf(url: string): string {
  return `${url}?form=open`;
}

/** Passes on every file, and an open pack as the pack. */
export function closingPacks(): Transform {
  const { Transform } = process.getBuiltinModule('node:stream');
  let kept: Buffer[] | undefined = [];
  let bytes = 0;
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      if (kept === undefined) return done(null, part);
      kept.push(part);
      bytes += part.byteLength;
      if (bytes <= packBytesMax) return done();
      // The reader refuses a file of that size, whatever is in it.
      const all = Buffer.concat(kept);
      kept = undefined;
      done(null, all);
    },
    flush: (done) => done(null, kept && closePack(Buffer.concat(kept))),
  });
}

/** The pack of an open pack. Other bytes come back unchanged: nobody takes them for a pack. */
export function closePack(open: Buffer): Buffer {
  if (!open.subarray(0, opening.length).equals(opening)) return open;
  const heading = open.subarray(opening.length, packHeadingBytes);
  const parts = [Buffer.from('skillgate.pack/1 '), heading];
  for (let at = packHeadingBytes; at < open.byteLength; ) {
    const from = at + 5;
    if (from > open.byteLength || parts.length > partsMax) return open;
    const kind = open.readUInt8(at);
    at = from + open.readUInt32BE(at + 1);
    if (at > open.byteLength || kind > 1) return open;
    const part = open.subarray(from, at);
    parts.push(kind === 1 ? Buffer.from(part.toString('base64')) : part);
  }
  return Buffer.concat(parts);
}
