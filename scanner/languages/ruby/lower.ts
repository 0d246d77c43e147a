/** Lowers Ruby to the IR. A tree that only hands on its data has no case: `#parts` lowers it. */
import * as nodes from '@ruby/prism/src/nodes.js';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type {
  Arg,
  Extent,
  Func,
  LoweredProgram,
  Node,
  NodeOf,
  Operator,
  Param,
  Slot,
} from '../../ir/ir.ts';
import { own } from '../../lookup-tables/api.ts';
import type { ParsedRuby } from './parse.ts';
import {
  argumentsOf,
  type Cases,
  childrenOf,
  depthMax,
  forwarded,
  forwarding,
  isKeyword,
  isOfLibrary,
  isRow,
  joined,
  kindOf,
  libraryNames,
  literalOf,
  operators,
  pathOf,
  type RubyScope,
  type RubyWrite,
  restParams,
  scopeOf,
  scopesMax,
  type Tree,
  type Within,
} from './trees.ts';

type LowerCall = (lowering: Lowering, tree: nodes.CallNode, at: Extent) => Node;

/** The lowering of one source. */
export class Lowering {
  readonly source: TaintSource;
  readonly #parsed: ParsedRuby;
  readonly #steps: Steps;
  readonly #call: LowerCall;
  readonly #unread: { at: number; reason: string }[];
  /** The classes and constants of the file; `*::A` is the last whose name ends with `A`. */
  readonly #declared = new Map<string, string>();
  readonly top: RubyScope = scopeOf('', true);
  scope = this.top;
  /** Modules of the library whose functions are called by their names alone. */
  mixed: readonly string[] = [];
  /** The tree that was begun last of those whose value may count for nothing. */
  statement: Tree | undefined;
  #depth = 0;
  #count = 0;

  constructor(source: TaintSource, parsed: ParsedRuby, steps: Steps, lowerCall: LowerCall) {
    this.#call = lowerCall;
    this.source = source;
    this.#parsed = parsed;
    this.#steps = steps;
    this.#unread = [...parsed.unread];
  }

