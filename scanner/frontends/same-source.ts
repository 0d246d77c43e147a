/**
 * Equal sources of the last scans as one object, so that what depends on one source only is found
 * once: a new version of a skill has most files of the version before.
 */
import type { TaintSource } from '../fact/source.ts';
import { recentSourceCharsMax } from '../limits.ts';
import { RecentTexts } from '../prose/recent-texts.ts';

const recent = new RecentTexts<TaintSource[]>(recentSourceCharsMax);
/** Sources with one text, such as an empty one. */
const alikeMax = 4;

/** The known source that is equal to this one, or this one. */
export function sameSource(source: TaintSource): TaintSource {
  const alike = recent.of(source.text, () => []);
  const known = alike.find(
    ({ path, file, language, context, depth }) =>
      path === source.path &&
      file === source.file &&
      language === source.language &&
      context === source.context &&
      depth === source.depth,
  );
  if (known !== undefined) return known;
  alike.unshift(source);
  alike.length = Math.min(alike.length, alikeMax);
  return source;
}
