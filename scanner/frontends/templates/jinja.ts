/**
 * The tags of a template of Jinja as a program of Python. Most of their code is Python; a filter
 * is a method of what it filters, and each tag runs once. What no grammar knows stands on a line of
 * its own, so that the rest is read. Source: "Jinja, Template Designer Documentation".
 */
import { alternativesMax } from '../../fact/shared-limits.ts';
import { leadingName } from '../../fact/source.ts';
import { quoteEnd, type TemplateTag } from './tags.ts';

interface Line {
  readonly text: string;
  /** Where the code of its tag stands in the template. */
  readonly raw: number;
}

/** Lines of Python for tags, and why not all of them are read. Linear in the text. */
export function jinjaPython(tags: readonly TemplateTag[]): {
  readonly lines: readonly Line[];
  readonly unread: string | undefined;
} {
  const lines: Line[] = [];
  const names: Names = { computed: new Set(), any: new Set() };
  let unread: string | undefined;
  // Blocks around that may not run, run more than once, or have names of their own.
  let blocks = 0;
  for (const { open, inside, raw } of tags) {
    const tokens = tokensOf(inside.replace(/^[-+]/, '').replace(/[-+]$/, ''));
    const [word = ''] = tokens;
    const isStatement = open !== '{{';
    const block = word.replace(/^end/, '');
    if (isStatement && blockStart.test(block)) blocks += block === word ? 1 : -1;
    const parts = isStatement ? partsOf(word, tokens.slice(1), blocks > 0, names) : [tokens];
    for (const part of parts) {
      const writer = new Writer(part, names);
      if (writer.isTooDeep) unread = 'a template whose values are nested too deep';
      if (writer.code !== '') lines.push({ text: `${writer.code}\n`, raw });
      if (writer.leaves) lines.push({ text: `_["${leadingName}"]\n`, raw });
    }
  }
  return { lines, unread };
}

/** Names that a template sets. */
interface Names {
  /** To texts that are put together of more than what stands in it. */
  readonly computed: Set<string>;
  /** To what was found by such a text. */
  readonly any: Set<string>;
}

const blockStart = /^(if|for|macro|call|filter|block|with|autoescape|trans)$/;
const isName = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const isText = /^["']./s;

/** Letters of a name. */
const nameMax = 200;

// Splits the code of a tag.
function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const plain = /\s+|[\p{L}_][\p{L}\p{N}_]*|\d+(?:[._]\d+)*|\/\/|\*\*|[<>=!]=|./gsuy;
  for (let at = 0; at < text.length; at = plain.lastIndex) {
    const letter = text[at] ?? '';
    const end = /["']/.test(letter) ? quoteEnd(text, at, letter, false) : -1;
    plain.lastIndex = at;
    const token = end < 0 ? (plain.exec(text)?.[0] ?? letter) : text.slice(at, end + 1);
    plain.lastIndex = at + token.length;
    const written =
      end < 0 && token.length <= nameMax ? token.normalize('NFKC') : token.replace(/\\\r?\n/g, '');
    if (token.trim() !== '') tokens.push(written.replace(/\r?\n/g, '\\n'));
  }
  return tokens;
}

// What a statement evaluates, and the names that it sets: of a loop, to one of the items. In a
// block they may stay what they were.
function partsOf(
  word: string,
  tokens: readonly string[],
  isInBlock: boolean,
  { computed, any }: Names,
): readonly (readonly string[])[] {
  if (/^end|^(else|raw)$/.test(word)) return [];
  const sets = (targets: readonly string[], value: readonly string[], isSure: boolean) => {
    const writer = new Writer(value, { computed, any });
    for (const name of targets.filter((one) => isName.test(one))) {
      // Of many items the engine keeps some.
      if (writer.isComputed || value.length > alternativesMax) computed.add(name);
      if (writer.isAny) any.add(name);
    }
    const kept = isSure ? [] : ['if', '_', 'else', '(', ...targets, ')'];
    const item = word === 'for' ? ['[', '_', ']'] : [];
    return [...targets, '=', '(', ...value, ')', ...item, ...kept];
  };
  const at = tokens.indexOf(word === 'for' ? 'in' : '=');
  if (word === 'for' && at >= 0) {
    const items = tokens.slice(at + 1).filter((one) => one !== 'recursive');
    return [sets(tokens.slice(0, at), items, false)];
  }
  if (word === 'with' || word === 'trans')
    return argumentsIn(tokens).map((part) =>
      part[1] === '=' ? sets(part.slice(0, 1), part.slice(2), false) : part,
    );
  if (word !== 'set') return [tokens];
  if (at >= 0 && !tokens.slice(0, at).includes('|'))
    return [sets(tokens.slice(0, at), tokens.slice(at + 1), !isInBlock)];
  // What a block writes, and its filters.
  const [name = '_'] = tokens;
  computed.add(name);
  return [[name, '=', '_'], tokens];
}

// What stands between commas that are in no brackets.
function argumentsIn(tokens: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (brackets.has(token)) depth += 1;
    if (/^[)\]}]$/.test(token)) depth -= 1;
    if (token === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

const brackets: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);
const infix = /^([-+*/%<>=~]|\/\/|\*\*|[<>=!]=|and|or|in)$/;
// Tests, and operators without what they need.
const operators = /^(not|is|and|or|in|if|else)$/;
const prefix = /^(not|[-+])$/;
// `f(*list)`
const stars = /^\*/;
const comparison = /^([<>=!]=|[<>]|in|is)$/;
// Names of Jinja that are words of Python.
const words =
  /^(as|assert|async|await|break|class|continue|def|del|elif|except|exec|finally|for|from|global|import|lambda|nonlocal|pass|print|raise|return|try|while|with|yield)$/;

