/**
 * The interpreter: goes through a program once, in the order in which it runs, with both branches
 * of what is not known. Where everything is known it computes; where not, it keeps alternatives.
 *
 * Work is linear in the text: each node that is gone through, each further alternative and each 64
 * letters of a text that is put together take one of `left`, which is a constant times the length
 * of the programs. When none is left, no call is followed into a function that was gone through
 * before, no loop is repeated and no text is put together: each node of the text is gone through
 * once more at most, and the programs count as not analysed.
 */

import type { Arg, AssignTarget, Func, Node, NodeOf, Operator, Spread } from '../ir/ir.ts';
import type { Knowledge } from '../knowledge/row.ts';
import type { FrontEndContext } from '../programs/frontend.ts';
import { callFunction, type Given } from './calls.ts';
import { declare, extend, functionOf, makeObject } from './classes.ts';
import { loadPath } from './files.ts';
import { foldOperator, truthOf } from './library.ts';
import { itemAt, memberOf, namedValue, setItem, setMember } from './names.ts';
import { type At, Notes } from './notes.ts';
import {
  allNodesOf,
  dataOf,
  either,
  isSame,
  isWritten,
  itemsOf,
  keyOf,
  knownText,
  listValue,
  newObject,
  nil,
  type OwnClass,
  type OwnFunction,
  type OwnProgram,
  objectsOf,
  partOf,
  recordIn,
  roundsOf,
  scalarValue,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';
import { Variables } from './variables.ts';

/** Nodes gone through in all programs together: a constant, and as many for each character. */
const nodesFree = 150_000;
const nodesPerCharacter = 0.4;
/** A text of 64 letters costs as much as a node. */
const charactersPerNodeShift = 6;
/** As many items or nodes of a value cost as much as a node. */
const itemsPerNodeShift = 3;
/** Rounds of a loop that are computed one by one. */
const roundsMax = 4_096;
/** Expressions and calls inside one another, through all functions. */
const nestingMax = 1_500;

/** Why a sequence goes no further; the earlier ones go on nearer to it. */
const endings = ['', 'next', 'break', 'throw', 'return', 'exit'] as const;
type Ending = (typeof endings)[number];

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
  readonly globals = new Map<string, Value>();
  readonly called = new Set<Func>();
  readonly active = new Map<Func, number>();
  /** In each program, the first call of which nothing is known. */
  readonly unknownCalls = new Map<OwnProgram, { readonly at: number; readonly name: string }>();
  /** Branches and loops around whose run is not sure. */
  uncertain = 0;
  /** Something was left out that is nested too deeply. */
  isTooDeep = false;
  #left: number;
  #nesting = 0;
  readonly #keys = new Map<string, string>();
  readonly #untaken = new Set<Node>();

  constructor(context: FrontEndContext, knowledge: Knowledge, programs: readonly OwnProgram[]) {
    this.context = context;
    this.knowledge = knowledge;
    this.notes = new Notes(context.steps);
    this.programs = new Map(programs.map((program) => [program.source.path, program]));
    const length = programs.reduce((sum, { source }) => sum + source.text.length, 0);
    this.#left = nodesFree + nodesPerCharacter * length;
    for (const program of programs) declare(this, program, program.body, undefined);
  }

  /** Whether calls and rounds are no longer followed. */
  get isExhausted(): boolean {
    return this.#left <= 0;
  }

  /** The name of the frame of a call: the same for the same call by the same way. */
  keyOf({ key }: Invocation, { start }: Node): string {
    const way = `${key}${start}`;
    const known = this.#keys.get(way) ?? `${this.#keys.size}>`;
    this.#keys.set(way, known);
    return known;
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
    this.#left -= 1;
    if (this.#nesting >= nestingMax) {
      this.isTooDeep = true;
      return unknown;
    }
    this.#nesting += 1;
    try {
      const value = this.#valueOf(node, frame);
      // Long texts and many alternatives are work, too.
      for (const { length } of value.texts) this.#left -= length >> charactersPerNodeShift;
      if (value.texts.length > 1) this.#left -= value.texts.length >> 1;
      // So are lists, which are copied and searched as a whole.
      this.#left -= (value.nodes.length + itemsHeld(value)) >> itemsPerNodeShift;
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
          node.parts.map((part) => this.evaluate(part, frame)),
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
        return callFunction(this, node, frame);
      case 'new':
        return makeObject(
          this,
          node,
          this.evaluate(node.of, frame),
          this.givenBy(node, frame),
          frame,
        );
      case 'super':
        return callFunction(this, node, frame);
      case 'list':
        return this.#list(node, frame);
      case 'record':
        return this.#record(node, frame);
      case 'function':
        return thingValue(functionOf(node.func, frame));
      case 'define':
      case 'class':
        return this.#define(node, frame);
      case 'set':
        return this.#set(node, frame);
      case 'op':
        return this.#operate(node, frame);
      default:
        return this.#control(node, frame);
    }
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

  givenBy({ args = [] }: { readonly args?: readonly Arg[] }, frame: Invocation): Given {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const spread: Value[] = [];
    for (const arg of args) {
      const value = this.evaluate(arg.value, frame);
      const items = arg.spread ? itemsOf(value) : undefined;
      const record = arg.spread ? recordIn(value) : undefined;
      if (items !== undefined) positional.push(...items);
      else if (record !== undefined) for (const [name, one] of record.fields) named.set(name, one);
      else if (arg.spread) spread.push(value);
      else if (arg.name !== undefined) named.set(arg.name, value);
      else positional.push(value);
    }
    return { args: positional, named, spread };
  }

  /** Gives a value to a variable, field or item. */
  assign(target: AssignTarget, given: Value, frame: Invocation): void {
    switch (target.kind) {
      case 'var':
        frame.env.set(target.name, this.#held(target, given, target.name, frame));
        return;
      case 'global': {
        const value = this.#held(target, given, target.name, frame);
        const before = this.globals.get(target.name);
        this.globals.set(
          target.name,
          before === undefined || this.uncertain === 0 ? value : either([before, value]),
        );
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
    if (value.nodes.length === 0) return value;
    const at = this.at(frame, place, name);
    const node = this.notes.node(at, `held@${place.start}`, `held in "${name.slice(0, 60)}"`);
    for (const from of value.nodes) this.notes.edge(from, node);
    return { ...value, nodes: [node] };
  }

  #list({ items }: NodeOf<'list'>, frame: Invocation): Value {
    const values: Value[] = [];
    let isGrown = false;
    const data: Value[] = [];
    for (const item of items) {
      const value = this.evaluate(isSpread(item) ? item.spread : item, frame);
      const spread = isSpread(item) ? itemsOf(value) : [value];
      values.push(...(spread ?? []));
      if (spread === undefined) {
        isGrown = true;
        data.push(value);
      }
    }
    return withNodes(listValue(values, isGrown), allNodesOf(data));
  }

  #record({ entries }: NodeOf<'record'>, frame: Invocation): Value {
    const object = newObject('record');
    for (const entry of entries) {
      if (isSpread(entry)) {
        const value = this.evaluate(entry.spread, frame);
        const all = objectsOf(value);
        for (const { fields } of all) for (const [key, one] of fields) object.fields.set(key, one);
        if (all.length === 0) object.rest = value;
        continue;
      }
      const key = this.evaluate(entry.key, frame);
      const value = this.evaluate(entry.value, frame);
      const name = keyOf(key);
      if (name !== undefined) object.fields.set(name, value);
      else object.rest = either([...(object.rest === undefined ? [] : [object.rest]), value]);
    }
    return thingValue({ is: 'object', object });
  }

  #define(node: NodeOf<'define' | 'class'>, frame: Invocation): Value {
    if (node.kind === 'define') {
      if (node.func.captures === 'all')
        for (const own of this.functions.get(this.fold(node.func.name ?? '')) ?? [])
          if (own.func === node.func) own.around = frame.env;
      return textValue(node.func.name ?? '');
    }
    const found = this.classes.get(node.name);
    if (found === undefined) return unknown;
    const self = thingValue({ is: 'class', class: found });
    const supers = node.supers.map((one) => this.evaluate(one, frame));
    extend(found, supers);
    this.evaluate(node.body, { ...frame, self, owner: found, env: new Variables(frame.env) });
    return self;
  }

  #set(node: NodeOf<'set'>, frame: Invocation): Value {
    const given = this.evaluate(node.from, frame);
    if (node.how === undefined || node.to.kind === 'parts') {
      this.assign(node.to, given, frame);
      return given;
    }
    const before = this.evaluate(node.to, frame);
    const value =
      node.how === 'append'
        ? this.together('+', [before, given])
        : before === unknown || before === nil
          ? given
          : either([before, given]);
    this.assign(node.to, value, frame);
    return value;
  }

  #operate({ op, args }: NodeOf<'op'>, frame: Invocation): Value {
    const [first, second] = args;
    if (op !== 'and' && op !== 'or')
      return this.together(
        op,
        args.map((arg) => this.evaluate(arg, frame)),
      );
    if (first === undefined || second === undefined) return unknown;
    const left = this.evaluate(first, frame);
    const truth = truthOf(left, this.knowledge);
    if (truth !== undefined && truth === (op === 'or')) {
      this.#tryOut(second, frame);
      return left;
    }
    const [right] = this.#branches(
      [() => this.evaluate(second, frame)],
      frame,
      truth !== undefined,
    );
    return truth === undefined ? either([left, right ?? unknown]) : (right ?? unknown);
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
        const truth = truthOf(this.evaluate(node.test, frame), this.knowledge);
        const branches = [node.body, node.otherwise];
        const taken = truth === undefined ? undefined : truth ? node.body : node.otherwise;
        const run = branches.map(
          (one) => () => (one === undefined ? nil : this.evaluate(one, frame)),
        );
        if (truth === undefined) return either(this.#branches(run, frame, true));
        for (const one of branches)
          if (one !== taken && one !== undefined) this.#tryOut(one, frame);
        return taken === undefined ? nil : this.evaluate(taken, frame);
      }
      case 'either':
        for (const test of node.tests) this.evaluate(test, frame);
        return either(
          this.#branches(
            node.of.map((one) => () => this.evaluate(one, frame)),
            frame,
            false,
          ),
        );
      case 'loop':
        return this.#loop(node, frame);
      case 'try':
        return this.#try(node, frame);
      case 'jump': {
        const value = node.value === undefined ? nil : this.evaluate(node.value, frame);
        if (node.how === 'return' || node.how === 'yield') frame.returned.push(value);
        if (node.how === 'throw') frame.thrown.push(value);
        if (node.how === 'next' || node.how === 'break') frame.returned.push(value);
        if (node.how !== 'yield') frame.ended = node.how;
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

  /** Goes through branches of which at most one runs; gives their values. */
  #branches(
    branches: readonly (() => Value)[],
    frame: Invocation,
    isOnly: boolean,
  ): readonly Value[] {
    const before = frame.env;
    const ends: { env: Variables; ended: Ending }[] = [];
    this.uncertain += 1;
    const values = branches.map((run) => {
      frame.env = before.branch();
      const value = run();
      ends.push({ env: frame.env, ended: frame.ended });
      frame.ended = '';
      return value;
    });
    this.uncertain -= 1;
    frame.env = before;
    const going = ends.filter(({ ended }) => ended === '');
    // What a branch set before it went elsewhere may be seen there.
    const seen = ends.filter(({ ended }) => ended !== 'exit');
    const isSure = isOnly && going.length === ends.length;
    before.join(
      (going.length > 0 && isOnly ? going : seen).map(({ env }) => env),
      isSure || (isOnly && going.length > 0),
    );
    if (going.length === 0 && isOnly)
      frame.ended = endings.find((one) => ends.some(({ ended }) => ended === one)) ?? '';
    return values;
  }

  // A branch that does not run as far as is known is looked at once, for what it would do.
  #tryOut(node: Node, frame: Invocation): void {
    if (this.#untaken.has(node)) return;
    this.#untaken.add(node);
    const { env, ended } = frame;
    frame.env = env.branch();
    this.uncertain += 1;
    this.evaluate(node, frame);
    this.uncertain -= 1;
    frame.env = env;
    frame.ended = ended;
  }

  #loop(node: NodeOf<'loop'>, frame: Invocation): Value {
    if (node.before !== undefined) this.evaluate(node.before, frame);
    if (node.each !== undefined) return this.#eachOf(node, node.each, frame);
    if (node.test === undefined || node.test.kind === 'const') return this.#repeat(node, frame);
    for (let round = 0; round < roundsMax && !this.isExhausted; round++) {
      const truth = truthOf(this.evaluate(node.test, frame), this.knowledge);
      if (truth === undefined) break;
      if (!truth) {
        if (round === 0) this.#tryOut(node.body, frame);
        return nil;
      }
      this.evaluate(node.body, frame);
      if (node.step !== undefined) this.evaluate(node.step, frame);
      if (this.#leaves(frame)) return nil;
    }
    return this.#repeat(node, frame);
  }

  #eachOf(
    node: NodeOf<'loop'>,
    { over, to }: NonNullable<NodeOf<'loop'>['each']>,
    frame: Invocation,
  ): Value {
    const value = this.evaluate(over, frame);
    const rounds = roundsOf(value);
    if (rounds === undefined || rounds.length > roundsMax) {
      const item = partOf(value);
      for (const target of to) this.assign(target, item, frame);
      return this.#repeat(node, frame);
    }
    if (rounds.length === 0) this.#tryOut(node.body, frame);
    for (const { key, item } of rounds) {
      if (this.isExhausted) return this.#repeat(node, frame);
      const isPair = to.length > 1;
      to.forEach((target, at) => {
        this.assign(target, isPair && at === 0 ? key : item, frame);
      });
      this.evaluate(node.body, frame);
      if (this.#leaves(frame)) break;
    }
    return value;
  }

  // Whether a round ends the loop; what ends only the round goes on here.
  #leaves(frame: Invocation): boolean {
    if (frame.ended === 'next') frame.ended = '';
    if (frame.ended === '') return false;
    if (frame.ended === 'break') frame.ended = '';
    return true;
  }

  // Any number of rounds: once more with what the first has left, and what keeps changing is open.
  #repeat(node: NodeOf<'loop'>, frame: Invocation): Value {
    const before = frame.env;
    this.uncertain += 1;
    let last: ReadonlyMap<string, Value> = new Map();
    // Nested loops go through their bodies more often than that while there is something left.
    const rounds = this.isExhausted ? 1 : 2;
    for (let round = 0; round < rounds; round++) {
      frame.env = before.branch();
      if (node.test !== undefined) this.evaluate(node.test, frame);
      this.evaluate(node.body, frame);
      if (node.step !== undefined && frame.ended === '') this.evaluate(node.step, frame);
      if (frame.ended === 'next' || frame.ended === 'break') frame.ended = '';
      const isOver = frame.ended !== '';
      frame.ended = '';
      const { changed } = frame.env;
      before.join([frame.env], false);
      if (isOver) break;
      if (round === 1)
        for (const [name, value] of changed)
          if (!isSame(last.get(name), value))
            before.set(name, { ...(before.get(name) ?? value), isOpen: true });
      last = changed;
    }
    this.uncertain -= 1;
    frame.env = before;
    return unknown;
  }

  #try({ body, catches, last }: NodeOf<'try'>, frame: Invocation): Value {
    const mark = frame.thrown.length;
    const [value = nil] = this.#branches([() => this.evaluate(body, frame)], frame, false);
    const thrown = dataOf(allNodesOf(frame.thrown.splice(mark)));
    const rescues = catches.map(({ to, body }) => () => {
      if (to !== undefined) this.assign(to, thrown, frame);
      return this.evaluate(body, frame);
    });
    const caught = this.#branches(rescues, frame, false);
    if (last !== undefined) this.evaluate(last, frame);
    return either([value, ...caught]);
  }
}

function itemsHeld({ things }: Value): number {
  let items = 0;
  for (const thing of things)
    if (thing.is === 'object' || thing.is === 'instance') items += thing.object.fields.size;
  return items;
}

function isSpread(one: object): one is Spread {
  return 'spread' in one;
}
