import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverSome } from '../../../registry/notices/deliver.ts';
import { parseSignOn } from '../../../registry/serving/sign-on-settings.ts';
import {
  deskPasskey,
  pathOf,
  scanned,
  signedIn,
  statusOf,
  type Visitor,
  visitor,
} from '../desk-visit.ts';
import { makeKey, type TestKey } from '../people.ts';
import { call, enrol, type Skill, signIn, state } from '../road.ts';
import { callAs, deskOf, expectAnswer, reviewerStatement } from '../steps.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';
import { type Lies, makeProvider, type TestProvider, unsigned } from './identity-provider.ts';

const issuer = 'https://login.acme.example';
const minute = 60_000;
const rita = {
  sub: '00u1',
  email: 'rita@acme.example',
  email_verified: true,
  groups: ['skill-reviewers', 'everybody'],
};

let world: Staffed;
let provider: TestProvider;
let ruth: TestKey;
/** What the operator reads. */
let warnings: string[];
beforeEach(async () => {
  warnings = [];
  world = await makeStaffedWorld({
    signOn: async (now) => {
      provider = await makeProvider(issuer, now);
      provider.person = rita;
      return parseSignOn(
        {
          issuer,
          clientId: provider.clientId,
          clientSecret: provider.clientSecret,
          readers: ['everybody'],
          reviewers: ['skill-reviewers'],
          operators: ['platform'],
          hours: 2,
        },
        provider.fetch,
        (line) => warnings.push(line),
      );
    },
  });
  ruth = makeKey();
  const { administrator } = world.trust;
  await enrol(world, administrator, {
    name: 'ruth',
    roles: ['reviewer'],
    key: ruth,
    identities: [{ issuer, subject: rita.email }],
  });
});
afterEach(() => world.close());

/** A browser that begins to sign in: the address at the provider, and the cookie. */
async function begin(next = '/review', me = visitor(world.send)) {
  const page = await me.get(`/sign-in/start?next=${encodeURIComponent(next)}`);
  const cookie = page.headers
    .getSetCookie()
    .find((one) => one.startsWith('__Host-skillgate-sign-on='))
    ?.split(';')[0];
  return { me, page, at: new URL(page.location ?? 'about:blank'), cookie: cookie ?? '' };
}

/** The provider sends the browser back to this path below /review. */
async function consent(at: URL): Promise<URL> {
  const answer = await provider.answer(new Request(at));
  return new URL(answer.headers.get('location') ?? 'about:blank');
}

/** The browser follows the provider's redirect, with its cookie. */
async function comeBack(me: Visitor, back: URL, cookie: string) {
  me.cookie = cookie;
  return me.get(back.pathname.replace('/review', '') + back.search);
}

/** Signs in; the visitor has the desk's cookie afterwards. */
async function signOn(next?: string) {
  const { me, at, cookie } = await begin(next);
  const page = await comeBack(me, await consent(at), cookie);
  return { me, page };
}

const ofSession = (me: Visitor): boolean => me.cookie.startsWith('__Host-skillgate=');

