/** What went wrong, with its code and what to do. */
import type { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { type Frame, page } from './layout.ts';
import { type Html, html, untrusted } from './markup.ts';

/** The whole page. */
export function problemPage(frame: Frame, problem: Problem): Html {
  const { means, fix } = problemCodes[problem.code];
  const body = html`<p class="notice notice-refused" role="alert">${untrusted(problem.message)}</p>
${problem.reasons.length === 0 ? '' : html`<ul>${problem.reasons.map((reason) => html`<li>${untrusted(reason.message)}</li>`)}</ul>`}
<dl class="facts"><div><dt>code</dt><dd><code>${problem.code}</code></dd></div><div><dt>means</dt><dd>${means}</dd></div><div><dt>what to do</dt><dd>${untrusted(problem.hint ?? fix)}</dd></div></dl>
<p><a href="/review">To the queue</a></p>`;
  return page(frame, { title: 'This did not work', body, width: 'narrow' });
}
