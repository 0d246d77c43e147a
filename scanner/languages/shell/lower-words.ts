/**
 * Words of a shell script: quotes, `$'…'`, variables, expansions, substitutions, arithmetic and
 * braces (Bash manual §3.5). A word is one value where it stands alone, and any number of arguments
 * where it stands in a command.
 */
import {
  type ArithmeticExpression,
  type ParameterExpansionPart,
  type ParameterOperation,
  type ParsedScript,
  parse,
  type Word,
  type WordPart,
} from 'unbash';
import {
  block,
  branch,
  callOf,
  constant,
  global,
  hole,
  operation,
  operators,
  seq,
} from '../../ir/build.ts';
import type { Arg, Extent, Node, Operator } from '../../ir/ir.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { expandBraces } from './braces.ts';

/** A part of a syntax tree, by its place in the text that was parsed. */
export interface Part {
  readonly pos: number;
  readonly end: number;
}

/** What words need to know of the script around them. */
export interface ScriptLowering {
  /** The place of a part in the source. */
  place(part: Part): Extent;
  /** Where letters stand in the source one by one. */
  raw(pos: number): number | undefined;
  /** The commands of a substitution. */
  inner(script: ParsedScript, at: Part): Node;
  /** Words of a text that was computed from the word at a place. */
  again(at: Part): WordLowering;
  take(): void;
}

export class WordLowering {
  readonly #of: ScriptLowering;

  constructor(of: ScriptLowering) {
    this.#of = of;
  }

  /** A word as arguments of a command: braces expanded, unquoted variables split into fields. */
  arguments(word: Word): readonly Arg[] {
    const { parts = [] } = word;
    const braces = this.#braces(word);
    if (braces !== undefined) return braces.map((value) => ({ value }));
    const list = this.#list(parts);
    if (list !== undefined) return [{ value: list, spread: true }];
    if (!parts.some(isUnquoted)) return [{ value: this.word(word) }];
    const pieces = parts.flatMap(piecesOf);
    const mask = pieces.map(({ splits }) => (splits ? 's' : 'q')).join('');
    const at = this.#of.place(word);
    const values = pieces.map(({ part }) => this.#part(part));
    return [{ value: callOf(at, 'fields', [constant(at, mask), ...values]), spread: true }];
  }

  /** A word as one value, as in an assignment or a redirection. */
  word(word: Word): Node {
    this.#of.take();
    if (word.parts !== undefined) return this.parts(word.parts, word);
    return this.written(word.value, word.pos, this.#of.place(word), word.value !== word.text);
  }

  parts(parts: readonly WordPart[], whole: Part): Node {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return this.#part(only);
    return {
      ...this.#of.place(whole),
      kind: 'text',
      parts: parts.map((part) => this.#part(part)),
    };
  }

  /** Text of the script. Its unknown parts have values of whoever built the script. */
  written(text: string, pos: number, at: Extent, isChanged = false): Node {
    const literal = (piece: string, start: number): Node => {
      const raw = isChanged ? undefined : this.#of.raw(start);
      return { ...constant(at, piece), ...(raw !== undefined && { raw }) };
    };
    if (!text.includes(unknownPart)) return literal(text, pos);
    let start = pos;
    const parts = text.split(unknownPart).flatMap((piece, index): Node[] => {
      const known = piece === '' ? [] : [literal(piece, start)];
      start += piece.length + 1;
      return index === 0 ? known : [callOf(at, 'unknown part', []), ...known];
    });
    return { ...at, kind: 'text', parts };
  }

  #part(part: WordPart): Node {
    const at = this.#of.place(part);
    switch (part.type) {
      case 'Literal':
        return this.written(part.value, part.pos, at, part.value !== part.text);
      case 'SingleQuoted':
        return this.written(part.value, part.pos + 1, at);
      case 'AnsiCQuoted':
        return this.written(part.value, part.pos + 2, at, part.text.includes('\\'));
      case 'DoubleQuoted':
      case 'LocaleString':
        return part.parts.length === 0 ? constant(at, '') : this.parts(part.parts, part);
      case 'SimpleExpansion':
        return callOf(at, '$', [constant(at, part.text.slice(1))]);
      case 'ParameterExpansion':
        return this.#expansion('$ expanded', part);
      case 'CommandExpansion': {
        if (part.script === undefined) return hole(at);
        const inner = this.#of.inner(part.script, part);
        return callOf(at, 'substituted', [block(at, inner)]);
      }
      case 'ProcessSubstitution': {
        if (part.script === undefined) return hole(at);
        const inner = this.#of.inner(part.script, part);
        return callOf(at, 'substituted file', [constant(at, part.operator), block(at, inner)]);
      }
      case 'Glob':
      case 'ExtendedGlob':
      case 'BraceExpansion':
        return this.written(part.text, part.pos, at);
      case 'ArithmeticExpansion':
        return this.arithmetic(part.expression, at);
    }
  }

  #expansion(name: string, part: ParameterExpansionPart): Node {
    const at = this.#of.place(part);
    const args: Arg[] = [
      { value: constant(at, part.parameter) },
      { name: 'written', value: constant(at, part.text) },
    ];
    const add = (name: string, value: Node | string | undefined): void => {
      if (value === undefined) return;
      args.push({ name, value: typeof value === 'string' ? constant(at, value) : value });
    };
    add('prefix', part.prefix);
    add('index', part.index && this.word(part.index));
    const { operation: applied } = part;
    if (applied !== undefined) {
      add('does', applied.type);
      add('operator', applied.operator);
      const [first, second] = operandsOf(applied);
      add('operand', first && this.word(first));
      add('other', second && this.word(second));
    }
    return { ...at, kind: 'call', callee: global(at, name), args };
  }

  // Braces are expanded first, so the resulting words are parsed again.
  #braces(word: Word): readonly Node[] | undefined {
    if ((word.parts ?? []).every((part) => part.type !== 'BraceExpansion')) return undefined;
    const texts = expandBraces(word.text);
    if (texts.length === 1 && texts[0] === word.text) return undefined;
    const again = this.#of.again(word);
    return texts.flatMap((text) => {
      this.#of.take();
      const command = parse(`: ${text}`).commands[0]?.command;
      const args = command?.type === 'Command' ? command.args : [];
      return args.flatMap((arg) => (arg.type === 'Word' ? [again.word(arg)] : []));
    });
  }

