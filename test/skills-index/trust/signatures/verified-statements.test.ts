/** What is remembered of a verification, and what must never be taken for it. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import { VerifiedStatements } from '../../../../skills-index/trust/signatures/verified-statements.ts';
import { storyRoot, tellStory } from '../../story.ts';
import { kim, sigstore, tellCertified, trustedRoot } from '../../story-certified.ts';
import { TestSigstore } from '../../story-sigstore.ts';

const story = await tellStory();
const certified = await tellCertified({ owners: [kim] });
const bytesOf = (
  { input }: typeof story,
  digest: (typeof story)['publish']['digest'],
): Uint8Array => input.statements.get(digest) ?? Buffer.alloc(0);
const keyed = bytesOf(story, story.publish.digest);
const keyless = bytesOf(certified, certified.publish.digest);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'verified';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};
const otherLog = {
  key: generateKeyPairSync('ed25519')
    .publicKey.export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('base64'),
};

describe('a statement that was verified', () => {
  it('is verified once: the second time the same result is handed out, which nobody can change', () => {
    const memory = new VerifiedStatements();
    const first = memory.verify(keyed, storyRoot, undefined);
    expect(memory.verify(Buffer.from(keyed), structuredClone(storyRoot), undefined)).toBe(first);
    expect(() => Object.assign(first.statement.predicate, { manifest: 'evil' })).toThrow(TypeError);
    expect(() => Object.assign(first.statement.subject[0] ?? {}, { name: 'evil' })).toThrow(
      TypeError,
    );
  });

  it('is no verified statement below another root file', () => {
    const memory = new VerifiedStatements();
    memory.verify(keyed, storyRoot, undefined);
    expect(codeOf(() => memory.verify(keyed, { ...storyRoot, log: otherLog }, undefined))).toBe(
      'log-invalid',
    );
    expect(
      codeOf(() => memory.verify(keyed, { ...storyRoot, origin: 'other.example' }, undefined)),
    ).toBe('log-invalid');
  });

  it('is verified anew below a root file that differs in anything, also where it holds there too', () => {
    const memory = new VerifiedStatements();
    const first = memory.verify(keyed, storyRoot, undefined);
    expect(memory.verify(keyed, { ...storyRoot, threshold: 2 }, undefined)).not.toBe(first);
  });

  it('by a certificate is none below another Sigstore, or none at all', () => {
    const memory = new VerifiedStatements();
    const first = memory.verify(keyless, storyRoot, trustedRoot);
    expect(memory.verify(keyless, storyRoot, structuredClone(trustedRoot))).toBe(first);
    expect(codeOf(() => memory.verify(keyless, storyRoot, undefined))).toBe('certificate-invalid');
    expect(
      codeOf(() => memory.verify(keyless, storyRoot, new TestSigstore('another').trustedRoot)),
    ).not.toBe('verified');
    expect(memory.verify(keyless, storyRoot, sigstore.trustedRoot)).toBe(first);
  });

  it('is none with any byte changed, and what failed is not remembered', () => {
    const memory = new VerifiedStatements();
    memory.verify(keyed, storyRoot, undefined);
    const bent = Buffer.from(
      Buffer.from(keyed)
        .toString('utf8')
        .replace(/"sig":"(.)/, (_, one) => `"sig":"${one === 'M' ? 'N' : 'M'}`),
    );
    for (let times = 0; times < 2; times++)
      expect(codeOf(() => memory.verify(bent, storyRoot, undefined))).not.toBe('verified');
    expect(codeOf(() => memory.verify(Buffer.from('{}'), storyRoot, undefined))).toBe(
      'statement-invalid',
    );
    expect(codeOf(() => memory.verify(Buffer.from('{'), storyRoot, undefined))).toBe(
      'json-invalid',
    );
  });

  it('is forgotten when there is no more room, the one used longest ago first', () => {
    const bundles = [...story.input.statements.values()];
    const [one = keyed, two = keyed, three = keyed] = bundles;
    const memory = new VerifiedStatements(one.byteLength + two.byteLength + three.byteLength - 1);
    const first = memory.verify(one, storyRoot, undefined);
    const second = memory.verify(two, storyRoot, undefined);
    expect(memory.verify(one, storyRoot, undefined)).toBe(first);
    memory.verify(three, storyRoot, undefined);
    expect(memory.verify(one, storyRoot, undefined)).toBe(first);
    expect(memory.verify(two, storyRoot, undefined)).not.toBe(second);
    const fitting = new VerifiedStatements(one.byteLength);
    expect(fitting.verify(one, storyRoot, undefined)).toBe(
      fitting.verify(one, storyRoot, undefined),
    );
    const none = new VerifiedStatements(0);
    expect(none.verify(one, storyRoot, undefined)).not.toBe(none.verify(one, storyRoot, undefined));
  });

  it('is not forgotten for one that there is no room for', () => {
    const [small = keyed, large = keyed] = [...story.input.statements.values()].sort(
      (a, b) => a.byteLength - b.byteLength,
    );
    const longer = [...story.input.statements.values()].reduce(
      (a, b) => (a.byteLength >= b.byteLength ? a : b),
      large,
    );
    const memory = new VerifiedStatements(longer.byteLength - 1);
    const first = memory.verify(small, storyRoot, undefined);
    memory.verify(longer, storyRoot, undefined);
    expect(memory.verify(small, storyRoot, undefined)).toBe(first);
  });

  it.each([[null]])(
    'by a key asks for no Sigstore, and by a certificate for a real one: %j',
    (sigstoreRoot) => {
      const memory = new VerifiedStatements();
      expect(codeOf(() => memory.verify(keyed, storyRoot, sigstoreRoot))).toBe('verified');
      expect(codeOf(() => memory.verify(keyless, storyRoot, sigstoreRoot))).toBe(
        'trusted-root-invalid',
      );
    },
  );
});

describe('a decision with a memory', () => {
  it.each([
    ['by key', story],
    ['by certificate', certified],
  ])('about a version published %s is the same as without', (_, { input }) => {
    const memory = new VerifiedStatements();
    const alone = decide(input);
    expect(alone.kind).toBe('admitted');
    for (let times = 0; times < 2; times++)
      expect(decide({ ...input, verified: memory })).toEqual(alone);
  });
});
