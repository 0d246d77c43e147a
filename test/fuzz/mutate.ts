/** Changes to bytes: what a broken disk, another charset or an attacker would do. */
import type { Random } from './random.ts';

/** Some changes, one after the other. */
export function mutate(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  let changed = bytes;
  for (let count = 1 + random.size(6); count > 0; count--)
    changed = random.pick(changes)(random, changed, others).subarray(0, bytesMax);
  return changed;
}

const bytesMax = 20_000;
const numbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];

type Change = (random: Random, bytes: Buffer, others: readonly Buffer[]) => Buffer;

const changes: readonly Change[] = [
  (random, bytes) =>
    at(random, bytes, (copy, offset) => {
      copy[offset] = (copy[offset] ?? 0) ^ (1 << random.below(8));
    }),
  (random, bytes) =>
    at(random, bytes, (copy, offset) => {
      copy[offset] = random.below(256);
    }),
  (random, bytes) =>
    at(random, bytes, (copy, offset) => {
      const value = random.pick(numbers);
      if (offset + 4 <= copy.length)
        random.chance(2) ? copy.writeUInt32LE(value, offset) : copy.writeUInt32BE(value, offset);
    }),
  (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  (random, bytes) => cut(bytes, random.below(bytes.length + 1), random.size(50)),
  (random, bytes) => {
    const start = random.below(bytes.length + 1);
    const piece = bytes.subarray(start, start + 1 + random.size(60));
    const times = random.chance(20) ? 1 + random.below(3_000) : 1 + random.size(8);
    return Buffer.concat([
      bytes.subarray(0, start),
      ...Array<Buffer>(times).fill(piece),
      bytes.subarray(start),
    ]);
  },
  (random, bytes, others) => {
    const other = random.pick(others);
    const start = random.below(bytes.length + 1);
    const from = random.below(other.length + 1);
    return Buffer.concat([
      bytes.subarray(0, start),
      other.subarray(from, from + random.size(400)),
      bytes.subarray(start),
    ]);
  },
  (_, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  (_, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r'), 'latin1'),
  (random, bytes) =>
    Buffer.concat([
      Buffer.from(random.pick(['efbbbf', 'fffe', 'feff', 'fffe0000', '00']), 'hex'),
      bytes,
    ]),
  (_, bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (random, bytes) => {
    const start = random.below(bytes.length + 1);
    const pair = random.pick([
      '()',
      '[]',
      '{}',
      '<>',
      '""',
      "''",
      '``',
      '$(',
      '((',
      '[[',
      '> ',
      '- ',
      '"+"',
    ]);
    const depth = random.chance(30) ? 2_000 : 1 + random.size(40);
    return Buffer.concat([
      bytes.subarray(0, start),
      Buffer.from((pair[0] ?? '').repeat(depth)),
      bytes.subarray(start, start + 20),
      Buffer.from((pair[1] ?? '').repeat(depth)),
      bytes.subarray(start),
    ]);
  },
];

function at(random: Random, bytes: Buffer, change: (copy: Buffer, offset: number) => void): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) change(copy, random.below(copy.length));
  return copy;
}

function cut(bytes: Buffer, start: number, length: number): Buffer {
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
}
