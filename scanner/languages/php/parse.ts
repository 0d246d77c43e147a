/** The trees of `php-parser`, read without trust in their shape, and what a file declares. */
import { Engine } from 'php-parser';
import { type Steps, StepsUsedUp } from '../../fact/steps.ts';
import type { Extent } from '../../ir/ir.ts';

export interface PhpTree {
  readonly kind: string;
  readonly [field: string]: unknown;
}

function isTree(value: unknown): value is PhpTree {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** The trees in a field. */
export function children(tree: PhpTree | undefined, field: string): readonly PhpTree[] {
  return [tree?.[field]].flat().filter(isTree);
}

export function child(tree: PhpTree | undefined, field: string): PhpTree | undefined {
  return children(tree, field)[0];
}

/** The trees in all fields. */
export function partsOf(tree: PhpTree): readonly PhpTree[] {
  return Object.values(tree).flat().filter(isTree);
}

/** A field that is a text, or an identifier, whose name counts. */
export function textIn(tree: PhpTree | undefined, field: string): string {
  const value = tree?.[field];
  if (typeof value === 'string') return value;
  return isTree(value) && typeof value.name === 'string' ? value.name : '';
}

export function lowerIn(tree: PhpTree | undefined, field: string): string {
  return textIn(tree, field).toLowerCase();
}

/** Where a tree stands, within the text whatever the parser says. */
export function placeOf(tree: PhpTree, length: number): Extent {
  const { start, end } = (tree.loc ?? {}) as { start?: { offset?: unknown }; end?: typeof start };
  const from = Math.min(Math.max(0, Number(start?.offset) || 0), length);
  return { start: from, end: Math.min(Math.max(from, Number(end?.offset) || 0), length) };
}

export interface Parsed {
  readonly root: PhpTree | undefined;
  readonly unread: { at: number; reason: string }[];
}

/** The parser's work grows with the square of the operators of one expression. */
const operatorsMax = 2_000;
const unreadMax = 100;
/** Trees that the parser makes where it comes no further: of those that end here, or of errors. */
const treesMax = 10_000;
const reasonMax = 120;

/** Parses a file; what the parser skips or cannot read is in `unread`. */
export function parsePhp(text: string, isEmbedded: boolean, steps: Steps): Parsed {
  const parser = { suppressErrors: true, version: 805 };
  try {
    steps.take(Math.ceil(text.length / 64));
    const engine = new Engine({ parser, ast: { withPositions: true, withSource: false } });
    if (hasLongExpression(engine.tokenGetAll(text.includes('<?') ? text : `<?php ${text}`)))
      throw new RangeError();
    endCircles(engine);
    // What `eval` and `php -r` are given is code from its first letter on.
    const isPage = !isEmbedded || /<\?(php\b|=)/i.test(text);
    const parsed: unknown = isPage ? engine.parseCode(text, 'x.php') : engine.parseEval(text);
    const root = isTree(parsed) ? parsed : undefined;
    const errors = children(root, 'errors').slice(0, unreadMax);
    const unread = errors.map((tree) => ({
      at: placeOf(tree, text.length).start,
      reason: textIn(tree, 'message').slice(0, reasonMax),
    }));
    return { root, unread };
  } catch (error) {
    if (error instanceof StepsUsedUp) throw error;
    // Whatever else the parser throws, it could not read the text.
    const isDeep = error instanceof RangeError;
    const reason = isDeep ? 'it is nested too deeply' : String(error).slice(0, reasonMax);
    return { root: undefined, unread: [{ at: 0, reason }] };
  }
}

// Behind some errors the parser goes in circles without an end, and makes a tree in each round.
function endCircles({ parser }: Engine): void {
  const { position } = parser;
  let furthest = -1;
  let count = 0;
  parser.position = () => {
    const here = position.call(parser);
    count = here.offset > furthest ? 0 : count + 1;
    furthest = Math.max(furthest, here.offset);
    if (count > treesMax) throw new Error('the parser comes to no end');
    return here;
  };
}

const operator = /^([-+*/.%&|^<>=!?:~@]|T_(IS_.*|BOOLEAN_.*|LOGICAL_.*|S[LR]|COALESCE|POW|PIPE))$/;

// Operators count for the expression, the argument or the item in which they stand.
function hasLongExpression(tokens: readonly unknown[]): boolean {
  const counts = [0];
  for (const token of tokens) {
    const name = String(Array.isArray(token) ? token[0] : token);
    const count = counts.at(-1) ?? 0;
    if (count > operatorsMax) return true;
    if (/^[([{]$/.test(name)) counts.push(0);
    else if (/^[)\]}]$/.test(name) && counts.length > 1) counts.pop();
    else if (/^[,;]$/.test(name)) counts[counts.length - 1] = 0;
    else if (operator.test(name)) counts[counts.length - 1] = count + 1;
  }
  return false;
}

/** What holds for a whole file, whatever stands above. */
export class Survey {
  /** Functions by their short names, methods that are not static, and fields with a value. */
  readonly functions = new Set<string>();
  readonly methods = new Set<string>();
  readonly fields = new Set<string>();
  /** Parameters that are references: `name.position`, or `#method.position`. */
  readonly references = new Set<string>();
  /** Variables of the top of the file that functions share. */
  readonly shared = new Set<string>();

  constructor(root: PhpTree, steps: Steps) {
    const stack = [root];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      steps.take();
      this.#add(one);
      for (const part of partsOf(one)) stack.push(part);
    }
  }

  #add(tree: PhpTree): void {
    const name = lowerIn(tree, 'name');
    if (tree.kind === 'function') this.functions.add(name);
    if (tree.kind === 'method' && tree.isStatic !== true) this.methods.add(name);
    if (tree.kind === 'property' && child(tree, 'value')) this.fields.add(textIn(tree, 'name'));
    for (const [at, param] of children(tree, 'arguments').entries())
      if (param.byref) this.references.add(`${tree.kind === 'method' ? '#' : ''}${name}.${at}`);
    if (tree.kind === 'global')
      for (const item of children(tree, 'items')) this.shared.add(textIn(item, 'name'));
    if (tree.kind === 'offsetlookup' && textIn(child(tree, 'what'), 'name') === 'GLOBALS')
      this.shared.add(textIn(child(tree, 'offset'), 'value'));
  }
}

