/**
 * SKILL.md's front matter, read leniently (agentskills specification of 2026-08, and what real
 * skills write).
 */
import { type Document, isScalar, parseDocument } from 'yaml';
import {
  descriptionCharsMax,
  frontMatterBytesMax,
  frontMatterPartsMax,
  jsonDepthMax,
  yamlAliasesMax,
} from './limits.ts';
import { isNamePart } from './name.ts';
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
  /**
   * What other ecosystems' keys declare: OpenClaw's `requires.env` and `.bins`, and
   * `allowed-tools`.
   */
  readonly declared: {
    readonly env: readonly string[];
    readonly bins: readonly string[];
    readonly allowedTools: readonly string[];
  };
  /** Where the file leaves the specification without harm. */
  readonly warnings: readonly Reason[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** All keys of the front matter, as the author wrote them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Names under which OpenClaw, now and earlier, keeps its part of `metadata`. */
const openClawKeys = ['openclaw', 'clawdbot', 'clawdis', 'moltbot'] as const;

/**
 * Reads SKILL.md.
 * @param path how messages name the file
 * @throws Problem `skill-md-invalid` for unreadable YAML, a missing description or what is not
 * UTF-8
 */
export function parseSkillMd(bytes: Uint8Array, path = 'SKILL.md'): SkillMd {
  const { yaml, body, bodyLine } = split(decode(bytes, path), path);
  const { document, fields, requoted } = readYaml(yaml, path);
  const description = fields.description;
  if (typeof description !== 'string' || description.trim() === '') {
    const found =
      description === undefined
        ? 'there is no description'
        : 'the description is no text, or empty';
    throw invalid(
      path,
      2,
      found,
      'Write a line "description: …" that says what the skill does and when to use it.',
    );
  }
  const metadata = isRecord(fields.metadata) ? fields.metadata : {};
  const name = textOf(fields.name);
  const license = textOf(fields.license);
  const version =
    scalarText(document, ['metadata', 'version']) ?? scalarText(document, ['version']);
  return {
    ...(name === undefined ? {} : { name }),
    description: description.trim(),
    ...(license === undefined ? {} : { license }),
    ...(version === undefined ? {} : { version }),
    body,
    bodyLine,
    declared: { ...openClawRequires(metadata), allowedTools: toolsOf(fields['allowed-tools']) },
    warnings: warningsAbout(fields, requoted).map(({ key, message }) => ({
      message,
      place: { path, line: lineOfKey(yaml, key) + 1, column: 1 },
    })),
    metadata,
    fields,
  };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(path, 1, 'it is not UTF-8', 'Save the file as UTF-8.', cause);
  }
}

// The front matter is what stands between a first line `---` and the next line `---`.
function split(text: string, path: string): { yaml: string; body: string; bodyLine: number } {
  const opening = /^---[ \t]*\r?\n/.exec(text);
  if (opening === null) {
    throw invalid(
      path,
      1,
      'it has no front matter',
      'Begin the file with a line "---", then "description: …", then "---".',
    );
  }
  const rest = text.slice(opening[0].length);
  const closing = /^---[ \t]*(\r?\n|$)/m.exec(rest);
  if (closing === null)
    throw invalid(path, 1, 'its front matter does not end', 'End it with a line "---".');
  const yaml = rest.slice(0, closing.index);
  if (Buffer.byteLength(yaml) > frontMatterBytesMax) {
    throw invalid(
      path,
      1,
      `its front matter has more than ${frontMatterBytesMax} bytes`,
      'Move text below the front matter.',
    );
  }
  const body = rest.slice(closing.index + closing[0].length);
  return { yaml, body, bodyLine: yaml.split('\n').length + 2 };
}

interface Yaml {
  readonly document: Document.Parsed;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly requoted: boolean;
}

// A description with an unquoted colon is the commonest mistake in the wild; it is read once more
// with its values quoted.
function readYaml(yaml: string, path: string): Yaml {
  if (opensTooMany(yaml))
    throw invalid(
      path,
      1,
      `its front matter has more than ${jsonDepthMax} levels`,
      'Write it flatter.',
    );
  if (separators(yaml) > frontMatterPartsMax) {
    throw invalid(
      path,
      1,
      `its front matter has more than ${frontMatterPartsMax} parts`,
      'Move text below the front matter.',
    );
  }
  const first = parseYaml(yaml);
  const requoted = first.errors.length > 0;
  const document = requoted ? parseYaml(quoteColons(yaml)) : first;
  const [error] = document.errors.length === 0 ? [] : first.errors;
  if (error !== undefined) {
    const [at, why] = placeOf(first.errors, yaml) ?? [error.linePos?.[0], firstLine(error.message)];
    // The parser's own message quotes several lines of the file; the place is enough.
    throw invalid(
      path,
      (at?.line ?? 1) + 1,
      why,
      'Mend the YAML at the line named.',
      undefined,
      at?.col,
    );
  }
  const fields = toPlain(document, path);
  if (!isRecord(fields))
    throw invalid(path, 2, 'its front matter is not a list of keys', 'Write "key: value" lines.');
  return { document, fields, requoted };
}

// Two lines that are read as one key are reported at the first: an indented second one is what
// somebody wrote wrongly.
function placeOf(
  errors: Document.Parsed['errors'],
  yaml: string,
): [{ line: number; col: number }, string] | undefined {
  const end = errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY')?.linePos?.[1];
  if (end === undefined || !/^[ \t]/.test(yaml.split('\n')[end.line - 1] ?? '')) return undefined;
  return [{ line: end.line, col: 1 }, 'it is indented as if it belonged to the line above'];
}

