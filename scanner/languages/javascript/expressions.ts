/** Expressions of JavaScript as those of the IR. */
import { ts } from 'ts-morph';
import * as ir from '../../ir/build.ts';
import type { Arg, Extent, Node, NodeOf } from '../../ir/ir.ts';
import { Names } from './names.ts';

const SyntaxKind = ts.SyntaxKind;

/** Lowers expressions. */
export abstract class JavascriptExpressions extends Names {
  protected abstract functionValue(node: ts.FunctionLikeDeclaration): Node;
  protected abstract classValue(node: ts.ClassLikeDeclaration): Node;
  protected abstract recordEntry(
    node: ts.ObjectLiteralElementLike,
  ): readonly NodeOf<'record'>['entries'][number][];

  protected all(nodes: readonly ts.Node[]): Node[] {
    return nodes.map((one) => this.lower(one));
  }

  /** The value of an expression; undefined for all else. */
  protected expression(node: ts.Node, at: Extent): Node | undefined {
    if (ts.isStringLiteralLike(node)) return this.text(node, at);
    if (ts.isIdentifier(node)) return this.variable(node.text, at);
    if (ts.isNumericLiteral(node)) return ir.constant(at, Number(node.text));
    if (ts.isBigIntLiteral(node)) return ir.constant(at, BigInt(node.text.replace(/n$/, '')));
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      const isAbove = nameIn(node) === '__proto__';
      return isAbove
        ? ir.callOf(at, 'Object.getPrototypeOf', [this.lower(node.expression)])
        : this.part(node, at);
    }
    if (ts.isCallExpression(node)) return this.call(node, at);
    if (ts.isNewExpression(node)) return this.make(node, at);
    if (ts.isBinaryExpression(node)) return this.binary(node, at);
    if (ts.isTemplateExpression(node)) return { ...at, kind: 'text', parts: this.pieces(node) };
    if (ts.isTaggedTemplateExpression(node)) return this.tagged(node, at);
    if (ts.isObjectLiteralExpression(node)) {
      const [base, ...others] = node.properties.filter(isBase);
      const own = node.properties.filter((one) => !isBase(one) || others.includes(one));
      const entries = own.flatMap((one) => this.recordEntry(one));
      const record: Node = { ...at, kind: 'record', entries };
      if (base === undefined) return record;
      return ir.callOf(at, 'Object.setPrototypeOf', [record, this.lower(base.initializer)]);
    }
    if (ts.isArrayLiteralExpression(node))
      return {
        ...at,
        kind: 'list',
        items: node.elements.map((one) =>
          ts.isSpreadElement(one) ? { spread: this.lower(one.expression) } : this.lower(one),
        ),
      };
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return this.functionValue(node);
    if (ts.isClassExpression(node)) return this.classValue(node);
    if (ts.isJsxSelfClosingElement(node)) return this.element(node, [], at);
    if (ts.isJsxElement(node)) return this.element(node.openingElement, node.children, at);
    if (ts.isConditionalExpression(node))
      return ir.branch(
        at,
        this.lower(node.condition),
        this.lower(node.whenTrue),
        this.lower(node.whenFalse),
      );
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
      return this.unary(node, at);
    if (ts.isRegularExpressionLiteral(node)) {
      const [, pattern = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(node.text) ?? [];
      return ir.callOf(at, 'RegExp', [ir.constant(at, pattern), ir.constant(at, flags)]);
    }
    if (ts.isYieldExpression(node)) {
      const value = node.expression ? this.lower(node.expression) : ir.constant(at, null);
      return {
        ...at,
        kind: 'jump',
        how: 'yield',
        value: node.asteriskToken ? ir.item(at, value) : value,
      };
    }
    // What it says of a value is no data of it.
    if (ts.isTypeOfExpression(node)) return ir.callOf(at, 'typeof', [this.lower(node.expression)]);
    // What stood there is gone: what is read there afterwards is not known.
    if (ts.isDeleteExpression(node)) return this.deleted(bareOf(node.expression), at);
    if (ts.isVoidExpression(node)) return ir.seq(at, [this.lower(node.expression), ir.hole(at)]);
    if (ts.isMetaProperty(node)) return ir.global(at, node.getText(this.parsed.file));
    return this.plain(node, at);
  }

