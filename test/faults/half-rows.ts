/** Rows of a database that no state of a registry has: each query finds what was written in part. */

import { predicateTypeNumber } from '../../registry/store/columns/predicate-type-column.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';

/** What each query finds, as `what`. After a start, none finds a row. */
export const halfRows: Readonly<Record<string, string>> = {
  'a version without a publication': `
    SELECT name || '@' || version AS what FROM versions WHERE NOT EXISTS (
      SELECT 1 FROM statements WHERE versionId = versions.id AND predicateType = ${predicateTypeNumber(predicateTypes.publish)})`,
  'a version without a scan job': `
    SELECT name || '@' || version AS what FROM versions
    WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE versionId = versions.id)
    AND NOT EXISTS (SELECT 1 FROM scans WHERE versionId = versions.id)`,
  'a version with two open scan jobs': `
    SELECT versionId AS what FROM jobs WHERE state IN ('waiting', 'leased')
    GROUP BY versionId HAVING count(*) > 1`,
  'a version whose moves are not all in the audit': `
    SELECT name || '@' || version AS what FROM versions WHERE move <> (
      SELECT max(move) FROM audit WHERE versionId = versions.id)`,
  'a version without the list of its blobs': `
    SELECT name || '@' || version AS what FROM versions
    WHERE NOT EXISTS (SELECT 1 FROM version_blobs WHERE versionId = versions.id)`,
  'a blob of a version in the index that has no scope': `
    SELECT name || '@' || version AS what FROM versions JOIN version_blobs ON versionId = id
    WHERE (scope <> 0) <> EXISTS (SELECT 1 FROM index_lines WHERE versionId = versions.id)`,
  'bytes of versions that their sums lack': `
    SELECT 'all bytes' AS what WHERE (SELECT sum(bytes) FROM versions)
    IS NOT (SELECT bytes FROM stored_bytes WHERE owner = '')
    UNION ALL SELECT name FROM versions GROUP BY substr(name, 1, instr(name, '/') - 1)
    HAVING sum(bytes * (status IN ('received', 'scanning', 'in review', 'quarantined'))) IS NOT (
      SELECT waiting FROM stored_bytes WHERE owner = substr(name, 1, instr(name, '/') - 1))`,
  'a blob of a version that is being removed': `
    SELECT removed_blobs.digest AS what FROM removed_blobs JOIN version_blobs
    ON version_blobs.digest = unhex(substr(removed_blobs.digest, 8)) WHERE removedAt IS NULL`,
  'a version in review without a scan': `
    SELECT name || '@' || version AS what FROM versions WHERE status IN ('in review', 'approved')
    AND NOT EXISTS (SELECT 1 FROM scans WHERE versionId = versions.id)`,
  'an approved version without a line of the index': `
    SELECT name || '@' || version AS what FROM versions WHERE status = 'approved'
    AND NOT EXISTS (SELECT 1 FROM index_lines WHERE versionId = versions.id)`,
  'a stop of a publisher that has not reached every version':
    'SELECT publisher AS what FROM pending_stops',
  'a line that its index file lacks': 'SELECT name AS what FROM index_lines WHERE written = 0',
  'a statement without an entry of the log': `
    SELECT logIndex AS what FROM statements
    WHERE NOT EXISTS (SELECT 1 FROM log WHERE "index" = statements.logIndex)`,
  'an entry of the log without a statement': `
    SELECT "index" AS what FROM log
    WHERE NOT EXISTS (SELECT 1 FROM statements WHERE logIndex = log."index")`,
  'a statement without its bundle': 'SELECT logIndex AS what FROM statements WHERE bundle IS NULL',
  'a batch without a checkpoint': `
    SELECT "index" AS what FROM log WHERE laterInBatch = 0 AND note IS NULL AND body <> ''`,
  'a log with a hole': `
    SELECT max("index") AS what FROM log HAVING count(*) <> max("index") + 1`,
  'a row whose evidence is in no segment': `
    SELECT "index" AS what FROM log WHERE body = '' AND NOT EXISTS (
      SELECT 1 FROM log_segments WHERE first <= log."index" AND log."index" < until)
    UNION ALL SELECT logIndex FROM statements WHERE envelope = '' AND NOT EXISTS (
      SELECT 1 FROM log_segments WHERE first <= logIndex AND logIndex < until)`,
  'an entry in a segment whose row has a body': `
    SELECT "index" AS what FROM log JOIN log_segments
    ON first <= "index" AND "index" < until WHERE body <> ''`,
  'segments with a hole': `
    SELECT first AS what FROM log_segments AS one WHERE first <> 0
    AND NOT EXISTS (SELECT 1 FROM log_segments WHERE until = one.first)`,
};
