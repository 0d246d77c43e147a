/**
 * Signs in at a PostgreSQL server for a sandbox, which has a placeholder for the password
 * (PostgreSQL documentation, “Frontend/Backend Protocol”). The server has to speak TLS and to sign
 * in by SCRAM-SHA-256 (RFC 5802, RFC 7677), which shows it no password. After that the proxy
 * passes bytes on. Only a connection to such a server loads this file.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { type Denial, denialOfFailure } from '../../skills-index/run/egress/denial.ts';
import type { Connect } from '../../skills-index/run/egress/egress-judge.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import { untilEvent } from './forward.ts';
import { relay, whileWatched } from './relay.ts';
import type { Traffic } from './traffic.ts';
import { egressIdleSecondsMax, secureTo } from './upstream.ts';

/** Bytes of a message before the sign-in is over, as the server itself limits them. */
const messageBytesMax = 10_000;
/** RFC 7677 §4 demands at least so many. More than the highest would only cost time. */
const iterations = { min: 4_096, max: 1_000_000 };

const sslRequest = 80_877_103;
const gssRequest = 80_877_104;
const cancelRequest = 80_877_102;
const cancelBytesMax = 12 + 256;
const versionMajor = 3;

interface Destination extends Connect {
  /** Of which one has to be the password. */
  readonly secrets: readonly BoundPlaceholder[];
  readonly secureContext: SecureContext;
  /** Records why the connection is denied, and ends it. */
  readonly refuse: (why: Denial) => void;
}

const unreached = 'the database was not reached';

/** Why a sign-in ends: the word of the audit log, and the text for the client. */
class SignInError extends Error {
  /** Undefined where nobody was denied anything: a client hung up, or the host itself refused. */
  readonly why: Denial | undefined;

  constructor(why: Denial | undefined, message = '') {
    super(message);
    this.why = why;
  }
}

/** Serves one connection of the sandbox to its end. */
export async function servePostgres(
  traffic: Traffic,
  to: Destination,
  socket: Socket,
): Promise<void> {
  let client: Duplex = socket;
  let host: Socket | undefined;
  // A person may take longer than a server.
  const soon = async <Value>(work: Promise<Value>): Promise<Value> => {
    const late = setTimeout(() => {
      socket.destroy();
      host?.destroy();
    }, egressIdleSecondsMax * 1000);
    return work.finally(() => clearTimeout(late));
  };
  try {
    const opened = await soon(openClient(socket, to.secureContext));
    const { startup, stream, wire } = opened;
    client = stream;
    const named = parametersOf(startup);
    const cancels = startup.readInt32BE(4) === cancelRequest;
    const secret = cancels ? undefined : await soon(usedSecret(opened, to.secrets, traffic));
    await whileWatched(client, () => admit(traffic, to, { client, named, secret, startup }));
    host = await soon(connectTo(traffic, to));
    if (secret === undefined) {
      client.end();
      return void host.end(startup, () => host?.destroy());
    }
    host.write(startup);
    const server = new Wire(host);
    await soon(signIn(server, client, await traffic.reveal(secret.name)));
    client.write(message('R', int32(0)));
    server.giveBack();
    wire.giveBack();
    relay(traffic, client, host, to.refuse);
  } catch (cause) {
    host?.destroy();
    const why = cause instanceof SignInError ? cause.why : denialOfFailure(cause);
    if (why === undefined || client.destroyed) return void client.end();
    const known = cause instanceof SignInError ? cause.message : undefined;
    client.end(fatal(known ?? `${unreached} (${why})`));
    to.refuse(why);
  }
}

/** Reads from a stream by length, before the stream is passed on. */
class Wire {
  readonly stream: Duplex;
  readonly #isClient: boolean;
  #kept = Buffer.alloc(0);

  constructor(stream: Duplex, isClient = false) {
    this.stream = stream;
    this.#isClient = isClient;
  }