/** Filters that are no method: what stands before and behind their arguments. */
const filters: ReadonlyMap<string, readonly [open: string, close?: string]> = new Map([
  ['attr', ['[', ']']],
  ['d', [' or (']],
  ['default', [' or (']],
  ['first', ['.__iter__().__next__(']],
  ['format', [' % (']],
]);
const nameFilters = /^(map|groupby|sort|sum|unique|min|max)$/;
const sameFilters = /^(e|escape|forceescape|list|safe|string)$/;

/** Names of Python's own by which a template leaves what it is given, besides those of programs. */
const leavingNames = /^__(import|mro|bases?|code)__$/;

interface Bracket {
  readonly close: string;
  /** What stands for it. */
  readonly as: string;
  /** Whether what stands before it was found by a name that is put together. */
  readonly wasAny?: boolean;
  /** It gives a member of that. */
  readonly isMember?: boolean;
  /** Its arguments have names that count for nothing. */
  readonly isFilter?: boolean;
  /** How many of its arguments name members of what is filtered. */
  names?: number;
  /** It ends with the argument. */
  readonly isArgument?: boolean;
  /** `a if b` without an `else`. */
  isHalf?: boolean;
  /** A text stands in it, and something else. */
  hasText?: boolean | undefined;
  hasOther?: boolean | undefined;
}

/** Brackets inside one another; Python reads no more. */
const depthMax = 200;

/** Writes the code of one tag. */
class Writer {
  readonly code: string;
  isTooDeep = false;
  /** What is written last was found by a name that is put together. */
  isAny = false;
  /** It reaches more than it is given. */
  leaves = false;
  readonly #names: Names;
  readonly #out: string[] = [];
  readonly #open: [Bracket, ...Bracket[]] = [{ close: '', as: '' }];
  #isOperand = false;
  /** Names are set to it. */
  readonly #isSet: boolean;

  constructor(tokens: readonly string[], names: Names) {
    this.#names = names;
    this.#isSet = tokens.includes('=');
    for (let at = 0; at < tokens.length && !this.isTooDeep; at = this.#token(tokens, at));
    while (this.#open.length > 1) this.#close();
    this.#finish();
    this.code = this.#out.join('').trim();
  }

  /** It is a text that is put together of more than what stands in it. */
  get isComputed(): boolean | undefined {
    const { hasText, hasOther } = this.#open[0];
    return hasText && hasOther;
  }

  get #top(): Bracket {
    return this.#open.at(-1) ?? this.#open[0];
  }

  #put(text: string, isEnd = false): void {
    if (!this.#isOperand) this.isAny = false;
    this.#out.push(text);
    this.#isOperand = isEnd;
  }

  #finish(): void {
    if (!this.#isOperand && /[^[({,:\s]\s*$/.test(this.#out.at(-1) ?? '')) this.#put('None', true);
    if (this.#top.isHalf) this.#put(' else None', true);
    this.#top.isHalf = false;
  }

  #separate(): void {
    this.#finish();
    if (this.#isOperand) this.#put(this.#open.length > 1 ? ', ' : '\n');
  }

  #begin(written: string, bracket: Bracket): void {
    const isBehind = this.#isOperand;
    if (isBehind && this.isAny && written === '(') this.leaves = true;
    this.#put(written);
    this.#top.hasOther ||= isBehind;
    this.#open.push({ ...bracket, ...(isBehind && { wasAny: this.isAny }) });
    this.isTooDeep ||= this.#open.length > depthMax;
    this.#beginName();
  }

  #beginName(): void {
    const { names = 0 } = this.#top;
    this.#top.names = names - 1;
    if (names > 0) this.#begin('_[', { close: '', as: ']', isArgument: true });
  }

