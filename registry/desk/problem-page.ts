/** A failure, with its code and the next step. */
import type { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { type Html, html, term, untrusted } from '../markup/markup.ts';
import { type PageFrame, page } from './layout.ts';

/** The whole page. */
export function problemPage(frame: PageFrame, problem: Problem): Html {
  const { means, fix } = problemCodes[problem.code];
  const reasons = problem.reasons.map((reason) => html`<li>${untrusted(reason.message)}</li>`);
  const body = html`<p class="notice notice-refused" role="alert">${untrusted(problem.message)}</p>
${reasons.length === 0 ? '' : html`<ul>${reasons}</ul>`}
<dl class="facts">
${term('code', html`<code>${problem.code}</code>`)}
${term('means', means)}
${term('what to do', untrusted(problem.hint ?? fix))}
</dl>
<p><a href="/review">To the queue</a></p>`;
  return page(frame, { title: 'The request failed', body, width: 'narrow' });
}
