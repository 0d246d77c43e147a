import { describe, expect, it } from 'vitest';
import type { AuditEntry, AuditEvent } from '../../../../skills-index/run/audit/audit-entry.ts';
import { ocsfOf } from '../../../../skills-index/run/audit/ocsf.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const digest = digestOf('x');
const request = {
  event: 'egress',
  host: 'api.crm.example',
  port: 443,
  path: '/v2/deals',
  secrets: [],
} as const;
const entryOf = (event: AuditEvent): AuditEntry => ({
  schema: 'skillgate.audit/1',
  seq: 7,
  at: '2026-01-01T00:00:00.000Z',
  prev: digest,
  run: 'r1',
  agent: 'finance',
  session: 's1',
  skill: '@acme/a',
  version: '1.0.0',
  bundle: digest,
  plan: digest,
  ...event,
});

/** Event, class, activity, disposition, severity: numbers of ocsf-schema 1.9.0-dev. */
const table: readonly (readonly [AuditEvent, number, number, number, number])[] = [
  [
    { event: 'start', command: 'report', why: 'monthly', backend: 'bubblewrap', notes: [] },
    1007,
    1,
    1,
    1,
  ],
  [{ event: 'exit', reason: 'exit', code: 0, milliseconds: 5 }, 1007, 2, 17, 1],
  [{ event: 'exit', reason: 'revoked', code: null, milliseconds: 5 }, 1007, 2, 2, 3],
  [{ event: 'child', name: 'git', arguments: digest, sampled: true }, 1007, 1, 17, 1],
  [{ event: 'call', tool: 'open', path: 'SKILL.md', why: '' }, 6003, 2, 1, 1],
  [{ event: 'call', tool: 'run', command: 'report', why: 'asked' }, 6003, 1, 1, 1],
  [{ event: 'refused', code: 'not-admitted', why: 'revoked' }, 6003, 1, 2, 2],
  [{ ...request, decision: 'allowed', method: 'GET', why: 'a rule' }, 4002, 3, 1, 1],
  [{ ...request, decision: 'allowed', method: 'PROPFIND', why: 'a rule' }, 4002, 99, 1, 1],
  [{ ...request, decision: 'allowed', method: 'CONNECT', why: 'a rule' }, 4001, 1, 1, 1],
  [{ ...request, decision: 'denied', method: 'CONNECT', why: 'host-denied' }, 4001, 5, 2, 2],
  [
    { ...request, decision: 'denied', method: 'POST', why: 'secret-unbound: CRM_TOKEN' },
    4002,
    6,
    2,
    5,
  ],
  [{ ...request, decision: 'denied', method: 'GET', why: 'address-denied' }, 4003, 1, 2, 2],
  [{ event: 'redacted', secret: 'CRM_TOKEN', host: 'api.crm.example' }, 4002, 99, 11, 2],
  [
    { event: 'change', change: 'changed', path: '/reports/a.md', before: digest, after: digest },
    1001,
    3,
    17,
    1,
  ],
  [{ event: 'change', change: 'deleted', path: '/reports/a.md', before: digest }, 1001, 4, 17, 1],
  [{ event: 'cleanup', path: '/reports/l', why: 'a link that leaves' }, 1001, 4, 5, 3],
  [{ event: 'canary', channel: 'body', encoding: 'base64' }, 2004, 1, 19, 5],
  [
    { event: 'incident', rule: 'canary', place: 'paste.example:443', report: digest },
    2004,
    1,
    19,
    5,
  ],
  [{ event: 'checkpoint', size: 6, head: digest, keyId: digest, signature: 'x' }, 6003, 1, 17, 1],
  [{ event: 'recovered', bytes: 9, torn: digest }, 6003, 3, 17, 3],
];

/** Members that a class demands besides those of every event, and of which one is demanded. */
const demanded: Readonly<Record<number, readonly (readonly string[])[]>> = {
  1001: [['actor'], ['device'], ['file']],
  1007: [['actor'], ['device'], ['process']],
  2004: [['finding_info']],
  4001: [['dst_endpoint', 'src_endpoint']],
  4002: [
    ['dst_endpoint', 'src_endpoint'],
    ['http_request', 'http_response'],
  ],
  4003: [['dst_endpoint', 'src_endpoint']],
  6003: [['actor'], ['api'], ['src_endpoint']],
};

describe('an audit entry in OCSF', () => {
  it.each(table)(
    '%o is class %d, activity %d, disposition %d, severity %d',
    (event, type, activity, disposition, severity) => {
      const said = ocsfOf(entryOf(event));
      expect(said).toMatchObject({
        class_uid: type,
        category_uid: Math.floor(type / 1_000),
        activity_id: activity,
        type_uid: type * 100 + activity,
        severity_id: severity,
        disposition_id: disposition,
        time: 1_767_225_600_000,
        metadata: {
          version: '1.9.0-dev',
          product: { name: 'Skillgate' },
          sequence: 7,
          correlation_uid: 'r1',
        },
        ai_agent: { uid: 'finance', instance_uid: 's1' },
        unmapped: {
          skillgate: {
            run: 'r1',
            skill: '@acme/a',
            version: '1.0.0',
            bundle: digest,
            plan: digest,
            prev: digest,
          },
        },
      });
      for (const some of demanded[type] ?? [])
        expect(some.some((name) => said[name] !== undefined)).toBe(true);
    },
  );
});
