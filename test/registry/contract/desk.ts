/** The desk: a one-time link, its session, the pages, and an approval by passkey. */

import { expect } from 'vitest';
import { memberStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { deskPasskey, linkOf, pathOf, signedIn, visitor } from '../desk-visit.ts';
import { makeSkill, state } from '../road.ts';
import { bodyAt } from '../steps.ts';
import type { Cast } from './cast.ts';

export async function walkDesk(cast: Cast): Promise<void> {
  const { send, trust, tokens } = cast;
  const skill = makeSkill('@acme/desk', '1.0.0', { files: { 'guide.md': 'Read me.\n' } });
  await cast.offer(skill);
  const stranger = visitor(send);
  expect(await stranger.get('')).toMatchObject({ status: 303, location: '/review/sign-in' });

  const link = await linkOf(send, tokens.rita);
  expect((await stranger.get(link)).html).toContain('Sign in as');
  const rita = await signedIn(send, tokens.rita);
  expect((await rita.get('')).html).toContain('@acme/desk');
  for (const path of [pathOf(skill), `${pathOf(skill)}/files/guide.md`, '/passkeys'])
    expect((await rita.get(path)).status, path).toBe(200);
  const asked = { reason: 'What do you count?' };
  expect((await rita.post(`${pathOf(skill)}/ask`, asked)).status).toBe(303);

  const { base } = await bodyAt(send, '/index/config.json');
  const passkey = deskPasskey('rita', base);
  const response = passkey.create(await rita.get('/passkeys'));
  expect((await rita.post('/passkeys', { response })).status).toBe(303);
  const enrolled = memberStatement({
    nonce: freshNonce(),
    name: 'rita',
    roles: ['reviewer'],
    passkey: passkey.enrolled,
    state: 'enrolled',
  });
  expect((await state(send, enrolled, trust.administrator)).status).toBe(201);
  const drafted = await rita.post(`${pathOf(skill)}/approve`, {
    reason: 'read it',
    reviewer: `passkey:${passkey.enrolled.credentialId}`,
  });
  const at = (drafted.location ?? '').replace('/review', '');
  const lie = passkey.get(await rita.get(at), { origin: 'https://stranger.example' });
  expect((await rita.post(at, { response: lie })).status).toBe(403);
  expect(await rita.post(at, { response: passkey.get(await rita.get(at)) })).toMatchObject({
    status: 303,
    location: expect.stringContaining('done=signed'),
  });
  expect(await cast.statusOf(skill)).toBe('approved');

  await rita.post('/sign-out');
  expect((await rita.get('')).status).toBe(303);
}
