/** YAML: every scalar with its path, aliases not followed. */

import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { settingsDepthMax, yamlCharsMax } from '../limits.ts';
import type { Source } from '../source.ts';
import { type Setting, settingsFacts } from './settings-facts.ts';
import { plainTextFacts } from './text.ts';

/** Facts of one YAML text; what is no YAML is searched as text. */
export function analyseYaml(source: Source, context: FrontEndContext): FrontEndResult {
  if (source.text.length > yamlCharsMax) return plainTextFacts(source, context);
  context.steps.take(source.text.length >> 2);
  const settings: Setting[] = [];
  try {
    const documents = parseAllDocuments(source.text, { logLevel: 'silent', prettyErrors: false });
    for (const document of Array.isArray(documents) ? documents : []) collect(document.contents, [], settings);
  } catch {
    return plainTextFacts(source, context);
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
  return { ...result, facts: [...result.facts, ...comments] };
}

function collect(node: unknown, path: readonly (string | number)[], settings: Setting[]): void {
  if (path.length > settingsDepthMax) return;
  if (isScalar(node)) {
    const [from, to] = node.range ?? [0, 0];
    if (typeof node.value === 'string') settings.push({ path, value: node.value, from, to });
  } else if (isMap(node)) {
    for (const { key, value } of node.items) collect(value, [...path, isScalar(key) ? String(key.value) : '?'], settings);
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => {
      collect(item, [...path, index], settings);
    });
  }
}
