/** The frame of every public page: head, navigation, one h1, foot. No page has a script. */
import { icon } from '../markup/base-styles.ts';
import { type Html, html, untrusted } from '../markup/markup.ts';
import { pageFile } from '../markup/page-files.ts';
import { revealedText } from '../markup/reveal.ts';
import { styles } from './styles.ts';

const css = pageFile('pages', 'css', 'text/css; charset=utf-8', styles);
const tabIcon = pageFile('icon', 'svg', 'image/svg+xml', icon);

/** Our own files, below `/assets`. */
export const publicFiles = [css, tabIcon] as const;

/** The registry that shows the page. */
export interface PublicFrame {
  /** Its address without a final slash. */
  readonly base: string;
  readonly origin: string;
}

export interface PublicPage {
  readonly title: string;
  /** The page's only h1; by default the title as text. */
  readonly heading?: Html;
  /** One sentence for previews and search engines. */
  readonly description: string;
  readonly body: Html;
  /** The page's own path; absent for a failure, which has no address. */
  readonly path?: string;
  readonly at?: SiteEntry;
  /** Words in the search field. The first page has a field of its own. */
  readonly query?: string;
}

const entries = [
  ['skills', '/', 'Skills'],
  ['rules', '/rules', 'Rules'],
  ['advisories', '/advisories', 'Advisories'],
] as const;

type SiteEntry = (typeof entries)[number][0];

/** A whole page. */
export function publicPage({ base, origin }: PublicFrame, shown: PublicPage): Html {
  const title = revealedText(shown.title);
  const description = revealedText(shown.description);
  const { at, body, heading, path } = shown;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${origin}</title>
<meta name="description" content="${description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${origin}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
${path === undefined ? '' : html`<meta property="og:url" content="${base}${path}"><link rel="canonical" href="${base}${path}">`}
<link rel="stylesheet" href="/assets/${css.name}">
<link rel="icon" href="/assets/${tabIcon.name}" type="image/svg+xml">
<link rel="alternate" type="application/atom+xml" href="/index/notices.atom">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="brand" href="/">${shield} Skillgate <span class="quiet">${origin}</span></a>
<nav aria-label="Site">${entries.map(([name, href, text]) => html`<a href="${href}" ${name === at ? html`aria-current="page"` : ''}>${text}</a>`)}</nav>
${at === 'skills' ? '' : searchField}</header>
<main id="main" tabindex="-1">
<h1>${heading ?? untrusted(shown.title)}</h1>
${body}
</main>
<footer><p>The registry proves nothing by this page. <code>skillgate verify</code> checks every signature on your own machine.</p>
<p class="links"><a href="/index/notices.atom">Feed of approvals and stops</a> <a href="/review">Desk for reviewers</a></p></footer>
</body>
</html>`;
}

const shield = html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
<path d="M8 1 2 3v5c0 3.5 2.6 6 6 7 3.4-1 6-3.5 6-7V3z"/></svg>`;

const searchField = html`<form class="find" method="get" action="/" role="search"><label class="visually-hidden" for="find">Search for skills</label>
<input id="find" type="search" name="q" placeholder="Search for skills"></form>`;
