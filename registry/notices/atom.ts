/** Atom feeds (RFC 4287) of the last notices. */
import { html } from 'hono/html';
import type { Scope } from '../../skills-index/skill/name.ts';
import type { Registry } from '../context.ts';
import { feedLookedThrough, feedNotices } from './limits.ts';
import { lastNotices, lastOfScope } from './notice.ts';
import type { EventNotice } from './notice-types.ts';

export const feedType = 'application/atom+xml; charset=utf-8';

/** A feed of everything, for readers of the desk. */
export async function deskFeed(registry: Registry): Promise<string> {
  const notices = await lastNotices(registry, feedNotices);
  return feedOf(registry, { path: '/review/notices.atom', title: 'desk', notices });
}

/** A feed for everybody. */
export interface PublicFeed {
  readonly path: string;
  readonly title: string;
  /** Reads the newest notices of the feed, and perhaps more than the feed shows. */
  readonly read: (registry: Registry) => Promise<readonly EventNotice[]>;
}

const lastThat =
  (has: (notice: EventNotice) => boolean): PublicFeed['read'] =>
  async (registry) =>
    (await lastNotices(registry, feedLookedThrough)).filter(has);

/** The feeds of the whole registry. The index shows approvals and stops to everybody as well. */
export const publicFeeds = [
  {
    path: '/index/notices.atom',
    title: 'approved and stopped versions',
    read: lastThat((notice) => isApproval(notice) || isStop(notice)),
  },
  { path: '/feeds/approvals.atom', title: 'approved versions', read: lastThat(isApproval) },
  {
    path: '/feeds/revocations.atom',
    title: 'suspended and revoked versions',
    read: lastThat(isStop),
  },
] as const satisfies readonly PublicFeed[];

/** The feed of one scope, however much happened in others since. */
export function feedOfScope(scope: Scope): PublicFeed {
  return {
    path: `/feeds/@${scope}.atom`,
    title: `approved and stopped versions of @${scope}`,
    read: (registry) => lastOfScope(registry, scope, feedNotices),
  };
}

function isApproval({ state }: EventNotice): boolean {
  return state === 'approved';
}

function isStop({ kind }: EventNotice): boolean {
  return kind === 'stopped';
}

/** @param onlyShown leaves out what the reader may not see */
export async function printPublicFeed(
  registry: Registry,
  { path, read, title }: PublicFeed,
  onlyShown: (notices: readonly EventNotice[]) => Promise<EventNotice[]>,
): Promise<string> {
  const notices = (await onlyShown(await read(registry))).slice(0, feedNotices);
  // Without an account, nobody can open the page of the desk.
  const link = ({ name, version }: EventNotice) => `${registry.config.base}/${name}@${version}`;
  const linked = notices.map((notice) => ({ ...notice, link: link(notice) }));
  return feedOf(registry, { path, title, notices: linked });
}

async function feedOf(
  { config, root, now }: Registry,
  {
    path,
    title,
    notices,
  }: { readonly path: string; readonly title: string; readonly notices: readonly EventNotice[] },
): Promise<string> {
  const self = `${config.base}${path}`;
  // A feed without entries has a date, too (RFC 4287 §4.1.1).
  const updated = notices[0]?.at ?? new Date(Math.floor(now().getTime() / dayMs) * dayMs);
  const entries = notices.map(
    ({ seq, at, kind, title, link }) => html`<entry>
<id>tag:${root.origin},2026:notice-${seq}</id>
<title>${title}</title>
<updated>${at.toISOString()}</updated>
<category term="${kind}"/>
<link rel="alternate" href="${link}"/>
<summary>${title}</summary>
</entry>
`,
  );
  const feed = await html`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${self}</id>
<title>${root.origin}: ${title}</title>
<author><name>${root.origin}</name></author>
<updated>${updated.toISOString()}</updated>
<link rel="self" type="application/atom+xml" href="${self}"/>
${entries}</feed>
`;
  return `<?xml version="1.0" encoding="utf-8"?>\n${feed}`;
}

const dayMs = 24 * 3_600_000;