/** What the names of a file stand for: `use` gives short names, a namespace long ones. */
export class PhpNames {
  namespace = '';
  /** `function f` or ` class`. */
  readonly #used = new Map<string, string>();
  readonly #functions: ReadonlySet<string>;

  /** `functions`: the short names of those of the file. */
  constructor(functions: ReadonlySet<string>) {
    this.#functions = functions;
  }

  use(group: PhpTree): void {
    const prefix = lowerIn(group, 'name');
    for (const one of children(group, 'items')) {
      const whole = `${prefix}\\${lowerIn(one, 'name')}`.replace(/^\\+/, '');
      const type = textIn(one, 'type') || textIn(group, 'type');
      this.#used.set(`${type} ${lowerIn(one, 'alias') || lastOf(whole)}`, whole);
    }
  }

  /** The whole name of what is declared here. */
  whole(name: string): string {
    return this.namespace === '' ? name : `${this.namespace}\\${name}`;
  }

  class(tree: PhpTree): string {
    const name = lowerIn(tree, 'name');
    if (name.startsWith('\\')) return name.slice(1);
    const [first = '', ...others] = name.split('\\');
    const used = this.#used.get(` ${first}`);
    return used === undefined ? this.whole(name) : [used, ...others].join('\\');
  }

  /** One of the file's namespace, else one without: those of other files are not known here. */
  function(tree: PhpTree): string {
    const name = lowerIn(tree, 'name');
    if (name.includes('\\')) return this.class(tree);
    const isOwn = this.#functions.has(name);
    return this.#used.get(`function ${name}`) ?? (isOwn ? this.whole(name) : name);
  }
}

export function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1);
}
