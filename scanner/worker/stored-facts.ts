/**
 * Facts on disk: one block that every rule needs, one for raw text, one for each kind of fact. Each
 * block is unpacked only on request.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { RuleSet } from '../../skills-index/statement/rule-set.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { SkillFacts } from '../extract.ts';
import type { Fact, FactKind } from '../fact/fact.ts';
import { type FactSelector, selectorsOf } from '../fact/selectors.ts';
import type { TaintSource } from '../fact/source.ts';
import { storedBlockBytesMax } from '../limits.ts';

/** A report and its facts, by the rule set that the report names. */
export interface StoredScan {
  readonly ruleSet: RuleSet;
  readonly report: ScanReport;
  readonly selectors: readonly FactSelector[];
  readonly base: Omit<SkillFacts, 'facts' | 'sources'>;
  facts(kind: FactKind): readonly Fact[];
  sources(): readonly TaintSource[];
}

type Blocks = Record<string, readonly [at: number, length: number]>;

/**
 * Packs a scan. Layout: length of the table (four bytes), the table as JSON, the blocks, each JSON
 * packed by zstd (RFC 8878).
 */
export function packScan(
  { facts, sources, ...base }: SkillFacts,
  report: ScanReport,
  ruleSet: RuleSet,
): Uint8Array {
  const parts: [string, unknown][] = [
    ['base', { base, report, ruleSet, selectors: selectorsOf(facts) }],
    ['source', sources],
    ...Map.groupBy(facts, (fact) => fact.kind),
  ];
  const packed = parts.map(
    ([name, value]) => [name, zstdCompressSync(JSON.stringify(value))] as const,
  );
  const blocks: Blocks = {};
  let at = 0;
  for (const [name, { byteLength }] of packed) {
    blocks[name] = [at, byteLength];
    at += byteLength;
  }
  const table = Buffer.from(JSON.stringify(blocks));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(table.byteLength);
  return Buffer.concat([head, table, ...packed.map(([, bytes]) => bytes)]);
}

/**
 * Reads the output of `packScan`; undefined for other bytes. Blocks are checked on request, so a
 * request can throw.
 */
export function unpackScan(bytes: Uint8Array): StoredScan | undefined {
  try {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const start = 4 + whole.readUInt32BE(0);
    const blocks = JSON.parse(whole.toString('utf8', 4, start)) as Blocks;
    const read = (name: string): unknown => {
      const [at, length] = blocks[name] ?? [0, 0];
      if (length === 0 && name !== 'base') return [];
      const block = whole.subarray(start + at, start + at + length);
      return JSON.parse(
        zstdDecompressSync(block, { maxOutputLength: storedBlockBytesMax }).toString('utf8'),
      );
    };
    const head = read('base') as Pick<StoredScan, 'base' | 'report' | 'ruleSet' | 'selectors'>;
    return {
      ...head,
      facts: (kind) => read(kind) as readonly Fact[],
      sources: () => read('source') as readonly TaintSource[],
    };
  } catch {
    return undefined;
  }
}
