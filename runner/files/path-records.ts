/**
 * Records which paths a run changed. Above a limit of paths the audit log gets one line, and a file
 * beside the log lists the paths.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AuditEvent, pathSetName } from '../../skills-index/run/audit/audit-entry.ts';
import { type PathsOfRun, pathEventsOf } from '../../skills-index/run/changes/path-events.ts';
import { writePrivateFile } from './private-file.ts';

/**
 * Paths of one run that each get a line of the audit log. For more paths, one line names the digest
 * of a file that lists all paths.
 */
const pathLinesMax = 100;

/**
 * Records the paths that one run changed.
 * @param data the folder that holds `audit`
 */
export async function recordPaths(
  data: string,
  paths: PathsOfRun,
  record: (event: AuditEvent) => void,
): Promise<void> {
  const found = pathEventsOf(paths, pathLinesMax);
  if (!('event' in found)) return found.forEach(record);
  // Write the file of paths before the line that names the file: a line whose file is missing
  // counts as tampered with.
  writePrivateFile(
    `${data}/audit/${pathSetName(found.event.digest)}`,
    await promisify(gzip)(found.bytes),
  );
  record(found.event);
}
