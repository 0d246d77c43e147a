/** Functions, classes and the entries of objects. */
import { ts } from 'ts-morph';
import * as ir from '../../ir/build.ts';
import type { Extent, Func, Node, NodeOf, Param } from '../../ir/ir.ts';
import { JavascriptExpressions, nameOfKey } from './expressions.ts';
import { hasModifier } from './modules.ts';

const SyntaxKind = ts.SyntaxKind;

/** Lowers functions and classes. */
export abstract class JavascriptDefinitions extends JavascriptExpressions {
  /** What a block or program does, with its functions first. */
  protected abstract statements(nodes: readonly ts.Statement[], at: Extent): Node;

  // ---- functions ----

  /** A function; nobody may call it, and it is gone through nevertheless. */
  protected functionValue(node: ts.FunctionLikeDeclaration): Node {
    const at = this.at(node);
    const place = this.first.length;
    this.first.push(ir.hole(at));
    const func = this.func(node, this.uniqueName(node));
    const define: Node = { ...at, kind: 'define', func };
    this.first[place] = define;
    return ir.seq(at, [define, { ...at, kind: 'function', func }]);
  }

  /** A function, or the class of which it is the constructor where methods are given to it. */
  protected constructed(node: ts.FunctionLikeDeclaration, written: string): Node {
    if (!this.prototypes.has(written)) return this.functionValue(node);
    const at = this.at(node);
    const place = this.first.length;
    this.first.push(ir.hole(at));
    const define: Node = { ...at, kind: 'define', func: this.func(node, 'constructor') };
    const made: Node = {
      ...at,
      kind: 'class',
      name: this.uniqueName(node),
      supers: [],
      body: define,
    };
    this.first[place] = made;
    return made;
  }

  private uniqueName(node: ts.FunctionLikeDeclaration | ts.ClassLikeDeclaration): string {
    const name = node.name !== undefined && 'text' in node.name ? node.name.text : '';
    return `${this.source.path}:${node.pos}:${name}`;
  }

  protected func(node: ts.FunctionLikeDeclaration, name: string, before: Node[] = []): Func {
    const at = this.at(node);
    const isArrow = ts.isArrowFunction(node);
    const isAsync = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
    return this.inScope(node, (): Func => {
      const { params, taken } = this.params(node.parameters, at);
      const body = this.body(node, at);
      const own = ts.isFunctionExpression(node) && node.name !== undefined;
      const itself: Node[] =
        own && node.name !== undefined
          ? [ir.set(at, this.slot(node.name.text, at), ir.hole(at))]
          : [];
      return {
        ...at,
        name,
        params,
        body: ir.seq(at, [...itself, ...before, ...taken, body]),
        captures: 'all',
        ...(isArrow && node.body.kind !== SyntaxKind.Block && { givesLast: true }),
        ...(node.asteriskToken !== undefined && { isGenerator: true }),
        ...(isAsync && { isAsync: true }),
        ...(!isArrow && { takesReceiver: true }),
      };
    });
  }

  private body({ body }: ts.FunctionLikeDeclaration, at: Extent): Node {
    if (body === undefined) return ir.constant(at, null);
    if (!ts.isBlock(body)) return this.lower(body);
    // The block is the function's own scope for `var`, and one inside it for all else.
    return ir.seq(at, [...this.hoisted(at), this.lower(body)]);
  }

  /** What `var` binds is there before it gets a value. */
  protected hoisted(at: Extent): Node[] {
    return [...this.scope.hoisted].map((name) =>
      ir.set(at, ir.variable(at, name), ir.constant(at, null)),
    );
  }

  // Parameters, and what takes those apart that are patterns.
  private params(
    list: readonly ts.ParameterDeclaration[],
    at: Extent,
  ): { params: Param[]; taken: Node[] } {
    const taken: Node[] = [];
    const params = list
      .filter(({ name }) => !(ts.isIdentifier(name) && name.text === 'this'))
      .map((one, index): Param => {
        const place = this.at(one.name);
        const isPlain = ts.isIdentifier(one.name);
        const name = isPlain ? this.variableNamed(one.name) : `%${index}@${place.start}`;
        const variable = ir.variable(place, name);
        if (!isPlain) taken.push(this.assign(one.name, variable, place));
        if (ts.isParameterPropertyDeclaration(one, one.parent) && isPlain)
          taken.push(ir.set(place, ir.member(place, selfAt(place), one.name.text), variable));
        const hasRest = one.dotDotDotToken !== undefined;
        return {
          ...place,
          name,
          ...(hasRest && { rest: 'list' }),
          ...(one.initializer !== undefined && { fallback: this.lower(one.initializer) }),
        };
      });
    if (!this.scope.usesArguments) return { params, taken };
    return this.byArguments(params, taken, at);
  }

