/**
 * Python as the engine's programs. A module's variables are those of its frame, which its functions
 * share; a local name that a scope around binds as well gets a name of its own.
 */

import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, LoweredProgram, Node, NodeOf } from '../../ir/ir.ts';
import { own } from '../../lookup-tables/api.ts';
import { Definitions } from './definitions.ts';
import type { Modules } from './modules.ts';
import {
  builtins,
  capturesIn,
  groupsOf,
  isEnvironment,
  isHandedOn,
  type ParsedPython,
  placeOf,
} from './nodes.ts';
import { enteredNames, importsOf } from './scopes.ts';
import type { PyNode } from './tree.ts';

const depthMax = 300;
/** Tests of an `if` that are one inside another. */
const nestedMax = 64;
/** Digits of a number that are read exactly; Python reads no more decimal ones. */
const digitsMax = 4_300;

type Form = (node: PyNode, at: Extent) => Node;

/** The IR of a module; `all` are those of the skill, by their paths. */
export function lowerPython(
  parsed: ParsedPython,
  all: ReadonlyMap<string, ParsedPython>,
  steps: Steps,
  modules: Modules,
): LoweredProgram {
  return new Lowering(parsed, all, steps, modules).program();
}

class Lowering extends Definitions {
  program(): LoweredProgram {
    const { top } = this.parsed;
    // What a module binds itself stays the language's until then.
    const names = [...this.scope.names].flatMap((name) => this.asLibrary(name, placeOf(top)));
    const body = top.children.map((one) => this.lower(one));
    return {
      source: this.source,
      body: {
        start: 0,
        end: this.source.text.length,
        kind: 'seq',
        body: [...names, ...this.first, ...body],
      },
      unread: this.unread,
    };
  }

  // A module has a name of the language, or of what it imports by `*`, where it sets none itself.
  protected asLibrary(name: string, at: Extent): Node[] {
    if (!builtins.has(name) && this.stars.length === 0) return [];
    const usual = this.unbound(name, at);
    return usual.kind === 'global' ? [ir.set(at, this.place(name, at), usual)] : [];
  }

  // What is taken back, in parentheses or not.
  protected freed(node: PyNode, at: Extent): Node[] {
    if (node.name === 'MemberExpression') return [];
    if (node.name !== 'VariableName') return node.children.flatMap((one) => this.freed(one, at));
    const name = this.nameIn(node);
    return this.binding(name)?.kind === 'module' ? this.asLibrary(name, at) : [];
  }

  lower(node: PyNode): Node {
    this.steps.take();
    const at = placeOf(node);
    if (this.depth >= depthMax) {
      if (this.unread.length === 0)
        this.unread.push({ at: at.start, reason: 'it is nested too deeply' });
      return ir.hole(at);
    }
    this.depth += 1;
    const form = own(this.forms, node.name);
    const made = form === undefined ? this.parts(node, at) : form(node, at);
    this.depth -= 1;
    return isEnvironment(made) && isHandedOn(node) && !this.isFormat(node)
      ? ir.callMethod(at, made, 'copy', [])
      : made;
  }

  // `"{PAGE}".format(**os.environ)` reads only what the text names, `getitem` only the item.
  protected isFormat({ parent, prevSibling }: PyNode): boolean {
    if (parent?.name === 'BinaryExpression')
      return prevSibling !== null && this.textOf(prevSibling) === '%';
    const callee = parent?.name === 'ArgList' ? parent.prevSibling : null;
    return callee !== null && /(\.format(_map)?|\bgetitem)$/.test(this.textOf(callee).slice(-12));
  }

  // A text that is compiled only to see whether it is Python.
  protected isCheck({ firstChild }: PyNode): boolean {
    const callee = firstChild?.name === 'CallExpression' ? firstChild.firstChild : null;
    return (
      callee !== null &&
      this.textOf(callee).slice(0, 20) === 'compile' &&
      this.binding('compile') === undefined
    );
  }

