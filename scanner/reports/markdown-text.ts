/**
 * Foreign text inside Markdown on GitHub: none of it becomes markup, a link, a mention or a
 * reference.
 */
import { showSafely } from '../lookup-tables/hidden-characters.ts';

/**
 * Text inside a line or a table cell. Every character that may be markup becomes a character
 * reference, which CommonMark (§2.5) never takes for markup. An empty comment behind `@` and `#`
 * keeps GitHub from making mentions and references of the rendered text.
 */
export function markdownText(text: string): string {
  return references(showSafely(text)).replace(/&#(?:64|35);/g, '$&<!-- -->');
}

/** The same as code, in which GitHub makes no mentions and references. */
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

// The caller has made `lines` safe to show; here they only must not end the block.
function htmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function references(text: string): string {
  // Only the dot of "www.": GitHub also links that word without a scheme.
  return text.replace(
    /[&<>`*_{}[\]()#!|~@:\\^$]|(?<=www)\./gi,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
}
