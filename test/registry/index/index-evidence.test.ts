import { describe, expect, it } from 'vitest';
import {
  identityEvidence,
  indexLineBytesMax,
  requireReadable,
} from '../../../registry/index/publish-index.ts';
import { append } from '../../../registry/log/sequencer.ts';
import { readIdentities } from '../../../registry/people/identities.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { keyStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { readLine } from '../contract/read-line.ts';
import { makeKey, type TestKey } from '../people.ts';
import { claimScope, makeSkill, publishApproved } from '../road.ts';
import { oneWorld } from '../world.ts';

describe('the evidence of an index line', () => {
  const world = oneWorld();

  /** "The key follows mine", logged whatever the chain of identities thinks of it. */
  const follow = async (key: TestKey, mine: TestKey): Promise<string> => {
    const statement = keyStatement({ key: key.open, state: 'enrolled', replaces: mine.keyId });
    const envelope = await signStatement(statement, mine);
    const signer = { keyId: mine.keyId, spki: mine.publicKey };
    const statements = [{ statement, envelope, signer }];
    const { logged } = await append(world.registry, { statements, writes: () => [] });
    return logged?.[0]?.digest ?? '';
  };
  const evidence = async (): Promise<readonly string[]> => {
    const { author, scanner, rita } = world;
    const keys = [author.keyId, scanner.keyId, rita.keyId];
    return identityEvidence({ scope: parseScope('acme'), keys, passkeys: [] }, (question) =>
      readIdentities(world.registry, question),
    );
  };

  it('holds nothing that a stranger states about the signers', async () => {
    const stranger = makeKey();
    await claimScope(world, 'junk', stranger);
    const before = await evidence();
    for (const victim of [world.author, world.scanner, world.rita]) await follow(victim, stranger);
    expect(await evidence()).toEqual(before);
  });

  it('holds the keys that follow an owner’s', async () => {
    const second = makeKey();
    const third = makeKey();
    const chain = [await follow(second, world.author), await follow(third, second)];
    expect(await evidence()).toEqual(expect.arrayContaining(chain));
  });

  it('is refused before it is written when the line could not be read', async () => {
    const { send } = world;
    const skill = makeSkill('@acme/lined', '1.0.0');
    await publishApproved(world, skill);
    const line = await readLine(send, skill);
    requireReadable(line);
    const statements = Array.from({ length: 501 }, (_, at) => digestOf(String(at)));
    const refused = expect.objectContaining({ code: 'not-admitted' });
    expect(() => requireReadable({ ...line, statements })).toThrow(refused);
    const description = 'x'.repeat(indexLineBytesMax);
    expect(() => requireReadable({ ...line, description })).toThrow(/index line is too long/);
  });
});
