import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseEntryTile } from '../../../skills-index/log/tile-files.ts';
import { tilePath } from '../../../skills-index/log/tile-proof.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import { keyStatement, predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { pae } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publishScanned, state } from '../road.ts';
import { approveIn, bodyAt, expectAnswer, stopIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

const approved = makeSkill('@acme/t', '1.0.0');
const waiting = makeSkill('@acme/secret-project', '1.0.0', {
  files: { 'plan.md': 'not yet public\n' },
});

describe('statements by log index', () => {
  const world = oneWorld();
  let size = 0;
  beforeAll(async () => {
    const { send } = world;
    for (const skill of [approved, waiting]) {
      await publishScanned(world, skill);
    }
    await expectAnswer(approveIn(world, approved), 201);
    const { digest: bundle } = approved.packed;
    await expectAnswer(stopIn(world, 'revoked', { bundle }), 201);
    const leaver = makeKey();
    await expectAnswer(claimScope(send, 'leaver', leaver), 201);
    await expectAnswer(
      state(send, keyStatement({ key: leaver.open, state: 'ended' }), leaver),
      201,
    );
    size = Number((await (await send('/log/checkpoint')).text()).split('\n')[1]);
  });

  const read = async (index: number | string) => world.send(`/log/statements/${index}`);

  it('are served to anybody, one for each entry, and each is the one that its entry commits to', async () => {
    const tile = { level: 'entries', index: 0, width: size } as const;
    const bytes = Buffer.from(await (await world.send(`/log/${tilePath(tile)}`)).arrayBuffer());
    const entries = parseEntryTile(bytes, tile).map((entry) =>
      JSON.parse(Buffer.from(entry).toString('utf8')),
    );
    const kinds: string[] = [];
    for (const [index, entry] of entries.entries()) {
      const { value } = parseJson(
        Buffer.from(await (await read(index)).arrayBuffer()),
        'statement',
      );
      const { statement, logIndex } = verifyStatement(value, { root: world.trust.root });
      const { payloadType, payload } = (
        value as { dsseEnvelope: { payloadType: string; payload: string } }
      ).dsseEnvelope;
      const signed = createHash('sha256').update(pae(payloadType, Buffer.from(payload, 'base64')));
      expect(entry.spec.hashedRekordV002.data.digest).toBe(signed.digest('base64'));
      expect(logIndex).toBe(index);
      kinds.push(statement.predicateType);
    }
    const {
      member,
      scope,
      publish: publication,
      scan: scanned,
      approval,
      summary,
      revocation,
      key,
    } = predicateTypes;
    expect(new Set(kinds)).toEqual(
      new Set([member, scope, publication, scanned, approval, summary, revocation, key]),
    );
  });

  it.each(['01', '999999', 'x'])('are not there at %s', async (index) => {
    await expectAnswer(read(index), 404);
  });

  it('take no privacy from the files of a version that waits: its bundle, files and report stay private', async () => {
    const report = (await bodyAt(world, '/api/v1/versions/@acme/secret-project/1.0.0')).report;
    const blobs = [
      waiting.packed.digest,
      ...waiting.packed.bundle.files.slice(-1).map(({ sha256 }) => sha256),
      report,
    ];
    for (const digest of blobs)
      expect((await world.send(`/blobs/sha256/${digest.slice(7)}`)).status, digest).toBe(404);
  });
});
