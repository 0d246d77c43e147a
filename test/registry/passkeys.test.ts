import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passkeyCounters } from '../../registry/passkey-schema.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import { testPasskey } from '../skills-index/story-keys.ts';
import { type DeskPasskey, deskPasskey, signedIn, type Visitor, visitor } from './desk-visit.ts';
import { call, state } from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

let world: Staffed;
let rita: Visitor;
const ritasPasskey: DeskPasskey = deskPasskey('rita');

beforeAll(async () => {
  world = await makeStaffedWorld();
  rita = await signedIn(world.send, world.tokens.rita);
});
afterAll(() => world.close());

describe('a passkey', () => {
  it.each([
    ['another origin', { origin: 'http://localhost.stranger.example' }],
    ['another site', { rpId: 'stranger.example' }],
    ['no verified user', { flags: 0x41 }],
    ['an assertion', { type: 'webauthn.get' }],
  ])('made with %s is refused', async (_what, lies) => {
    const page = await rita.get('/passkeys');
    expect((await rita.post('/passkeys', { response: ritasPasskey.create(page, lies) })).status).toBeGreaterThanOrEqual(400);
    expect((await call(world.send, '/api/v1/members/pending', { token: world.tokens.omar })).body.pending).toEqual([]);
  });

  it('is made for who asked, once', async () => {
    const omar = await signedIn(world.send, world.tokens.omar);
    const response = ritasPasskey.create(await rita.get('/passkeys'));
    expect(await omar.post('/passkeys', { response })).toMatchObject({ status: 401 });
    const fresh = ritasPasskey.create(await rita.get('/passkeys'));
    expect(await rita.post('/passkeys', { response: fresh })).toMatchObject({ status: 303 });
    expect(await rita.post('/passkeys', { response: fresh })).toMatchObject({ status: 401 });
    const { credentialId } = ritasPasskey.enrolled;
    expect((await rita.get('/passkeys')).html).toContain(
      `skill member add <bdi>rita</bdi> --passkey=${credentialId} <span data-passkey-key="${credentialId}">`,
    );
  });

  it('signs nobody in before an administrator has signed for it, and then its owner', async () => {
    const me = visitor(world.send);
    const login = async (lies = {}) =>
      me.post('/sign-in/passkey', { response: ritasPasskey.get(await me.get('/sign-in'), lies) });
    expect(await login()).toMatchObject({ status: 401 });
    const passkey = ritasPasskey.enrolled;
    await state(
      world.send,
      memberStatement({ nonce: freshNonce(), name: 'rita', roles: ['reviewer'], passkey, state: 'enrolled' }),
      world.trust.administrator,
    );
    for (const lies of [
      { origin: 'https://stranger.example' },
      { rpId: 'stranger.example' },
      { flags: 0x01 },
      { type: 'webauthn.create' },
      { challenge: 'A'.repeat(43) },
    ]) {
      expect(await login(lies)).toMatchObject({ status: 401 });
    }
    expect(me.cookie).toBe('');
    const response = ritasPasskey.get(await me.get('/sign-in'));
    expect(await me.post('/sign-in/passkey', { response })).toMatchObject({ status: 303, location: '/review' });
    expect((await me.get('/keys')).html).toContain('<bdi>rita</bdi>');
    expect(await visitor(world.send).post('/sign-in/passkey', { response })).toMatchObject({ status: 401 });
  });

  it('whose counter does not go up is refused as a copy, as the library refuses it; one that never counts is not', async () => {
    const counted = async (counter: number): Promise<number> => {
      const me = visitor(world.send);
      return (await me.post('/sign-in/passkey', { response: ritasPasskey.get(await me.get('/sign-in'), { counter }) })).status;
    };
    const library = async (counter: number, before: number): Promise<number> => {
      const bytes = Buffer.alloc(32, 7);
      const { credentialId, ...response } = testPasskey('rita').assert(bytes, { counter });
      const { publicKey } = ritasPasskey.enrolled;
      return verifyAuthenticationResponse({
        response: { id: credentialId, rawId: credentialId, response, type: 'public-key', clientExtensionResults: {} },
        expectedChallenge: bytes.toString('base64url'),
        expectedOrigin: 'https://skills.example',
        expectedRPID: 'skills.example',
        credential: { id: credentialId, publicKey: Uint8Array.from(Buffer.from(publicKey, 'base64url')), counter: before },
      }).then(
        () => 303,
        () => 401,
      );
    };
    await world.registry.db.read.delete(passkeyCounters);
    let before = 0;
    for (const counter of [0, 0, 40, 41, 41, 40, 0, 42]) {
      const answer = await counted(counter);
      expect([counter, answer]).toEqual([counter, await library(counter, before)]);
      if (answer === 303) before = counter;
    }
  });

  it.each(['', 'no json', '{}', '{"id":"x","rawId":"x","type":"public-key","response":{}}', '[]'])(
    'that is %j is no answer of a browser',
    async (response) => {
      expect(await visitor(world.send).post('/sign-in/passkey', { response })).toMatchObject({ status: 400 });
    },
  );

  it('is asked for within five minutes', async () => {
    const me = visitor(world.send);
    const response = ritasPasskey.get(await me.get('/sign-in'));
    world.wait(6 * 60_000);
    expect(await me.post('/sign-in/passkey', { response })).toMatchObject({ status: 401 });
  });
});
