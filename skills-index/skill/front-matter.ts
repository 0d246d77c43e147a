/**
 * Parses the front matter of SKILL.md (agentskills specification of 2026-08). Common mistakes of
 * real skills are accepted.
 */
import { type Document, isScalar, parseDocument, visit } from 'yaml';
import { Problem } from './problem.ts';

const frontMatterBytesMax = 64 * 1024;

/**
 * Maximum number of line feeds and of signs between nodes (such as colons, commas, quotes, opening
 * brackets and list dashes) in the front matter of SKILL.md.
 */
const frontMatterPartsMax = 5_000;

export const jsonDepthMax = 64;

const yamlAliasesMax = 20;

interface FrontMatter {
  readonly document: Document.Parsed;
  /** All keys of the front matter with their values, as the author wrote them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether the parser had to quote values before it could parse the front matter's YAML. */
  readonly requoted: boolean;
  readonly yaml: string;
  readonly description: string;
  /** The Markdown of SKILL.md below the front matter. */
  readonly body: string;
  /** The line of SKILL.md, counted from 1, on which the Markdown below the front matter begins. */
  readonly bodyLine: number;
}

/**
 * Reads the front matter of SKILL.md.
 * @param path the name of SKILL.md in messages
 * @throws Problem `skill-md-invalid` for unreadable YAML, a missing description, or bytes that are
 * not UTF-8
 */
export function parseFrontMatter(bytes: Uint8Array, path = 'SKILL.md'): FrontMatter {
  const parts = split(decode(bytes, path), path);
  const read = readYaml(parts.yaml, path);
  const { description } = read.fields;
  if (typeof description !== 'string' || description.trim() === '') {
    const found =
      description === undefined
        ? 'there is no description'
        : 'the description is not text, or is empty';
    throw invalid(
      path,
      2,
      found,
      'Write a line "description: …" that says what the skill does and when to use it.',
    );
  }
  return { ...parts, ...read, description: description.trim() };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(path, 1, 'it is not UTF-8', 'Save the file as UTF-8.', cause);
  }
}

// The front matter is the text between a first line `---` and the next line `---`.
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

type Yaml = Pick<FrontMatter, 'document' | 'fields' | 'requoted'>;

// A description with an unquoted colon is the most common mistake in published skills. YAML with
// that mistake is parsed once more with its values quoted.
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
  const quoted = first.errors.length > 0 ? quoteColons(yaml) : yaml;
  const requoted = quoted !== yaml;
  const document = requoted ? parseYaml(quoted) : first;
  const [error] = document.errors.length === 0 ? [] : first.errors;
  if (error !== undefined) {
    const [at, why] = placeOf(first.errors, yaml) ?? [error.linePos?.[0], firstLine(error.message)];
    // The YAML parser's own message quotes several lines of the file. The place of the fault is
    // enough.
    throw invalid(path, (at?.line ?? 1) + 1, why, mend, undefined, at?.col);
  }
  requirePlain(document, quoted, path);
  const fields = toPlain(document, path);
  if (!isRecord(fields))
    throw invalid(path, 2, 'its front matter is not a list of keys', 'Write "key: value" lines.');
  return { document, fields, requoted };
}

// The YAML parser reports two lines that it reads as one key at the first line. An indented second
// line was indented by mistake, so messages name the second line.
function placeOf(
  errors: Document.Parsed['errors'],
  yaml: string,
): [{ line: number; col: number }, string] | undefined {
  const end = errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY')?.linePos?.[1];
  if (end === undefined || !/^[ \t]/.test(yaml.split('\n')[end.line - 1] ?? '')) return undefined;
  return [{ line: end.line, col: 1 }, 'it is indented as if it belonged to the line above'];
}

// The YAML parser recurses, and is slow on many open brackets, so brackets are counted roughly
// before parsing.
function opensTooMany(yaml: string): boolean {
  let open = 0;
  for (const char of yaml) {
    if (char === '[' || char === '{') open++;
    else if (char === ']' || char === '}') open--;
    if (open > jsonDepthMax) return true;
  }
  return false;
}

// The YAML parser is slow on many nodes and errors, so the signs with which a node can begin are
// counted roughly before parsing.
function separators(yaml: string): number {
  return yaml.match(/[\n:,?[{"'&*!]|-(?=[ \t])/g)?.length ?? 0;
}

function parseYaml(yaml: string): Document.Parsed {
  // In YAML's core schema, every tag makes a string, number, boolean, null, list or map.
  return parseDocument(yaml, {
    schema: 'core',
    version: '1.2',
    merge: false,
    // The parser would compare each key with all others: half a second for 5,000 keys.
    uniqueKeys: false,
    logLevel: 'silent',
  });
}

// For each alias, the parser looks through all anchors before it.
function requirePlain(document: Document.Parsed, yaml: string, path: string): void {
  let aliases = 0;
  visit(document, {
    Alias: () => {
      if (++aliases > yamlAliasesMax)
        throw invalid(
          path,
          1,
          `its front matter has more than ${yamlAliasesMax} aliases`,
          'Write it without aliases.',
        );
    },
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        if (keys.has(value)) {
          const before = yaml.slice(0, isScalar(key) ? key.range?.[0] : 0);
          throw invalid(path, before.split('\n').length + 1, 'Map keys must be unique', mend);
        }
        keys.add(value);
      }
    },
  });
}

const mend = 'Mend the YAML at the line named.';

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

// A YAML alias inside the value that the alias names makes a cycle, in which every reader would
// loop forever.
function isTooDeep(value: unknown, above: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (above.includes(value) || above.length >= jsonDepthMax) return true;
  return Object.values(value).some((member) => isTooDeep(member, [...above, value]));
}

// Quotes values line by line, and each regular expression passes a line once, because the author's
// text decides how long this work takes.
function quoteColons(yaml: string): string {
  const lines = yaml.split('\n').map((line) => {
    const [, key = '', value = ''] =
      /^([ \t]*[\w-]+:)[ \t]+([^\s"'[{|>&*!#].*)$/.exec(line.trimEnd()) ?? [];
    return value.includes(':') ? `${key} ${JSON.stringify(value)}` : line;
  });
  return lines.join('\n');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
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
