/**
 * Workflows of GitHub in texts with another name, such as `release.txt` or `ci.yml.tmpl`, which the
 * agent shall copy.
 */

import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';

const texts: ReadonlySet<Language> = new Set(['text', 'other']);
const start = /^(?:["']?(?:name|on|env|permissions|defaults|jobs|runs)["']?\s{0,9}:|---|\{)/m;
const jobs = /["']?\b(?:jobs|runs)["']?\s{0,9}:/;
const step = /["']?\b(?:run|uses)["']?\s{0,9}:/;

/** Whether a text may be a workflow, before it is read. */
export function looksLikeWorkflow(text: string): boolean {
  return jobs.test(text) && step.test(text);
}

/** The text from its first key on, as YAML. */
export function workflowTexts({
  path,
  language,
  text,
  context,
  depth,
}: TaintSource): EmbeddedProgram[] {
  if (depth > 0 || !texts.has(language) || !looksLikeWorkflow(text)) return [];
  const raw = start.exec(text)?.index;
  if (raw === undefined) return [];
  return [
    { within: path, language: 'yaml', text: text.slice(raw), context, map: [{ at: 0, raw }] },
  ];
}
