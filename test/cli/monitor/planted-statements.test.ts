import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemory } from '../../../cli/monitor/memory.ts';
import { MonitorFolder } from '../../../cli/monitor/world.ts';
import { makeReplays } from '../../../cli/witness/follow.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../../skills-index/statement/signature-formats/envelope.ts';
import {
  parseSigstoreBundle,
  type SigstoreBundle,
} from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { honest, type Lie, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';
import { broken, type Proof, planting } from '../planted-proof.ts';
import { base } from '../registry-users.ts';
import { fetchOf, found, replayLook } from '../replay-look.ts';
import { folderWith } from '../temporary-folder.ts';

type Kind = 'publish' | 'scan' | 'approval' | 'summary';

let monitored: Monitored;
beforeEach(async () => {
  monitored = await makeMonitored();
  await monitored.bring(skillAt(1));
  await monitored.say(skillAt(1), 'revoked');
});
afterEach(() => monitored.close());

const noIndex: Lie = (path, response) =>
  path.startsWith('/index/@') ? new Response('', { status: 404 }) : response;
const withheldAt =
  (path: string): Lie =>
  (asked, response) =>
    asked === path ? new Response('', { status: 404 }) : noIndex(asked, response);

async function bundleAt(index: number): Promise<SigstoreBundle> {
  return parseSigstoreBundle(await (await monitored.world.send(`/log/statements/${index}`)).json());
}

async function pathOf(kind: Kind): Promise<string> {
  for (let at = 0; at < (await monitored.size()); at++)
    if (peekStatement((await bundleAt(at)).dsseEnvelope).predicateType === predicateTypes[kind])
      return `/log/statements/${at}`;
  throw new Error(`nothing in the log is of the kind ${kind}`);
}

// A signature of a name that nobody knows changes the address, and nothing that is verified.
const twin = ({ checkpoint: { envelope } }: Proof): Partial<Proof> => ({
  checkpoint: {
    envelope: `${envelope}\u2014 other.example ${Buffer.alloc(68, 9).toString('base64')}\n`,
  },
});

describe('a registry that hides a revocation and the index line', () => {
  it.each<[Kind, string, (proof: Proof) => Partial<Proof>, string[]]>([
    ['publish', 'broken', broken, ['statement-withheld', 'summary-unfounded']],
    ['summary', 'broken', broken, ['statement-withheld']],
    ['approval', 'other', twin, ['summary-unfounded']],
    ['summary', 'other', twin, []],
  ])('is found out when it shows the %s with a %s proof', async (kind, _, change, codes) => {
    monitored.lie = planting(await pathOf(kind), change, noIndex);
    for (const __ of ['first', 'again']) {
      const { exit, codes: seen } = await monitored.look();
      expect([exit, seen]).toEqual([codes.length === 0 ? 0 : 6, codes]);
    }
  });

  it.each<[string, (path: string) => Lie, boolean]>([
    ['shows another proof', (path) => planting(path, twin, noIndex), false],
    ['withholds the approval for one look', withheldAt, true],
  ])('gets no cosignature from a witness that replays when it %s', async (_, lieAt, isMended) => {
    const { registry } = monitored.world;
    const replays = makeReplays({
      dir: folderWith(),
      roots: [registry.root],
      every: 60,
      fetch: fetchOf(monitored),
      now: () => registry.now(),
      alarm: () => undefined,
    });
    const whyHeld = async () => {
      await replays.look(base);
      return replays.whyHeld(registry.root.origin, await monitored.size());
    };
    monitored.lie = lieAt(await pathOf('approval'));
    expect(await whyHeld()).toEqual(expect.any(String));
    monitored.lie = honest;
    if (isMended) expect(await whyHeld()).toBeUndefined();
  });

  it.each<Kind>(['publish', 'approval'])(
    'is found out by the process that once missed the %s',
    async (kind) => {
      const path = await pathOf(kind);
      const folder = new MonitorFolder(folderWith());
      const kept = { memory: makeMemory(), store: memoryStore() };
      monitored.lie = withheldAt(path);
      expect(found(await replayLook(monitored, folder, kept))).toEqual([
        'statement-withheld',
        'summary-unfounded',
      ]);
      monitored.lie = noIndex;
      expect(found(await replayLook(monitored, folder, kept))).toEqual([]);
      monitored.lie = honest;
      expect(found(await replayLook(monitored, folder, kept))).toEqual([]);
    },
  );
});

describe('an honest registry', () => {
  it.each<Kind>(['publish', 'summary'])(
    'is not accused for ever of one byte of the %s that changed on its way',
    async (kind) => {
      const path = await pathOf(kind);
      const folder = new MonitorFolder(folderWith());
      const kept = { memory: makeMemory(), store: memoryStore() };
      monitored.lie = planting(path, broken);
      expect(found(await replayLook(monitored, folder, kept))).toContain('statement-withheld');
      monitored.lie = honest;
      expect(found(await replayLook(monitored, folder, kept))).toEqual([]);
      expect(found(await replayLook(monitored, folder))).toEqual([]);
    },
  );
});

describe('a statement of the log', () => {
  it('verifies whoever cosigned its head: only its address tells the other proof from the one that the verification summary names', async () => {
    const index = (await pathOf('approval')).split('/').at(-1);
    const bundle = await bundleAt(Number(index));
    const [entry] = bundle.verificationMaterial.tlogEntries;
    const other = {
      ...entry,
      inclusionProof: { ...entry.inclusionProof, ...twin(entry.inclusionProof) },
    };
    const changed = {
      ...bundle,
      verificationMaterial: { ...bundle.verificationMaterial, tlogEntries: [other] },
    };
    const { root } = monitored.world.registry;
    expect(verifyStatement(changed, { root }).digest).not.toBe(
      verifyStatement(bundle, { root }).digest,
    );
  });
});