  protected readonly forms: Readonly<Record<string, Form>> = {
    // ---- values ----
    None: (_, at) => ir.constant(at, null),
    '...': (_, at) => ir.constant(at, null),
    Boolean: (node, at) => ir.constant(at, this.textOf(node) === 'True'),
    Number: (node, at) => {
      const written = this.textOf(node).replaceAll('_', '').toLowerCase();
      const number = Number(written.replace(/^0+(?=\d)/, '')) || 0;
      const isWhole = /^(0[box][\da-f]+|\d+)$/.test(written);
      // `1.0` is no 1 as a text.
      if (!isWhole && Number.isInteger(number)) return ir.hole(at);
      const isExact = Number.isSafeInteger(number) || written.length > digitsMax || !isWhole;
      return ir.constant(at, isExact ? number : BigInt(written));
    },
    String: (node, at) => this.string(node, at),
    FormatString: (node, at) => this.format(node, at),
    ContinuedString: (node, at) => ({ ...at, kind: 'text', parts: this.allOf(node.children) }),
    VariableName: (node, at) => this.variable(this.nameIn(node), at),
    ParenthesizedExpression: (node, at) => this.parts(node, at),
    TupleExpression: (node, at) => this.listOf(node.children, at),
    ArrayExpression: (node, at) => this.listOf(node.children, at),
    SetExpression: (node, at) => this.listOf(node.children, at),
    DictionaryExpression: (node, at) => {
      const entries = groupsOf(node.children).flatMap(
        (group): NodeOf<'record'>['entries'][number][] => {
          const [first, , value] = group;
          if (first === undefined) return [];
          if (first.name === '**')
            return group[1] === undefined ? [] : [{ spread: this.lower(group[1]) }];
          return value === undefined ? [] : [{ key: this.lower(first), value: this.lower(value) }];
        },
      );
      return { ...at, kind: 'record', entries };
    },
    ArrayComprehensionExpression: (node, at) => this.comprehension(node, at),
    SetComprehensionExpression: (node, at) => this.comprehension(node, at),
    ComprehensionExpression: (node, at) => this.comprehension(node, at),
    DictionaryComprehensionExpression: (node, at) => this.comprehension(node, at),
    // ---- expressions ----
    UnaryExpression: (node, at) => {
      const [operator, of] = node.children;
      const value = of === undefined ? ir.hole(at) : this.lower(of);
      const written = operator === undefined ? '' : this.textOf(operator);
      if (written === 'not') return ir.operation(at, 'not', [value]);
      if (written === '-') return ir.operation(at, '-', [ir.constant(at, 0), value]);
      return written === '~' ? ir.operation(at, '~', [value]) : value;
    },
    BinaryExpression: (node, at) => {
      const [left, ...more] = node.children;
      const right = more.at(-1);
      const written = more
        .slice(0, -1)
        .map((one) => this.textOf(one))
        .join(' ');
      if (left === undefined || right === undefined) return this.parts(node, at);
      if (written === '+' || written === 'and' || written === 'or')
        return ir.operation(at, written, this.terms(node, written));
      const args = [this.lower(left), this.lower(right)];
      if (written === 'not in') return ir.operation(at, 'not', [ir.operation(at, 'in', args)]);
      const op = ir.operators.get(written);
      return op === undefined ? ir.hole(at, args) : ir.operation(at, op, args);
    },
    ConditionalExpression: (node, at) => {
      const [value, , test, , other] = node.children;
      if (value === undefined || test === undefined || other === undefined)
        return this.parts(node, at);
      return ir.branch(at, this.lower(test), this.lower(value), this.lower(other));
    },
    NamedExpression: (node, at) => {
      const [target, , value] = node.children;
      if (target === undefined || value === undefined) return this.parts(node, at);
      return this.assign(target, this.lower(value), at);
    },
    LambdaExpression: (node, at) => ({ ...at, kind: 'function', func: this.func(node, '') }),
    AwaitExpression: (node, at) => ir.awaited(this.parts(node, at)),
    YieldExpression: (node, at) => this.yielded(node, at),
    MemberExpression: (node, at) => this.member(node, at),
    CallExpression: (node, at) => this.call(node, at),
    // ---- statements ----
    StatementGroup: (node, at) => ir.seq(at, this.allOf(node.children)),
    Body: (node, at) => ir.seq(at, this.allOf(node.children)),
    ExpressionStatement: (node, at) => {
      // It is called with the definition below.
      if (this.isLooseDecorator(node)) return ir.hole(at);
      const code = this.oldExec(node);
      if (code !== undefined) return ir.callOf(at, 'exec', [this.lower(code)]);
      if (this.isCheck(node))
        return ir.hole(at, node.firstChild ? this.allOf(node.firstChild.children.slice(1)) : []);
      return node.children.some(({ name }) => name === ',')
        ? this.listOf(node.children, at)
        : this.parts(node, at);
    },
    AssignStatement: (node, at) => {
      const ends = node.children.findLastIndex(({ name }) => name === 'AssignOp');
      if (ends < 0) return ir.hole(at);
      const value = this.values(node.children.slice(ends + 1), at);
      const targets: PyNode[][] = [[]];
      for (const one of node.children.slice(0, ends))
        if (one.name === 'AssignOp') targets.push([]);
        else if (one.name !== 'TypeDef') targets.at(-1)?.push(one);
      const set = targets.reduceRight((given, target) => this.assignAll(target, given, at), value);
      const annotated = this.annotations(node.children);
      return annotated.length === 0 ? set : ir.seq(at, [...annotated, set]);
    },
    UpdateStatement: (node, at) => {
      const [target, operator, ...values] = node.children;
      const slot = target && this.slot(target);
      const value = this.values(values, at);
      if (slot === undefined || operator === undefined) return value;
      const written = this.textOf(operator).slice(0, -1);
      if (written === '+') return { ...at, kind: 'set', to: slot, from: value, how: 'append' };
      const op = ir.operators.get(written);
      const args = [slot, value];
      return ir.set(at, slot, op === undefined ? ir.hole(at, args) : ir.operation(at, op, args));
    },
    DeleteStatement: (node, at) => {
      const taken = node.children.slice(1).flatMap((one) => {
        const [object, mark, name] = one.children;
        if (one.name !== 'MemberExpression' || object === undefined || name === undefined)
          return [];
        const of = this.lower(object);
        if (mark?.name !== '[')
          return [ir.callOf(at, 'delattr', [of, ir.constant(at, this.nameIn(name))])];
        const keys = one.children.slice(2).filter(({ name }) => name !== ']');
        const isSlice = keys.some(({ name }) => name === ':');
        return [ir.callMethod(at, of, isSlice ? '__delslice__' : 'pop', this.allOf(keys))];
      });
      const freed = node.children.flatMap((one) => this.freed(one, at));
      return ir.seq(at, [...taken, ...freed, ir.constant(at, null)]);
    },
    PassStatement: (_, at) => ir.hole(at),
    ScopeStatement: (_, at) => ir.hole(at),
    TypeDefinition: (_, at) => ir.hole(at),
    TypeDef: (_, at) => ir.hole(at),
    PrintStatement: (node, at) => ir.callOf(at, 'print', this.allOf(node.children.slice(1))),
    BreakStatement: (_, at) => ({ ...at, kind: 'jump', how: 'break' }),
    ContinueStatement: (_, at) => ({ ...at, kind: 'jump', how: 'next' }),
    ReturnStatement: (node, at) => {
      const value = node.children.length > 1 ? this.values(node.children.slice(1), at) : undefined;
      const run = value === undefined ? undefined : this.calledLater(value, at);
      return run ?? { ...at, kind: 'jump', how: 'return', value };
    },
    YieldStatement: (node, at) => this.yielded(node, at),
    RaiseStatement: (node, at) => {
      const [value, ...causes] = this.allOf(node.children.slice(1));
      const thrown = causes.length > 0 && value ? ir.hole(at, [value, ...causes]) : value;
      return { ...at, kind: 'jump', how: 'throw', value: thrown };
    },
    AssertStatement: (node, at) => {
      const [test, value] = this.allOf(node.children.slice(1));
      const thrown: Node = { ...at, kind: 'jump', how: 'throw', value };
      return test === undefined ? ir.hole(at) : ir.branch(at, test, ir.hole(at), thrown);
    },
    ImportStatement: (node, at) =>
      ir.seq(
        at,
        importsOf(node, (one) => this.textOf(one)).map((one) => this.importOne(one)),
      ),
    IfStatement: (node, at) => this.ifOf(node.children, at),
    WhileStatement: (node, at) => {
      const [, test] = node.children;
      const [body, otherwise] = node.getChildren('Body');
      const loop: Node = {
        ...at,
        kind: 'loop',
        test: test && this.lower(test),
        body: body ? this.lower(body) : ir.hole(at),
      };
      return otherwise ? ir.seq(at, [loop, this.lower(otherwise)]) : loop;
    },
    ForStatement: (node, at) => {
      const words = node.children.filter(({ name }) => name !== 'async');
      const inAt = words.findIndex(({ name }) => name === 'in');
      const [body, otherwise] = node.getChildren('Body');
      const ends = body === undefined ? -1 : words.indexOf(body);
      const over = this.values(words.slice(inAt + 1, ends), at);
      const loop = this.each(words.slice(1, inAt), over, at, () =>
        body ? this.lower(body) : ir.hole(at),
      );
      return otherwise ? ir.seq(at, [loop, this.lower(otherwise)]) : loop;
    },
    TryStatement: (node, at) => this.tryOf(node, at),
    WithStatement: (node, at) => this.withOf(node, at),
    MatchStatement: (node, at) => {
      const [, value] = node.children;
      const held = this.held(at);
      const tests = [ir.set(at, held, value ? this.lower(value) : ir.hole(at))];
      const clauses = node.getChild('MatchBody')?.getChildren('MatchClause') ?? [];
      const of = clauses.map((clause) => {
        const captured = clause.children
          .flatMap(capturesIn)
          .map((one) =>
            ir.set(
              at,
              this.place(this.nameIn(one), placeOf(one)),
              one.parent?.prevSibling?.name === '**'
                ? held
                : { ...at, kind: 'either', tests: [], of: [held, ir.item(at, held)] },
            ),
          );
        const guard = clause.getChild('Guard');
        const body = clause.getChild('Body');
        return ir.seq(at, [
          ...captured,
          ...this.allOf([guard, body].filter((one) => one !== null)),
        ]);
      });
      return { ...at, kind: 'either', tests, of };
    },
    Guard: (node, at) => this.parts(node, at),
    DecoratedStatement: (node, at) => {
      const decorators = node.getChildren('Decorator');
      const definition = node.children.at(-1);
      if (definition?.name === 'FunctionDefinition') return this.define(definition, decorators, at);
      return definition === undefined ? ir.hole(at) : this.classOf(definition, decorators, at);
    },
    FunctionDefinition: (node, at) => this.define(node, this.looseDecorators(node), at),
    ClassDefinition: (node, at) => this.classOf(node, this.looseDecorators(node), at),
  };

