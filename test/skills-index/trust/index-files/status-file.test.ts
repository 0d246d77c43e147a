import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { signPayload } from '../../../../skills-index/statement/sign.ts';
import { inTotoPayloadType } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import { signStatus } from '../../../../skills-index/trust/index-files/sign-status.ts';
import {
  newestStatus,
  type Status,
  statusBytesMax,
  statusPayloadType,
  verifyStatus,
} from '../../../../skills-index/trust/index-files/status-file.ts';
import { people, storyNow, storyRoot } from '../../story.ts';
import { TestLog } from '../../story-log.ts';
import { claim, stranger } from '../decision/withheld.ts';

const log = new TestLog('skills.example');
const status: Status = {
  checkpoint: await log.note(),

  issued: '2026-03-02T11:00:00.000Z',
  expires: '2026-03-03T11:00:00.000Z',
};
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const codeOf = (bytes: Uint8Array, now = storyNow, grace = 0): string => {
  try {
    verifyStatus(bytes, storyRoot, now, { graceSeconds: grace });
    return 'verified';
  } catch (cause) {
    return cause instanceof Problem ? cause.code : String(cause);
  }
};

describe('a status file', () => {
  it('is good from when it was issued until it expires, and for the grace that is given', async () => {
    const bytes = bytesOf(await signStatus(status, people.status));
    const issued = Date.parse(status.issued);
    const expires = Date.parse(status.expires);
    expect(verifyStatus(bytes, storyRoot, storyNow)).toEqual(status);
    expect(
      [issued - 301_000, issued - 300_000, expires, expires + 1].map((now) => codeOf(bytes, now)),
    ).toEqual(['status-stale', 'verified', 'verified', 'status-stale']);
    expect(codeOf(bytes, expires + 60_000, 60)).toBe('verified');
  });

  it.each(['registry', 'stranger'] as const)(
    'signed by another key is refused: %s',
    async (who) => {
      expect(codeOf(bytesOf(await signStatus(status, people[who])))).toBe('signature-invalid');
    },
  );

  it('signed as something else is refused', async () => {
    const payload = Buffer.from(canonicalJson(status));
    expect(codeOf(bytesOf(await signPayload(inTotoPayloadType, payload, people.status)))).toBe(
      'statement-invalid',
    );
  });

  it.each<[string, object]>([
    ['it lasts longer than a day', { expires: '2026-03-03T11:00:00.001Z' }],
    ['it expired before it was issued', { expires: '2026-03-02T10:59:59.000Z' }],
    ['a time is written otherwise', { issued: '2026-03-02T11:00:00Z' }],
  ])('is neither signed nor read when %s', async (_, change) => {
    const broken = { ...status, ...change };
    await expect(signStatus(broken as Status, people.status)).rejects.toMatchObject({
      code: 'statement-invalid',
    });
    const payload = Buffer.from(canonicalJson(broken));
    expect(codeOf(bytesOf(await signPayload(statusPayloadType, payload, people.status)))).toBe(
      'statement-invalid',
    );
  });

  it('that is too large is not read', () => {
    expect(codeOf(new Uint8Array(statusBytesMax + 1))).toBe('statement-invalid');
    expect(codeOf(new Uint8Array(statusBytesMax))).toBe('json-invalid');
  });

  it('whose checkpoint is not the log’s is refused', async () => {
    const foreign = await new TestLog('other.example').note();
    expect(
      codeOf(bytesOf(await signStatus({ ...status, checkpoint: foreign }, people.status))),
    ).toBe('log-invalid');
  });
});

const growing = new TestLog('skills.example');
const notes: string[] = [];
for (const scope of ['one', 'two', 'three']) {
  await growing.say(claim(scope, [stranger]), stranger);
  notes.push(await growing.note());
}

describe('the newest of several statuses', () => {
  const [small, middle, large] = notes.map((checkpoint) => ({ ...status, checkpoint })) as [
    Status,
    Status,
    Status,
  ];
  const later = (one: Status): Status => ({ ...one, issued: '2026-03-02T11:30:00.000Z' });

  it.each<[string, readonly Status[], Status | undefined]>([
    ['is none of none', [], undefined],
    ['has the largest head, in front', [large, middle, small], large],
    ['has the largest head, though it is older', [later(small), middle], middle],
    ['was issued last of two with one head', [middle, later(middle)], later(middle)],
  ])('%s', (_, statuses, expected) => {
    expect(newestStatus(statuses)).toEqual(expected);
  });
});
