import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemory, type ReplayMemory } from '../../../cli/monitor/memory.ts';
import type { Replay } from '../../../cli/monitor/replay.ts';
import { type MonitorState, printState } from '../../../cli/monitor/state-file.ts';
import { MonitorFolder, type ReplayTrust } from '../../../cli/monitor/world.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { peekStatement } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { isTrustStatement } from '../../../skills-index/trust/signatures/trust-statements.ts';
import { readVerifiedBefore } from '../../../skills-index/trust/signatures/verified-before.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey } from '../../registry/people.ts';
import { claimScope } from '../../registry/road.ts';
import { honest, type Lie, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';
import { broken, planting } from '../planted-proof.ts';
import { Dying, found, replayLook } from '../replay-look.ts';
import { folderWith } from '../temporary-folder.ts';

let monitored: Monitored;
let dir: string;
/** Log indexes of the words whose signatures were verified. */
let verified: number[];
beforeEach(async () => {
  monitored = await makeMonitored();
  dir = folderWith();
  verified = [];
});
afterEach(() => monitored.close());

/** What a process remembers, beginning with nothing. */
function fresh(): ReplayMemory {
  const memory = makeMemory();
  const verify: typeof memory.verified.verify = (bytes, root, sigstore) => {
    const bundle = parseSigstoreBundle(JSON.parse(Buffer.from(bytes).toString('utf8')));
    if (isTrustStatement({ statement: peekStatement(bundle.dsseEnvelope) }))
      verified.push(Number(bundle.verificationMaterial.tlogEntries[0].logIndex));
    return memory.verified.verify(bytes, root, sigstore);
  };
  return { ...memory, verified: Object.assign(Object.create(memory.verified), { verify }) };
}

async function look(
  memory: ReplayMemory,
  folder = new MonitorFolder(dir),
  trust: Partial<ReplayTrust> = {},
): Promise<Replay> {
  verified = [];
  return replayLook(monitored, folder, { memory, ...trust });
}

async function bringRevoked(): Promise<void> {
  await monitored.bring(skillAt(1));
  await monitored.say(skillAt(1), 'revoked');
}

const rewriteState = (change: (state: MonitorState) => MonitorState): void => {
  const path = join(dir, 'state.json');
  const { sum: _, ...state } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, printState(change(state)));
};

describe('a replay', () => {
  it('verifies what is new, once, and never what an earlier look of this or another process verified', async () => {
    const memory = fresh();
    await look(memory);
    expect(new Set(verified).size).toBe(await monitored.size());
    expect(found(await look(memory))).toEqual([]);
    expect(verified).toEqual([]);
    await claimScope(monitored.world, 'new', makeKey());
    expect(found(await look(memory))).toEqual([]);
    expect([...new Set(verified)]).toEqual([(await monitored.size()) - 1]);
    expect(found(await look(fresh()))).toEqual([]);
    expect(verified).toEqual([]);
  });

  it.each<[string, (state: MonitorState) => MonitorState]>([
    ['does not say', ({ verified: _, ...state }) => state],
    [
      'says so of another root of trust',
      (state) => withVerified(state, { by: `sha256:${'a'.repeat(64)}` as never }),
    ],
    ['says so of other words', (state) => withVerified(state, { words: 'b'.repeat(64) })],
    [
      'says so beyond its proven head',
      (state) => withVerified(state, { size: state.walked.size + 1 }),
    ],
  ])('verifies every word again after a restart when the state %s', async (_, change) => {
    await look(fresh());
    const all = new Set(verified);
    rewriteState(change);
    await look(fresh()).catch(() => undefined);
    expect(new Set(verified)).toEqual(all);
  });

  it('verifies every word again by another Sigstore root, in the same process and after a restart', async () => {
    const folder = new MonitorFolder(dir);
    const memory = fresh();
    await look(memory);
    const all = new Set(verified);
    await look(memory, folder, { sigstore: { issuer: 'one' } });
    expect(new Set(verified)).toEqual(all);
    await look(memory, folder, { sigstore: { issuer: 'one' } });
    expect(verified).toEqual([]);
    await look(fresh(), folder, { sigstore: { issuer: 'other' } });
    expect(new Set(verified)).toEqual(all);
  });

  it('judges by the policy of this look', async () => {
    await monitored.bring(skillAt(1));
    const memory = fresh();
    expect((await look(memory)).notes).toEqual([]);
    const { policy } = monitored.world.registry;
    const strict = {
      ...policy,
      approvals: { ...policy.approvals, usual: { total: 3, independent: 3 } },
    };
    const { notes } = await look(memory, new MonitorFolder(dir), { policy: strict });
    expect(notes).toEqual([expect.stringMatching(/^installers reject @acme\/t@1\.0\.1 /)]);
    expect((await look(memory)).notes).toEqual([]);
  });

  it('does not take a word that could not be verified for a verified one after a restart', async () => {
    await bringRevoked();
    const revocation = `/log/statements/${(await monitored.size()) - 1}`;
    monitored.lie = planting(revocation, broken);
    const unverifiable = found(await look(fresh()));
    expect(unverifiable).toContain('statement-unverifiable');
    expect(found(await look(fresh()))).toEqual(unverifiable);
  });

  it('reads a verified statement again as it was verified', async () => {
    const { send, registry } = monitored.world;
    for (let at = 0; at < (await monitored.size()); at++) {
      const bytes = Buffer.from(await (await send(`/log/statements/${at}`)).arrayBuffer());
      const known = verifyStatement(JSON.parse(bytes.toString('utf8')), { root: registry.root });
      expect(readVerifiedBefore(bytes, digestOf(bytes), registry.root)).toEqual(known);
      expect(readVerifiedBefore(bytes, digestOf('other bytes'), registry.root)).toBeUndefined();
    }
  });

  it('finds what the index hides, from memory and after a restart', async () => {
    await bringRevoked();
    const memory = fresh();
    expect(found(await look(memory))).toEqual([]);
    monitored.lie = withoutIndex;
    expect(found(await look(memory))).toEqual(['line-withheld']);
    expect(found(await look(fresh()))).toEqual(['line-withheld']);
    monitored.lie = honest;
    expect(found(await look(fresh()))).toEqual([]);
  });
});

it('a replay that is killed at any write goes on, and neither hides nor accuses', async () => {
  await bringRevoked();
  await look(fresh());
  for (let writes = 0; ; writes++) {
    await claimScope(monitored.world, `new-${writes}`, makeKey());
    const dying = new Dying(dir, writes);
    const ended = await look(fresh(), dying).then(
      () => true,
      () => false,
    );
    monitored.lie = withoutIndex;
    expect(found(await look(fresh())), `killed at write ${writes}`).toEqual(['line-withheld']);
    monitored.lie = honest;
    expect(found(await look(fresh())), `killed at write ${writes}`).toEqual([]);
    if (ended) return;
  }
});

const withoutIndex: Lie = (path, response) =>
  path.startsWith('/index/@') ? new Response('', { status: 404 }) : response;

function withVerified(
  state: MonitorState,
  change: Partial<Required<MonitorState>['verified']>,
): MonitorState {
  if (state.verified === undefined) throw new Error('nothing was verified');
  return { ...state, verified: { ...state.verified, ...change } };
}
