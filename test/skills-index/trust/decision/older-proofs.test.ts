/** Proofs of names that are of another head than the newest. */
import { describe, expect, it } from 'vitest';
import { signCheckpoint, signCosignature } from '../../../../skills-index/log/sign-cosignature.ts';
import { keyStatement } from '../../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../../skills-index/trust/index-files/sign-status.ts';
import { people, storyConsistency, storyNow } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';
import { mapOf, wordsOf } from '../../story-proofs.ts';
import { witnessesOf } from './judged.ts';
import { ada, codesOf, nothing, say, stop, storyOf, stranger } from './withheld.ts';

const witness = 'w1.example';
const witnesses = witnessesOf(1, witness);

async function statusWith(note: string, issued: number): Promise<Uint8Array> {
  const times = [issued, issued + 86_400_000].map((at) => new Date(at).toISOString());
  const [from = '', until = ''] = times;
  const status = { checkpoint: note, issued: from, expires: until };
  return Buffer.from(JSON.stringify(await signStatus(status, people.status)));
}

const cosigned = async (note: string): Promise<string> =>
  `${note}${await signCosignature(note, {
    name: witness,
    seconds: storyNow / 1000 - 60,
    key: testLogKey(witness),
  })}`;

interface Lie {
  /** The suspension of the publisher is in the newest head, and not in the proofs. */
  readonly isHidden: boolean;
  /** The head of the proofs is of another tree. */
  readonly isFork: boolean;
  readonly isCosigned: boolean;
}

/** The newest status is honest. The proofs come with the status of an older head. */
async function inputOf({ isHidden, isFork, isCosigned }: Lie): Promise<DecisionInput> {
  const { story, secret } = await storyOf({
    before: nothing,
    hidden: isHidden ? say(stop('suspended'), ada) : nothing,
  });
  const { log, line, input } = story;
  const shown = log.said.filter(({ logIndex }) => !secret.has(logIndex));
  const { size, root } = log.head;
  const older = await signCheckpoint(
    { origin: log.origin, size, root: isFork ? Buffer.alloc(32, 7) : root, map: mapOf(shown) },
    log.key,
  );
  await log.say(keyStatement({ key: stranger.named, state: 'enrolled' }), stranger);
  return {
    ...input,
    line: { ...line, statements: shown.map(({ digest }) => digest) },
    statuses: [
      await statusWith(await cosigned(await log.note()), storyNow - 60_000),
      await statusWith(isCosigned ? await cosigned(older) : older, storyNow - 3_600_000),
    ],
    consistency: storyConsistency(log),
    nameProofs: wordsOf(shown, line),
  };
}

describe('proofs of names that a host kept', () => {
  it.each<[string, Lie, string[]]>([
    [
      'are refused of another log, though the newest head is right',
      { isHidden: true, isFork: true, isCosigned: true },
      ['log-forked'],
    ],
    [
      'are refused of a head that no witness saw',
      { isHidden: true, isFork: false, isCosigned: false },
      ['witnesses-missing'],
    ],
    [
      'count of a head that the witnesses cosigned',
      { isHidden: false, isFork: false, isCosigned: true },
      [],
    ],
  ])('%s', async (_, lie, codes) => {
    const input = await inputOf(lie);
    expect(codesOf(decide({ ...input, witnesses, olderProofs: true }))).toEqual(codes);
    // A registry that is asked has to prove the newest head.
    expect(codesOf(decide({ ...input, witnesses }))).toEqual(['names-unproven']);
    // Without the proofs, the newest head alone is honest.
    const { nameProofs: _words, ...rest } = input;
    expect(codesOf(decide({ ...rest, witnesses }))).toEqual([]);
  });
});
