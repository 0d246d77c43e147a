/**
 * Texts cut and changed by regular expressions, as far as matching cannot be slow. What an
 * expression that is not matched here makes of a path may be anything, or a file beside it: without
 * its ending, the path of a public key is that of the private key.
 */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { boundedPattern, filesBeside } from '../../../programs/bounded-pattern.ts';
import { isWhole, type JsValue, text, textOr, unionOf, unknown } from './values.ts';

type Pattern = Extract<JsValue, { kind: 'pattern' }>;

/** `/…/gi` as it is written. */
export function patternWritten(written: string): JsValue {
  const end = written.lastIndexOf('/');
  return { kind: 'pattern', source: written.slice(1, end), flags: written.slice(end + 1) };
}

/** `new RegExp(source, flags)`; undefined where they are not known. */
export function patternOf(
  source: JsValue | undefined,
  flags: JsValue | undefined,
): JsValue | undefined {
  if (source === undefined || source.kind === 'pattern') return source;
  return isWhole(source)
    ? { kind: 'pattern', source: source.text, flags: flags === undefined ? '' : textOr(flags) }
    : undefined;
}

/** `replace` and `replaceAll`. */
export function replaced(
  self: string,
  from: JsValue | undefined,
  to: JsValue | undefined,
  all: boolean,
): JsValue | undefined {
  if (from === undefined || to === undefined) return undefined;
  if (from.kind !== 'pattern' && !isWhole(from)) return undefined;
  if (!isWhole(to)) {
    if (from.kind === 'pattern') return beside(self);
    if (!self.includes(from.text)) return text(self, true);
    return beside(self) ?? text(self.replaceAll(from.text, unknownPart), true);
  }
  if (from.kind === 'pattern') {
    const expression = matched(self, from);
    return expression === undefined ? beside(self) : text(self.replace(expression, to.text), true);
  }
  return text(
    all ? self.replaceAll(from.text, () => to.text) : self.replace(from.text, () => to.text),
    true,
  );
}

/** `split`; undefined where the separator is not known. */
export function splitBy(self: string, separator: JsValue | undefined): JsValue | undefined {
  if (separator === undefined) return undefined;
  if (separator.kind !== 'pattern' && !isWhole(separator)) return undefined;
  const by = separator.kind === 'pattern' ? matched(self, separator) : separator.text;
  return by === undefined ? severalBeside(self) : listOf(self.split(by).slice(0, piecesMax));
}

/** `match` and `exec`: the match, and its groups. */
export function groupsOf(self: string, pattern: JsValue | undefined): JsValue | undefined {
  if (pattern?.kind !== 'pattern') return undefined;
  const expression = matched(self, pattern);
  if (expression === undefined) return severalBeside(self);
  const found = self.match(expression);
  return found === null ? undefined : listOf([...found].slice(0, piecesMax));
}

const piecesMax = 4_096;
// Enough for the groups of an expression.
const placesMax = 10;

function matched(self: string, { source, flags }: Pattern): RegExp | undefined {
  const pattern = boundedPattern(source, flags);
  return pattern !== undefined && self.length <= pattern.lineMax ? pattern.expression : undefined;
}

function listOf(pieces: readonly (string | undefined)[]): JsValue {
  return {
    kind: 'array',
    items: pieces.map((piece) => (piece === undefined ? unknown : text(piece, true))),
  };
}

function severalBeside(path: string): JsValue | undefined {
  const one = beside(path);
  return one === undefined
    ? undefined
    : { kind: 'array', items: Array.from({ length: placesMax }, () => one) };
}

function beside(path: string): JsValue | undefined {
  const files = filesBeside(path);
  return files === undefined ? undefined : unionOf([text(files, true), unknown]);
}
