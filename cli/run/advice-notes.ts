/** Notes about advice of the author of a version: yanked, deprecated. Advice stops nobody. */
import valid from 'semver/functions/valid.js';
import type * as admission from '../../runner/admission/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import { fetchIndex } from '../../skills-index/client/index-lines.ts';
import { fetchStatementAt } from '../../skills-index/client/version-words.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { compareVersions, isInRange } from '../../skills-index/skill/version.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import type { AdviceHint, IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { readAuthorAdvice } from '../../skills-index/trust/index-files/shown-advice.ts';

type Judged = Pick<admission.Admission, 'input'>;

/** The notes for a person; empty for most versions. */
export async function adviceNotes(source: Source, { input }: Judged): Promise<readonly string[]> {
  return notesAbout(source, input, input.line, ['yanked', 'deprecated']);
}

/**
 * A note about the highest version in the range, where an installation passed over it because the
 * author yanked it. Reads the index that the admission left in the store.
 */
export async function passedOverNotes(
  source: Source,
  { input }: Judged,
  range: string,
): Promise<readonly string[]> {
  const { name, version } = input.line;
  if (valid(range) !== null) return [];
  // A missing note must not stop an installation.
  const lines = await fetchIndex({ ...source, offline: true }, name, { name, range }).catch(
    () => [],
  );
  const line = lines
    .filter((one) => one.advice?.yanked !== undefined && isInRange(one.version, range))
    .sort((a, b) => compareVersions(a.version, b.version))
    .at(-1);
  if (line === undefined || compareVersions(line.version, version) <= 0) return [];
  const notes = await notesAbout(source, input, line, ['yanked']);
  return notes.map((note) => `${version} is chosen, because ${note}`);
}

async function notesAbout(
  source: Source,
  input: Judged['input'],
  line: IndexLine,
  kinds: readonly (keyof AdviceHint)[],
): Promise<readonly string[]> {
  const { advice } = line;
  if (advice === undefined) return [];
  const { identities } = judge(input).evidence;
  const notes: string[] = [];
  for (const kind of kinds) {
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
