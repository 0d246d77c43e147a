import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  type RevocationPredicate,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import {
  type Decision,
  type DecisionInput,
  decide,
} from '../../../../skills-index/trust/decision/decision.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, type Story, storyStatus, type Twist, tellStory } from '../../story.ts';
import { type TestSigner, testPasskey, testSigner } from '../../story-keys.ts';

const { administrator, author, ada, ben, registry, scanner, stranger } = people;
const second = testSigner('second key');
const codesOf = (decision: Decision): string[] =>
  decision.kind === 'refused' ? decision.reasons.map((one) => one.code) : [];
const messagesOf = (decision: Decision): string =>
  decision.kind === 'refused' ? decision.reasons.map((one) => one.message).join('\n') : '';
const told = async (twist: Twist): Promise<Decision> => decide((await tellStory(twist)).input);
const isApproval = (one: Statement, by: 'keyId' | 'credentialId'): boolean =>
  one.predicateType === predicateTypes.approval && by in one.predicate.reviewer;
const enrol = (name: string, key: TestSigner): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    key: key.named,
    state: 'enrolled',
  });

/** What a change of the story's scope names. */
function claimIn({ identities }: Story): { previous?: Digest } {
  const claim = identities.find((one) => one.statement.predicateType === predicateTypes.scope);
  return claim === undefined ? {} : { previous: claim.digest };
}

/** The story with more statements at its end, all of them in the index line. */
async function amended(
  story: Story,
  ...more: (readonly [Statement, TestSigner])[]
): Promise<DecisionInput> {
  for (const [statement, signer] of more) await story.log.say(statement, signer);
  const { consistency: _, ...input } = story.input;
  return {
    ...input,
    line: { ...story.line, statements: story.log.said.map((one) => one.digest) },
    statements: new Map(story.log.said.map((one) => [one.digest, one.bytes])),
    statuses: [await storyStatus(story.log)],
  };
}

describe('a reviewer', () => {
  it.each<[string, TestSigner]>([
    ['nobody', stranger],
    ['the registry', registry],
    ['another reviewer', ada],
    ['the author', author],
  ])('enrolled by %s does not count', async (_, enroller) => {
    const decision = await told({
      before: (log) => log.say(enrol('Eve', second), enroller),
      approval: (one) =>
        'keyId' in one.reviewer
          ? { ...one, reviewer: { member: 'Eve', keyId: second.keyId } }
          : one,
      signer: (one) => (isApproval(one, 'keyId') ? second : undefined),
    });
    expect(messagesOf(decision)).toContain('its signer was no reviewer at that log index');
  });

  it('with two keys is still one person', async () => {
    let approvals = 0;
    const decision = await told({
      before: (log) => log.say(enrol('Ada', second), administrator),
      approvals: ['ada', 'ada'],
      approval: (one) =>
        approvals++ === 0 ? one : { ...one, reviewer: { member: 'Ada', keyId: second.keyId } },
      signer: (one) => (isApproval(one, 'keyId') && approvals === 2 ? second : undefined),
    });
    expect(codesOf(decision)).toEqual(['approvals-missing']);
  });

  it('who holds a key of the author’s scope never approves, with whatever key or passkey', async () => {
    const decision = await told({ before: (log) => log.say(enrol('Ben', author), administrator) });
    expect(messagesOf(decision)).toContain(
      'the approval of Ben at log index 8 does not count: an author cannot approve their own version',
    );
  });

  it('who owns the scope beside the author never approves either', async () => {
    const both = scopeStatement({ scope: parseScope('acme'), owners: [author.named, ada.named] });
    const decision = await told({
      statement: (one) => (one.predicateType === predicateTypes.scope ? both : one),
    });
    expect(messagesOf(decision)).toContain('an author cannot approve their own version');
  });

  it.each([
    ['who gave the scope away before approving', ada, author],
    ['who was given the scope before approving', author, ada],
  ])('%s never approves either', async (_, owner, heir) => {
    const claim = scopeStatement({ scope: parseScope('acme'), owners: [owner.named] });
    const decision = await told({
      statement: (one) => (one.predicateType === predicateTypes.scope ? claim : one),
      signer: (one) =>
        one.predicateType === predicateTypes.scope || one.predicateType === predicateTypes.publish
          ? owner
          : undefined,
      between: (log) => {
        const previous = log.said.find(
          (one) => one.statement.predicateType === predicateTypes.scope,
        )?.digest;
        const change = {
          scope: parseScope('acme'),
          owners: [heir.named],
          ...(previous === undefined ? {} : { previous }),
        };
        return log.say(scopeStatement(change), owner);
      },
    });
    expect(messagesOf(decision)).toContain(
      'does not count: an author cannot approve their own version',
    );
  });

  it.each([
    [
      'before the approval',
      6,
      ['approval-invalid', 'approvals-missing', 'approvals-not-independent'],
    ],
    ['with the approval', 7, []],
  ] as const)('ended in hindsight for an index %s', async (_, validUpTo, codes) => {
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'Ada',
      roles: ['reviewer'],
      key: ada.named,
      state: 'ended',
      validUpTo: validUpTo - 1,
    });
    const story = await tellStory();
    expect(story.approvals[0]?.logIndex).toBe(6);
    expect(codesOf(decide(await amended(story, [ended, administrator])))).toEqual(codes);
  });
});