  async take(count: number): Promise<Buffer> {
    while (this.#kept.length < count) {
      const chunk = this.stream.read() as Buffer | null;
      if (chunk !== null) this.#kept = Buffer.concat([this.#kept, chunk]);
      else if (this.stream.readableEnded || this.stream.destroyed)
        throw new SignInError(this.#isClient ? undefined : 'unreachable', unreached);
      else await untilEvent(this.stream, 'readable');
    }
    const taken = this.#kept.subarray(0, count);
    this.#kept = this.#kept.subarray(count);
    return taken;
  }

  /** A message without its type and length. */
  async message(): Promise<{ readonly type: string; readonly body: Buffer }> {
    const head = await this.take(5);
    return { type: head.toString('latin1', 0, 1), body: await this.take(bounded(head, 1) - 4) };
  }

  /** Whether bytes wait that nobody asked for yet. */
  get isAhead(): boolean {
    return this.#kept.length > 0 || this.stream.readableLength > 0;
  }

  giveBack(): void {
    this.stream.removeAllListeners('readable');
    if (this.#kept.length > 0) this.stream.unshift(this.#kept);
  }
}

interface Client {
  readonly wire: Wire;
  readonly stream: Duplex;
  /** The whole message that begins the session, or asks to cancel a query of another one. */
  readonly startup: Buffer;
}

async function openClient(socket: Socket, secureContext: SecureContext): Promise<Client> {
  let stream: Duplex = socket;
  let wire = new Wire(stream, true);
  for (let tries = 0; tries < 3; tries++) {
    const head = await wire.take(8);
    const code = head.readInt32BE(4);
    const length = bounded(head, 0);
    // The key of a session has 4 bytes, and since protocol 3.2 at most 256.
    if (code === cancelRequest && length > cancelBytesMax) break;
    if (code === cancelRequest || code >>> 16 === versionMajor)
      return { wire, stream, startup: Buffer.concat([head, await wire.take(length - 8)]) };
    if ((code !== sslRequest && code !== gssRequest) || length !== 8) break;
    // What came before TLS must not pass for what came in it (CVE-2021-23214).
    if (wire.isAhead) break;
    stream.write(code === sslRequest ? 'S' : 'N');
    if (code === gssRequest) continue;
    wire.giveBack();
    stream = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: ['postgresql'],
    });
    stream.on('error', () => socket.destroy());
    wire = new Wire(stream, true);
  }
  throw new SignInError('malformed', 'this is not the protocol of PostgreSQL');
}

async function admit(
  traffic: Traffic,
  to: Destination,
  asked: {
    readonly client: Duplex;
    readonly named: ReadonlyMap<string, string>;
    readonly secret: BoundPlaceholder | undefined;
    readonly startup: Buffer;
  },
): Promise<void> {
  const { client, named, secret, startup } = asked;
  // The server takes an empty name for none.
  const database = named.get('database') || named.get('user') || '';
  const others = [...named].filter(([name]) => name !== 'database');
  const why =
    traffic.accounts.whyLeaks('head', startup) ??
    (await traffic.accounts.admit(
      {
        method: 'CONNECT',
        place: { ...to, path: `/${encodeURIComponent(database)}` },
        head: startup.length,
        // Such as `options` and `replication`, which change what a connection may do.
        shown: { opens: 'tunnel', query: new URLSearchParams(others).toString() },
        secrets: secret === undefined ? [] : [secret.name],
      },
      client,
    ));
  if (why !== undefined) throw new SignInError(why, `the connection is denied (${why})`);
}

// Names and values in turn. With a name twice, a person could see another database than is opened.
function parametersOf(startup: Buffer): ReadonlyMap<string, string> {
  if (startup.readInt32BE(4) === cancelRequest) return new Map();
  const words = startup.toString('latin1', 8).replace(/\0+$/, '').split('\0');
  const named = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [name = '', value = ''] = words.slice(at, at + 2);
    if (named.has(name)) throw new SignInError('malformed', `it names ${name} twice`);
    named.set(name, value);
  }
  return named;
}

// The password of the sandbox is compared and goes nowhere.
async function usedSecret(
  { stream, wire }: Client,
  secrets: readonly BoundPlaceholder[],
  { accounts }: Pick<Traffic, 'accounts'>,
): Promise<BoundPlaceholder> {
  stream.write(message('R', int32(3)));
  const { body, type } = await wire.message();
  const hash = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  const used = secrets.find(({ placeholder }) =>
    timingSafeEqual(hash(body), hash(Buffer.from(`${placeholder}\0`))),
  );
  if (type === 'p' && used !== undefined) return used;
  const names = secrets.map(({ name }) => name).join(' or ');
  throw new SignInError(
    accounts.whyLeaks('password', body) ?? 'secret-missing',
    `the password has to be what the variable ${names} holds`,
  );
}

