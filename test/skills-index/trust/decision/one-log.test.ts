import { describe, expect, it } from 'vitest';
import { verifyCheckpoint } from '../../../../skills-index/log/checkpoint.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { gatherEvidence } from '../../../../skills-index/trust/decision/evidence.ts';
import { judgeOneLog, type LogAlarm } from '../../../../skills-index/trust/decision/one-log.ts';
import { Reasons } from '../../../../skills-index/trust/decision/reason.ts';
import { spkiOf } from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot, storyStatus, tellStory } from '../../story.ts';
import { TestLog } from '../../story-log.ts';

const story = await tellStory();
const forked = await tellStory();
const { log } = story;
const shorter = await tellStory({ approvals: ['ada'] });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function seenOf(
  other: TestLog,
  proof: readonly Uint8Array[] = [],
): Promise<NonNullable<DecisionInput['seen']>> {
  return { checkpoint: { ...other.head, note: await other.note() }, proof };
}

function alarmOf(input: DecisionInput): LogAlarm {
  const decision = decide(input);
  if (decision.kind === 'admitted' || decision.alarm === undefined) throw new Error('no alarm');
  expect(decision.reasons).toContainEqual(
    expect.objectContaining({ code: decision.alarm.kind, message: decision.alarm.message }),
  );
  return decision.alarm;
}

const longer = new TestLog('skills.example');
for (const one of [...log.said, ...log.said])
  await longer.append(one.statement, one.envelope, people.author);

const cases: readonly (readonly [
  string,
  () => Promise<DecisionInput>,
  Partial<LogAlarm>,
  string,
])[] = [
  [
    'another log of the size that was seen',
    async () => ({ ...story.input, seen: await seenOf(forked.log) }),
    { kind: 'log-rolled-back', proven: true },
    'the log is another one than this host saw before',
  ],
  [
    'a log that has lost entries since it was seen',
    async () => ({ ...story.input, seen: await seenOf(longer) }),
    { kind: 'log-rolled-back', proven: false },
    'the log has lost entries',
  ],
  [
    'a log that does not continue the one that was seen, by a proof that fails',
    async () => ({
      ...story.input,
      seen: await seenOf(shorter.log, log.proofFrom(shorter.log.head.size)),
    }),
    { kind: 'log-rolled-back', proven: false },
    'the log is another one than this host saw before',
  ],
  [
    'a log of which no proof is to be had that it continues the one that was seen',
    async () => ({ ...story.input, seen: await seenOf(shorter.log) }),
    { kind: 'log-unproven', proven: false },
    'no proof shows that the log continues',
  ],
  [
    'a status file over another log of the same size than the evidence',
    async () => ({ ...story.input, statuses: [forked.status] }),
    { kind: 'log-forked', proven: true },
    'two heads of one size differ',
  ],
  [
    'evidence of which one piece lies in another log, by a proof that fails',
    async () => ({
      ...story.input,
      consistency: new Map(story.input.consistency).set(3, log.proofFrom(4)),
    }),
    { kind: 'log-forked', proven: false },
    'no proof shows that one head continues the other',
  ],
  [
    'evidence of which no proof is to be had that it lies in the log of the status',
    async () => ({ ...story.input, consistency: new Map() }),
    { kind: 'log-unproven', proven: false },
    'no proof shows that one head continues the other',
  ],
  [
    'a proof that fails beside one that is not to be had',
    async () => ({
      ...story.input,
      consistency: new Map([[3, log.proofFrom(4)]]),
    }),
    { kind: 'log-forked', proven: false },
    'no proof shows that one head continues the other',
  ],
];

