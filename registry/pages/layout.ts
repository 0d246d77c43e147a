/** The frame of every public page: head, navigation, one h1, foot. No page has a script. */
import { baseStyles, icon } from '../markup/base-styles.ts';
import { type Html, html, revealedText, untrusted } from '../markup/markup.ts';
import { pageFile } from '../markup/page-files.ts';

// The only style sheet of the public pages, as text.

const styles = `${baseStyles}@layer parts {
  :root { font-size: 16px; line-height: 1.55; }
  body { min-height: 100vh; display: flex; flex-direction: column; }
  .top { padding: .7rem max(1rem, calc((100vw - 68rem) / 2)); }
  .top nav { gap: 1.1rem; flex: 1 1 auto; }
  .find { flex: 0 1 15rem; }
  .find input { width: 100%; }
  input[type=search] { font: inherit; min-width: 0; padding: .45rem .65rem; border: 1px solid light-dark(#8b949e, #6b747d); border-radius: 6px; background: var(--paper); color: var(--ink); }
  input::placeholder { color: var(--soft); opacity: 1; }
  main { width: 100%; max-width: 70rem; padding: 1.8rem 1rem 3rem; flex: 1; }
  h1 { font-size: clamp(1.45rem, 4.5vw, 1.95rem); }
  h1 a { color: var(--soft); }
  h1 .badge { font-size: .85rem; vertical-align: .25em; }
  h2 { font-size: 1.2rem; }
  h3 { font-size: 1rem; }
  .lead { font-size: 1.1rem; max-width: 46rem; margin: .3rem 0 1.4rem; overflow-wrap: anywhere; }
  footer { padding: 1rem max(1rem, calc((100vw - 68rem) / 2)); border-top: 1px solid var(--rule); color: var(--soft); font-size: .88rem; }
  footer p { margin: .2rem 0; }
  .links { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }

  .search { margin: 0 0 2rem; padding: 1.1rem; border: 1px solid var(--rule); border-radius: 10px; background: var(--raised); }
  .search > label { font-weight: 600; }
  .asked { display: flex; gap: .5rem; margin: .4rem 0 .6rem; }
  .asked input { flex: 1; font-size: 1.05rem; }
  .asked button { background: var(--link); color: var(--paper); border-color: transparent; border-radius: 6px; }
  .search fieldset { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
  .search legend { font-size: .88rem; float: left; margin-right: 1.1rem; }
  .search fieldset label { font-size: .92rem; }

  .skills, .versions, .install, .approvals { list-style: none; padding: 0; }
  .skills > li { padding: .9rem 0; border-top: 1px solid var(--rule); }
  .skills h3 { font-size: 1.1rem; overflow-wrap: anywhere; }
  .skills h3 a { text-decoration: none; }
  .skills h3 a:hover { text-decoration: underline; }
  .skills h3 .version { color: var(--soft); font-size: .92rem; }
  .skills p { margin: .2rem 0; max-width: 52rem; overflow-wrap: anywhere; }
  .needs .tag, .needs .quiet { font-size: .82rem; }
  .tag.none { color: var(--good); border-color: currentColor; }

  .two { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 2.4rem; align-items: start; }
  .two .part > h2 { border: 0; padding: 0; }
  .box { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); border: 1px solid var(--rule); border-radius: 10px; overflow: hidden; }
  .box > div { padding: .9rem 1.1rem 1.1rem; min-width: 0; }
  .box ul { list-style: none; padding: 0; }
  .box li { padding: .3rem 0 .3rem 1.5rem; position: relative; overflow-wrap: anywhere; }
  .box li::before { position: absolute; left: 0; font-weight: 700; }
  .can h3 { color: var(--good); }
  .can { background: var(--good-paper); }
  .can li::before { content: '✓' / ''; color: var(--good); }
  .cannot h3 { color: var(--bad); }
  .cannot { background: var(--raised); }
  .cannot li::before { content: '✕' / ''; color: var(--bad); }
  .box h3 { font-size: 1.05rem; margin-bottom: .3rem; }
  .why { display: block; font-size: .88rem; color: var(--soft); }

  .install li { padding: .4rem 0; }
  .install p { margin: 0 0 .3rem; font-size: .92rem; }
  .install pre { padding: .6rem .8rem; border-radius: 6px; overflow-wrap: anywhere; }

  aside { border-left: 1px solid var(--rule); padding-left: 1.4rem; min-width: 0; }
  .about > div { padding: 0 0 .7rem; }
  .about dt { font-size: .82rem; color: var(--soft); }
  .about dd { overflow-wrap: anywhere; }
  .approvals li { padding: .3rem 0; }
  .approvals p { margin: 0; }
  blockquote { margin: .2rem 0 .4rem; padding-left: .8rem; border-left: 3px solid var(--rule); overflow-wrap: anywhere; }

  .versions > li { padding: .6rem 0; border-top: 1px solid var(--rule); }
  .versions h3 { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; font-weight: 600; }
  .versions h3 .quiet { font-weight: 400; font-size: .9rem; }
  .versions p { margin: .15rem 0; }
  .changes { list-style: none; padding: 0; }
  .changes li { padding: .1rem 0; overflow-wrap: anywhere; }
  .added { color: var(--warn); }
  .dropped { color: var(--soft); }

  .findings { padding-left: 1.4rem; }
  .findings li { padding: .3rem 0; }
  .findings p { margin: 0; overflow-wrap: anywhere; }
  .skills h2 { font-size: 1.05rem; margin: 0; }
  .operation { padding: .7rem 0; border-top: 1px solid var(--rule); }
  .operation h3 { overflow-wrap: anywhere; }
  .operation p { margin: .15rem 0; }
  .part pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .tree, .tree ul { list-style: none; padding: 0; }
  .tree ul { margin-left: .45rem; padding-left: 1.1rem; border-left: 2px solid var(--rule); }
  .tree li { padding: .15rem 0; overflow-wrap: anywhere; }

  @media (max-width: 52rem) {
    .two { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
    aside { border-left: 0; border-top: 1px solid var(--rule); padding: 1rem 0 0; }
    .find { flex: 1 1 100%; }
  }
}
`;

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

interface PublicPage {
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
