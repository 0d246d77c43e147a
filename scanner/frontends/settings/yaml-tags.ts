/**
 * Tags of YAML that make more than data: calls of Python (PyYAML, `!!python/object/apply`) and
 * functions of JavaScript (js-yaml 3, `!!js/function`).
 */

import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';

/** The program that a reader of objects runs for a node; undefined for data. */
export function tagProgram(node: unknown, source: TaintSource): EmbeddedProgram | undefined {
  if (!isNode(node)) return undefined;
  const raw = node.range?.[0] ?? 0;
  const program = (language: 'python' | 'javascript', text: string): EmbeddedProgram => ({
    within: source.path,
    language,
    text,
    context: source.context,
    map: [{ at: 0, raw, fixed: true }],
  });
  if (/js\/function$/.test(node.tag ?? '') && isScalar(node))
    return program('javascript', `(${String(node.value)})()\n`);
  const budget = { chars: callCharsMax };
  const call = callOf(node, budget);
  if (call === undefined) return undefined;
  const modules = [...call.matchAll(/(?<![\w."'])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.\w+\(/g)];
  const names = new Set(modules.map(([, name = '']) => name));
  return program('python', `${[...names].map((name) => `import ${name}\n`).join('')}${call}\n`);
}

const callCharsMax = 8_000;

interface Budget {
  chars: number;
}

function callOf(node: unknown, budget: Budget): string | undefined {
  if (!isNode(node)) return undefined;
  const [, form = '', name = ''] =
    /python\/(object\/apply|object\/new|object|name|module):([\w.]{1,200})$/.exec(node.tag ?? '') ??
    [];
  if (name === '') return undefined;
  const callee = name.replace(/^(builtins|__builtin__)\./, '').replace(/^(posix|nt)\./, 'os.');
  if (form === 'name' || form === 'module') return callee;
  const given = isMap(node) ? node.get('args', true) : node;
  const args = isSeq(given) ? given.items : isScalar(given) && given.value !== '' ? [given] : [];
  return `${callee}(${args.map((item) => pythonValue(item, budget)).join(', ')})`;
}

function pythonValue(node: unknown, budget: Budget): string {
  if (budget.chars <= 0) return 'None';
  const call = callOf(node, budget);
  const text = call ?? plainValue(node, budget);
  budget.chars -= text.length;
  return text;
}

function plainValue(node: unknown, budget: Budget): string {
  if (isScalar(node)) {
    const { value } = node;
    if (typeof value === 'string') return JSON.stringify(value.slice(0, callCharsMax));
    return typeof value === 'number' ? String(value) : 'None';
  }
  if (isSeq(node)) return `[${node.items.map((item) => pythonValue(item, budget)).join(', ')}]`;
  if (isMap(node)) {
    const pairs = node.items.map(
      ({ key, value }) => `${pythonValue(key, budget)}: ${pythonValue(value, budget)}`,
    );
    return `{${pairs.join(', ')}}`;
  }
  return 'None';
}
