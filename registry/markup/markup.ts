/**
 * HTML from values: every value in a template is escaped. `raw` is never used in this folder (a
 * test checks).
 */
import { html } from 'hono/html';
import { disguiseOf, lookAlikeScripts } from '../../skills-index/skill/text/mixed-scripts.ts';

export { html };

/** Escaped markup. */
export type Html = ReturnType<typeof html>;

/**
 * Text of somebody else: escaped, isolated from the direction of the text around it, invisible
 * characters shown as chips.
 */
export function untrusted(text: string): Html {
  return html`<bdi>${isolatedText(text)}</bdi>`;
}

/** As `untrusted` without the isolation, for code, where each line is isolated as a whole. */
export function isolatedText(text: string): Html[] {
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
function age(since: number, now: number): string {
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

// Shows hidden parts of a text: control characters, invisible and direction-changing characters,
// words that look like Latin ones. Pure.

type RevealedPart =
  | { readonly kind: 'text'; readonly text: string }
  /** One invisible character, by its code point: `U+202E`. */
  | { readonly kind: 'invisible'; readonly name: string }
  /**
   * A word with letters of several scripts that look alike, or with all letters of another script
   * than it seems.
   */
  | { readonly kind: 'mixed'; readonly text: string; readonly scripts: string };

// Format characters (direction, zero width, tags, byte order mark), private use, unassigned,
// surrogates, line separators.
const hiddenClasses = '\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}';
const hiddenRanges = [
  [0x00, 0x08], // controls but tab and line feed
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xa0, 0xa0], // spaces that look like the ordinary one, or like nothing
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x034f, 0x034f], // joiners and fillers
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  [0xfe00, 0xfe0f], // variation selectors, which can carry bytes
  [0xe0100, 0xe01ef],
] as const;
const hiddenRange = hiddenRanges
  .map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`)
  .join('');
const parts = new RegExp(
  `(?<hidden>[${hiddenClasses}${hiddenRange}])|(?<word>(?:(?![${hiddenRange}])[\\p{L}\\p{N}_])+)`,
  'gu',
);
const plain = /^[\t\n\x20-\x7e]*$/;

/**
 * The text in parts, in order, with nothing lost. An emoji's own variation selector stays in place.
 */
export function revealed(text: string): RevealedPart[] {
  if (plain.test(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const pieces: RevealedPart[] = [];
  let done = 0;
  const put = (at: number, length: number, piece: RevealedPart): void => {
    if (at > done) pieces.push({ kind: 'text', text: text.slice(done, at) });
    pieces.push(piece);
    done = at + length;
  };
  for (const match of text.matchAll(parts)) {
    const { hidden, word } = match.groups ?? {};
    if (hidden !== undefined && !isOrdinary(text, match.index)) {
      put(match.index, hidden.length, { kind: 'invisible', name: codePointName(hidden) });
    }
    const disguise = word === undefined ? undefined : disguiseOf(text, match.index, word);
    if (word !== undefined && disguise !== undefined) {
      const of = lookAlikeScripts(word);
      const scripts =
        disguise === 'some'
          ? `mixes ${of.join(' and ')} letters`
          : `looks Latin, in ${of.join()} letters`;
      put(match.index, word.length, { kind: 'mixed', text: word, scripts });
    }
  }
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}

/**
 * The same for places without markup, such as titles and labels: `⟨U+202E⟩` instead of the
 * character.
 */
export function revealedText(text: string): string {
  return revealed(text)
    .map((piece) => (piece.kind === 'invisible' ? `⟨${piece.name}⟩` : piece.text))
    .join('');
}

// An emoji's own variation selector, or the carriage return of a Windows line end.
function isOrdinary(text: string, at: number): boolean {
  if (text[at] === '\r') return at + 1 === text.length || text[at + 1] === '\n';
  return (
    text[at] === '\ufe0f' && /\p{Extended_Pictographic}$/u.test(text.slice(Math.max(0, at - 2), at))
  );
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
