/**
 * A child of the golden run: `node seen.ts ROOT OPTIONS` scans the cases of one share with the
 * scanner in ROOT, and prints for each a line `{"set", "id", "seen"}`.
 */
import { join } from 'node:path';
import type { Fact, Span } from '../../../scanner/fact/fact.ts';
import type * as Scan from '../../../scanner/scan.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import { type Case, caseSets, ownSet } from './cases.ts';
import type { Seen } from './compare.ts';

export interface SeenOptions {
  readonly sets: readonly string[];
  readonly folders: readonly string[];
  /** Each so manieth case of a set. */
  readonly every: number;
  /** The share `part` of `parts`. */
  readonly part: number;
  readonly parts: number;
}

export interface SeenLine {
  readonly set: string;
  readonly id: string;
  readonly seen: readonly Seen[];
  readonly cpuMs: number;
}

const [root = '', options = ''] = process.argv.slice(2);
const { scanWithFacts }: typeof Scan = await import(join(root, 'scanner/scan.ts'));
const { every, folders, part, parts, sets }: SeenOptions = JSON.parse(options);
for (const set of sets) {
  const step = set === ownSet ? 1 : every;
  let at = 0;
  for await (const one of caseSets(folders)[set]?.() ?? []) {
    const index = at++;
    if (index % step !== 0 || (index / step) % parts !== part) continue;
    const before = process.cpuUsage();
    const seen = await seenIn(one);
    const { system, user } = process.cpuUsage(before);
    const line: SeenLine = { set, id: one.id, seen, cpuMs: (system + user) / 1_000 };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

async function seenIn({ files }: Case): Promise<Seen[]> {
  try {
    const { facts, report } = await scanWithFacts(files);
    return [
      { what: `verdict ${report.verdict}`, place: '' },
      ...report.findings.map(seenFinding),
      ...report.coverage.files.map(({ disposition, path }) => ({
        what: `coverage ${disposition}`,
        place: path,
      })),
      ...facts.filter(({ kind }) => kind !== 'text').map(seenFact),
    ];
  } catch (cause) {
    return [{ what: `crash ${String(cause)}`, place: '' }];
  }
}

function seenFinding({ column, line, message, path, rule, severity }: Finding): Seen {
  return { what: `finding ${rule} ${severity}: ${message}`, place: `${path}:${line}:${column}` };
}

function seenFact({ span, ...fact }: Fact): Seen {
  const bare = fact.kind === 'flow' ? { ...fact, steps: fact.steps.map(({ note }) => note) } : fact;
  return { what: `${fact.kind} ${JSON.stringify(sorted(bare))}`, place: printSpan(span) };
}

function printSpan({ end, inner = '', path, start }: Span): string {
  return `${path}${inner}:${start}-${end}`;
}

// The order of members says nothing.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