// The YAML parser recurses, and is slow on many open brackets, so brackets are counted roughly
// first.
function opensTooMany(yaml: string): boolean {
  let open = 0;
  for (const char of yaml) {
    if (char === '[' || char === '{') open++;
    else if (char === ']' || char === '}') open--;
    if (open > jsonDepthMax) return true;
  }
  return false;
}

// The YAML parser compares each key of a map with all others, so possible separators are counted
// roughly first.
function separators(yaml: string): number {
  return yaml.match(/[\n:,?]/g)?.length ?? 0;
}

function parseYaml(yaml: string): Document.Parsed {
  // The core schema knows no tag that makes anything but strings, numbers, booleans, null, lists
  // and maps.
  return parseDocument(yaml, {
    schema: 'core',
    version: '1.2',
    merge: false,
    uniqueKeys: true,
    logLevel: 'silent',
  });
}

function toPlain(document: Document.Parsed, path: string): unknown {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: yamlAliasesMax });
  } catch (cause) {
    throw invalid(
      path,
      1,
      `its front matter cannot be read (${(cause as Error).message})`,
      'Write it without aliases.',
      cause,
    );
  }
  if (isTooDeep(value, [])) {
    throw invalid(
      path,
      1,
      `its front matter has more than ${jsonDepthMax} levels, or holds itself`,
      'Write it flatter.',
    );
  }
  return value;
}

// An alias inside the value that it names makes a cycle, in which every reader would loop forever.
function isTooDeep(value: unknown, above: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (above.includes(value) || above.length >= jsonDepthMax) return true;
  return Object.values(value).some((member) => isTooDeep(member, [...above, value]));
}

// Works line by line, and each expression passes a line once, because the author's text decides how
// long this takes.
function quoteColons(yaml: string): string {
  const lines = yaml.split('\n').map((line) => {
    const [, key = '', value = ''] =
      /^([ \t]*[\w-]+:)[ \t]+([^\s"'[{|>&*!#].*)$/.exec(line.trimEnd()) ?? [];
    return value.includes(':') ? `${key} ${JSON.stringify(value)}` : line;
  });
  return lines.join('\n');
}

function openClawRequires(metadata: Readonly<Record<string, unknown>>): {
  env: string[];
  bins: string[];
} {
  const parts = openClawKeys.flatMap((key) => {
    const part = isRecord(metadata[key]) ? metadata[key].requires : undefined;
    return isRecord(part) ? [part] : [];
  });
  const listed = (key: string): string[] =>
    [...new Set(parts.flatMap((part) => textsOf(part[key])))].sort();
  return { env: listed('env'), bins: listed('bins') };
}

// One string with spaces between tools, where a tool may have spaces in its parentheses; in the
// wild also a list.
function toolsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.match(/[^\s,(]+(\([^()]*\))?/g) ?? [];
  return textsOf(value);
}

function warningsAbout(
  fields: Readonly<Record<string, unknown>>,
  requoted: boolean,
): { readonly key: string; readonly message: string }[] {
  const { name, description, metadata } = fields;
  const badName = typeof name !== 'string' || !isNamePart(name);
  const nested =
    isRecord(metadata) && Object.values(metadata).some((value) => typeof value !== 'string');
  return [
    ...(requoted ? [{ key: 'description', message: 'a value with a colon is not quoted' }] : []),
    ...(name === undefined ? [{ key: 'name', message: 'there is no name' }] : []),
    ...(name !== undefined && badName
      ? [{ key: 'name', message: 'the name is not of lower-case letters, digits and hyphens' }]
      : []),
    ...(String(description).length > descriptionCharsMax
      ? [
          {
            key: 'description',
            message: `the description is longer than ${descriptionCharsMax} characters`,
          },
        ]
      : []),
    ...(metadata !== undefined && !isRecord(metadata)
      ? [{ key: 'metadata', message: 'metadata is not a map' }]
      : []),
    ...(nested ? [{ key: 'metadata', message: 'metadata has values that are not strings' }] : []),
    ...(Array.isArray(fields['allowed-tools'])
      ? [{ key: 'allowed-tools', message: 'allowed-tools is a list, not one string' }]
      : []),
    ...(fields.version === undefined
      ? []
      : [{ key: 'version', message: 'version belongs under metadata' }]),
  ];
}

// Line within the YAML, from 1, on which a top-level key stands; 0 (the line above) when it is
// absent.
function lineOfKey(yaml: string, key: string): number {
  return yaml.split('\n').findIndex((line) => line.startsWith(`${key}:`)) + 1;
}

// `version: 1.0` is the number 1 to YAML; what the author wrote is in the source.
function scalarText(document: Document.Parsed, path: readonly string[]): string | undefined {
  const node = document.getIn(path, true);
  if (!isScalar(node)) return undefined;
  return textOf(typeof node.value === 'number' ? node.source : node.value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string' && one !== '') : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}

function invalid(
  path: string,
  line: number,
  why: string,
  hint: string,
  cause?: unknown,
  column = 1,
): Problem {
  const place = { path, line, column };
  return new Problem('skill-md-invalid', `Cannot read ${path}:${line}: ${why}`, {
    hint,
    reasons: [{ message: why, place }],
    ...(cause === undefined ? {} : { cause }),
  });
}
