/** YAML: every scalar with its path; aliases are not followed. */

import { isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { settingsDepthMax, yamlAliasesMax, yamlCharsMax } from '../../limits.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { plainTextFacts } from '../text.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';
import { settingsFiles } from './tables/setting-commands.ts';
import { tagProgram } from './yaml-tags.ts';

/** Facts of one YAML text; a text that is not YAML is searched as plain text. */
export function analyseYaml(source: TaintSource, context: FrontEndContext): FrontEndResult {
  if (source.text.length > yamlCharsMax)
    return unread(source, context, `more than ${yamlCharsMax} characters`);
  context.steps.take(source.text.length >> 2);
  const settings: Setting[] = [];
  const programs: EmbeddedProgram[] = [];
  try {
    // The parser would compare each key of a map with all others.
    const documents = parseAllDocuments(source.text, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
    });
    const walk: Walk = {
      settings,
      programs,
      source,
      anchors: new Map(),
      aliases: 0,
      failed: false,
    };
    for (const document of Array.isArray(documents) ? documents : []) {
      if (document.errors.length > 0 || repeatsKey(document.contents)) walk.failed = true;
      collect(document.contents, [], walk);
    }
    if (walk.failed && settingsFiles.test(source.path))
      return unread(source, context, 'not valid YAML');
  } catch {
    return unread(source, context, 'not valid YAML');
  }
  const comments = [...source.text.matchAll(/(?:^|\s)#\s?([^\n]{8,})/g)].map(
    (match) =>
      ({
        kind: 'text',
        role: 'comment',
        span: { path: source.path, start: match.index, end: match.index + match[0].length },
        context: source.context,
        certainty: 'exact',
        text: (match[1] ?? '').trim(),
        detail: '',
      }) as const,
  );
  const result = settingsFacts(source, settings);
  return {
    ...result,
    facts: [...result.facts, ...comments],
    embedded: [...result.embedded, ...programs],
  };
}

interface Walk {
  readonly settings: Setting[];
  /** What a reader of objects would run. */
  readonly programs: EmbeddedProgram[];
  readonly source: TaintSource;
  /** Nodes by their anchors, as far as the text has been read. */
  readonly anchors: Map<string, unknown>;
  aliases: number;
  /** Whether the text is too large or cannot be read. */
  failed: boolean;
}

// A settings file that this parser cannot read counts as not analysed; other YAML is searched as
// text.
function unread(source: TaintSource, context: FrontEndContext, reason: string): FrontEndResult {
  const result = plainTextFacts(source, context);
  if (!settingsFiles.test(source.path)) return result;
  return {
    ...result,
    unanalysed: [
      { span: { path: source.path, start: 0, end: Math.min(1, source.text.length) }, reason },
    ],
  };
}

// A map with a repeated key is not valid YAML: readers differ on which of the two values they take.
function repeatsKey(node: unknown): boolean {
  if (isSeq(node)) return node.items.some(repeatsKey);
  if (!isMap(node)) return false;
  const keys = new Set<unknown>();
  return node.items.some(({ key, value }) => {
    const isRepeated = isScalar(key) && keys.size === keys.add(key.value).size;
    return isRepeated || repeatsKey(key) || repeatsKey(value);
  });
}

function collect(node: unknown, path: readonly (string | number)[], walk: Walk): void {
  if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string')
    walk.anchors.set(node.anchor, node);
  const program =
    isNode(node) && node.tag?.includes('/') ? tagProgram(node, walk.source) : undefined;
  if (program !== undefined) walk.programs.push(program);
  if (path.length > settingsDepthMax) walk.failed = true;
  else if (isScalar(node)) {
    const [from, to] = node.range ?? [0, 0];
    if (typeof node.value === 'string') walk.settings.push({ path, value: node.value, from, to });
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      // `<<` merges the named map into this one.
      const name = isScalar(key) ? String(key.value) : '?';
      collect(value, name === '<<' ? path : [...path, name], walk);
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => {
      collect(item, [...path, index], walk);
    });
  } else if (isAlias(node)) {
    walk.aliases += 1;
    if (walk.aliases > yamlAliasesMax) walk.failed = true;
    else collect(walk.anchors.get(node.source), path, walk);
  }
}
