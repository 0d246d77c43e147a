import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseJson } from '../../../../skills-index/skill/text/json.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { readVerifiedBefore } from '../../../../skills-index/trust/signatures/verified-before.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { storyRoot, tellStory } from '../../story.ts';
import { kim, tellCertified } from '../../story-certified.ts';
import { testLogKey } from '../../story-keys.ts';

const { log } = await tellStory();
const certified = await tellCertified({ owners: [kim] });
const spki = (name: string) => Buffer.from(testLogKey(name).publicKey).toString('base64');
const [first] = log.said;
if (first === undefined) throw new Error('the story has no statement');

describe('a bundle that was verified before', () => {
  it('is read as `verifyStatement` reads the bundle', () => {
    for (const { bytes, digest } of log.said) {
      const verified = verifyStatement(parseJson(bytes, 'statement').value, { root: storyRoot });
      const { size, root, retired } = verified.checkpoint;
      expect(readVerifiedBefore(bytes, digest, storyRoot)).toEqual({
        ...verified,
        checkpoint: { size, root, retired },
      });
    }
  });

  it('is read under a root file that retired the key of the log, and says so', () => {
    const root: RootFile = {
      ...storyRoot,
      log: { key: spki('next log') },
      retired: [{ role: 'log', key: storyRoot.log.key, validUpTo: 99 }],
    };
    expect(readVerifiedBefore(first.bytes, first.digest, root)?.checkpoint.retired).toBe(true);
    expect(readVerifiedBefore(first.bytes, first.digest, storyRoot)?.checkpoint.retired).toBe(
      false,
    );
  });

  it.each<[string, RootFile]>([
    ['the key of another log', { ...storyRoot, log: { key: spki('next log') } }],
    ['another origin', { ...storyRoot, origin: 'other.example' }],
  ])('has to be verified again where the root file names %s', (_, root) => {
    expect(readVerifiedBefore(first.bytes, first.digest, root)).toBeUndefined();
  });

  it('has to be verified again where its bytes have another address', () => {
    expect(
      readVerifiedBefore(first.bytes, digestOf('another statement'), storyRoot),
    ).toBeUndefined();
    const changed = Buffer.concat([first.bytes, Buffer.from(' ')]);
    expect(readVerifiedBefore(changed, first.digest, storyRoot)).toBeUndefined();
  });

  it('has to be verified again where a certificate signed the bundle', () => {
    const { bytes, digest } = certified.publish;
    expect(readVerifiedBefore(bytes, digest, storyRoot)).toBeUndefined();
  });
});
