import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSignOn } from '../../../registry/serving/sign-on-settings.ts';
import type { SignOn } from '../../../registry/sign-in/sign-on-config.ts';
import { type Visitor, visitor } from '../desk-visit.ts';
import { expectAnswer } from '../steps.ts';
import { makeWorld, type World } from '../world.ts';
import { makeProvider, type TestProvider } from './identity-provider.ts';

const issuer = 'https://login.acme.example/realm';
const rita = { sub: '1', email: 'rita@acme.example', email_verified: true, groups: ['Everybody'] };

let world: World;
let provider: TestProvider;
let signOn: SignOn;
/** What the operator reads. */
let warnings: string[];
beforeEach(async () => {
  warnings = [];
  world = await makeWorld({
    signOn: async (now) => {
      provider = await makeProvider(issuer, now);
      provider.person = rita;
      const { clientId, clientSecret } = provider;
      const settings = { issuer, clientId, clientSecret, readers: ['Everybody'] };
      signOn = parseSignOn(settings, provider.fetch, (line) => warnings.push(line));
      return signOn;
    },
  });
});
afterEach(() => world.close());

const cookieName = '__Host-skillgate-sign-on=';

/** Begins a sign-in in a tab of this browser, which has one cookie for all tabs. */
async function begin(me: Visitor, next = '/review') {
  const page = await me.get(`/sign-in/start?next=${encodeURIComponent(next)}`);
  me.cookie = cookieOf(page.headers) ?? me.cookie;
  return { page, at: new URL(page.location ?? 'about:blank') };
}

function cookieOf(headers: Headers): string | undefined {
  const set = headers.getSetCookie().find((one) => one.startsWith(cookieName));
  return set?.split(';')[0];
}

/** The provider's answer, which the browser carries back. */
async function answerTo(at: URL): Promise<URL> {
  const answer = await provider.answer(new Request(at));
  return new URL(answer.headers.get('location') ?? 'about:blank');
}

const comeBack = (me: Visitor, back: URL) =>
  me.get(back.pathname.replace('/review', '') + back.search);

async function signIn() {
  const me = visitor(world.send);
  const { page, at } = await begin(me);
  return page.status === 303 ? comeBack(me, await answerTo(at)) : page;
}

describe('two tabs of one browser', () => {
  it('both sign in, each to its own page', async () => {
    const me = visitor(world.send);
    const first = await begin(me, '/review/@acme/a/1.0.0');
    const second = await begin(me, '/review/@acme/b/1.0.0');
    const cookie = me.cookie;
    const one = await comeBack(me, await answerTo(first.at));
    expect([one.status, one.html]).toEqual([200, expect.stringContaining('/review/@acme/a/1.0.0')]);
    me.cookie = cookieOf(one.headers) ?? cookie;
    const other = await comeBack(me, await answerTo(second.at));
    expect([other.status, other.html]).toEqual([
      200,
      expect.stringContaining('/review/@acme/b/1.0.0'),
    ]);
    // Neither secret stays in the browser.
    expect(cookieOf(other.headers)).toBe(cookieName);
    expect(warnings).toEqual([]);
  });

  it('keep only a few sign-ins in the cookie, and the newest in any case', async () => {
    const me = visitor(world.send);
    for (let tab = 0; tab < 9; tab++) await begin(me, `/review/${tab}`);
    expect(me.cookie.split('~')).toHaveLength(5);
    for (let tab = 0; tab < 4; tab++) await begin(me, `/review/${'x'.repeat(1_500)}`);
    expect(me.cookie.length).toBeLessThan(3_100);
    const { at } = await begin(me, '/review/newest');
    expect((await comeBack(me, await answerTo(at))).html).toContain('/review/newest');
  });

  it('do not use up a sign-in when the answer belongs to no tab', async () => {
    const me = visitor(world.send);
    const { at } = await begin(me);
    const back = await answerTo(at);
    const wrong = new URL(back);
    wrong.searchParams.set('state', 'another');
    const { cookie } = me;
    const refused = await comeBack(me, wrong);
    expect([refused.status, cookieOf(refused.headers)]).toEqual([403, undefined]);
    expect(refused.html).toContain('Begin the sign-in again');
    me.cookie = cookie;
    await expectAnswer(comeBack(me, back), 200);
  });
});

