/**
 * SKILL.md as its publishers and the scanner read it: name, version, declarations of other
 * ecosystems, and warnings. A run only compares the description.
 */
import { type Document, isScalar } from 'yaml';
import { shownValueCharsMax } from '../bundle.ts';
import { isRecord, parseFrontMatter } from '../front-matter.ts';
import { descriptionCharsMax } from '../name.ts';
import type { Reason } from '../problem.ts';
import { nearest } from '../text/nearest.ts';
import { isFormatName } from './format-names.ts';

export interface SkillMd {
  readonly name?: string;
  readonly description: string;
  readonly license?: string;
  /**
   * The skill's version from `metadata.version`; when SKILL.md has none, from a top-level
   * `version`.
   */
  readonly version?: string;
  /** The Markdown of SKILL.md below the front matter. */
  readonly body: string;
  /** The line of SKILL.md, counted from 1, on which the Markdown below the front matter begins. */
  readonly bodyLine: number;
  /**
   * Declarations of capabilities in keys of other ecosystems: OpenClaw's `requires.env` and
   * `requires.bins`, and `allowed-tools`.
   */
  readonly declared: {
    readonly env: readonly string[];
    readonly bins: readonly string[];
    readonly allowedTools: readonly string[];
  };
  /** Harmless deviations of SKILL.md from the specification. */
  readonly warnings: readonly Reason[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** All keys of the front matter with their values, as the author wrote them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Names under which OpenClaw, now and earlier, keeps its part of `metadata`. */
const openClawKeys = ['openclaw', 'clawdbot', 'clawdis', 'moltbot'] as const;

/**
 * Parses SKILL.md.
 * @param path the name of SKILL.md in messages
 * @throws Problem `skill-md-invalid` when `parseFrontMatter` cannot read the file
 */
export function parseSkillMd(bytes: Uint8Array, path = 'SKILL.md'): SkillMd {
  const { body, bodyLine, description, document, fields, requoted, yaml } = parseFrontMatter(
    bytes,
    path,
  );
  const metadata = isRecord(fields.metadata) ? fields.metadata : {};
  const name = textOf(fields.name);
  const license = textOf(fields.license);
  const version =
    scalarText(document, ['metadata', 'version']) ?? scalarText(document, ['version']);
  return {
    ...(name === undefined ? {} : { name }),
    description,
    ...(license === undefined ? {} : { license }),
    ...(version === undefined ? {} : { version }),
    body,
    bodyLine,
    declared: { ...openClawRequires(metadata), allowedTools: toolsOf(fields['allowed-tools']) },
    warnings: [...warningsAbout(fields, requoted), ...cutDescription(document)].map(
      ({ key, message }) => ({
        message,
        place: { path, line: lineOfKey(yaml, key) + 1, column: 1 },
      }),
    ),
    metadata,
    fields,
  };
}

/** The keys of the Agent Skills specification. */
const skillKeys = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools'];

/** Keys that are compared with those of the specification: a hostile file has thousands. */
const otherKeysMax = 50;

// Other products have keys of their own, so only a key that stands for a missing one is named.
function misspelt(fields: Readonly<Record<string, unknown>>): { key: string; message: string }[] {
  const missing = skillKeys.filter((key) => !Object.hasOwn(fields, key));
  return Object.keys(fields)
    .filter((key) => !skillKeys.includes(key))
    .slice(0, otherKeysMax)
    .flatMap((key) => {
      const [meant] = nearest(key, missing);
      const message = `"${key}" is no key of SKILL.md; did you mean "${meant}"?`;
      return meant === undefined ? [] : [{ key, message }];
    });
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

// The specification wants `allowed-tools` to be one string with spaces between tools; a tool may
// have spaces in its parentheses. Some skills have a list instead.
function toolsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.match(/[^\s,(]+(\([^()]*\))?/g) ?? [];
  return textsOf(value);
}

function warningsAbout(
  fields: Readonly<Record<string, unknown>>,
  requoted: boolean,
): { readonly key: string; readonly message: string }[] {
  const { name, description, metadata } = fields;
  const badName = typeof name !== 'string' || !isFormatName(name);
  const nested =
    isRecord(metadata) && Object.values(metadata).some((value) => typeof value !== 'string');
  return [
    ...(requoted ? [{ key: 'description', message: 'a value with a colon is not quoted' }] : []),
    ...misspelt(fields),
    ...(name === undefined
      ? [
          {
            key: 'name',
            message: 'SKILL.md has no name: write "name: my-skill" into its front matter',
          },
        ]
      : []),
    ...(name !== undefined && badName
      ? [
          {
            key: 'name',
            message:
              'the name has other characters than lower-case letters of one script, digits and hyphens',
          },
        ]
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
      ? [
          {
            key: 'allowed-tools',
            message:
              'allowed-tools is written as a YAML list; write one string with spaces between the tools',
          },
        ]
      : []),
    ...(fields.version === undefined
      ? []
      : [{ key: 'version', message: 'version belongs under metadata' }]),
  ];
}

// `description: Solves issue #12`: the text behind ` #` is a comment. A comment that somebody meant
// begins with a space.
function cutDescription(document: Document.Parsed): { key: string; message: string }[] {
  const node = document.get('description', true);
  if (!isScalar(node) || !/^\S/.test(node.comment ?? '')) return [];
  const cut = `#${node.comment?.split('\n', 1)[0]?.slice(0, shownValueCharsMax)}`;
  return [
    {
      key: 'description',
      message: `YAML takes ${JSON.stringify(cut)} for a comment, and cuts the description there: put the whole value in quotes`,
    },
  ];
}

// The line of a top-level key within the front matter's YAML, counted from 1; 0 (the line above)
// when the key is absent.
function lineOfKey(yaml: string, key: string): number {
  return yaml.split('\n').findIndex((line) => line.startsWith(`${key}:`)) + 1;
}

// YAML reads `version: 1.0` as the number 1, so the version's text is taken from the source of the
// front matter.
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
