/**
 * One line of `/index/@scope/name` describes an approved version, and has the addresses of the
 * version's evidence. Nobody signs the line; `decide` verifies each piece of evidence.
 */
import * as v from 'valibot';
import type { Capabilities } from '../../skill/capability.ts';
import type { Digest } from '../../skill/digest.ts';
import { descriptionCharsMax, type SkillName } from '../../skill/name.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type Version, versionCharsMax } from '../../skill/version.ts';
import {
  capabilities,
  digest,
  isoTime,
  logIndex,
  type Shape,
  skillName,
  version,
} from '../../statement/field-shapes.ts';

export const indexFileBytesMax = 32 * 1024 * 1024;

const indexStatementsMax = 500;

export interface IndexLine {
  readonly schema: 'skillgate.index/1';
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** The description in SKILL.md, cut to 1,024 characters. */
  readonly description: string;
  /** The approved capabilities, grouped and without `why`. */
  readonly capabilities: Capabilities;
  readonly requires: Readonly<Record<SkillName, string>>;
  /** Id of the identity that published the version: a key, a person or a CI job. */
  readonly publisher: Digest;
  /**
   * Addresses of all needed Sigstore bundles: publication, scan, approvals, verification summary,
   * and the identity statements that these four depend on.
   */
  readonly statements: readonly Digest[];
  /** Log index of the version's verification summary. */
  readonly logIndex: number;
  /** A hint of the registry; `decide` does not read the hint. */
  readonly advice?: AdviceHint;
  /** A hint of the registry; `decide` judges the statements in the log. */
  readonly stopped?: StopHint;
}

/** The suspension or revocation in force, and the time of the registry’s clock. */
export interface StopHint {
  readonly kind: 'suspended' | 'revoked';
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** The log indexes of the author's advice in force about a version. */
export interface AdviceHint {
  readonly yanked?: number;
  readonly deprecated?: number;
}

const lineShape: Shape<IndexLine> = exactObject({
  schema: v.literal('skillgate.index/1'),
  name: skillName,
  version,
  bundle: digest,
  description: v.pipe(v.string(), v.maxLength(descriptionCharsMax, 'is too long')),
  capabilities,
  requires: v.pipe(
    v.custom<object>((value) => !Array.isArray(value), 'is a list'),
    v.record(v.string(), v.pipe(v.string(), v.maxLength(versionCharsMax))),
  ),
  publisher: digest,
  statements: v.pipe(
    boundedList(digest, indexStatementsMax, 'is too long'),
    v.check((list) => new Set(list).size === list.length, 'names a statement twice'),
  ),
  logIndex,
  advice: v.exactOptional(
    exactObject({ yanked: v.exactOptional(logIndex), deprecated: v.exactOptional(logIndex) }),
  ),
  stopped: v.exactOptional(
    exactObject({ kind: v.picklist(['suspended', 'revoked']), since: isoTime }),
  ),
});

/**
 * Parses the index file of one skill. One unreadable line, or a line of another skill, makes the
 * parser reject the whole file.
 * @throws Problem `registry-answer-invalid`
 */
export function parseIndexFile(bytes: Uint8Array, name: SkillName): IndexLine[] {
  if (bytes.byteLength > indexFileBytesMax)
    throw new Problem('registry-answer-invalid', `The index of ${name} is too large`);
  const text = Buffer.from(bytes).toString('utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const parsed = lines.map((line, at) =>
    parseAnswer(lineShape, line, `the index line ${name}:${at + 1}`),
  );
  const versions = new Set(parsed.map((line) => line.version));
  if (parsed.some((line) => line.name !== name) || versions.size !== parsed.length) {
    throw new Problem(
      'registry-answer-invalid',
      `The index of ${name} has a line of another skill, or a version twice`,
    );
  }
  return parsed;
}

/**
 * Prints the part of an index line that never changes, in its RFC 8785 form, without the line feed.
 * The hints about the version are left out.
 */
export function printIndexLine({ advice: _, stopped: __, ...line }: IndexLine): string {
  return canonicalJson(line);
}

/** The part of a skill's description that an index line contains. */
export function indexDescription(description: string): string {
  // The description is cut between characters, never inside a surrogate pair.
  return [...description].reduce(
    (cut, char) => (cut.length + char.length > descriptionCharsMax ? cut : cut + char),
    '',
  );
}

// Parses JSON that a registry sent. Nobody has verified the JSON yet.

/**
 * Parses an answer of a registry. An answer that is no JSON is the registry’s fault, too.
 * @param content UTF-8
 * @param what how messages name the answer
 * @param valuesMax as `parseJson`
 * @throws Problem `registry-answer-invalid`
 */
export function parseAnswer<Value>(
  shape: Shape<Value>,
  content: Uint8Array | string,
  what: string,
  valuesMax?: number,
): Value {
  const code = 'registry-answer-invalid';
  try {
    return parseShape(shape, parseJson(content, what, valuesMax), code, what);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'json-invalid')
      throw new Problem(code, cause.message, { cause });
    throw cause;
  }
}