  // A function that asks for `arguments` has one parameter, which is a list.
  private byArguments(
    params: readonly Param[],
    taken: readonly Node[],
    at: Extent,
  ): { params: Param[]; taken: Node[] } {
    const all = ir.variable(at, `arguments@${at.start}`);
    this.scope.names.set('arguments', all.name);
    this.scope.argumentNames = params.map(({ name, rest }) => (rest === undefined ? name : ''));
    const sets = params.map((one, index) => {
      const to = ir.variable(one, one.name);
      if (one.rest !== undefined)
        return ir.set(one, to, ir.callMethod(one, all, 'slice', [ir.constant(one, index)]));
      const value = ir.item(one, all, ir.constant(one, index));
      if (one.fallback === undefined) return ir.set(one, to, value);
      const { fallback } = one;
      const isThere = ir.operation(one, '!=', [to, ir.constant(one, null)]);
      return ir.seq(one, [
        ir.set(one, to, value),
        ir.set(one, to, ir.branch(one, isThere, to, fallback)),
      ]);
    });
    return { params: [{ ...at, name: all.name, rest: 'list' }], taken: [...sets, ...taken] };
  }

  private variableNamed(name: ts.Identifier): string {
    const slot = this.slot(name.text, this.at(name));
    return slot.kind === 'var' ? slot.name : name.text;
  }

  // ---- objects ----

  protected recordEntry(
    node: ts.ObjectLiteralElementLike,
  ): readonly NodeOf<'record'>['entries'][number][] {
    const at = this.at(node);
    if (ts.isSpreadAssignment(node)) return [{ spread: this.lower(node.expression) }];
    if (ts.isShorthandPropertyAssignment(node))
      return [{ key: ir.constant(at, node.name.text), value: this.variable(node.name.text, at) }];
    const key = this.keyOf(node.name);
    if (ts.isPropertyAssignment(node)) {
      this.noteOption(node, at);
      return [{ key, value: this.lower(node.initializer) }];
    }
    if (ts.isSetAccessor(node)) {
      const written = key.kind === 'const' && typeof key.value === 'string' ? key.value : undefined;
      const name = written === undefined ? ir.hole(at, [key]) : ir.constant(at, `${written}=`);
      return [{ key: name, value: this.functionValue(node) }];
    }
    const value = this.functionValue(node);
    if (!ts.isGetAccessor(node)) return [{ key, value }];
    // It is called whenever the field is read; what it gives here is data of the object.
    const of = [ir.call(at, value, []), ir.callOf(at, 'getter()', [value])];
    return [{ key, value: { ...at, kind: 'either', tests: [], of } }];
  }

  /** Remembers an option that is a fact by itself. */
  protected abstract noteOption(node: ts.PropertyAssignment, at: Extent): void;

  private keyOf(name: ts.PropertyName): Node {
    const at = this.at(name);
    if (!ts.isComputedPropertyName(name)) return ir.constant(at, 'text' in name ? name.text : '*');
    const written = nameOfKey(name.expression);
    return written === undefined ? this.lower(name.expression) : ir.constant(at, written);
  }

  // ---- classes ----

  /** The class as a value; its methods are known before the program runs. */
  protected classValue(node: ts.ClassLikeDeclaration): Node {
    const at = this.at(node);
    const name = this.uniqueName(node);
    const place = this.first.length;
    this.first.push(ir.hole(at));
    const base = node.heritageClauses
      ?.filter(({ token }) => token === SyntaxKind.ExtendsKeyword)
      .flatMap(({ types }) => types.map(({ expression }) => this.lower(expression)));
    const supers = base ?? [];
    const { methods, statics } = this.inScope(node, () => this.members(node, supers.length > 0));
    const own = ts.isClassExpression(node) && node.name !== undefined ? node.name.text : undefined;
    const body = ir.seq(at, [...methods, ...statics]);
    this.first[place] = { ...at, kind: 'class', name, supers: [], body: ir.seq(at, methods) };
    const made: Node = { ...at, kind: 'class', name, supers, body };
    const value =
      own === undefined ? made : this.inScope(node, () => ir.set(at, this.slot(own, at), made));
    return this.decorated(node, value, at);
  }

  // What decorators are given.
  private decorated(node: ts.ClassLikeDeclaration, value: Node, at: Extent): Node {
    const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
    if (decorators.length === 0) return value;
    return this.once(at, value, (held) => [
      { ...at, kind: 'either', tests: [], of: [held, ...this.decorate(decorators, held)] },
    ]);
  }

