/** Calls that run programs, code or modules. */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import type { FlowSink, Trait } from '../../../fact/fact.ts';
import { lineWords, startedWord } from '../../../flow/started-word.ts';
import type { EffectOf } from '../../../knowledge/row.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { besideOf } from '../../../programs/beside.ts';
import { isFilledIn } from '../../../programs/filled-text.ts';
import {
  type Called,
  capability,
  certaintyOf,
  embed,
  type Out,
  shown,
  sink,
  trait,
} from '../out.ts';
import { bareOf } from '../syntax.ts';
import { alternatives, isWhole, type JsValue, text, textOr, unknown } from '../values/values.ts';
import { embedLine, isDecoded, start, type Words, wordsOf } from '../values/words.ts';
import { argumentOf } from './arguments.ts';
import { isHarmlessCode } from './harmless-code.ts';
import { request } from './network.ts';
import { inputRunner, runInputOption, storedPaths } from './sending.ts';

// A command line for a shell.
function runShell(out: Out, call: Called, effect: EffectOf<'program'>): void {
  const argument = argumentOf(call.args, effect.words);
  const options = argumentOf(call.args, effect.options);
  for (const value of alternatives(argument?.value ?? unknown)) {
    const traits: Trait[] = [
      'shell-string',
      'interpreter',
      ...(value.kind === 'text' && !isWhole(value) ? (['interpolated'] as const) : []),
    ];
    if (value.kind === 'text') {
      capability(out, call, { kind: 'exec', program: 'sh' }, certaintyOf(value, false), traits);
      noteStartedLine(out, call, value.text, argument?.node);
      noteLineInput(out, call, value.text, options);
      const program = embed(out, call, 'shell', value.text, argument?.node);
      start(call, program, isWhole(value) ? [] : [argument?.node], options);
      call.use.sources.push({ what: 'command', name: shown(value) });
    } else {
      capability(out, call, { kind: 'exec', program: '*' }, 'widened', [...traits, 'dynamic-name']);
      call.use.sources.push({ what: 'command', name: shown(value) });
    }
  }
  if (isDecoded(out, argument?.node))
    trait(out, call, 'decode-to-code', shown(argument?.value ?? unknown), 'exact');
  const isFilled = alternatives(argument?.value ?? unknown).every(
    (value) => value.kind === 'text' && isFilledIn('shell', value.text),
  );
  const to: FlowSink = {
    what: 'exec',
    capability: { kind: 'exec', program: 'sh' },
    api: call.api,
    part: 'code',
  };
  sink(call, argument?.node, isFilled ? { ...to, filled: true } : to, 'exact');
}

// `execSync("sh", { input: program })`
function noteLineInput(
  out: Out,
  call: Called,
  line: string,
  options: Words[number] | undefined,
): void {
  const [name = '', ...given] = lineWords(line);
  const runner = inputRunner(
    name,
    given.map((word) => text(word)),
  );
  if (runner === undefined) return;
  call.use.runsInput.push(runner);
  if (options !== undefined) runInputOption(out, call, runner, options);
}

/** A program: a line for a shell, or words. */
export function runProgram(out: Out, call: Called, effect: EffectOf<'program'>): void {
  if (effect.shell) runShell(out, call, effect);
  else runWords(out, call, effect);
}

