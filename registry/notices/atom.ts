/** Atom feeds (RFC 4287) of the last notices. */
import { html } from 'hono/html';
import type { Registry } from '../context.ts';
import { lastNotices } from './notice.ts';
import type { EventNotice } from './notice-config.ts';

/** The last notices in which a public feed looks for its entries. */
const feedLookedThrough = 1_000;

/** Entries of an Atom feed. */
const feedNotices = 50;

export const feedType = 'application/atom+xml; charset=utf-8';

/** A feed of everything, for readers of the desk. */
export async function deskFeed(registry: Registry): Promise<string> {
  const notices = await lastNotices(registry, feedNotices);
  return feedOf(registry, { path: '/review/notices.atom', title: 'desk', notices });
}

export const publicFeedPath = '/index/notices.atom';

function isApproval({ state }: EventNotice): boolean {
  return state === 'approved';
}

function isStop({ kind }: EventNotice): boolean {
  return kind === 'stopped';
}

/**
 * The feed for everybody: approvals and stops, which the index shows to everybody as well.
 * @param onlyShown leaves out what the reader may not see
 */
export async function publicFeed(
  registry: Registry,
  onlyShown: (notices: readonly EventNotice[]) => Promise<EventNotice[]>,
): Promise<string> {
  const last = await lastNotices(registry, feedLookedThrough);
  const open = last.filter((notice) => isApproval(notice) || isStop(notice));
  const notices = (await onlyShown(open)).slice(0, feedNotices);
  // Without an account, nobody can open the page of the desk.
  const link = ({ name, version }: EventNotice) => `${registry.config.base}/${name}@${version}`;
  const linked = notices.map((notice) => ({ ...notice, link: link(notice) }));
  const title = 'approved and stopped versions';
  return feedOf(registry, { path: publicFeedPath, title, notices: linked });
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