describe('the claim of a scope', () => {
  // The registry lets a stranger claim the scope a second time and withholds the true claim: to who
  // comes new it looks like the first.
  const forged = async (scopeClaim?: number): Promise<Decision> => {
    const again = scopeStatement({
      scope: parseScope('acme'),
      owners: [stranger.named, author.named],
    });
    const story = await tellStory({
      before: (log) => log.say(again, stranger),
      signer: (one) => (one.predicateType === predicateTypes.publish ? stranger : undefined),
    });
    const statements = story.line.statements.filter((digest) => digest !== claimIn(story).previous);
    const line = { ...story.line, statements, publisher: stranger.keyId };
    return decide({
      ...story.input,
      line,
      ...(scopeClaim === undefined ? {} : { pinned: { scopeClaim } }),
    });
  };

  it('is another one than was seen before: refused, whatever owners it names', async () => {
    const { input } = await tellStory();
    const first = decide(input);
    expect(first).toMatchObject({ kind: 'admitted', scopeClaim: 3 });
    expect(codesOf(await forged(3))).toEqual(['publisher-changed']);
    expect((await forged()).kind, 'who comes new cannot know').toBe('admitted');
  });

  it('stays the same when the scope changes hands', async () => {
    const decision = await told({
      before: async (log) => {
        const previous = log.said.find(
          (one) => one.statement.predicateType === predicateTypes.scope,
        )?.digest;
        const change = {
          scope: parseScope('acme'),
          owners: [second.named],
          ...(previous === undefined ? {} : { previous }),
        };
        await log.say(scopeStatement(change), author);
      },
      signer: (one) => (one.predicateType === predicateTypes.publish ? second : undefined),
    });
    expect(codesOf(decision)).toEqual([]);
    expect(decision).toMatchObject({ scopeClaim: 3, publisher: second.keyId });
  });
});

describe('an author’s key', () => {
  it.each([
    ['before the publication', 3, ['publisher-unknown']],
    ['with the publication', 4, []],
  ] as const)('ended for an index %s', async (_, validUpTo, codes) => {
    const story = await tellStory();
    expect(story.publish.logIndex).toBe(4);
    const ended = keyStatement({ key: author.named, state: 'ended', validUpTo });
    expect(codesOf(decide(await amended(story, [ended, author])))).toEqual(codes);
  });

  it('ended by a stranger is not ended', async () => {
    const ended = keyStatement({ key: author.named, state: 'ended', validUpTo: 0 });
    expect(decide(await amended(await tellStory(), [ended, stranger])).kind).toBe('admitted');
  });
});

describe('an approval by passkey', () => {
  const changed = (part: object): Twist => ({
    statement: (one) =>
      isApproval(one, 'credentialId')
        ? ({ ...one, predicate: { ...one.predicate, ...part } } as Statement)
        : one,
  });

  it.each<[string, Twist, string]>([
    [
      'whose words were changed after it',
      changed({ reason: 'looks harmless' }),
      'it signs another statement',
    ],
    [
      'whose capabilities’ report was changed after it',
      changed({ nonce: 'another-nonce-0000' }),
      'it signs another statement',
    ],
    [
      'made with an unenrolled passkey',
      changed({ assertion: testPasskey('eve').assert(Buffer.alloc(32)) }),
      'it is of another passkey',
    ],
    [
      'that has no assertion',
      changed({ assertion: undefined }),
      'it has no assertion of a passkey',
    ],
    [
      'logged by a stranger',
      { signer: (one) => (isApproval(one, 'credentialId') ? stranger : undefined) },
      'it was not logged by the registry',
    ],
    [
      'that names a key instead, signed by the registry',
      {
        approval: (one) =>
          'keyId' in one.reviewer
            ? one
            : { ...one, reviewer: { member: 'Ben', keyId: registry.keyId } },
        statement: (one) => {
          if (
            one.predicateType !== predicateTypes.approval ||
            !('keyId' in one.predicate.reviewer) ||
            one.predicate.reviewer.member !== 'Ben'
          )
            return one;
          const { assertion: _, ...predicate } = one.predicate;
          return { ...one, predicate };
        },
      },
      'its signer was no reviewer at that log index',
    ],
  ])('%s does not count', async (_, twist, message) => {
    expect(messagesOf(await told(twist))).toContain(message);
  });

  it('of a passkey that ended does not count', async () => {
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'Ben',
      roles: ['reviewer'],
      passkey: ben.enrolled,
      state: 'ended',
    });
    expect(messagesOf(await told({ before: (log) => log.say(ended, administrator) }))).toContain(
      'its passkey was not enrolled at that log index',
    );
  });
});

