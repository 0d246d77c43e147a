import { describe, expect, it } from 'vitest';
import { capabilityRows } from '../../../../registry/desk/version-page/capability-matrix.ts';
import { declared, report } from '../story.ts';

describe('the capability matrix', () => {
  const rows = capabilityRows({ ...report().capabilities, approvedBefore: undefined });

  it('shows the undeclared first, then what is used, then what was never seen', () => {
    expect(rows.map(({ use, kind, text }) => `${use}: ${kind} ${text}`)).toEqual([
      'undeclared: env * (every variable)',
      'undeclared: egress POST hxxp://usage[.]stranger[.]example/v1/count',
      'used: env TZ',
      'used: secret CRM_TOKEN as bearer to api.crm.example',
      'used: egress GET hxxps://api[.]crm[.]example/v2/*',
      'used: mount rw workspace:reports at /reports',
      'unused: exec git',
    ]);
  });

  it('marks what the last approved version did not have', () => {
    const approvedBefore = { ...declared, exec: [] };
    const added = capabilityRows({ ...report().capabilities, approvedBefore }).filter(
      (row) => row.added,
    );
    expect(added.map((row) => row.text)).toEqual([
      '* (every variable)',
      'POST hxxp://usage[.]stranger[.]example/v1/count',
      'git',
    ]);
    expect(rows.every((row) => row.added === undefined)).toBe(true);
  });
});
