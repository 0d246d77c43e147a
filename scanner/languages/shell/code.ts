/** Code that a script runs: its own functions, other scripts, and texts of any language. */

import { type ParsedScript, parse } from 'unbash';
import { framesMax, recursionMax, tooDeep } from '../../engine/calls.ts';
import { Text } from '../../engine/text.ts';
import {
  dataOf,
  either,
  type OwnFunction,
  type OwnProgram,
  orOther,
  unknown,
  type Value,
} from '../../engine/value.ts';
import { Variables } from '../../engine/variables.ts';
import type { FlowSource, Trait } from '../../fact/fact.ts';
import type { Language, OffsetMap, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { interpreters } from '../../lookup-tables/shell.ts';
import { isFilledIn } from '../../programs/filled-text.ts';
import { lowerScript } from './lower.ts';
import { executes, named, type Shell, type ShellCommand } from './shell-state.ts';
import { alternatives, isKnown, nodes, shown, sourcesOf, textsIn } from './values.ts';
import { setArguments } from './variables.ts';

/** Texts that are run inside one another. */
const codeDepthMax = 6;

type Where = Pick<ShellCommand, 'shell' | 'frame' | 'at'>;

/** Calls a function of the script; unknown arguments may be any. */
export function callFunction(
  { shell, frame, at }: Where,
  own: OwnFunction,
  args: readonly Value[] | undefined,
): Value {
  const { engine } = shell;
  const { func, program } = own;
  const going = engine.going.get(func) ?? [];
  const isOver = engine.isExhausted && engine.called.has(func);
  engine.called.add(func);
  const isTooDeep = frame.depth >= framesMax;
  if (isTooDeep) engine.leaveOut(tooDeep, frame, at.place);
  if (going.length > recursionMax || isTooDeep || isOver) return dataOf(nodes(...(args ?? [])));
  engine.going.set(func, [...going, args ?? []]);
  // In the last of many calls inside one another, each argument is any of them.
  const isLast = going.length >= recursionMax;
  const any = isLast && args !== undefined ? orOther(either(args)) : undefined;
  const given = any === undefined ? args : args?.map(() => any);
  const inner = {
    ...frame,
    program,
    env: new Variables(engine.heap),
    func: own,
    key: engine.keyOf(frame, at.place),
    depth: frame.depth + 1,
    returned: [],
    thrown: [],
  };
  const { locals } = shell;
  shell.locals = new Map();
  const made = shell.during('@', undefined, () => {
    if (given === undefined) shell.unset('@');
    else setArguments(shell, given);
    engine.heap.land('return');
    const printed = engine.evaluate(func.body, inner);
    engine.heap.landed();
    return printed;
  });
  for (const [name, before] of shell.locals) shell.restore(name, before);
  shell.locals = locals;
  engine.going.set(func, going);
  return made;
}

/**
 * Follows another script of the skill as if it were written here: its definitions stay. Without
 * arguments the script has those of the script around it.
 */
export function runSourced(where: Where, other: TaintSource, args: readonly Value[]): Value {
  const { shell, frame } = where;
  if (shell.sourcing.has(other.path)) {
    shell.sourcing.set(other.path, args);
    return unknown;
  }
  if (frame.depth >= framesMax / 4) return unknown;
  shell.take(1 + (other.text.length >> 6));
  const program = shell.programs.get(other.path) ?? programOf(shell, other);
  shell.programs.set(other.path, program);
  const inner = {
    ...frame,
    program,
    env: new Variables(shell.engine.heap),
    key: shell.engine.keyOf(frame, where.at.place),
    depth: frame.depth + 1,
  };
  const run = (given: readonly Value[]): Value =>
    withArguments(shell, given, () => shell.engine.evaluate(program.body, inner));
  shell.sourcing.set(other.path, undefined);
  const made = run(args);
  // A script that sources itself is a loop.
  const again = shell.sourcing.get(other.path);
  if (again !== undefined) shell.engine.perhaps(frame, () => run(again));
  shell.sourcing.delete(other.path);
  return made;
}

function programOf({ engine }: Shell, source: TaintSource): OwnProgram {
  const { script, map } = scriptOf(source.text);
  return { source, ...lowerScript(script, engine.context.steps, map), hasRun: true };
}

/** A script that stands in a file, with the places of its letters there. */
export function scriptOf(text: string): { script: ParsedScript; map: OffsetMap | undefined } {
  const read = withoutCarriageReturns(text);
  return { script: parse(read.text), map: read.map };
}

// Windows line ends: the shell on the user's machine would not see them, and the end of a heredoc
// must be recognised.
function withoutCarriageReturns(text: string): { text: string; map: OffsetMap | undefined } {
  if (!/\r(\n|$)/.test(text)) return { text, map: undefined };
  const map: { at: number; raw: number }[] = [{ at: 0, raw: 0 }];
  let removed = 0;
  for (const match of text.matchAll(/\r(?=\n|$)/g)) {
    removed += 1;
    map.push({ at: match.index + 1 - removed, raw: match.index + 1 });
  }
  return { text: text.replace(/\r(?=\n|$)/g, ''), map };
}

/**
 * Follows code with arguments of its own, in the same shell: what `set --` sets there stays.
 * Without any, it has those of the script around it.
 */
export function withArguments(shell: Shell, args: readonly Value[], run: () => Value): Value {
  if (args.length === 0) return run();
  const mark = shell.get('arguments set');
  const before = shell.get('@');
  setArguments(shell, args);
  const made = run();
  if (shell.get('arguments set') !== mark) return made;
  shell.restore('@', before);
  return made;
}

/**
 * Notes that text is run as code, and follows it: shell code here, other code as an embedded
 * program. Shell code has the arguments of the command, or without any those of the script.
 */
export function runCode(command: ShellCommand, code: Value, language: Language): Value {
  const { shell, at, name, input } = command;
  const { notes } = shell;
  const texts = textsIn(code);
  const isComputed = texts.some((text) => text.includes(unknownPart));
  const sources = sourcesOf(notes, [code]);
  const isForeign = sources.some(isHidden);
  const isFilled =
    isComputed && !code.isDecoded && texts.every((text) => isFilledIn(language, text, isForeign));
  const isPlain = isFilled && language !== 'shell' && !isForeign;
  const traits: Trait[] = [
    ...(code.isDecoded ? (['decode-to-code'] as const) : []),
    ...(isComputed ? ([isPlain ? 'filled-code' : 'code-from-string'] as const) : []),
  ];
  for (const trait of traits) shell.trait(at, trait, oneLine(shown(code)));
  // `eval "$(cat lib.txt)"`, `bash < lib.txt`
  for (const { what, name } of sources) if (what === 'file') shell.start(command, name, language);
  const fetched = sources.find(({ what }) => what === 'network');
  if (fetched !== undefined && !isFilled) shell.trait(at, 'pipe-to-interpreter', fetched.name);
  if (isComputed)
    shell.sink(at, [code], {
      what: 'exec',
      capability: executes(name),
      api: name,
      part: 'code',
      ...(isFilled && { filled: true as const }),
    });
  const isEmpty = texts.every((text) => text.replaceAll(unknownPart, '').trim() === '');
  if (isEmpty || shell.codeDepth >= codeDepthMax) return dataOf(nodes(code));
  // Branches and loops give several texts, and any of them may be run.
  if (language === 'shell')
    return either(shell.each(code, command.frame, (one) => runText(command, one)));
  const passed = shell.pass(at, input, `${name} reads it`);
  if (language === 'other') {
    if (interpreters[name]?.harmless?.test(shown(code)) !== true)
      shell.trait(at, 'unread-program', oneLine(shown(code)));
    return dataOf(passed);
  }
  const printed = alternatives(code).map((text) => {
    const program = notes.embed(at, language, text);
    return shell.start(command, program);
  });
  return dataOf([...nodes(...printed), ...passed]);
}

// Nobody who reads the script sees what such a value is, and others may have written it: what a
// client of a service prints, or what somebody copied.
function isHidden({ what, name }: FlowSource): boolean {
  return (
    /^(network|file|decoded|observed)$/.test(what) ||
    (what === 'command' && !localPrograms.test(name))
  );
}

const localPrograms =
  /^(?:basename|cat|cut|date|df|dirname|du|echo|find|git|grep|head|hostname|id|jq|ls|node|nproc|printf|ps|pwd|python3?|readlink|realpath|sed|sort|stat|tail|tr|uname|uniq|uuidgen|wc|which|whoami)$/;

function runText(command: ShellCommand, code: Value): Value {
  const { shell, at, frame, args, name } = command;
  const [text = Text.of('')] = code.texts;
  const map = text.mapFrom(at.place.start);
  shell.take(text.length >> 6);
  const script: ParsedScript = parse(text.whole);
  const { body } = lowerScript(script, shell.engine.context.steps, map);
  const run = (): Value =>
    shell.engine.evaluate(body, {
      ...frame,
      env: new Variables(shell.engine.heap),
      depth: frame.depth + 1,
    });
  shell.codeDepth += 1;
  const runHere = (): Value => withArguments(shell, args, run);
  const made = shell.during('unknown part', dataOf(nodes(code)), () =>
    sameShell.test(name) ? runHere() : shell.apart(() => inAnother(shell, runHere)),
  );
  shell.codeDepth -= 1;
  return made;
}

// Another shell has only those functions that are exported.
function inAnother(shell: Shell, run: () => Value): Value {
  shell.loseFunctions();
  return run();
}

// What these set with `set --` stays.
const sameShell = /^(eval|trap|source|\.)$/;

/** Runs a file that this script did not write: a program of the skill, or of another program. */
export function runFile(command: ShellCommand, file: Value, language?: Language): Value {
  const { shell, at, name, input } = command;
  const path = shown(file);
  const printed = shell.start(command, path, language);
  const passed = shell.pass(at, input, `${name} reads it`);
  if (!shell.isOwnFile(path) && isKnown(file)) {
    const source = { what: 'file', name: shell.mountPath(path) } as const;
    const content = shell.source(at, source, `${name} runs ${path}`);
    shell.sink(named(at, name), [content], {
      what: 'exec',
      capability: executes(name),
      api: name,
      part: 'code',
    });
  }
  return dataOf([...nodes(printed), ...passed]);
}

function oneLine(text: string): string {
  return text.replaceAll(unknownPart, '…').replace(/\s+/g, ' ');
}

/** The same command without arguments, which are not those of the code. */
export function bare(command: ShellCommand): ShellCommand {
  return { ...command, args: [] };
}