async function connectTo(traffic: Traffic, to: Destination): Promise<Socket> {
  const plain = await traffic.upstream.connect(to);
  plain.on('error', () => undefined);
  plain.setTimeout(egressIdleSecondsMax * 1000, () => plain.destroy());
  try {
    return await secured(traffic, to, plain);
  } catch (cause) {
    plain.destroy();
    throw cause;
  }
}

async function secured(traffic: Traffic, to: Destination, plain: Socket): Promise<Socket> {
  plain.write(Buffer.concat([int32(8), int32(sslRequest)]));
  const wire = new Wire(plain);
  const answer = (await wire.take(1)).toString('latin1');
  if (answer !== 'S' || wire.isAhead)
    throw new SignInError('certificate-denied', 'the database does not speak TLS');
  wire.giveBack();
  const host = await secureTo(traffic, to, ['postgresql'], plain);
  plain.setTimeout(0);
  return host.on('error', () => undefined);
}

/** Signs in with the password, and passes on what the server says to the client besides. */
async function signIn(server: Wire, client: Duplex, password: string): Promise<void> {
  const scram = new Scram(password);
  // Four messages sign in, and one may negotiate the version.
  for (let count = 0; count < 8; count++) {
    const { body, type } = await server.message();
    if (type === 'E') {
      client.write(message('E', body));
      throw new SignInError(undefined);
    }
    const step = type === 'R' ? body.readInt32BE(0) : -1;
    const said = body.toString('latin1', 4);
    if (type === 'v') client.write(message('v', body));
    else if (step === 10 && said.split('\0').includes(mechanism))
      server.stream.write(
        message(
          'p',
          Buffer.from(`${mechanism}\0`),
          int32(scram.first.length),
          Buffer.from(scram.first),
        ),
      );
    else if (step === 11) server.stream.write(message('p', Buffer.from(await scram.answer(said))));
    else if (step === 12) scram.verify(said);
    else if (step === 0 && scram.isVerified) return;
    else throw downgraded();
  }
  throw downgraded();
}

const mechanism = 'SCRAM-SHA-256';

function downgraded(): SignInError {
  return new SignInError(
    'answer-malformed',
    `the database does not prove by ${mechanism} that it knows the password`,
  );
}

/** The client's side of SCRAM-SHA-256 (RFC 5802 §3), without channel binding. */
class Scram {
  readonly #password: string;
  readonly #nonce = randomBytes(18).toString('base64');
  #signature: string | undefined;
  isVerified = false;

  constructor(password: string) {
    this.#password = password;
  }

  get first(): string {
    return `n,,${this.#bare}`;
  }

  get #bare(): string {
    return `n=,r=${this.#nonce}`;
  }

  async answer(serverFirst: string): Promise<string> {
    const [, nonce = '', salt = '', count] =
      /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+=*),i=(\d{1,8})$/.exec(serverFirst) ?? [];
    const isFresh = nonce.startsWith(this.#nonce) && nonce.length > this.#nonce.length;
    const rounds = Number(count);
    if (
      this.#signature !== undefined ||
      !isFresh ||
      !(rounds >= iterations.min && rounds <= iterations.max)
    )
      throw downgraded();
    const salted = await promisify(pbkdf2)(
      this.#password,
      Buffer.from(salt, 'base64'),
      rounds,
      32,
      'sha256',
    );
    const withoutProof = `c=biws,r=${nonce}`;
    const all = `${this.#bare},${serverFirst},${withoutProof}`;
    const clientKey = hmac(salted, 'Client Key');
    const proof = hmac(createHash('sha256').update(clientKey).digest(), all);
    this.#signature = hmac(hmac(salted, 'Server Key'), all).toString('base64');
    return `${withoutProof},p=${Buffer.from(clientKey.map((byte, at) => byte ^ (proof[at] ?? 0))).toString('base64')}`;
  }

  verify(serverFinal: string): void {
    if (this.#signature === undefined || serverFinal !== `v=${this.#signature}`) throw downgraded();
    this.isVerified = true;
  }
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function bounded(head: Buffer, at: number): number {
  const length = head.readInt32BE(at);
  if (length < (at === 0 ? 8 : 4) || length > messageBytesMax)
    throw new SignInError('malformed', 'a message of the sign-in is too long');
  return length;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

// 28000: invalid authorization specification.
function fatal(text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C28000\0Mskillgate: ${text}\0\0`));
}
