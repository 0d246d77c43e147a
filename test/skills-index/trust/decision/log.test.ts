/**
 * The words in which a decision says what the log and the status file show; what counts is in
 * decision-people and witnesses.
 */
import { describe, expect, it } from 'vitest';
import { signCosignature } from '../../../../skills-index/log/sign-cosignature.ts';
import { revocationStatement } from '../../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../../skills-index/trust/index-files/sign-status.ts';
import { freshNonce } from '../../../nonce.ts';
import {
  people,
  storyConsistency,
  storyNow,
  storyRoot,
  storyStatus,
  tellStory,
} from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';

const story = await tellStory();
const since = '2026-03-02T11:00:00.000Z';
const says = (change: Partial<DecisionInput>): string[] => {
  const decision = decide({ ...story.input, ...change });
  return decision.kind === 'refused'
    ? decision.reasons.map(({ code, message }) => `${code}: ${message}`)
    : [];
};

describe('what stops a version', () => {
  it.each(['suspended', 'revoked'] as const)(
    'is said with its reason and since when: %s',
    async (kind) => {
      const mark = { bundle: story.packed.digest, kind, reason: 'it leaks', since };
      expect(says({ statuses: [await storyStatus(story.log, [mark])] })).toEqual([
        `${kind}: ${kind} since ${since}: it leaks`,
      ]);
    },
  );

  it('is said with its reason and its place in the log', async () => {
    const told = await tellStory();
    const predicate = {
      kind: 'revoked',
      target: { bundle: told.packed.digest },
      reason: 'it leaks',
      nonce: freshNonce(),
    } as const;
    const said = await told.log.say(revocationStatement(predicate), people.ada);
    const decision = decide({
      ...told.input,
      line: { ...told.line, statements: [...told.line.statements, said.digest] },
      statements: new Map([...told.input.statements, [said.digest, said.bytes]]),
      statuses: [await storyStatus(told.log, [])],
      consistency: storyConsistency(told.log),
    });
    expect(decision.kind === 'refused' && decision.reasons.map(({ message }) => message)).toEqual([
      `revoked at log index ${said.logIndex}: it leaks`,
    ]);
  });

  it('counts from no status file that does not count itself', async () => {
    const mark = {
      bundle: story.packed.digest,
      kind: 'revoked',
      reason: 'it leaks',
      since,
    } as const;
    const stale = await storyStatus(story.log, [mark], storyNow - 72 * 3_600_000);
    expect(says({ statuses: [stale] }).map((one) => one.split(':')[0])).toEqual(['status-stale']);
  });
});

describe('a revocation that a status file showed before', () => {
  const mark = { bundle: story.packed.digest, kind: 'revoked', reason: 'it leaks', since } as const;

  it('still stops the version when the present one is silent about it', () => {
    expect(
      says({ revokedBefore: new Set([story.packed.digest]) }).map((one) => one.split(':')[0]),
    ).toEqual(['revoked']);
    expect(says({ revokedBefore: new Set([story.publish.digest]) })).toEqual([]);
  });

  it('is said once when the present one says it too, and beside what else it says', async () => {
    const revokedBefore = new Set([story.packed.digest]);
    const shown = async (kind: 'revoked' | 'yanked') =>
      says({ revokedBefore, statuses: [await storyStatus(story.log, [{ ...mark, kind }])] });
    expect(await shown('revoked')).toEqual([`revoked: revoked since ${since}: it leaks`]);
    expect(await shown('yanked')).toHaveLength(1);
  });
});

describe('witnesses that are missing', () => {
  const now = storyNow / 1000;
  const names = ['w1.example', 'w2.example', 'w3.example'];
  const key = (name: string): string => Buffer.from(testLogKey(name).publicKey).toString('base64');
  const witnesses = {
    schema: 'skillgate.witnesses/1',
    threshold: 2,
    witnesses: names.map((name) => ({ name, key: key(name) })),
  } as const;
  const statusWith = async (
    ...cosigned: readonly (readonly [string, number])[]
  ): Promise<Uint8Array[]> => {
    const note = await story.log.note();
    const lines = cosigned.map(([name, seconds]) =>
      signCosignature(note, { name, seconds, key: testLogKey(name) }),
    );
    const checkpoint = [note, ...(await Promise.all(lines))].join('');
    const expires = new Date(storyNow + 3_600_000).toISOString();
    const signed = await signStatus(
      { checkpoint, marks: [], issued: since, expires },
      people.status,
    );
    return [Buffer.from(JSON.stringify(signed))];
  };
  const missing = async (...cosigned: readonly (readonly [string, number])[]): Promise<string> =>
    says({ witnesses, statuses: await statusWith(...cosigned) }).join();

  it('are counted', async () => {
    expect(await missing(['w1.example', now])).toMatch(
      /^witnesses-missing: 1 of 3 witnesses cosigned .*, but the policy demands 2$/,
    );
  });

  it('are named where they were too late or too early', async () => {
    expect(await missing(['w1.example', now - 90_000], ['w2.example', now + 90_000])).toMatch(
      /^witnesses-missing: 0 of 3 .*, but the policy demands 2 \(w1\.example too long ago, w2\.example in the future\)$/,
    );
  });

  it('are not missing when enough are there', async () => {
    expect(await missing(['w1.example', now], ['w3.example', now])).toBe('');
  });

  it('are not replaced by the log itself', () => {
    const own = { ...witnesses, threshold: 0, witnesses: [{ name: 'w', key: storyRoot.log.key }] };
    expect(says({ witnesses: own })).toEqual([
      'witnesses-missing: The witness "w" has the key of the log itself',
    ]);
  });
});
