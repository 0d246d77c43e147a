/**
 * Text of others inside Markdown that GitHub shows: nothing of it is markup, a link, a mention or a
 * reference.
 */
import { showSafely } from '../models/hidden-characters.ts';

/**
 * Text in the middle of a line or a table cell. Each sign that may be markup there becomes a
 * character reference, which CommonMark (§2.5) never takes for markup; an empty comment behind `@`
 * and `#` keeps GitHub from making mentions and references of what it renders.
 */
export function markdownText(text: string): string {
  return references(showSafely(text)).replace(/&#(?:64|35);/g, '$&<!-- -->');
}

/** The same as code, where GitHub looks for neither mentions nor references. */
export function markdownCode(text: string): string {
  return `<code>${references(showSafely(text))}</code>`;
}

/**
 * Lines as a block of code. An HTML block that `pre` opens ends with its closing tag alone
 * (CommonMark §4.6, kind 1).
 */
export function markdownBlock(lines: readonly string[]): string {
  return `<pre>${lines.map(htmlText).join('\n')}\n</pre>`;
}

// `lines` are shown safely already where they are made; here they only must not end the block.
function htmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function references(text: string): string {
  // The dot of "www." only, since GitHub links that word without a scheme too.
  return text.replace(
    /[&<>`*_{}[\]()#!|~@:\\^$]|(?<=www)\./gi,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
}
