/**
 * The interpreter: goes through a program once, in the order in which it runs, with both branches
 * of what is not known. Where everything is known it computes; where not, it keeps alternatives.
 *
 * Work is linear in the text: each node that is gone through, each further alternative, each 64
 * letters of a text that is put together, and so many alternatives that are joined or objects that
 * are searched take one of `left`, which is a constant times the length of the programs. When none
 * is left, no call is followed into a function that was gone through before, no loop is repeated
 * and no text is put together: each node of the text is gone through once more at most, until as
 * much is spent again, and the programs count as not analysed.
 */

import { keep } from '../fact/remembered.ts';
import { StepsUsedUp } from '../fact/steps.ts';
import type { AssignTarget, Func, Node, NodeOf, Operator, Param } from '../ir/ir.ts';
import type { Knowledge, Row } from '../knowledge/row.ts';
import type { FrontEndContext } from '../programs/frontend.ts';
import { append, replace, setItem, setMember } from './assigned.ts';
import { attempt } from './attempts.ts';
import { callFunction, type Given } from './calls.ts';
import { declare, extend, functionOf, makeObject } from './classes.ts';
import type { ApiCall } from './effects/effects.ts';
import { loadPath } from './effects/files.ts';
import { adds, type Changes, Heap } from './heap.ts';
import { itemAt } from './items.ts';
import { foldOperator, truthOf } from './library/library.ts';
import { goThrough } from './loops.ts';
import { memberOf, namedValue } from './names.ts';
import { narrow, testedIn } from './narrow.ts';
import { type At, Notes } from './notes.ts';
import { byMethod, called, operate } from './operators.ts';
import { givenBy, listOf, recordOf } from './parts.ts';
import { inWords, shownBy } from './protocols.ts';
import { changedForGood, Fields } from './store.ts';
import {
  allNodesOf,
  classValue,
  dataOf,
  either,
  type HeapObject,
  isWritten,
  itemsHeld,
  itemsOf,
  knownText,
  nil,
  type OwnClass,
  type OwnFunction,
  type OwnProgram,
  partOf,
  scalarValue,
  type Thing,
  takeWork,
  textValue,
  thingValue,
  unknown,
  type Value,
} from './value.ts';
import { Variables } from './variables.ts';

/** Nodes gone through in all programs together: a constant, and as many for each character. */
export const nodesFree = 700_000;
const nodesPerCharacter = 0.5;
/** A text of 64 letters costs as much as a node. */
export const charactersPerNodeShift = 6;
/** As many items or nodes of a value cost as much as a node. */
const itemsPerNodeShift = 3;
const itemsPerStepShift = 2;
/** As many alternatives that are joined, or objects that are searched, cost as much as a node. */
const workPerNode = 64;
const makers: ReadonlySet<Node['kind']> = new Set([
  'call',
  'new',
  'super',
  'list',
  'record',
  'op',
  'text',
]);
/** Why programs are not analysed to their end. */
export const tooMuch = 'too much of it to follow every call';
/** Rounds of a loop that are computed one by one. */
export const roundsMax = 4_096;
/** Calls that are made once more at the end. */
const laterMax = 4_096;
/** Expressions and calls inside one another, through all functions. */
const nestingMax = 1_500;

/** Why a sequence goes no further; the earlier ones go on nearer to it. */
const endings = ['', 'next', 'break', 'throw', 'return', 'exit'] as const;
type Ending = (typeof endings)[number] | `break ${string}`;

// A loop around is nearer than a label around that.
function distanceOf(ending: Ending): number {
  const at = (endings as readonly string[]).indexOf(ending);
  return at < 0 ? endings.indexOf('break') + 0.5 : at;
}

/** A function, or the top of a program, that is being gone through. */
export interface Invocation {
  readonly program: OwnProgram;
  env: Variables;
  readonly self: Value | undefined;
  readonly owner: OwnClass | undefined;
  readonly func: OwnFunction | undefined;
  readonly given: Given | undefined;
  /** The calls that lead here, for the nodes of the graph. */
  readonly key: string;
  readonly depth: number;
  readonly returned: Value[];
  readonly thrown: Value[];
  /** The list of what a generator gives one by one. */
  readonly yielded?: HeapObject;
  ended: Ending;
}

