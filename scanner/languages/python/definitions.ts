import * as ir from '../../ir/build.ts';
import type { Extent, Func, Node, Param } from '../../ir/ir.ts';
import { Expressions } from './expressions.ts';
import { groupsOf, nameOf, placeOf } from './nodes.ts';
import type { PyNode } from './tree.ts';

/** Lowers functions and classes. */
export abstract class Definitions extends Expressions {
  // `with open(…)`: nothing of the skill sees how it ends, and nothing that is thrown goes on.
  protected isLibraryCall({ name, firstChild }: PyNode): boolean {
    if (name !== 'CallExpression' || firstChild === null) return false;
    const api = nameOf(this.lower(firstChild));
    return api !== '' && !/(^|\.)(suppress|(Async)?ExitStack|raises)$/.test(api);
  }

  // Annotations are evaluated where they stand; only a call in one does something.
  protected annotations(nodes: readonly PyNode[]): Node[] {
    return nodes
      .filter((one) => one.name === 'TypeDef' && this.textOf(one).includes('('))
      .map((one) => this.parts(one, placeOf(one)));
  }

  /**
   * A return whose value somebody calls or runs: what `__reduce__` gives is called with its
   * arguments when the object is loaded, and what a loader gives is run as a module.
   */
  protected calledLater(value: Node, at: Extent): Node | undefined {
    const { node, around } = this.scope;
    const named = node.getChild('VariableName');
    const name = named === null || around?.kind !== 'class' ? '' : this.nameIn(named);
    const isReduced = /^__reduce(_ex)?__$/.test(name);
    const isLoaded = /^get_(source|code|data)$/.test(name) && around && this.isLoader(around.node);
    if (!isReduced && !isLoaded) return undefined;
    const held = this.held(at);
    const item = (index: number): Node => ir.item(at, held, ir.constant(at, index));
    const run = isReduced
      ? ir.call(at, item(0), [{ value: item(1), spread: true }])
      : ir.callOf(at, 'import', [held]);
    return ir.seq(at, [
      ir.set(at, held, value),
      run,
      { ...at, kind: 'jump', how: 'return', value: held },
    ]);
  }

  protected isLoader(node: PyNode): boolean {
    const list = node.getChild('ArgList');
    return (list === null ? [] : this.args(list)).some(({ value }) =>
      /^importlib\.(abc|machinery)\./.test(nameOf(value)),
    );
  }

  protected yielded(node: PyNode, at: Extent): Node {
    const words = node.children.filter(({ name }) => name !== 'yield');
    const isFrom = words[0]?.name === 'from';
    const value = this.values(isFrom ? words.slice(1) : words, at);
    return { ...at, kind: 'jump', how: 'yield', value: isFrom ? ir.item(at, value) : value };
  }

  // ---- functions and classes ----

  protected func(node: PyNode, name: string, hasSelf = false): Func {
    const at = placeOf(node);
    const around = this.scope;
    const list = node.getChild('ParamList');
    // Defaults are computed where the function is made.
    const given = list === null ? [] : this.params(list);
    this.scope = this.parsed.scopes.get(node) ?? around;
    const { isGenerator } = this.scope;
    const [self] = given;
    const takesSelf = hasSelf && self !== undefined && self.rest === undefined;
    const first = takesSelf
      ? [ir.set(at, ir.variable(at, self.name), { ...at, kind: 'self' } as const)]
      : [];
    const isLambda = node.name === 'LambdaExpression';
    const body = isLambda ? node.lastChild : node.getChild('Body');
    const inner = ir.seq(at, [...first, ...(body === null ? [] : [this.lower(body)])]);
    this.scope = around;
    return {
      ...at,
      ...(name !== '' && { name }),
      params: takesSelf ? given.slice(1) : given,
      body: inner,
      captures: 'all',
      ...(isLambda && { givesLast: true }),
      ...(isGenerator && { isGenerator: true }),
      ...(node.getChild('async') !== null && { isAsync: true }),
    };
  }