  // `<Part a={b}>…</Part>` calls a function of the program; all else is data of the page.
  private element(
    { tagName, attributes }: ts.JsxOpeningLikeElement,
    children: readonly ts.JsxChild[],
    at: Extent,
  ): Node {
    const entries = attributes.properties.map((one) => {
      if (ts.isJsxSpreadAttribute(one)) return { spread: this.lower(one.expression) };
      const name = ts.isIdentifier(one.name) ? one.name.text : one.name.getText(this.parsed.file);
      const value = one.initializer ? this.lower(one.initializer) : ir.constant(at, true);
      return { key: ir.constant(at, name), value };
    });
    const inner = children.filter((one) => !ts.isJsxText(one)).map((one) => this.lower(one));
    const list: Node = { ...at, kind: 'list', items: inner };
    const held = { key: ir.constant(at, 'children'), value: list };
    const record: Node = { ...at, kind: 'record', entries: [...entries, held] };
    const isOwn = !ts.isIdentifier(tagName) || /^[A-Z]/.test(tagName.text);
    return isOwn && !ts.isJsxNamespacedName(tagName)
      ? ir.call(at, this.lower(tagName), [{ value: record }])
      : ir.hole(at, [record]);
  }

  // Words, and what only stands around an expression.
  private plain(node: ts.Node, at: Extent): Node | undefined {
    switch (node.kind) {
      case SyntaxKind.TrueKeyword:
      case SyntaxKind.FalseKeyword:
        return ir.constant(at, node.kind === SyntaxKind.TrueKeyword);
      case SyntaxKind.NullKeyword:
      case SyntaxKind.OmittedExpression:
        return ir.constant(at, null);
      case SyntaxKind.ThisKeyword:
        return this.hasThis() ? { ...at, kind: 'self' } : this.ownExports(at);
    }
    if (ts.isAwaitExpression(node)) return ir.awaited(this.lower(node.expression));
    const isAround =
      isAside(node) ||
      ts.isExpressionWithTypeArguments(node) ||
      ts.isComputedPropertyName(node) ||
      ts.isJsxExpression(node);
    return isAround && node.expression !== undefined ? this.lower(node.expression) : undefined;
  }

  // Of a list, the place stays, with nothing in it.
  private deleted(from: ts.Node, at: Extent): Node {
    if (!ts.isElementAccessExpression(from) && !ts.isPropertyAccessExpression(from))
      return ir.hole(at, [this.lower(from)]);
    const isItem = ts.isElementAccessExpression(from);
    const name = isItem ? this.lower(from.argumentExpression) : ir.constant(at, from.name.text);
    const gone = ir.callOf(at, 'Reflect.deleteProperty', [this.lower(from.expression), name]);
    return ir.seq(at, [isItem ? this.assign(from, ir.hole(at), at) : this.lower(from), gone]);
  }

  // ---- texts ----

  protected text(node: ts.StringLiteralLike, at: Extent): NodeOf<'const'> {
    return this.written(node.text, { start: at.start + 1, end: at.end });
  }

  // Where the text stands letter by letter, it begins at this place.
  private written(text: string, at: Extent): NodeOf<'const'> {
    const isPlain = this.source.text.startsWith(text, at.start);
    return { ...at, kind: 'const', value: text, ...(isPlain && { raw: at.start }) };
  }

  private pieces({ head, templateSpans }: ts.TemplateExpression): readonly Node[] {
    const literal = (one: ts.TemplateLiteralLikeNode): readonly Node[] =>
      one.text === ''
        ? []
        : [this.written(one.text, { start: this.at(one).start + 1, end: one.end })];
    return [
      ...literal(head),
      ...templateSpans.flatMap((one) => [this.lower(one.expression), ...literal(one.literal)]),
    ];
  }

