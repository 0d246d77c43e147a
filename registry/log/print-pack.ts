/** Prints packs: many blobs in one object, each behind its length (docs/spec/packs.md). */
import { packHeadingBytes } from '../../skills-index/client/pack-form.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';

/** Prints blobs as a pack. */
export function printPack(blobs: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(
    blobs.flatMap((blob) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(blob.byteLength);
      return [length, blob];
    }),
  );
  return Buffer.concat([headingOf(content), content]);
}

/** Whether a pack has the bytes that its heading says. */
export function isWholePack(pack: Uint8Array): boolean {
  const heading = pack.subarray(0, packHeadingBytes);
  return headingOf(pack.subarray(packHeadingBytes)).equals(heading);
}

function headingOf(content: Uint8Array): Buffer {
  return Buffer.from(`skillgate.pack/1 ${hexOf(digestOf(content))}\n`);
}
