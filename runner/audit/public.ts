/** What the command line may use of `runner/audit/`. */

export { auditDelayMillis } from '../limits.ts';
export { type Audit, openAudit } from './audit.ts';
export {
  parseLogLine,
  readEntries,
  readLines,
  verifyAuditFile,
} from './audit-file.ts';
export { followLines } from './audit-follow.ts';
export { openAuditKey } from './audit-key.ts';
export { recordRefusal } from './record-refusal.ts';
