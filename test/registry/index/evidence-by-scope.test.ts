import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  identityEvidence,
  type NeededIdentities,
  selectEvidence,
} from '../../../registry/index/publish-index.ts';
import { identityId } from '../../../skills-index/statement/identity-id.ts';
import type { FrozenStatement } from '../../../skills-index/trust/members-and-scopes/ends.ts';
import type { LoggedStatement } from '../../../skills-index/trust/members-and-scopes/identities.ts';
import type { ReplayedStatement } from '../../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import {
  chainWords,
  histories,
  neededOf,
} from '../../skills-index/trust/members-and-scopes/histories.ts';
import {
  historyIdentities,
  historyPasskeys,
  historyScopes,
} from '../../skills-index/trust/members-and-scopes/history-people.ts';

function knownOf(root: RootFile, words: readonly ReplayedStatement[]): NeededIdentities {
  return {
    chain: chainWords(root, words),
    statements: words.filter((one): one is LoggedStatement => !('why' in one)),
    frozen: words.filter((one): one is FrozenStatement => 'why' in one),
  };
}

it('is the same whether the registry asks all statements or those that it needs', async () => {
  const ids = historyIdentities.map(identityId);
  await fc.assert(
    fc.asyncProperty(
      histories(40),
      fc.constantFrom(...historyScopes),
      fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 4 }),
      fc.subarray(historyPasskeys.map(({ enrolled }) => enrolled.credentialId)),
      async (history, scope, keys, passkeys) => {
        const { root, words } = history;
        const signers = { scope, keys, passkeys };
        const all = selectEvidence(knownOf(root, words), signers).addresses;
        const few = await identityEvidence(signers, async (question) =>
          knownOf(root, await neededOf(history, question)),
        );
        expect([...few].sort()).toEqual([...all].sort());
      },
    ),
    { numRuns: 100 },
  );
});
