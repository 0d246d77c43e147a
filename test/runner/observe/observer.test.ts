import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
      folder,
      wireFolder: folder,
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

  const wire = async (first: object, bytes: string): Promise<void> => {
    const socket = connect(observer.wireSocket);
    socket.on('error', () => undefined).resume();
    socket.write(`${JSON.stringify(first)}\n${bytes}`);
    await sleep(150);
    socket.destroy();
  };
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
    ['bytes behind a request', `GET / HTTP/1.1\r\nHost: a\r\n\r\n${secret}`],
  ])('sees a decoy in %s', async (_, bytes) => {
    await wire(web, bytes);
    expect(leaked().length).toBeGreaterThan(0);
  });

  it('sees a decoy in a question that is none', async () => {
    await wire({ kind: 'dns', query: Buffer.from(`xxxx${secret}`).toString('base64') }, '');
    expect(leaked()).toEqual(['unnamed.invalid']);
  });

  it('sees a decoy behind a flood of requests, and says that there was one', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    for (let some = 0; some < 5; some++)
      await Promise.all(Array.from({ length: 82 }, () => wire(web, request)));
    expect(observer.overflowed()).toBe(true);
    expect(leaked()).toEqual([]);
    await wire(web, `GET /${secret} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(leaked().length).toBeGreaterThan(0);
  });
});
