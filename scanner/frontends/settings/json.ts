/**
 * The front end for JSON, YAML, TOML and INI: scripts and hooks in settings, dependencies, and text
 * for agents.
 */

import { type AST, parseTOML } from 'toml-eslint-parser';
import type { Fact } from '../../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import {
  type FrontEndContext,
  type FrontEndResult,
  notAnalysed,
  perSource,
} from '../../programs/frontend.ts';
import { joinPieces } from '../markdown/code.ts';
import { plainTextFacts } from '../text.ts';
import { notebookPrograms } from './notebook.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';
import { tomlSettingsFiles } from './tables/setting-commands.ts';
import { analyseYaml, settingsDepthMax } from './yaml.ts';

const tomlCharsMax = 256 * 1024;

// INI files: settings of tox, git, Mercurial, Supervisor and systemd that are commands.

/** Facts of one INI file: its text, and its commands. */
function analyseIni(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const result = plainTextFacts(source, context);
  const rows = iniCommands.filter(({ file }) => file.test(source.path));
  if (rows.length === 0) return result;
  context.steps.take(1 + (source.text.length >> 4));
  const embedded: EmbeddedProgram[] = [];
  let section = '';
  let lines: Line[] | undefined;
  // The settings of systemd, of which the command is one.
  let isUnit = false;
  const close = (): void => {
    const unescaped = (lines ?? []).map((line) => (isUnit ? withDollars(line) : line));
    const { text, map } = joinPieces(unescaped.map(withoutMarks).flatMap(substituted));
    if (text.trim() !== '')
      embedded.push({
        within: source.path,
        language: 'shell',
        text,
        context: source.context,
        map,
      });
    lines = undefined;
  };
  let at = 0;
  for (const line of source.text.split('\n')) {
    const header = /^\s*\[([^\]\n]{1,200})\]/.exec(line);
    // git allows a key right behind the header of its section.
    const rest = header === null ? line : line.slice(header[0].length);
    const start = at + line.length - rest.length;
    const [all, key = '', value = ''] = /^\s*([\w.-]{1,100})\s*[=:]\s*(.*)$/.exec(rest) ?? [];
    // systemd goes on behind a backslash.
    const isCut = lines?.at(-1)?.text.endsWith('\\') === true;
    // systemd leaves out a comment between the parts.
    if (isUnit && isCut && /^\s*[#;]/.test(line)) {
      at += line.length + 1;
      continue;
    }
    const goesOn = lines !== undefined && (isCut || (header === null && /^[ \t]+\S/.test(line)));
    if (header !== null) section = (header[1] ?? '').trim();
    const isCommand = rows.some(
      (row) => row.section.test(section) && row.key.test(key) && row.value.test(value),
    );
    const isNew = all !== undefined && !(goesOn && !isCommand);
    if (isNew || (!goesOn && line.trim() !== '')) close();
    if (isNew && isCommand) {
      isUnit = key.startsWith('Exec');
      lines = [{ text: value, raw: start + rest.length - value.length }];
    } else if (lines !== undefined && goesOn) lines.push({ text: line, raw: at, isCut });
    at += line.length + 1;
  }
  close();
  return { ...result, embedded: [...result.embedded, ...embedded] };
}

interface Line {
  readonly text: string;
  readonly raw: number;
  /** It goes on where the line before ends with a backslash. */
  readonly isCut?: boolean;
}

// `$$` is a dollar sign in systemd's commands. The text keeps its length and its end.
function withDollars(line: Line): Line {
  const { text } = line;
  return { ...line, text: text.replaceAll('$$', () => '$').padStart(text.length) };
}

