/** What the tests of the lowerings share: programs of a text, trees in print, and any text. */
import fc from 'fast-check';
import type { TaintSource } from '../../../scanner/fact/source.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import type { LoweredProgram } from '../../../scanner/ir/ir.ts';

export type Lower = (text: string) => LoweredProgram;

export function lowering(
  language: TaintSource['language'],
  lower: (source: TaintSource, steps: Steps) => LoweredProgram,
): Lower {
  const about = { path: 'x', file: 'x', language, context: 'code', depth: 0 } as const;
  return (text) => lower({ ...about, text }, new Steps());
}

interface Printed extends Readonly<Record<string, unknown>> {
  readonly kind?: string;
}

/** A tree as `(kind value …)`, without places and empty parts; short for names and constants. */
export function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { start: _, end: __, raw: ___, kind, captures: ____, ...rest } = value as Printed;
  if (kind === 'const') return JSON.stringify(rest.value);
  if (kind === 'var' || kind === 'global') return String(rest.name);
  const parts = Object.entries(rest).flatMap(([name, one]) =>
    one === true ? [name] : one === undefined ? [] : [printed(one)],
  );
  const all = [...(kind === undefined ? [] : [kind]), ...parts].filter((text) => text !== '');
  return all.length === 1 && kind === undefined ? (all[0] ?? '') : `(${all.join(' ')})`;
}

/** Lowers texts near a valid one, and others; throws where a place is not within the text. */
export function checkAnyText(lower: Lower, valid: string, opening = ''): void {
  const pieces = fc.constantFrom(...(valid.match(/\w+|\s|[^\w\s]/gu) ?? []));
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => opening + parts.join('')),
    fc.nat(valid.length).map((end) => valid.slice(0, end)),
    fc
      .tuple(fc.nat(valid.length), fc.nat(40))
      .map(([from, length]) => valid.slice(0, from) + valid.slice(from + length)),
  );
  fc.assert(
    fc.property(text, (one) => checkPlaces(lower(one), one.length)),
    { numRuns: 500 },
  );
}

function checkPlaces({ body, unread }: LoweredProgram, length: number): void {
  const stack: unknown[] = [body, unread.map(({ at }) => ({ start: at, end: at }))];
  for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const { start = 0, end = length } = one as { start?: number; end?: number };
    if (!(start >= 0 && start <= end && end <= length))
      throw new Error(`a place from ${start} to ${end} of ${length}`);
    for (const value of Object.values(one)) if (typeof value === 'object') stack.push(value ?? 0);
  }
}