export class Engine {
  readonly context: FrontEndContext;
  readonly knowledge: Knowledge;
  readonly notes: Notes;
  /** By the path of the source. */
  readonly programs: ReadonlyMap<string, OwnProgram>;
  readonly functions = new Map<string, OwnFunction[]>();
  readonly classes = new Map<string, OwnClass>();
  readonly methods = new Map<string, OwnFunction[]>();
  /** Rows by the names that were looked for. */
  readonly rows = new Map<string, Row | undefined>();
  readonly heap = new Heap();
  readonly globals = new Fields(0);
  readonly called = new Set<Func>();
  readonly active = new Map<unknown, number>();
  /** What calls of a function inside one another were given. */
  readonly going = new Map<Func, readonly (readonly Value[])[]>();
  /** What a program gave its functions as members. */
  readonly functionFields = new Map<Func, Fields>();
  /** Names of members that a program gives to all objects of a class of the library. */
  readonly patched = new Set<string>();
  /** Lists and records that parameters have where nothing is given. */
  readonly kept = new Map<Param, Value>();
  /** Objects, and functions with arguments, that a library was given. */
  readonly handed = new Set<object>();
  /** Paths that are not known, by which files are written and started. */
  readonly unknownPaths = new Map<Value, string>();
  /** Paths of files into which something was written. */
  readonly stored = new Set<string>();
  /** By names of objects of the library, whether they are the environment. */
  readonly environments = new Map<string, boolean>();
  /** In each program, the first call of which nothing is known. */
  readonly unknownCalls = new Map<OwnProgram, { readonly at: number; readonly name: string }>();
  /** Calls that may happen when the program has done more. */
  readonly #later: { readonly frame: Invocation; readonly call: () => Value }[] = [];
  /** What was thrown last. */
  #raised: Value = unknown;
  /** Branches and loops around whose run is not sure. */
  uncertain = 0;
  /** Counts the branches that do not run as far as is known. */
  notTaken = 0;
  /** What was left out first, why and where. */
  leftOut:
    | { readonly reason: string; readonly program: OwnProgram; readonly at: number }
    | undefined;
  /** Functions that no row can say: what only the language has. */
  library: Readonly<Record<string, (engine: Engine, call: ApiCall) => Value>> | undefined;
  /** Whether the rounds of a loop are being gone through whose number is not known. */
  isRepeating = false;
  /** What may still be gone through. */
  left: number;
  /** What the rounds of one loop may take that are computed one by one. */
  readonly loopShare: number;
  #nesting = 0;
  readonly #keys = new Map<string, string>();
  readonly #canonical = new Map<string, string>();
  readonly #untaken = new Set<Node>();
  /** Calls of which another meaning was looked at, too. */
  readonly tried = new Set<Node>();

  constructor(context: FrontEndContext, knowledge: Knowledge, programs: readonly OwnProgram[]) {
    this.context = context;
    this.knowledge = knowledge;
    this.notes = new Notes(context.steps);
    this.programs = new Map(programs.map((program) => [program.source.path, program]));
    const length = programs.reduce((sum, { source }) => sum + source.text.length, 0);
    this.left = nodesFree + nodesPerCharacter * length;
    this.loopShare = this.left / 12;
    // What the engine before it left.
    takeWork();
    for (const program of programs) declare(this, program, program.body, undefined);
  }

