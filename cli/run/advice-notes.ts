/** Notes about advice of the author of a version: yanked, deprecated. Advice stops nobody. */
import type * as admission from '../../runner/admission/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import { fetchStatementAt } from '../../skills-index/client/version-words.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import { readAuthorAdvice } from '../../skills-index/trust/index-files/shown-advice.ts';

/** The notes for a person; empty for most versions. */
export async function adviceNotes(
  source: Source,
  { input }: Pick<admission.Admission, 'input'>,
): Promise<readonly string[]> {
  const { line } = input;
  const { advice } = line;
  if (advice === undefined) return [];
  const { identities } = judge(input).evidence;
  const notes: string[] = [];
  for (const kind of ['yanked', 'deprecated'] as const) {
    const at = advice[kind];
    if (at === undefined) continue;
    const place = `${line.name}@${line.version}`;
    try {
      const bytes = await fetchStatementAt(source, at);
      if (bytes === undefined) throw new Problem('not-found', 'The statement is not there');
      const hinted = { line, kind, identities };
      const { reason, replacement } = readAuthorAdvice(bytes, hinted, input);
      const instead = replacement === undefined ? '' : `; use ${replacement} instead`;
      notes.push(`the author ${kind} ${place}: ${reason}${instead}`);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code === 'interrupted') throw cause;
      notes.push(
        `the registry calls ${place} ${kind}, and this host found no valid statement of the author`,
      );
    }
  }
  return notes;
}
