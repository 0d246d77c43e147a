import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { logSize } from '../../../registry/log/log.ts';
import { append, appendInTurn } from '../../../registry/log/sequencer.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement, statementBytes } from '../../../skills-index/statement/attestation.ts';
import { signPayload } from '../../../skills-index/statement/sign.ts';
import { inTotoPayloadType } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { makeKey, type TestKey } from '../people.ts';
import { call, claimScope, makeSkill, publish } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

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
  let world: Staffed;
  beforeAll(async () => {
    world = await makeStaffedWorld();
  });
  afterAll(() => world.close());

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

  it('cannot be appended behind what could be', async () => {
    const { registry } = world;
    const good = await signed(inTotoPayloadType, statementBytes(statement));
    const bad = await signed('application/x', statementBytes(statement));
    const before = await logSize(registry);
    await expect(append(registry, { statements: [good, bad], writes: () => [] })).rejects.toThrow(
      /application\/x/,
    );
    expect(await logSize(registry)).toBe(before);
  });

  it('is refused when a stranger posts it, and the registry goes on for everybody', async () => {
    const { envelope } = await signed('application/x', statementBytes(statement));
    expect(
      await call(world.send, '/api/v1/statements', { json: envelope, keyId: key.keyId }),
    ).toMatchObject({
      status: 422,
      body: { code: 'statement-invalid', detail: expect.stringContaining('application/x') },
    });
    expect((await call(world.send, '/api/v1/whoami', { token: world.tokens.rita })).status).toBe(
      200,
    );
    expect((await publish(world.send, makeSkill('@acme/on', '1.0.0'), world.author)).status).toBe(
      201,
    );
    expect((await claimScope(world.send, 'nuisance', key)).status).toBe(201);
  });
});