// tox and systemd ignore a failed command with `-` in front. git runs an alias with `!` in front in
// a shell. The other marks are systemd's.
function withoutMarks({ text, raw, isCut }: Line): Line {
  const end = text.endsWith('\\') ? ' ' : '\n';
  const whole = text.replace(/\\$/, '');
  if (isCut === true) return { text: `${whole}${end}`, raw };
  const marks = /^\s*["']?[-!@:+|]{0,4}\s*/.exec(whole)?.[0] ?? '';
  const [quote] = /["']/.exec(marks) ?? [];
  const given = whole.slice(marks.length).trimEnd();
  // `"/bin/sh" -c "…"`: the quotes are around the first word alone.
  const isQuoted =
    quote !== undefined && given.replace(/\\./g, '  ').indexOf(quote) === given.length - 1;
  // `@/bin/sh name -c …`: the second word is what the program is called.
  const bare = marks.includes('@')
    ? given.replace(/^(\S+\s+)(\S+)/, (_, program: string, name: string) =>
        program.concat(' '.repeat(name.length)),
      )
    : given;
  const inner = isQuoted ? bare.slice(0, -1).replaceAll('\\"', '"') : `${quote ?? ''}${bare}`;
  const begin = raw + marks.length - (isQuoted ? 0 : (quote ?? '').length);
  return { text: `${inner}${end}`, raw: begin };
}

// Substitutions of tox. Braces of a shell's own variables stay.
function substituted({ text, raw }: Line): Line[] {
  const pieces: Line[] = [];
  let at = 0;
  for (const match of text.matchAll(/(?<!\$)\{([^{}\n]{1,200})\}/g)) {
    const name = /^env:(\w{1,100})(?::.*)?$/.exec(match[1] ?? '')?.[1];
    pieces.push(
      { text: text.slice(at, match.index), raw: raw + at },
      { text: name === undefined ? unknownPart : `\${${name}}`, raw: raw + match.index },
    );
    at = match.index + match[0].length;
  }
  return [...pieces, { text: text.slice(at), raw: raw + at }];
}

// Keys of INI files whose values are commands.

interface IniCommand {
  readonly file: RegExp;
  /** The name of the section. */
  readonly section: RegExp;
  readonly key: RegExp;
  readonly value: RegExp;
}

const any = /^/;

/**
 * Sources: documentation of tox, git config, Mercurial hgrc, Supervisor; systemd.service(5).
 */
const iniCommands: readonly IniCommand[] = [
  {
    file: /(^|\/)(tox\.ini|setup\.cfg)$/i,
    section: /^(testenv|tox:testenv|tox:tox)/i,
    key: /^(commands(_pre|_post)?|list_dependencies_command|install_command)$/i,
    value: any,
  },
  {
    file: /(^|\/)(\.gitconfig|\.?git\/config|gitconfig[^/]*)$/i,
    section: /^alias/i,
    key: any,
    value: /^["']?!/,
  },
  {
    file: /(^|\/)(\.gitconfig|\.?git\/config|gitconfig[^/]*)$/i,
    section: any,
    key: /^(fsmonitor|sshCommand|pager|editor|askPass|textconv|clean|smudge|process|helper|external)$/i,
    value: any,
  },
  { file: /(^|\/)\.?hgrc$/i, section: /^(hooks|alias)$/i, key: any, value: /^!|^(?!python:)./ },
  {
    file: /(^|\/)supervisor[^/]*\.(conf|ini)$/i,
    section: /^(program|eventlistener|fcgi-program):/i,
    key: /^command$/i,
    value: any,
  },
  {
    file: /\.service$/i,
    section: /^Service$/,
    key: /^Exec(Condition|Start|StartPre|StartPost|Reload|Stop|StopPost)$/,
    value: any,
  },
];

// TOML: every text with its path, and comments, since agents read them.

/** Facts of one TOML text; a text that is not TOML is searched as plain text. */
function analyseToml(source: TaintSource, context: FrontEndContext): FrontEndResult {
  if (source.text.length > tomlCharsMax)
    return unread(source, context, `more than ${tomlCharsMax} characters`);
  context.steps.take(source.text.length >> 2);
  const read = parseTomlText(source.text);
  if (read === undefined) return unread(source, context, 'not valid TOML, or nested too deeply');
  const { comments, settings } = read;
  const result = settingsFacts(source, settings);
  return {
    ...result,
    facts: [...result.facts, ...comments.flatMap((comment) => commentFact(source, comment))],
  };
}

interface TomlText {
  readonly settings: readonly Setting[];
  readonly comments: readonly AST.Comment[];
}

/** Every text of a TOML document with its path; undefined when the document cannot be read. */
export function parseTomlText(text: string): TomlText | undefined {
  const settings: Setting[] = [];
  try {
    // A fault in the text throws a ParseError; too deep nesting throws a RangeError.
    const program = parseTOML(text, { tomlVersion: '1.1' });
    for (const entry of program.body[0].body) {
      if (entry.type === 'TOMLKeyValue') collect(entry, [], settings);
      else for (const pair of entry.body) collect(pair, entry.resolvedKey, settings);
    }
    return { settings, comments: program.comments };
  } catch {
    return undefined;
  }
}

function commentFact(source: TaintSource, { value, range: [start, end] }: AST.Comment): Fact[] {
  const text = value.trim();
  if (text.length < 8) return [];
  const span = { path: source.path, start, end };
  return [
    {
      kind: 'text',
      role: 'comment',
      span,
      context: source.context,
      certainty: 'exact',
      text,
      detail: '',
    },
  ];
}

type Path = readonly (string | number)[];

function collect(
  node: AST.TOMLKeyValue | AST.TOMLContentNode,
  path: Path,
  settings: Setting[],
): void {
  if (path.length > settingsDepthMax) throw new RangeError('nested too deeply');
  switch (node.type) {
    case 'TOMLKeyValue':
      collect(
        node.value,
        [...path, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))],
        settings,
      );
      break;
    case 'TOMLInlineTable':
      for (const pair of node.body) collect(pair, path, settings);
      break;
    case 'TOMLArray':
      for (const [index, element] of node.elements.entries())
        collect(element, [...path, index], settings);
      break;
    default:
      if (node.kind === 'string')
        settings.push({ path, value: node.value, from: node.range[0], to: node.range[1] });
  }
}

// Programs take commands from some files. When such a file cannot be read here, the scan is
// incomplete. A text that code writes may have unknown parts.
function unread(source: TaintSource, context: FrontEndContext, reason: string): FrontEndResult {
  const result = plainTextFacts(source, context);
  if (source.depth > 0 || !tomlSettingsFiles.test(source.path)) return result;
  return {
    ...result,
    unanalysed: [notAnalysed(source, reason)],
  };
}

// JSON: parsed strictly where a program uses JSON.parse, otherwise searched as text; notebooks give
// their cells.

/** Facts of one JSON text. Comments and trailing commas are allowed, as in editors' settings. */
function analyseJsonText(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const settings: Setting[] = [];
  const twice: number[] = [];
  const end = readValue({ text: source.text, settings, twice, context }, skip(source.text, 0), []);
  if (end === undefined) {
    const result = plainTextFacts(source, context);
    const isRead =
      /(^|\/)(package|settings(\.local)?|\.mcp|mcp|hooks|tasks|devcontainer)\.json$|\.ipynb$/.test(
        source.path,
      ) && source.depth === 0;
    return isRead ? { ...result, unanalysed: [notAnalysed(source, 'not valid JSON')] } : result;
  }
  const result = settingsFacts(source, settings);
  if (!source.path.endsWith('.ipynb')) return result;
  // Of a repeated key readers take the last, and the parts of a cell would be joined.
  const unanalysed = twice.map((start) => ({
    span: { path: source.path, start, end: start + 1 },
    reason: 'a notebook with a key that is there twice',
  }));
  return {
    ...result,
    embedded: [...result.embedded, ...notebookPrograms(source, settings)],
    unanalysed,
  };
}

interface Walk {
  readonly text: string;
  readonly settings: Setting[];
  /** Offsets of keys that their object has already. */
  readonly twice: number[];
  readonly context: FrontEndContext;
}

// Returns the offset behind the value; undefined where the text is not JSON.
function readValue(
  walk: Walk,
  start: number,
  path: readonly (string | number)[],
): number | undefined {
  walk.context.steps.take();
  const { text } = walk;
  if (path.length > settingsDepthMax) return undefined;
  const open = text[start];
  if (open === '"') {
    const end = endOfString(text, start);
    const value = end === undefined ? undefined : unquote(text.slice(start, end));
    if (end === undefined || value === undefined) return undefined;
    walk.settings.push({ path, value, from: start, to: end });
    return end;
  }
  if (open !== '{' && open !== '[') {
    const [scalar] = /^[-+\w.]+/.exec(text.slice(start, start + 400)) ?? [];
    return scalar === undefined ? undefined : start + scalar.length;
  }
  const close = open === '{' ? '}' : ']';
  const keys = new Set<string>();
  let at = skip(text, start + 1);
  for (let index = 0; text[at] !== close; index++) {
    let step: string | number = index;
    if (open === '{') {
      const keyEnd = text[at] === '"' ? endOfString(text, at) : undefined;
      const key = keyEnd === undefined ? undefined : unquote(text.slice(at, keyEnd));
      if (keyEnd === undefined || key === undefined) return undefined;
      if (keys.has(key) && walk.twice.length === 0) walk.twice.push(at);
      keys.add(key);
      step = key;
      at = skip(text, keyEnd);
      if (text[at] !== ':') return undefined;
      at = skip(text, at + 1);
    }
    const end = readValue(walk, at, [...path, step]);
    if (end === undefined) return undefined;
    at = skip(text, end);
    if (text[at] === ',') at = skip(text, at + 1);
    else if (text[at] !== close) return undefined;
  }
  return at + 1;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
    else if (text[at] === '\n') return undefined;
  }
  return undefined;
}

function unquote(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted.replace(/[\u0000-\u001f]/g, ' '));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function skip(text: string, start: number): number {
  let at = start;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    const end = text.startsWith('//', at)
      ? text.indexOf('\n', at)
      : text.startsWith('/*', at)
        ? text.indexOf('*/', at) + 2
        : -1;
    if (end < at + 2) return at;
    at = end;
  }
}

/** Facts of data and settings. */
export const analyseJson = perSource((source, context) => {
  context.steps.take(1 + (source.text.length >> 5));
  switch (source.language) {
    case 'yaml':
      return analyseYaml(source, context);
    case 'ini':
      return analyseIni(source, context);
    case 'toml':
      return analyseToml(source, context);
    default:
      return analyseJsonText(source, context);
  }
});
