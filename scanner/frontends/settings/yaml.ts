/** YAML: every scalar with its path, also of what an alias stands for. */

import { isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { TaintSource } from '../../fact/source.ts';
import { settingsDepthMax, yamlAliasesMax, yamlCharsMax } from '../../limits.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { plainTextFacts } from '../text.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';
import { settingsFiles } from './tables/setting-commands.ts';
import { looksLikeWorkflow } from './workflow-texts.ts';
import { mayMakeObjects, ObjectTags } from './yaml-tags.ts';

/** Facts of one YAML text; a text that is not YAML is searched as plain text. */
export function analyseYaml(source: TaintSource, context: FrontEndContext): FrontEndResult {
  if (source.text.length > yamlCharsMax)
    return unread(source, context, `more than ${yamlCharsMax} characters`);
  context.steps.take(source.text.length >> 2);
  const settings: Setting[] = [];
  const anchors = new Map<string, unknown>();
  const tags = new ObjectTags(source, anchors);
  try {
    // The parser would compare each key of a map with all others.
    const documents = parseAllDocuments(source.text, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
    });
    const walk: Walk = {
      settings,
      tags,
      anchors,
      aliases: 0,
      keys: 0,
      nodes: nodesFree + source.text.length,
      failed: false,
    };
    for (const document of Array.isArray(documents) ? documents : []) {
      if (document.errors.length > 0 || repeatsKey(document.contents)) walk.failed = true;
      collect(document.contents, [], walk, false);
    }
    if (walk.failed && isHeld(source)) {
      const plain = unread(source, context, 'not valid YAML');
      return { ...plain, embedded: [...plain.embedded, ...tags.programs] };
    }
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
    embedded: [...result.embedded, ...tags.programs],
    unanalysed: tags.unread === undefined ? result.unanalysed : [placeOf(source, tags.unread)],
  };
}

interface Walk {
  readonly settings: Setting[];
  /** What a reader of objects would run. */
  readonly tags: ObjectTags;
  /** Nodes by their anchors, as far as the text has been read. */
  readonly anchors: Map<string, unknown>;
  aliases: number;
  /** How many more nodes are read: an alias may stand for very many. */
  nodes: number;
  /** How many keys the walk is inside of. */
  keys: number;
  /** Whether the text is too large or cannot be read. */
  failed: boolean;
}

// A file of settings or of objects that this parser cannot read counts as not analysed; other YAML
// is searched as text.
function unread(source: TaintSource, context: FrontEndContext, reason: string): FrontEndResult {
  const result = plainTextFacts(source, context);
  return isHeld(source) ? { ...result, unanalysed: [placeOf(source, reason)] } : result;
}

function isHeld({ path, text, depth }: TaintSource): boolean {
  const isLongWorkflow = text.length > yamlCharsMax && looksLikeWorkflow(text);
  // A text that code writes may have unknown parts.
  const isSettings = depth === 0 && settingsFiles.test(path);
  return isSettings || isLongWorkflow || mayMakeObjects(text);
}

function placeOf(
  { path, text }: TaintSource,
  reason: string,
): FrontEndResult['unanalysed'][number] {
  return { span: { path, start: 0, end: Math.min(1, text.length) }, reason };
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

// Below a node with a tag, `isRead` says that its program has all tags already.
function collect(
  node: unknown,
  path: readonly (string | number)[],
  walk: Walk,
  isRead: boolean,
): void {
  const isInside = isRead || walk.tags.read(node);
  walk.nodes -= 1;
  if (walk.nodes < 0 || path.length + walk.keys > settingsDepthMax) {
    walk.failed = true;
    return;
  }
  if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string')
    walk.anchors.set(node.anchor, node);
  if (isScalar(node)) {
    const [from, to] = node.range ?? [0, 0];
    if (typeof node.value === 'string' && walk.keys === 0)
      walk.settings.push({ path, value: node.value, from, to });
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      collectKey(key, walk, isInside);
      // `<<` merges the named map into this one.
      const name = isScalar(key) ? String(key.value) : '?';
      collect(value, name === '<<' ? path : [...path, name], walk, isInside);
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => {
      collect(item, [...path, index], walk, isInside);
    });
  } else if (isAlias(node)) {
    walk.aliases += 1;
    if (walk.aliases > yamlAliasesMax) walk.failed = true;
    else collect(walk.anchors.get(node.source), path, walk, true);
  }
}

// A key names no setting, but it may have tags and anchors.
function collectKey(key: unknown, walk: Walk, isRead: boolean): void {
  walk.keys += 1;
  collect(key, [], walk, isRead);
  walk.keys -= 1;
}

const nodesFree = 10_000;
