/**
 * A regular expression that takes one variable out of a text, as `^NAME=(.*)$` does: whoever reads
 * a file of settings so has this variable, and nothing else of the file.
 */
import { unknownPy } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import { flowSource, type PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';

/** The variable that a call of `re` takes out of a text; undefined where it may take more. */
export function namedLine(run: PythonRun, call: PyCall, qual: string): PyValue | undefined {
  if (!/^re\.(findall|finditer|match|search)$/.test(qual)) return undefined;
  const [pattern, text, flags = call.keywords.get('flags')] = call.args;
  const isPlain = flags === undefined || plainFlags.test(flags.qual ?? '');
  const [written = '', ...more] = pattern?.texts ?? [];
  if (!isPlain || more.length > 0 || pattern?.otherTexts.length !== 0) return undefined;
  if (text === undefined || text.nodes.length === 0) return undefined;
  const name = oneLine.exec(written)?.[1];
  if (name === undefined) return undefined;
  const source = { what: 'env', name } as const;
  return { ...unknownPy, nodes: [flowSource(run, call, source, `takes ${name} out of a text`)] };
}

const plainFlags = /^re\.(M|MULTILINE|I|IGNORECASE|A|ASCII)$/;

// One group, of characters of one line; nothing before or beside the name may match instead of it.
const oneLine =
  /^(?:\(\?m\))?(?:\^|\\b)?(?:\\s\*)?(?:\(\?:export\\s\+\)\?)?([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60})(?:\\s\*)?[=:](?:\\s\*)?(?:["']\??|\["'\]\??)?\((?:\.[*+]|\\S[*+]|\[\^[^\]^]*(?:\\s|\\n)[^\]^]*\][*+])\??\)(?:["']\??|\["'\]\??)?(?:\\s\*)?\$?$/;
