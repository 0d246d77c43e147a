import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import type { NewStatement } from '../../../registry/log/appending.ts';
import { finishStatements } from '../../../registry/log/finish-statements.ts';
import { logSize } from '../../../registry/log/log.ts';
import { append } from '../../../registry/log/sequencer.ts';
import { loadKeys } from '../../../registry/log/signing.ts';
import { requireBlob } from '../../../registry/store/blobs.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { statements } from '../../../registry/store/schema.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { parseRoot } from '../../../skills-index/trust/root/root.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey, makeRoot } from '../people.ts';
import { makeWorld, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const newStatement = async (_: unknown, at: number): Promise<NewStatement> => {
  const key = makeKey();
  const statement = scopeStatement({ scope: parseScope(`scope-${at}`), owners: [key.open] });
  return {
    statement,
    envelope: await signStatement(statement, key),
    signer: { keyId: key.keyId, spki: key.publicKey },
  };
};

/** The same log after its key was rotated. */
async function rotated({ registry, trust }: World): Promise<Registry> {
  const next = makeRoot();
  const { log } = registry.root;
  return {
    ...registry,
    root: parseRoot(
      JSON.stringify({
        ...registry.root,
        log: next.root.log,
        retired: [{ role: 'log', key: log.key, validUpTo: (await logSize(registry)) - 1 }],
      }),
    ),
    keys: await loadKeys({ ...trust.texts, log: next.texts.log }),
  };
}

it('a batch that was half finished when the log key was rotated can be verified whole', async () => {
  const { registry, stored } = world;
  const failing: Registry = {
    ...registry,
    objects: { ...registry.objects, putAll: () => Promise.reject(new Error('ENOSPC')) },
  };
  const all = await Promise.all(Array.from({ length: 3 }, newStatement));
  const { indexes, logged } = await append(failing, { statements: all, writes: () => [] });
  expect(logged).toBeUndefined();
  await finishStatements(registry, [1]);

  const later = await rotated(world);
  await finishStatements(later);
  for (const logIndex of indexes) {
    const [row] = await registry.db.read
      .select({ bundle: statements.bundle })
      .from(statements)
      .where(eq(statements.logIndex, logIndex));
    const bundle = row?.bundle ?? ('' as never);
    const read = async (): Promise<unknown> =>
      JSON.parse(Buffer.from(await requireBlob(later, bundle)).toString('utf8'));
    expect(verifyStatement(await read(), { root: later.root })).toMatchObject({ logIndex });
    // The rows give back the bytes, too.
    stored.delete(storedBlobName(bundle));
    expect(verifyStatement(await read(), { root: later.root })).toMatchObject({ logIndex });
  }
});
