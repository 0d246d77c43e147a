import { describe, expect, it } from 'vitest';
import { leaveInMailbox } from '../../../cli/holds/mailbox-hand.ts';
import { separationRows } from '../../../cli/holds/separation.ts';
import { createKeyFile, publicKeyOf } from '../../../cli/signing/key-file.ts';
import { newHold } from '../../../skills-index/run/holds/hold.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { folderWith } from '../temporary-folder.ts';

describe('an approver whose entry in host policy is from before there were mailbox keys', () => {
  const approver = async () => {
    const key = await createKeyFile(`${folderWith()}/mira.json`, undefined, 'mira');
    return { name: 'mira', key: publicKeyOf(key) };
  };
  const policyOf = (approvers: Awaited<ReturnType<typeof approver>>[]) => ({
    ...emptyHostPolicy,
    file: '/etc/passwd',
    mailbox: 'https://registry.example',
    approvers,
  });

  it('gets no copy of a hold, and the run says so with the line to type', async () => {
    const requests: unknown[] = [];
    const lines: string[] = [];
    const home = folderWith();
    const paths = { config: home, data: home, cache: home, state: home };
    const refusing: typeof fetch = async (input) => {
      requests.push(input);
      return Response.json({ ok: true });
    };
    const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
    const about = {
      kind: 'egress',
      what: 'POST api.crm.example:443/',
      scope: digestOf('scope'),
    } as const;
    const material = { now: new Date(), nonce: 'ab'.repeat(16), holder: '1 1' };
    const hold = newHold(subject, { rule: 'posts', seconds: 60, reason: '' }, about, material);
    const world = {
      env: {},
      paths,
      fetch: refusing,
      now: () => new Date(),
      signal: new AbortController().signal,
    };
    leaveInMailbox(world, policyOf([await approver()]), hold, (line) => lines.push(line));
    expect(lines).toEqual([
      expect.stringMatching(/approver mira gets no copy of this hold.*skillgate key approver$/),
    ]);
    expect(requests).toEqual([]);
  });

  it('has a row in doctor where there is a mailbox, and none where there is none', async () => {
    const policy = policyOf([await approver()]);
    const named = (name: string, of: Parameters<typeof separationRows>[0]) =>
      separationRows(of, 1_000).filter((row) => row.name === name);
    expect(named('mailbox of mira', policy)).toEqual([
      expect.objectContaining({
        holds: false,
        detail: expect.stringContaining('names no mailbox key'),
        type: expect.stringContaining('key approver mira'),
      }),
    ]);
    const { mailbox: _, ...without } = policy;
    expect(named('mailbox of mira', without)).toEqual([]);
    const complete = policy.approvers.map((one) => ({
      ...one,
      mailboxKey: { spki: 'AAAA', signature: 'AAAA' },
    }));
    expect(named('mailbox of mira', { ...policy, approvers: complete })).toEqual([]);
  });
});
