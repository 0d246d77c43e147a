/**
 * The front end for PHP: its programs as the engine's. Functions and classes are declared before
 * anything runs; variables that a function shares with the top of its file are globals with their
 * dollar.
 */
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Arg, Extent, Func, LoweredProgram, Node, NodeOf, Param } from '../../ir/ir.ts';
import { phpGivesInto, phpKnowledge } from '../../knowledge/php.ts';
import { own } from '../../lookup-tables/api.ts';
import { analyseHeld } from '../held.ts';
import { child, children, lastOf, lowerIn, type PhpTree, parsePhp, textIn } from './parse.ts';
import { type Form, isEnvironment, isShort, isSlot, newScope, PhpPlaces } from './places.ts';

export function lowerPhp(source: TaintSource, steps: Steps): LoweredProgram {
  const { root, unread } = parsePhp(source.text, source.depth > 0, steps);
  const body: Node =
    root === undefined
      ? ir.hole({ start: 0, end: source.text.length })
      : new Lowering(source.text, steps, unread, root).program(root);
  return { source, body, unread };
}

/** Cases of a `switch` that one falls through. */
const fallThroughMax = 3;

/** Statements that only give names, which classes behind them may use. */
const preamble =
  /^(namespace|usegroup|declare|constantstatement|inline|function|class|interface|trait|enum)$/;

/** Keys of `$_SERVER` that a web server fills from a request. */
const ofRequest =
  /^(HTTP_|REQUEST_|REMOTE_|SERVER_|CONTENT_|QUERY_|PATH_|PHP_|SCRIPT_|DOCUMENT_|HTTPS$)/;

/** A variable of our own: no name in PHP has a blank. */
const rest = ' rest';

class Lowering extends PhpPlaces {
  program(root: PhpTree): Node {
    const body = this.statements(root, this.at(root));
    return ir.seq(this.at(root), [...this.functions, body]);
  }

  protected readonly literal: Form = (tree, at) => {
    const value = textIn(tree, 'value');
    const raw = this.text.slice(at.start, at.end).indexOf(value);
    return { ...ir.constant(at, value), ...(raw >= 0 && { raw: at.start + raw }) };
  };

  // Calls of the library that a word of the language stands for.
  protected readonly library =
    (name: string, field: string): Form =>
    (tree, at) =>
      ir.callOf(at, name, this.all(tree, field));

  protected readonly step: Form = (tree, at) => {
    const [op, back] = tree.type === '-' ? (['-', '+'] as const) : (['+', '-'] as const);
    const by = ir.constant(at, 1);
    const set = this.update(child(tree, 'what'), op, by, at);
    // `$i++` gives what was there before.
    return tree.kind === 'pre' ? set : ir.operation(at, back, [set, by]);
  };

  protected readonly closure: Form = (tree, at) => ({
    ...at,
    kind: 'function',
    func: this.func(tree),
  });

  protected readonly jump =
    (how: NodeOf<'jump'>['how'], value = this.other): Form =>
    (tree, at) => ({ ...at, kind: 'jump', how, value: value(tree, at) });

  // Constants and static fields are fields of the class, as what objects have at first.
  protected readonly field: Form = (tree, at) => {
    const name = textIn(tree, 'name');
    const isTop = this.scope === this.top;
    const to = isTop ? ir.global(at, name) : ir.member(at, { ...at, kind: 'self' }, name);
    const sets = this.all(tree, 'value').map((from) => ir.set(at, to, from));
    return ir.seq(at, [...sets, ...this.all(tree, 'hooks')]);
  };

  protected readonly declare: Form = (tree, at) => {
    this.class(tree);
    return ir.hole(at);
  };

