import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { diskStore } from '../../../cli/registries/carry-memory.ts';
import { requestSender } from '../../../cli/send-request.ts';
import { openSkill } from '../../../runner/admission/catalogue.ts';
import { fetchBlob, fetchNamed, type Source } from '../../../skills-index/client/blobs.ts';
import { memoryStore, type Store } from '../../../skills-index/client/store.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { type Digest, digestOf, hexOf } from '../../../skills-index/skill/digest.ts';

const content = Buffer.from('# Weekly report\n'.repeat(64));
const packed = packBundle([{ path: 'SKILL.md', bytes: content, mode: 0o644 }]);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A registry on loopback that answers for the file as it is told to, and honestly for the list of
 * files.
 */
let answer: Answer;
let server: Server;
let base = '';
let sent = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('connection', 'close');
    if (request.url === `/blobs/sha256/${hexOf(packed.digest)}`) response.end(packed.bytes);
    else if (request.url === '/elsewhere') response.end(content);
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ways = { fetch: globalThis.fetch, 'our own': requestSender(new AbortController().signal) };
let fetch: Source['fetch'] = globalThis.fetch;

function source(store: Store = memoryStore(), signal?: AbortSignal): Source {
  return { fetch, store, base, ...(signal === undefined ? {} : { signal }) };
}

async function readSkillMd(of: Source): Promise<Uint8Array> {
  const skill = await openSkill(packed.digest, (digest, bytesMax) =>
    fetchBlob(of, digest, bytesMax),
  );
  return skill.read('SKILL.md');
}

const plain =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, headers);
    response.end(bytes);
  };