it.each([
  'error=invalid_scope',
  'error=look+at+https://evil.example',
  'code=x&iss=https://evil.example',
  'code=%00',
  `code=${'x'.repeat(5_000)}`,
  'code=guessed',
  '',
])('a stranger who calls the callback with “%s” leaves no line for the operator', async (query) => {
  const me = visitor(world.send);
  const { at } = await begin(me);
  const named = query.includes('iss=') ? query : `${query}&iss=${issuer}`;
  const back = new URL(`${world.registry.config.base}/review/sign-in/callback?${named}`);
  back.searchParams.set('state', at.searchParams.get('state') ?? '');
  const page = await comeBack(me, back);
  expect([page.status, page.html]).toEqual([
    403,
    expect.stringContaining('Begin the sign-in again'),
  ]);
  expect(warnings).toEqual([]);
});

describe('the operator reads in one line', () => {
  it('who has no group with a role, the groups that came, and the settings', async () => {
    const groups = ['everybody', `\u202e${'x'.repeat(5_000)}`];
    provider.person = { ...rita, groups };
    const page = await signIn();
    expect(page.html).toContain('None of your groups has a role');
    expect(warnings).toEqual([
      expect.stringMatching(
        /"rita@acme\.example" \(claim "email"\).*"groups" has \["everybody","\\u\{202e\}x+….*sign-on-readers, sign-on-reviewers and sign-on-operators/,
      ),
    ]);
    expect(warnings[0]?.length).toBeLessThan(1_000);
  });

  it.each([false, true])(
    'which settings name the client that is refused (challenge: %s)',
    async (isChallenge) => {
      const answer = signOn.fetch;
      const refuse: typeof fetch = async (input, init) =>
        String(input).endsWith('/token')
          ? Response.json(
              { error: 'invalid_client' },
              {
                status: 401,
                ...(isChallenge && { headers: { 'www-authenticate': 'Basic realm="x"' } }),
              },
            )
          : answer(input, init);
      Object.assign(signOn, { fetch: refuse });
      expect((await signIn()).html).toContain('Ask the registry’s operator');
      expect(warnings).toEqual([
        expect.stringMatching(/"invalid_client".*sign-on-client and sign-on-secret-file/),
      ]);
    },
  );

  it.each([
    [{ groups: undefined }, /no claim "groups".*sign-on-groups-claim.*"email_verified"/],
    [{ email: undefined }, /no claim "email".*sign-on-person-claim.*"groups"/],
    [{ email_verified: undefined }, /"email_verified".*"rita@acme\.example".*sign-on-person-claim/],
  ])('which setting names a claim that did not come: %o', async (claims, says) => {
    provider.lies = { claims };
    await expectAnswer(signIn(), 403);
    expect(warnings).toEqual([expect.stringMatching(says)]);
  });

  it('nothing about an address that the person has not verified, who reads what to do', async () => {
    provider.lies = { claims: { email_verified: false } };
    expect((await signIn()).html).toContain('Verify your mail address at the identity provider');
    expect(warnings).toEqual([]);
  });

  it('which address had no description', async () => {
    Object.assign(signOn, { fetch: async () => new Response('gone', { status: 404 }) });
    await expectAnswer(signIn(), 503);
    expect(warnings).toEqual([
      expect.stringContaining(
        `(the setting sign-on-issuer): ${issuer}/.well-known/openid-configuration answered with HTTP status 404`,
      ),
    ]);
  });
});

describe('the description of the provider', () => {
  const starts = () =>
    Promise.all(Array.from({ length: 50 }, () => visitor(world.send).get('/sign-in/start')));

  it('is asked for once, however many people begin', async () => {
    expect(new Set((await starts()).map(({ status }) => status))).toEqual(new Set([303]));
    expect(provider.asked).toHaveLength(1);
  });

  it('is asked for again some seconds after a failure', async () => {
    let asked = 0;
    const fetch = async () => {
      asked++;
      throw new TypeError('connection refused');
    };
    const works = signOn.fetch;
    Object.assign(signOn, { fetch });
    expect(new Set((await starts()).map(({ status }) => status))).toEqual(new Set([503]));
    expect([asked, warnings.length]).toEqual([1, 1]);
    Object.assign(signOn, { fetch: works });
    await expectAnswer(signIn(), 503);
    world.wait(6_000);
    await expectAnswer(signIn(), 200);
  });
});