  protected readonly forms: Readonly<Record<string, Form>> = {
    // ---- values ----
    string: this.literal,
    nowdoc: this.literal,
    inline: (tree, at) => ir.callOf(at, 'echo', [this.literal(tree, at)]),
    number: (tree, at) => {
      const written = textIn(tree, 'value').replaceAll('_', '');
      return ir.constant(at, Number(written.replace(/^0(?=[0-7]+$)/, '0o')) || 0);
    },
    boolean: (tree, at) => ir.constant(at, tree.value === true),
    nullkeyword: (_, at) => ir.constant(at, null),
    identifier: (tree, at) => ir.constant(at, textIn(tree, 'name')),
    encapsed: (tree, at) => {
      const text: Node = { ...at, kind: 'text', parts: this.all(tree, 'value') };
      return tree.type === 'shell' ? ir.callOf(at, 'shell_exec', [text]) : text;
    },
    variable: (tree, at) => this.variable(tree, at),
    name: (tree, at) => {
      const name = lastOf(textIn(tree, 'name'));
      return name.startsWith('CURL') ? ir.constant(at, name) : ir.global(at, name);
    },
    magic: (tree, at) => ir.global(at, textIn(tree, 'value').toUpperCase()),
    propertylookup: (tree, at) => ir.member(at, this.part(tree, 'what'), this.memberName(tree)),
    staticlookup: (tree, at) => {
      const what = child(tree, 'what');
      const field = child(tree, 'offset')?.kind === 'variable' ? textIn(tree, 'offset') : '';
      const name = field === '' ? this.memberName(tree) : field;
      if (name === 'class' && what?.kind === 'name') return ir.constant(at, this.names.class(what));
      return ir.member(at, this.classOf(what), name);
    },
    offsetlookup: (tree, at) => {
      const offset = child(tree, 'offset');
      const key = textIn(offset, 'value');
      const what = child(tree, 'what');
      if (what?.kind === 'variable' && what.name === 'GLOBALS' && key !== '')
        return ir.global(at, `$${key}`);
      if (what !== undefined && offset !== undefined && isEnvironment(what)) {
        if (/^arg[cv]$/.test(key)) return ir.global(at, `$${key}`);
        if (what.name === '_SERVER' && ofRequest.test(key)) return ir.global(at, '$_REQUEST');
        return ir.callOf(at, 'getenv', [this.lower(offset)]);
      }
      const of = this.part(tree, 'what');
      return ir.item(at, of, offset && this.lower(offset));
    },
    array: (tree, at) => {
      const items = children(tree, 'items').filter(({ kind }) => kind !== 'noop');
      const all = items.map((item, index) => {
        const value = this.part(item, 'value');
        if (item.unpack === true) return { spread: value };
        const key = child(item, 'key');
        return { value, key: key ? this.lower(key) : ir.constant(at, index) };
      });
      if (items.some((item) => child(item, 'key'))) return { ...at, kind: 'record', entries: all };
      return { ...at, kind: 'list', items: all.map((one) => ('value' in one ? one.value : one)) };
    },
    // ---- expressions ----
    bin: (tree, at) => {
      const type = lowerIn(tree, 'type');
      if (type === '.') {
        // A long chain of texts leans to the left: taken apart without going deeper.
        const parts: PhpTree[] = [];
        let one: PhpTree | undefined = tree;
        for (; one?.kind === 'bin' && one.type === '.'; one = child(one, 'left'))
          parts.push(...children(one, 'right'));
        if (one !== undefined) parts.push(one);
        return { ...at, kind: 'text', parts: parts.reverse().map((part) => this.lower(part)) };
      }
      const args = [this.part(tree, 'left'), this.part(tree, 'right')] as const;
      if (type === '|>') return ir.call(at, args[1], [{ value: args[0] }]);
      const op = ir.operators.get(type);
      return op === undefined ? ir.hole(at, args) : ir.operation(at, op, args);
    },
    unary: (tree, at) => {
      const op = ir.operators.get(textIn(tree, 'type')) ?? '+';
      const value = this.part(tree, 'what');
      return op === '+' ? value : ir.operation(at, op, [value]);
    },
    pre: this.step,
    post: this.step,
    retif: (tree, at) => {
      const test = this.part(tree, 'test');
      const [then] = this.all(tree, 'trueExpr');
      const other = this.part(tree, 'falseExpr');
      return then ? ir.branch(at, test, then, other) : ir.operation(at, 'or', [test, other]);
    },
    unset: (tree, at) => {
      const nothing = ir.constant(at, null);
      const gone = children(tree, 'variables').map((one) => this.give(one, nothing, at));
      return ir.seq(at, gone);
    },
    isset: (tree, at) => ir.hole(at, this.all(tree, 'variables')),
    empty: (tree, at) => ir.operation(at, 'not', this.all(tree, 'expression')),
    assign: (tree, at) => {
      const left = child(tree, 'left');
      const operator = textIn(tree, 'operator');
      const from = this.part(tree, 'right');
      if (operator === '=') return this.give(left, from, at);
      if (operator !== '??=')
        return this.update(left, ir.operators.get(operator.slice(0, -1)), from, at);
      const to = this.target(left);
      return to === undefined ? from : { ...at, kind: 'set', to, from, how: 'default' };
    },
    // `$a = &$b`: from here on one name stands for the other, if nothing would be done twice.
    assignref: (tree, at) => {
      const left = child(tree, 'left');
      const to = this.target(child(tree, 'right'));
      const name = left?.kind === 'variable' ? textIn(left, 'name') : '';
      const set = this.give(left, to ?? this.part(tree, 'right'), at);
      const isOwn = to?.kind === 'var' && to.name === name;
      if (to !== undefined && isShort(to) && !isOwn && !this.survey.shared.has(name))
        this.scope.aliases.set(name, to);
      return set;
    },
    call: (tree, at) => {
      const trees = children(tree, 'arguments');
      if (trees[0]?.kind === 'variadicplaceholder') {
        const params: Param[] = [{ ...at, name: rest, rest: 'list' }];
        const body = this.callTo(tree, [{ value: ir.variable(at, rest), spread: true }], at);
        const func: Func = { ...at, params, body, captures: 'all', givesLast: true };
        return { ...at, kind: 'function', func };
      }
      const args = this.args(tree);
      const call = this.callTo(tree, args, at);
      const what = child(tree, 'what');
      const isPlain = what?.kind === 'name';
      const name = isPlain ? lastOf(lowerIn(what, 'name')) : `#${lowerIn(what, 'offset')}`;
      const held = this.held(at);
      // The arguments that get something; they are not lowered again: their keys must do nothing.
      const sets = args.flatMap(({ value }, index): Node[] => {
        const one = `${name}.${index}`;
        const isGiven = phpGivesInto.has(one);
        const isPlace = isShort(value) && isSlot(value);
        if (!isPlace || !(isGiven || this.survey.references.has(one))) return [];
        if (value.kind === 'var') this.scope.given.add(`$${value.name}`);
        return [ir.set(at, value, isGiven ? held : ir.global(at, `&${one}`))];
      });
      return sets.length === 0 ? call : ir.seq(at, [ir.set(at, held, call), ...sets, held]);
    },
    new: (tree, at) => {
      const what = child(tree, 'what');
      const args = this.args(tree);
      const of = what?.kind === 'class' ? ir.global(at, this.class(what)) : this.classOf(what);
      return { ...at, kind: 'new', of, args };
    },
    closure: this.closure,
    arrowfunc: this.closure,
    match: (tree, at) => {
      const arms = children(tree, 'arms');
      const tests = [this.part(tree, 'cond'), ...arms.flatMap((arm) => this.all(arm, 'conds'))];
      return { ...at, kind: 'either', tests, of: arms.map((arm) => this.part(arm, 'body')) };
    },
    echo: this.library('echo', 'expressions'),
    print: this.library('print', 'expression'),
    eval: this.library('eval', 'source'),
    include: (tree, at) => ({ ...at, kind: 'load', path: this.part(tree, 'target') }),
    // ---- statements ----
    return: this.jump('return'),
    throw: this.jump('throw'),
    break: this.jump('break'),
    continue: this.jump('next'),
    yield: this.jump('yield'),
    yieldfrom: this.jump('yield'),
    exit: this.jump('exit', this.library('print', 'expression')),
    block: (tree, at) => ir.seq(at, this.all(tree, 'children')),
    if: (tree, at) =>
      ir.branch(at, this.part(tree, 'test'), this.part(tree, 'body'), this.part(tree, 'alternate')),
    while: (tree, at) => {
      const test = this.part(tree, 'test');
      return { ...at, kind: 'loop', test, body: this.part(tree, 'body') };
    },
    // No test before the first round, and any number of rounds.
    do: (tree, at) => {
      const body = this.part(tree, 'body');
      return { ...at, kind: 'loop', body, step: this.part(tree, 'test') };
    },
    for: (tree, at) => {
      const [before, test, step] = ['init', 'test', 'increment'].map((field) => {
        return child(tree, field) && ir.seq(at, this.all(tree, field));
      });
      return { ...at, kind: 'loop', before, test, step, body: this.part(tree, 'body') };
    },
    foreach: (tree, at) => {
      const over = this.part(tree, 'source');
      const value = child(tree, 'value');
      const key = this.target(child(tree, 'key'));
      const plain = this.target(value);
      const to = plain ?? this.held(at);
      const body = plain ? [] : [this.give(value, to, at)];
      body.push(this.part(tree, 'body'));
      // What is given to a reference is in what is gone over.
      if (value?.byref === true && isShort(over)) body.push(ir.set(at, ir.item(at, over), to));
      const each = { over, to: key === undefined ? [to] : [key, to] };
      return { ...at, kind: 'loop', each, body: ir.seq(at, body) };
    },
    switch: (tree, at) => {
      const cases = children(child(tree, 'body'), 'children');
      const tests = [this.part(tree, 'test'), ...cases.flatMap((one) => this.all(one, 'test'))];
      const bodies = cases.map((one) => this.part(one, 'body'));
      // A `break` ends the sequence of a case and of those that it would fall through to.
      const of = bodies.map((_, from) => ir.seq(at, bodies.slice(from, from + fallThroughMax)));
      return { ...at, kind: 'either', tests, of };
    },
    try: (tree, at) => {
      const body = this.part(tree, 'body');
      const catches = children(tree, 'catches').map((one) => ({
        to: this.target(child(one, 'variable')),
        body: this.part(one, 'body'),
      }));
      return { ...at, kind: 'try', body, catches, last: this.part(tree, 'always') };
    },
    // ---- declarations ----
    namespace: (tree, at) => {
      this.names.namespace = lowerIn(tree, 'name');
      return this.statements(tree, at);
    },
    usegroup: (tree, at) => {
      this.names.use(tree);
      return ir.hole(at);
    },
    function: (tree, at) => {
      const func = this.func(tree, this.names.whole(lowerIn(tree, 'name')));
      this.functions.push({ ...at, kind: 'define', func });
      return ir.hole(at);
    },
    class: this.declare,
    interface: this.declare,
    trait: this.declare,
    enum: this.declare,
    method: (tree, at) => {
      const func = this.func(tree, lowerIn(tree, 'name'));
      if (child(tree, 'body') === undefined) return ir.hole(at);
      return { ...at, kind: 'define', func, ...(tree.isStatic === true && { isStatic: true }) };
    },
    property: this.field,
    constant: this.field,
    enumcase: this.field,
    propertyhook: (tree, at) => ({ ...at, kind: 'either', tests: [], of: this.all(tree, 'body') }),
    staticvariable: (tree, at) => {
      const to = this.target(child(tree, 'variable'));
      const from = this.part(tree, 'defaultValue');
      return to === undefined ? from : { ...at, kind: 'set', to, from, how: 'default' };
    },
    global: (tree, at) => {
      for (const name of children(tree, 'items').map((one) => textIn(one, 'name')))
        this.scope.aliases.set(name, ir.global(at, `$${name}`));
      return ir.hole(at);
    },
  };

