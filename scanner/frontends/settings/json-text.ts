/**
 * JSON: parsed strictly where a program uses JSON.parse, otherwise searched as text; notebooks give
 * their cells.
 */

import type { TaintSource } from '../../fact/source.ts';
import { settingsDepthMax } from '../../limits.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { plainTextFacts } from '../text.ts';
import { notebookPrograms } from './notebook.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';

/** Facts of one JSON text. Comments and trailing commas are allowed, as in editors' settings. */
export function analyseJsonText(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const settings: Setting[] = [];
  const twice: number[] = [];
  const end = readValue({ text: source.text, settings, twice, context }, skip(source.text, 0), []);
  if (end === undefined) {
    const result = plainTextFacts(source, context);
    const isRead =
      /(^|\/)(package|settings(\.local)?|\.mcp|mcp|hooks|tasks|devcontainer)\.json$|\.ipynb$/.test(
        source.path,
      ) && source.depth === 0;
    const span = { path: source.path, start: 0, end: Math.min(1, source.text.length) };
    return isRead ? { ...result, unanalysed: [{ span, reason: 'not valid JSON' }] } : result;
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
