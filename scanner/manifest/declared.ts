/**
 * The author's declarations: skill.json, and declarations in SKILL.md in the forms of other
 * ecosystems.
 */

import { requireLocked } from '../../skills-index/packages/require-locked.ts';
import { parseSkillMd, type SkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Capabilities, groupCapabilities } from '../../skills-index/skill/capability.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';

/** Why a part of a skill could not be read: a Problem as plain data. */
export interface Obstacle {
  readonly path: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
  readonly reasons: readonly Reason[];
}

export interface Declared {
  readonly manifest: Manifest | undefined;
  /** Why an existing skill.json, or SKILL.md, cannot be read. */
  readonly obstacles: readonly Obstacle[];
  /** Undefined when nothing is declared anywhere. */
  readonly capabilities: Capabilities | undefined;
  readonly name: string;
  /** The name in SKILL.md. */
  readonly nameInProse: string | undefined;
  readonly version: string;
  readonly description: string;
}

/**
 * Reads the declarations. Never throws: a file that cannot be read becomes an obstacle and declares
 * nothing.
 */
export function readDeclared(files: readonly SourceFile[]): Declared {
  const obstacles: Obstacle[] = [];
  const attempt = <Value>(
    path: string,
    parse: (bytes: Uint8Array, path: string) => Value,
  ): Value | undefined => {
    const file = files.find((file) => file.path === path);
    if (file === undefined) return undefined;
    try {
      return parse(file.bytes, path);
    } catch (cause) {
      obstacles.push(
        obstacleAt(
          path,
          cause instanceof Problem ? cause : new Problem('internal', String(cause), { cause }),
        ),
      );
      return undefined;
    }
  };
  const manifest = attempt('skill.json', parseManifest);
  if (manifest !== undefined)
    attempt('skill.json', () =>
      requireLocked(
        'read the packages',
        manifest,
        (path) => files.find((file) => file.path === path)?.bytes,
      ),
    );
  const skillMd = attempt('SKILL.md', parseSkillMd);
  const inProse = skillMd === undefined ? undefined : declaredInProse(skillMd);
  return {
    manifest,
    obstacles,
    // The author signs skill.json; SKILL.md counts only without it.
    capabilities: manifest?.capabilities ?? inProse,
    name: manifest?.name ?? skillMd?.name ?? '',
    nameInProse: skillMd?.name,
    version: manifest?.version ?? skillMd?.version ?? '',
    description: skillMd?.description ?? '',
  };
}

/** A Problem as an obstacle at a file. */
export function obstacleAt(path: string, { code, message, hint, reasons }: Problem): Obstacle {
  return { path, code, message, reasons, ...(hint !== undefined && { hint }) };
}

function declaredInProse({ declared }: SkillMd): Capabilities | undefined {
  if (declared.env.length + declared.bins.length === 0) return undefined;
  return groupCapabilities([
    ...declared.env.map((name) => ({ kind: 'env', name }) as const),
    ...declared.bins.map((program) => ({ kind: 'exec', program }) as const),
  ]);
}