  // Classes stand before what uses them, behind the constants that they use.
  protected statements(tree: PhpTree, at: Extent): Node {
    const around = this.classes;
    this.classes = [];
    const trees = children(tree, 'children');
    const body = trees.map((one) => this.lower(one));
    const first = trees.findIndex((one) => {
      const { start } = this.at(one);
      const written = this.text.slice(start, start + 10);
      return !preamble.test(one.kind) && !/^(define|require|include)/i.test(written);
    });
    const index = first < 0 ? body.length : first;
    const all = [...body.slice(0, index), ...this.classes, ...body.slice(index)];
    this.classes = around;
    return ir.seq(at, all);
  }

  // ---- calls ----

  protected args(tree: PhpTree): Arg[] {
    return children(tree, 'arguments').map((one): Arg => {
      if (one.kind === 'variadic') return { value: this.part(one, 'what'), spread: true };
      if (one.kind !== 'namedargument') return { value: this.lower(one) };
      return { value: this.part(one, 'value'), name: textIn(one, 'name') };
    });
  }

  protected callTo(tree: PhpTree, args: readonly Arg[], at: Extent): Node {
    const what = child(tree, 'what') ?? tree;
    if (what.kind === 'name') return this.named(what, args, at);
    // `($this->f)()` calls what the field holds, and no method.
    if (!/(property|static)lookup$/.test(what.kind) || what.parenthesizedExpression === true)
      return ir.call(at, { ...at, kind: 'seq', body: [this.part(tree, 'what')] }, args);
    const written = this.memberName(what);
    const name = typeof written === 'string' ? written.toLowerCase() : written;
    const of = child(what, 'what');
    if (of?.kind === 'parentreference' && typeof name === 'string')
      return { ...at, kind: 'super', name, args };
    const isOwn = /^(self|static)reference$/.test(of?.kind ?? '');
    const isMethod = typeof name === 'string' && this.survey.methods.has(name);
    const owner: Node = isOwn && isMethod ? { ...at, kind: 'self' } : this.classOf(of);
    return ir.call(at, ir.member(at, owner, name), args);
  }