  // A tag of the skill gets the pieces of the text; one of a library gets it whole.
  private tagged({ tag, template }: ts.TaggedTemplateExpression, at: Extent): Node {
    const isTemplate = ts.isTemplateExpression(template);
    const spans = isTemplate ? template.templateSpans : [];
    const literals = isTemplate
      ? [template.head, ...spans.map((one) => one.literal)]
      : [template as ts.NoSubstitutionTemplateLiteral];
    const pieces = (): Node => ({
      ...at,
      kind: 'list',
      items: literals.map((one) => this.written(one.text, { start: one.end, end: one.end })),
    });
    const values = spans.map((one) => ({ value: this.lower(one.expression) }));
    const whole: Node = isTemplate
      ? { ...at, kind: 'text', parts: this.pieces(template) }
      : this.text(template as ts.NoSubstitutionTemplateLiteral, this.at(template));
    const callee = this.lower(tag);
    return this.once(at, pieces(), (held) => [
      ir.set(at, ir.member(at, held, 'raw'), pieces()),
      { ...at, kind: 'call', callee, args: [{ value: held }, ...values], template: whole },
    ]);
  }

  // ---- operators ----

  private binary(node: ts.BinaryExpression, at: Extent): Node {
    const { kind } = node.operatorToken;
    const { left, right } = node;
    if (kind === SyntaxKind.EqualsToken) return this.assign(left, this.lower(right), at);
    const written = ts.tokenToString(kind) ?? '';
    const isUpdate =
      kind >= SyntaxKind.FirstCompoundAssignment && kind <= SyntaxKind.LastCompoundAssignment;
    const terms = operandsOf(node, kind);
    if (kind === SyntaxKind.CommaToken) return ir.seq(at, this.all(terms));
    const op = ir.operators.get(written);
    if (terms.length > 2 && op !== undefined && /^([+]|&&|[|]{2})$/.test(written))
      return ir.operation(at, op, this.all(terms));
    const plain = isUpdate ? written.slice(0, -1) : written;
    const value = this.operation(plain, this.lower(left), () => this.lower(right), at);
    return isUpdate ? this.assign(left, value, at) : value;
  }

  private operation(written: string, left: Node, right: () => Node, at: Extent): Node {
    if (written === '??')
      return this.once(at, left, (held) => {
        const isThere = ir.operation(at, '!=', [held, ir.constant(at, null)]);
        return [ir.branch(at, isThere, held, right())];
      });
    // What has a name, or is of a class, is not computed.
    if (/^in/.test(written)) return ir.seq(at, [left, right(), ir.hole(at)]);
    const op = ir.operators.get(written);
    return op === undefined ? ir.hole(at, [left, right()]) : ir.operation(at, op, [left, right()]);
  }

