import { describe, expect, it } from 'vitest';
import {
  createLink,
  createSession,
  endSession,
  peekLink,
  readSession,
  redeemLink,
} from '../../../registry/sign-in/sessions.ts';
import { sessions, tickets } from '../../../registry/store/session-schema.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { sessionText } from '../../../skills-index/trust/signatures/session-text.ts';
import { makeKey, makeRoot, signText } from '../people.ts';
import { call, enrol, signIn, state } from '../road.ts';
import { expectAnswer, expectCode, reviewerStatement, rowsOf, signInAs } from '../steps.ts';
import { oneWorld } from '../world.ts';

const minute = 60_000;

describe('sign-in', () => {
  const world = oneWorld();

  const challenge = async (keyId: string): Promise<string> =>
    (await call(world, '/api/v1/session/challenge', { json: { keyId } })).body.nonce;
  const answer = (keyId: string, nonce: string, signature: string) =>
    call(world, '/api/v1/session', { json: { keyId, nonce, signature } });

  it('by key says who one is: a member, an owner of scopes, or an administrator of the root file', async () => {
    const whoami = async (token: string): Promise<unknown> =>
      (await call(world, '/api/v1/whoami', { token })).body;
    expect(await whoami(world.tokens.rita)).toMatchObject({
      member: { name: 'rita', roles: ['reviewer'] },
      scopes: [],
    });
    expect(await whoami(world.tokens.author)).toMatchObject({ member: null, scopes: ['acme'] });
    const token = await signIn(world, world.trust.administrator);
    expect(await whoami(token)).toMatchObject({
      member: { name: 'administrator', roles: ['administrator'] },
    });
  });

  it('is refused to an unknown key, a wrong signature, another registry and a nonce used before or too old', async () => {
    const { rita } = world;
    const here = { root: rootFingerprint(world.trust.root), base: 'http://localhost' };
    const text = (nonce: string, at: Partial<typeof here> = {}): string =>
      sessionText({ ...here, ...at, nonce });
    await expectAnswer(
      call(world, '/api/v1/session/challenge', { json: { keyId: makeKey().keyId } }),
      403,
      'key-unknown',
    );
    const nonce = await challenge(rita.keyId);
    await expectCode(
      answer(rita.keyId, nonce, signText(makeKey(), text(nonce))),
      'signature-invalid',
    );
    await expectCode(answer(rita.keyId, nonce, signText(rita, text(nonce))), 'signature-invalid');
    // What a stranger's registry would pass on: signed for its own root, or for its own address.
    for (const elsewhere of [
      { root: rootFingerprint(makeRoot().root) },
      { base: 'https://evil.example' },
    ]) {
      const other = await challenge(rita.keyId);
      await expectCode(
        answer(rita.keyId, other, signText(rita, text(other, elsewhere))),
        'signature-invalid',
      );
    }
    const omars = await challenge(world.omar.keyId);
    await expectCode(answer(rita.keyId, omars, signText(rita, text(omars))), 'signature-invalid');
    const late = await challenge(rita.keyId);
    world.wait(6 * minute);
    await expectCode(answer(rita.keyId, late, signText(rita, text(late))), 'signature-invalid');
    const used = await challenge(rita.keyId);
    await expectAnswer(answer(rita.keyId, used, signText(rita, text(used))), 200);
    await expectCode(answer(rita.keyId, used, signText(rita, text(used))), 'signature-invalid');
  });

  it('ends with its 60 minutes, with its key, and when asked to', async () => {
    const { registry, send, trust } = world;
    const eve = makeKey();
    await enrol(send, trust.administrator, { name: 'eve', roles: ['reviewer'], key: eve });
    const token = await signIn(send, eve);
    await expectAnswer(call(send, '/api/v1/whoami', { token }), 200);
    await state(send, reviewerStatement('eve', { key: eve.open }, 'ended'), trust.administrator);
    await expectAnswer(call(send, '/api/v1/whoami', { token }), 401, 'not-signed-in');
    const ritas = await signInAs(world, 'rita');
    world.wait(61 * minute);
    await expectAnswer(call(send, '/api/v1/whoami', { token: ritas }), 401);
    const last = await signInAs(world, 'rita');
    await endSession(registry, last);
    await expectAnswer(call(send, '/api/v1/whoami', { token: last }), 401);
  });

  it('in the desk ends after 30 idle minutes and after 12 hours', async () => {
    const { registry, rita } = world;
    const subject = { kind: 'key', keyId: rita.keyId } as const;
    const idle = await createSession(registry, subject, 'desk');
    world.wait(29 * minute);
    expect(await readSession(registry, idle.token, 'desk')).toMatchObject({
      actor: { member: { name: 'rita' } },
    });
    world.wait(29 * minute);
    expect(await readSession(registry, idle.token, 'desk')).toBeDefined();
    world.wait(31 * minute);
    expect(await readSession(registry, idle.token, 'desk')).toBeUndefined();
    const busy = await createSession(registry, subject, 'desk');
    for (let i = 0; i < 26; i++) {
      world.wait(27 * minute);
      await readSession(registry, busy.token, 'desk');
    }
    world.wait(27 * minute);
    expect(await readSession(registry, busy.token, 'desk')).toBeUndefined();
  });

  it('keeps a desk’s cookie and a bearer token apart', async () => {
    const { registry, rita } = world;
    const desk = await createSession(registry, { kind: 'key', keyId: rita.keyId }, 'desk');
    expect(await readSession(registry, desk.token, 'token')).toBeUndefined();
    await expectAnswer(call(world, '/api/v1/whoami', { token: desk.token }), 401);
  });

  it('by a link works once, for five minutes, for one of two who come at once', async () => {
    const { registry, rita } = world;
    const subject = { kind: 'key', keyId: rita.keyId } as const;
    const link = await createLink(registry, subject);
    expect(await peekLink(registry, link)).toMatchObject({ member: { name: 'rita' } });
    const both = await Promise.all([redeemLink(registry, link), redeemLink(registry, link)]);
    expect(both.filter((one) => one !== undefined)).toHaveLength(1);
    const late = await createLink(registry, subject);
    world.wait(6 * minute);
    expect(await redeemLink(registry, late)).toBeUndefined();
    expect(await redeemLink(registry, 'guess')).toBeUndefined();
    const token = await signInAs(world, 'rita');
    const { body } = await call(world, '/api/v1/session/link', { token, json: {} });
    expect(body.url).toMatch(/^http:\/\/localhost\/review\/sign-in\?link=[\w-]{43}$/);
  });

  it('leaves no secret in the database', async () => {
    const { registry, rita } = world;
    const subject = { kind: 'key', keyId: rita.keyId } as const;
    const { token } = await createSession(registry, subject, 'token');
    const link = await createLink(registry, subject);
    const rows = JSON.stringify([
      await rowsOf({ registry }, sessions),
      await rowsOf({ registry }, tickets),
    ]);
    expect(rows).not.toContain(token);
    expect(rows).not.toContain(link);
  });
});