describe('single sign-on', () => {
  it('opens the desk, under the exact callback, and goes on to the page that was asked for', async () => {
    const stranger = visitor(world.send);
    const asked = await stranger.get('/@acme/count/1.0.1?after=2');
    expect(asked).toMatchObject({
      status: 303,
      location: `/review/sign-in?next=${encodeURIComponent('/review/@acme/count/1.0.1?after=2')}`,
    });
    expect((await stranger.get('/sign-in')).html).toContain('Sign in at');
    const { at } = await begin();
    expect(Object.fromEntries(at.searchParams)).toMatchObject({
      redirect_uri: 'http://localhost/review/sign-in/callback',
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    });
    const { me, page } = await signOn('/review/@acme/count/1.0.1?after=2');
    expect(page.html).toContain('content="0; url=/review/@acme/count/1.0.1?after=2"');
    const cookies = page.headers.getSetCookie();
    expect(cookies.find((one) => one.startsWith('__Host-skillgate='))).toMatch(
      /HttpOnly; Secure; SameSite=Strict$/,
    );
    const queue = await me.get('');
    expect(queue.status).toBe(200);
    expect(queue.html).toContain('ruth');
  });

  it('lets the reviewer approve with the passkey of the member that the identity names', async () => {
    const passkey = deskPasskey('ruth');
    await state(
      world,
      reviewerStatement('ruth', { passkey: passkey.enrolled }, 'enrolled', {
        identities: [{ issuer, subject: rita.email }],
      }),
      world.trust.administrator,
    );
    const skill = await scanned(world, 1, 'pass');
    const { me } = await signOn();
    const draft = await me.post(`${pathOf(skill)}/approve`, {
      reason: 'It counts words and does nothing else.',
      reviewer: `passkey:${passkey.enrolled.credentialId}`,
    });
    expect(draft.status).toBe(303);
    const page = await me.get(draft.location?.replace('/review', '') ?? '');
    // The provider's own word is worth nothing here: an assertion of another key is refused.
    const forged = deskPasskey('thief').get(page);
    const path = draft.location?.replace('/review', '') ?? '';
    await expectAnswer(me.post(path, { response: forged }), 403);
    expect(await statusOf(world, skill)).toBe('in review');
    await expectAnswer(me.post(path, { response: passkey.get(page) }), 303);
    expect(await statusOf(world, skill)).toBe('approved');
  });

  it('ends at the sign-out, without use, and after the hours of the settings', async () => {
    const out = (await signOn()).me;
    const { cookie } = out;
    await expectAnswer(out.get(''), 200);
    await out.post('/sign-out');
    out.cookie = cookie;
    expect((await out.get('')).location).toContain('/review/sign-in');

    const idle = (await signOn()).me;
    world.wait(31 * minute);
    await expectAnswer(idle.get(''), 303);

    const busy = (await signOn()).me;
    for (let i = 0; i < 5; i++) {
      world.wait(20 * minute);
      await expectAnswer(busy.get(''), 200);
    }
    world.wait(20 * minute);
    await expectAnswer(busy.get(''), 303);
  });

  it('reads the groups again at each sign-in, and the settings at each request', async () => {
    const { me } = await signOn();
    provider.person = { ...rita, groups: ['others'] };
    const { page } = await signOn();
    expect(page.status).toBe(403);
    expect(page.html).toContain('None of your groups has a role');
    await expectAnswer(me.get(''), 200);
    const { signOn: now } = world.registry;
    if (now === undefined) throw new Error('no single sign-on');
    (now.config as { groups: object }).groups = {
      read: ['board'],
      review: [],
      operate: [],
    };
    await expectAnswer(me.get(''), 303);
  });

  it('makes nobody a reviewer: without the group, or without an enrolment, people only read', async () => {
    const skill = await scanned(world, 2, 'pass');
    for (const person of [
      { ...rita, groups: ['everybody'] },
      { ...rita, email: 'nobody@acme.example' },
    ]) {
      provider.person = person;
      const { me } = await signOn();
      await expectAnswer(me.get(pathOf(skill)), 200);
      const reviewer = `key:${ruth.keyId}`;
      const page = await me.post(`${pathOf(skill)}/approve`, { reason: 'It is safe.', reviewer });
      expect(page.status).toBe(422);
      expect(page.html).toContain('Only a reviewer approves');
    }
  });

  it('shows operators what waits and who is not told, and nobody else', async () => {
    const { me: reviewer } = await signOn();
    await expectAnswer(reviewer.get('/operations'), 403);
    expect((await reviewer.get('')).html).not.toContain('/review/operations');
    provider.person = { ...rita, email: 'ops@acme.example', groups: ['platform'] };
    const { me } = await signOn();
    expect((await me.get('')).html).toContain('/review/operations');
    const send = async () => {
      throw new Error('no route');
    };
    const one = { label: 'webhook at chat.acme.example', address: 'x', atOnce: 1, send };
    Object.assign(world.registry, { notices: { recipients: [one], say: () => undefined } });
    await deliverSome(world.registry);
    expect((await me.get('/operations')).html).toContain('up to date');
    await scanned(world, 5, 'pass');
    world.wait(minute);
    await deliverSome(world.registry);
    const { html } = await me.get('/operations');
    expect(html).toMatch(/webhook at chat\.acme\.example[\s\S]*takes nothing since/);
    expect(html).toContain('1 attempt, 1 event behind');
    expect(html).toMatch(/@acme<\/bdi>: [\d,]+ bytes/);
    expect(html).not.toContain('<form class="form');
    const administrator = await signIn(world, world.trust.administrator);
    const key = await signedIn(world.send, administrator);
    await expectAnswer(key.get('/operations'), 200);
    const omar = await deskOf(world, 'omar');
    await expectAnswer(omar.get('/operations'), 403);
  });

  it('forgets the member when an administrator ends the membership', async () => {
    const { me } = await signOn();
    expect((await me.get('')).html).toContain('ruth');
    await state(
      world,
      reviewerStatement('ruth', { key: ruth.open }, 'ended'),
      world.trust.administrator,
    );
    const page = await me.get('');
    expect(page.status).toBe(200);
    expect(page.html).not.toContain('ruth');
    expect(page.html).toContain(rita.email);
  });
});

