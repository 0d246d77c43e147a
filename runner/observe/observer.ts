/**
 * The observer: where every byte of a step arrives that would leave a host. It records hosts and
 * decoys, answers plausibly by itself, and opens no connection to anything.
 */

import { mkdirSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { RunAuthority } from '../../skills-index/run/egress/certificate.ts';
import {
  type Add,
  answerRequest,
  type Contact,
  type ContactPlace,
  type Decoys,
  hostAndPort,
  noRequest,
  requestBytesMax,
} from './decoys.ts';

/** Requests of one step that are kept; later ones only with a decoy, and the step is reported. */
const requestsMax = 400;

const wireLineBytesMax = 128 * 1024;

/** Bytes of one step's connections that no request has explained. */
const openBytesMax = 64 * 1024 * 1024;

// The bytes of HTTP connections that no request has explained yet. A client can send what Node's
// parser refuses, end in the middle of a head, or write behind its request: all of it has left.

class HttpBytes {
  readonly #kept = new Map<Duplex, Buffer[]>();
  #size = 0;
  /** Whether more was sent than is kept. */
  overflowed = false;

  /** Keeps what comes from now on. */
  keep(socket: Duplex): void {
    const parts: Buffer[] = [];
    let size = 0;
    this.#kept.set(socket, parts);
    socket.on('data', (chunk: Buffer) => {
      if (!this.#kept.has(socket)) return;
      size += chunk.length;
      if (size > requestBytesMax || this.#size + chunk.length > openBytesMax) {
        this.overflowed = true;
        return;
      }
      this.#size += chunk.length;
      parts.push(chunk);
    });
  }

  /** What came and was not taken yet. */
  take(socket: Duplex): Buffer {
    const bytes = Buffer.concat(this.#kept.get(socket)?.splice(0) ?? []);
    this.#size -= bytes.length;
    return bytes;
  }

  /** Takes what came, and ends the keeping: what comes from now on is observed elsewhere. */
  release(socket: Duplex): Buffer {
    const bytes = this.take(socket);
    this.#kept.delete(socket);
    return bytes;
  }

  /** The connections with bytes that nobody took. */
  left(): { readonly socket: Duplex; readonly bytes: Buffer }[] {
    return [...this.#kept]
      .map(([socket, parts]) => ({ socket, bytes: Buffer.concat(parts) }))
      .filter(({ bytes }) => bytes.length > 0);
  }
}

// Answers questions for host names inside a sandbox (RFC 1035). Each name gets a loopback address
// of its own, so that a later connection tells which name it was meant for.

interface DnsQuestion {
  readonly name: string;
  readonly type: number;
}

const typeA = 1;
const typeText = 16;

/** Parses the one question of a query; undefined for anything else. */
export function parseQuestion(query: Buffer): DnsQuestion | undefined {
  if (query.length < 17 || query.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    if (at + length >= query.length) return undefined;
    labels.push(query.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > query.length) return undefined;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at) };
}

/**
 * @param addressOf returns the address for a name
 * @returns the answer to a query; undefined for a query that is not one question
 */
export function answerQuery(
  query: Buffer,
  addressOf: (name: string) => string,
): { readonly question: DnsQuestion; readonly answer: Buffer } | undefined {
  const question = parseQuestion(query);
  if (question === undefined) return undefined;
  const end = 12 + Buffer.byteLength(question.name, 'latin1') + (question.name === '' ? 1 : 2) + 4;
  const data = dataOf(question, addressOf);
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x81_80, 2);
  head.writeUInt16BE(data === undefined ? 0 : 1, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const parts = [head, query.subarray(12, end)];
  if (data !== undefined) {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc0_0c, 0);
    record.writeUInt16BE(question.type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(data.length, 10);
    parts.push(record, data);
  }
  return { question, answer: Buffer.concat(parts) };
}

function dataOf({ name, type }: DnsQuestion, addressOf: (name: string) => string) {
  if (type === typeA) return Buffer.from(addressOf(name).split('.').map(Number));
  if (type !== typeText) return undefined;
  const text = Buffer.from('v=spf1 -all');
  return Buffer.concat([Buffer.from([text.length]), text]);
}

/** Gives names loopback addresses, and finds the name of an address again. */
export class NamedAddresses {
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();

  addressOf(name: string): string {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const number = (this.#addresses.size % 60_000) + 1;
    const address = `127.64.${number >> 8}.${number & 255}`;
    this.#addresses.set(name, address);
    this.#names.set(address, name);
    return address;
  }

  nameOf(address: string): string {
    return this.#names.get(address) ?? address;
  }
}

export interface Observer {
  /** The socket for the responder. The step's forwarder has its own, proxy.sock, in its folder. */
  readonly wireSocket: string;
  /** What was seen until now. */
  contacts(): readonly Contact[];
  /** Whether something was sent beyond what an observation keeps. */
  overflowed(): boolean;
  close(): void;
}

interface ObserverSettings {
  readonly folder: string;
  readonly wireFolder: string;
  readonly decoys: Decoys;
  readonly authority: RunAuthority;
  readonly contexts: Map<string, SecureContext>;
  readonly guess: 'data' | 'program';
}

export async function startObserver(settings: ObserverSettings): Promise<Observer> {
  const streams = new Streams(settings);
  const wire = createServer((socket) => streams.openWire(socket));
  const wireSocket = `${settings.wireFolder}/wire.sock`;
  for (const folder of [settings.folder, settings.wireFolder]) mkdirSync(folder, { mode: 0o700 });
  const close = (): void => {
    streams.close();
    wire.close();
  };
  try {
    await listen(streams.http, `${settings.folder}/proxy.sock`);
    await listen(wire, wireSocket);
  } catch (cause) {
    close();
    throw cause;
  }
  return {
    wireSocket,
    contacts: () => streams.contacts(),
    overflowed: () => streams.overflowed,
    close,
  };
}

/** The connections of one step, and what was seen on them. */
class Streams {
  readonly #contacts: Contact[] = [];
  readonly #bytes = new HttpBytes();
  #isFull = false;
  readonly http = createHttp({ insecureHTTPParser: true, requireHostHeader: false });
  readonly #open = new Set<Duplex>();
  readonly #places = new WeakMap<Duplex, ContactPlace>();
  readonly #addresses = new NamedAddresses();
  readonly #settings: ObserverSettings;

  constructor(settings: ObserverSettings) {
    this.#settings = settings;
    this.http.on('connection', (socket: Duplex) => {
      this.#track(socket);
      this.#bytes.keep(socket);
    });
    this.http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const place = this.#places.get(request.socket);
      const { socket } = request;
      const world = { place, settings, sent: () => this.#bytes.take(socket), add: this.#add };
      void answerRequest(request, response, world).catch(() => response.destroy());
    });
    this.http.on('clientError', (_, socket: Duplex) => socket.destroy());
    this.http.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const { host, port } = hostAndPort(request.url ?? '', 443);
      // Behind CONNECT come the bytes of another connection, which is observed by itself.
      const decoys = settings.decoys.find(this.#bytes.release(socket));
      if (decoys.length > 0)
        this.#add({ ...noRequest, scheme: 'https', host, port, method: 'CONNECT', decoys });
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      this.#openStream(this.#streamOf(socket), host, port);
    });
  }

  /** Opens a connection of the responder, whose first line says what a program asked. */
  openWire(socket: Socket): void {
    this.#track(socket);
    readLine(socket, (line) => {
      const {
        kind,
        address = '',
        port = 0,
        query = '',
      } = JSON.parse(line) as {
        kind: string;
        address?: string;
        port?: number;
        query?: string;
      };
      if (kind === 'tcp')
        this.#openStream(this.#streamOf(socket), this.#addresses.nameOf(address), port);
      else this.#answerDatagram(socket, Buffer.from(query, 'base64'));
    });
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
    this.http.close();
  }

  contacts(): Contact[] {
    const unexplained = this.#bytes.left().map(({ socket, bytes }): Contact => {
      const { host, port } = this.#places.get(socket) ?? nowhere;
      const decoys = this.#settings.decoys.find(bytes);
      return { ...noRequest, scheme: 'tcp', host, port, decoys };
    });
    return [...this.#contacts, ...unexplained];
  }

  get overflowed(): boolean {
    return this.#isFull || this.#bytes.overflowed;
  }

  // A flood of requests hides no decoy that comes behind it.
  readonly #add: Add = (contact) => {
    if (this.#contacts.length >= requestsMax) this.#isFull = true;
    if (this.#contacts.length < requestsMax || contact.decoys.length > 0)
      this.#contacts.push(contact);
  };

  #track(socket: Duplex): Duplex {
    this.#open.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => this.#open.delete(socket));
  }

  #answerDatagram(socket: Socket, query: Buffer): void {
    const found = answerQuery(query, (name) => this.#addresses.addressOf(name));
    if (found === undefined) {
      const decoys = this.#settings.decoys.find(query);
      this.#add({ ...noRequest, ...nowhere, scheme: 'udp', decoys });
      return void socket.destroy();
    }
    const { name } = found.question;
    // A value may be cut into labels, or lie behind the question.
    const bytes = Buffer.from(`\n${name}\n${name.replaceAll('.', '')}`);
    const decoys = this.#settings.decoys.find(Buffer.concat([query, bytes]));
    this.#add({ ...noRequest, scheme: 'dns', host: name, port: 53, decoys });
    socket.end(found.answer.toString('base64'));
  }

  // HTTP and TLS read a socket past its buffer, where the first bytes lie again by now.
  #streamOf(socket: Socket): Duplex {
    const [near, far] = duplexPair();
    socket.pipe(far).pipe(socket);
    socket.once('close', () => far.destroy());
    near.once('close', () => socket.destroy());
    this.#track(far);
    return this.#track(near);
  }

  // The first bytes tell what a client speaks: TLS, HTTP, or anything else.
  #openStream(socket: Duplex, host: string, port: number): void {
    let known = false;
    const isFirst = (): boolean => {
      const first = !known;
      known = true;
      return first;
    };
    // A client that waits for a greeting shows that it came, too.
    const silent = setTimeout(() => {
      if (isFirst()) openRaw(socket, { host, port }, [], this.#settings, this.#add);
    }, 700);
    socket.once('close', () => clearTimeout(silent));
    socket.once('data', (first: Buffer) => {
      clearTimeout(silent);
      if (!isFirst()) return;
      if (first[0] === 0x16) {
        socket.unshift(first);
        this.#openTls(socket, host, port);
      } else if (/^[A-Z]{3,10} \S* ?HTTP|^[A-Z]{3,10} [/h]/.test(first.toString('latin1', 0, 64))) {
        socket.unshift(first);
        this.#places.set(socket, { scheme: 'http', host, port });
        this.http.emit('connection', socket);
        socket.resume();
      } else openRaw(socket, { host, port }, [first], this.#settings, this.#add);
    });
  }

  #openTls(socket: Duplex, host: string, port: number): void {
    let named = host;
    const tls = new TLSSocket(socket, {
      isServer: true,
      ALPNProtocols: ['http/1.1'],
      secureContext: contextFor(this.#settings, host),
      SNICallback: (name, done) => {
        named = name;
        done(null, contextFor(this.#settings, name));
      },
    });
    this.#track(tls);
    tls.once('secure', () => {
      this.#places.set(tls, { scheme: 'https', host: named, port });
      this.http.emit('connection', tls);
    });
    // A client that does not trust the certificate was there all the same.
    tls.once('close', () => {
      if (!this.#places.has(tls))
        this.#add({ ...noRequest, scheme: 'https', host: named, port, method: 'TLS' });
    });
  }
}

/** The place of bytes that name none. */
const nowhere = { host: 'unnamed.invalid', port: 0 } as const;
function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
}

function contextFor({ authority, contexts }: ObserverSettings, host: string): SecureContext {
  const kept = contexts.get(host);
  if (kept !== undefined) return kept;
  const { key, cert } = authority.leafFor(host.slice(0, 200) || 'unnamed.invalid');
  const made = createSecureContext({ key, cert });
  if (contexts.size < 256) contexts.set(host, made);
  return made;
}

function readLine(socket: Socket, then: (line: string) => void): void {
  let bytes = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const at = bytes.indexOf(10);
    if (at < 0 && bytes.length > wireLineBytesMax) socket.destroy();
    if (at < 0) return;
    socket.off('data', onData).pause();
    if (at + 1 < bytes.length) socket.unshift(bytes.subarray(at + 1));
    try {
      then(bytes.toString('utf8', 0, at));
    } catch {
      socket.destroy();
    }
    socket.resume();
  };
  socket.on('data', onData);
}

// A protocol that the observer does not speak: a shell's connection home, a mail, a pool of miners.
// The contact is recorded at once, because a step may end before its connections do.
function openRaw(
  socket: Duplex,
  to: Pick<ContactPlace, 'host' | 'port'>,
  begun: Buffer[],
  { decoys }: ObserverSettings,
  add: Add,
): void {
  const parts = begun;
  let size = 0;
  add({
    ...noRequest,
    ...to,
    scheme: 'tcp',
    get decoys() {
      return decoys.find(Buffer.concat(parts));
    },
  });
  setTimeout(() => socket.destroy(), 1_500).unref();
  socket.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size < requestBytesMax) parts.push(chunk);
  });
  socket.write('220 ready\r\n');
  socket.resume();
}