  // `"$@"` and `"${a[@]}"` are as many words as there are, quoted or not; `"$*"` is one word.
  #list(parts: readonly WordPart[]): Node | undefined {
    const [only, ...more] = parts;
    if (only === undefined || more.length > 0) return undefined;
    const isQuoted = only.type === 'DoubleQuoted';
    const [part, ...rest] = isQuoted ? only.parts : [only];
    if (part === undefined || rest.length > 0) return undefined;
    const at = this.#of.place(part);
    if (part.type === 'SimpleExpansion' && /^\$([@*]|argv)$/.test(part.text)) {
      if (isQuoted && part.text === '$*') return undefined;
      return callOf(at, 'list of $', [constant(at, part.text.slice(1))]);
    }
    if (part.type !== 'ParameterExpansion') return undefined;
    const index = part.index?.text ?? (/^([@*]|argv)$/.test(part.parameter) ? part.parameter : '');
    if (!/^([@*]|argv)$/.test(index) || (isQuoted && index === '*') || part.prefix === '#')
      return undefined;
    return this.#expansion('list of $', part);
  }

  /** The number that an expression gives, with its assignments made. */
  arithmetic(expression: ArithmeticExpression | undefined, at: Extent): Node {
    this.#of.take();
    switch (expression?.type) {
      case 'ArithmeticGroup':
        return this.arithmetic(expression.expression, at);
      case 'ArithmeticWord':
        return callOf(at, 'number', [constant(at, expression.value)]);
      case 'ArithmeticUnary': {
        const { operator, operand, prefix } = expression;
        const value = this.arithmetic(operand, at);
        if (operator === '+') return value;
        if (operator === '!' || operator === '~')
          return operation(at, operator === '!' ? 'not' : '~', [value]);
        if (operator === '-') return operation(at, '-', [constant(at, 0), value]);
        const next = operation(at, operator === '++' ? '+' : '-', [value, constant(at, 1)]);
        const made = this.#assigned(operand, next, at);
        return prefix ? made : callOf(at, 'first of', [value, made]);
      }
      case 'ArithmeticTernary':
        return branch(
          at,
          this.arithmetic(expression.test, at),
          this.arithmetic(expression.consequent, at),
          this.arithmetic(expression.alternate, at),
        );
      case 'ArithmeticBinary': {
        const { operator, left, right } = expression;
        const isAssignment = operator.endsWith('=') && !/^([<>=!]=)$/.test(operator);
        const second = this.arithmetic(right, at);
        if (operator === '=') return this.#assigned(left, second, at);
        const first = this.arithmetic(left, at);
        if (operator === ',') return seq(at, [first, second]);
        const applied = isAssignment ? operator.slice(0, -1) : operator;
        const value = operation(at, operators.get(applied) ?? (applied as Operator), [
          first,
          second,
        ]);
        return isAssignment ? this.#assigned(left, value, at) : value;
      }
      default:
        return hole(at);
    }
  }

  #assigned(to: ArithmeticExpression, value: Node, at: Extent): Node {
    const isName = to.type === 'ArithmeticWord' && /^[A-Za-z_]\w*$/.test(to.value);
    return isName ? callOf(at, 'set number', [constant(at, to.value), value]) : value;
  }
}

function operandsOf(operation: ParameterOperation): readonly (Word | undefined)[] {
  switch (operation.type) {
    case 'Replace':
      return [operation.pattern, operation.replacement];
    case 'Slice':
      return [operation.offset, operation.length];
    case 'Names':
    case 'Unknown':
      return [];
    default:
      return [operation.operand];
  }
}

function isUnquoted({ type }: WordPart): boolean {
  return /^(SimpleExpansion|ParameterExpansion|CommandExpansion)$/.test(type);
}

// `${key:+-H "Authorization: Bearer $key"}` is two words: quotes inside of an unquoted expansion
// hold text together.
function piecesOf(part: WordPart): { part: WordPart; splits: boolean }[] {
  const operation = part.type === 'ParameterExpansion' ? part.operation : undefined;
  const inner =
    operation?.type === 'Default' && operation.operator.endsWith('+')
      ? (operation.operand.parts ?? [])
      : [];
  return inner.some(isQuoted)
    ? inner.map((one) => ({ part: one, splits: !isQuoted(one) }))
    : [{ part, splits: isUnquoted(part) }];
}

function isQuoted({ type }: WordPart): boolean {
  return /Quoted$|^LocaleString$/.test(type);
}
