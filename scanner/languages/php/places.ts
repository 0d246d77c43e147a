/** Variables, fields and items of PHP: what they stand for, and how they get a value. */
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, Node, NodeOf, Operator, Slot } from '../../ir/ir.ts';
import { own } from '../../lookup-tables/api.ts';
import {
  child,
  children,
  type Parsed,
  PhpNames,
  type PhpTree,
  partsOf,
  placeOf,
  Survey,
  textIn,
} from './parse.ts';

/** Trees inside one another; the engine and this file call themselves for each. */
const depthMax = 250;

/** The variables of a function, or of the top of the file. */
export interface PhpScope {
  /** What stands for a variable: a parameter, a global, or what it is a reference to. */
  readonly aliases: Map<string, Node>;
  /** Variables and fields that were given a value above. */
  readonly given: Set<string>;
  /** The variables around, which an arrow function sees. */
  readonly around?: PhpScope | undefined;
}

export function newScope(around?: PhpScope): PhpScope {
  return { aliases: new Map(), given: new Set(), around };
}

export type Form = (tree: PhpTree, at: Extent) => Node;

const places = /^(variable|(nullsafe)?propertylookup|staticlookup|offsetlookup)$/;

/** PhpPlaces that are remembered as given: short, and nothing is done in them. */
const isSimple = /^[^(=+-]{1,100}(->[^(=+-]{1,100})?$/;

/** Lowers places; the forms of all trees are those of the class that extends it. */
export abstract class PhpPlaces {
  protected readonly text: string;
  protected readonly steps: Steps;
  protected readonly unread: Parsed['unread'];
  protected readonly survey: Survey;
  protected readonly top = newScope();
  protected readonly names: PhpNames;
  /** Named functions, wherever they stand. */
  protected readonly functions: Node[] = [];
  protected classes: Node[] = [];
  protected scope = this.top;
  /** The class around; none in a trait, which is part of the classes that use it. */
  protected owner: string | undefined;
  protected depth = 0;
  protected isTooDeep = false;
  protected count = 0;

  constructor(text: string, steps: Steps, unread: Parsed['unread'], root: PhpTree) {
    this.text = text;
    this.steps = steps;
    this.unread = unread;
    this.survey = new Survey(root, steps);
    this.names = new PhpNames(this.survey.functions);
  }

  protected abstract readonly forms: Readonly<Record<string, Form>>;

  protected at(tree: PhpTree): Extent {
    return placeOf(tree, this.text.length);
  }

  protected lower(tree: PhpTree): Node {
    this.steps.take();
    const at = this.at(tree);
    if (this.depth >= depthMax) {
      if (!this.isTooDeep) this.unread.push({ at: at.start, reason: 'it is nested too deeply' });
      this.isTooDeep = true;
      return ir.hole(at);
    }
    this.depth += 1;
    const node = (own(this.forms, tree.kind.replace('nullsafe', '')) ?? this.other)(tree, at);
    this.depth -= 1;
    return node;
  }

  protected part(tree: PhpTree, field: string): Node {
    const part = child(tree, field);
    return part === undefined ? ir.constant(this.at(tree), null) : this.lower(part);
  }

  protected all(tree: PhpTree, field: string): readonly Node[] {
    return children(tree, field).map((one) => this.lower(one));
  }

  // A tree without a form has no effect of its own: its parts are evaluated.
  protected readonly other: Form = (tree, at) => {
    const parts = partsOf(tree).map((part) => this.lower(part));
    return parts.length > 1 ? ir.hole(at, parts) : ir.seq(at, parts);
  };

  // The class that `self`, `static`, a name or a value stands for.
  protected classOf(tree: PhpTree | undefined): Node {
    if (tree === undefined) return ir.hole({ start: 0, end: 0 });
    const at = this.at(tree);
    if (tree.kind === 'name') return ir.global(at, this.names.class(tree));
    if (!/^(self|static)reference$/.test(tree.kind)) return this.lower(tree);
    return this.owner === undefined ? { ...at, kind: 'self' } : ir.global(at, this.owner);
  }

  protected memberName(tree: PhpTree): string | Node {
    const isWritten = child(tree, 'offset')?.kind === 'identifier';
    return isWritten ? textIn(tree, 'offset') : this.part(tree, 'offset');
  }

  protected variable(tree: PhpTree, at: Extent): Node {
    const name = textIn(tree, 'name');
    if (typeof tree.name !== 'string') return ir.hole(at, this.all(tree, 'name'));
    if (name === 'this') return { ...at, kind: 'self' };
    if (isEnvironment(tree)) return ir.callOf(at, '$_env', []);
    for (let scope: PhpScope | undefined = this.scope; scope !== undefined; scope = scope.around) {
      const alias = scope.aliases.get(name);
      if (alias !== undefined) return { ...alias, ...at };
      if (scope === this.top && this.survey.shared.has(name)) return ir.global(at, `$${name}`);
    }
    const isGlobal = /^(_(GET|POST|COOKIE|REQUEST|FILES|SESSION)|arg[cv])$/.test(name);
    return isGlobal ? ir.global(at, `$${name}`) : ir.variable(at, name);
  }

  // ---- assignments ----

  protected update(
    left: PhpTree | undefined,
    op: Operator | undefined,
    value: Node,
    at: Extent,
  ): Node {
    const to = this.target(left);
    if (to === undefined) return ir.hole(at, [value]);
    const args = [to, value];
    const from = op === undefined ? ir.hole(at, args) : ir.operation(at, op, args);
    if (/^(var|global)$/.test(to.kind)) return ir.set(at, to, from);
    // The place is evaluated once: what other operators than these make of it is not known.
    const added = op === '.' || op === '+' ? value : ir.hole(at, [value]);
    return { ...at, kind: 'set', to, from: added, how: 'append' };
  }

  // Gives a value to what stands on the left; the value stays that of the whole.
  protected give(left: PhpTree | undefined, from: Node, at: Extent): Node {
    if (left?.kind === 'list' || left?.kind === 'array') {
      const held = this.held(at);
      const sets = children(left, 'items').flatMap((one, index): Node[] => {
        const value = child(one, 'value');
        const key = child(one, 'key');
        if (value === undefined) return [];
        const part = ir.item(at, held, key ? this.lower(key) : ir.constant(at, index));
        return [this.give(value, part, this.at(one))];
      });
      return ir.seq(at, [ir.set(at, held, from), ...sets, held]);
    }
    const before = this.container(left);
    const to = this.target(left);
    if (to === undefined) return ir.hole(at, [...(left ? [this.lower(left)] : []), from]);
    const set = ir.set(at, to, from);
    // Functions of other files may share a variable of the top.
    const isOuter = this.scope === this.top && to.kind === 'var';
    return ir.seq(at, [...before, isOuter ? ir.set(at, ir.global(at, `$${to.name}`), set) : set]);
  }

  // `$a['k'] = v` makes `$a` an array where nothing was given to it above.
  protected container(left: PhpTree | undefined): readonly Node[] {
    const what = left?.kind === 'offsetlookup' ? child(left, 'what') : undefined;
    if (what === undefined || !places.test(what.kind) || isEnvironment(what)) return [];
    const at = this.at(what);
    const written = this.text.slice(at.start, at.end);
    const { given } = this.scope;
    const field = what.kind === 'propertylookup' ? textIn(what, 'offset') : '';
    if (given.has(written) || this.survey.fields.has(field) || !isSimple.test(written)) return [];
    const outer = this.container(what);
    const to = this.target(what);
    given.add(written);
    const from: Node = { ...at, kind: 'record', entries: [] };
    return to ? [...outer, { ...at, kind: 'set', to, from, how: 'default' }] : outer;
  }

  protected target(tree: PhpTree | undefined): Slot | undefined {
    if (tree === undefined || !places.test(tree.kind)) return undefined;
    const at = this.at(tree);
    const what = child(tree, 'what');
    const key = child(tree, 'offset');
    if (tree.kind === 'variable') this.scope.given.add(`$${textIn(tree, 'name')}`);
    if (what !== undefined && key !== undefined && isEnvironment(what))
      return ir.item(at, ir.global(at, '$_env'), this.lower(key));
    const node = this.lower(tree);
    return isSlot(node) ? node : ir.item(at, node);
  }

  protected held(at: Extent): NodeOf<'var'> {
    this.count += 1;
    return ir.variable(at, ` held${this.count}`);
  }
}

export function isEnvironment({ kind, name }: PhpTree): boolean {
  return kind === 'variable' && /^_(ENV|SERVER)$/.test(String(name));
}

export function isSlot(node: Node): node is Slot {
  return /^(var|global|member|item)$/.test(node.kind);
}

// A place whose keys do nothing, and which is no longer than a field of a field.
export function isShort(node: Node, depth = 0): boolean {
  if (node.kind === 'var' || node.kind === 'self' || node.kind === 'global') return true;
  if (depth > 1 || (node.kind !== 'member' && node.kind !== 'item')) return false;
  const key = node.kind === 'member' ? node.name : node.key;
  const isPlain = typeof key !== 'object' || key.kind === 'const';
  return isPlain && isShort(node.of, depth + 1);
}
