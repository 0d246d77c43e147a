/** Options of a program in Python, read by argparse: what each is when nobody gives it. */

import { pythonCallSitesMax } from '../../../limits.ts';
import { anyText, either, unknownPy } from '../assignments/alternatives.ts';
import { argumentsOf, textOf } from '../nodes.ts';
import type { PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';

/** Whether a value holds the options that argparse read. */
export function isOptions(qual: string): boolean {
  return /^argparse\.ArgumentParser\(\)\.parse_(known_|intermixed_)?args\(\)(\[\])?$/.test(qual);
}

/** An option by name: its default, or anything else. */
export function optionOf(run: PythonRun, options: PyValue, name: string, depth: number): PyValue {
  const any = { ...unknownPy, nodes: options.nodes, targets: options.targets };
  const calls = (run.calls.get('add_argument') ?? []).slice(0, pythonCallSitesMax);
  run.context.steps.take(calls.length);
  const defaults = calls.flatMap(({ module, call }) => {
    const { positional, keywords } = argumentsOf(module, call);
    const fallback = keywords.get('default');
    if (fallback === undefined) return [];
    const dest = keywords.get('dest');
    const names = (dest === undefined ? positional : [dest]).map((one) => plain(module, one));
    return names.includes(name) ? [run.evaluate(run, module, fallback, depth)] : [];
  });
  const known = defaults.filter(({ texts }) => texts.length > 0);
  if (known.length === 0) return any;
  const { texts, otherTexts, qual } = either([...known, anyText]);
  return { ...any, texts, otherTexts, qual: qual === 'pathlib.Path()' ? qual : undefined };
}

// `"--jump-host"` is read as `jump_host`.
function plain(module: PythonModule, node: Parameters<typeof textOf>[1]): string {
  return textOf(module, node)
    .replace(/^[rRuU]?['"]|['"]$/g, '')
    .replace(/^-{1,2}/, '')
    .replaceAll('-', '_');
}
