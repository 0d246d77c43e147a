/**
 * HTML from values: every value in a template is escaped. `raw` is never used in this folder (a
 * test checks).
 */
import { html } from 'hono/html';
import { type RevealedPart, revealed } from './reveal.ts';

export { html };

/** Escaped markup. */
export type Html = ReturnType<typeof html>;

/**
 * Text of somebody else: escaped, isolated from the direction of the text around it, invisible
 * characters shown as chips.
 */
export function untrusted(text: string): Html {
  return html`<bdi>${shown(text)}</bdi>`;
}

/** As `untrusted` without the isolation, for code, where each line is isolated as a whole. */
export function shown(text: string): Html[] {
  return revealed(text).map(pieceMarkup);
}

function pieceMarkup(piece: RevealedPart): Html {
  switch (piece.kind) {
    case 'text':
      return html`${piece.text}`;
    case 'invisible':
      return html`<span class="chip" title="${piece.name}">${piece.name}</span>`;
    case 'mixed':
      return html`<mark class="mixed" title="${piece.scripts}">${piece.text}</mark>`;
  }
}

/** A digest, shortened. The title has all of it, and it can be selected in the form `long`. */
export function digest(value: string, form: 'short' | 'long' = 'short'): Html {
  return form === 'long'
    ? html`<code class="digest">${value}</code>`
    : html`<code class="digest" title="${value}">${value.slice(0, 19)}…</code>`;
}

/** A row of a description list. */
export function term(name: string, value: Html | string, classes = ''): Html {
  return html`<div><dt>${name}</dt><dd class="${classes}">${value}</dd></div>`;
}

/** A command line to type elsewhere. One click selects it. */
export function typedLine(label: string, command: Html | string): Html {
  return html`<pre class="line" tabindex="0" aria-label="${label}"><code>${command}</code></pre>`;
}

/** A section with its heading, which names it for screen readers and links to it. */
export function part(id: string, title: string, body: Html, heading: Html | string = title): Html {
  return html`<section id="${id}" class="part" aria-labelledby="${id}-title">
<h2 id="${id}-title">${heading}</h2>
${body}
</section>`;
}

/** `1 file`, `3 files`, `2 capabilities`. */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}

/**
 * The time since, in one unit: `4 min`, `3 h`, `12 d`. Both arguments in milliseconds since 1970.
 */
export function age(since: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 60 / 24)} d`;
}

/** A moment for people and machines. */
export function moment(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${age(at, now)}${age(at, now) === 'now' ? '' : ' ago'}</time>`;
}

/**
 * A day for people and machines. It reads the same on each day, so that caches keep the page.
 * @param at a number is in milliseconds since 1970
 */
export function day(at: Date | number): Html {
  const date = new Date(at);
  const words = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return html`<time datetime="${date.toISOString()}">${words}</time>`;
}
