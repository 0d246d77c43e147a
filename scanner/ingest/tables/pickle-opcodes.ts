/** Instructions of pickles. Source: Python's `pickletools.py`, protocols 0 to 5. */

/** A text, a number, or null for a value that names nothing. */
export type PickleArgument = string | number | null;

/**
 * Bytes of a number; a line of a form; a length of so many bytes, and a text or other data of that
 * length.
 */
export type ArgumentForm =
  | number
  | 'none'
  | 'int'
  | 'float'
  | 'quoted'
  | 'unicode'
  | 'line'
  | 'lines'
  | `${'text' | 'data'}${1 | 4 | 8}`;

export interface PickleOpcode {
  readonly name: string;
  readonly argument?: ArgumentForm;
}

type Row = readonly [opcodes: string, name: string, argument?: ArgumentForm];

// `()2` makes a tuple of two values, `()marked` one of all above the mark.
const rows: readonly Row[] = [
  ['(', 'mark'],
  ['0', 'pop'],
  ['1', 'popMark'],
  ['2', 'dup'],
  ['N\x88\x89', 'value', 'none'],
  ['F', 'value', 'float'],
  ['IL', 'value', 'int'],
  ['S', 'value', 'quoted'],
  ['V', 'value', 'unicode'],
  ['P', 'outside', 'line'],
  ['K', 'value', 1],
  ['M', 'value', 2],
  ['J', 'value', 4],
  ['G', 'value', 8],
  ['U\x8c', 'value', 'text1'],
  ['TX', 'value', 'text4'],
  ['\x8d', 'value', 'text8'],
  ['C', 'value', 'text1'],
  ['B', 'value', 'text4'],
  ['\x8e\x96', 'value', 'text8'],
  ['\x8a', 'value', 'data1'],
  ['\x8b', 'value', 'data4'],
  ['\x97', 'value', 'none'],
  ['\x82', 'outside', 1],
  ['\x83', 'outside', 2],
  ['\x84', 'outside', 4],
  ['Q', 'persistent'],
  ['g', 'get', 'line'],
  ['h', 'get', 1],
  ['j', 'get', 4],
  ['p', 'put', 'line'],
  ['q', 'put', 1],
  ['r', 'put', 4],
  ['\x94', 'memoize'],
  ['c', 'import', 'lines'],
  ['\x93', 'stackImport'],
  ['i', 'instance', 'lines'],
  ['o', 'object'],
  ['R\x81', 'call'],
  ['\x92', 'callWithNames'],
  [')', '()0'],
  ['\x85', '()1'],
  ['\x86', '()2'],
  ['\x87', '()3'],
  ['t', '()marked'],
  [']\x8f', '[]0'],
  ['l\x91', '[]marked'],
  ['}', '{}0'],
  ['d', '{}marked'],
  ['a', 'addOne'],
  ['b', 'build'],
  ['s', 'addTwo'],
  ['eu\x90', 'addMarked'],
  ['.', 'stop'],
  ['\x98', 'skip'],
  ['\x80', 'protocol', 1],
  ['\x95', 'skip', 8],
];

/** By the opcode's byte. */
export const pickleOpcodes: readonly (PickleOpcode | undefined)[] = Array.from(
  { length: 256 },
  (_, byte) => {
    const row = rows.find(([opcodes]) => opcodes.includes(String.fromCharCode(byte)));
    return row === undefined
      ? undefined
      : { name: row[1], ...(row[2] !== undefined && { argument: row[2] }) };
  },
);
