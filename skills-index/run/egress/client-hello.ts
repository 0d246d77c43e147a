/**
 * Reads the name of the wanted server from the ClientHello, a TLS client's first message (RFC 8446
 * §4.1.2). Pure.
 */

import type { Denial } from './denial.ts';

export type ClientHello =
  /** The parser needs more bytes to read the ClientHello. */
  | { readonly kind: 'partial' }
  /** The bytes are not TLS, or the ClientHello has a form that ordinary TLS clients never send. */
  | { readonly kind: 'odd' }
  | {
      readonly kind: 'hello';
      /** The server name in lower case; empty when the ClientHello names no server. */
      readonly serverName: string;
      /** The protocols that the client offers (ALPN). */
      readonly protocols: readonly string[];
      /**
       * Whether the ClientHello contains a second, encrypted ClientHello (ECH), which may name
       * another server.
       */
      readonly hidesAnother: boolean;
    };

const odd: ClientHello = { kind: 'odd' };
const handshake = 22;
const clientHello = 1;
const serverNameType = 0;
const hostNameType = 0;
const protocolsType = 16;
/** The extension types of Encrypted Client Hello (RFC 9849) and of the extension before ECH. */
const hiding = [0xfe0d, 0xffce];
const recordBytesMax = 16 * 1024;

/**
 * Parses the beginning of a TLS connection. The ClientHello must fit into the first TLS record: a
 * client could split the ClientHello over records to hide the server name.
 */
export function parseClientHello(bytes: Buffer): ClientHello {
  const start = [handshake, 3].some((byte, index) => index < bytes.length && bytes[index] !== byte);
  if (start) return odd;
  if (bytes.length < 5) return { kind: 'partial' };
  const length = bytes.readUInt16BE(3);
  if (length < 4 || length > recordBytesMax) return odd;
  if (bytes.length >= 9 && (bytes[5] !== clientHello || bytes.readUIntBE(6, 3) !== length - 4))
    return odd;
  if (bytes.length < 5 + length) return { kind: 'partial' };
  try {
    return readHello(new Reader(bytes.subarray(9, 5 + length)));
  } catch (cause) {
    if (cause instanceof RangeError) return odd;
    throw cause;
  }
}

/**
 * Returns why the ClientHello of a connection to this host is denied; undefined when the connection
 * is allowed.
 */
export function judgeHello(hello: ClientHello, host: string): Denial | undefined {
  if (hello.kind !== 'hello') return 'not-tls';
  if (hello.hidesAnother) return 'hidden-hello';
  return hello.serverName === host ? undefined : 'sni-mismatch';
}

function readHello(hello: Reader): ClientHello {
  hello.take(2 + 32);
  for (const lengthBytes of [1, 2, 1]) hello.vector(lengthBytes);
  const extensions = hello.isAtEnd ? new Reader(Buffer.alloc(0)) : hello.vector(2);
  const found = new Map<number, Reader>();
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    if (found.has(type)) return odd;
    found.set(type, extensions.vector(2));
  }
  const names = found.get(serverNameType)?.vector(2);
  // A ClientHello may have one server name, and the name's type must be a host name (RFC 6066 §3).
  if (names !== undefined && names.number(1) !== hostNameType) return odd;
  const serverName = names?.vector(2).rest().toString('latin1').toLowerCase() ?? '';
  if (!hello.isAtEnd || names?.isAtEnd === false) return odd;
  // Application-Layer Protocol Negotiation (RFC 7301 §3.1).
  const list = found.get(protocolsType)?.vector(2);
  const protocols: string[] = [];
  while (list?.isAtEnd === false) protocols.push(list.vector(1).rest().toString('latin1'));
  return {
    kind: 'hello',
    serverName,
    protocols,
    hidesAnother: hiding.some((type) => found.has(type)),
  };
}

/** Reads bytes in order. Throws a RangeError when the bytes end too early. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new RangeError('too short');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  number(count: number): number {
    return this.take(count).readUIntBE(0, count);
  }

  vector(lengthBytes: number): Reader {
    return new Reader(this.take(this.number(lengthBytes)));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
