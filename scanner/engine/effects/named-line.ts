/**
 * A regular expression that takes one variable out of a text, as `^NAME=(.*)$` does: whoever reads
 * a file of settings so has this variable, and nothing else of the file.
 */

import type { Engine } from '../interpret.ts';
import { dataOf, knownText, type Value } from '../value.ts';
import type { ApiCall } from './effects.ts';
import { storedAt } from './files.ts';

/** The variable that a pattern takes out of a text; undefined where it may take more. */
export function namedLine(
  { notes }: Engine,
  call: ApiCall,
  pattern: Value,
  text: Value,
): Value | undefined {
  const name = oneLine.exec(knownText(pattern) ?? '')?.[1];
  const flags = call.args[2] ?? call.named.get('flags');
  const isPlain = flags?.things.every((one) => one.is === 'api' && plainFlags.test(one.name));
  if (isPlain === false || (flags !== undefined && flags.things.length === 0)) return undefined;
  if (name === undefined || givesMore.test(call.at.program.source.text)) return undefined;
  const origins = notes.originsOf(text.nodes);
  // What the skill itself may have put into the file is in the result.
  const stored = origins.filter((node) => node.startsWith(storedAt));
  const isRead = origins.every(
    (node) => stored.includes(node) || notes.sourceAt(node)?.what === 'file',
  );
  if (!isRead || stored.length === origins.length) return undefined;
  // A text that is put together may have anything behind the name.
  if (text.texts.some(({ pieces }) => pieces.length > 1)) return undefined;
  const from = notes.source(call.at, { what: 'env', name }, `takes ${name} out of a text`);
  return dataOf([from, ...stored]);
}

// A match also gives the whole text as `string`. A program that writes may have written the file.
const givesMore =
  /\.\s*string\b|attr|vars\(|write[_l]|(?<!std(?:out|err)\.)\bwrite\b|\bdump\((?![^()]*\bstd(?:out|err)\b)|copy|rename|[,=]\s*["'][rb]?[wax][bt+]*["']/;

const plainFlags = /^re\.(M|MULTILINE|I|IGNORECASE|A|ASCII)$/;

// One group, of characters of one line; nothing before or beside the name may match instead of it.
const oneLine =
  /^(?:\(\?m\))?(?:\^|\\b)?(?:\\s\*)?(?:\(\?:export\\s\+\)\?)?([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60})(?:\\s\*)?[=:](?:\\s\*)?(?:["']\??|\["'\]\??)?\((?:\.[*+]|\\S[*+]|\[\^[^\]^]*(?:\\s|\\n)[^\]^]*\][*+])\??\)(?:["']\??|\["'\]\??)?(?:\\s\*)?\$?$/;
