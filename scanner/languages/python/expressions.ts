/** Expressions of Python as those of the IR. */

import { unescaped } from '../../engine/library/codecs.ts';
import * as ir from '../../ir/build.ts';
import type { Arg, Extent, Node, NodeOf, Slot } from '../../ir/ir.ts';
import { loopsMax, ModuleNames } from './module-names.ts';
import { groupsOf, isMeaningful, load, placeOf, textIn } from './nodes.ts';
import type { PyNode } from './tree.ts';

/** Lowers expressions. */
export abstract class Expressions extends ModuleNames {
  protected parts(node: PyNode, at: Extent): Node {
    const parts = node.children.filter(isMeaningful).map((one) => this.lower(one));
    return parts.length === 1 ? (parts[0] ?? ir.hole(at)) : ir.hole(at, parts);
  }

  protected allOf(nodes: readonly PyNode[]): Node[] {
    return nodes.filter(isMeaningful).map((one) => this.lower(one));
  }

  protected string(node: PyNode, at: Extent): Node {
    const written = this.textOf(node);
    const [, prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(written) ?? [];
    const from = prefix.length + quote.length;
    const inner = textIn(written);
    const isPlain = written.startsWith(inner, from);
    return isPlain
      ? { ...at, kind: 'const', value: inner, raw: at.start + from }
      : ir.constant(at, inner);
  }

  protected format(node: PyNode, at: Extent): Node {
    const written = this.textOf(node);
    const [, prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(written) ?? [];
    let from = node.from + prefix.length + quote.length;
    const end = node.to - (written.endsWith(quote) ? quote.length : 0);
    const parts: Node[] = [];
    const literal = (to: number): void => {
      if (to <= from) return;
      const text = this.source.text.slice(from, to);
      const place = { start: from, end: to };
      parts.push(
        /[\\{}]/.test(text)
          ? ir.constant(place, unescaped(text.replaceAll('{{', '{').replaceAll('}}', '}')))
          : { ...place, kind: 'const', value: text, raw: from },
      );
    };
    for (const one of node.getChildren('FormatReplacement')) {
      literal(one.from);
      const inner = one.children.filter(
        ({ name }) => !/^([{}]|FormatSelfDoc|FormatConversion)$/.test(name),
      );
      const [value, ...more] = inner;
      const place = placeOf(one);
      // `{name:.3}` takes the first letters of a text.
      const [, letters] = /:[^:{}]{0,40}\.(\d{1,4})s?\}$/.exec(this.textOf(one)) ?? [];
      const bounds = [ir.constant(place, null), ir.constant(place, Number(letters))];
      if (value !== undefined)
        parts.push(
          letters === undefined
            ? this.lower(value)
            : ir.callMethod(place, this.lower(value), '[:]', [...bounds, ir.constant(place, null)]),
        );
      for (const spec of more) this.lower(spec);
      from = one.to;
    }
    literal(end);
    return { ...at, kind: 'text', parts };
  }

  // ---- names ----

  protected slot(node: PyNode): Slot | undefined {
    const at = placeOf(node);
    if (node.name === 'VariableName') return this.place(this.nameIn(node), at);
    if (node.name === 'ParenthesizedExpression') {
      const [, inner] = node.children;
      return inner && this.slot(inner);
    }
    if (node.name !== 'MemberExpression') return undefined;
    const made = this.member(node, at);
    return made.kind === 'member' ||
      made.kind === 'item' ||
      made.kind === 'global' ||
      made.kind === 'var'
      ? made
      : ir.item(at, made);
  }

  protected assign(target: PyNode, given: Node, at: Extent): Node {
    if (/^(Tuple|Array)Expression$/.test(target.name)) return this.take(target.children, given, at);
    if (target.name === 'ParenthesizedExpression') {
      const [, inner] = target.children;
      return inner === undefined ? given : this.assign(inner, given, at);
    }
    const [object, mark, ...keys] = target.children;
    if (
      target.name === 'MemberExpression' &&
      object &&
      mark?.name === '[' &&
      keys.some(({ name }) => name === ':')
    ) {
      const [from] = keys;
      // With a step, which may be negative, any item may be set.
      const hasStep = keys.filter(({ name }) => name === ':').length > 1;
      const isFromStart = from === undefined || from.name === ':' || hasStep;
      const first = isFromStart ? ir.constant(at, 0) : this.lower(from);
      return ir.callMethod(at, this.lower(object), '__setslice__', [first, given]);
    }
    const slot = this.slot(target);
    return slot === undefined ? given : ir.set(at, slot, given);
  }

  protected assignAll(targets: readonly PyNode[], given: Node, at: Extent): Node {
    const [only] = targets;
    return targets.length === 1 && only !== undefined
      ? this.assign(only, given, at)
      : this.take(targets, given, at);
  }

  // `a, (b, *c) = given`
  protected take(targets: readonly PyNode[], given: Node, at: Extent): Node {
    const groups = groupsOf(targets);
    const star = groups.findIndex(([first]) => first?.name === '*');
    const held = this.held(at);
    const sets = groups.flatMap((group, index): Node[] => {
      const target = group.at(-1);
      if (target === undefined) return [];
      if (index === star) {
        const bounds = [ir.constant(at, index), ir.constant(at, null)];
        return [this.assign(target, ir.callMethod(at, held, '[:]', bounds), at)];
      }
      const key = star >= 0 && index > star ? index - groups.length : index;
      return [this.assign(target, ir.item(at, held, ir.constant(at, key)), at)];
    });
    return ir.seq(at, [ir.set(at, held, given), ...sets, held]);
  }

  protected values(nodes: readonly PyNode[], at: Extent): Node {
    const isList = nodes.some(({ name }) => name === ',' || name === '*');
    if (isList) return this.listOf(nodes, at);
    const [only] = this.allOf(nodes);
    return only ?? ir.constant(at, null);
  }

  protected listOf(nodes: readonly PyNode[], at: Extent): Node {
    const items = groupsOf(nodes).flatMap((group): NodeOf<'list'>['items'][number][] => {
      const last = group.at(-1);
      if (last === undefined) return [];
      return group[0]?.name === '*' ? [{ spread: this.lower(last) }] : [this.lower(last)];
    });
    return { ...at, kind: 'list', items };
  }

  protected member(node: PyNode, at: Extent): Node {
    const [object, mark, ...rest] = node.children;
    if (object === undefined) return ir.hole(at);
    if (mark?.name !== '[') {
      const property = rest.at(-1);
      const path = this.dotted.get(this.textOf(node));
      if (path !== undefined) return load(at, path);
      if (property !== undefined && this.nameIn(property) === '__dict__')
        return ir.callOf(at, 'vars', [this.lower(object)]);
      return property === undefined
        ? this.lower(object)
        : ir.member(at, this.lower(object), this.nameIn(property));
    }
    const keys = rest.filter(({ name }) => name !== ']');
    const of = this.lower(object);
    if (!keys.some(({ name }) => name === ':')) return ir.item(at, of, this.values(keys, at));
    const bounds: Node[] = [ir.constant(at, null), ir.constant(at, null), ir.constant(at, null)];
    let index = 0;
    for (const key of keys)
      if (key.name === ':') index = Math.min(index + 1, 2);
      else bounds[index] = this.lower(key);
    return ir.callMethod(at, of, '[:]', bounds);
  }

  // ---- calls ----

  // Such a chain may have more terms than what may be nested.
  protected terms(chain: PyNode, op: string): Node[] {
    const terms: PyNode[] = [];
    let left: PyNode | undefined = chain;
    for (let isSum = true; isSum && left !== undefined; ) {
      const [first, operator, last, ...more]: readonly PyNode[] = left.children;
      isSum =
        left.name === 'BinaryExpression' &&
        more.length === 0 &&
        operator !== undefined &&
        last !== undefined &&
        this.textOf(operator) === op;
      terms.push(isSum && last !== undefined ? last : left);
      if (isSum) left = first;
    }
    return this.allOf(terms.reverse());
  }

  protected call(node: PyNode, at: Extent): Node {
    const [callee, list] = node.children;
    if (callee === undefined) return ir.hole(at);
    const args = list === undefined ? [] : this.args(list);
    if (callee.name === 'MemberExpression') {
      const [object, , property] = callee.children;
      const isSuper =
        object?.name === 'CallExpression' &&
        object.firstChild !== null &&
        this.textOf(object.firstChild) === 'super';
      if (isSuper && property?.name === 'PropertyName')
        return { ...at, kind: 'super', name: this.nameIn(property), args };
    }
    const name =
      callee.name === 'VariableName' && this.binding(this.nameIn(callee)) === undefined
        ? this.nameIn(callee)
        : '';
    const isTop =
      name === 'globals' || (/^(vars|locals)$/.test(name) && this.scope.kind === 'module');
    if (isTop && args.length === 0) return load(at, this.source.path);
    if (name === 'vars' && args.length === 0) return ir.callOf(at, 'locals', []);
    const of = this.lower(callee);
    // A text's `replace` takes two arguments: with one it is a path's.
    if (of.kind === 'member' && of.name === 'replace' && args.length === 1 && !args[0]?.spread)
      return ir.call(at, { ...of, name: 'rename' }, args);
    return ir.call(at, of, args);
  }

  protected args(list: PyNode): Arg[] {
    const inner = list.children.filter(({ name }) => name !== '(' && name !== ')');
    // `join(a for a, b in c)`
    if (inner.some(({ name }) => name === 'for'))
      return [{ value: this.loops(inner, placeOf(list)) }];
    return groupsOf(inner).flatMap((group): Arg[] => {
      const [first, second, third] = group;
      if (first === undefined) return [];
      if (second?.name === 'AssignOp' && third !== undefined)
        return [{ name: this.nameIn(first), value: this.lower(third) }];
      if (/^\*{1,2}$/.test(first.name) && second !== undefined)
        return [{ value: this.lower(second), spread: true }];
      if (group.some(({ name }) => name === 'for'))
        return [{ value: this.loops(group, placeOf(first)) }];
      return [{ value: this.lower(first) }];
    });
  }

  // ---- comprehensions ----

  protected comprehension(node: PyNode, at: Extent): Node {
    const around = this.scope;
    this.scope = this.parsed.scopes.get(node) ?? around;
    const made = this.loops(node.children.slice(1, -1), at);
    this.scope = around;
    return made;
  }

  // `value for a in b if c`: a list or record that the loops fill.
  protected loops(words: readonly PyNode[], at: Extent): Node {
    const held = this.held(at);
    const forAt = words.findIndex(({ name }) => name === 'for' || name === 'async');
    const value = words.slice(0, forAt);
    const isRecord = value.some(({ name }) => name === ':');
    const inner = (): Node => {
      const [key, , of] = value;
      if (isRecord && key && of)
        return ir.set(at, ir.item(at, held, this.lower(key)), this.lower(of));
      const last = value.at(-1);
      return last === undefined ? ir.hole(at) : ir.set(at, ir.item(at, held), this.lower(last));
    };
    const clauses = words.slice(forAt).filter(({ name }) => name !== 'async');
    const starts = [...clauses.keys()].filter((at) => /^(for|if)$/.test(clauses[at]?.name ?? ''));
    const rest = (index: number): Node => {
      const from = starts[index];
      const word = from === undefined ? undefined : clauses[from];
      if (from === undefined || word === undefined) return inner();
      if (index >= loopsMax) return ir.hole(at);
      const end = starts[index + 1] ?? clauses.length;
      const part = clauses.slice(from + 1, end);
      if (word.name === 'if') return ir.branch(at, this.values(part, at), rest(index + 1));
      const inAt = part.findIndex(({ name }) => name === 'in');
      const over = this.values(part.slice(inAt + 1), at);
      return this.each(part.slice(0, inAt), over, at, () => rest(index + 1));
    };
    const start: Node = isRecord
      ? { ...at, kind: 'record', entries: [] }
      : { ...at, kind: 'list', items: [] };
    return ir.seq(at, [ir.set(at, held, start), rest(0), held]);
  }

  protected each(targets: readonly PyNode[], over: Node, at: Extent, body: () => Node): Node {
    const [only] = targets;
    const slot = targets.length === 1 && only !== undefined ? this.slot(only) : undefined;
    const to = slot ?? this.held(at);
    const takes = slot === undefined ? [this.assignAll(targets, to, at)] : [];
    // A record gives its keys.
    return {
      ...at,
      kind: 'loop',
      each: { over: ir.callMethod(at, over, '__iter__', []), to: [to] },
      body: ir.seq(at, [...takes, body()]),
    };
  }

  // ---- statements ----
}
