/** Options of a program in Python, read by argparse: what each is when nobody gives it. */

import { callSitesMax } from '../../../limits.ts';
import { anyText, either, nodesOf, unknownPy } from '../assignments/alternatives.ts';
import { argumentsOf, textOf } from '../nodes.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowSource, type PythonRun } from '../run.ts';

/** Whether a value holds the options that argparse read. */
export function isOptions(qual: string): boolean {
  return /^argparse\.ArgumentParser\(\)\.parse_(known_|intermixed_)?args\(\)(\[\])?$/.test(qual);
}

/** An option by name: its default, or anything else. */
export function optionOf(run: PythonRun, options: PyValue, name: string, depth: number): PyValue {
  const any = { ...unknownPy, nodes: options.nodes, targets: options.targets };
  const calls = (run.calls.get('add_argument') ?? []).slice(0, callSitesMax);
  run.context.steps.take(calls.length);
  const defaults = calls.flatMap(({ module, call }) => {
    const { positional, keywords } = argumentsOf(module, call);
    const fallback = keywords.get('default');
    const file = openedBy(run, module, call, keywords.get('type'));
    if (fallback === undefined && file.length === 0) return [];
    const dest = keywords.get('dest');
    const names = (dest === undefined ? positional : [dest]).map((one) => plain(module, one));
    const usual = fallback === undefined ? unknownPy : run.evaluate(run, module, fallback, depth);
    const one: PyValue = { ...usual, nodes: [...usual.nodes, ...file] };
    return names.includes(name) ? [one] : [];
  });
  for (const { module, call } of (run.calls.get('set_defaults') ?? []).slice(0, callSitesMax)) {
    const given = argumentsOf(module, call).keywords.get(name);
    if (given !== undefined) defaults.push(run.evaluate(run, module, given, depth));
  }
  const known = defaults.filter(({ texts }) => texts.length > 0);
  const nodes = [...new Set([...options.nodes, ...nodesOf(defaults)])];
  if (known.length === 0) return { ...any, nodes };
  const { texts, otherTexts, qual } = either([...known, anyText]);
  return { ...any, nodes, texts, otherTexts, qual: qual === 'pathlib.Path()' ? qual : undefined };
}

// `type=argparse.FileType("rb")` opens the file that the option names.
function openedBy(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  type: PyNode | undefined,
): readonly string[] {
  if (type === undefined || !textOf(module, type).includes('FileType')) return [];
  const at = { module, node: call, api: 'argparse.FileType', certainty: 'exact' } as const;
  return [flowSource(run, at, { what: 'file', name: '*' }, 'opens the file that it is given')];
}

// `"--jump-host"` is read as `jump_host`.
function plain(module: PythonModule, node: Parameters<typeof textOf>[1]): string {
  return textOf(module, node)
    .replace(/^[rRuU]?['"]|['"]$/g, '')
    .replace(/^-{1,2}/, '')
    .replaceAll('-', '_');
}
