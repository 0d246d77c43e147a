/**
 * Texts that code puts together, as pieces: what each piece is, where its letters stand in the
 * source, and which nodes of the flow graph it carries. Which part of an address says the host, and
 * where a program inside a text stands, follow from the pieces.
 */

import { detailCharsMax, foldedCharsMax } from '../fact/shared-limits.ts';
import type { OffsetMap } from '../fact/source.ts';
import type { Extent } from '../ir/ir.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { changedForGood } from './store.ts';

export interface TextPiece {
  /** `unknownPart` where the text is not known. */
  readonly text: string;
  /** Where it stands in the source, letter by letter. */
  readonly raw: number | undefined;
  /** It was computed of what stands there. */
  readonly isFixed?: true;
  readonly nodes: readonly string[];
}

const piecesMax = 256;

/** Letters of a buffer that is changed letter by letter: each change copies it. */
const bufferMax = 4_096;

export class Text {
  pieces: readonly TextPiece[];
  readonly length: number;
  #whole: string | undefined;
  #nodes: readonly string[] | undefined;
  readonly isBuffer: boolean;
  /** Bytes that were changed one by one say something else than what is written. */
  isChanged = false;

  constructor(pieces: readonly TextPiece[], isBuffer = false) {
    this.pieces = pieces;
    this.isBuffer = isBuffer;
    this.length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  }

  static of(text: string, raw?: number, nodes: readonly string[] = []): Text {
    return new Text([{ text, raw, nodes }]);
  }

  /** Bytes that the program may change: whoever has them sees it, by whatever name. */
  buffer(): Text {
    return new Text(this.pieces, true);
  }

  /** Changes a buffer: at one place to a letter, else to what is not known. */
  overwrite(nodes: readonly string[], at?: number, letter = unknownPart): void {
    if (!this.isBuffer) return;
    changedForGood();
    const { whole } = this;
    const isPlace = at !== undefined && at >= 0 && at < whole.length && whole.length < bufferMax;
    const text = isPlace ? `${whole.slice(0, at)}${letter}${whole.slice(at + 1)}` : unknownPart;
    this.pieces = [{ text, raw: undefined, nodes: [...this.nodes, ...nodes] }];
    this.#whole = undefined;
    this.#nodes = undefined;
    this.isChanged ||= isPlace;
  }

  /** Becomes another text, where it may be changed. */
  become({ pieces }: Text): void {
    if (!this.isBuffer) return;
    changedForGood();
    this.pieces = pieces;
    this.#whole = undefined;
    this.#nodes = undefined;
  }

  /** Adds data to a buffer whose letters stay: a query to an address. */
  carry(nodes: readonly string[]): void {
    const last = this.pieces.at(-1);
    if (!this.isBuffer || nodes.length === 0 || last === undefined) return;
    changedForGood();
    this.pieces = [...this.pieces.slice(0, -1), { ...last, nodes: [...last.nodes, ...nodes] }];
    this.#nodes = undefined;
  }

  /** The text, with `unknownPart` for each part that is not known. */
  get whole(): string {
    this.#whole ??= this.pieces.map(({ text }) => text).join('');
    return this.#whole;
  }

  get isKnown(): boolean {
    return this.pieces.every(({ text }) => !text.includes(unknownPart));
  }

  /** Whether the letters stand in the source as one piece. */
  get isPlain(): boolean {
    const [only] = this.pieces;
    return this.pieces.length === 1 && only?.raw !== undefined && only.isFixed !== true;
  }

  get nodes(): readonly string[] {
    this.#nodes ??=
      this.pieces.length === 1
        ? (this.pieces[0]?.nodes ?? [])
        : this.pieces.flatMap(({ nodes }) => nodes);
    return this.#nodes;
  }

  /**
   * Where the letters of a program inside the text stand; `otherwise` is the place of the rest, and
   * of what stands outside `within`.
   */
  mapFrom(otherwise: number, within?: Extent): OffsetMap {
    let at = 0;
    const map = this.pieces.map(({ text, raw, isFixed }) => {
      const isThere =
        raw !== undefined && (within === undefined || (raw >= within.start && raw < within.end));
      const isExact = isThere && isFixed !== true;
      const place = isThere ? raw : otherwise;
      const piece = { at, raw: place, ...(!isExact && { fixed: true as const }) };
      at += text.length;
      return piece;
    });
    return map.filter((piece, index) => piece.at !== map[index + 1]?.at);
  }

  /** A part of a text, in UTF-16 code units. */
  slice(start: number, end: number): Text {
    const found: TextPiece[] = [];
    let at = 0;
    for (const piece of this.pieces) {
      const from = Math.max(0, start - at);
      const to = Math.min(piece.text.length, end - at);
      if (from < to) {
        const raw = piece.raw === undefined || piece.isFixed ? piece.raw : piece.raw + from;
        found.push({ ...piece, text: piece.text.slice(from, to), raw });
      }
      at += piece.text.length;
    }
    return new Text(found);
  }
}

/** Texts one behind the other. What is too long ends in an unknown part. */
export function concatTexts(texts: readonly Text[]): Text {
  const pieces = joinedPieces(texts.flatMap((text) => text.pieces));
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  if (length > foldedCharsMax) return new Text([cut(pieces)]);
  if (pieces.length <= piecesMax) return new Text(pieces);
  const text = pieces.map((piece) => piece.text).join('');
  return new Text([{ text, raw: undefined, nodes: nodesIn(pieces) }]);
}

// Neighbours that stand nowhere in the source and carry the same data are one piece.
function joinedPieces(pieces: readonly TextPiece[]): readonly TextPiece[] {
  const found: TextPiece[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (piece.text === '') continue;
    if (last === undefined || !isAlike(last, piece)) found.push(piece);
    else found[found.length - 1] = { ...last, text: last.text + piece.text };
  }
  return found;
}

function isAlike(a: TextPiece, b: TextPiece): boolean {
  if (a.raw !== undefined || b.raw !== undefined) return false;
  return a.nodes === b.nodes || (a.nodes.length === 0 && b.nodes.length === 0);
}

function cut(pieces: readonly TextPiece[]): TextPiece {
  let text = '';
  for (const piece of pieces) {
    text += piece.text;
    if (text.length > detailCharsMax) break;
  }
  const nodes = nodesIn(pieces);
  return { text: `${text.slice(0, detailCharsMax)}${unknownPart}`, raw: undefined, nodes };
}

function nodesIn(pieces: readonly TextPiece[]): readonly string[] {
  return [...new Set(pieces.flatMap(({ nodes }) => nodes))];
}

/**
 * The nodes of those pieces of an address that may say its host: the ones before the first slash
 * behind its scheme.
 */
export function leadingNodes({ pieces }: Text): readonly string[] {
  const nodes: string[] = [];
  let before = '';
  for (const piece of pieces) {
    if (hostEnds(before)) break;
    nodes.push(...piece.nodes);
    before += piece.text;
  }
  return nodes;
}

/**
 * Whether an address has more than its host. `//` begins a host as a scheme does; what is not known
 * may hold the slash, or not.
 */
export function hostEnds(text: string): boolean {
  return /[/?#]/.test(text.replace(/^([\w+.-]{1,20}:|\0)?\/\//, ''));
}
