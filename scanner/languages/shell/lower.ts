/**
 * Shell scripts as the engine's programs. A command is a call of `run` with its words, a list of
 * commands is the text that they print, and a pipe gives this text to the next command, which is a
 * block, as its input.
 */

import {
  type Assignment,
  type Case,
  type CaseItem,
  type Command,
  type CommandArgument,
  type CompoundList,
  type Function as FunctionNode,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type While,
} from 'unbash';
import { present } from '../../fact/remembered.ts';
import { syntaxDepthMax } from '../../fact/shared-limits.ts';
import { type OffsetMap, rawSpan } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import { block, callOf, constant, global, hole, set, variable } from '../../ir/build.ts';
import type { Arg, Extent, Func, LoweredProgram, Node, NodeOf } from '../../ir/ir.ts';
import { type Part, type ScriptLowering, WordLowering } from './lower-words.ts';

/** Branches of a `case` in which one before them may go on. */
const behindMax = 64;
/** Commands of one pipeline that are followed. */
const pipelineMax = 64;

const jumps: ReadonlyMap<string, 'break' | 'next' | 'return'> = new Map([
  ['break', 'break'],
  ['continue', 'next'],
  ['return', 'return'],
]);

interface LoweredScript {
  readonly body: Node;
  readonly unread: LoweredProgram['unread'];
}

/**
 * A script as a program.
 * @param map from its offsets to those of the source; undefined where they are the same
 */
export function lowerScript(
  script: ParsedScript,
  steps: Steps,
  map?: OffsetMap,
  outer?: Extent,
): LoweredScript {
  const lowering = new Lowering(steps, map, outer);
  return { body: lowering.statements(script.commands, script), unread: lowering.unread };
}

function goesOn({ terminator }: CaseItem): boolean {
  return terminator === ';&' || terminator === ';;&';
}

// `*)` leaves out nothing.
function isAny({ items }: Case): boolean {
  return items.some(({ pattern }) => pattern.some(({ text }) => text === '*'));
}

class Lowering implements ScriptLowering {
  readonly unread: { at: number; reason: string }[];
  readonly #steps: Steps;
  readonly #map: OffsetMap | undefined;
  /** The place of all that has none of its own. */
  readonly #outer: Extent | undefined;
  readonly #words = new WordLowering(this);
  #depth: number;
  #loops = 0;

  constructor(steps: Steps, map: OffsetMap | undefined, outer?: Extent, within?: Lowering) {
    this.#steps = steps;
    this.#map = map;
    this.#outer = outer;
    this.#depth = within === undefined ? 0 : within.#depth + 1;
    this.unread = within?.unread ?? [];
  }