  protected named(what: PhpTree, args: readonly Arg[], at: Extent): Node {
    const name = this.names.function(what);
    const special = own(this.special, name)?.(
      at,
      args.map(({ value }) => value),
    );
    if (special !== undefined) return special;
    const [first, ...others] = args;
    const place = this.at(what);
    // Functions of handles are read as their methods.
    const isHandled = own(phpKnowledge.rows, `any#${name}`) !== undefined;
    if (isHandled && first !== undefined && first.name === undefined && !first.spread)
      return ir.call(at, ir.member(place, first.value, name), others);
    return ir.call(at, ir.global(place, name), this.withContext(name, args, at));
  }

  // Functions that see the variables around, or whose arguments say where a value goes.
  protected readonly special: Readonly<
    Record<string, (at: Extent, given: readonly Node[]) => Node | undefined>
  > = {
    define: (at, [name, value]) => {
      const written = name?.kind === 'const' ? lastOf(String(name.value)) : '';
      return value && written !== '' ? ir.set(at, ir.global(at, written), value) : undefined;
    },
    compact: (at, keys) => {
      const entries = keys.map((key) => {
        const name = key.kind === 'const' ? String(key.value) : undefined;
        return { key, value: this.variable({ kind: 'variable', name }, at) };
      });
      return { ...at, kind: 'record', entries };
    },
    curl_init: (at, [url]) => {
      const values = url && [ir.constant(at, 'CURLOPT_URL'), url];
      return values && ir.callMethod(at, ir.callOf(at, 'curl_init', []), 'curl_setopt', values);
    },
    curl_setopt_array: (at, [handle, over]) => {
      if (handle === undefined || over === undefined) return undefined;
      const held = this.held(at);
      const to = [ir.variable(at, ' option'), ir.variable(at, ' value')];
      const body = ir.callMethod(at, held, 'curl_setopt', to);
      return ir.seq(at, [
        ir.set(at, held, handle),
        { ...at, kind: 'loop', each: { over, to }, body },
      ]);
    },
    stream_context_create: (at, [options]) =>
      options && ir.item(at, options, ir.constant(at, 'http')),
  };

