/** The advice that an index line hints at, by the statement in the log alone. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  type AdvicePredicate,
  adviceStatement,
} from '../../../../skills-index/statement/attestation.ts';
import type { IndexLine } from '../../../../skills-index/trust/index-files/index-line.ts';
import {
  type AuthorAdvice,
  readAuthorAdvice,
} from '../../../../skills-index/trust/index-files/shown-advice.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { storyRoot, tellStory } from '../../story.ts';
import { author, change, friend, publishedBy, stranger } from '../decision/withheld.ts';

interface Hint {
  readonly signer?: typeof author;
  readonly kind?: 'yanked' | 'deprecated';
  /** Which log index the line hints at; the statement’s own by default. */
  readonly advice?: (logIndex: number) => IndexLine['advice'];
}

/** Logs advice after the story, and reads it by the hint of the line. */
async function read(
  predicate: Partial<AdvicePredicate>,
  { signer = author, kind = 'deprecated', advice = (at) => ({ [kind]: at }) }: Hint = {},
): Promise<AuthorAdvice> {
  const { log, line } = await tellStory();
  const { name, version } = line;
  const given = { name, version, kind, reason: 'use another', nonce: freshNonce(), ...predicate };
  const said = await log.say(adviceStatement(given), signer);
  const { advice: _, ...rest } = line;
  const hint = advice(said.logIndex);
  return readAuthorAdvice(
    said.bytes,
    {
      line: hint === undefined ? rest : { ...rest, advice: hint },
      kind,
      identities: chainIdentities(storyRoot, log.said),
    },
    { root: storyRoot },
  );
}
const refusal = expect.objectContaining({
  code: 'statement-invalid',
  message: 'No author of the scope gave this advice',
});

describe('the advice of an author', () => {
  it('is its reason, with the skill to use instead where the author names one', async () => {
    const replacement = parseSkillName('@acme/better-report');
    expect(await read({})).toStrictEqual({ reason: 'use another' });
    expect(await read({ replacement })).toStrictEqual({ reason: 'use another', replacement });
  });

  it.each<[string, Partial<AdvicePredicate>, Hint]>([
    ['is of another kind than the hint', { kind: 'yanked' }, {}],
    ['is about another version', { version: parseVersion('1.0.1') }, {}],
    ['stands elsewhere in the log', {}, { advice: (at) => ({ deprecated: at - 1 }) }],
    ['was given for another registry', { registry: digestOf('elsewhere') }, {}],
    ['is a stranger’s', {}, { signer: stranger }],
  ])('is not read when it %s', async (_, predicate, hint) => {
    await expect(read(predicate, hint)).rejects.toThrow(refusal);
  });

  it.each([
    ['an owner who does not publish', author],
    ['a publisher who does not own the scope', friend],
  ])('may be the word of %s', async (_, signer) => {
    const { log, line } = await tellStory({
      before: (one) => one.say(change(one, [author.named], { publishers: [friend.named] }), author),
      ...publishedBy(friend),
    });
    const { name, version } = line;
    const given = { name, version, kind: 'yanked', reason: 'wrong', nonce: freshNonce() } as const;
    const said = await log.say(adviceStatement(given), signer);
    const hinted = {
      line: { ...line, advice: { yanked: said.logIndex } },
      kind: 'yanked',
      identities: chainIdentities(storyRoot, log.said),
    } as const;
    expect(readAuthorAdvice(said.bytes, hinted, { root: storyRoot })).toEqual({ reason: 'wrong' });
  });
});