/** Writes until the other side has had enough. */
const endless =
  (chunk: Buffer, headers: Record<string, string>): Answer =>
  (_, response) => {
    response.writeHead(200, headers);
    sent = 0;
    const more = (): void => {
      if (response.destroyed || sent > 512 * 1024 * 1024) return void response.end();
      sent += chunk.length;
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  };

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const hostile: readonly (readonly [string, Answer, RegExp])[] = [
  ['other bytes', plain(Buffer.from(content).fill('x', 0, 1)), /signature-invalid/],
  ['a byte more', plain(Buffer.concat([content, Buffer.from('x')])), /registry-answer-invalid/],
  ['bytes without an end', endless(Buffer.alloc(65_536), {}), /registry-answer-invalid/],
  [
    'a length that is too short',
    plain(content, { 'content-length': '5' }),
    /signature-invalid|registry-down/,
  ],
  [
    'a redirect',
    (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    /registry-down/,
  ],
  ['a bomb of gzip', plain(bomb, { 'content-encoding': 'gzip' }), /registry-answer-invalid/],
  [
    'a bomb without an end',
    endless(bomb, { 'content-encoding': 'gzip' }),
    /registry-answer-invalid/,
  ],
  [
    'plain bytes that it calls gzip',
    plain(content, { 'content-encoding': 'gzip' }),
    /registry-down/,
  ],
  [
    'gzip with a second member',
    plain(Buffer.concat([gzipSync(content), gzipSync(Buffer.from('x'))]), {
      'content-encoding': 'gzip',
    }),
    /registry-answer-invalid|signature-invalid/,
  ],
  [
    'an error with the right bytes',
    (_, response) => response.writeHead(500).end(content),
    /registry-down/,
  ],
  [
    'a refusal with the right bytes',
    (_, response) => response.writeHead(403).end(content),
    /registry-answer-invalid/,
  ],
  ['no answer', (request) => request.socket.destroy(), /registry-down/],
];

describe.each(Object.entries(ways))('a file that is fetched when it is opened, by %s', (_, way) => {
  beforeEach(() => {
    fetch = way;
  });

  it('is given out whole, and kept', async () => {
    answer = plain(content);
    const store = memoryStore();
    expect(Buffer.from(await readSkillMd(source(store))).equals(content)).toBe(true);
    expect(await store.get(digestOf(content))).toBeDefined();
    answer = plain(gzipSync(content), { 'content-encoding': 'gzip' });
    expect(Buffer.from(await readSkillMd(source())).equals(content)).toBe(true);
  });

  it.each(hostile)(
    'gives out and keeps nothing when the registry sends %s',
    async (_, lie, code) => {
      answer = lie;
      const kept: Digest[] = [];
      const store = memoryStore();
      const put = async (digest: Digest, bytes: Uint8Array): Promise<void> => {
        kept.push(digest);
        await store.put(digest, bytes);
      };
      const watched = { ...store, put };
      const refusal = await readSkillMd(source(watched)).then(
        () => 'given out',
        (cause: unknown) => String(Reflect.get(Object(cause), 'code')),
      );
      // Ours knows one packing and refuses others.
      if (way === globalThis.fetch || refusal !== 'registry-down') expect(refusal).toMatch(code);
      expect(kept).toEqual([packed.digest]);
      // It was stopped, not read to its end.
      expect(sent).toBeLessThan(256 * 1024 * 1024);
    },
  );

  it('gives out no byte of what drips until its time is over', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      let at = 0;
      const drip = setInterval(() => response.write(content.subarray(at, ++at)), 10);
      response.on('close', () => clearInterval(drip));
    };
    const begun = performance.now();
    await expect(
      readSkillMd(source(memoryStore(), AbortSignal.timeout(300))),
    ).rejects.toMatchObject({ code: 'registry-down' });
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('is never asked for without a time', async () => {
    let signal: AbortSignal | null | undefined;
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      signal = init?.signal;
      return new Response(content);
    };
    await fetchBlob({ ...source(), fetch: fetch as typeof globalThis.fetch }, digestOf(content));
    expect(signal).toBeInstanceOf(AbortSignal);
  });
});

describe.each(Object.entries(ways))('a file that changes, read by %s', (_, get) => {
  const named = (isGood?: (bytes: Uint8Array) => boolean) => ({
    name: 'status.json',
    path: '/index/status.json',
    bytesMax: 1_000,
    ...(isGood === undefined ? {} : { isGood }),
  });
  const asked: (string | undefined)[] = [];
  /** Answers as a registry does: 304 where the client has these bytes. */
  const conditional =
    (bytes: string): Answer =>
    (request, response) => {
      asked.push(request.headers['if-none-match']);
      const tag = `"${hexOf(digestOf(bytes))}"`;
      response.writeHead(request.headers['if-none-match'] === tag ? 304 : 200, { etag: tag });
      response.end(request.headers['if-none-match'] === tag ? undefined : bytes);
    };
  const text = async (of: Source, isGood?: (bytes: Uint8Array) => boolean) =>
    Buffer.from((await fetchNamed(of, named(isGood))) ?? '').toString();
  beforeEach(() => {
    fetch = get;
    asked.length = 0;
  });

  it('is sent once while it stays the same, and again when it changes', async () => {
    const of = source();
    answer = conditional('one');
    expect([await text(of), await text(of)]).toEqual(['one', 'one']);
    answer = conditional('two');
    expect([await text(of), await text(of)]).toEqual(['two', 'two']);
    const [one, two] = ['one', 'two'].map((bytes) => `"${hexOf(digestOf(bytes))}"`);
    expect(asked).toEqual([undefined, one, one, two]);
  });

  it('is never taken from an answer without content that nobody asked for', async () => {
    answer = (_, response) => {
      response.writeHead(304);
      response.end();
    };
    await expect(text(source())).rejects.toMatchObject({ code: 'registry-answer-invalid' });
  });

  it('is asked for whole when the last answer was not good enough to keep', async () => {
    const of = source();
    answer = conditional('bad');
    await text(of, () => false);
    await text(of, () => false);
    expect(asked).toEqual([undefined, undefined]);
  });
});

describe('a file in the cache on disk', () => {
  const home = mkdtempSync(join(tmpdir(), 'skillgate-blobs-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const store = diskStore(
    { cache: join(home, 'cache'), data: join(home, 'data') },
    digestOf('root'),
  );
  const place = join(home, 'cache/blobs/sha256', hexOf(digestOf(content)));

  it('is checked at each read: what was changed is fetched again, and offline it is refused', async () => {
    answer = plain(content);
    const skill = await openSkill(packed.digest, (digest, bytesMax) =>
      fetchBlob(source(store), digest, bytesMax),
    );
    await skill.read('SKILL.md');
    for (const change of [
      Buffer.from('evil'),
      Buffer.alloc(0),
      Buffer.concat([content, Buffer.from('\n')]),
    ]) {
      writeFileSync(place, change);
      expect(Buffer.from(await skill.read('SKILL.md')).equals(content)).toBe(true);
      writeFileSync(place, change);
      const offline = await openSkill(packed.digest, (digest) =>
        fetchBlob({ ...source(store), offline: true }, digest),
      );
      await expect(offline.read('SKILL.md')).rejects.toMatchObject({ code: 'registry-down' });
    }
  });

  it('is checked again by the reader itself, whoever hands it over', async () => {
    const skill = await openSkill(packed.digest, async (digest) =>
      digest === packed.digest ? packed.bytes : Buffer.from('evil'),
    );
    await expect(skill.read('SKILL.md')).rejects.toMatchObject({ code: 'bundle-invalid' });
  });
});

describe('a refusal', () => {
  const refuse =
    (status: number, body: unknown): Answer =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };

  it.each([
    [
      'of a full disk',
      507,
      { detail: 'The disk is full', hint: 'Tell the operator of the registry' },
      'registry-down',
      'The disk is full. Tell the operator of the registry',
    ],
    [
      'of a private registry',
      401,
      { detail: 'This registry is private', hint: 'Ask its operator for a token' },
      'registry-answer-invalid',
      'This registry is private. Ask its operator for a token',
    ],
    ['with signs for a terminal', 503, { hint: 'now\u001b[2J\u202e' }, 'registry-down', 'now[2J'],
    ['without an end', 503, `{"hint":"${'x'.repeat(100_000)}"}`, 'registry-down', undefined],
  ])('%s is told as the registry tells it', async (_, status, body, code, hint) => {
    answer = refuse(status, body);
    await expect(readSkillMd(source())).rejects.toMatchObject({ code, hint });
  });
});
