import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientHello } from '../../../../skills-index/run/egress/client-hello.ts';

const vector = (lengthBytes: number, bytes: Buffer): Buffer => {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
};
const extension = (type: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type >> 8, type & 0xff]), vector(2, bytes)]);
const serverName = (name: string, type = 0): Buffer =>
  extension(0, vector(2, Buffer.concat([Buffer.from([type]), vector(2, Buffer.from(name))])));

/** A hello with these extensions, in one record. */
function hello(...extensions: readonly Buffer[]): Buffer {
  const parts = [
    Buffer.from([3, 3]),
    randomBytes(32),
    vector(1, randomBytes(32)),
    vector(2, Buffer.from([0x13, 1])),
    vector(1, Buffer.alloc(1)),
  ];
  const body = Buffer.concat([...parts, vector(2, Buffer.concat(extensions))]);
  return Buffer.concat([
    Buffer.from([22, 3, 1]),
    vector(2, Buffer.concat([Buffer.from([1]), vector(3, body)])),
  ]);
}

const name = 'api.crm.example';
const two = Buffer.concat([
  Buffer.from([0]),
  vector(2, Buffer.from(name)),
  Buffer.from([0]),
  vector(2, Buffer.from('b.example')),
]);

describe('a TLS hello', () => {
  it.each([
    [
      'with a name',
      hello(serverName(name)),
      { kind: 'hello', protocols: [], serverName: name, hidesAnother: false },
    ],
    [
      'with a name in capitals',
      hello(serverName('API.crm.example')),
      { kind: 'hello', protocols: [], serverName: name, hidesAnother: false },
    ],
    [
      'with protocols',
      hello(
        extension(
          16,
          vector(2, Buffer.concat(['h2', 'x'].map((one) => vector(1, Buffer.from(one))))),
        ),
      ),
      { kind: 'hello', protocols: ['h2', 'x'], serverName: '', hidesAnother: false },
    ],
    [
      'with a protocol that is cut',
      hello(extension(16, vector(2, Buffer.from([9, 1])))),
      { kind: 'odd' },
    ],
    [
      'without a name',
      hello(),
      { kind: 'hello', protocols: [], serverName: '', hidesAnother: false },
    ],
    [
      'that hides another',
      hello(serverName(name), extension(0xfe0d, Buffer.alloc(9))),
      { kind: 'hello', protocols: [], serverName: name, hidesAnother: true },
    ],
    [
      'that hides another in the older way',
      hello(extension(0xffce, Buffer.alloc(9))),
      { kind: 'hello', protocols: [], serverName: '', hidesAnother: true },
    ],
    ['with two names', hello(extension(0, vector(2, two))), { kind: 'odd' }],
    ['with a name twice', hello(serverName(name), serverName(name)), { kind: 'odd' }],
    ['with a name of another type', hello(serverName(name, 1)), { kind: 'odd' }],
    ['cut', hello(serverName(name)).subarray(0, 60), { kind: 'partial' }],
    ['that is nothing yet', Buffer.alloc(0), { kind: 'partial' }],
    ['that is HTTP', Buffer.from('GET / HTTP/1.1\r\n'), { kind: 'odd' }],
    ['of SSL 2', Buffer.from([0x80, 0x2e, 1, 0, 2]), { kind: 'odd' }],
    ['with an endless record', Buffer.from([22, 3, 1, 0xff, 0xff]), { kind: 'odd' }],
    [
      'in parts over two records',
      Buffer.from([22, 3, 1, 0, 8, 1, 0, 1, 0, 0, 0, 0, 0]),
      { kind: 'odd' },
    ],
    [
      'with an extension longer than itself',
      hello(Buffer.from([0, 0, 0xff, 0xff, 0])),
      { kind: 'odd' },
    ],
  ])('%s', (_, bytes, expected) => {
    expect(parseClientHello(bytes)).toEqual(expected);
  });

  it('of a real client is read, at any cut', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const came = new Promise<Buffer>((resolve) =>
      server.once('connection', (socket) => socket.once('data', resolve)),
    );
    const client = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      servername: name,
    });
    client.on('error', () => undefined);
    const bytes = await came;
    client.destroy();
    server.close();
    expect(parseClientHello(bytes)).toEqual({
      kind: 'hello',
      protocols: expect.any(Array),
      serverName: name,
      hidesAnother: false,
    });
    for (let cut = 0; cut < bytes.length; cut++)
      expect(parseClientHello(bytes.subarray(0, cut)).kind).toBe('partial');
  });

  it('of any bytes gives an answer', () => {
    const header = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from([22, 3, 1, 0, 60, 1, 0, 0, 56, 3, 3]),
    );
    fc.assert(
      fc.property(
        header,
        fc.uint8Array({ maxLength: 200 }),
        (a, b) => void parseClientHello(Buffer.concat([a, b])),
      ),
    );
  });
});
