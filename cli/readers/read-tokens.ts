/**
 * What reads private scopes: a token for each registry, in a file that only its owner may read, or
 * else the last session of this user there. Each goes to its registry alone, with requests that
 * name no session of their own: the token with each of them, the session with those that only read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Paths } from '../command.ts';
import { readSessions } from '../kept-sessions.ts';
import type { SendRequest } from '../send-request.ts';

type Tokens = Readonly<Record<string, string>>;

export const tokensSchema = 'skillgate.read-tokens/1';
const tokenForm = /^[\w-]{43}$/;

export function isReadToken(text: unknown): text is string {
  return typeof text === 'string' && tokenForm.test(text);
}

/**
 * The token for the base URL of each registry.
 * @throws Problem `json-invalid`
 */
export function readTokens(paths: Pick<Paths, 'config'>): Tokens {
  const path = tokensPath(paths);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
  const value = parseJson(bytes, path).value as { schema?: unknown; tokens?: unknown } | null;
  const tokens = Object.entries(value?.tokens ?? {});
  if (value?.schema === tokensSchema && tokens.every(([, token]) => isReadToken(token)))
    return Object.fromEntries(tokens);
  throw new Problem(
    'json-invalid',
    `Cannot read ${path}: it does not have the form ${tokensSchema}`,
  );
}

interface Requests {
  readonly fetch: typeof fetch;
  readonly send?: SendRequest;
}

/**
 * What a registry serves below its base. A registry can lie below another one of the same host,
 * and its addresses begin otherwise.
 */
const servedBelow = /^\/(?:api\/v1|blobs|index|log|osv|packs|proofs|tuf)\//;

/** The same functions, which send what reads at the registry that is asked. */
export function withTokens(
  { fetch, send, now }: Requests & { readonly now: () => Date },
  paths: Pick<Paths, 'config'>,
): Requests {
  let known: readonly Held[] = [];
  const tokenIn = (href: string, isRead: boolean): string | undefined =>
    known.find(
      ({ base, until, onlyReads }) =>
        (isRead || !onlyReads) &&
        href.startsWith(base) &&
        servedBelow.test(href.slice(base.length)) &&
        now().getTime() < until,
    )?.token;
  const tokenFor = (url: string, isRead = true): string | undefined => {
    // As it is sent: `..` would lead out of the base.
    const { href } = new URL(url);
    const token = tokenIn(href, isRead);
    if (token !== undefined) return token;
    // The command itself may have signed in meanwhile.
    known = heldBy(paths, now());
    return tokenIn(href, isRead);
  };
  return {
    fetch: (input, init) => {
      const request = input instanceof Request ? input : undefined;
      const isRead = (init?.method ?? request?.method ?? 'GET') === 'GET';
      const token = tokenFor(request?.url ?? String(input), isRead);
      if (token === undefined) return fetch(input, init);
      const headers = new Headers(init?.headers ?? request?.headers);
      if (!headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
      // A redirect would send the token to another address.
      return fetch(input, { ...init, headers, redirect: 'error' });
    },
    ...(send && {
      send: (url, how) => {
        const { method = 'GET', headers } = how;
        const token = tokenFor(url, method === 'GET');
        if (token === undefined) return send(url, how);
        return send(url, { ...how, headers: { authorization: `Bearer ${token}`, ...headers } });
      },
    }),
  };
}

/**
 * Whether reads at a registry carry a token or session, and so may bring what is private.
 * @param base of the registry
 * @throws Problem `json-invalid`
 */
export function readsPrivately(paths: Pick<Paths, 'config'>, base: string, now: Date): boolean {
  return heldBy(paths, now).some((held) => held.base === base);
}

interface Held {
  readonly base: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** A registry refuses a signed statement with a session that ended, and takes it with none. */
  readonly onlyReads: boolean;
}

/** Tokens of readers first, then sessions, the last made first. */
function heldBy(paths: Pick<Paths, 'config'>, now: Date): Held[] {
  return [
    ...Object.entries(readTokens(paths)).map(([base, token]) => ({
      base,
      token,
      until: Number.POSITIVE_INFINITY,
      onlyReads: false,
    })),
    ...readSessions(paths, now)
      .map(({ base, token, expires }) => ({
        base,
        token,
        until: Date.parse(expires),
        onlyReads: true,
      }))
      .reverse(),
  ];
}

export function tokensPath({ config }: Pick<Paths, 'config'>): string {
  return join(config, 'read-tokens.json');
}
