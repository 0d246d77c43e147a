/** Parses Python with @lezer/python 1.1, whose few differences from the language are evened out. */
import { NodeSet, NodeType, type Tree } from '@lezer/common';
import { parser as published } from '@lezer/python';

/**
 * Steps for each alternative that a parser tries while it recovers from an error, for each token.
 */
const parserRecoverySteps = 12;

/**
 * Operands of one Python expression `a + b + …`, links of one `a.b().c()…`: more would reach
 * `pythonParserDepthMax`.
 */
const pythonChainMax = 1_600;

/** Characters of what one `with` enters in parentheses. */
const pythonEnteredCharsMax = 4_000;

/** Python itself gives up more than 200 brackets inside one another (MAXLEVEL of its tokenizer). */
const tooDeep = /(?:[([{]\s{0,9}){201}/;

/**
 * The tree of a text, and where reading stopped when it did so before the end: recovering from
 * errors is dear, by the ways that the parser tries and how deep each is, and `take` counts that
 * until it says that it is enough. A NUL is no Python at all.
 */
export function parsePython(
  text: string,
  take: (steps: number) => boolean,
): { tree: Tree; stoppedAt: number | undefined } {
  if (text.includes('\0')) return { tree: parser.parse('('), stoppedAt: undefined };
  const parse = parser.startParse(forParser(text));
  const deep = text.search(tooDeep);
  if (deep >= 0) parse.stopAt(deep);
  const allow = chainsAllowed(parse);
  for (;;) {
    const tree = parse.advance();
    if (tree !== null) return { tree, stoppedAt: parse.stoppedAt ?? undefined };
    allow();
    const ways = waysOf(parse);
    if (parse.stoppedAt !== null || (ways.length <= 1 && !isRecovering(parse))) continue;
    if (!take(ways.reduce((sum, way) => sum + parserRecoverySteps + (way.stack.length >> 4), 0)))
      parse.stopAt(parse.parsedPos);
  }
}

// `a + b + c + …` may be longer than the 300 operands that @lezer/lr lets pass: what it counts
// begins anew, a few times for each place, until one was too long.
function chainsAllowed(parse: object): () => void {
  let start = -1;
  let anew = 0;
  let isOver = false;
  return () => {
    if (!('bigReductionCount' in parse && 'lastBigReductionStart' in parse)) return;
    if (
      typeof parse.bigReductionCount !== 'number' ||
      parse.bigReductionCount < chainCount ||
      isOver
    )
      return;
    anew = parse.lastBigReductionStart === start ? anew + 1 : 1;
    if (typeof parse.lastBigReductionStart === 'number') start = parse.lastBigReductionStart;
    isOver = anew * chainCount >= pythonChainMax;
    if (!isOver) parse.bigReductionCount = 0;
  };
}

const chainCount = 200;

// @lezer/lr 1.4 gives up 300 nodes that begin at one place and end further and further behind, to
// keep trees low, but counts what has no type as a node: the list of a module's statements is such.
// With a type that has no name these are not counted.
const types = [...published.nodeSet.types];
while (types.length < termsMax()) types.push(NodeType.define({ id: types.length }));
const parser = Object.assign(published.configure({}), { nodeSet: new NodeSet(types) });

function termsMax(): number {
  return 'maxTerm' in published && typeof published.maxTerm === 'number'
    ? published.maxTerm + 1
    : 512;
}

// What @lezer/lr 1 keeps of a parse in progress, though its types do not say so.
function waysOf(parse: object): readonly { readonly stack: readonly unknown[] }[] {
  return 'stacks' in parse && Array.isArray(parse.stacks) ? parse.stacks : [];
}

function isRecovering(parse: object): boolean {
  return 'recovering' in parse && typeof parse.recovering === 'number' && parse.recovering > 0;
}

// What @lezer/python 1.1 takes for errors and Python does not, replaced by as many characters:
// `400.,` and `2./x`, `\\\\{{` in a format string, t-strings (PEP 750), decorators that are any
// expression (PEP 614), `print >>f, x` and `1L` of Python 2, `with f() as (a, b):`.
function forParser(text: string): string {
  return plainDecorators(plainEntered(text))
    .replace(/(?<=\b\d+)\.(?=[\s,)\]}:*/%+<>=!&|^;-])/g, ' ')
    .replace(/\\(\{\{|\}\})/g, '\\__')
    .replace(/(?<![\w'"])([rR]?)[tT]([rR]?)(?=['"])/g, '$1f$2')
    .replace(/^([ \t]{0,200}print[ \t]{0,9})>>(?=[ \t]{0,9}[\w.]{1,80}[ \t]{0,9},)/gm, '$1  ')
    .replace(/(?<=\b(0[xX][\da-fA-F]{1,40}|\d{1,40}))[lL]\b/g, ' ')
    .replace(enteredTarget, (target: string, ...rest: readonly unknown[]) =>
      isInComment(text, rest.find((one) => typeof one === 'number') ?? 0, target)
        ? target
        : '_'.repeat(target.length),
    );
}

// `print((# as (`: what stands in the next line is code. No replacement before changes a length.
function isInComment(text: string, at: number, target: string): boolean {
  if (!target.includes('\n')) return false;
  const line = text.slice(Math.max(0, at - 400), at).split('\n');
  return line.length === 1 || line.at(-1)?.includes('#') === true;
}

// The parser knows plain names after `as`; enteredNames reads those of other targets from the text.
// None of them calls anything.
const enteredTarget =
  /(?<=\bas[ \t]{1,9})([([](?:[\p{L}\d_.*,\s]|[([][\p{L}\d_.*,\s]{0,200}[)\]]){1,400}[)\]]|[\p{L}_][\p{L}\d_]{0,200}(?:\.[\p{L}\d_]{1,200}|\[[\p{L}\d_]{1,200}\]){1,9})(?=[ \t]{0,9}[,:)])/gu;

// Where one decorator of several is no dotted name, all of them become `+expression`.
function plainDecorators(text: string): string {
  const loose =
    /^[ \t]{0,200}@(?![ \t]{0,9}[\w.]{1,200}[ \t]{0,9}(\(|\r?$|#|\\))|^[ \t]{0,200}@[ \t]{0,9}lambda\b/;
  if (!/^[ \t]{0,200}@[ \t]{0,9}(\W|[\w.]{1,200}[ \t]{0,9}[^\s(\w.#\\]|lambda\b)/m.test(text))
    return text;
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (!loose.test(line)) return;
    for (let at = index; at >= 0 && /^[ \t]*[@+]/.test(lines[at] ?? ''); at--)
      lines[at] = (lines[at] ?? '').replace('@', '+');
    for (let at = index + 1; /^[ \t]*@/.test(lines[at] ?? ''); at++)
      lines[at] = (lines[at] ?? '').replace('@', '+');
  });
  return lines.join('\n');
}

// `with (open(a) as f, open(b) as g):` (PEP 617), which @lezer/python 1.1 takes for an error.

/**
 * The text with spaces for the parentheses around what a `with` enters, and for the line breaks,
 * the comments and the last comma between them. No length changes. A statement stays an error where
 * Python could end a string at another place than this reader: what one takes for a comment may be
 * code for the other.
 */
function plainEntered(text: string): string {
  if (!text.includes('with')) return text;
  const parts: string[] = [];
  let end = 0;
  for (const head of text.matchAll(opening)) {
    const start = head.index + head[0].length;
    if (start <= end) continue;
    const list = plainList(text.slice(start, start + pythonEnteredCharsMax));
    if (list === undefined) continue;
    parts.push(text.slice(end, start - 1), ' ', list);
    end = start + list.length;
  }
  return end === 0 ? text : `${parts.join('')}${text.slice(end)}`;
}

const opening = /^[ \t]{0,200}(?:async[ \t]{1,9})?with[ \t]{0,9}\(/gm;

// The list and its parenthesis, written plainly; undefined where that is not sure, or where the
// parentheses are those of one expression.
function plainList(rest: string): string | undefined {
  let depth = 0;
  let hasName = false;
  let hasComment = false;
  let hasFields = false;
  for (const { 0: piece, index } of rest.matchAll(pieces)) {
    if (isUnsure(piece)) return undefined;
    hasComment ||= piece.startsWith('#');
    hasFields ||= /^["']/.test(piece) && piece.includes('{');
    hasName ||= depth === 0 && piece === 'as';
    if (/^[([{]$/.test(piece)) depth += 1;
    if (/^[\])}]$/.test(piece)) depth -= 1;
    if (depth >= 0) continue;
    const isList = piece === ')' && hasName && /^[ \t]{0,9}:/.test(rest.slice(index + 1));
    if (!isList || (hasComment && hasFields)) return undefined;
    return `${rest
      .slice(0, index)
      .replace(/#[^\n\r]*|[\n\r]/g, (one) => ' '.repeat(one.length))
      .replace(/,(?=\s*$)/, ' ')} `;
  }
  return undefined;
}

const pieces =
  /\bas\b|[()[\]{}]|#[^\n\r]*|"""|'''|"(?:\\.|[^"\\\n\r])*"?|'(?:\\.|[^'\\\n\r])*'?|\\/g;

// A string over several lines, one without an end, a comment that could end a string, a line that
// goes on.
function isUnsure(piece: string): boolean {
  if (piece.startsWith('#')) return /["']/.test(piece);
  if (/^("""|'''|\\)$/.test(piece)) return true;
  return /^["']/.test(piece) && (piece.length < 2 || !piece.endsWith(piece.charAt(0)));
}
