/**
 * The open form of a pack, for less traffic: base64 in statements is sent as the bytes that it
 * stands for. Base64 hides from gzip what statements have in common (docs/spec/packs.md).
 */
import { packHeadingBytes } from '../../skills-index/client/limits.ts';
import { packOpenedBytesMax } from './limits.ts';

const begin = { closed: 'skillgate.pack/1', open: 'skillgate.pack/2' };
/** Fields of a Sigstore bundle whose base64 has JSON in it. */
const base64Fields = /"(?:payload|canonicalizedBody)":"([A-Za-z0-9+/]{64,}={0,2})"/g;

/** @returns undefined for a pack that is too large to be opened at each request */
export function openPack(pack: Uint8Array): Uint8Array | undefined {
  if (pack.byteLength > packOpenedBytesMax) return undefined;
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength);
  const heading = bytes.toString('latin1', 0, packHeadingBytes).replace(begin.closed, begin.open);
  const parts: Uint8Array[] = [Buffer.from(heading)];
  let at = packHeadingBytes;
  // A letter of Latin-1 for each byte, so that places in the text are places in the pack.
  for (const match of bytes.toString('latin1').matchAll(base64Fields)) {
    const [whole, base64 = ''] = match;
    const from = match.index + whole.length - '"'.length - base64.length;
    const decoded = Buffer.from(base64, 'base64');
    // A reader must get the same letters back.
    if (decoded.toString('base64') !== base64) continue;
    parts.push(...partOf(0, bytes.subarray(at, from)), ...partOf(1, decoded));
    at = from + base64.length;
  }
  return Buffer.concat([...parts, ...partOf(0, bytes.subarray(at))]);
}

/** @param kind 0 for bytes as they are, 1 for bytes that are base64 in the pack */
function partOf(kind: 0 | 1, bytes: Uint8Array): Uint8Array[] {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(bytes.byteLength, 1);
  return [head, bytes];
}
