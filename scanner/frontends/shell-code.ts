/** Code that a script hands to a shell or interpreter: as an argument, by a pipe, from a file it made itself, or decoded. */

import { parse } from 'unbash';
import type { Trait } from '../fact.ts';
import { shellCodeDepthMax } from '../limits.ts';
import { unknownPart } from '../models/egress-of.ts';
import { interpreters } from '../models/shell.ts';
import type { OffsetMap } from '../source.ts';
import { hasOption, optionValues, parseArguments } from './shell-arguments.ts';
import type { Call } from './shell-call.ts';
import { fileKey } from './shell-files.ts';
import { noteFlows } from './shell-graph.ts';
import { noteCapability, noteTrait, type ShellRun } from './shell-run.ts';
import { runStatements } from './shell-script.ts';
import { emptyValue, isKnown, pass, unknownValue, type Value } from './shell-value.ts';

type CodeLanguage = 'shell' | 'python' | 'javascript' | 'other';

/** Runs an interpreter: `bash -c`, `python -`, `curl | sh`, `node script.js`. */
export function callInterpreter(run: ShellRun, call: Call): Value {
  const interpreter = interpreters[call.name];
  if (interpreter === undefined) return unknownValue();
  const takes = new Set([
    ...interpreter.code,
    'm',
    'r',
    'require',
    'W',
    'X',
    'o',
    'O',
    'I',
    'import',
    'loader',
    'rcfile',
    'init-file',
  ]);
  const args = parseArguments(call.args, takes, true);
  const codes = optionValues(args, [...interpreter.code, ...letterGroups(args, interpreter.code)]);
  const [file] = args.operands;
  const isOwn = file !== undefined && isOwnFile(run, file.text);
  if (!(isOwn && run.source.context.startsWith('fence')))
    noteCapability(run, call, { kind: 'exec', program: call.name }, ['interpreter']);
  if (codes.length > 0) return codes.map((code) => runCode(run, call, code, interpreter.language)).at(-1) ?? emptyValue;
  if (file !== undefined && file.text !== '-') {
    const written = run.files.get(fileKey(run, file.text));
    if (written !== undefined) return runCode(run, call, written, interpreter.language);
    if (!isKnown(file) && file.taints.length === 0 && !isOwn) return unknownValue(call.stdin.taints);
    return moduleOutput(call);
  }
  if (hasOption(args, ['m', 'version', 'V', 'help', 'v', 'h'])) return unknownValue(call.stdin.taints);
  if (call.stdin !== emptyValue)
    return { ...runCode(run, call, call.stdin, interpreter.language), shellOutput: interpreter.language === 'shell' };
  return { ...unknownValue(), shellOutput: true };
}

/**
 * Notes that text is run as code, and goes through it: in this run when it is shell, else as an embedded program.
 * Unknown parts of shell code become a variable of unknown value.
 */
export function runCode(run: ShellRun, call: Call, code: Value, language: CodeLanguage): Value {
  const at = { ...call, api: call.name };
  const isComputed = !isKnown(code);
  const traits: Trait[] = [
    ...(code.decoded ? (['decode-to-code'] as const) : []),
    ...(isComputed ? (['code-from-string'] as const) : []),
  ];
  for (const trait of traits) noteTrait(run, at, trait, shown(code.text));
  const isFetched = code.taints.some((taint) => taint.source.what === 'network');
  if (isFetched)
    noteTrait(run, at, 'pipe-to-interpreter', code.taints.find((taint) => taint.source.what === 'network')?.source.name ?? '');
  const capability = { kind: 'exec', program: call.name } as const;
  const carriers = isComputed ? code.taints : [];
  noteFlows(run, at, carriers, { what: 'exec', capability, api: call.name, part: 'code' });
  if (code.text.replaceAll(unknownPart, '').trim() === '' || run.depth >= shellCodeDepthMax) return unknownValue(code.taints);
  if (language === 'shell') return runShellText(run, call, code);
  if (language !== 'other')
    run.embedded.push({
      within: run.source.path,
      language,
      text: code.text,
      context: run.source.context,
      map: wholeMap(call, code),
    });
  return unknownValue(pass(call.stdin.taints, { span: call.span, note: `${call.name} reads it` }));
}

function runShellText(run: ShellRun, call: Call, code: Value): Value {
  const { text, map } = withoutHoles(code, wholeMap(call, code));
  run.context.steps.take(text.length >> 6);
  const script = parse(text);
  run.errors += script.errors?.length ?? 0;
  const outer = { map: run.map, unknown: run.vars.get(unknownName) };
  run.vars.set(unknownName, unknownValue(code.taints));
  run.map = map;
  run.depth += 1;
  try {
    return runStatements(run, script.commands);
  } finally {
    run.depth -= 1;
    run.map = outer.map;
    if (outer.unknown === undefined) run.vars.delete(unknownName);
    else run.vars.set(unknownName, outer.unknown);
  }
}

const unknownName = '_unknown_';

// Each unknown part is read back as a variable that carries what flowed in.
function withoutHoles(code: Value, map: OffsetMap): { text: string; map: OffsetMap } {
  const piece = ['$', '{', unknownName, '}'].join('');
  const pieces = code.text.split(unknownPart);
  const holes = [...code.text.matchAll(new RegExp(unknownPart, 'g'))].map((match) => match.index);
  const shift = (offset: number): number => offset + holes.filter((hole) => hole < offset).length * (piece.length - 1);
  const shifted = map.map((one) => ({ ...one, at: shift(one.at) }));
  return { text: pieces.join(piece), map: shifted };
}

function wholeMap(call: Call, code: Value): OffsetMap {
  const [first] = code.map;
  const start = { at: 0, raw: first?.raw ?? call.span.start, fixed: true as const };
  return first === undefined || first.at > 0 ? [start, ...code.map] : code.map;
}

// `bash -lc "…"`: letters written together with the one that takes the code.
function letterGroups(args: ReturnType<typeof parseArguments>, code: readonly string[]): string[] {
  return args.options
    .filter((option) => code.some((letter) => letter.length === 1 && option.name.endsWith(letter)))
    .map((option) => option.name);
}

function isOwnFile(run: ShellRun, path: string): boolean {
  return run.context.files.has(path.replace(/^(\.\/|\/skills\/@self\/)/, ''));
}

function moduleOutput(call: Call): Value {
  return unknownValue(pass(call.stdin.taints, { span: call.span, note: `${call.name} reads it` }));
}

function shown(text: string): string {
  return text.replaceAll(unknownPart, '…').replace(/\s+/g, ' ');
}
