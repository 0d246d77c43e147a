/** Writes ASN.1 in DER, for certificates and timestamps that no honest authority would make. */

/** One element: tag byte, length, content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.byteLength;
  const bytes = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...bytes), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts);
export const octets = (content: Uint8Array): Buffer => der(0x04, content);
export const bits = (content: Uint8Array): Buffer => der(0x03, Uint8Array.of(0), content);
export const yes = der(0x01, Uint8Array.of(0xff));
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));

/** A small or a long positive integer. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === 'number' ? Uint8Array.of(value) : value;
  return der(0x02, (bytes[0] ?? 0) < 0x80 ? Buffer.alloc(0) : Uint8Array.of(0), bytes);
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return der(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(arcBytes)));
}

/** GeneralizedTime to the second. */
export function time(at: Date): Buffer {
  return der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
}

function arcBytes(arc: number): number[] {
  const bytes = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
    bytes.unshift((left % 128) + 128);
  return bytes;
}
