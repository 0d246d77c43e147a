/** The map of the log has every statement about the people and keys behind a version. */
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../../../skills-index/log/sign-cosignature.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import type { NameProofsFile } from '../../../../skills-index/trust/index-files/name-proofs.ts';
import { signStatus } from '../../../../skills-index/trust/index-files/sign-status.ts';
import {
  people,
  type Story,
  storyConsistency,
  storyNow,
  storyStatus,
  tellStory,
} from '../../story.ts';
import { mapOf, wordsOf } from '../../story-proofs.ts';
import { says } from './judged.ts';
import { ada, author, change, codesOf, friend, say, stop, storyOf } from './withheld.ts';

const plain = await tellStory();
const proved = ({
  input,
  log,
  line,
}: Story): DecisionInput & { readonly nameProofs: NameProofsFile } => ({
  ...input,
  nameProofs: wordsOf(log.said, line),
});
const noMap = 'names-unproven: the head of the log in the status has no map of names';
const otherHead =
  'names-unproven: the proofs about the people and keys behind the version are not of the newest head of the log in a status';

/** A status of the story’s log: its head without a map. */
async function statusWithoutMap({ log }: Story): Promise<Uint8Array> {
  return storyStatus({
    note: () => signCheckpoint({ origin: log.origin, ...log.head }, log.key),
  });
}

describe('the proofs about the people behind a version', () => {
  it('admit the version when they are of the newest head', () => {
    expect(says(proved(plain))).toEqual([]);
  });

  it('cannot be compared with a head that has no map', async () => {
    const statuses = [await statusWithoutMap(plain)];
    expect(says({ ...proved(plain), statuses })).toEqual([noMap]);
  });

  it('are of no head in a status when their map is another', async () => {
    const nameProofs = { ...proved(plain).nameProofs, map: Buffer.alloc(32, 7) };
    expect(says({ ...proved(plain), nameProofs })).toEqual([otherHead]);
    const statuses = [await statusWithoutMap(plain), plain.status];
    expect(says({ ...proved(plain), nameProofs, statuses })).toEqual([otherHead]);
  });

  it('are no reason where no status counts, or a past time is judged', () => {
    const nameProofs = { ...proved(plain).nameProofs, map: Buffer.alloc(32, 7) };
    expect(codesOf(decide({ ...proved(plain), nameProofs, statuses: [] }))).toEqual([
      'status-missing',
    ]);
    expect(says({ ...proved(plain), nameProofs, past: true })).toEqual([]);
  });
});

describe('a name on which the version rests', () => {
  const name = `identity/${author.keyId}`;
  const unproven = `names-unproven: no proof shows which statements about ${name} the log has`;

  it('needs a proof', () => {
    const input = proved(plain);
    const names = new Map([...input.nameProofs.names].filter(([one]) => one !== name));
    expect(says({ ...input, nameProofs: { ...input.nameProofs, names } })).toEqual([unproven]);
  });

  it('needs a proof that holds', () => {
    const input = proved(plain);
    const proof = input.nameProofs.names.get('scope/acme');
    if (proof === undefined) throw new Error('nothing proves the scope');
    const names = new Map(input.nameProofs.names).set(name, proof);
    expect(says({ ...input, nameProofs: { ...input.nameProofs, names } })).toEqual([unproven]);
  });

  it('has no statement that the map lacks', async () => {
    const { story } = await storyOf({
      before: say(stop('suspended'), ada),
      hidden: say(stop('lifted'), ada),
    });
    const { input, log, line } = story;
    const mapped = log.said.filter(({ logIndex }) => logIndex !== 5);
    const statuses = [await storyStatus(log, undefined, mapped)];
    expect(says({ ...input, nameProofs: wordsOf(mapped, line), statuses })).toContain(
      `names-unproven: the log’s map lacks the statement at log index 5 about ${name}`,
    );
  });
});

describe('proofs of an older head', () => {
  it('say nothing about later statements, the first one after that head included', async () => {
    const story = await tellStory();
    const { log, line, input } = story;
    const before = [...log.said];
    const older = await signCheckpoint(
      { origin: log.origin, ...log.head, map: mapOf(before) },
      log.key,
    );
    const later = [
      await log.say(change(log, [author.named, friend.named]), author),
      await log.say(change(log, [author.named]), author),
    ];
    const statusOf = async (checkpoint: string, issued: number): Promise<Uint8Array> => {
      const [from = '', until = ''] = [issued, issued + 86_400_000].map((at) =>
        new Date(at).toISOString(),
      );
      const status = { checkpoint, issued: from, expires: until };
      return Buffer.from(JSON.stringify(await signStatus(status, people.status)));
    };
    const all = {
      ...input,
      line: { ...line, statements: log.said.map(({ digest }) => digest) },
      statements: new Map(log.said.map(({ digest, bytes }) => [digest, bytes])),
      statuses: [
        await statusOf(await log.note(), storyNow - 60_000),
        await statusOf(older, storyNow - 3_600_000),
      ],
      consistency: storyConsistency(log),
      nameProofs: wordsOf(before, line),
    };
    expect(later.map(({ logIndex }) => logIndex)).toEqual([9, 10]);
    expect(says({ ...all, olderProofs: true })).toEqual([]);
    expect(says({ ...all, nameProofs: wordsOf(log.said, line) })).toEqual([]);
    expect(says(all)).toEqual([otherHead]);
  });
});
