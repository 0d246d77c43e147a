/** Ruby's own parser, Prism, as WebAssembly: trees and errors with UTF-16 places. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ParseResult } from '@ruby/prism/src/deserialize.js';
import type { Location, Node as Tree } from '@ruby/prism/src/nodes.js';
import { parsePrism } from '@ruby/prism/src/parsePrism.js';
import type { Extent, LoweredProgram } from '../../ir/ir.ts';

export interface ParsedRuby extends Pick<LoweredProgram, 'unread'> {
  /** Absent for a text that the parser gave up on. */
  readonly tree?: Tree;
  /** Where the text behind `__END__` stands. */
  readonly data?: Extent;
  readonly at: (location: Location) => Extent;
}

/** The tree of a text, with all that the parser recovered from errors. */
export function parseRuby(text: string): ParsedRuby {
  const at = placesOf(text);
  try {
    parser ??= makeParser();
    // `false`: a comment that names another encoding counts for nothing, the text is decoded.
    return parsedOf(text, parsePrism(parser, text, { encoding: false }), at);
  } catch (error) {
    parser = undefined;
    const isDeep = error instanceof RangeError || error instanceof wasm.RuntimeError;
    const reason = isDeep ? 'it is nested too deeply' : 'the parser failed';
    return { unread: [{ at: 0, reason }], at };
  }
}

const errorsMax = 16;

function parsedOf(text: string, result: ParseResult, at: ParsedRuby['at']): ParsedRuby {
  const { value, errors } = result;
  const dataLocation: Location | null = result.dataLoc;
  const data = dataLocation === null ? undefined : at(dataLocation);
  const marker = data === undefined ? null : /^__END__\r?\n?/.exec(text.slice(data.start));
  return {
    tree: value,
    at,
    ...(data !== undefined && {
      data: { start: data.start + (marker?.[0].length ?? 0), end: text.length },
    }),
    unread: errors
      .slice(0, errorsMax)
      .map(({ location, message }) => ({ at: at(location).start, reason: message })),
  };
}

// The parser counts bytes of UTF-8.
function placesOf(text: string): ParsedRuby['at'] {
  const size = Buffer.byteLength(text);
  const units = size === text.length ? undefined : unitsOf(text, size);
  const of = (byte: number): number => {
    const inside = Math.max(0, Math.min(byte, size));
    return units?.[inside] ?? inside;
  };
  return ({ startOffset, length }) => ({ start: of(startOffset), end: of(startOffset + length) });
}

function unitsOf(text: string, size: number): Uint32Array {
  const units = new Uint32Array(size + 1);
  let byte = 0;
  for (let unit = 0; unit < text.length; ) {
    const point = text.codePointAt(unit) ?? 0;
    const width = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_00_00 ? 3 : 4;
    units.fill(unit, byte, byte + width);
    byte += width;
    unit += width === 4 ? 2 : 1;
  }
  units[size] = text.length;
  return units;
}

/** What is used of the platform's `WebAssembly`, of which Node's types say nothing. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
  readonly RuntimeError: typeof Error;
}

interface Exports {
  readonly memory: { grow(pages: number): void };
  readonly _initialize: () => void;
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };
let module: object | undefined;
let parser: Exports | undefined;

// The parser reads no clock, file or variable: every import of the system fails.
function makeParser(): Exports {
  module ??= new wasm.Module(readParser());
  const notSupported = 58;
  const system = new Proxy({}, { get: () => () => notSupported });
  const { exports } = new wasm.Instance(module, { wasi_snapshot_preview1: system });
  exports.memory.grow(stackBytes / pageBytes);
  exports._initialize();
  return exports;
}

const pageBytes = 65_536;
/** Deeper than the stack of JavaScript, which so ends first, with an error. */
const stackBytes = 256 * pageBytes;
/** The section of globals up to the first: the stack's pointer, at 164,416. */
const oldStack = [6, 0x8a, 2, 0x27, 0x7f, 1, 0x41, 0xc0, 0x84, 0x0a, 0x0b];

/**
 * The parser's program, with a stack of its own behind its memory. As it is built, 100 nested
 * brackets leave its stack of 64 KiB and overwrite its data: it then loops or gives wrong trees.
 */
function readParser(): Uint8Array {
  const path = createRequire(import.meta.url).resolve('@ruby/prism/src/prism.wasm');
  const bytes = readFileSync(path);
  const from = bytes.indexOf(Buffer.from(oldStack));
  if (from < 0) throw new Error('this build of Prism keeps its stack elsewhere');
  const top = stackBytes + 3 * pageBytes;
  const pointer = [0, 7, 14, 21].map((by) => ((top >> by) & 0x7f) | (by < 21 ? 0x80 : 0));
  const stack = [6, 0x8b, 2, 0x27, 0x7f, 1, 0x41, ...pointer, 0x0b];
  const rest = bytes.subarray(from + oldStack.length);
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(stack), rest]);
}