// A program with its arguments: the shell front end reads them as a command line.
function runWords(out: Out, call: Called, effect: EffectOf<'program'>): void {
  const argument = argumentOf(call.args, effect.words);
  const given = argumentOf(call.args, effect.args);
  const options =
    effect.options === undefined ? undefined : (argumentOf(call.args, effect.options) ?? given);
  const inShell =
    options !== undefined &&
    textOr(out.self.memberOf(options.value, text('shell'), call.node), '') === 'true';
  for (const [candidate, list] of pairsOf(alternatives(argument?.value ?? unknown), given)) {
    // `Bun.spawn({ cmd: [...] })`
    const whole =
      candidate.kind === 'object'
        ? out.self.memberOf(candidate, text('cmd'), call.node)
        : candidate;
    const words = wordsOf(out, call, { value: whole, node: argument?.node }, list ?? options);
    const [value = unknown, ...given] = words.map((word) => word.value);
    noteStartedFile(out, call, words);
    const name = programOf(value);
    if (inShell) {
      const line = [value, ...given].map((value) => textOr(value)).join(' ');
      start(call, embed(out, call, 'shell', line, undefined), [list?.node], options);
      trait(out, call, 'shell-string', shown(value));
    } else if (name === undefined) {
      capability(out, call, { kind: 'exec', program: '*' }, 'widened', ['dynamic-name']);
      call.use.sources.push({ what: 'command', name: shown(value) });
    } else {
      const program = embedLine(out, call, [
        { value: text(name), node: words[0]?.node },
        ...words.slice(1),
      ]);
      start(call, program, [list?.node], options);
      call.use.sources.push({
        what: 'command',
        name: shown(text([name, ...given.map((word) => textOr(word))].join(' '))),
      });
    }
    if (
      value.kind === 'text' &&
      value.built &&
      isWhole(value) &&
      !/[./]/.test(value.text) &&
      !isShown(out, value.text)
    )
      trait(out, call, 'folded-name', shown(value), 'folded');
    const to: Capability = { kind: 'exec', program: name ?? '*' };
    // An empty name, often a default, starts nothing.
    const isNone = isWhole(value) && value.text.trim() === '';
    const runner = name === undefined ? undefined : inputRunner(name, given);
    if ((name === undefined && !isNone) || runner !== undefined) {
      call.use.runsInput.push(runner ?? '*');
      runInputOption(out, call, runner, options);
    }
    // A value that names the started program can run anything.
    const part = name === undefined && !isNone ? 'code' : 'argument';
    sink(call, argument?.node, { what: 'exec', capability: to, api: call.api, part }, 'exact');
    sink(
      call,
      list?.node,
      {
        what: 'exec',
        capability: to,
        api: call.api,
        part: 'argument',
        ...besideOf(given.map((word) => textOr(word))),
      },
      'exact',
    );
  }
  if (
    options !== undefined &&
    textOr(out.self.memberOf(options.value, text('detached'), call.node), '') === 'true'
  )
    trait(out, call, 'detached', call.api);
}

// `'npm run build'.split(' ')`: the code shows the name as the first word of a line.
function isShown({ source }: Out, name: string): boolean {
  return ["'", '"', '`'].some((quote) => source.text.includes(`${quote}${name} `));
}

// Each program with its possible argument lists: a single program with all of them, several
// programs each with its own.
function pairsOf(
  names: readonly JsValue[],
  list: Called['args'][number] | undefined,
): [JsValue, Called['args'][number] | undefined][] {
  if (list === undefined) return names.map((name) => [name, undefined]);
  const lists = alternatives(list.value).slice(0, listsMax);
  if (names.length === 1)
    return names.flatMap((name) =>
      lists.map((value) => [name, { ...list, value }] as [JsValue, typeof list]),
    );
  return names.map((name, i) => [
    name,
    { ...list, value: lists.length === names.length ? (lists[i] ?? unknown) : list.value },
  ]);
}

/** A wrapper is called with many argument lists: `git('status')`, `git('log')`, … */
const listsMax = 24;

function programOf(value: JsValue): string | undefined {
  if (value.kind === 'api' && value.name === 'process.execPath') return 'node';
  if (!isWhole(value) || value.text.trim() === '') return undefined;
  return /^\/(usr\/(local\/)?)?s?bin\/[^/]+$/.test(value.text)
    ? posix.basename(value.text)
    : value.text;
}

function isOwnFile(out: Out, path: string): boolean {
  const inside = path.startsWith('/skills/@self/')
    ? path.slice('/skills/@self/'.length)
    : posix.normalize(path);
  return out.files.has(inside);
}

