/**
 * Warns an operator before what clients rely on expires: the root of trust, and the last authority
 * of each kind that vouches for signers without a key. The TLS certificate has a watch of its own.
 */
import { lastRootOf } from '../../skills-index/trust/root/repository.ts';
import { parseTrustedRoot } from '../../skills-index/trust/signatures/trusted-root.ts';
import type { Registry } from '../context.ts';

const expiryCheckMs = 3_600_000;

const expiryWarnAgainMs = 24 * 3_600_000;

/** How early and how often an operator is told of what expires, and how often it is looked at. */
const expiryWarnMs = 30 * 24 * 3_600_000;

interface Expiring {
  /** Such as `the root of trust`. */
  readonly what: string;
  /** ISO 8601. */
  readonly expires: string;
  /** What clients do from then on, and how an operator prevents it. */
  readonly means: string;
}

type Trusted = Pick<Registry, 'tuf' | 'sigstore'>;

/** What expires within the next weeks, or has expired. */
export function expiringSoon({ tuf, sigstore }: Trusted, now: Date): Expiring[] {
  const rows = [
    ...(tuf === undefined ? [] : [rootRow(Date.parse(lastRootOf(tuf).signed.expires))]),
    ...(sigstore === undefined ? [] : authorityRows(sigstore)),
  ];
  return rows
    .filter(({ at }) => at - now.getTime() <= expiryWarnMs)
    .map(({ at, ...row }) => ({ ...row, expires: new Date(at).toISOString() }));
}

type Row = Omit<Expiring, 'expires'> & { readonly at: number };

function rootRow(at: number): Row {
  return {
    what: 'the root of trust',
    at,
    means:
      'hosts refuse this registry from then on. Administrators sign the next root: skillgate registry rotate propose DIR',
  };
}

// An authority that has ended still vouches for earlier signatures. New ones need one that lasts.
function authorityRows(sigstore: unknown): Row[] {
  const { certificateAuthorities, timestampAuthorities, tlogs } = parseTrustedRoot(sigstore);
  const kinds = [
    ['the last certificate authority', certificateAuthorities],
    ['the last timestamp authority', timestampAuthorities],
    ['the last transparency log', tlogs],
  ] as const;
  return kinds.flatMap(([kind, list]): Row[] => {
    const ends = list.map(({ validFor }) => validFor.end.getTime());
    if (ends.length === 0) return [];
    return [
      {
        what: `${kind} in trusted_root.json`,
        at: Math.max(...ends),
        means:
          'nobody can sign without a key from then on. Administrators sign a newer trusted_root.json: skillgate registry rotate propose DIR --trusted-root FILE',
      },
    ];
  });
}

/** Prints a line for each of them at the start, and then once a day. */
export function watchExpiry(
  registry: Trusted & Pick<Registry, 'now'>,
  say: (line: string) => void,
): { look(): void; stop(): void } {
  let warnedAt: number | undefined;
  const look = (): void => {
    const now = registry.now();
    if (warnedAt !== undefined && now.getTime() - warnedAt < expiryWarnAgainMs) return;
    const soon = expiringSoon(registry, now);
    if (soon.length === 0) return;
    warnedAt = now.getTime();
    for (const { what, expires, means } of soon) {
      const verb = Date.parse(expires) <= now.getTime() ? 'expired' : 'expires';
      say(`warning: ${what} ${verb} at ${expires}; ${means}`);
    }
  };
  const timer = setInterval(look, expiryCheckMs);
  timer.unref();
  look();
  return { look, stop: () => clearInterval(timer) };
}
