import { createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../registry/serving/listen.ts';

function makeServer(): Server {
  const server = createServer();
  onTestFinished(() => void server.close());
  return server;
}

const free = { host: '127.0.0.1', port: 0, option: '--port' };

it('gives the port that the system chose', async () => {
  const server = makeServer();
  const port = await listen(server, free);
  expect(server.address()).toMatchObject({ address: '127.0.0.1', port });
});

it('names the option of a port that is taken', async () => {
  const port = await listen(makeServer(), free);
  const taken = listen(makeServer(), { ...free, port, option: '--metrics-port' });
  await expect(taken).rejects.toMatchObject({
    code: 'port-taken',
    message: `Cannot listen on 127.0.0.1:${port}: another program listens there`,
    hint: expect.stringContaining('--metrics-port N'),
  });
});

it('names an address that this machine does not have', async () => {
  // RFC 5737 keeps 203.0.113.0/24 for documentation.
  await expect(listen(makeServer(), { ...free, host: '203.0.113.5' })).rejects.toMatchObject({
    code: 'usage',
    message: 'Cannot listen on 203.0.113.5:0: this machine has no such address',
  });
});

it.each([
  ['EACCES', /this user may not open port 443/, /CAP_NET_BIND_SERVICE/],
  ['ENOTFOUND', /the name 127\.0\.0\.1 has no address/, /--url/],
])('says what to do after %s', async (code, message, hint) => {
  const server = makeServer();
  server.listen = () => {
    process.nextTick(() => server.emit('error', Object.assign(new Error('listen'), { code })));
    return server;
  };
  await expect(listen(server, { ...free, port: 443 })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

it('throws any other failure as it is', async () => {
  const failure = Object.assign(new Error('listen'), { code: 'EMFILE' });
  const server = makeServer();
  server.listen = () => {
    process.nextTick(() => server.emit('error', failure));
    return server;
  };
  await expect(listen(server, free)).rejects.toBe(failure);
});
