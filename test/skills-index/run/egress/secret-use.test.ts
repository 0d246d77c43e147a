import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { placeholderFor } from '../../../../runner/egress/placeholder.ts';
import {
  applySecret,
  authorizationV4,
  echoedParts,
  headerOf,
  isWellPlaced,
  type OutgoingRequest,
  type SentHeaders,
  sha256,
} from '../../../../skills-index/run/egress/secret-use.ts';
import type { SecretUse } from '../../../../skills-index/skill/capability.ts';

const placeholder = placeholderFor(new Uint8Array(16));
const now = new Date('2015-08-30T12:36:00.789Z');
const aws = 'AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const v4 = (more = ', SignedHeaders=host;x-amz-date, Signature=00ff'): string =>
  `AWS4-HMAC-SHA256 Credential=${placeholder}/20150830/eu-central-1/s3/aws4_request${more}`;

const applied = (
  as: SecretUse,
  value: string,
  headers: SentHeaders,
  more: Partial<OutgoingRequest> = {},
) =>
  applySecret({ as, placeholder }, value, {
    method: 'POST',
    target: '/v2/x?b=1&a=2',
    headers,
    body: Buffer.from('{"a":1}'),
    now,
    ...more,
  });

describe('the place of a placeholder', () => {
  it.each<[SecretUse, string, string, boolean]>([
    ['bearer', 'authorization', `Bearer ${placeholder}`, true],
    ['bearer', 'authorization', placeholder, false],
    ['bearer', 'x-key', `Bearer ${placeholder}`, false],
    ['basic', 'authorization', basic(`me:${placeholder}`), true],
    ['basic', 'authorization', `Bearer ${placeholder}`, false],
    // What follows a line end would be shown to a person as other headers and another body.
    ['basic', 'authorization', basic(`me:${placeholder}\r\n\r\nto=landlord`), false],
    ['basic', 'authorization', basic(`me:${placeholder}\0`), false],
    ['basic', 'authorization', basic(`Zoë€:${placeholder}`), true],
    ['header:X-Key', 'x-key', `v1 ${placeholder}`, true],
    ['header:X-Key', 'authorization', placeholder, false],
    ['hmac:X-Hub-Signature-256', 'x-hub-signature-256', `sha256=${placeholder}`, true],
    ['hmac:X-Hub-Signature-256', 'authorization', placeholder, false],
    ['sigv4', 'authorization', v4(), true],
    ['sigv4', 'authorization', v4(''), true],
    ['sigv4', 'authorization', `Bearer ${placeholder}`, false],
    ['sigv4', 'authorization', v4().replace('/eu-central-1', '/../eu-central-1'), false],
    ['sigv4', 'authorization', v4().replace('Credential=', 'Credential=AKIDOTHER'), false],
    ['sigv4', 'authorization', v4('x'), false],
    ['sigv4', 'x-amz-security-token', v4(), false],
  ])('as %s: %s: %s', (as, name, value, right) => {
    expect(isWellPlaced(name, value, { as, placeholder })).toBe(right);
    expect(headerOf({ as }) === name || !right).toBe(true);
  });
});

describe('a secret on a request', () => {
  it('takes the place of its placeholder, also inside a basic credential, and of no other header', () => {
    const other = ['X-Other', placeholder] as const;
    expect(applied('bearer', '$&1', [['authorization', `Bearer ${placeholder}`], other])).toEqual([
      ['authorization', 'Bearer $&1'],
      other,
    ]);
    expect(applied('header:X-Key', 'abc', [['X-KEY', `v1 ${placeholder}`]])).toEqual([
      ['X-KEY', 'v1 abc'],
    ]);
    expect(applied('basic', 'abc', [['Authorization', basic(`me:${placeholder}`)]])).toEqual([
      ['Authorization', basic('me:abc')],
    ]);
  });

  it('signs the body’s bytes as hmac, as GitHub and others check it', () => {
    const body = Buffer.from([0, 255, 10]);
    const digest = createHmac('sha256', 'key-0123').update(body).digest('hex');
    const sent = applied(
      'hmac:X-Hub-Signature-256',
      'key-0123',
      [['X-Hub-Signature-256', `sha256=${placeholder}`]],
      { body },
    );
    expect(sent).toEqual([['X-Hub-Signature-256', `sha256=${digest}`]]);
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries: its own
    // example.
    const known = applied('hmac:X-Sig', "It's a Secret to Everybody", [['X-Sig', placeholder]], {
      body: Buffer.from('Hello, World!'),
    });
    expect(known).toEqual([
      ['X-Sig', '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'],
    ]);
  });
});

