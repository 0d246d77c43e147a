import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { closePack, closingPacks } from '../../cli/open-packs.ts';
import { packOpenedBytesMax } from '../../registry/index/limits.ts';
import { openPack } from '../../registry/index/open-pack.ts';
import { printPack } from '../../registry/log/print-pack.ts';
import { packBlobsMax, packBytesMax } from '../../skills-index/client/limits.ts';

const letters = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const statement = (payload: string, body: string): Buffer =>
  Buffer.from(`{"dsseEnvelope":{"payload":"${payload}"},"canonicalizedBody":"${body}"}`);

function opened(pack: Uint8Array): Buffer {
  return Buffer.from(openPack(pack) ?? []);
}

describe('a pack in its open form', () => {
  it('has the bytes of base64, and becomes the same pack', () => {
    const payload = Buffer.from(
      JSON.stringify({ name: '@acme/weekly-report', more: 'x'.repeat(99) }),
    );
    const pack = printPack([
      randomBytes(300),
      statement(letters(payload), letters(randomBytes(100))),
      statement(letters(randomBytes(64)), letters(randomBytes(65))),
      Buffer.alloc(0),
      Buffer.from('Umlaute: äöü'),
    ]);
    const open = opened(pack);
    expect(open.toString('latin1', 0, 17)).toBe('skillgate.pack/2 ');
    expect(open.includes(payload)).toBe(true);
    expect(open.byteLength).toBeLessThan(pack.byteLength);
    expect(closePack(open)).toEqual(pack);
  });

  it.each([
    ['without padding', `${'A'.repeat(65)}`],
    ['with bits behind the end', `${'A'.repeat(65)}B==`],
    ['of another alphabet', `${'A'.repeat(62)}-_AA`],
    ['that never ends', `${'A'.repeat(50_000)}`],
  ])('leaves letters %s as they are', (_, text) => {
    const pack = printPack([statement(text, text), Buffer.from(`"payload":"${text}`)]);
    expect(closePack(opened(pack))).toEqual(pack);
  });

  it('is not made of a large pack', () => {
    expect(openPack(printPack([Buffer.alloc(packOpenedBytesMax)]))).toBeUndefined();
  });
});

describe('a hostile open pack', () => {
  const heading = Buffer.from(`skillgate.pack/2 ${'0'.repeat(64)}\n`);
  const part = (kind: number, length: number, bytes: Uint8Array = Buffer.alloc(0)): Buffer => {
    const head = Buffer.from([kind, 0, 0, 0, 0]);
    head.writeUInt32BE(length, 1);
    return Buffer.concat([head, bytes]);
  };

  it.each([
    ['an unknown kind', [part(2, 1, Buffer.alloc(1))]],
    ['a part behind the end', [part(1, 0xffff_ffff, Buffer.alloc(10))]],
    ['half a head', [Buffer.from([0, 0])]],
    ['very many empty parts', Array.from({ length: 5 * packBlobsMax + 10 }, () => part(1, 0))],
  ])('with %s is no pack', (_, parts) => {
    const bytes = Buffer.concat([heading, ...parts]);
    expect(closePack(bytes)).toBe(bytes);
  });

  it('of any size is passed on, so that the reader stops at its limit', async () => {
    const closing = closingPacks();
    let read = 0;
    closing.on('data', (chunk: Buffer) => (read += chunk.byteLength));
    for (let sent = 0; sent <= 2 * packBytesMax; sent += 65_536)
      closing.write(Buffer.alloc(65_536));
    closing.end();
    await expect.poll(() => read).toBeGreaterThan(2 * packBytesMax);
  });
});

it('passes other answers on', async () => {
  const closing = closingPacks();
  closing.end('not found');
  expect(await text(closing)).toBe('not found');
});
