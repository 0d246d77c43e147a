/**
 * Turns the changed paths of a run into audit entries. Few paths get one entry each. Many paths get
 * one entry together, which names a file with the list of paths. Pure.
 */
import { digestOf } from '../../skill/digest.ts';
import type { AuditEvent, FileChange } from '../audit/audit-entry.ts';
import type { LeftBehind } from './changes.ts';

export type PathsOfRun =
  | { readonly of: 'change'; readonly paths: readonly FileChange[] }
  | { readonly of: 'cleanup'; readonly paths: readonly LeftBehind[] };

/** All changed paths as JSON lines, and the audit entry that stands for them. */
export interface PathSet {
  readonly bytes: Uint8Array;
  readonly event: Extract<AuditEvent, { event: 'paths' }>;
}

/** @param most the highest number of paths that get an entry each */
export function pathEventsOf(
  { of, paths }: PathsOfRun,
  most: number,
): readonly AuditEvent[] | PathSet {
  const [first] = paths;
  if (first === undefined) return [];
  if (paths.length <= most)
    return of === 'change'
      ? paths.map((one) => ({ event: of, ...one }))
      : paths.map((one) => ({ event: of, ...one }));
  const bytes = Buffer.from(paths.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return {
    bytes,
    event: { event: 'paths', of, count: paths.length, first: first.path, digest: digestOf(bytes) },
  };
}
