/** SKILL.md's front matter, read leniently (ecosystem.md: agentskills specification and what real skills write). */
import { Problem, type Reason } from './problem.ts';

export interface SkillMd {
  readonly name?: string;
  readonly description: string;
  readonly license?: string;
  /** `metadata.version`, else a top-level `version`. */
  readonly version?: string;
  /** The Markdown below the front matter. */
  readonly body: string;
  /** Line of SKILL.md on which `body` begins, from 1. */
  readonly bodyLine: number;
  /** What other ecosystems' keys declare: OpenClaw's `requires.env` and `.bins`, and `allowed-tools`. */
  readonly declared: {
    readonly env: readonly string[];
    readonly bins: readonly string[];
    readonly allowedTools: readonly string[];
  };
  /** Where the file leaves the specification without harm. */
  readonly warnings: readonly Reason[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Reads SKILL.md.
 * @throws Problem `skill-md-invalid` for unreadable YAML, a missing description or what is not UTF-8
 */
export function parseSkillMd(_bytes: Uint8Array, _path = 'SKILL.md'): SkillMd {
  throw new Problem('internal', 'not written yet');
}