/** A script of JavaScript, in a process or thread of its own. */
export function runScript(out: Out, call: Called, at: number): void {
  const argument = call.args[at];
  const options = call.args[at + 1]?.value ?? unknown;
  const isCode = textOr(out.self.memberOf(options, text('eval'), call.node), '') === 'true';
  if (!isCode)
    sink(call, argument?.node, { what: 'exec', api: call.api, part: 'program' }, 'exact');
  for (const value of alternatives(argument?.value ?? unknown)) {
    if (isCode) sink(call, argument?.node, { what: 'exec', api: call.api, part: 'code' }, 'exact');
    if (isCode && value.kind === 'text') {
      trait(out, call, 'code-from-string', shown(value));
      embed(out, call, 'javascript', value.text, argument?.node);
      continue;
    }
    if (isWhole(value) && isOwnFile(out, value.text)) {
      noteForeignCode(out, call, value.text);
      continue;
    }
    if (value.kind === 'text') noteLoaded(call, value.text);
    capability(
      out,
      call,
      { kind: 'exec', program: isWhole(value) ? 'node' : '*' },
      certaintyOf(value, !isWhole(value)),
      ['interpreter'],
    );
    if (isWhole(value) && /[\s;(]/.test(value.text))
      embed(out, call, 'javascript', value.text, argument?.node);
  }
}

/** Text as code. */
export function runCode(out: Out, call: Called, at: number): void {
  const argument =
    call.api === 'Function' || call.api === 'vm.compileFunction'
      ? call.api === 'Function'
        ? call.args.at(-1)
        : call.args[0]
      : call.args[at];
  if (argument === undefined) return;
  for (const value of alternatives(argument.value)) {
    if (value.kind === 'function') continue;
    if (!isHarmlessCode(value, call))
      trait(out, call, 'code-from-string', shown(value), call.built ? 'folded' : 'exact');
    if (isDecoded(out, argument.node)) trait(out, call, 'decode-to-code', shown(value), 'exact');
    if (isWhole(value))
      embed(
        out,
        call,
        'javascript',
        call.api === 'Function' ? `(function () {${value.text}\n})` : value.text,
        undefined,
      );
    else
      capability(out, call, { kind: 'exec', program: '*' }, 'widened', [
        'code-from-string',
        'dynamic-name',
      ]);
  }
  sink(call, argument.node, { what: 'exec', api: call.api, part: 'code' }, 'exact');
}

// A file of the skill that does not look like JavaScript is run as JavaScript, and was not analysed
// as such.
function noteForeignCode(out: Out, call: Called, path: string): void {
  if (
    /\.([cm]?[jt]s|[jt]sx|json|node|wasm)$/.test(path) &&
    !(call.api !== 'require' && path.endsWith('.json'))
  )
    return;
  noteLoaded(call, path);
  trait(out, call, 'dynamic-import', path, 'widened');
  capability(out, call, { kind: 'exec', program: '*' }, 'widened', [
    'dynamic-import',
    'dynamic-name',
  ]);
}

// A file that is loaded as JavaScript, whatever its name.
function noteLoaded({ use }: Called, program: string): void {
  use.starts.push({ program, language: 'javascript', arguments: [], stdin: [], env: [] });
}

function isOtherFile(out: Out, path: string): boolean {
  return (
    path.includes('/') &&
    !/^[a-z]+:|\.json$/i.test(path) &&
    !out.files.has(posix.join(posix.dirname(out.source.file), path))
  );
}

/**
 * A module with a computed name may be any, so its effects are unknown. A name that begins in the
 * skill's own folder stays there.
 */
export function loadModule(out: Out, call: Called, at: number): void {
  for (const value of alternatives(call.args[at]?.value ?? unknown)) {
    if (value.kind === 'text' && isOtherFile(out, value.text)) noteLoaded(call, value.text);
    if (isWhole(value)) {
      if (value.built && !/^[./~]/.test(value.text))
        trait(out, call, 'folded-name', shown(value), 'folded');
      if (value.text.startsWith('data:')) embedDataUrl(out, call, value.text);
      else if (/^(\/|~)/.test(value.text) && !value.text.startsWith('/skills/')) {
        // A file outside of the skill: its author decides what is run.
        call.use.sources.push({ what: 'file', name: value.text });
        const at = ts.isCallExpression(call.node) ? call.node : undefined;
        sink(call, at, { what: 'exec', api: call.api, part: 'code' }, 'exact');
      } else if (call.api === 'require' && /^\.{1,2}\//.test(value.text)) {
        const path = posix.join(posix.dirname(out.source.file), value.text);
        if (out.files.has(path)) noteForeignCode(out, call, path);
      } else if (/^https?:/.test(value.text))
        request(out, { ...call, api: 'import' }, { does: 'request', url: at });
    } else if (value.kind === 'text' && value.text.startsWith('data:')) {
      trait(out, call, 'code-from-string', shown(value));
      const node = call.args[at]?.node;
      // Code that encodes the text here shows it in the clear.
      const isEncodedHere =
        node !== undefined &&
        /toString\(\s*['"]base64|\bbtoa\(|toBase64\(/.test(node.getSourceFile().text);
      if (/^data:[^,]{0,80};base64,/i.test(value.text) && !isEncodedHere)
        trait(out, call, 'decode-to-code', shown(value), 'folded');
      sink(call, node, { what: 'exec', api: call.api, part: 'code' }, 'exact');
    } else if (!(value.kind === 'text' && /^(\.{1,2}|\/skills\/@self)\//.test(value.text))) {
      trait(out, call, 'dynamic-import', shown(value), 'widened');
      capability(out, call, { kind: 'exec', program: '*' }, 'widened', [
        'dynamic-import',
        'dynamic-name',
      ]);
    }
    if (call.api !== 'process.getBuiltinModule')
      sink(call, call.args[at]?.node, { what: 'exec', api: call.api, part: 'program' }, 'exact');
  }
}

function embedDataUrl(out: Out, call: Called, url: string): void {
  const comma = url.indexOf(',');
  const body = url.slice(comma + 1);
  const code = /;base64$/i.test(url.slice(0, comma))
    ? Buffer.from(body, 'base64').toString('utf8')
    : decodeURI(body.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  trait(out, call, 'code-from-string', shown(text(code)));
  embed(out, call, 'javascript', code, undefined);
}

// The file that a command starts: an argument, or a part of a command line.

/** Notes the file that a list of words starts. */
function noteStartedFile(out: Out, call: Called, words: Words): void {
  const texts = words.map(({ value }) => programText(value));
  const found = startedWord(texts);
  const word = found === undefined ? undefined : words[found.at];
  if (found === undefined || word?.node === undefined) return;
  const text = texts[found.at] ?? '';
  const at = text.indexOf(found.text);
  note(out, call, word.node, { ...found, isPart: text !== found.text }, holesIn(text.slice(0, at)));
}

/** Notes the file that a command line starts. */
function noteStartedLine(
  out: Out,
  call: Called,
  line: string,
  node: ts.Expression | undefined,
): void {
  const words = lineWords(line);
  const found = startedWord(words);
  if (found === undefined || node === undefined) return;
  const before = words.slice(0, found.at).join(' ');
  note(out, call, node, { ...found, isPart: true }, holesIn(before));
}

type Found = NonNullable<ReturnType<typeof startedWord>> & { readonly isPart: boolean };

function note(out: Out, call: Called, node: ts.Expression, found: Found, before: number): void {
  const isHole = found.isPart && found.text.includes(unknownPart);
  const at = isHole ? (holeOf(out, node, before) ?? node) : node;
  call.use.sinks.push({
    at,
    ...(!found.text.startsWith(unknownPart) && { path: found.text }),
    sink: { what: 'exec', api: call.api, part: 'program' },
    certainty: 'exact',
  });
  if (found.isModule || (!isHole && !found.text.includes(unknownPart))) return;
  for (const value of alternatives(out.self.valueOf(at)))
    for (const program of storedPaths(out, value, at))
      call.use.starts.push({
        program,
        ...(found.language !== undefined && { language: found.language }),
        arguments: [],
        stdin: [],
        env: [],
      });
}

function programText(value: JsValue): string {
  return value.kind === 'api' && value.name === 'process.execPath' ? 'node' : textOr(value);
}

// The expression that stands for the unknown part behind so many others.
function holeOf(out: Out, node: ts.Expression, before: number): ts.Expression | undefined {
  let count = before;
  for (const hole of expressionsIn(node)) {
    count -= holesIn(textOr(out.self.valueOf(hole)));
    if (count < 0) return hole;
  }
  return undefined;
}

// `a + b`, `${a} ${b}`: what is put together, but for its literals.
function expressionsIn(node: ts.Expression): readonly ts.Expression[] {
  const open = [bareOf(node)];
  const found: ts.Expression[] = [];
  for (let one = open.pop(); one !== undefined && found.length < holesMax; one = open.pop()) {
    if (ts.isTemplateExpression(one))
      open.push(...one.templateSpans.map(({ expression }) => bareOf(expression)).reverse());
    else if (ts.isBinaryExpression(one)) open.push(bareOf(one.right), bareOf(one.left));
    else if (!ts.isStringLiteralLike(one)) found.push(one);
  }
  return found;
}

const holesMax = 64;

function holesIn(text: string): number {
  return text.split(unknownPart).length - 1;
}
