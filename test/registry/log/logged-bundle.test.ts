import { describe, expect, it } from 'vitest';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { logSize } from '../../../registry/log/log.ts';
import { append, appendInTurn } from '../../../registry/log/sequencer.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement, statementBytes } from '../../../skills-index/statement/attestation.ts';
import { signPayload } from '../../../skills-index/statement/sign.ts';
import { inTotoPayloadType } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { makeKey, type TestKey } from '../people.ts';
import { call, claimScope, makeSkill } from '../road.ts';
import { callAs, expectAnswer, publishIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

const key = makeKey();
const statement = scopeStatement({ scope: parseScope('nuisance'), owners: [key.open] });
const signed = async (
  type: string,
  payload: Uint8Array,
  signer: TestKey = key,
): Promise<NewStatement> => ({
  statement,
  envelope: await signPayload(type, payload, signer),
  signer: { keyId: key.keyId, spki: key.publicKey },
});

describe('what nobody could verify once it is logged', () => {
  const world = oneWorld();

  it.each<[string, () => Promise<NewStatement>]>([
    ['another payload type', () => signed('application/x', statementBytes(statement))],
    ['a payload that is no statement', () => signed(inTotoPayloadType, Buffer.from('{}'))],
    [
      'a payload in another form',
      () => signed(inTotoPayloadType, Buffer.from(JSON.stringify(statement, null, 1))),
    ],
    [
      'a signature by another key',
      () => signed(inTotoPayloadType, statementBytes(statement), makeKey()),
    ],
    [
      'another key’s name',
      async () => ({
        ...(await signed(inTotoPayloadType, statementBytes(statement))),
        signer: { keyId: makeKey().keyId, spki: key.publicKey },
      }),
    ],
  ])('cannot be appended, whoever asks for it: %s', async (_, make) => {
    const { registry } = world;
    const before = await logSize(registry);
    const refused = await make();
    await expect(append(registry, { statements: [refused], writes: () => [] })).rejects.toThrow();
    const inTurn = appendInTurn(registry, async () => ({
      statements: [refused],
      writes: () => [],
    }));
    await expect(inTurn).rejects.toThrow();
    expect(await logSize(registry)).toBe(before);
  });

  it('is refused when a stranger posts it, and the registry goes on for everybody', async () => {
    const { envelope } = await signed('application/x', statementBytes(statement));
    expect(
      await call(world, '/api/v1/statements', { json: envelope, keyId: key.keyId }),
    ).toMatchObject({
      status: 422,
      body: { code: 'statement-invalid', detail: expect.stringContaining('application/x') },
    });
    await expectAnswer(callAs(world, 'rita', '/api/v1/whoami'), 200);
    await expectAnswer(publishIn(world, makeSkill('@acme/on', '1.0.0')), 201);
    await expectAnswer(claimScope(world, 'nuisance', key), 201);
  });
});
