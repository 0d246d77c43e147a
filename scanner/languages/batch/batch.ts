/** The front end for batch files and lines of cmd: commands are calls, variables are shared. */
import { posix } from 'node:path';
import { analyseLowered } from '../../engine/analyse.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import type { Arg, BareNode, Extent, LoweredProgram, Node } from '../../ir/ir.ts';
import { variableOf, windowsKnowledge } from '../../knowledge/windows.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../../programs/frontend.ts';
import { heldFor } from '../held.ts';
import { analyseLexical } from '../lexical/lexical.ts';
import { heldWindows } from '../powershell/powershell.ts';

/** A batch program. */
export function lowerBatch(source: TaintSource, steps: Steps): LoweredProgram {
  const lowering = new Lowering(source);
  const body: Node[] = [];
  for (const line of source.text.matchAll(/(?:[^\r\n^]|\^(?:\r?\n)?)+/g)) {
    steps.take(1 + (line[0].length >> 3));
    const place = { start: line.index, end: line.index + line[0].length };
    body.push(...lowering.line(line[0].replace(/\^\r?\n/g, ' ').slice(0, lineMax), place));
  }
  const { length } = source.text;
  return { source, body: { start: 0, end: length, kind: 'seq', body }, unread: [] };
}

/** Characters of one line that cmd reads. */
const lineMax = 8_191;
const ignored =
  /^(?:rem\b|::|:\w|setlocal\b|endlocal\b|goto\b|exit\b|pause\b|title\b|color\b|shift\b|echo off|\)|$)/i;