  private decorate(decorators: readonly ts.Decorator[], value: Node): readonly Node[] {
    return decorators.map((one) => ir.call(this.at(one), this.lower(one.expression), [{ value }]));
  }

  // A decorator gives what stands in the place of a method, or what gets the value of a field.
  private decoratedMember(one: ts.ClassElement, place: Extent): Node[] {
    const decorators = ts.canHaveDecorators(one) ? (ts.getDecorators(one) ?? []) : [];
    if (decorators.length === 0 || one.name === undefined) return [];
    if (ts.isPropertyDeclaration(one)) {
      const given = one.initializer ? [{ value: this.lower(one.initializer) }] : [];
      return this.decorate(decorators, ir.hole(place)).map((made) => ir.call(place, made, given));
    }
    if (!ts.isMethodDeclaration(one)) return [...this.decorate(decorators, ir.hole(place))];
    const isStatic = hasModifier(one, SyntaxKind.StaticKeyword);
    const of = isStatic ? selfAt(place) : ir.member(place, selfAt(place), 'prototype');
    return this.decorate(decorators, this.functionValue(one)).map((made) =>
      ir.set(place, this.memberSlot(of, one.name, place), made),
    );
  }

  private members(
    node: ts.ClassLikeDeclaration,
    hasBase: boolean,
  ): { methods: Node[]; statics: Node[] } {
    const methods: Node[] = [];
    const statics: Node[] = [];
    const fields: Node[] = [];
    const at = this.at(node);
    for (const one of node.members) {
      const place = this.at(one);
      const isStatic = hasModifier(one, SyntaxKind.StaticKeyword);
      statics.push(...this.decoratedMember(one, place));
      if (ts.isClassStaticBlockDeclaration(one)) statics.push(this.lower(one.body));
      if (ts.isPropertyDeclaration(one) && one.initializer !== undefined) {
        const to = this.memberSlot(selfAt(place), one.name, place);
        const set = ir.set(place, to, this.lower(one.initializer));
        (isStatic ? statics : fields).push(set);
      }
      const isMethod =
        ts.isMethodDeclaration(one) || ts.isGetAccessor(one) || ts.isSetAccessor(one);
      if (!isMethod || one.body === undefined) continue;
      const name = methodName(one.name);
      const plain = this.func(one, ts.isSetAccessor(one) ? `${name}=` : name);
      const func: Func = ts.isGetAccessor(one) ? { ...plain, isGetter: true } : plain;
      methods.push({ ...place, kind: 'define', func, ...(isStatic && { isStatic: true }) });
      const { name: key } = one;
      if (!ts.isComputedPropertyName(key) || nameOfKey(key.expression) !== undefined) continue;
      const of = isStatic ? selfAt(place) : ir.member(place, selfAt(place), 'prototype');
      const to = ir.item(place, of, this.lower(key.expression));
      statics.push(ir.set(place, to, this.functionValue(one)));
    }
    const maker = node.members.find(
      (one) => ts.isConstructorDeclaration(one) && one.body !== undefined,
    );
    if (maker !== undefined && ts.isConstructorDeclaration(maker)) {
      const func = this.func(maker, 'constructor', hasBase ? [] : fields);
      const last = hasBase && fields.length > 0 ? [...fields] : [];
      const body = ir.seq(at, [...last, func.body]);
      methods.push({ ...at, kind: 'define', func: { ...func, body } });
    } else if (fields.length > 0) {
      const above: Node[] = hasBase ? [{ ...at, kind: 'super', name: 'constructor' }] : [];
      const body = ir.seq(at, [...above, ...fields]);
      const implied = { captures: 'all', isImplied: true } as const;
      const func: Func = { ...at, name: 'constructor', params: [], body, ...implied };
      methods.push({ ...at, kind: 'define', func });
    }
    return { methods, statics };
  }

  private memberSlot(of: Node, name: ts.PropertyName, at: Extent): NodeOf<'member' | 'item'> {
    return ts.isComputedPropertyName(name)
      ? ir.item(at, of, this.lower(name.expression))
      : ir.member(at, of, methodName(name));
  }
}

function methodName(name: ts.PropertyName): string {
  if (!ts.isComputedPropertyName(name)) return 'text' in name ? name.text : '*';
  const { expression } = name;
  return nameOfKey(expression) ?? expression.getText();
}

function selfAt({ start, end }: Extent): Node {
  return { start, end, kind: 'self' };
}
