/**
 * Reads ASN.1 in DER (X.690) strictly: one-byte tags, definite lengths in their shortest form, no
 * bytes left over.
 */
import { Problem } from '../../skill/problem.ts';

/** One DER element: the element's tag byte, its content, and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Tag bytes of the universal ASN.1 types that occur in certificates. */
export const derTags = {
  boolean: 0x01,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
} as const;

/**
 * Reads bytes that are exactly one DER element with this tag.
 * @param what how messages name the element
 * @throws Problem `certificate-invalid`
 */
export function readDer(bytes: Uint8Array, tag: number, what: string): Der {
  const [only, ...more] = elementsOf(bytes, what);
  if (only?.tag !== tag || more.length > 0) throw unreadable(what);
  return only;
}

/**
 * Splits bytes into the DER elements that follow each other.
 * @throws Problem `certificate-invalid`
 */
export function elementsOf(bytes: Uint8Array, what: string): Der[] {
  const elements: Der[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const next = elementAt(bytes, at, what);
    elements.push(next);
    at += next.whole.byteLength;
  }
  return elements;
}

/**
 * Prints an object identifier as `1.2.840…`; empty when the content is not an object identifier.
 */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const [at, byte] of content.entries()) {
    // With a leading 0x80, one object identifier could be written in two ways. Arcs above 2^53
    // belong to no object identifier that Skillgate knows.
    if ((arc === 0 && byte === 0x80) || arc > 2 ** 45) return '';
    arc = arc * 128 + (byte % 128);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    } else if (at === content.byteLength - 1) return '';
  }
  const [first, ...rest] = arcs;
  if (first === undefined) return '';
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

function elementAt(bytes: Uint8Array, start: number, what: string): Der {
  const tag = bytes[start] ?? 0;
  // In DER, the length byte 0x80 (indefinite length) is not allowed. A missing length byte is read
  // as 0x80, so it is rejected, too.
  const first = bytes[start + 1] ?? 0x80;
  if (tag % 32 === 31) throw unreadable(what);
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const written = bytes.subarray(start + 2, start + 2 + lengthBytes);
  const length = first < 0x80 ? first : written.reduce((sum, byte) => sum * 256 + byte, 0);
  const contentAt = start + 2 + lengthBytes;
  // A DER length below 128, or a length that begins with a zero byte, has a shorter form.
  const isShortest = first < 0x80 || (written[0] !== 0 && length >= 0x80);
  if (!isShortest || contentAt + length > bytes.byteLength) throw unreadable(what);
  return {
    tag,
    content: bytes.subarray(contentAt, contentAt + length),
    whole: bytes.subarray(start, contentAt + length),
  };
}

function unreadable(what: string): Problem {
  return new Problem('certificate-invalid', `Cannot read ${what}: it is not in DER`);
}