  // ---- statements with bodies ----

  protected ifOf(words: readonly PyNode[], at: Extent): Node {
    const bodies = [...words.keys()].filter((index) => words[index]?.name === 'Body');
    if (bodies.length === 0) return ir.hole(at, this.allOf(words));
    const isElse = words[(bodies.at(-1) ?? 0) - 1]?.name === 'else';
    const tested = isElse ? bodies.slice(0, -1) : bodies;
    const last = isElse ? words[bodies.at(-1) ?? 0] : undefined;
    const branches = tested.map((index) => {
      const test = words[index - 1];
      const body = words[index];
      return {
        test: test ? this.lower(test) : ir.hole(at),
        body: body ? this.lower(body) : ir.hole(at),
      };
    });
    const otherwise = last && this.lower(last);
    // A branch inside another for each `elif` would be too deep.
    if (branches.length > nestedMax)
      return {
        ...at,
        kind: 'either',
        tests: branches.map(({ test }) => test),
        of: [...branches.map(({ body }) => body), ...(otherwise ? [otherwise] : [])],
      };
    return (
      branches.reduceRight<Node | undefined>(
        (other, { test, body }) => ir.branch(at, test, body, other),
        otherwise,
      ) ?? ir.hole(at)
    );
  }

  protected tryOf(node: PyNode, at: Extent): Node {
    const clauses: PyNode[][] = [];
    for (const one of node.children)
      if (/^(try|except|else|finally)$/.test(one.name)) clauses.push([one]);
      else clauses.at(-1)?.push(one);
    const bodies = (kind: string): Node[] =>
      clauses
        .filter(([first]) => first?.name === kind)
        .flatMap((clause) => this.allOf(clause.filter(({ name }) => name === 'Body')));
    const body = ir.seq(at, [...bodies('try'), ...bodies('else')]);
    const catches = clauses
      .filter(([first]) => first?.name === 'except')
      .map((clause) => {
        const name = clause.findIndex((one, index) => index > 1 && /^(as|,)$/.test(one.name));
        const target = name < 0 ? undefined : clause[name + 1];
        // The name is gone behind the clause.
        const freed = target === undefined ? [] : this.freed(target, at);
        const caught = this.allOf(clause.filter((one) => one.name === 'Body'));
        return {
          ...(target && { to: this.place(this.nameIn(target), placeOf(target)) }),
          body: ir.seq(at, [...caught, ...freed]),
        };
      });
    const [last] = bodies('finally');
    return { ...at, kind: 'try', body, catches, last };
  }