  private unary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, at: Extent): Node {
    const value = this.lower(node.operand);
    switch (node.operator) {
      case SyntaxKind.ExclamationToken:
        return ir.operation(at, 'not', [value]);
      case SyntaxKind.TildeToken:
        return ir.operation(at, '~', [value]);
      case SyntaxKind.MinusToken:
        return ir.operation(at, '-', [ir.constant(at, 0), value]);
      case SyntaxKind.PlusToken:
        return ir.callOf(at, 'Number', [value]);
    }
    const op = node.operator === SyntaxKind.PlusPlusToken ? '+' : '-';
    const step = (of: Node): Node => ir.operation(at, op, [of, ir.constant(at, 1)]);
    if (ts.isPrefixUnaryExpression(node)) return this.assign(node.operand, step(value), at);
    return this.once(at, value, (held) => [this.assign(node.operand, step(held), at), held]);
  }

  // ---- parts and calls ----

  /** `a.b`, `a[b]` */
  protected part(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, at: Extent): Node {
    const isExports =
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'module' &&
      this.binding('module') === undefined &&
      nameIn(node) === 'exports';
    if (isExports) return this.ownExports(at);
    if (node.expression.kind === SyntaxKind.SuperKeyword)
      return ir.member(at, { ...at, kind: 'self' }, nameIn(node) ?? '*');
    const of = this.lower(node.expression);
    const name = nameIn(node);
    if (name !== undefined) return ir.member(at, of, name);
    const key = ts.isElementAccessExpression(node) ? node.argumentExpression : undefined;
    return ir.item(at, of, key && this.lower(key));
  }

  private call(node: ts.CallExpression, at: Extent): Node {
    const { expression, arguments: given } = node;
    const [first] = given;
    if (expression.kind === SyntaxKind.SuperKeyword)
      return { ...at, kind: 'super', name: 'constructor', args: this.args(given) };
    const isImport = expression.kind === SyntaxKind.ImportKeyword;
    const isRequire =
      ts.isIdentifier(expression) &&
      expression.text === 'require' &&
      this.binding('require') === undefined;
    if ((isImport || isRequire) && first !== undefined) {
      // What is not of the skill is asked for by a call.
      if (!ts.isStringLiteralLike(first) || /^[/~](?!skills\/)/.test(first.text))
        return ir.callOf(at, isImport ? 'import' : 'require', this.all(given));
      const name = isImport ? '*' : 'default';
      const loaded = this.load(first.text, at);
      const path = this.pathOf(first.text);
      const isModule = path !== undefined && this.files.programs.get(path)?.isCommon === false;
      const value =
        loaded !== undefined && path === undefined
          ? loaded
          : this.imported({ from: first.text, name: isModule ? '*' : name }, at);
      this.notePackage(first.text, at);
      return loaded === undefined || value === loaded ? value : ir.seq(at, [loaded, value]);
    }
    if (
      ts.isPropertyAccessExpression(expression) &&
      expression.expression.kind === SyntaxKind.SuperKeyword
    )
      return { ...at, kind: 'super', name: expression.name.text, args: this.args(given) };
    const call = ir.call(at, this.lower(expression), this.args(given));
    return ts.isOptionalChain(node) ? { ...at, kind: 'either', tests: [], of: [call] } : call;
  }

  /** Remembers that the program uses a package, which may call a service of its own. */
  protected abstract notePackage(specifier: string, at: Extent): void;

  private make(node: ts.NewExpression, at: Extent): Node {
    return { ...at, kind: 'new', of: this.lower(node.expression), args: this.args(node.arguments) };
  }

  protected args(given: readonly ts.Expression[] = []): Arg[] {
    return given.map((one) =>
      ts.isSpreadElement(one)
        ? { value: this.lower(one.expression), spread: true }
        : { value: this.lower(one) },
    );
  }

  // ---- assignments ----

  /** `target = from`; the value is that of `from`. */
  protected assign(target: ts.Node, from: Node, at: Extent): Node {
    const bare = bareOf(target);
    if (ts.isIdentifier(bare)) return this.setName(bare.text, from, at);
    if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
      if (nameIn(bare) === '__proto__')
        return ir.callOf(at, 'Object.setPrototypeOf', [this.lower(bare.expression), from]);
      const slot = this.part(bare, this.at(bare));
      const isSlot = slot.kind === 'member' || slot.kind === 'item' || slot.kind === 'global';
      if (!isSlot) return ir.hole(at, [slot, from]);
      return this.withParameters(bare.expression, ir.set(at, slot, from), at);
    }
    if (ts.isArrayLiteralExpression(bare) || ts.isArrayBindingPattern(bare))
      return this.once(at, from, (held) => [
        ...bare.elements.flatMap((one, index) => this.takeItem(one, index, held)),
        held,
      ]);
    if (ts.isObjectLiteralExpression(bare))
      return this.once(at, from, (held) => [
        ...bare.properties.flatMap((one) => this.takeEntry(one, held)),
        held,
      ]);
    if (ts.isObjectBindingPattern(bare))
      return this.once(at, from, (held) => [
        ...bare.elements.map((one) => {
          const key = one.propertyName ?? one.name;
          const place = this.at(one);
          const value = one.dotDotDotToken ? held : this.entry(held, key, place);
          return this.assign(one.name, this.orElse(value, one.initializer, place), place);
        }),
        held,
      ]);
    return from;
  }

  // `arguments[0] = value` sets the first parameter.
  private withParameters(of: ts.Expression, set: Node, at: Extent): Node {
    const isOwn = ts.isIdentifier(of) && of.text === 'arguments';
    const scope = isOwn ? this.binding('arguments') : undefined;
    const all = scope?.names.get('arguments');
    if (scope === undefined || all === undefined) return set;
    const sets = scope.argumentNames.flatMap((name, index) => {
      const item = ir.item(at, ir.variable(at, all), ir.constant(at, index));
      return name === '' ? [] : [ir.set(at, ir.variable(at, name), item)];
    });
    return this.once(at, set, (held) => [...sets, held]);
  }

  private takeItem(
    one: ts.Expression | ts.ArrayBindingElement,
    index: number,
    of: Node,
  ): readonly Node[] {
    if (ts.isOmittedExpression(one)) return [];
    const at = this.at(one);
    const rest = (): Node => ir.callMethod(at, of, 'slice', [ir.constant(at, index)]);
    const item = ir.item(at, of, ir.constant(at, index));
    if (ts.isSpreadElement(one)) return [this.assign(one.expression, rest(), at)];
    if (ts.isBindingElement(one)) {
      const value = one.dotDotDotToken ? rest() : this.orElse(item, one.initializer, at);
      return [this.assign(one.name, value, at)];
    }
    return [this.assignOr(one, item, at)];
  }

  private takeEntry(one: ts.ObjectLiteralElementLike, of: Node): readonly Node[] {
    const at = this.at(one);
    if (ts.isSpreadAssignment(one)) return [this.assign(one.expression, of, at)];
    if (ts.isShorthandPropertyAssignment(one)) {
      const value = this.entry(of, one.name, at);
      return [this.assign(one.name, this.orElse(value, one.objectAssignmentInitializer, at), at)];
    }
    if (!ts.isPropertyAssignment(one)) return [];
    return [this.assignOr(one.initializer, this.entry(of, one.name, at), at)];
  }

  // `a = usual` inside a pattern.
  private assignOr(target: ts.Expression, value: Node, at: Extent): Node {
    const hasUsual =
      ts.isBinaryExpression(target) && target.operatorToken.kind === SyntaxKind.EqualsToken;
    return hasUsual
      ? this.assign(target.left, this.orElse(value, target.right, at), at)
      : this.assign(target, value, at);
  }

  private entry(of: Node, key: ts.PropertyName | ts.BindingName, at: Extent): Node {
    const name = ts.isComputedPropertyName(key) ? nameOfKey(key.expression) : undefined;
    if (ts.isComputedPropertyName(key) && name === undefined)
      return ir.item(at, of, this.lower(key.expression));
    return ir.member(at, of, name ?? ('text' in key ? key.text : '*'));
  }

  /** A value, or what stands for it where nothing is there. */
  protected orElse(value: Node, usual: ts.Expression | undefined, at: Extent): Node {
    if (usual === undefined) return value;
    return this.operation('??', value, () => this.lower(usual), at);
  }
}

