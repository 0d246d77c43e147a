/** Programs and code that Python starts: command lines are read by the shell front end, code by this one. */

import { basename } from 'node:path/posix';
import type { Capability } from '../../skills-index/skill/capability.ts';
import { egressOf, unknownPart } from '../models/egress-of.ts';
import { networkPrograms } from '../models/shell.ts';
import { nodesOf } from './python-alternatives.ts';
import type { PyCall } from './python-effects.ts';
import { flowSink, flowSource, notePyCapability, notePyTrait, type PythonRun, type PyValue, unknownPy } from './python-run.ts';

/** Notes a program that is started, by a list of words or a line for the shell. */
export function runProgram(
  run: PythonRun,
  call: PyCall,
  command: PyValue,
  effect: { readonly does: 'shell' | 'program'; readonly rest?: true },
): PyValue {
  const words = effect.rest
    ? call.args
    : (command.items ?? (effect.does === 'program' && call.api.startsWith('os.') ? [command, ...call.args.slice(1)] : undefined));
  const byShell =
    effect.does === 'shell' || /^(True|1)$/.test(call.keywords.get('shell')?.qual ?? call.keywords.get('shell')?.texts[0] ?? '');
  const lines =
    words === undefined || words.length === 0 ? command.texts : [words.map((word) => quoteWord(wordText(word))).join(' ')];
  const nodes = nodesOf([command, ...(words ?? [])]);
  const isUnknown =
    lines.length === 0 || lines.every((line) => line.trimStart().startsWith(unknownPart) || line.startsWith(`'${unknownPart}`));
  if (isUnknown)
    notePyCapability(run, call, { kind: 'exec', program: '*' }, [
      'dynamic-name',
      ...(byShell ? (['shell-string'] as const) : []),
    ]);
  if (byShell && lines.some((line) => line.includes(unknownPart))) notePyTrait(run, call, 'interpolated', lines[0] ?? '');
  const program = words?.[0] === undefined ? undefined : wordText(words[0]);
  const name = basename((program ?? lines[0]?.trim().split(/\s+/)[0] ?? '*').replace(/['"]/g, ''));
  const exec: Capability = { kind: 'exec', program: name.includes(unknownPart) || name === '' ? '*' : name };
  flowSink(run, call, byShell || isUnknown ? nodes : nodesOf((words ?? []).slice(1)), {
    what: 'exec',
    capability: exec,
    api: call.api,
    part: byShell || isUnknown ? 'code' : 'argument',
  });
  if (command.decoded || words?.[0]?.decoded) notePyTrait(run, call, 'decode-to-code', lines[0] ?? '');
  sendByProgram(run, call, name, lines, nodes);
  for (const line of lines)
    if (!isUnknown)
      embedShell(run, call, line, command.raw !== undefined && words === undefined && !command.folded ? command.raw : undefined);
  const output = flowSource(run, call, { what: 'command', name: exec.kind === 'exec' ? exec.program : '*' }, `${name} prints it`);
  const input = call.keywords.get('input') ?? call.keywords.get('stdin');
  return { ...unknownPy, nodes: [output, ...(input?.nodes ?? [])] };
}

// curl and its like send what they are given.
function sendByProgram(run: PythonRun, call: PyCall, name: string, lines: readonly string[], nodes: readonly string[]): void {
  if (nodes.length === 0 || !Object.hasOwn(networkPrograms, name)) return;
  for (const line of lines) {
    const url = /\bhttps?:\/\/[^\s'"]*/.exec(line)?.[0] ?? unknownPart;
    const egress = egressOf(url, ['*']);
    if (egress !== undefined)
      flowSink(run, call, nodes, { what: 'network', capability: { kind: 'egress', ...egress }, api: name, part: 'body' });
  }
}

/** Notes text that is run as Python, and goes through it. */
export function runCodeOf(run: PythonRun, call: PyCall, code: PyValue): PyValue {
  const [text] = code.texts;
  if (code.decoded) notePyTrait(run, call, 'decode-to-code', text ?? '');
  if (text === undefined || text.includes(unknownPart)) notePyTrait(run, call, 'code-from-string', call.api);
  flowSink(run, call, code.nodes, { what: 'exec', api: call.api, part: 'code' });
  for (const one of code.texts) {
    const map =
      code.raw !== undefined && !code.folded
        ? [{ at: 0, raw: code.raw }]
        : [{ at: 0, raw: call.node.from, fixed: true as const }];
    run.embedded.push({
      within: call.module.source.path,
      language: 'python',
      text: one,
      context: call.module.source.context,
      map,
    });
  }
  return unknownPy;
}

function embedShell(run: PythonRun, call: PyCall, line: string, raw: number | undefined): void {
  const map = raw === undefined ? [{ at: 0, raw: call.node.from, fixed: true as const }] : [{ at: 0, raw }];
  run.embedded.push({ within: call.module.source.path, language: 'shell', text: line, context: call.module.source.context, map });
}

function wordText(word: PyValue): string {
  if (word.qual === 'sys.executable') return 'python3';
  return word.texts[0] ?? unknownPart;
}

function quoteWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