  #close(): void {
    this.#finish();
    const { as, wasAny, isMember, hasText, hasOther } = this.#open.pop() ?? this.#top;
    this.#put(as, true);
    if (wasAny !== undefined) this.isAny = wasAny || (isMember && hasText && hasOther) === true;
    // A key, or what a call is given, is no part of the text.
    if (wasAny !== undefined || as === '}') return;
    this.#top.hasText ||= hasText;
    this.#top.hasOther ||= hasOther;
  }

  // Writes one token, or two that belong together; gives the place of the next.
  #token(tokens: readonly string[], at: number): number {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1] ?? '';
    const isOperand = this.#isOperand;
    if (/^[,)\]}]$/.test(token) && this.#top.isArgument) this.#close();
    const bracket = brackets.get(token);
    if (isOperand && token === '|' && isName.test(next))
      return at + this.#filter(next, tokens[at + 2] === '(');
    if (isOperand && token === '.' && /^[\p{L}\d_]/u.test(next)) {
      this.#member(next);
      return at + 2;
    }
    if ((this.#top.isArgument || this.#top.isFilter) && isName.test(token) && next === '=')
      return at + 2;
    if (bracket !== undefined) {
      if (isOperand && token === '{') this.#separate();
      this.#top.hasOther ||= infix.test(tokens[at - 1] ?? '');
      this.#begin(token, { close: bracket, as: bracket, isMember: isOperand && token === '[' });
    } else if (token === this.#top.close) {
      this.#close();
    } else if (token === ',' && this.#open.length === 1 && !this.#isSet) {
      this.#separate();
    } else if (token === ',' || (token === ':' && this.#open.length > 1)) {
      this.#finish();
      // `[::-1]`
      if (this.#isOperand || (token === ':' && this.#out.at(-2) !== ': ')) this.#put(`${token} `);
      if (token === ',') this.#beginName();
    } else if (isOperand && token === 'if') {
      this.#put(' if ');
      this.#top.isHalf = true;
    } else if (token === 'else' && this.#top.isHalf) {
      this.#put(' else ');
      this.#top.isHalf = false;
    } else if (isOperand && token === 'not' && next === 'in') {
      this.#put(' not in ');
      return at + 2;
    } else if (isOperand && infix.test(token)) {
      this.#top.hasOther ||= /^[%*]$/.test(token);
      this.#put(token === '~' ? ' + ' : ` ${token} `);
    } else if (prefix.test(token)) {
      if (isOperand) this.#separate();
      this.#put(token === 'not' ? 'not ' : token);
    } else if (stars.test(token) && this.#open.length > 1) {
      if (!this.#top.isMember && !stars.test(this.#out.at(-1) ?? '')) this.#put(token);
    } else if (/^["'].|^[\p{L}\d_]/su.test(token) && !operators.test(token)) {
      this.#operand(token, tokens[at - 1] ?? '');
    } else this.#separate();
    return at + 1;
  }

  #operand(token: string, before: string): void {
    if (this.#isOperand && !(isText.test(token) && isText.test(before))) this.#separate();
    const isComputed = this.#names.computed.has(token);
    this.#top.hasText ||= isComputed || (isText.test(token) && !comparison.test(before));
    this.#top.hasOther ||= isComputed || isName.test(token);
    if (this.#top.isMember && leavingNames.test(token.slice(1, -1))) this.leaves = true;
    this.#put(`${token}${words.test(token) ? '_' : ''}`, true);
    this.isAny ||= this.#names.any.has(token);
  }

  #member(name: string): void {
    if (leavingNames.test(name)) this.leaves = true;
    this.#top.hasOther = true;
    const written = words.test(name) ? `["${name}"]` : `.${name}`;
    // `a.0.1`
    this.#put(isName.test(name) ? written : name.replace(/(\d+)\D?/g, '[$1]'), true);
  }

  // Gives how many tokens were read.
  #filter(name: string, isCalled: boolean): number {
    const isSame = sameFilters.test(name);
    const [open, as = ')'] = filters.get(name) ?? [isSame ? ' or (' : `.${name}(`];
    this.#top.hasOther ||= !isSame;
    const names = nameFilters.test(name)
      ? Number.POSITIVE_INFINITY
      : Number(/^(select|reject)attr$/.test(name));
    if (isCalled)
      this.#begin(open, { close: ')', as, isFilter: true, isMember: as === ']', names });
    else if (!isSame) this.#put(open + as, true);
    return isCalled ? 3 : 2;
  }
}