describe('a request that was signed for AWS with a placeholder', () => {
  const host = ['Host', 'bucket.s3.example'] as const;
  const kept = [
    host,
    ['Content-Type', 'application/json'],
    ['X-Amz-Acl', 'private'],
    ['Accept', '*/*'],
  ] as const;
  const made = ['X-Amz-Date', 'X-Amz-Content-Sha256', 'X-Amz-Security-Token'];
  const old = made.map((name) => [name.toLowerCase(), 'of the sandbox'] as const);

  it.each([
    ['an SDK’s', v4(), undefined],
    ['unsigned', v4(''), undefined],
    ['with a session', v4(), 'session/token=='],
  ])('%s is signed anew with the runner’s date over what leaves', (_, authorization, token) => {
    const value = token === undefined ? aws : `${aws}:${token}`;
    const sent = applied('sigv4', value, [...kept, ...old, ['authorization', authorization]]) ?? [];
    const headers: SentHeaders = [
      ...kept,
      ['X-Amz-Date', '20150830T123600Z'],
      ['X-Amz-Content-Sha256', sha256('{"a":1}')],
      ...(token === undefined ? [] : [['X-Amz-Security-Token', token] as const]),
    ];
    expect(sent.slice(0, -1)).toEqual(headers);
    const [id = '', secret = ''] = aws.split(':');
    const signed = {
      method: 'POST',
      target: '/v2/x?b=1&a=2',
      payload: sha256('{"a":1}'),
      date: '20150830T123600Z',
    };
    const expected = authorizationV4(
      {
        ...signed,
        headers: headers.filter(([name]) => name !== 'Accept'),
        region: 'eu-central-1',
        service: 's3',
      },
      { id, secret },
    );
    expect(sent.at(-1)).toEqual(['Authorization', expected]);
    expect(JSON.stringify(sent)).not.toMatch(/skillgate-secret|of the sandbox|wJalr/);
  });

  it('keeps the word for a body with checksums behind it, and is not sent where each part has a signature of its own', () => {
    const hash = (word: string) =>
      applied('sigv4', aws, [host, ['x-amz-content-sha256', word], ['authorization', v4()]]);
    expect(hash('STREAMING-UNSIGNED-PAYLOAD-TRAILER')).toContainEqual([
      'X-Amz-Content-Sha256',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    ]);
    expect(hash('UNSIGNED-PAYLOAD')).toContainEqual(['X-Amz-Content-Sha256', sha256('{"a":1}')]);
    expect(hash('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toBeUndefined();
  });

  it.each([
    ['without a scope', aws, 'Bearer x', '/'],
    ['with a secret of one part', 'only-one-part', v4(), '/'],
    ['with a target of two readings', aws, v4(), '/?a=b+c'],
  ])('%s is not sent', (_, value, authorization, target) => {
    expect(
      applied('sigv4', value, [host, ['authorization', authorization]], { target }),
    ).toBeUndefined();
  });

  it('has three parts that an answer could echo', () => {
    expect(echoedParts({ as: 'sigv4' }, `${aws}:t`)).toEqual([...aws.split(':'), 't']);
    expect(echoedParts({ as: 'bearer' }, 'a:b')).toEqual(['a:b']);
  });
});
