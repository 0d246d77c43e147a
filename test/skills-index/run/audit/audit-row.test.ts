import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../../../skills-index/run/audit/audit-row.ts';

const common = {
  schema: 'skillgate.audit/1',
  seq: 0,
  at: '2026-11-20T00:00:00.000Z',
  prev: 'sha256:0',
  run: 'r',
  agent: 'finance',
};

describe('a line of the audit log for people', () => {
  it.each([
    [{ event: 'exit', reason: 'canary', code: null, milliseconds: 5 }, 'exit', 'canary after 5 ms'],
    [
      {
        event: 'changes',
        decision: 'applied',
        digest: 'sha256:1',
        targets: ['/memory', '/workspace'],
      },
      'changes applied',
      '/memory, /workspace: sha256:1',
    ],
    [{ event: 'changes', decision: 'offered', digest: 'sha256:1' }, 'changes offered', 'sha256:1'],
  ])('names the agent, and the mounts that changes are of: %j', (event, word, says) => {
    const row = auditRow({ ...common, ...event } as unknown as AuditEntry);
    expect(row).toEqual([common.at, 'finance', '-', word, says]);
  });
});
