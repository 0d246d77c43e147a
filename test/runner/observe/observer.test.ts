import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Decoys, makeDecoys } from '../../../runner/observe/decoys.ts';
import { type Observer, startObserver } from '../../../runner/observe/observer.ts';

const decoys: Decoys = makeDecoys(
  (bytes) => Uint8Array.from({ length: bytes }, (_, at) => at * 7),
  [],
);
const secret = decoys.env.OPENAI_API_KEY ?? Object.values(decoys.env)[0] ?? '';

describe('the observer', () => {
  let folder = '';
  let observer: Observer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'observer-'));
    observer = await startObserver({
      folder: join(folder, 'proxy'),
      wireFolder: join(folder, 'wire'),
      decoys,
      authority: {} as never,
      contexts: new Map(),
      guess: 'data',
    });
  });
  afterEach(() => {
    observer.close();
    rmSync(folder, { recursive: true });
  });

  const wire = (first: object, bytes: string): void => {
    const socket = connect(observer.wireSocket);
    socket.on('error', () => undefined).resume();
    socket.write(`${JSON.stringify(first)}\n${bytes}`);
    onTestFinished(() => void socket.destroy());
  };
  const seen = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });
  const web = { kind: 'tcp', address: '192.0.2.4', port: 80 };
  const leaked = (): readonly string[] =>
    observer
      .contacts()
      .filter(({ decoys: found }) => found.length > 0)
      .map(({ host }) => host);

  it.each([
    ['a whole request', `GET /${secret} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a line that is no request', `LEAK /${secret}\r\n\r\n`],
    ['a head that is too long', `GET /${secret} HTTP/1.1\r\nA: ${'b'.repeat(20_000)}\r\n\r\n`],
    ['a head without an end', `GET /${secret} HTTP/1.1\r\nHost: a\r\n`],
    ['the name of a tunnel', `CONNECT ${secret}.a.example:443 HTTP/1.1\r\n\r\n`],
    ['bytes behind a request', `GET / HTTP/1.1\r\nHost: a\r\n\r\n${secret}`],
  ])('sees a decoy in %s', async (_, bytes) => {
    wire(web, bytes);
    await seen(() => expect(leaked().length).toBeGreaterThan(0));
  });

  it('sees the bytes of a tunnel once', async () => {
    wire(web, 'CONNECT a.example:4444 HTTP/1.1\r\n\r\nhello');
    const places = (): readonly string[] =>
      observer.contacts().map(({ scheme, host, port }) => `${scheme}://${host}:${port}`);
    await seen(() => expect(places()).toEqual(['tcp://a.example:4444']));
  });

  it('sees a decoy in a question that is none', async () => {
    wire({ kind: 'dns', query: Buffer.from(`xxxx${secret}`).toString('base64') }, '');
    await seen(() => expect(leaked()).toEqual(['unnamed.invalid']));
  });

  it('sees a decoy behind a flood of requests, and says that there was one', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    for (let some = 0; some < 5; some++) {
      for (let one = 0; one < 82; one++) wire(web, request);
      await sleep(50);
    }
    await seen(() => expect(observer.overflowed()).toBe(true));
    expect(leaked()).toEqual([]);
    wire(web, `GET /${secret} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await seen(() => expect(leaked().length).toBeGreaterThan(0));
  });
});
