/** A gRPC service that says which key it was given, and a client of the sandbox for it. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
} from '@grpc/grpc-js';
import type { Stage } from './egress-stage.ts';

const bytes = (one: Buffer): Buffer => one;
const method = (path: string, stream: boolean) => ({
  path,
  requestStream: stream,
  responseStream: stream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
});
const service = { say: method('/acme.Echo/Say', false), talk: method('/acme.Echo/Talk', true) };

/** Listens on loopback; without a certificate, as behind a proxy that ends TLS. */
export async function startEcho(leaf?: { readonly cert: string; readonly key: string }) {
  const server = new Server();
  server.addService(service as never, {
    say: (
      { metadata, request }: { metadata: Metadata; request: Buffer },
      done: (error: object | null, answer?: Buffer, trailers?: Metadata) => void,
    ) => {
      const key = String(metadata.get('x-key')[0]);
      const trailers = new Metadata();
      trailers.set('x-seen', key);
      if (request.toString() === 'fail')
        return done({ code: status.NOT_FOUND, details: `no ${key}` });
      done(null, Buffer.from(`${request} by ${key}`), trailers);
    },
    // It speaks first, and then answers each message before the next one comes.
    talk: (call: ServerDuplexStream<Buffer, Buffer>) => {
      call.write(Buffer.from(`hello ${call.metadata.get('x-key')[0]}`));
      call.on('data', (message: Buffer) => call.write(message)).on('end', () => call.end());
    },
  });
  const credential =
    leaf === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(leaf.key), cert_chain: Buffer.from(leaf.cert) },
        ]);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credential, (cause, at) =>
      cause ? reject(cause) : resolve(at),
    ),
  );
  return { port, close: () => server.forceShutdown() };
}

/** The port of the sandbox that leads to the proxy. */
export async function startForwarder(stage: Stage) {
  const forwarder = createServer((socket) => {
    const proxy = stage.open();
    socket.pipe(proxy).pipe(socket);
    socket.on('error', () => proxy.destroy());
  }).listen(0, '127.0.0.1');
  await once(forwarder, 'listening');
  const url = `http://127.0.0.1:${(forwarder.address() as AddressInfo).port}`;
  return { url, close: () => forwarder.close() };
}

/** A client that finds the proxy as all programs of the sandbox do. */
export function clientThrough(proxy: string, target: string, ca: string): Client {
  process.env.https_proxy = proxy;
  try {
    return new Client(target, credentials.createSsl(Buffer.from(ca)));
  } finally {
    delete process.env.https_proxy;
  }
}

const withKey = (key: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('x-key', key);
  return metadata;
};

/** One message, with the key beside it. */
export async function say(
  client: Client,
  text: string,
  key: string,
): Promise<{ answer: string; code: number; details: string; seen: unknown }> {
  const { path, requestSerialize, responseDeserialize } = service.say;
  let answer = '';
  return await new Promise((resolve) => {
    client
      .makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        Buffer.from(text),
        withKey(key),
        (_, got) => {
          answer = String(got ?? '');
        },
      )
      .on('status', ({ code, details, metadata }) =>
        resolve({ answer, code, details, seen: metadata.get('x-seen')[0] }),
      );
  });
}

/** Messages both ways. */
export function talk(client: Client, key: string): ClientDuplexStream<Buffer, Buffer> {
  const { path, requestSerialize, responseDeserialize } = service.talk;
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, withKey(key));
}
