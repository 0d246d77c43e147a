/** The list of `skillgate mirror`: repositories, each with the scope that gets its skills. */
import * as v from 'valibot';
import { parseTomlValue } from '../../../skills-index/packages/toml-value.ts';
import { parseScope, type Scope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { exactObject } from '../../../skills-index/skill/shape.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import { mirroredMax } from '../../limits.ts';

export interface MirroredRepository {
  readonly address: string;
  readonly scope: Scope;
  /** The folder of the repository with the skills. */
  readonly path?: string;
}

const text = v.pipe(v.string(), v.minLength(1, 'is empty'));
const listShape = exactObject({
  repositories: v.pipe(
    v.array(exactObject({ address: text, scope: text, path: v.exactOptional(text) })),
    v.minLength(1, 'is empty'),
    v.maxLength(mirroredMax, `has more than ${mirroredMax} repositories`),
  ),
});

/**
 * @param path its end chooses the format: `.json`, else TOML
 * @throws Problem `mirror-list-invalid` with every reason
 */
export function parseMirrorList(list: string, path: string): MirroredRepository[] {
  const parsed = v.safeParse(listShape, parseText(list, path));
  if (!parsed.success)
    throw new Problem('mirror-list-invalid', `Cannot use ${path}`, {
      reasons: parsed.issues.map((issue) => ({
        message: `${v.getDotPath(issue) ?? 'the list'}: ${issue.message}`,
      })),
    });
  return parsed.output.repositories.map(({ scope, ...one }) => ({
    ...one,
    scope: parseScope(scope.replace(/^@/, '')),
  }));
}

function parseText(list: string, path: string): unknown {
  try {
    if (path.endsWith('.json')) return parseJson(Buffer.from(list), path).value;
    return parseTomlValue(list);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('mirror-list-invalid', `Cannot read ${path}: ${why}`, { cause });
  }
}