  protected withOf(node: PyNode, at: Extent): Node {
    const body = node.getChild('Body');
    const words = node.children.filter(
      (one) => one !== body && !(one.name === 'async' || one.name === 'with'),
    );
    const entered = groupsOf(words).flatMap((group) => {
      const [value, as, target] = group;
      if (value === undefined) return [];
      const held = this.held(at);
      const place = placeOf(value);
      const enter = ir.callMethod(place, held, '__enter__', []);
      const names = target === undefined ? [] : enteredNames(this.textOf(target));
      if (as && target && !/^[\p{L}_][\p{L}\d_]*$/u.test(this.textOf(target))) {
        const entered = this.held(at);
        const sets = names.map((name, index) =>
          ir.set(
            place,
            this.place(name, place),
            ir.item(place, entered, ir.constant(place, index)),
          ),
        );
        return [
          {
            held,
            isPlain: this.isLibraryCall(value),
            first: [ir.set(place, held, this.lower(value)), ir.set(place, entered, enter), ...sets],
          },
        ];
      }
      return [
        {
          held,
          isPlain: this.isLibraryCall(value),
          first: [
            ir.set(place, held, this.lower(value)),
            as && target ? this.assign(target, enter, place) : enter,
          ],
        },
      ];
    });
    const thrown = this.held(at);
    const nothing = ir.constant(at, null);
    const ends = (caught: Node): Node[] =>
      entered
        .map(({ held }) => ir.callMethod(at, held, '__exit__', [nothing, caught, nothing]))
        .toReversed();
    const inner = body === null ? ir.hole(at) : this.lower(body);
    const guarded: Node = {
      ...at,
      kind: 'try',
      body: inner,
      catches: [{ to: thrown, body: ir.seq(at, ends(thrown)) }],
    };
    const isPlain = entered.every(({ isPlain }) => isPlain);
    return ir.seq(at, [
      ...entered.flatMap(({ first }) => first),
      isPlain ? inner : guarded,
      ...ends(nothing),
    ]);
  }

  // Python 2: `exec "code"` stands as a name and a text behind it.
  protected oldExec(node: PyNode): PyNode | undefined {
    if (this.textOf(node).trim() !== 'exec' || !node.nextSibling?.isError) return undefined;
    return node.nextSibling.nextSibling?.firstChild ?? undefined;
  }
}
