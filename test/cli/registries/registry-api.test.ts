import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { askRegistry, fetchStoredBlob } from '../../../cli/registries/registry-api.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import type { Problem } from '../../../skills-index/skill/problem.ts';
import { problemCodes } from '../../../skills-index/skill/problem-codes.ts';
import { problemOf } from '../../../skills-index/skill/thrown.ts';
import { noRegistry } from '../command-line.ts';

const registryBase = 'https://skills.example';
const answers =
  (body: ConstructorParameters<typeof Response>[0], init: ResponseInit = {}): typeof fetch =>
  async () =>
    new Response(body, init);
const ask = (fetch: typeof globalThis.fetch) =>
  askRegistry({ registryBase, fetch }, '/x', v.looseObject({ ok: v.boolean() }));
const problem = (document: object, status: number) =>
  answers(JSON.stringify(document), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });

describe('calls to the registry', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
    ['CERT_HAS_EXPIRED', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
    ['CERT_REVOKED', false],
    ['ECONNREFUSED', false],
  ])('name the variable for an own authority after %s: %s', async (code, isNamed) => {
    const failing: typeof fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('why'), { code }) });
    };
    // Node's own HTTP client throws the cause itself.
    const failingHere: typeof fetch = async () => {
      throw Object.assign(new Error('why'), { code });
    };
    for (const one of [failing, failingHere]) {
      const thrown = await ask(one).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'registry-down' });
      expect(String((thrown as Problem).hint).includes('NODE_EXTRA_CA_CERTS')).toBe(isNamed);
    }
  });

  it.each<[string, typeof fetch, string, RegExp]>([
    ['nobody is there', noRegistry, 'registry-down', /Cannot reach https:\/\/skills.example/],
    ['it answers HTML', answers('<html>'), 'registry-answer-invalid', /not JSON/],
    [
      'it answers another form',
      answers('{"ok":"yes"}'),
      'registry-answer-invalid',
      /Cannot read the answer/,
    ],
    ['it repeats a key', answers('{"ok":true,"ok":false}'), 'registry-answer-invalid', /not JSON/],
    [
      'it fails without a reason',
      answers('oops', { status: 500 }),
      'registry-answer-invalid',
      /status 500/,
    ],
    [
      'it refuses with a reason',
      problem({ code: 'version-exists', detail: 'there' }, 409),
      'version-exists',
      /^there$/,
    ],
    [
      'it refuses with a code of a later version',
      problem({ code: 'new-code', detail: 'why' }, 400),
      'registry-answer-invalid',
      /new-code: why/,
    ],
    [
      'it fails inside',
      problem({ code: 'internal', detail: 'why' }, 500),
      'registry-answer-invalid',
      /internal: why/,
    ],
    [
      'it names a member of every object',
      problem({ code: 'constructor', detail: 'why' }, 400),
      'registry-answer-invalid',
      /constructor/,
    ],
  ])('fail with a code when %s', async (_, fetch, code, says) => {
    await expect(ask(fetch)).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
  });

  it('keep the reasons with their places, and the hint', async () => {
    const reasons = [
      { message: 'a', place: { path: 'skill.json', line: 1, column: 2 } },
      { message: 'b' },
    ];
    await expect(
      ask(problem({ code: 'manifest-invalid', detail: 'no', hint: 'mend', reasons }, 422)),
    ).rejects.toMatchObject({
      hint: 'mend',
      reasons,
    });
  });

  it('stop reading an answer that has no end', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 8 * 1024 * 1024;
        controller.enqueue(new Uint8Array(8 * 1024 * 1024));
      },
    });
    await expect(ask(answers(body))).rejects.toMatchObject({ code: 'registry-answer-invalid' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('follow no redirect, which would carry the token elsewhere, and send it only as bearer', async () => {
    let seen: RequestInit | undefined;
    const fetch: typeof globalThis.fetch = async (_, init) => {
      seen = init;
      return new Response('{"ok":true}');
    };
    await askRegistry({ registryBase, fetch }, '/x', v.looseObject({}), {
      token: 't',
      json: { a: 1 },
    });
    expect(seen).toMatchObject({
      redirect: 'error',
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: '{"a":1}',
    });
  });

  it('refuse a blob whose bytes are others', async () => {
    const world = { registryBase, fetch: answers('other') };
    await expect(fetchStoredBlob(world, digestOf('these'), 't')).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    expect(
      await fetchStoredBlob({ registryBase, fetch: answers('these') }, digestOf('these'), 't'),
    ).toEqual(Buffer.from('these'));
  });
});

describe('an interruption', () => {
  const stopped: typeof fetch = async () => {
    throw new DOMException('This operation was aborted', 'AbortError');
  };

  it.each([
    ['GET', {}, /^Interrupted while the command waited for the registry’s answer$/],
    ['POST', { json: {} }, /the data may have arrived$/],
  ] as const)('of a %s is no registry that is down', async (_, request, says) => {
    const asked = askRegistry({ registryBase, fetch: stopped }, '/x', v.unknown(), request);
    await expect(asked).rejects.toMatchObject({
      code: 'interrupted',
      message: expect.stringMatching(says),
    });
  });

  it('says what may have arrived, and to look', async () => {
    const thrown = await askRegistry({ registryBase, fetch: stopped }, '/x', v.unknown(), {
      json: {},
    }).catch((cause) => cause);
    expect(problemOf(thrown, true)).toBe(thrown);
    expect(problemOf(new TypeError('x'), true)).toMatchObject({
      code: 'interrupted',
      message: 'Interrupted',
    });
    expect(problemCodes.interrupted.fix).toContain('skillgate status');
  });
});
