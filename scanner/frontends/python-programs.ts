/** Programs and code that Python starts: command lines are read by the shell front end, code by this one. */

import { basename } from 'node:path/posix';
import type { Capability } from '../../skills-index/skill/capability.ts';
import { own } from '../models/api.ts';
import { egressOf, unknownPart } from '../models/egress-of.ts';
import { interpreters, networkPrograms } from '../models/shell.ts';
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
  // With a shell, the first word is a line for it and the others are its arguments.
  const [line] = byShell && words !== undefined ? words : [];
  const lines =
    line !== undefined
      ? line.texts
      : words === undefined || words.length === 0
        ? command.texts
        : [words.map((word) => quoteWord(wordText(word))).join(' ')];
  const nodes = nodesOf([command, ...(words ?? [])]);
  const isUnknown =
    lines.length === 0 || lines.every((line) => line.trimStart().startsWith(unknownPart) || line.startsWith(`'${unknownPart}`));
  if (isUnknown)
    notePyCapability(run, call, { kind: 'exec', program: '*' }, [
      'dynamic-name',
      ...(byShell ? (['shell-string'] as const) : []),
    ]);
  if (byShell && lines.some((line) => line.includes(unknownPart))) notePyTrait(run, call, 'interpolated', lines[0] ?? '');
  const program = words?.[0] === undefined || line !== undefined ? undefined : wordText(words[0]);
  const name = basename((program ?? lines[0]?.trim().split(/\s+/)[0] ?? '*').replace(/['"]/g, ''));
  const exec: Capability = { kind: 'exec', program: name.includes(unknownPart) || name === '' ? '*' : name };
  flowSink(run, call, byShell || isUnknown ? nodes : nodesOf((words ?? []).slice(1)), {
    what: 'exec',
    capability: exec,
    api: call.api,
    part: byShell || isUnknown ? 'code' : 'argument',
  });
  if (command.decoded || words?.[0]?.decoded) notePyTrait(run, call, 'decode-to-code', lines[0] ?? '');
  noteSurroundings(run, call, exec);
  sendByProgram(run, call, name, lines, nodes);
  if (!isUnknown && line === undefined && words !== undefined && words.length > 0) embedWords(run, call, words);
  else if (!isUnknown)
    for (const one of lines) embedShell(run, call, one, (line ?? command).folded ? undefined : (line ?? command).raw);
  const output = flowSource(run, call, { what: 'command', name: exec.program }, `${name} prints it`);
  const input = call.keywords.get('input') ?? call.keywords.get('stdin');
  if (input !== undefined) feedProgram(run, { ...call, object: { ...unknownPy, target: exec } }, input);
  return { ...unknownPy, nodes: [output, ...(input?.nodes ?? [])], target: exec };
}

// The child's environment, and whether it goes on by itself.
function noteSurroundings(run: PythonRun, call: PyCall, capability: Capability): void {
  const environment = call.keywords.get('env');
  if (environment !== undefined)
    flowSink(run, call, environment.nodes, { what: 'exec', capability, api: call.api, part: 'argument' });
  const isOwnSession = call.keywords.get('start_new_session')?.texts[0] === 'True';
  const before = call.keywords.get('preexec_fn')?.qual ?? '';
  const flags = call.keywords.get('creationflags');
  const isDetached =
    /DETACHED_PROCESS|CREATE_NEW_PROCESS_GROUP|CREATE_NO_WINDOW/.test(flags?.qual ?? '') || flags?.texts[0] === '8';
  if (isOwnSession || isDetached || /^os\.(setsid|setpgrp)$/.test(before)) notePyTrait(run, call, 'detached', call.api);
}

/** Notes text that a program reads on its standard input: a shell or an interpreter runs it. */
export function feedProgram(run: PythonRun, call: PyCall, content: PyValue): PyValue {
  const { target } = call.object;
  if (target?.kind !== 'exec') return unknownPy;
  const isShell = /^(ba|da|z|k|a)?sh$/.test(target.program);
  const isPython = /^python[\d.]*$/.test(target.program);
  flowSink(run, call, content.nodes, {
    what: 'exec',
    capability: target,
    api: call.api,
    part: isShell || isPython || own(interpreters, target.program) !== undefined ? 'code' : 'argument',
  });
  if (isPython && content.texts.length > 0) return runCodeOf(run, call, { ...content, nodes: [] });
  if (isShell) {
    if (content.decoded) notePyTrait(run, call, 'decode-to-code', content.texts[0] ?? '');
    for (const text of content.texts) embedShell(run, call, text, content.folded ? undefined : content.raw);
  }
  return unknownPy;
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
  const isInside = raw !== undefined && raw > call.node.from && raw < call.node.to;
  const map = !isInside ? [{ at: 0, raw: call.node.from, fixed: true as const }] : [{ at: 0, raw }];
  run.embedded.push({ within: call.module.source.path, language: 'shell', text: line, context: call.module.source.context, map });
}

// Each word keeps its place where it stands in the text as it is.
function embedWords(run: PythonRun, call: PyCall, words: readonly PyValue[]): void {
  const map: { at: number; raw: number; fixed?: true }[] = [];
  let text = '';
  for (const word of words) {
    const quoted = quoteWord(wordText(word));
    const isInside = word.raw !== undefined && word.raw > call.node.from && word.raw < call.node.to;
    const isPlain = isInside && !word.folded && !word.texts[0]?.includes("'");
    const open = quoted === word.texts[0] ? 0 : 1;
    map.push({ at: text.length, raw: isPlain ? (word.raw ?? 0) : call.node.from, fixed: true });
    if (isPlain) map.push({ at: text.length + open, raw: word.raw ?? 0 });
    text += `${quoted} `;
  }
  run.embedded.push({
    within: call.module.source.path,
    language: 'shell',
    text: text.trimEnd(),
    context: call.module.source.context,
    map: map.filter((piece, index) => piece.at !== map[index + 1]?.at),
  });
}

function wordText(word: PyValue): string {
  if (word.qual === 'sys.executable') return 'python3';
  return word.texts[0] ?? unknownPart;
}

function quoteWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
