/**
 * The sign-ins that a browser began at the identity provider, in one cookie: people open several
 * tabs, and each tab finishes its own sign-in.
 */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { signOnMs } from '../../limits.ts';
import { begunSignOnsCharsMax, begunSignOnsMax } from '../../sign-in/limits.ts';

export interface BegunInBrowser {
  readonly secret: string;
  /** The page to open afterwards. */
  readonly next: string;
}

/** Those that the browser began, the newest first. */
export function readBegun(context: Context): BegunInBrowser[] {
  const value = getCookie(context, cookieName) ?? '';
  return value
    .split(between)
    .slice(0, begunSignOnsMax)
    .flatMap((one) => {
      const [secret = '', next = ''] = one.split('.');
      return secret === '' ? [] : [{ secret, next: Buffer.from(next, 'base64url').toString() }];
    });
}

/** Adds a sign-in, and forgets the oldest ones. */
export function keepBegun(context: Context, begun: BegunInBrowser): void {
  write(context, [begun, ...readBegun(context)].slice(0, begunSignOnsMax));
}

/** Forgets a sign-in. */
export function dropBegun(context: Context, { secret }: BegunInBrowser): void {
  write(
    context,
    readBegun(context).filter((one) => one.secret !== secret),
  );
}

function write(context: Context, begun: readonly BegunInBrowser[]): void {
  const texts = begun.map(
    ({ secret, next }) => `${secret}.${Buffer.from(next).toString('base64url')}`,
  );
  while (texts.length > 1 && texts.join(between).length > begunSignOnsCharsMax) texts.pop();
  setCookie(context, cookieName, texts.join(between), {
    path: '/',
    secure: true,
    httpOnly: true,
    // The identity provider sends the browser back from another site.
    sameSite: 'Lax',
    maxAge: texts.length === 0 ? 0 : signOnMs / 1_000,
  });
}

const cookieName = '__Host-skillgate-sign-on';
const between = '~';