describe('whoever stole the identity provider', () => {
  const unchanged = async (skill: Skill) => {
    expect(await statusOf(world, skill)).toBe('in review');
    const { notes } = (await callAs(world, 'omar', `/api/v1/reviews${pathOf(skill)}`)).body;
    expect(notes).toEqual([]);
  };

  it('reads the desk as a reviewer, and can decide, ask, claim and enrol nothing', async () => {
    const skill = await scanned(world, 3, 'pass');
    const { me } = await signOn();
    const path = pathOf(skill);
    expect((await me.get(path)).html).not.toContain('form-refuse');
    for (const action of ['refuse', 'ask', 'claim', 'move']) {
      const page = await me.post(`${path}/${action}`, { reason: 'I am the identity provider.' });
      expect(page.status).toBe(422);
      expect(page.html).toContain('Single sign-on opens the desk for reading');
    }
    await expectAnswer(me.get('/passkeys'), 403);
    await expectAnswer(me.post('/passkeys', { response: '{}' }), 403);
    await unchanged(skill);
    // A key that started the session may.
    const key = await deskOf(world, 'omar');
    await expectAnswer(key.post(`${path}/refuse`, { reason: 'It reads too much.' }), 303);
    expect(await statusOf(world, skill)).toBe('refused');
  });

  it('gets no session of the API, and no link to the desk, with the cookie', async () => {
    const { me } = await signOn();
    const token = me.cookie.split('=')[1] ?? '';
    await expectAnswer(call(world, '/api/v1/whoami', { token }), 401);
    await expectAnswer(call(world, '/api/v1/session/link', { token, json: {} }), 401);
  });

  it('cannot sign a draft that it wrote in a member’s name', async () => {
    const skill = await scanned(world, 4, 'pass');
    const { me } = await signOn();
    const reviewer = `key:${ruth.keyId}`;
    const draft = await me.post(`${pathOf(skill)}/approve`, { reason: 'Trust me.', reviewer });
    expect(draft.status).toBe(303);
    const path = draft.location?.replace('/review', '') ?? '';
    await expectAnswer(me.post(path, { response: '{}' }), 400);
    await unchanged(skill);
  });
});

describe('a sign-in', () => {
  /** Nobody is signed in, and the page says why. */
  const refused = (page: { status: number; html: string }, me: Visitor, why: string) => {
    expect(page.status).toBe(403);
    expect(page.html).toContain(why);
    expect(ofSession(me)).toBe(false);
  };

  it('is refused without the cookie of this browser, with another’s, and a second time', async () => {
    const theirs = await begin();
    const mine = await begin();
    const back = await consent(theirs.at);
    const why = 'did not begin in this browser';
    refused(await comeBack(mine.me, back, ''), mine.me, why);
    // A page that sends my browser to the callback of another person's sign-in.
    refused(await comeBack(mine.me, back, mine.cookie), mine.me, why);
    const first = await comeBack(theirs.me, back, theirs.cookie);
    expect(first.status).toBe(200);
    const again = visitor(world.send);
    refused(await comeBack(again, back, theirs.cookie), again, why);
  });

  it('is refused when it took too long', async () => {
    const { me, at, cookie } = await begin();
    world.wait(11 * minute);
    refused(await comeBack(me, await consent(at), cookie), me, 'took too long');
  });

  it.each([
    ['state', 'did not begin in this browser'],
    ['iss', 'the answer that the browser brought'],
  ])('is refused without the parameter %s', async (name, why) => {
    const { me, at, cookie } = await begin();
    const back = await consent(at);
    back.searchParams.delete(name);
    refused(await comeBack(me, back, cookie), me, why);
  });

  it('is refused with the code of another browser: PKCE binds the code', async () => {
    const theirs = await begin();
    const mine = await begin();
    const stolen = (await consent(theirs.at)).searchParams.get('code') ?? '';
    const back = await consent(mine.at);
    back.searchParams.set('code', stolen);
    refused(await comeBack(mine.me, back, mine.cookie), mine.me, 'invalid_grant');
  });

  it('is refused when another issuer answers (mix-up)', async () => {
    const { me, at, cookie } = await begin();
    const back = await consent(at);
    back.searchParams.set('iss', 'https://login.evil.example');
    refused(await comeBack(me, back, cookie), me, 'issuer');
  });

  const lies: Readonly<Record<string, () => Lies>> = {
    'another audience': () => ({ claims: { aud: 'another client' } }),
    'another issuer': () => ({ claims: { iss: 'https://login.evil.example' } }),
    'the nonce of another sign-in': () => ({ claims: { nonce: 'another' } }),
    'an expired token': () => ({ claims: { exp: 1_000 } }),
    'no signature (alg none)': () => ({
      token: unsigned,
      metadata: { id_token_signing_alg_values_supported: ['ES256', 'none'] },
    }),
    'the public key as a secret (HS256)': () => ({
      token: provider.signWithPublicKey,
      metadata: { id_token_signing_alg_values_supported: ['ES256', 'HS256'] },
    }),
    'the key of another provider': () => ({
      token: async (payload) => (await makeProvider(issuer)).sign(payload),
    }),
  };
  it.each(Object.entries(lies))('is refused for %s', async (_, lie) => {
    const { me, at, cookie } = await begin();
    provider.lies = lie();
    world.registry.signOn?.provider && delete world.registry.signOn.provider;
    refused(await comeBack(me, await consent(at), cookie), me, 'Cannot believe');
  });

  it.each([
    'https://evil.example/review',
    '//evil.example/review',
    '/review/../healthz',
    '/reviewers',
    '/\\evil.example',
    '/review/sign-in?link=x',
    'javascript:alert(1)',
  ])('never goes on to %s', async (next) => {
    const { page } = await signOn(next);
    expect(page.html).toContain('content="0; url=/review"');
    expect(page.html).not.toContain('evil');
  });

  it('ignores a cookie that somebody planted: the session has a secret of its own', async () => {
    const planted = '__Host-skillgate=planted-by-somebody';
    const { me, at, cookie } = await begin();
    const page = await comeBack(me, await consent(at), `${planted}; ${cookie}`);
    expect(page.status).toBe(200);
    expect(me.cookie).not.toContain('planted');
    const thief = visitor(world.send);
    thief.cookie = planted;
    await expectAnswer(thief.get(''), 303);
  });

  it('counts a person of another issuer as another person, also in an open session', async () => {
    const { me } = await signOn();
    const { signOn: now } = world.registry;
    if (now === undefined) throw new Error('no single sign-on');
    (now.config as { issuer: string }).issuer = 'https://login.evil.example';
    await expectAnswer(me.get(''), 303);
  });
});