  // The context of a stream has what a request sends: given as arguments of their own.
  protected withContext(name: string, args: readonly Arg[], at: Extent): readonly Arg[] {
    const hasContext = /^(file_get_contents|file|fopen|readfile|get_headers|copy)$/.test(name);
    const index = name === 'fopen' ? 3 : 2;
    return args.flatMap((arg, place): Arg[] => {
      if (!hasContext || (arg.name !== 'context' && place !== index)) return [arg];
      const held = this.held(at);
      return ['method', 'header', 'content'].map((name, part) => {
        const of = part === 0 ? ir.set(at, held, arg.value) : held;
        return { name, value: ir.item(at, of, ir.constant(at, name)) };
      });
    });
  }

  // ---- functions and classes ----

  protected func(tree: PhpTree, name?: string): Func {
    const at = this.at(tree);
    const around = this.scope;
    const isArrow = tree.kind === 'arrowfunc';
    const uses = children(tree, 'uses');
    const used = uses.map((use) => [textIn(use, 'name'), this.variable(use, at)] as const);
    this.scope = newScope(isArrow ? around : undefined);
    for (const [own, node] of used) {
      this.scope.given.add(`$${own}`);
      if (node.kind !== 'var') this.scope.aliases.set(own, node);
    }
    const first: Node[] = [];
    const key = `&${tree.kind === 'method' ? '#' : ''}${lastOf(name ?? '')}`;
    const params = children(tree, 'arguments').map((param, index) =>
      this.param(param, `${key}.${index}`, first),
    );
    const body = ir.seq(at, [...first, this.part(tree, 'body')]);
    this.scope = around;
    const isShared = isArrow || uses.some(({ byref }) => byref === true);
    const captures = isShared ? 'all' : used.map(([own]) => own);
    const ends = isArrow && ({ givesLast: true } as const);
    return { ...at, ...(name !== undefined && { name }), params, body, captures, ...ends };
  }

