import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { holdsOver, signTuf, tufSignersOf } from '../../../../skills-index/trust/root/ceremony.ts';
import { tufKeyOf } from '../../../../skills-index/trust/root/metadata.ts';
import { nextRepository } from '../../../../skills-index/trust/root/repository.ts';
import { people, storyNow, storyRoot } from '../../story.ts';

const { targets } = nextRepository({
  root: storyRoot,
  files: { 'policy.json': canonicalJson(defaultPolicy) },
  expires: storyNow,
  timeOf: (ms) => new Date(ms).toISOString().replace(/\.\d+/, ''),
});
const signers = [people.author, people.ada, people.scanner, people.stranger];
const keysOf = (list: typeof signers) =>
  Object.fromEntries(
    list.map((one) => [tufKeyOf(one.publicKey).keyid, tufKeyOf(one.publicKey).key]),
  );
const ids = Object.keys(keysOf(signers)).sort();
async function signedBy(list: typeof signers): Promise<typeof targets> {
  let metadata = targets;
  for (const one of list) metadata = await signTuf(metadata, one);
  return metadata;
}

describe('signatures of TUF metadata', () => {
  it('stand in the order of their keys, whoever signed first', async () => {
    for (const list of [
      signers,
      signers.toReversed(),
      [...signers.slice(2), ...signers.slice(0, 2)],
    ])
      expect((await signedBy(list)).signatures.map(({ keyid }) => keyid)).toEqual(ids);
  });

  it('count for keys that the role and the document name', async () => {
    const [one = people.author, ...others] = signers;
    const metadata = await signedBy(signers);
    const own = tufKeyOf(one.publicKey).keyid;
    expect(tufSignersOf(metadata, { keyids: [own, own], threshold: 1 }, keysOf(signers))).toEqual([
      own,
    ]);
    expect(tufSignersOf(metadata, { keyids: ids, threshold: 1 }, keysOf(others))).toEqual(
      ids.filter((id) => id !== own),
    );
    expect(tufSignersOf(targets, { keyids: ids, threshold: 1 }, keysOf(signers))).toEqual([]);
  });

  it.each(['__proto__'])('are of no key that is only called one: %s', async (keyid) => {
    const [signature] = (await signedBy(signers.slice(0, 1))).signatures;
    expect(holdsOver(targets.signed, { keyid, sig: signature?.sig ?? '' }, keysOf(signers))).toBe(
      false,
    );
  });
});
