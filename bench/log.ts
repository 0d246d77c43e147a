/**
 * What the log costs: appending at sizes far apart, proofs and their checking as it grows, and a
 * statement signed, logged and durable.
 */
import { performance } from 'node:perf_hooks';
import { appendLeaf, inclusionProofFrom, rangeRoot } from '../skills-index/log/compact-range.ts';
import { treeRootFrom } from '../skills-index/log/head-question.ts';
import {
  consistencyProofFrom,
  type Hash,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from '../skills-index/log/merkle-tree.ts';
import {
  answerFrom,
  consistencyQuestion,
  parseHashTile,
  tilePath,
  tilesFor,
} from '../skills-index/log/tile-proof.ts';
import { hashTile } from '../test/skills-index/log/whole-tree.ts';
import { type LargeLog, makeLargeLog } from './large-log.ts';
import { durableRows } from './log-durable.ts';
import { median, quantile } from './measure.ts';
import type { Row } from './row.ts';

const sizes = [10, 1_000, 100_000, 10_000_000] as const;
const appends = 50_000;
const proofs = 300;

export async function logRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const log = makeLargeLog(size);
    if (size >= 100_000) rows.push(appendRow(log));
    rows.push(...proofRows(log));
    if (size >= 100_000) rows.push(tileRow(log));
  }
  return [...rows, ...(await durableRows())];
}

function appendRow({ size, range: before }: LargeLog): Row {
  const entry = Buffer.alloc(600, 7);
  const times: number[] = [];
  let range = before;
  for (let i = 0; i < appends; i++) {
    entry.writeUInt32LE(i);
    const start = performance.now();
    range = appendLeaf(range, leafHash(entry));
    times.push((performance.now() - start) * 1_000);
  }
  const value = quantile(times, 0.99);
  const one = microsOf(() => leafHash(entry));
  return {
    name: `log append at ${named(size)}, entry of 600 bytes, p99`,
    value,
    unit: 'µs',
    against: `its leaf hash, p50 ${one.toPrecision(3)} µs; append p50 ${median(times).toPrecision(3)} µs`,
    ratio: value / one,
    goal: '≤ 50 µs',
    held: value <= 50,
  };
}

function proofRows(log: LargeLog): Row[] {
  const root = rangeRoot(log.range);
  const included = inclusionsOf(log, root);
  const consistent = consistenciesOf(log, root);
  return [
    hashesRow(`inclusion proof in ${named(log.size)}`, log.size, included, 0),
    // RFC 6962 §2.1.2: at most ⌈log₂ n⌉ + 1 hashes.
    hashesRow(`consistency proof to ${named(log.size)}`, log.size, consistent, 1),
  ];
}

interface Checked {
  readonly hashes: number;
  readonly micros: number;
}

function hashesRow(name: string, size: number, checked: readonly Checked[], more: number): Row {
  const most = Math.max(...checked.map((one) => one.hashes));
  const micros = median(checked.map((one) => one.micros));
  const log2 = Math.log2(size);
  return {
    name: `${name}: hashes; checked in ${micros.toPrecision(3)} µs`,
    value: most,
    unit: 'hashes',
    against: `log₂ of the size ${log2.toPrecision(3)}`,
    ratio: most / log2,
    goal: `≤ ⌈log₂⌉${more === 0 ? '' : ` + ${more}`}`,
    held: most <= Math.ceil(log2) + more,
  };
}

function inclusionsOf({ size, nodeAt, leafAt }: LargeLog, root: Hash): Checked[] {
  return Array.from({ length: proofs }, (_, at) => {
    const index = Math.floor(((at + 0.5) / proofs) * size);
    const proof = inclusionProofFrom(index, size, nodeAt);
    const claim = { leaf: leafAt(index), index, size, root, proof };
    return { hashes: proof.length, micros: microsOnce(() => verifyInclusion(claim)) };
  });
}

function consistenciesOf({ size, nodeAt }: LargeLog, root: Hash): Checked[] {
  return Array.from({ length: proofs }, (_, at) => {
    const first = Math.max(1, Math.floor(((at + 0.5) / proofs) * size));
    const proof = consistencyProofFrom(first, size, nodeAt);
    const claim = {
      first: { size: first, root: treeRootFrom(first, nodeAt) },
      second: { size, root },
      proof,
    };
    return { hashes: proof.length, micros: microsOnce(() => verifyConsistency(claim)) };
  });
}

// The proof as a client and a witness make it: from the tiles it needs, each 8 KB at most.
function tileRow({ size, nodeAt }: LargeLog): Row {
  const made = Array.from({ length: 20 }, (_, at) => {
    const question = consistencyQuestion(Math.floor(((at + 0.5) / 20) * size), size);
    const needed = tilesFor(question, size);
    const tiles = new Map(
      needed.map((tile) => [tilePath(tile), parseHashTile(hashTile(tile, nodeAt), tile)]),
    );
    return { tiles: needed.length, micros: microsOnce(() => answerFrom(question, size, tiles)) };
  });
  const most = Math.max(...made.map((one) => one.tiles));
  const levels = Math.ceil(Math.log2(size) / 8);
  const micros = median(made.map((one) => one.micros));
  return {
    name: `consistency proof to ${named(size)} from tiles: tiles; computed in ${micros.toPrecision(3)} µs`,
    value: most,
    unit: 'tiles',
    against: `levels of tiles ${levels}`,
    ratio: most / levels,
    goal: '≤ 2 × levels',
    held: most <= 2 * levels,
  };
}

function microsOnce(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1_000;
}

function microsOf(work: () => unknown): number {
  return median(Array.from({ length: 5_000 }, () => microsOnce(work)));
}

function named(size: number): string {
  return `${size.toLocaleString('en')} leaves`;
}
