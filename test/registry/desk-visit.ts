/**
 * A browser's side of the desk, without a browser: cookies, forms, and an authenticator that can be
 * told to lie.
 */
import { createHash } from 'node:crypto';
import type { EnrolledPasskey } from '../../skills-index/statement/attestation.ts';
import { type TestPasskey, testPasskey } from '../skills-index/story-keys.ts';
import { call, makeSkill, publish, type Send, type Skill, scan } from './road.ts';
import type { Staffed } from './world.ts';

export type Lies = NonNullable<Parameters<TestPasskey['assert']>[1]>;

/** Someone at the desk; `cookie` is what their browser holds. */
export interface Visitor {
  cookie: string;
  get(path: string): Promise<Page>;
  /** Sends a form as our own page would; `headers` replace what a browser adds. */
  post(
    path: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Page>;
}

export interface Page {
  readonly status: number;
  readonly html: string;
  readonly location: string | null;
  readonly headers: Headers;
}

export function visitor(send: Send): Visitor {
  const read = async (me: Visitor, response: Response): Promise<Page> => {
    for (const set of response.headers.getSetCookie()) {
      if (set.startsWith('__Host-skillgate=')) me.cookie = set.split(';')[0] ?? '';
    }
    return {
      status: response.status,
      html: await response.text(),
      location: response.headers.get('location'),
      headers: response.headers,
    };
  };
  const me: Visitor = {
    cookie: '',
    get: async (path) => read(me, await send(`/review${path}`, { headers: { cookie: me.cookie } })),
    post: async (
      path,
      fields = {},
      headers = { origin: 'null', 'sec-fetch-site': 'same-origin' },
    ) => {
      const body = new URLSearchParams(fields).toString();
      const sent = {
        cookie: me.cookie,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      };
      return read(me, await send(`/review${path}`, { method: 'POST', headers: sent, body }));
    },
  };
  return me;
}

/** A one-time link of the token's owner, as the path below /review. */
export async function linkOf(send: Send, token: string): Promise<string> {
  const { body } = await call(send, '/api/v1/session/link', { token, json: {} });
  return new URL(body.url).pathname.replace('/review', '') + new URL(body.url).search;
}

/** Signs in by link. */
export async function signedIn(send: Send, token: string): Promise<Visitor> {
  const me = visitor(send);
  const link = new URLSearchParams((await linkOf(send, token)).split('?')[1]).get('link') ?? '';
  await me.post('/sign-in', { link });
  return me;
}

/** A passkey of a desk that hands over what a browser would. */
export interface DeskPasskey {
  readonly enrolled: EnrolledPasskey;
  /** The JSON of `navigator.credentials.get` for the options on a page. */
  get(page: Page, lies?: Lies & { readonly challenge?: string }): string;
  /** The JSON of `navigator.credentials.create`. */
  create(page: Page, lies?: Lies): string;
}

export function deskPasskey(name: string, origin = 'http://localhost'): DeskPasskey {
  const site = { rpId: new URL(origin).hostname, origin };
  const passkey = testPasskey(name);
  const { credentialId, publicKey } = passkey.enrolled;
  const whole = (response: object): string =>
    JSON.stringify({
      id: credentialId,
      rawId: credentialId,
      type: 'public-key',
      clientExtensionResults: {},
      response,
    });
  let counter = 0;
  return {
    enrolled: { credentialId, publicKey, ...site },
    get: (page, { challenge, ...lies } = {}) => {
      const bytes = Buffer.from(challenge ?? challengeOn(page), 'base64url');
      const { credentialId: _, ...response } = passkey.assert(bytes, {
        ...site,
        counter: ++counter,
        ...lies,
      });
      return whole(response);
    },
    create: (page, lies = {}) => {
      const said = { ...site, type: 'webauthn.create', flags: 0x45, ...lies };
      const clientData = {
        type: said.type,
        challenge: challengeOn(page),
        origin: said.origin,
        crossOrigin: false,
      };
      const id = Buffer.from(credentialId, 'base64url');
      const data = Buffer.concat([
        createHash('sha256').update(said.rpId).digest(),
        Buffer.from([said.flags, 0, 0, 0, 0]),
        Buffer.alloc(16),
        Buffer.from([id.length >> 8, id.length & 0xff]),
        id,
        Buffer.from(publicKey, 'base64url'),
      ]);
      // {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
      const head = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
        Buffer.from([data.length]),
      ]);
      return whole({
        clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString('base64url'),
        attestationObject: Buffer.concat([head, data]).toString('base64url'),
      });
    },
  };
}

function challengeOn({ html }: Page): string {
  const options = /data-options="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '{}';
  return JSON.parse(options).challenge;
}

/** A version whose scan has ended with this verdict; `serial` makes it one of its own. */
export async function scanned(
  { send, author, scanner, tokens }: Staffed,
  serial: number,
  verdict: 'pass' | 'block',
  capabilities: object = {},
): Promise<Skill> {
  const skill = makeSkill('@acme/count', `1.0.${serial}`, {
    capabilities,
    files: { 'bin/tool': `\u007fELF ${serial}` },
  });
  await publish(send, skill, author);
  await scan(send, tokens.scanner, scanner, skill, verdict);
  return skill;
}

/** A version's path below /review. */
export function pathOf({ manifest }: Skill): string {
  return `/${manifest.name}/${manifest.version}`;
}

/** The state that the registry says. */
export async function statusOf({ send, tokens }: Staffed, skill: Skill): Promise<string> {
  return (await call(send, `/api/v1/reviews${pathOf(skill)}`, { token: tokens.omar })).body.status;
}