describe('an alarm', () => {
  it.each(cases)('names both heads and what happened: %s', async (_, input, expected, says) => {
    const alarm = alarmOf(await input());
    expect(alarm).toMatchObject(expected);
    expect(alarm.message).toContain(says);
    for (const { size, root, from, note } of alarm.heads) {
      expect(alarm.message).toContain(`size ${size} root ${base64(root)} (${from})`);
      // The signed note convicts whoever has the log’s key.
      const key = spkiOf(storyRoot.log);
      const signed = verifyCheckpoint(note, { origin: 'skills.example', key });
      expect([signed.size, base64(signed.root)]).toEqual([size, base64(root)]);
    }
  });

  it('is not given for a log that grew', async () => {
    const told = await tellStory();
    const seen = await seenOf(told.log);
    await told.log.say(told.publish.statement, people.stranger);
    const statuses = [await storyStatus(told.log)];
    const consistency = new Map(
      told.log.said.map((_, index) => [index + 1, told.log.proofFrom(index + 1)]),
    );
    const grown = {
      ...told.input,
      statuses,
      consistency,
      seen: { ...seen, proof: told.log.proofFrom(seen.checkpoint.size) },
    };
    expect(decide(grown).kind).toBe('admitted');
  });
});

describe('heads of one log', () => {
  const evidence = gatherEvidence(story.input, new Reasons());
  const [older, newer] = [story.scan, story.summary].map(({ digest }) =>
    evidence.statements.find((one) => one.digest === digest),
  );
  type Given = { readonly retired?: boolean; readonly of?: typeof older };

  /**
   * Judges a status file over the log as it was after the scan, or over the whole, and statements
   * with heads of that size.
   */
  function judge(
    status: 'after the scan' | 'whole',
    given: readonly Given[],
  ): { alarm: LogAlarm | undefined; says: string[] } {
    if (older === undefined || newer === undefined || evidence.status === undefined)
      throw new Error('no story');
    const reasons = new Reasons();
    const checkpoint = status === 'whole' ? evidence.status.checkpoint : noteOf(story.scan);
    const statements = given.map(({ retired = false, of = newer }) => ({
      ...of,
      checkpoint: { ...of.checkpoint, retired },
    }));
    const alarm = judgeOneLog(
      { ...evidence, statements, status: { ...evidence.status, checkpoint } },
      reasons,
    );
    return { alarm, says: reasons.list.map(({ message }) => message.split(':')[0] ?? '') };
  }
  const noteOf = ({ bundle }: typeof story.scan): string =>
    bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;
  const unended = 'no head signed by the log key in office continues a head of a retired key';

  it('may be younger than the status file', () => {
    expect(judge('after the scan', [{ of: older }, {}])).toEqual({ alarm: undefined, says: [] });
  });

  it('raise the alarm that convicts before the one that only suspects', () => {
    if (older === undefined || newer === undefined) throw new Error('no story');
    const forge = (one: typeof older): typeof older => ({
      ...one,
      checkpoint: { ...one.checkpoint, root: Buffer.alloc(32, 7) },
    });
    const reasons = new Reasons();
    const statements = [forge(older), forge(newer)];
    const alarm = judgeOneLog({ ...evidence, statements }, reasons);
    expect(reasons.list.map(({ code }) => code)).toEqual(['log-forked', 'log-forked']);
    expect(alarm?.proven).toBe(true);
    expect(alarm?.message).toMatch(/^two heads of one size differ: /);
  });

  it('may be signed twice, by a key before it was retired and by its successor, in any order', () => {
    expect(judge('whole', [{ retired: true }]).says).toEqual([]);
    expect(judge('after the scan', [{ retired: true }, {}]).says).toEqual([]);
    expect(judge('after the scan', [{}, { retired: true }]).says).toEqual([]);
  });

  it('do not end with one of a retired key, which proves nothing against who holds the key in office', () => {
    const { alarm, says } = judge('after the scan', [{ retired: true }, { of: older }]);
    expect(says).toEqual([unended, unended, unended]);
    expect(alarm).toMatchObject({ kind: 'log-forked', proven: false });
    expect(alarm?.heads.map(({ size }) => size)).toEqual([
      older?.checkpoint.size,
      newer?.checkpoint.size,
    ]);
  });
});
