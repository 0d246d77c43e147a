import { describe, expect, it } from 'vitest';
import { type AdmissionRequest, admit } from '../../runner/admission/admit.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../nonce.ts';
import {
  people,
  type Story,
  storyNow,
  storyRoot,
  storyStatus,
  tellStory,
} from '../skills-index/story.ts';
import { storyFetch, storyPaths } from '../skills-index/story-server.ts';

const name = parseSkillName('@acme/weekly-report');
const path = '/index/status.json';

/**
 * The story after Ada revoked the version, and a client that saw it: what it says of each further
 * status.
 */
async function revoked(kind: 'revoked' | 'suspended' = 'revoked') {
  const story: Story = await tellStory();
  const target = { bundle: story.packed.digest };
  const before = [...story.log.said];
  const word = revocationStatement({ nonce: freshNonce(), kind, target, reason: 'leaks' });
  await story.log.say(word, people.ada);
  const store = memoryStore();
  const ask = async (
    status: Uint8Array,
    change: Partial<AdmissionRequest> = {},
  ): Promise<string[]> => {
    const said = status === told ? story.log.said : before;
    const where = {
      fetch: storyFetch(storyPaths(story, said).set(path, status)),
      store,
      base: 'http://skills.example',
    };
    const what = { root: storyRoot, policy: defaultPolicy, now: storyNow, name, range: '1.4.0' };
    const { decision } = await admit({ ...where, ...what, ...change });
    return decision.kind === 'refused' ? decision.reasons.map(({ code }) => code) : ['admitted'];
  };
  const told = await storyStatus(story.log, storyNow - 60_000);
  // The thief of all keys of the registry leaves the revocation out of the map, too.
  const denial = await storyStatus(story.log, storyNow - 30_000, before);
  // The thief of the status key has only heads that the log’s key signed.
  const unproven = await storyStatus(story.log, storyNow - 30_000);
  return { ask, told, store, denial, unproven };
}

describe('a registry that denies with its own keys what it said before', () => {
  it('brings no revoked version back where the revocation was seen', async () => {
    const { ask, told, denial } = await revoked();
    expect(await ask(denial), 'who never saw it is only as safe as the registry is honest').toEqual(
      ['admitted'],
    );
    expect(await ask(told)).toContain('revoked');
    expect(await ask(denial)).toContain('revoked');
    expect(await ask(denial, { offline: true })).toContain('revoked');
  });

  it('hides no revocation by its silence alone', async () => {
    const { ask, unproven } = await revoked();
    expect(await ask(unproven)).toContain('names-unproven');
  });

  it('may lift a suspension, which was never final', async () => {
    const { ask, told, denial } = await revoked('suspended');
    expect(await ask(told)).toContain('suspended');
    expect(await ask(denial)).toEqual(['admitted']);
  });
});
