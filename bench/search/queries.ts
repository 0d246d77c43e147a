/** The labelled queries of the search benchmark. bench/search.md says how they were made. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Grades } from './measures.ts';

export type Half = 'open' | 'frozen';

/** 2: the skill is for this task. 1: it does the task among others, or a part of it. 0: neither. */
type Grade = 0 | 1 | 2;

export interface LabelledQuery {
  readonly id: string;
  readonly kind: string;
  readonly query: string;
  /** The digest of the description that the query was written for. */
  readonly drawn: string;
  /** By digest: the grade of the first pass, of the second pass, and the one that counts. */
  readonly labels: Readonly<Record<string, readonly [first: Grade, second: Grade, final: Grade]>>;
  /** The digests that both passes judged 0. */
  readonly irrelevant: readonly string[];
}

const files: Readonly<Record<Half, URL>> = {
  open: new URL('./open-queries.jsonl', import.meta.url),
  frozen: new URL('./frozen-queries.jsonl', import.meta.url),
};

/**
 * The queries of a half. The first line of a file is a note for people. The texts of the frozen
 * half are in base64: nobody reads them by accident, such as in the output of grep.
 */
export function readQueries(half: Half): LabelledQuery[] {
  const lines = readFileSync(files[half], 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const written = JSON.parse(line) as LabelledQuery;
    if (half === 'open') return written;
    return { ...written, query: Buffer.from(written.query, 'base64').toString('utf8') };
  });
}

/** The half of all queries that were written for one description. */
export function halfOf(drawn: string): Half {
  const byte = createHash('sha256').update(`half:${drawn}`).digest().at(-1) ?? 0;
  return byte % 2 === 0 ? 'open' : 'frozen';
}

export function gradesOf({ labels }: LabelledQuery): Grades {
  return new Map(Object.entries(labels).map(([digest, [, , final]]) => [digest, final]));
}

/** The judgements of both passes, in pairs. */
export function passesOf(queries: readonly LabelledQuery[]): (readonly [number, number])[] {
  return queries.flatMap(({ labels, irrelevant }) => [
    ...Object.values(labels).map(([first, second]) => [first, second] as const),
    ...irrelevant.map(() => [0, 0] as const),
  ]);
}

export function isJudged({ labels, irrelevant }: LabelledQuery, digest: string): boolean {
  return Object.hasOwn(labels, digest) || irrelevant.includes(digest);
}
