/** The list of `skillgate mirror`: repositories and registries, each with a scope for copies. */
import * as v from 'valibot';
import { reasonsMax } from '../../../skills-index/skill/limits.ts';
import { parseScope, type Scope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  describeIssue,
  exactObject,
  pathOf,
  placeReasons,
} from '../../../skills-index/skill/shape.ts';
import { type ParsedJson, parseJson } from '../../../skills-index/skill/text/json.ts';
import { mirroredMax } from '../../limits.ts';
import { parseBase } from '../../registries/registry-base.ts';
import { parsePlacedToml } from '../../serve/placed-toml.ts';
import { namedSkillsMax, versionsCopied, versionsCopiedMax } from '../upstream/limits.ts';

export interface MirroredRepository {
  readonly address: string;
  readonly scope: Scope;
  /** The folder of the repository with the skills. */
  readonly path?: string;
}

/** A registry that has ClawHub's API. */
export interface MirroredRegistry {
  /** Below which the registry answers `/api/v1/skills`, without a slash at the end. */
  readonly address: string;
  readonly scope: Scope;
  /** Only the skills of this owner. */
  readonly owner?: string;
  /** Only the skills of these names. */
  readonly skills?: readonly string[];
  /** How many versions of a skill are copied: the newest ones. */
  readonly versions: number;
}

export interface MirrorList {
  readonly repositories: readonly MirroredRepository[];
  readonly registries: readonly MirroredRegistry[];
}

const text = v.pipe(v.string(), v.minLength(1, 'is empty'));
const listOf = <Line extends v.GenericSchema>(line: Line) =>
  v.optional(
    v.pipe(v.array(line), v.maxLength(mirroredMax, `has more than ${mirroredMax} entries`)),
    [],
  );
const repositoryEntries = { address: text, scope: text, path: v.exactOptional(text) };
const registryEntries = {
  address: text,
  scope: text,
  owner: v.exactOptional(text),
  skills: v.exactOptional(
    v.pipe(
      v.array(text),
      v.minLength(1, 'is empty'),
      v.maxLength(namedSkillsMax, `has more than ${namedSkillsMax} names`),
    ),
  ),
  versions: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(versionsCopiedMax, `is more than ${versionsCopiedMax}`),
    ),
    versionsCopied,
  ),
};
const listEntries = {
  repositories: listOf(exactObject(repositoryEntries)),
  registries: listOf(exactObject(registryEntries)),
};
const listShape = v.pipe(
  exactObject(listEntries),
  v.check(
    ({ registries, repositories }) => registries.length + repositories.length > 0,
    'the list names no repositories and no registries',
  ),
);

/**
 * @param path its end chooses the format: `.json`, else TOML
 * @throws Problem `mirror-list-invalid` with every reason and its place
 */
export function parseMirrorList(list: string, path: string): MirrorList {
  const parsed = parseText(list, path);
  const checked = v.safeParse(listShape, parsed.value);
  if (!checked.success) {
    const faults = checked.issues.slice(0, reasonsMax).map((issue) => ({
      path: pathOf(issue),
      message: describeIssue(issue),
    }));
    throw new Problem('mirror-list-invalid', `Cannot use ${path}`, {
      reasons: placeReasons(parsed, faults),
    });
  }
  const { registries, repositories } = checked.output;
  return {
    repositories: repositories.map((one) => ({ ...one, scope: scopeIn(one.scope) })),
    registries: registries.map(({ owner, ...one }) => ({
      ...one,
      address: registryIn(one.address),
      scope: scopeIn(one.scope),
      ...(owner === undefined ? {} : { owner: owner.replace(/^@/, '') }),
    })),
  };
}

function scopeIn(text: string): Scope {
  return parseScope(text.replace(/^@/, ''));
}

function registryIn(address: string): string {
  const base = parseBase(address);
  if (!base.startsWith('file:')) return base;
  throw new Problem(
    'mirror-list-invalid',
    `Cannot copy skills from ${address}: it is a folder and answers no requests`,
  );
}

function parseText(list: string, path: string): ParsedJson {
  try {
    if (path.endsWith('.json')) return parseJson(Buffer.from(list), path);
    return parsePlacedToml(list, path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('mirror-list-invalid', `Cannot read ${path}: ${why}`, { cause });
  }
}
