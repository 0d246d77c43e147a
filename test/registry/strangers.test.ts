import { beforeEach, describe, expect, it } from 'vitest';
import { firstOwnersMax } from '../../registry/intake/identity-intake.ts';
import { signerOf, signerTriesMax } from '../../registry/people/signer.ts';
import {
  accountWritesBurst,
  accountWritesPerSecond,
  Buckets,
  networkOf,
  rateBucketsMax,
  strangerWritesBurst,
} from '../../registry/request-limits/write-limits.ts';
import { audit } from '../../registry/store/schema.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { signPayload, signStatement } from '../../skills-index/statement/sign.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { makeKey } from './people.ts';
import { call, makeSkill, publish, type Send, state } from './road.ts';
import { expectAnswer, expectCode, publishIn, rowsOf } from './steps.ts';
import { eachWorld } from './world.ts';

describe('a stranger', () => {
  const world = eachWorld();
  let send: Send;
  beforeEach(async () => {
    send = (path, init) =>
      world.send(path, { ...init, headers: { ...init?.headers, 'x-test-address': '192.0.2.1' } });
  });

  it('writes no more than the bucket of their address holds, also into the audit, and members still write', async () => {
    const nothing = () => call(send, '/api/v1/statements', { json: {} });
    const sent = await Promise.all(Array.from({ length: strangerWritesBurst }, nothing));
    expect(sent.every(({ status }) => status === 422)).toBe(true);
    const before = (await rowsOf(world, audit)).length;
    const refused = await send('/api/v1/versions', { method: 'POST', body: new FormData() });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    await expectCode(publish(send, makeSkill('@acme/x', '1.0.0'), makeKey()), 'too-many-requests');
    // A session that a scope's claim gives is no way round it.
    await expectAnswer(
      publish(send, makeSkill('@acme/x', '1.0.0'), makeKey(), {
        token: world.tokens.author,
      }),
      429,
    );
    expect(await rowsOf(world, audit)).toHaveLength(before);
    await expectAnswer(
      call(send, '/api/v1/jobs/lease', { token: world.tokens.scanner, json: {} }),
      200,
    );
    await expectAnswer(publishIn(world, makeSkill('@acme/x', '1.0.0')), 201);
    world.wait(1_000);
    await expectAnswer(nothing(), 422);
  });

  it.each([
    ['192.0.2.1', '192.0.2.2', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['2001:db8::1', '2001:db8:0:0:ffff::2', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
  ])('at %s and one at %s share a bucket: %s', (one, other, shared) => {
    const buckets = new Buckets({ burst: 3, perSecond: 1 });
    const takes = (address: string): boolean => buckets.take(networkOf(address), 0);
    for (let i = 0; i < 3; i++) expect(takes(one)).toBe(true);
    expect(takes(one)).toBe(false);
    expect(takes(other)).toBe(!shared);
    for (let i = 0; i < rateBucketsMax; i++) takes(`198.51.${i >> 8}.${i & 255}`);
    // Memory is bounded: who was silent longest is forgotten.
    expect(takes(one)).toBe(true);
  });

  it('who is signed in, from whatever address, writes no more than the bucket of their account holds', async () => {
    const { scanner, rita, author } = world.tokens;
    // No body, so that only the limit has work.
    const nothing = (token: string) =>
      world.send('/api/v1/jobs/lease', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    await Promise.all(Array.from({ length: accountWritesBurst }, () => nothing(scanner)));
    const refused = await nothing(scanner);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.text()).toContain('This account has sent too many requests');
    for (const token of [rita, author]) expect((await nothing(token)).status).not.toBe(429);
    world.wait(1_000);
    const later = [];
    for (let sent = 0; sent <= accountWritesPerSecond; sent++)
      later.push((await nothing(scanner)).status);
    expect(later.filter((status) => status === 429)).toHaveLength(1);
  });

  it('names few keys in the first claim of a scope', async () => {
    const keys = Array.from({ length: firstOwnersMax + 1 }, () => makeKey());
    const claim = (count: number) =>
      scopeStatement({
        scope: parseScope('many'),
        owners: keys.slice(0, count).map((key) => key.open),
      });
    const [first = makeKey()] = keys;
    await expectCode(state(world, claim(firstOwnersMax + 1), first), 'request-invalid');
    await expectAnswer(state(world, claim(firstOwnersMax), first), 201);
  });

  it('has one key tried when they name one, and few when they name none', async () => {
    const envelope = await signPayload('text/plain', Buffer.from('x'), world.rita);
    const known = new Map([world.author, world.rita].map(({ open }) => [open.keyId, open]));
    const likely = [
      ...Array.from({ length: signerTriesMax }, () => makeKey().open),
      world.rita.open,
    ];
    expect(signerOf({ envelope, hint: world.rita.keyId }, { known, likely: [] })).toEqual(
      world.rita.open,
    );
    expect(signerOf({ envelope, hint: world.author.keyId }, { known, likely })).toBeUndefined();
    expect(signerOf({ envelope }, { known, likely })).toBeUndefined();
    expect(signerOf({ envelope }, { known, likely: likely.slice(1) })).toEqual(world.rita.open);
  });

  it('may leave the hint out, for statements whose signers can be told', async () => {
    const key = makeKey();
    const envelope = await signStatement(
      scopeStatement({
        registry: registryIdOf(world.trust.root),
        scope: parseScope('plain'),
        owners: [key.open],
      }),
      key,
    );
    await expectAnswer(call(world, '/api/v1/statements', { json: envelope }), 201);
  });

  it('who names a known key and signs with another is refused before the statement is read', async () => {
    const json = await signPayload(
      'application/vnd.in-toto+json',
      Buffer.from('no statement'),
      makeKey(),
    );
    const answer = await call(world, '/api/v1/statements', {
      json,
      keyId: world.author.keyId,
    });
    await expectAnswer(answer, 403, 'key-unknown');
  });
});