/** The name of a member that is written as one. */
export function nameIn(
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  const key = node.argumentExpression as ts.Expression | undefined;
  return key === undefined ? undefined : nameOfKey(key);
}

// `__proto__: base`
function isBase(node: ts.ObjectLiteralElementLike): node is ts.PropertyAssignment {
  return (
    ts.isPropertyAssignment(node) &&
    (ts.isIdentifier(node.name) || ts.isStringLiteralLike(node.name)) &&
    node.name.text === '__proto__'
  );
}

/** The name that a key says as it stands: a text, or `Symbol.iterator`. */
export function nameOfKey(key: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(key)) return key.text;
  const isSymbol =
    ts.isPropertyAccessExpression(key) &&
    ts.isIdentifier(key.expression) &&
    key.expression.text === 'Symbol';
  return isSymbol ? `@@${key.name.text}` : undefined;
}

// `a + b + c` as one operation: each level of the tree would be one of a call.
function operandsOf(node: ts.BinaryExpression, kind: ts.SyntaxKind): readonly ts.Expression[] {
  const right: ts.Expression[] = [];
  let left: ts.Expression = node;
  while (ts.isBinaryExpression(left) && left.operatorToken.kind === kind) {
    right.push(left.right);
    left = left.left;
  }
  return [left, ...right.reverse()];
}

/** An expression without what stands around it. */
function bareOf(node: ts.Node): ts.Node {
  return isAside(node) ? bareOf(node.expression) : node;
}

// Parentheses, and what is only said about types.
function isAside(
  node: ts.Node,
): node is
  | ts.ParenthesizedExpression
  | ts.AssertionExpression
  | ts.NonNullExpression
  | ts.SatisfiesExpression {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAssertionExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node)
  );
}
