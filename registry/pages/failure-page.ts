/** A failure as a page: what happened, and what to do. */
import type { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { type Html, html, term, untrusted } from '../markup/markup.ts';
import { type PublicFrame, publicPage } from './layout.ts';

/** The whole page. */
export function failurePage(frame: PublicFrame, problem: Problem): Html {
  const { fix, means } = problemCodes[problem.code];
  const body = html`<p class="notice notice-refused" role="alert">${untrusted(problem.message)}</p>
<dl class="facts">${term('code', html`<code>${problem.code}</code>`)}${term('what to do', untrusted(problem.hint ?? fix))}</dl>
<p><a href="/">Search for skills</a></p>`;
  return publicPage(frame, { title: 'The request failed', description: means, body });
}
