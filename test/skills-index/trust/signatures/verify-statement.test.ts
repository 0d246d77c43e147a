import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../../skills-index/statement/sign.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { people, storyRoot } from '../../story.ts';
import { TestLog } from '../../story-log.ts';

const root = storyRoot;
const log = new TestLog('skills.example');
const { author, stranger } = people;
const claim = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
await log.say(claim, author);
const good = await log.say(claim, author);
const strangers = await log.say(claim, stranger);

const codeOf = (bundle: unknown, keys?: Parameters<typeof verifyStatement>[1]['keys']): string => {
  try {
    verifyStatement(bundle, keys === undefined ? { root } : { root, keys });
    return 'verified';
  } catch (cause) {
    return cause instanceof Problem ? cause.code : String(cause);
  }
};

describe('a logged statement', () => {
  it('is verified, with its signer and its place', () => {
    expect(verifyStatement(good.bundle, { root })).toMatchObject({
      statement: claim,
      signer: author.keyId,
      logIndex: 1,
      digest: good.digest,
      checkpoint: { size: 2 },
    });
  });

  it('proves who signed it, and no more: a stranger’s is a stranger’s', () => {
    expect(verifyStatement(strangers.bundle, { root }).signer).toBe(stranger.keyId);
    expect(
      codeOf(strangers.bundle, (keyId) => (keyId === author.keyId ? author.publicKey : undefined)),
    ).toBe('key-unknown');
    expect(codeOf(strangers.bundle, () => author.publicKey)).toBe('signature-invalid');
    expect(codeOf(good.bundle, () => author.publicKey)).toBe('verified');
  });

  it('is refused when the log names another key than the one that signed: who watches that key would miss it', async () => {
    const hidden = await log.append(claim, await signStatement(claim, author), stranger);
    const shown = { ...hidden.bundle.verificationMaterial, publicKey: { hint: author.keyId } };
    expect(codeOf({ ...hidden.bundle, verificationMaterial: shown }, () => author.publicKey)).toBe(
      'log-invalid',
    );
  });
});
