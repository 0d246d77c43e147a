/**
 * Python packages in a bundle's requirements files, line by line (pip's requirements file format).
 */
import type { Span } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';

export interface PackageRequirement {
  readonly span: Span;
  readonly name: string;
}

/** Packages named in `requirements*.txt` and `constraints*.txt`. */
export function listedRequirements(sources: readonly TaintSource[]): PackageRequirement[] {
  return sources.filter(isRequirements).flatMap(({ path, text }) =>
    [...text.matchAll(/^[ \t]*([A-Za-z0-9][\w.-]{0,80})(?=[ \t]*(?:$|\r|[=<>!~;[@#]))/gm)].map(
      (match): PackageRequirement => {
        const [line, name = ''] = match;
        const start = match.index + line.length - name.length;
        return { span: { path, start, end: start + name.length }, name };
      },
    ),
  );
}

/** Whether a source is a requirements file. */
export function isRequirements({ path, depth }: TaintSource): boolean {
  return depth === 0 && /(^|\/)(requirements|constraints)[\w.-]*\.(txt|in)$/i.test(path);
}