  protected param(tree: PhpTree, reference: string, first: Node[]): Param {
    const at = this.at(tree);
    const name = textIn(tree, 'name');
    const own = ir.variable(at, name);
    // A parameter that is a reference is a global, which the caller reads behind the call.
    const global = ir.global(at, reference);
    if (tree.byref === true) first.push(ir.set(at, global, own));
    this.scope.aliases.set(name, tree.byref === true ? global : own);
    this.scope.given.add(`$${name}`);
    if (Number(tree.flags) > 0 || tree.readonly === true)
      first.push(ir.set(at, ir.member(at, { ...at, kind: 'self' }, name), own));
    const value = child(tree, 'value');
    const fallback = value && { fallback: this.lower(value) };
    return { ...at, name, ...fallback, ...(tree.variadic === true && { rest: 'list' }) };
  }

  /** Declares a class; gives its name. */
  protected class(tree: PhpTree): string {
    const at = this.at(tree);
    const written = lowerIn(tree, 'name');
    const name = written === '' ? `class@${at.start}` : this.names.whole(written);
    const members = children(tree, 'body');
    const scope = this.scope;
    const owner = this.owner;
    this.scope = newScope();
    this.owner = tree.kind === 'trait' ? undefined : name;
    const above = [tree, ...members].flatMap((one) =>
      ['traits', 'extends', 'implements'].flatMap((field) => children(one, field)),
    );
    const supers = above.map((one) => this.classOf(one));
    const body = ir.seq(at, this.all(tree, 'body'));
    this.scope = scope;
    this.owner = owner;
    this.classes.push({ ...at, kind: 'class', name, supers, body });
    return name;
  }
}

/** Facts of PHP sources. */
export const analysePhp = analyseHeld({ lower: lowerPhp, knowledge: phpKnowledge });
