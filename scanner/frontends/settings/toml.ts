/** TOML: every text with its path, and comments, since agents read them. */

import { type AST, parseTOML } from 'toml-eslint-parser';
import type { Fact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { settingsDepthMax, tomlCharsMax } from '../../limits.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { plainTextFacts } from '../text.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';
import { tomlSettingsFiles } from './tables/setting-commands.ts';

/** Facts of one TOML text; a text that is not TOML is searched as plain text. */
export function analyseToml(source: TaintSource, context: FrontEndContext): FrontEndResult {
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
    unanalysed: [
      { span: { path: source.path, start: 0, end: Math.min(1, source.text.length) }, reason },
    ],
  };
}