  place({ pos, end }: Part): Extent {
    if (this.#outer !== undefined) return this.#outer;
    const span = { path: '', start: pos, end };
    return this.#map === undefined ? span : rawSpan(this.#map, span, '');
  }

  raw(pos: number): number | undefined {
    if (this.#outer !== undefined) return undefined;
    if (this.#map === undefined) return pos;
    const piece = this.#map.findLast(({ at }) => at <= pos);
    return piece === undefined || piece.fixed ? undefined : piece.raw + pos - piece.at;
  }

  /** A script whose offsets count in a text of its own: all of it stands at one place. */
  inner(script: ParsedScript, at: Part): Node {
    // The parser goes through the text of a substitution once more for each that is around it.
    this.#steps.take(at.end - at.pos);
    if (script.source === undefined) return this.statements(script.commands, at);
    const lowering = new Lowering(this.#steps, undefined, this.place(at), this);
    return lowering.statements(script.commands, at);
  }

  again(at: Part): WordLowering {
    return new Lowering(this.#steps, undefined, this.place(at), this).#words;
  }

  take(): void {
    this.#steps.take();
  }

  statements(statements: readonly Statement[], at: Part): Node {
    return this.#printed(
      at,
      statements.map(({ command, background }) => this.#node(command, background)),
    );
  }

  // What commands print, one after the other.
  #printed(at: Part, parts: readonly Node[]): Node {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return { ...this.place(at), kind: 'text', parts };
  }

  #node(node: Statement['command'] | CompoundList, isApart = false): Node {
    this.take();
    if (this.#depth >= syntaxDepthMax) {
      this.unread.push({ at: this.place(node).start, reason: 'it is nested too deeply' });
      return hole(this.place(node));
    }
    this.#depth += 1;
    const lowered = this.#plain(node);
    this.#depth -= 1;
    const place = this.place(node);
    return isApart ? callOf(place, 'subshell', [block(place, lowered)]) : lowered;
  }

  #plain(node: Statement['command'] | CompoundList): Node {
    const at = this.place(node);
    switch (node.type) {
      case 'Command':
        return this.#redirected(node.redirects, node, this.#command(node));
      case 'Pipeline':
        return this.#pipeline(node);
      case 'AndOr': {
        const parts = node.commands.map((command, index) => {
          const lowered = this.#node(command);
          return index === 0 ? lowered : this.#oneOf(node, [lowered]);
        });
        return this.#printed(node, parts);
      }
      case 'If': {
        const last = node.else === undefined ? [] : [this.#node(node.else)];
        const others = node.elif.reduceRight<readonly Node[]>(
          (after, elif) => [
            this.#printed(elif, [
              this.#node(elif.clause),
              this.#oneOf(elif, [this.#node(elif.then)].concat(after)),
            ]),
          ],
          last,
        );
        const bodies = this.#oneOf(node, [this.#node(node.then), ...others]);
        return this.#printed(node, [this.#node(node.clause), bodies]);
      }
      case 'For':
      case 'Select': {
        const words = node.wordlist?.flatMap((word) => this.#words.arguments(word)) ?? [
          { value: callOf(at, 'list of $', [constant(at, '@')]), spread: true as const },
        ];
        const items = words.map(({ value, spread }) => (spread ? { spread: value } : value));
        const over = callOf(at, 'loop items', [{ ...at, kind: 'list', items }]);
        const item = variable(at, `item ${node.pos}`);
        const given = callOf(at, 'set', [constant(at, node.name.text), item]);
        const body = this.#round(node.body);
        const rounds = this.#loop(node, body, { each: { over, to: [item] }, body: [given] });
        // A pattern stands for any number of names.
        const isPattern = node.wordlist?.some(({ parts = [] }) =>
          parts.some(({ type }) => /Glob$/.test(type)),
        );
        if (isPattern !== true) return rounds;
        return this.#printed(node, [rounds, this.#loop(node, body, { isAny: true })]);
      }
      case 'While':
        return this.#printed(node, [
          ...this.#unbounded(node),
          this.#loop(node, this.#round(node.body), {
            test: hole(at, [this.#node(node.clause)]),
            isAny: true,
          }),
        ]);
      case 'ArithmeticFor':
        return this.#loop(node, this.#round(node.body), {
          before: this.#words.arithmetic(node.initialize, at),
          test: this.#words.arithmetic(node.test, at),
          step: this.#words.arithmetic(node.update, at),
        });
      case 'Case':
        return this.#oneOf(
          node,
          this.#items(node.items),
          [this.#words.word(node.word)],
          isAny(node),
        );
      case 'Subshell':
      case 'Coproc':
        return this.#node(node.body, true);
      case 'BraceGroup':
        return this.#node(node.body);
      case 'CompoundList':
        return this.statements(node.commands, node);
      case 'Redirected':
        return this.#redirected(node.redirects, node, this.#node(node.command));
      case 'Function':
        return this.#define(node);
      case 'ArithmeticCommand':
        return callOf(at, 'nothing', [
          this.#words.arithmetic(node.expression, at),
          ...this.#wordsIn(node),
        ]);
      case 'TestCommand':
        return callOf(at, 'nothing', this.#wordsIn(node));
    }
  }

  // Bodies of a `case`: one that ends with `;&` or `;;&` may go on in those behind.
  #items(items: readonly CaseItem[]): readonly Node[] {
    const bodies = items.map(({ body }) => this.#node(body));
    const first = items.find(goesOn);
    const isLong = first !== undefined && items.length - items.indexOf(first) > behindMax;
    const reason = 'a branch of a case that goes on in many others';
    if (isLong) this.unread.push({ at: this.place(first.body).start, reason });
    return items.map((item, at) => {
      const behind = goesOn(item) && !isLong ? bodies.slice(at + 1) : [];
      const after = behind.map((one) => this.#oneOf(item.body, [one]));
      return this.#printed(item.body, [...bodies.slice(at, at + 1), ...after]);
    });
  }

  // One of several bodies is run, or perhaps none: a single one, or what a `case` may leave out.
  #oneOf(at: Part, of: readonly Node[], tests: readonly Node[] = [], isOnly = of.length > 1): Node {
    const place = this.place(at);
    const one: Node = { ...place, kind: 'either', tests, of, isOnly };
    return of.length > 1 ? callOf(place, 'printed', [one]) : one;
  }

  // What a round of a loop does; `continue 2` leaves one of the loop around.
  #round(body: CompoundList): Node {
    this.#loops += 1;
    const name = `next ${this.#loops}`;
    const round: Node = { ...this.place(body), kind: 'label', name, body: this.#node(body) };
    this.#loops -= 1;
    return round;
  }

  // The jump of a command, where it is one; `break 2` leaves the loop around, too.
  #jump(at: Extent, command: string, count: string): Node | undefined {
    const how = jumps.get(command);
    if (how === undefined) return undefined;
    const loop = this.#loops + 1 - Number(count);
    const isInner = how === 'return' || loop === this.#loops || !(loop > 0);
    return isInner
      ? { ...at, kind: 'jump', how }
      : { ...at, kind: 'jump', how: 'break', label: `${how} ${loop}` };
  }

  // What the rounds of a loop print. Of any number of rounds, one stands for all.
  #loop(node: Part, round: Node, { isAny, body: first = [], ...loop }: Loop): Node {
    const at = this.place(node);
    const printed = variable(at, `printed ${node.pos}`);
    const printing: Node = {
      ...set(at, printed, round),
      ...(!isAny && { how: 'append' as const }),
    };
    const body: Node = {
      ...at,
      kind: 'seq',
      body: [
        ...present(loop.before),
        set(at, printed, constant(at, '')),
        {
          ...at,
          kind: 'loop',
          test: loop.test,
          each: loop.each,
          step: loop.step,
          body: { ...at, kind: 'seq', body: [...first, printing] },
        },
        printed,
      ],
    };
    return { ...at, kind: 'label', name: `break ${this.#loops + 1}`, body };
  }

  #pipeline(node: Pipeline): Node {
    const [beyond] = node.commands.slice(pipelineMax);
    if (beyond !== undefined)
      this.unread.push({
        at: this.place(beyond).start,
        reason: `a pipeline of more than ${pipelineMax} commands`,
      });
    const at = this.place(node);
    const [first, ...others] = node.commands
      .slice(0, pipelineMax)
      .map((command, index) => this.#node(command, index === 0 && node.commands.length > 1));
    return others.reduce<Node>(
      (from, body) => callOf(at, 'pipe', [from, block(at, body)]),
      first ?? hole(at),
    );
  }

  #command(node: Command): Node {
    const at = this.place(node);
    const assignments = node.prefix.filter(
      (prefix): prefix is Assignment => prefix.type === 'Assignment',
    );
    if (node.name === undefined) {
      // `$(<file)` prints the file.
      const reads = node.redirects.some(
        (redirect) => redirect.type === 'Redirect' && redirect.operator === '<',
      );
      const sets = assignments.map((assignment) => this.#assign(assignment));
      const body = [...sets, reads ? callOf(at, 'input', []) : constant(at, '')];
      return { ...at, kind: 'seq', body };
    }
    const { text, parts } = node.name;
    // What stands for several words is a list of them.
    const words = [...this.#words.arguments(node.name), ...this.#arguments(node.args)];
    const before = assignments.map(
      (assignment): Arg => ({
        name: `set ${assignment.name}`,
        value: this.#assigned(assignment),
      }),
    );
    const about: Arg = {
      name: 'written',
      value: constant(at, `${parts?.length ?? 1} ${text}`),
    };
    const run = (args: readonly Arg[]): Node => ({
      ...at,
      kind: 'call',
      callee: global(at, 'run'),
      args: [...args.map(({ value }) => ({ value })), ...before, about],
    });
    const windows = this.#windowsWords(node);
    // Whether it jumps is not sure: a function may have its name.
    const [count] = node.args;
    const jump = this.#jump(at, text, count !== undefined && 'text' in count ? count.text : '1');
    if (jump !== undefined) return this.#printed(node, [run(words), this.#oneOf(node, [jump])]);
    if (windows === undefined) return run(words);
    const first = this.#words.arguments(node.name);
    return this.#oneOf(node, [run(words), run([...first, ...windows])]);
  }

  // `f=@<(cat x)` comes as two words without a blank between them.
  #arguments(args: readonly CommandArgument[]): readonly Arg[] {
    const found: Arg[] = [];
    args.forEach((arg, index) => {
      const lowered = this.#argument(arg);
      const before = found.at(-1);
      const [first, ...rest] = lowered;
      const isGlued = index > 0 && args[index - 1]?.end === arg.pos;
      if (isGlued && before !== undefined && first !== undefined && !before.spread && !first.spread)
        found.splice(
          -1,
          1,
          { value: { ...this.place(arg), kind: 'text', parts: [before.value, first.value] } },
          ...rest,
        );
      else found.push(...lowered);
    });
    return found;
  }

  // `export NAME=value` has assignments as arguments.
  #argument(arg: CommandArgument): readonly Arg[] {
    if (arg.type === 'Word') return this.#words.arguments(arg);
    const at = this.place(arg);
    const name = constant(at, `${arg.name}${arg.append === true ? '+' : ''}=`);
    return [{ value: callOf(at, 'assignment', [name, this.#assigned(arg)]) }];
  }

  // What Windows' own shell hands to PowerShell: it leaves `$name` between quotation marks as it
  // is. Nobody knows on which system a line will run, so both are followed.
  #windowsWords(node: Command): readonly Arg[] | undefined {
    if (!/^powershell(\.exe)?$/i.test(node.name?.text ?? '')) return undefined;
    let isOther = false;
    const words = node.args.flatMap((arg): readonly Arg[] => {
      const written = arg.type === 'Word' ? /^"(.*)"$/s.exec(arg.text)?.[1] : undefined;
      if (written?.includes('$') !== true) return this.#argument(arg);
      isOther = true;
      return [{ value: constant(this.place(arg), written.replaceAll('\\"', '"')) }];
    });
    return isOther ? words : undefined;
  }

  #assign(assignment: Assignment): Node {
    const at = this.place(assignment);
    const key = assignment.index === undefined ? [] : [this.#words.word(assignment.index)];
    const name = constant(at, assignment.name);
    return callOf(at, assignment.append === true ? 'append' : 'set', [
      name,
      this.#assigned(assignment),
      ...key,
    ]);
  }

  #assigned({ value }: Assignment): Node {
    if (value.type === 'Word') return this.#words.word(value);
    const args = value.elements.flatMap((element) => this.#words.arguments(element));
    return {
      ...this.place(value),
      kind: 'call',
      callee: global(this.place(value), 'array'),
      args,
    };
  }

  #define(node: FunctionNode): Node {
    const at = this.place(node);
    const func: Func = {
      ...at,
      name: node.name.text,
      params: [],
      body: this.#node(node.body),
      givesLast: true,
    };
    const defined = callOf(at, 'define', [
      constant(at, node.name.text),
      { ...at, kind: 'function', func },
    ]);
    // `:(){ :|:& };:`: a function that starts itself twice, in the background.
    let starts = 0;
    let isBackground = false;
    this.#visit(node.body, (inner) => {
      if (inner.type === 'Command' && inner.name?.text === node.name.text) starts += 1;
      if (inner.type === 'Statement' && inner.background) isBackground = true;
    });
    const isBomb = starts >= 2 && isBackground;
    const noted = this.#trait(node, node.name.text, 'a function that starts itself twice');
    return isBomb ? this.#printed(node, [noted, defined]) : defined;
  }

  // `while true; do program & done`
  #unbounded(node: While): readonly Node[] {
    const [only, ...more] = node.clause.commands;
    const isEndless =
      more.length === 0 &&
      only?.command.type === 'Command' &&
      /^(true|:)$/.test(only.command.name?.text ?? '');
    if (!isEndless || node.kind !== 'while') return [];
    let starts = false;
    let ends = false;
    this.#visit(node.body, (inner) => {
      if (inner.type === 'Statement' && inner.background) starts = true;
      const name = inner.type === 'Command' ? (inner.name?.text ?? '') : '';
      if (/^(break|exit|return|sleep|wait|read)$/.test(name)) ends = true;
    });
    if (!starts || ends) return [];
    return [this.#trait(node, 'while', 'an endless loop that starts processes')];
  }

  #trait(node: Part, api: string, detail: string): Node {
    const at = this.place(node);
    return callOf(at, 'unbounded', [constant(at, api), constant(at, detail)]);
  }

  #visit(node: SyntaxNode, see: (inner: SyntaxNode) => void): void {
    this.take();
    see(node);
    forEachChild(node, (child) => this.#visit(child, see));
  }

  #wordsIn(node: SyntaxNode): readonly Node[] {
    const words: Node[] = [];
    const add = (inner: SyntaxNode): void => {
      this.take();
      if (inner.type === 'Word') words.push(this.#words.word(inner));
      else forEachChild(inner, add);
    };
    add(node);
    return words;
  }

  // The input is there before the command runs; the output goes where it goes afterwards.
  #redirected(redirects: readonly Redirection[], node: Part, command: Node): Node {
    if (redirects.length === 0) return command;
    const at = this.place(node);
    const about = redirects.flatMap((redirect): readonly Node[] => {
      const { descriptor } = redirect;
      const number = descriptor?.type === 'FileDescriptor' ? `${descriptor.value}` : '';
      const operator = redirect.type === 'HereDoc' ? '<<<' : redirect.operator;
      return [constant(at, operator), constant(at, number), this.#target(redirect)];
    });
    return callOf(at, 'redirected', [block(at, command), ...about]);
  }

  #target(redirect: Redirection): Node {
    if (redirect.type !== 'HereDoc')
      return redirect.target === undefined
        ? hole(this.place(redirect))
        : this.#words.word(redirect.target);
    const { body } = redirect;
    if (body.parts !== undefined) return this.#words.parts(body.parts, body);
    return this.#words.written(body.text, body.pos, this.place(body));
  }
}

interface Loop {
  readonly before?: Node;
  readonly test?: Node;
  readonly step?: Node;
  readonly each?: NodeOf<'loop'>['each'];
  readonly body?: readonly Node[];
  /** Nobody knows how many rounds there are. */
  readonly isAny?: true;
}