describe('a revocation', () => {
  const revoke = (
    kind: RevocationPredicate['kind'],
    target: RevocationPredicate['target'],
  ): Statement => revocationStatement({ nonce: freshNonce(), kind, target, reason: 'it leaks' });
  type Said = readonly [RevocationPredicate['kind'], TestSigner];

  it.each<[string, Said[], string[]]>([
    ['of a reviewer', [['revoked', ada]], ['revoked']],
    ['of an administrator', [['suspended', administrator]], ['suspended']],
    ['of a stranger', [['revoked', stranger]], []],
    ['of the scanner', [['revoked', scanner]], []],
    ['of the author', [['revoked', author]], []],
    ['of the registry: it may suspend', [['suspended', registry]], ['suspended']],
    ['of the registry: it may not revoke', [['revoked', registry]], []],
    [
      'that is lifted',
      [
        ['suspended', ada],
        ['lifted', administrator],
      ],
      [],
    ],
    [
      'that the registry would lift',
      [
        ['suspended', ada],
        ['lifted', registry],
      ],
      ['suspended'],
    ],
    [
      'that follows a lift',
      [
        ['suspended', ada],
        ['lifted', ada],
        ['suspended', ada],
      ],
      ['suspended'],
    ],
    [
      'that is final',
      [
        ['revoked', ada],
        ['lifted', administrator],
      ],
      ['revoked'],
    ],
  ])('%s', async (_, said, codes) => {
    const story = await tellStory();
    const more = said.map(
      ([kind, signer]) => [revoke(kind, { bundle: story.packed.digest }), signer] as const,
    );
    expect(codesOf(decide(await amended(story, ...more)))).toEqual(codes);
  });

  it.each<[string, (story: Story) => [Statement, TestSigner][], TestSigner]>([
    [
      'the author, with the author’s key',
      () => [[enrol('Mallory', author), administrator]],
      author,
    ],
    [
      'the author, with another key of that name',
      () => [
        [enrol('Mallory', author), administrator],
        [enrol('Mallory', second), administrator],
      ],
      second,
    ],
    [
      'who came to own the scope since',
      (story) => [
        [
          scopeStatement({
            scope: parseScope('acme'),
            owners: [author.named, ada.named],
            ...claimIn(story),
          }),
          author,
        ],
      ],
      ada,
    ],
  ])('is not lifted by %s', async (_, before, signer) => {
    const decision = async (kind: RevocationPredicate['kind']): Promise<Decision> => {
      const story = await tellStory();
      const target = { bundle: story.packed.digest };
      const said = [
        [revoke('suspended', target), administrator] as const,
        [revoke(kind, target), signer] as const,
      ];
      return decide(await amended(story, ...before(story), ...said));
    };
    expect(codesOf(await decision('lifted'))).toEqual(['suspended']);
    expect(codesOf(await decision('revoked')), 'what is stricter counts').toEqual(['revoked']);
  });

  it.each<[string, (story: Story) => RevocationPredicate['target'], string[]]>([
    ['this version', ({ about }) => ({ name: about.name, version: about.version }), ['revoked']],
    ['another version', ({ about }) => ({ name: about.name, version: '9.9.9' as never }), []],
    [
      'another skill of that version',
      ({ about }) => ({ name: '@acme/other' as never, version: about.version }),
      [],
    ],
    ['this publisher', () => ({ publisher: author.keyId }), ['revoked']],
    ['another publisher', () => ({ publisher: stranger.keyId }), []],
    ['another bundle', () => ({ bundle: stranger.keyId }), []],
  ])('of %s', async (_, target, codes) => {
    const story = await tellStory();
    expect(codesOf(decide(await amended(story, [revoke('revoked', target(story)), ada])))).toEqual(
      codes,
    );
  });
});
