import { expect, it } from 'vitest';
import { describeRequest } from '../../../cli/holds/mailbox-desk.ts';
import { type GatedAction, newHold } from '../../../skills-index/run/holds/hold.ts';
import { holdFieldsOf } from '../../../skills-index/run/holds/hold-action.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

it.each<[string, GatedAction, boolean]>([
  ['changes', { kind: 'apply', target: '/w', changes: 1, digest: digestOf('set') }, true],
  ['an installation', { kind: 'install', capabilities: [] }, false],
])('a mailbox says where the content is shown of %s alone', (_, action, isTold) => {
  const subject = {
    run: '0f35d1a0-0000-4000-8000-000000000000',
    agent: 'finance',
    skill: '@acme/pay',
    version: '1.0.0',
  };
  const material = { now: new Date('2026-11-20T12:00:00Z'), nonce: 'ab'.repeat(16), holder: '1 1' };
  const hold = newHold(
    subject,
    { rule: 'apply', seconds: 60, reason: '' },
    holdFieldsOf(action, 'apply', subject, undefined),
    material,
  );
  const { text } = describeRequest({ approver: 'ann', hold, host: digestOf('host') });
  expect(text.includes(`can show the changes: skillgate hold show ${hold.id}`)).toBe(isTold);
});