  protected params(list: PyNode): Param[] {
    let isKeyword = false;
    const groups = groupsOf(list.children.filter(({ name }) => name !== '(' && name !== ')'));
    // The parser has no node for the slash.
    const slash = list.children.findLast(
      (one, index, { [index + 1]: next }) =>
        next !== undefined && this.source.text.slice(one.to, next.from).trim() === '/',
    );
    return groups.flatMap((group): Param[] => {
      const [first] = group;
      const name = group.find((one) => one.name === 'VariableName');
      if (first?.name === '*' && name === undefined) isKeyword = true;
      if (first === undefined || name === undefined) return [];
      const at = { ...placeOf(name), name: this.nameIn(name) };
      if (first.name === '*') {
        isKeyword = true;
        return [{ ...at, rest: 'list' }];
      }
      if (first.name === '**') return [{ ...at, rest: 'record' }];
      const equals = group.findIndex((one) => one.name === 'AssignOp');
      const usual = equals < 0 ? undefined : group[equals + 1];
      return [
        {
          ...at,
          ...(usual && { fallback: this.lower(usual) }),
          // A server gives what its function gives, not what came in.
          ...((isKeyword ||
            (usual !== undefined && /^(\w+\.)?Depends\(/.test(this.textOf(usual)))) && {
            isKeyword: true,
          }),
          ...(usual !== undefined &&
            /^(\w+\.)?Depends\(/.test(this.textOf(usual)) && { isInjected: true }),
          ...(slash !== undefined && name.from < slash.from && { isPositional: true }),
        },
      ];
    });
  }

  protected define(node: PyNode, decorators: readonly PyNode[], at: Extent): Node {
    const named = node.getChild('VariableName');
    const name = named === null ? '' : this.nameIn(named);
    const written = decorators.map((one) => this.textOf(one).replace(/^@\s*/, '').trim());
    const isIn = (pattern: RegExp): boolean => written.some((one) => pattern.test(one));
    if (this.scope.kind === 'class') {
      const isStatic = isIn(/^staticmethod\b/) || isIn(/^classmethod\b/);
      const isGetter = isIn(/^(property|cached_property|functools\.cached_property)\b/);
      const plain = this.func(
        node,
        isIn(/\.setter$/) ? `${name}=` : name,
        !isIn(/^staticmethod\b/),
      );
      const func: Func = isGetter ? { ...plain, isGetter: true } : plain;
      const define: Node = { ...at, kind: 'define', func, ...(isStatic && { isStatic: true }) };
      // One in a branch of the class is one of several of its name.
      const around = node.parent?.name === 'DecoratedStatement' ? node.parent.parent : node.parent;
      const isSure = around?.parent?.name === 'ClassDefinition';
      this.methods.push(isSure ? define : { ...at, kind: 'if', test: ir.hole(at), body: define });
      return ir.seq(at, [define, this.decorated(decorators, { ...at, kind: 'function', func })]);
    }
    const func = this.func(node, `${this.source.path}:${node.from}:${name}`);
    const annotations = this.annotations([
      ...node.children,
      ...(node.getChild('ParamList')?.children ?? []),
    ]);
    const define: Node = { ...at, kind: 'define', func };
    if (this.scope.kind === 'module') this.first.push(define);
    const value: Node = { ...at, kind: 'function', func };
    const made = this.decorated(decorators, value);
    const from: Node =
      made === value ? value : { ...at, kind: 'either', tests: [], of: [made, value] };
    const others = written.flatMap((one): Node[] => {
      const [, generic] = /^(\w+)\.register\b/.exec(one) ?? [];
      if (generic === undefined || this.binding(generic) === undefined) return [];
      const to = this.place(generic, at);
      return [ir.set(at, to, { ...at, kind: 'either', tests: [], of: [to, value] })];
    });
    return ir.seq(at, [...annotations, define, ir.set(at, this.place(name, at), from), ...others]);
  }

  // Decorators that are no dotted names stand before as statements of their own; see `forParser` of
  // parse.ts.
  protected looseDecorators(node: PyNode): PyNode[] {
    const found: PyNode[] = [];
    for (let at = node.prevSibling; at !== null && this.isLooseDecorator(at); at = at.prevSibling)
      if (at.firstChild?.lastChild) found.unshift(at.firstChild.lastChild);
    return found;
  }

  protected isLooseDecorator({ name, from, firstChild }: PyNode): boolean {
    const isOne = name === 'ExpressionStatement' && firstChild?.name === 'UnaryExpression';
    return isOne && this.source.text[from] === '@';
  }

  // What decorators make of a function or class.
  protected decorated(decorators: readonly PyNode[], value: Node): Node {
    const plain =
      /^@?\s*(staticmethod|classmethod|property|abstractmethod|abc\.\w+|\w+\.(setter|getter|deleter)|dataclass|dataclasses\.dataclass|typing\.\w+|override|overload|functools\.(wraps|lru_cache|cache)|lru_cache|cache)\b/;
    return decorators
      .filter((one) => !plain.test(this.textOf(one)))
      .reduceRight((value: Node, one) => {
        const at = placeOf(one);
        if (one.name !== 'Decorator') return ir.call(at, this.lower(one), [{ value }]);
        const parts = one.children.filter(({ name }) => name !== '@' && name !== 'At');
        const list = parts.find(({ name }) => name === 'ArgList');
        const names = parts.filter(({ name }) => name === 'VariableName');
        const [head, ...more] = names;
        if (head === undefined) return ir.hole(at, [value]);
        let callee = this.variable(this.nameIn(head), placeOf(head));
        for (const next of more) callee = ir.member(placeOf(next), callee, this.nameIn(next));
        if (list !== undefined) callee = ir.call(at, callee, this.args(list));
        return ir.call(at, callee, [{ value }]);
      }, value);
  }

  protected classOf(node: PyNode, decorators: readonly PyNode[], at: Extent): Node {
    const named = node.getChild('VariableName');
    const written = named === null ? '' : this.nameIn(named);
    const to = this.place(written, at);
    const name = `${this.source.path}:${node.from}:${written}`;
    const list = node.getChild('ArgList');
    const supers =
      list === null
        ? []
        : this.args(list).flatMap((one) => (one.name === undefined ? [one.value] : []));
    const around = this.scope;
    const methods = this.methods;
    this.methods = [];
    this.scope = this.parsed.scopes.get(node) ?? around;
    const body = node.getChild('Body');
    const inner = body === null ? ir.hole(at) : this.lower(body);
    const isData = decorators.some((one) =>
      /^@\s*(\w+\.)?(dataclass|define|attrs|s)\b/.test(this.textOf(one)),
    );
    const settings = supers.some(
      (one) => one.kind === 'global' && /(^|\.)BaseSettings$/.test(one.name),
    );
    if (settings) this.settings(body, at);
    if (
      isData ||
      supers.some((one) => one.kind === 'global' && /(^|\.)(NamedTuple|BaseModel)$/.test(one.name))
    )
      this.fields(
        body,
        at,
        written,
        list === null ? [] : list.getChildren('VariableName').map((one) => this.nameIn(one)),
      );
    this.first.push({ ...at, kind: 'class', name, supers: [], body: ir.seq(at, this.methods) });
    this.methods = methods;
    this.scope = around;
    const made: Node = { ...at, kind: 'class', name, supers, body: inner };
    return ir.seq(at, [ir.set(at, to, made), this.decorated(decorators, to)]);
  }

  // The fields of a class of settings are variables of the environment.
  protected settings(body: PyNode | null, at: Extent): void {
    const text = body === null ? '' : this.textOf(body);
    const [, prefix = ''] = /\benv_prefix\s*=\s*["']([\w-]{0,80})["']/.exec(text) ?? [];
    const self: Node = { ...at, kind: 'self' };
    const define = (place: Extent, name: string, inner: Node, isGetter: boolean): void => {
      const func = {
        ...place,
        name,
        params: [],
        body: inner,
        captures: 'all' as const,
        givesLast: true as const,
        isImplied: true as const,
        ...(isGetter && { isGetter: true as const }),
      };
      this.methods.push({ ...place, kind: 'define', func });
    };
    const entries = (body?.getChildren('AssignStatement') ?? []).flatMap((one) => {
      const [target, type] = one.children;
      if (target?.name !== 'VariableName' || type?.name !== 'TypeDef') return [];
      const place = placeOf(target);
      const name = this.nameIn(target);
      const [, other] =
        /\b(?:env|alias|validation_alias)\s*=\s*["'](\w{1,80})["']/.exec(this.textOf(one)) ?? [];
      const read = ir.callMethod(place, ir.global(place, 'os.environ'), 'get', [
        ir.constant(place, (other ?? `${prefix}${name}`).toUpperCase()),
      ]);
      define(place, name, read, true);
      return [{ key: ir.constant(place, name), value: ir.member(place, self, name) }];
    });
    for (const name of ['model_dump', 'dict', 'json', 'model_dump_json'])
      define(at, name, { ...at, kind: 'record', entries }, false);
  }

  // The constructor of a class of data takes the values of its fields.
  protected fields(
    body: PyNode | null,
    at: Extent,
    written: string,
    supers: readonly string[],
  ): void {
    const fields = (body?.getChildren('AssignStatement') ?? []).flatMap((one) => {
      const [target, type] = one.children;
      return target?.name === 'VariableName' && type?.name === 'TypeDef'
        ? [this.nameIn(target)]
        : [];
    });
    const self: Node = { ...at, kind: 'self' };
    const inherited = supers.flatMap((name) => this.dataFields.get(name) ?? []);
    fields.unshift(...inherited.filter((name) => !fields.includes(name)));
    this.dataFields.set(written, fields);
    const params = fields.map((name) => ({ ...at, name, fallback: ir.member(at, self, name) }));
    const sets: Node[] = fields.map((name) =>
      ir.set(at, ir.member(at, self, name), ir.variable(at, name)),
    );
    const hasMore = (body?.getChildren('FunctionDefinition') ?? []).some(
      (one) => this.textOf(one.getChild('VariableName') ?? one) === '__post_init__',
    );
    if (hasMore) sets.push(ir.callMethod(at, self, '__post_init__', []));
    this.methods.push({
      ...at,
      kind: 'define',
      func: { ...at, name: '__init__', params, body: ir.seq(at, sets), captures: 'all' },
    });
  }
}
