/**
 * HTML from values of a report. Every value is escaped, isolated from the direction of the text
 * around it, and its invisible characters are spelled out.
 */
import { html } from 'hono/html';
import { terminalSafe } from '../../terminal/output.ts';

export { html };

/** Escaped markup. */
export type Markup = ReturnType<typeof html>;

/** Text that somebody else wrote. */
export function text(value: string | number | null): Markup {
  return html`<bdi>${value === null ? '–' : terminalSafe(String(value))}</bdi>`;
}

/** A digest, shortened; the title has all of it. */
export function digest(value: string | null): Markup {
  return value === null
    ? text(null)
    : html`<code title="${terminalSafe(value)}">${terminalSafe(value).slice(0, 19)}…</code>`;
}

/** A time to the second, as the report has it. */
export function moment(at: string | null): Markup {
  if (at === null) return text(null);
  const short = terminalSafe(at).slice(0, 19).replace('T', ' ');
  return html`<time datetime="${terminalSafe(at)}">${short}</time>`;
}

export function section(id: string, title: string, body: Markup | readonly Markup[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

/** A table that scrolls by itself on a narrow screen; a sentence where it has no row. */
export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly Markup[])[],
  none: string,
): Markup {
  if (rows.length === 0) return html`<p class="quiet">${none}</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${heads[0] ?? ''}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`;
}
