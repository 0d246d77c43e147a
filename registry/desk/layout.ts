/** The frame of every desk page: head, skip link, navigation, one h1. */

import { type Html, html, revealedText, untrusted } from '../markup/markup.ts';

/** The person who sees the page; absent before sign-in. */
export interface Viewer {
  readonly name: string;
  readonly roles: readonly string[];
  /** Pages that not everybody sees. Passkeys are made in a session that a key started. */
  readonly pages: readonly ('passkeys' | 'operations')[];
}

/** Addresses of the desk's own static files, with their digests in them. */
export interface AssetPaths {
  readonly css: string;
  readonly island: string;
  readonly icon: string;
}

export interface PageFrame {
  readonly assets: AssetPaths;
  readonly viewer: Viewer | undefined;
  /** Shown once at the top, after an action or a rejection. */
  readonly notice?: Notice;
}

export interface Notice {
  readonly kind: 'done' | 'refused';
  readonly text: string;
}

export interface PageContent {
  readonly title: string;
  /** The page's only h1; by default the title as text. */
  readonly heading?: Html;
  readonly body: Html;
  /** The navigation entry of this page. */
  readonly at?: 'queue' | 'passkeys' | 'operations';
  /** A page of the desk that the browser opens by itself. */
  readonly onTo?: string;
  /** Pages for reading are narrow; tables and versions use the whole screen. */
  readonly width?: 'narrow' | 'wide';
}

/** A whole page. */
export function page(
  { assets, viewer, notice }: PageFrame,
  { title, heading, body, at, onTo, width = 'wide' }: PageContent,
): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${onTo === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${onTo}">`}
<title>${revealedText(title)} · Skillgate desk</title>
<link rel="stylesheet" href="${assets.css}">
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<script src="${assets.island}" defer></script>
</head>
<body class="${width}">
<a class="skip" href="#main">Skip to the content</a>
${header(viewer, at)}
<main id="main" tabindex="-1">
${notice === undefined ? '' : noticeBox(notice)}
<h1>${heading ?? untrusted(title)}</h1>
${body}
</main>
</body>
</html>`;
}

function noticeBox({ kind, text }: Notice): Html {
  return html`<p class="notice notice-${kind}" role="${kind === 'refused' ? 'alert' : 'status'}">${untrusted(text)}</p>`;
}

const shield = html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
<path d="M8 1 2 3v5c0 3.5 2.6 6 6 7 3.4-1 6-3.5 6-7V3z"/></svg>`;

function header(viewer: Viewer | undefined, at: PageContent['at']): Html {
  const brand = html`<a class="brand" href="/review">${shield} Skillgate <span class="quiet">desk</span></a>`;
  if (viewer === undefined) return html`<header class="top">${brand}</header>`;
  const entry = (href: string, name: string, here: boolean): Html =>
    html`<a href="${href}" ${here ? html`aria-current="page"` : ''}>${name}</a>`;
  return html`<header class="top">${brand}
<nav aria-label="Desk">
${entry('/review', 'Queue', at === 'queue')}
${viewer.pages.includes('passkeys') ? entry('/review/passkeys', 'Passkeys', at === 'passkeys') : ''}
${viewer.pages.includes('operations') ? entry('/review/operations', 'Operations', at === 'operations') : ''}
</nav>
<form class="who" method="post" action="/review/sign-out">
<span>${untrusted(viewer.name)} <span class="quiet">${untrusted(viewer.roles.join(', '))}</span></span>
<button class="plain">Sign out</button></form></header>`;
}