  // What is gone through once more may have values of any size.
  #pay(): void {
    this.left -= takeWork() / workPerNode;
    if (this.left < -nodesFree) throw new StepsUsedUp(tooMuch);
  }

  /** Whether calls are no longer followed. @throws StepsUsedUp where too much is done even so */
  get isExhausted(): boolean {
    this.#pay();
    return this.left <= 0;
  }

  get raised(): Value {
    return this.#raised;
  }

  set raised(value) {
    if (adds(value, this.#raised)) changedForGood();
    this.#raised = value;
  }

  /** How many calls of it are going on, inside one another. */
  activeOf(of: unknown): number {
    return this.active.get(of) ?? 0;
  }

  /** Makes a call once more at the end, with what is there then: of a thread, of a timer. */
  callLater(frame: Invocation, call: () => Value): void {
    if (this.#later.length < laterMax) this.#later.push({ frame, call });
    else this.leaveOut(`more than ${laterMax} calls that are made later`, frame, { start: 0 });
  }

  /** Says that not all of a program is followed. */
  leaveOut(
    reason: string,
    { program }: Pick<Invocation, 'program'>,
    { start }: Pick<Node, 'start'>,
  ): void {
    this.leftOut ??= { reason, program, at: start };
  }

  callWhatIsLeft(): void {
    for (const { frame, call } of this.#later.splice(0)) {
      // What has ended goes on with what it began.
      frame.ended = '';
      this.perhaps(frame, call);
    }
  }

  /** Pays for items that are gone through; the scan ends where too many are. */
  spend(items: number): void {
    this.left -= items >> itemsPerNodeShift;
    this.context.steps.take(items >> itemsPerStepShift);
  }

  /** The name of the frame of a call: the same for the same call by the same way. */
  keyOf({ key }: Pick<Invocation, 'key'>, { start }: Pick<Node, 'start'>): string {
    return keep(this.#keys, `${key}${start}`, () => `${this.#keys.size}>`);
  }

  /** The one name for a name of the library that has several. */
  canonical(name: string): string {
    return keep(this.#canonical, name, () => this.knowledge.canonical?.(name) ?? name);
  }

  /** A name as the language compares names of functions and classes. */
  fold(name: string): string {
    return this.knowledge.ignoresCase ? name.toLowerCase() : name;
  }

  at(frame: Invocation, place: Node, api: string, certainty: At['certainty'] = 'exact'): At {
    return { program: frame.program, place, api, certainty, frame: frame.key };
  }

  /** The value of a node, after all that it does. */
  evaluate(node: Node, frame: Invocation): Value {
    this.context.steps.take();
    this.left -= 1;
    if (this.#nesting >= nestingMax) {
      this.leaveOut('it is nested too deeply', frame, node);
      return unknown;
    }
    this.#nesting += 1;
    try {
      const value = this.#valueOf(node, frame);
      this.#pay();
      // What is only read was paid for where it was made.
      if (!makers.has(node.kind) || isRead(node)) return value;
      // Long texts are work, and lists are copied as a whole.
      for (const { length } of value.texts) this.left -= length >> charactersPerNodeShift;
      this.left -= (value.things.length + itemsHeld(value)) >> itemsPerNodeShift;
      return value;
    } finally {
      this.#nesting -= 1;
    }
  }

  #valueOf(node: Node, frame: Invocation): Value {
    switch (node.kind) {
      case 'const':
        if (typeof node.value !== 'string') return scalarValue(node.value);
        return textValue(node.value, node.raw);
      case 'text':
        return this.together(
          '.',
          node.parts.map((part) => this.#shown(part, frame)),
        );
      case 'var':
        return frame.env.get(node.name) ?? namedValue(this, node, frame) ?? unknown;
      case 'global':
        return namedValue(this, node, frame) ?? unknown;
      case 'self':
        return frame.self ?? unknown;
      case 'member':
        return memberOf(this, node, this.evaluate(node.of, frame), this.nameOf(node, frame), frame);
      case 'item': {
        const of = this.evaluate(node.of, frame);
        return itemAt(this, node, of, node.key && this.evaluate(node.key, frame), frame);
      }
      case 'call':
      case 'super':
        return callFunction(this, node, frame);
      case 'new':
        return makeObject(
          this,
          node,
          this.evaluate(node.of, frame),
          givenBy(this, node, frame),
          frame,
        );
      case 'list':
        return listOf(this, node, frame);
      case 'record':
        return recordOf(this, node, frame);
      case 'function':
        return thingValue(functionOf(this, node.func, frame));
      case 'define':
      case 'class':
        return this.#define(node, frame);
      case 'set':
        return this.#set(node, frame);
      case 'op':
        return operate(this, node, frame);
      default:
        return this.#control(node, frame);
    }
  }

  #shown(part: Node, frame: Invocation): Value {
    const value = this.evaluate(part, frame);
    if (!this.knowledge.isOpen) return value;
    return inWords(this, shownBy(this, { node: part, frame }, value) ?? value);
  }

  /** What an operator gives; only where data comes from, when too much was computed. */
  together(op: Operator, args: readonly Value[]): Value {
    return this.isExhausted ? dataOf(allNodesOf(args)) : foldOperator(op, args);
  }

  /** The name of a member that is computed, when it is known. */
  nameOf({ name }: NodeOf<'member'>, frame: Invocation): string | undefined {
    return typeof name === 'string' ? name : knownText(this.evaluate(name, frame));
  }

  /** Whether the name of a member was put together, so that nobody who searches for it finds it. */
  isHidden({ name }: NodeOf<'member'>, frame: Invocation): boolean {
    return typeof name !== 'string' && !isWritten(this.evaluate(name, frame));
  }

  /** Gives a value to a variable, field or item. */
  assign(target: AssignTarget, given: Value, frame: Invocation): void {
    switch (target.kind) {
      case 'var':
      case 'global': {
        const held = this.#held(target, given, target.name, frame);
        if (target.kind === 'var') frame.env.set(target.name, held);
        else replace(this, this.at(frame, target, target.name), held);
        return;
      }
      case 'member': {
        const of = this.evaluate(target.of, frame);
        setMember(this, target, of, this.nameOf(target, frame), given, frame);
        return;
      }
      case 'item': {
        const of = this.evaluate(target.of, frame);
        setItem(this, target, of, target.key && this.evaluate(target.key, frame), given, frame);
        return;
      }
      case 'parts': {
        const items = itemsOf(given);
        target.of.forEach((one, at) => {
          if (one === undefined) return;
          this.assign(one, items === undefined ? partOf(given) : (items[at] ?? nil), frame);
        });
      }
    }
  }

  // Data keeps the names of the variables that hold it, for the steps of a flow.
  #held(place: Node, value: Value, name: string, frame: Invocation): Value {
    // A name with a blank is no name of the program.
    if (value.nodes.length === 0 || name.includes(' ')) return value;
    const at = this.at(frame, place, name);
    const node = this.notes.node(at, `held@${place.start}`, `held in "${name.slice(0, 60)}"`);
    for (const from of value.nodes) this.notes.edge(from, node);
    return { ...value, nodes: [node] };
  }

  #define(node: NodeOf<'define' | 'class'>, frame: Invocation): Value {
    if (node.kind === 'define') {
      const table = frame.owner === undefined ? this.functions : this.methods;
      if (node.func.captures === 'all')
        for (const own of table.get(this.fold(node.func.name ?? '')) ?? [])
          if (own.func === node.func && own.around !== frame.env) {
            // Where functions are values, no call has it by its name.
            if (frame.owner !== undefined || !this.knowledge.isOpen) changedForGood();
            own.around = frame.env;
          }
      return textValue(node.func.name ?? '');
    }
    const found = this.classes.get(node.name);
    if (found === undefined) return unknown;
    const self = classValue(found);
    const supers = node.supers.map((one) => this.evaluate(one, frame));
    extend(this, found, supers);
    this.evaluate(node.body, {
      ...frame,
      self,
      owner: found,
      env: new Variables(this.heap, frame.env),
    });
    return self;
  }

  #set(node: NodeOf<'set'>, frame: Invocation): Value {
    const given = this.evaluate(node.from, frame);
    if (node.how === undefined || node.to.kind === 'parts') {
      this.assign(node.to, given, frame);
      return given;
    }
    const before = this.evaluate(node.to, frame);
    if (node.how === 'append' && this.knowledge.isOpen) {
      const changed =
        called(this, node, '__iadd__', before, [given], frame) ??
        byMethod(this, node, '+', [before, given], frame);
      if (changed !== undefined) {
        this.assign(node.to, changed, frame);
        return changed;
      }
    }
    const value =
      node.how === 'append'
        ? this.together('+', [before, given])
        : before === unknown || before === nil
          ? given
          : either([before, given]);
    this.assign(node.to, value, frame);
    return value;
  }

  #control(node: Node, frame: Invocation): Value {
    switch (node.kind) {
      case 'seq': {
        let value: Value = nil;
        for (const one of node.body) {
          value = this.evaluate(one, frame);
          if (frame.ended !== '') break;
        }
        return value;
      }
      case 'if': {
        const tested = testedIn(node.test, frame);
        const truth = truthOf(this.evaluate(node.test, frame), this.knowledge);
        const branches = [node.body, node.otherwise];
        const taken = truth === undefined ? undefined : truth ? node.body : node.otherwise;
        const run = branches.map((one, at) => () => {
          narrow(node.test, at === 0, frame, tested);
          return one === undefined ? nil : this.evaluate(one, frame);
        });
        if (truth === undefined) return either(this.branches(run, frame, true));
        for (const one of branches) if (one !== taken && one !== undefined) this.tryOut(one, frame);
        return taken === undefined ? nil : this.evaluate(taken, frame);
      }
      case 'either': {
        for (const test of node.tests) this.evaluate(test, frame);
        const runs = node.of.map((one) => () => this.evaluate(one, frame));
        return either(this.branches(runs, frame, node.isOnly === true));
      }
      case 'loop':
        return goThrough(this, node, frame);
      case 'try':
        return attempt(this, node, frame);
      case 'jump': {
        const value = node.value === undefined ? nil : this.evaluate(node.value, frame);
        if (node.how === 'yield' && frame.yielded) append(this, frame.yielded, value);
        else if (node.how !== 'throw' && node.how !== 'exit') frame.returned.push(value);
        if (node.how === 'throw') {
          frame.thrown.push(value);
          if (this.knowledge.callsBack) this.raised = value;
        }
        if (node.how !== 'yield')
          frame.ended = node.label === undefined ? node.how : `break ${node.label}`;
        if (node.how !== 'yield') return value;
        // What a generator is sent may be thrown where it stands.
        if (frame.given?.sent !== undefined) frame.thrown.push(frame.given.sent);
        return frame.given?.sent ?? unknown;
      }
      case 'label': {
        const ending = `break ${node.name}` as const;
        this.heap.land(ending);
        const value = this.evaluate(node.body, frame);
        this.heap.landed();
        if (frame.ended === ending) frame.ended = '';
        return value;
      }
      case 'load':
        return loadPath(
          this,
          this.at(frame, node, 'load'),
          this.evaluate(node.path, frame),
          frame,
          node.isRelative,
        );
      case 'hole':
        return dataOf(allNodesOf((node.of ?? []).map((one) => this.evaluate(one, frame))));
      default:
        return unknown;
    }
  }

  /** Goes through branches of which one runs, or none if it is not `isOnly`; gives their values. */
  branches<T>(branches: readonly (() => T)[], frame: Invocation, isOnly: boolean): readonly T[] {
    if (isOnly && branches.length === 1) return branches.map((run) => run());
    const ends = branches.map((run) => this.branch(run, frame));
    this.join(ends, frame, isOnly);
    return ends.map(({ value }) => value);
  }

  branch<T>(run: () => T, frame: Invocation): Branch<T> {
    this.uncertain += 1;
    this.heap.begin();
    const value = run();
    const changes = this.heap.end();
    this.uncertain -= 1;
    const { ended } = frame;
    frame.ended = '';
    if (ended !== '') this.heap.jump(ended, changes);
    return { value, changes, ended };
  }

  // Goes on with what those branches leave that go on; nowhere, when all that there are do not.
  join(ends: readonly Branch<unknown>[], frame: Invocation, isOnly: boolean): void {
    const going = ends.filter(({ ended }) => ended === '');
    const isOver = isOnly && going.length === 0;
    const left = isOver ? ends : going;
    this.heap.join(
      left.map(({ changes }) => changes),
      isOnly,
    );
    if (!isOver) return;
    const all = ends.map(({ ended }) => ended).sort((a, b) => distanceOf(a) - distanceOf(b));
    frame.ended = all[0] ?? '';
  }

  /** Whether what is done here surely happens. */
  get isSure(): boolean {
    return this.uncertain === 0 && !this.heap.isSkipped;
  }

  /** Does something that may not happen. */
  perhaps<T>(frame: Invocation, run: () => T): T | undefined {
    return this.branches([run], frame, false)[0];
  }

  /** Does something with each of the things of which a value is one. */
  each<T>(of: Value, frame: Invocation, run: (thing: Thing) => T): readonly T[] {
    const { things, texts, scalars, isOpen } = of;
    const others = isOpen || texts.length + scalars.length > 0;
    if (things.length === 0 || (things.length === 1 && !others)) return things.map(run);
    return this.branches(
      things.map((thing) => () => run(thing)),
      frame,
      !others,
    );
  }

  // A branch that does not run as far as is known is looked at once, for what it would do.
  tryOut(node: Node, frame: Invocation): void {
    this.notTaken += 1;
    if (this.#untaken.has(node)) return;
    this.#untaken.add(node);
    const { importing } = this.notes;
    // `if __name__ == "__main__"`
    if (this.knowledge.isOpen) this.notes.importing = 0;
    this.heap.maySet(this.branch(() => this.evaluate(node, frame), frame).changes);
    this.notes.importing = importing;
  }
}

// `$x` of a shell, which is a call: the environment may have it.
function isRead(node: Node): boolean {
  return node.kind === 'call' && node.callee.kind === 'global' && node.callee.name === '$';
}

interface Branch<T> {
  readonly value: T;
  readonly changes: Changes;
  readonly ended: Ending;
}