  program(): Pick<LoweredProgram, 'body' | 'unread'> {
    const { tree } = this.#parsed;
    const at = { start: 0, end: this.source.text.length };
    const body: Node[] = [];
    try {
      if (tree !== undefined) this.#survey(tree);
      if (tree !== undefined) body.push(this.lower(tree));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#tooDeep(0);
    }
    return { body: ir.seq(at, [...this.top.functions, ...body]), unread: this.#unread };
  }

  // The names of the file's classes and constants, which may be used above.
  #survey(root: Tree): void {
    const left: [Tree, string][] = [[root, '']];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [tree, around] = next;
      this.#steps.take();
      const isScope = tree instanceof nodes.ClassNode || tree instanceof nodes.ModuleNode;
      const isValue = /^Constant(Or)?WriteNode$/.test(kindOf(tree));
      const name = isScope ? pathOf(tree.constantPath)?.replace(/^::/, '') : undefined;
      const inside = isScope ? joined(around, name ?? tree.name) : around;
      const full = isValue && 'name' in tree ? joined(around, String(tree.name)) : inside;
      if ((isScope && !libraryNames.has(full)) || isValue) {
        this.#declared.set(full, full);
        this.#declared.set(`*::${full.replace(/^.*::/s, '')}`, full);
      }
      for (const child of childrenOf(tree)) left.push([child, inside]);
    }
  }

  lower(tree: Tree): Node {
    this.#steps.take();
    const at = this.at(tree);
    if (this.#depth >= depthMax) {
      this.#tooDeep(at.start);
      return ir.hole(at);
    }
    this.#depth += 1;
    const kind = kindOf(tree);
    const lower = own(this.#cases, kind) as ((tree: Tree, at: Extent) => Node) | undefined;
    const how = /(And|Or|Operator|)WriteNode$/.exec(kind)?.[1];
    const node =
      lower?.(tree, at) ??
      (how === undefined ? this.#parts(tree, at) : this.#write(tree as RubyWrite, how, at));
    this.#depth -= 1;
    return node;
  }

  // What has one part has its value; of several, nothing but their data is known.
  #parts(tree: Tree, at: Extent): Node {
    const [only, ...more] = this.all(childrenOf(tree));
    return only !== undefined && more.length === 0
      ? only
      : ir.hole(at, only ? [only, ...more] : []);
  }

  #tooDeep(at: number): void {
    const reason = 'it is nested too deeply';
    if (!this.#unread.some((one) => one.reason === reason)) this.#unread.push({ at, reason });
  }

  at({ location }: Tree): Extent {
    return this.#parsed.at(location);
  }

  all(trees: readonly (Tree | null | undefined)[]): Node[] {
    return trees.flatMap((tree) => (tree ? [this.lower(tree)] : []));
  }

  maybe(tree: Tree | null | undefined, at: Extent): Node {
    return tree ? this.lower(tree) : ir.constant(at, null);
  }

  // What is handed on by `*`, `**` or `&` alone is in a variable of that name.
  rest(tree: Tree | null, name: string, at: Extent): Node {
    return tree === null ? ir.variable(at, name) : this.lower(tree);
  }

  temporary(at: Extent): NodeOf<'var'> {
    this.#count += 1;
    return ir.variable(at, `%${this.#count}`);
  }

  readonly #cases: Cases = {
    StatementsNode: ({ body }, at) => {
      const statements = body.map((one) => {
        this.statement = one;
        return this.lower(one);
      });
      return ir.seq(at, statements);
    },

    NilNode: (_, at) => ir.constant(at, null),
    TrueNode: (_, at) => ir.constant(at, true),
    FalseNode: (_, at) => ir.constant(at, false),
    IntegerNode: ({ value }, at) => ir.constant(at, value),
    FloatNode: ({ value }, at) => ir.constant(at, value),
    StringNode: (tree, at) => this.#literal(tree.unescaped, tree.contentLoc, at),
    SymbolNode: (tree, at) => this.#literal(tree.unescaped, tree.valueLoc, at),
    RegularExpressionNode: ({ unescaped: { value } }, at) =>
      /[\\^$.|?*+()[\]{}]/.test(value) ? ir.hole(at) : ir.constant(at, value),
    InterpolatedStringNode: ({ parts }, at) => ({ ...at, kind: 'text', parts: this.all(parts) }),
    InterpolatedSymbolNode: ({ parts }, at) => ({ ...at, kind: 'text', parts: this.all(parts) }),
    XStringNode: (tree, at) =>
      ir.callOf(at, '`', [this.#literal(tree.unescaped, tree.contentLoc, at)]),
    InterpolatedXStringNode: ({ parts }, at) =>
      ir.callOf(at, '`', [{ ...at, kind: 'text', parts: this.all(parts) }]),
    ArrayNode: ({ elements }, at) => {
      const items = elements.map((one) =>
        one instanceof nodes.SplatNode
          ? { spread: this.rest(one.expression, '*', at) }
          : this.lower(one),
      );
      return { ...at, kind: 'list', items };
    },
    HashNode: ({ elements }, at) => this.#record(elements, at),
    KeywordHashNode: ({ elements }, at) => this.#record(elements, at),
    RangeNode: (tree, at) =>
      ir.operation(at, tree.isExcludeEnd() ? 'until' : 'range', this.all([tree.left, tree.right])),
    SourceFileNode: (_, at) => ir.global(at, '__FILE__'),

    SelfNode: (_, at) => ({ ...at, kind: 'self' }),
    LocalVariableReadNode: ({ name }, at) => this.named(name, at),
    ItLocalVariableReadNode: (_, at) => ir.variable(at, 'it'),
    InstanceVariableReadNode: ({ name }, at) => this.named(name, at),
    ClassVariableReadNode: ({ name }, at) => this.named(name, at),
    GlobalVariableReadNode: ({ name }, at) => this.named(name, at),
    NumberedReferenceReadNode: (_, at) => ir.hole(at, [ir.variable(at, '$~')]),
    BackReferenceReadNode: (_, at) => ir.hole(at, [ir.variable(at, '$~')]),
    ConstantReadNode: (tree, at) => this.#constant(tree, at),
    ConstantPathNode: (tree, at) => this.#constant(tree, at),

    AndNode: ({ left, right }, at) => ir.operation(at, 'and', this.all([left, right])),
    OrNode: ({ left, right }, at) => ir.operation(at, 'or', this.all([left, right])),
    IfNode: ({ predicate, statements, subsequent }, at) =>
      ir.branch(at, this.lower(predicate), this.maybe(statements, at), ...this.all([subsequent])),
    UnlessNode: ({ predicate, statements, elseClause }, at) =>
      ir.branch(at, this.lower(predicate), this.maybe(elseClause, at), this.maybe(statements, at)),
    WhileNode: (tree, at) => this.#while(tree, this.lower(tree.predicate), at),
    UntilNode: (tree, at) =>
      this.#while(tree, ir.operation(at, 'not', [this.lower(tree.predicate)]), at),
    ForNode: ({ index, collection, statements }, at) => {
      const one = this.temporary(at);
      const each = { over: this.lower(collection), to: [one] };
      const body = ir.seq(at, [...this.#bind(index, one), this.maybe(statements, at)]);
      return { ...at, kind: 'loop', each, body };
    },
    CaseNode: (tree, at) => this.#case(tree, at),
    CaseMatchNode: (tree, at) => this.#case(tree, at),
    MatchRequiredNode: ({ value, pattern }, at) => this.#match(value, pattern, at),
    MatchPredicateNode: ({ value, pattern }, at) => this.#match(value, pattern, at),
    MatchWriteNode: ({ call, targets }, at) => {
      const found = ir.hole(at, [ir.variable(at, '$~')]);
      return ir.seq(at, [this.lower(call), ...targets.flatMap((one) => this.#bind(one, found))]);
    },
    BeginNode: (tree, at) => this.#begin(tree, at),
    RescueModifierNode: ({ expression, rescueExpression }, at) => {
      const body = this.lower(expression);
      return { ...at, kind: 'try', body, catches: [{ body: this.lower(rescueExpression) }] };
    },
    ReturnNode: (tree, at) => this.#jump('return', tree, at),
    BreakNode: (tree, at) => this.#jump('break', tree, at),
    NextNode: (tree, at) => this.#jump('next', tree, at),
    YieldNode: (tree, at) => ir.call(at, ir.variable(at, '&'), this.args(argumentsOf(tree), null)),

    MultiWriteNode: (tree, at) => {
      const value = this.temporary(at);
      const from = ir.set(at, value, this.lower(tree.value));
      return ir.seq(at, [from, ...this.#bind(tree, value), value]);
    },
    CallNode: (tree, at) => this.#call(this, tree, at),
    SuperNode: (tree, at) => {
      const args = this.args(argumentsOf(tree), tree.block);
      return { ...at, kind: 'super', args };
    },
    ForwardingSuperNode: (_, at) => ({ ...at, kind: 'super' }),
    LambdaNode: ({ parameters, body }, at) => {
      const func = this.function(parameters, body, at);
      return { ...at, kind: 'function', func };
    },
    DefNode: (tree, at) => {
      const { captures: _, ...func } = this.function(tree.parameters, tree.body, at);
      // Whatever `yield` calls, also where the block has a name.
      const params: Param[] = [...func.params, { ...at, name: '&', isBlock: true }];
      return this.define({ ...func, params }, tree.name, at, tree.receiver !== null);
    },
    AliasMethodNode: ({ newName, oldName }, at) =>
      this.alias(literalOf(newName), literalOf(oldName), at),
    ClassNode: ({ constantPath, superclass, body, name }, at) =>
      this.class(pathOf(constantPath) ?? name, superclass, body, at),
    ModuleNode: ({ constantPath, body, name }, at) =>
      this.class(pathOf(constantPath) ?? name, null, body, at, { isModule: true }),
    SingletonClassNode: ({ expression, body }, at) => {
      const { isStatic } = this.scope;
      this.scope.isStatic = true;
      const parts = this.all([expression, body]);
      this.scope.isStatic = isStatic;
      return ir.seq(at, parts);
    },
  };

  // ---- literals and names ----

  #literal({ value, encoding, validEncoding }: nodes.RubyString, within: Within, at: Extent): Node {
    // The parser gives other letters for bytes that are no UTF-8.
    const isText = (validEncoding && encoding !== 'ascii') || /^[\0-\x7f]*$/.test(value);
    if (!isText) return ir.hole(at);
    const { start, end } = within === null ? { start: 0, end: 0 } : this.#parsed.at(within);
    const isWritten = this.source.text.slice(start, end) === value;
    return { ...at, kind: 'const', value, ...(isWritten && { raw: start }) };
  }

  #record(elements: readonly Tree[], at: Extent): Node {
    const entries = elements.map((one) =>
      one instanceof nodes.AssocNode
        ? { key: this.lower(one.key), value: this.lower(one.value) }
        : { spread: this.rest(one instanceof nodes.AssocSplatNode ? one.value : one, '**', at) },
    );
    return { ...at, kind: 'record', entries };
  }

  // Variables of the program's own object are seen by all of its methods.
  named(name: string, at: Extent): Slot {
    if (name.startsWith('@@')) return ir.global(at, `${this.scope.name}::${name}`);
    if (name.startsWith('@') && this.scope !== this.top)
      return ir.member(at, { ...at, kind: 'self' }, name.slice(1));
    return /^[@$]/.test(name) ? ir.global(at, name) : ir.variable(at, name);
  }

  // `ENV` as a value is all of its variables, and `DATA` the text behind the program.
  #constant(tree: Tree, at: Extent): Node {
    const { data } = this.#parsed;
    const place = this.target(tree);
    const name = place.kind === 'global' ? place.name : '';
    if (name === 'ENV') return ir.callMethod(at, place, 'to_h', []);
    if (name !== 'DATA' || data === undefined) return place;
    const value = this.source.text.slice(data.start, data.end);
    return { ...data, kind: 'const', value, raw: data.start };
  }

  // A constant as the scopes around see it; one of another file as that of the module around.
  resolved(path: string): string {
    const first = path.split('::', 1)[0] ?? path;
    const around: RubyScope[] = [];
    for (let one: RubyScope | undefined = this.scope; one !== undefined; one = one.around)
      if (around.length < scopesMax) around.push(one);
    for (const { name } of around)
      if (this.#declared.has(joined(name, first))) return joined(name, path);
    if (isOfLibrary(first)) return path;
    // That of a class above, or of a module that is included.
    const inherited = this.#declared.get(`*::${first}`);
    if (inherited !== undefined) return inherited + path.slice(first.length);
    return joined(around.find(({ isModule }) => isModule)?.name ?? '', path);
  }

  // `ENV` has few methods of its own: it is read whole for the others.
  receiver(tree: Tree, name: string): Node {
    const isOwn = pathOf(tree) === 'ENV' && isRow(`ENV#${name}`);
    return isOwn ? ir.global(this.at(tree), 'ENV') : this.lower(tree);
  }

  // ---- writing ----

  target(tree: Tree): Slot {
    const at = this.at(tree);
    const path = pathOf(tree);
    if (path !== undefined)
      return ir.global(at, path.startsWith('::') ? path.slice(2) : this.resolved(path));
    if ('parent' in tree) return ir.member(at, this.maybe(tree.parent, at), tree.name ?? '');
    if ('target' in tree) return this.target(tree.target);
    const name = ('readName' in tree ? tree.readName : 'name' in tree ? tree.name : null) ?? '*';
    if (!('receiver' in tree))
      return /^\p{Lu}/u.test(name)
        ? ir.global(at, joined(this.scope.name, name))
        : this.named(name, at);
    const self: Node = { ...at, kind: 'self' };
    const of = tree.receiver === null ? self : this.receiver(tree.receiver, '[]=');
    if ('arguments_' in tree && (kindOf(tree).startsWith('Index') || name.startsWith('[]')))
      return ir.item(at, of, ir.seq(at, this.all(argumentsOf(tree).slice(0, 1))));
    return ir.member(at, of, name.replace(/=$/, ''));
  }

  #write(tree: RubyWrite, how: string, at: Extent): Node {
    if (how === '') return ir.set(at, this.target(tree), this.lower(tree.value));
    return this.update(tree, at, (to) => {
      const from = this.lower(tree.value);
      if (how === 'Or') return { ...ir.set(at, to, from), how: 'default' };
      const sign = 'binaryOperator' in tree ? String(tree.binaryOperator) : 'and';
      if (sign !== 'and' && !operators.has(sign)) return ir.set(at, to, ir.hole(at, [to, from]));
      return ir.set(at, to, ir.operation(at, sign as Operator, [to, from]));
    });
  }

  /** What is made of a place whose parts are evaluated once, before it is read and written. */
  update(tree: Tree, at: Extent, made: (to: Slot) => Node): Node {
    const before: Node[] = [];
    const held = (node: Node): Node => {
      if (/^(var|global|self|const)$/.test(node.kind)) return node;
      const one = this.temporary(at);
      before.push(ir.set(at, one, node));
      return one;
    };
    const to = this.target(tree);
    let place = to;
    if (to.kind === 'member') place = { ...to, of: held(to.of) };
    if (to.kind === 'item') place = ir.item(at, held(to.of), to.key && held(to.key));
    return ir.seq(at, [...before, made(place)]);
  }

  // What a pattern, or several places at once, get of a value.
  #bind(tree: Tree, from: Node): Node[] {
    this.#steps.take();
    const at = this.at(tree);
    const part = (one: Tree, index: number): Node[] =>
      this.#bind(one, ir.item(at, from, ir.constant(at, index)));
    const list = 'lefts' in tree ? tree.lefts : 'requireds' in tree ? tree.requireds : undefined;
    if (list !== undefined && 'rest' in tree) {
      const last = 'rights' in tree ? tree.rights : 'posts' in tree ? tree.posts : [];
      const rest = ir.callMethod(at, from, 'drop', [ir.constant(at, list.length)]);
      return [
        ...list.flatMap(part),
        ...(tree.rest === null ? [] : this.#bind(tree.rest, rest)),
        ...last.flatMap((one, index) => part(one, index - last.length)),
      ];
    }
    if (tree instanceof nodes.AssocNode)
      return this.#bind(tree.value, ir.item(at, from, this.lower(tree.key)));
    if (/TargetNode$/.test(kindOf(tree))) return [ir.set(at, this.target(tree), from)];
    // What a pattern compares with.
    const parts = childrenOf(tree);
    if (parts.length === 0 || tree instanceof nodes.CallNode) return [this.lower(tree)];
    // The tree of a guard has its pattern last.
    return parts.toReversed().flatMap((one) => this.#bind(one, from));
  }

  #match(value: Tree, pattern: Tree, at: Extent): Node {
    const held = this.temporary(at);
    return ir.seq(at, [
      ir.set(at, held, this.lower(value)),
      ...this.#bind(pattern, held),
      ir.hole(at),
    ]);
  }

  // ---- statements ----

  #while(tree: nodes.WhileNode | nodes.UntilNode, test: Node, at: Extent): Node {
    const body = this.maybe(tree.statements, at);
    if (!tree.isBeginModifier()) return { ...at, kind: 'loop', test, body };
    const last = ir.branch(at, test, ir.hole(at), { ...at, kind: 'jump', how: 'break' });
    return { ...at, kind: 'loop', body: ir.seq(at, [body, last]) };
  }

  // What is compared, or was found, is in `$~`.
  #case(tree: nodes.CaseNode | nodes.CaseMatchNode, at: Extent): Node {
    const found = ir.variable(at, '$~');
    const tests: Node[] = [ir.set(at, found, this.maybe(tree.predicate, at))];
    const of = tree.conditions.map((one) => {
      if (one instanceof nodes.InNode)
        return ir.seq(at, [...this.#bind(one.pattern, found), this.maybe(one.statements, at)]);
      if (!(one instanceof nodes.WhenNode)) return this.lower(one);
      tests.push(...this.all(one.conditions));
      return this.maybe(one.statements, at);
    });
    return { ...at, kind: 'either', tests, of: [...of, this.maybe(tree.elseClause, at)] };
  }

  #begin(
    { statements, rescueClause, elseClause, ensureClause }: nodes.BeginNode,
    at: Extent,
  ): Node {
    const body = ir.seq(at, this.all([statements, elseClause]));
    const catches: { to?: Slot; body: Node }[] = [];
    for (let one = rescueClause; one !== null; one = one.subsequent) {
      const types = one.exceptions.filter((type) => pathOf(type) === undefined);
      const rescue = ir.seq(at, this.all([...types, one.statements]));
      catches.push({ ...(one.reference && { to: this.target(one.reference) }), body: rescue });
    }
    const last = ensureClause === null ? undefined : this.lower(ensureClause);
    return catches.length === 0 && !last ? body : { ...at, kind: 'try', body, catches, last };
  }

  #jump(
    how: NodeOf<'jump'>['how'],
    tree: { arguments_: nodes.ArgumentsNode | null },
    at: Extent,
  ): Node {
    const items = this.all(argumentsOf(tree));
    const value = items.length > 1 ? ({ ...at, kind: 'list', items } as const) : items[0];
    return { ...at, kind: 'jump', how, value };
  }

  // ---- functions and classes ----

  function(parameters: Tree | null, body: Tree | null, at: Extent): Func {
    const before: Node[] = [];
    const params = this.#params(parameters, at, before);
    const inner = ir.seq(at, [...before, this.maybe(body, at)]);
    return { ...at, params, body: inner, captures: 'all', givesLast: true };
  }

  // The parameters; what takes their arguments apart goes before the function's body.
  #params(tree: Tree | null, at: Extent, before: Node[]): Param[] {
    if (tree instanceof nodes.ItParametersNode) return [{ ...at, name: 'it' }];
    if (tree instanceof nodes.NumberedParametersNode)
      return Array.from({ length: tree.maximum }, (_, one) => ({ ...at, name: `_${one + 1}` }));
    if (tree instanceof nodes.BlockParametersNode) return this.#params(tree.parameters, at, before);
    return (tree === null ? [] : childrenOf(tree)).flatMap((one): Param[] => {
      const place = this.at(one);
      const kind = kindOf(one);
      if (kind === 'ForwardingParameterNode')
        return Object.values(restParams).map((param) => ({ ...place, ...param }));
      const param = own(restParams, kind);
      const held = kind === 'MultiTargetNode' ? this.temporary(place) : undefined;
      if (held !== undefined) before.push(...this.#bind(one, held));
      const name = held?.name ?? ('name' in one ? one.name : undefined) ?? param?.name;
      if (typeof name !== 'string') return [];
      const fallback = 'value' in one && one.value ? this.lower(one.value as Tree) : undefined;
      const isKeyword = /KeywordParameterNode$/.test(kind);
      const usual = fallback !== undefined && { fallback };
      return [{ ...place, ...param, name, ...usual, ...(isKeyword && { isKeyword }) }];
    });
  }

  // The engine looks for functions before it runs what stands above them. A method of a module is
  // one of the classes that include it, and a function of the module.
  define(func: Func, name: string, at: Extent, isStatic = false): Node {
    const { functions, isModule, isStatic: areStatic } = this.scope;
    const node: NodeOf<'define'> = { ...at, kind: 'define', func: { ...func, name } };
    const isTop = this.scope === this.top;
    if (isTop || !(isStatic || areStatic)) functions.push(node);
    if (!isTop && (isStatic || areStatic || isModule)) functions.push({ ...node, isStatic: true });
    return ir.constant(at, name);
  }

  alias(name: string | undefined, of: string | undefined, at: Extent): Node {
    if (name === undefined || of === undefined) return ir.hole(at);
    return this.define(forwarding(at, ir.global(at, of)), name, at);
  }

  class(
    written: string,
    superclass: Tree | null,
    body: Tree | null,
    at: Extent,
    { isModule = false, fields = [] }: { isModule?: boolean; fields?: readonly string[] } = {},
  ): Node {
    const around = this.scope;
    const mixed = this.mixed;
    const path = joined(around.name, written.replace(/^::/, ''));
    const full = this.#declared.has(path) ? path : this.resolved(written).replace(/^::/, '');
    // The engine would take a class of the library that is opened again for the skill's alone.
    const name = libraryNames.has(full) ? `Opened::${full}` : full;
    const above = this.all([superclass]);
    const scope = scopeOf(name, isModule, around);
    this.scope = scope;
    if (fields.length > 0) {
      // `Struct.new(:a, :b)` takes the values of its fields.
      const self: Node = { ...at, kind: 'self' };
      const sets = fields.map((one) => ir.set(at, ir.member(at, self, one), ir.variable(at, one)));
      const params = fields.map((one) => ({ ...at, name: one, fallback: ir.constant(at, null) }));
      this.define({ ...at, params, body: ir.seq(at, sets) }, 'initialize', at);
      this.readers(fields, at);
    }
    const inner = this.maybe(body, at);
    this.scope = around;
    this.mixed = mixed;
    const node = { ...at, kind: 'class', name } as const;
    this.top.functions.push({ ...node, supers: [], body: ir.seq(at, scope.functions) });
    return { ...node, supers: [...scope.modules.toReversed(), ...above], body: inner };
  }

  readers(names: readonly string[], at: Extent): Node {
    for (const name of names) {
      const body = ir.member(at, { ...at, kind: 'self' }, name);
      this.define({ ...at, params: [], body, givesLast: true }, name, at);
    }
    return ir.hole(at);
  }

  include(modules: readonly Tree[], at: Extent): Node {
    const names = modules.map((one) => pathOf(one) ?? '').filter((one) => libraryNames.has(one));
    this.mixed = [...new Set([...this.mixed, ...names])];
    this.scope.modules.push(...this.all(modules));
    return ir.hole(at);
  }

  // ---- what calls are given ----

  /** What a call is given, with its block. */
  args(given: readonly Tree[], block: Tree | null): Arg[] {
    const args = given.flatMap((one): Arg[] => {
      const at = this.at(one);
      if (one instanceof nodes.SplatNode)
        return [{ value: this.rest(one.expression, '*', at), spread: true }];
      if (one instanceof nodes.ForwardingArgumentsNode) return forwarded(at);
      if (!(one instanceof nodes.KeywordHashNode && one.elements.every(isKeyword)))
        return [{ value: this.lower(one) }];
      return one.elements.map((pair): Arg => {
        if (pair instanceof nodes.AssocNode)
          return { value: this.lower(pair.value), name: literalOf(pair.key) ?? '' };
        const inner = pair instanceof nodes.AssocSplatNode ? pair.value : pair;
        return { value: this.rest(inner, '**', at), spread: true };
      });
    });
    if (block instanceof nodes.BlockNode) args.push({ name: '&', value: this.block(block) });
    if (block instanceof nodes.BlockArgumentNode)
      args.push({ name: '&', value: this.#passed(block.expression, this.at(block)) });
    return args;
  }

  // `&:name` calls a method of what it is given.
  #passed(tree: Tree | null, at: Extent): Node {
    if (!(tree instanceof nodes.SymbolNode)) return this.rest(tree, '&', at);
    const body = ir.callMethod(at, ir.variable(at, 'it'), tree.unescaped.value, []);
    const func: Func = { ...at, params: [{ ...at, name: 'it' }], body, givesLast: true };
    return { ...at, kind: 'function', func };
  }

  block(tree: nodes.BlockNode): Node {
    const at = this.at(tree);
    const func: Func = { ...this.function(tree.parameters, tree.body, at), isBlock: true };
    return { ...at, kind: 'function', func };
  }
}