const condition =
  /^if\s{1,20}(?:\/i\s{1,20})?(?:not\s{1,20})?(?:(?:exist|defined|errorlevel)\s{1,20}(?:"[^"]{0,400}"|\S{1,400})|(?:"[^"]{0,400}"|[^\s=]{0,400})\s{0,9}(?:==|equ|neq|lss|leq|gtr|geq)\s{0,9}(?:"[^"]{0,400}"|\S{1,400}))\s{0,9}/i;
const loop =
  /^for\s{1,9}(?:\/[a-z]\s{1,9}(?:"[^"]{0,200}"\s{1,9})?)?%{1,2}\w\s{1,9}in\s{0,9}\([^)]{0,2000}\)\s{0,9}do\s{1,9}/i;
const started =
  /^start\s{1,9}(?:"[^"]{0,200}"\s{1,9})?(?:\/\w{1,20}\s{1,9}){0,8}(?!"?(?:https?|ms-|mailto|shell)\b)(?=\S)/i;

class Lowering {
  readonly #source: TaintSource;
  readonly #set = new Set<string>();
  #place: Extent = { start: 0, end: 0 };

  constructor(source: TaintSource) {
    this.#source = source;
  }

  line(line: string, place: Extent): readonly Node[] {
    this.#place = place;
    const found: Node[] = [];
    for (const { text, join } of commandsOf(line)) {
      const { command, isPerhaps } = behindConditions(text);
      if (ignored.test(command)) continue;
      const input = join === '|' ? found.pop() : undefined;
      const whole = command.replace(/\)\s{0,9}$/, (end) => (command.includes('(') ? end : ''));
      const node = this.#command(whole, input);
      if (node === undefined) continue;
      const test = this.#node({ kind: 'hole' });
      found.push(isPerhaps ? this.#node({ kind: 'if', test, body: node }) : node);
    }
    return found;
  }

  #node(node: BareNode): Node {
    return { ...this.#place, ...node };
  }

  #text(value: string): Node {
    return this.#node({ kind: 'const', value });
  }

  #call(name: string, args: readonly Arg[]): Node {
    return this.#node({ kind: 'call', callee: this.#node({ kind: 'global', name }), args });
  }

  #command(command: string, input: Node | undefined): Node | undefined {
    const setting = /^set\s{1,9}(\/p\s{1,9})?"?([\w.-]{1,80})=(.*?)"?\s{0,9}$/i.exec(command);
    if (setting !== null) {
      const [, asked, written = '', text = ''] = setting;
      const name = written.toLowerCase();
      const from = asked === undefined ? this.#value(text) : this.#node({ kind: 'hole' });
      this.#set.add(name);
      return this.#node({ kind: 'set', to: { ...this.#place, kind: 'var', name }, from });
    }
    const rest = wordsOf(command).values();
    const first = rest.next().value;
    if (first === undefined) return undefined;
    const words: Arg[] = [];
    let given = input;
    const targets: { readonly value: Node; readonly call: string }[] = [];
    for (const word of rest) {
      const redirect = /^\d?(>>?|<)(&\d)?$/.exec(word);
      if (redirect === null) {
        words.push({ value: this.#value(word) });
        continue;
      }
      const [, sign, copied] = redirect;
      const file = copied ?? rest.next().value ?? '';
      // `2>&1` and `NUL` keep nothing.
      if (/^(&\d|nul|)$/i.test(file)) continue;
      const value = this.#value(file);
      if (sign === '<') given = this.#call('Get-Content', [{ value }]);
      else targets.push({ value, call: sign === '>>' ? 'Add-Content' : 'Set-Content' });
    }
    let node = this.#started(first, words, given);
    for (const { call, value } of targets)
      node = this.#call(call, [
        { value, name: 'path' },
        { value: node, name: 'value' },
      ]);
    return node;
  }

  #started(first: string, words: readonly Arg[], input: Node | undefined): Node {
    const spaced = words.flatMap(({ value }, at) =>
      at === 0 ? [value] : [this.#text(' '), value],
    );
    if (/^echo$/i.test(first))
      return this.#call('Write-Output', [{ value: this.#node({ kind: 'text', parts: spaced }) }]);
    if (/^type$/i.test(first)) return this.#call('Get-Content', words);
    const isLocal =
      /^[\w-]{1,80}\.(?:exe|bat|cmd|msi|scr|ps1|vbs)$/i.test(first) && !systemName.test(first);
    const program = this.#value(isLocal ? `./${first}` : first);
    // A variable may hold a whole line.
    const run = words.length === 0 && /[%!]/.test(first) ? 'run line' : 'run program';
    const piped = input === undefined ? [] : [{ value: input, name: 'input' }];
    return this.#call(run, [{ value: program }, ...words, ...piped]);
  }

  #value(text: string): Node {
    const parts: Node[] = [];
    let last = 0;
    for (const found of text.matchAll(
      /%~[a-z]{0,6}(\d|\w)|%(\d|\*)|%%?(\w)(?!\w{0,60}%)|[%!]([\w().-]{1,60})(:[^%!]{1,80})?[%!]/gi,
    )) {
      const [all, pathArgument, argument, , name, change] = found;
      if (found.index > last) parts.push(this.#text(text.slice(last, found.index)));
      last = found.index + all.length;
      if (pathArgument === '0') parts.push(this.#folder());
      else if (name !== undefined) parts.push(this.#variable(name, change));
      else if (argument === undefined && pathArgument === undefined)
        parts.push(this.#node({ kind: 'hole' }));
      else parts.push(this.#node({ kind: 'global', name: '$args' }));
    }
    if (last < text.length) parts.push(this.#text(text.slice(last)));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : this.#node({ kind: 'text', parts });
  }

  #variable(name: string, change: string | undefined): Node {
    const lower = name.toLowerCase();
    const usual = variableOf(lower);
    const value = this.#set.has(lower)
      ? this.#node({ kind: 'var', name: lower })
      : dynamic.test(lower)
        ? this.#node({ kind: 'hole' })
        : usual === undefined
          ? this.#call('$env', [{ value: this.#text(name.toUpperCase()) }])
          : this.#text(usual);
    return change === undefined ? value : this.#node({ kind: 'hole', of: [value] });
  }

  #folder(): Node {
    const { depth, file } = this.#source;
    if (depth > 0) return this.#node({ kind: 'hole' });
    return this.#text(`${posix.join('/skills/@self', posix.dirname(file))}/`);
  }
}

const dynamic = /^(?:cd|date|time|random|errorlevel|cmdcmdline|cmdextversion|path)$/;

const systemName = /^(?:sc|py|[a-z][\w-]{2,30})\.exe$/i;

// What stands before a command only says whether, how often or beside what it runs.
function behindConditions(text: string): { command: string; isPerhaps: boolean } {
  let command = text.trim().replace(/^[@(\s]+/, '');
  let isPerhaps = false;
  for (let hop = 0; hop < 8; hop++) {
    const before = command;
    isPerhaps ||= loop.test(command) || condition.test(command);
    command = command
      .replace(loop, '')
      .replace(condition, '')
      .replace(/^(?:call|else|do)\s{1,9}(?!:)/i, '')
      .replace(started, '')
      .replace(/^[@(\s]+/, '');
    if (command === before) break;
  }
  return { command, isPerhaps };
}

// Divides a line at `&`, `&&`, `||` and `|` outside of quotes; `^` takes a mark's meaning away.
function commandsOf(line: string): { text: string; join: string }[] {
  const found: { text: string; join: string }[] = [];
  let text = '';
  let join = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? '';
    if (letter === '^' && !isQuoted) {
      at += 1;
      text += line[at] ?? '';
    } else if (letter === '"') {
      isQuoted = !isQuoted;
      text += letter;
    } else if (!isQuoted && (letter === '|' || (letter === '&' && !/[<>]$/.test(text)))) {
      found.push({ text, join });
      text = '';
      join = letter;
      if (line[at + 1] === letter) {
        at += 1;
        join = '&';
      }
    } else text += letter;
  }
  return [...found, { text, join }];
}

// Words, with their quotes left out; marks of redirection are words of their own.
function wordsOf(command: string): string[] {
  return [...command.matchAll(/\d?>>?(?:&\d)?|<|(?:"[^"]{0,8000}"?|[^\s"<>]){1,8000}/g)].map(
    ([word]) => (/^\d?[<>]/.test(word) ? word : word.replaceAll('"', '')),
  );
}

const analyse = analyseLowered({
  lower: lowerBatch,
  knowledge: { ...windowsKnowledge, language: 'batch' },
});

/** Facts of batch programs. */
export const analyseBatch = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const followed = analyse([source], context);
  const read = analyseLexical([source], context);
  return {
    ...followed,
    facts: [...followed.facts, ...read.facts],
    embedded: [...followed.embedded, ...read.embedded],
    unanalysed: [...followed.unanalysed, ...read.unanalysed, ...heldFor(heldWindows, [source], [])],
  };
}