describe('the operator', () => {
  const failing = async (): Promise<string> => {
    delete world.registry.signOn?.provider;
    const { me, page, at, cookie } = await begin();
    if (page.status !== 303) return page.html;
    return (await comeBack(me, await consent(at), cookie)).html;
  };
  const causes: Readonly<Record<string, readonly [Lies, string]>> = {
    'no address for sign-ins': [{ metadata: { authorization_endpoint: undefined } }, 'no address'],
    'another issuer than the settings name': [
      { metadata: { issuer: 'https://login.acme.test' } },
      'Nobody can sign in at',
    ],
  };
  it.each(Object.entries(causes))('reads the cause: %s', async (_, [lies, why]) => {
    provider.lies = lies;
    const html = await failing();
    expect(warnings).toEqual([expect.stringContaining(why)]);
    if (!why.startsWith('Nobody')) expect(html).toContain('Ask the registry’s operator');
  });

  const failures: ReadonlyArray<readonly [string, Error, RegExp]> = [
    [
      'the certificate',
      coded('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
      /self-signed certificate.*NODE_EXTRA_CA_CERTS/,
    ],
  ];
  it.each(failures)('reads what is wrong with the provider: %s', async (_, cause, why) => {
    const { signOn: now } = world.registry;
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    Object.assign(now ?? {}, { fetch });
    const html = await failing();
    expect(warnings).toEqual([expect.stringMatching(why)]);
    expect(warnings[0]).toContain('sign-on-issuer');
    expect(html).not.toContain(cause.message);
  });
});

describe('an identity provider that is down', () => {
  it('stops new sign-ins alone, which say why; sessions and links go on', async () => {
    const { me } = await signOn();
    const open = await begin();
    const back = await consent(open.at);
    provider.lies = { down: true };
    delete world.registry.signOn?.provider;
    const { page } = await begin();
    expect(page.status).toBe(503);
    expect(page.html).toContain('does not answer');
    expect(page.html).toContain('skillgate login --browser');
    await expectAnswer(comeBack(open.me, back, open.cookie), 503);
    await expectAnswer(me.get(''), 200);
    await expectAnswer((await deskOf(world, 'omar')).get(''), 200);
  });

  it('is asked for its description once an hour', async () => {
    await signOn();
    await signOn();
    expect(provider.asked.filter((path) => path.includes('openid-configuration'))).toHaveLength(1);
    world.wait(61 * minute);
    await signOn();
    expect(provider.asked.filter((path) => path.includes('openid-configuration'))).toHaveLength(2);
  });
});

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
