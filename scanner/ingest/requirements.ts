/**
 * Python packages that a bundle lists: requirements files, line by line (pip's requirements file
 * format).
 */
import type { Span } from '../fact/fact.ts';
import type { Source } from '../fact/source.ts';

export interface Requirement {
  readonly span: Span;
  readonly name: string;
}

/** Packages named in `requirements*.txt` and `constraints*.txt`. */
export function listedRequirements(sources: readonly Source[]): Requirement[] {
  return sources.filter(isRequirements).flatMap(({ path, text }) =>
    [...text.matchAll(/^[ \t]*([A-Za-z0-9][\w.-]{0,80})(?=[ \t]*(?:$|\r|[=<>!~;[@#]))/gm)].map(
      (match): Requirement => {
        const [line, name = ''] = match;
        const start = match.index + line.length - name.length;
        return { span: { path, start, end: start + name.length }, name };
      },
    ),
  );
}

/** Whether a source is a requirements file. */
export function isRequirements({ path, depth }: Source): boolean {
  return depth === 0 && /(^|\/)(requirements|constraints)[\w.-]*\.(txt|in)$/i.test(path);
}
