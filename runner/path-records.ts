/** What a run did to paths, as the audit log has it: a line each while they are few, else one line and a file beside the log with all of them. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AuditEvent, type FileChange, pathSetName } from '../skills-index/run/audit-entry.ts';
import type { LeftBehind } from '../skills-index/run/changes.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { pathLinesMax } from './limits.ts';
import { writePrivateFile } from './private-file.ts';
import { takeTurns } from './turns.ts';

type PathEvents =
  | { readonly of: 'change'; readonly paths: readonly FileChange[] }
  | { readonly of: 'cleanup'; readonly paths: readonly LeftBehind[] };

/** @param data the folder in which `audit` lies */
export async function recordPaths(data: string, events: PathEvents, record: (event: AuditEvent) => void): Promise<void> {
  const [first] = events.paths;
  if (first === undefined) return;
  if (events.paths.length <= pathLinesMax) {
    if (events.of === 'change') for (const one of events.paths) record({ event: 'change', ...one });
    else for (const one of events.paths) record({ event: 'cleanup', ...one });
    return;
  }
  const turn = takeTurns();
  const lines: string[] = [];
  for (const one of events.paths) {
    await turn();
    lines.push(`${JSON.stringify(one)}\n`);
  }
  const bytes = Buffer.from(lines.join(''));
  const digest = digestOf(bytes);
  // Before its line: a line whose file is missing counts as tampered with.
  writePrivateFile(`${data}/audit/${pathSetName(digest)}`, await promisify(gzip)(bytes));
  record({ event: 'paths', of: events.of, count: events.paths.length, first: first.path, digest });
}
