/**
 * What a rotation must not break: entries that nobody could read under it, and scopes that nobody
 * would own.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  changedRoot,
  makeRegistryFolder,
  makeRegistryKeys,
  proposeNext,
  publicKeyIn,
} from '../../../cli/root-rotation/registry-folder.ts';
import {
  lastLogIndex,
  newlyFrozen,
  publishTuf,
  readTufDocument,
} from '../../../registry/data-folder/rotation.ts';
import { startRegistry } from '../../../registry/serve.ts';
import { signRepository } from '../../../skills-index/trust/root/ceremony.ts';
import type { TufFiles, TufRepository } from '../../../skills-index/trust/root/repository.ts';
import { parseRoot } from '../../../skills-index/trust/root/root.ts';
import { somebody, TestSigstore } from '../../skills-index/story-sigstore.ts';
import { certify, claim, kim, sigstore } from '../certified-road.ts';
import { makeKey, type TestKey } from '../people.ts';
import { claimScope, type Send } from '../road.ts';
import { bodyAt, expectAnswer } from '../steps.ts';

interface Folder {
  readonly dir: string;
  /** Serves it while something is done. */
  serve(act: (send: Send) => Promise<void>): Promise<void>;
  /** A signed proposal. */
  propose(change: {
    log?: { key: string; validUpTo: number };
    trustedRoot?: unknown;
  }): Promise<TufRepository>;
}

async function makeFolder(): Promise<Folder> {
  const dir = join(await mkdtemp(join(tmpdir(), 'skillgate-rotation-')), 'data');
  onTestFinished(() => rm(join(dir, '..'), { recursive: true }));
  const administrator: TestKey = makeKey();
  await makeRegistryFolder(dir, 'localhost', async () => ({
    keyId: administrator.keyId,
    publicKey: administrator.publicKey,
    sign: administrator.sign,
    name: 'administrator',
    publicPem: '',
  }));
  const serve: Folder['serve'] = async (act) => {
    const { base, close } = await startRegistry({ dir, port: 0 });
    const send: Send = (path, init) =>
      fetch(`${base}${path}`, {
        ...init,
        headers: { ...Object(init?.headers), connection: 'close' },
      });
    await act(send).finally(close);
  };
  const propose: Folder['propose'] = async ({ log, trustedRoot }) => {
    const before = await readTufDocument(dir);
    if (before === undefined) throw new Error('the folder has no TUF document');
    const root = parseRoot(await readFile(join(dir, 'root.json')));
    const keys = log === undefined ? {} : { log: log.key };
    const changed = changedRoot(root, {
      add: [],
      remove: [],
      keys,
      validUpTo: log?.validUpTo ?? 0,
    });
    const { 'root.json': _, 'trusted_root.json': __, ...kept } = before.files;
    const files: Omit<TufFiles, 'root.json'> = {
      ...kept,
      ...(trustedRoot === undefined ? {} : { 'trusted_root.json': JSON.stringify(trustedRoot) }),
    };
    return signRepository(
      proposeNext({ before, root: changed, files, now: Date.now() }),
      administrator,
    );
  };
  return { dir, serve, propose };
}

describe('a new log key', () => {
  it('is not put in force where the log has gone on behind the index that was signed; with the newest one it is', async () => {
    const { dir, serve, propose } = await makeFolder();
    await serve(async (send) =>
      expect((await claimScope(send, 'acme', makeKey())).status).toBe(201),
    );
    const proposedAt = lastLogIndex(dir) ?? -1;
    const next = makeRegistryKeys();
    const now = JSON.parse(await readFile(join(dir, 'keys.json'), 'utf8'));
    await writeFile(join(dir, 'keys.next.json'), JSON.stringify({ ...now, log: next.log }), {
      mode: 0o600,
    });
    const key = publicKeyIn(next.log);
    const proposal = await propose({ log: { key, validUpTo: proposedAt } });
    await serve(async (send) =>
      expect((await claimScope(send, 'nuisance', makeKey())).status).toBe(201),
    );

    await expect(publishTuf(dir, proposal, Date.now())).rejects.toMatchObject({
      code: 'tuf-invalid',
      message: expect.stringContaining(
        `at log index ${proposedAt}, but the log has grown to ${proposedAt + 1}`,
      ),
      hint: expect.stringContaining('propose again'),
    });
    await serve(async (send) =>
      expect((await claimScope(send, 'goes-on', makeKey())).status).toBe(201),
    );

    const again = await propose({ log: { key, validUpTo: lastLogIndex(dir) ?? -1 } });
    expect(await publishTuf(dir, again, Date.now())).toEqual({ entriesSince: 0, frozenScopes: [] });
    await serve(async (send) => {
      for (const scope of ['acme', 'nuisance', 'goes-on'])
        expect(await bodyAt(send, `/api/v1/scopes/${scope}`)).toMatchObject({
          owners: [expect.anything()],
        });
      await expectAnswer(claimScope(send, 'later', makeKey()), 201);
    });
    // The retired key stays retired behind the log for ever, and is no reason against the next
    // rotation.
    expect(await publishTuf(dir, await propose({}), Date.now())).toMatchObject({
      frozenScopes: [],
    });
  });
});

describe('another Sigstore root', () => {
  it.each([
    ['none', undefined],
    ['another one', new TestSigstore('other').trustedRoot],
  ])(
    'names the scopes that freeze with it, and leaves the registry to all others: %s',
    async (_, trustedRoot) => {
      const { dir, serve, propose } = await makeFolder();
      expect(
        await publishTuf(dir, await propose({ trustedRoot: sigstore.trustedRoot }), Date.now()),
      ).toMatchObject({
        frozenScopes: [],
      });
      await serve(async (send) => {
        await expectAnswer(claimScope(send, 'acme', makeKey()), 201);
        await expectAnswer(claim(send, 'kims', { owners: [kim], signer: certify(somebody) }), 201);
      });
      const next = await propose({ trustedRoot });
      expect(await newlyFrozen(dir, await propose({ trustedRoot: sigstore.trustedRoot }))).toEqual(
        [],
      );
      expect(await newlyFrozen(dir, next)).toEqual(['kims']);
      expect(await publishTuf(dir, next, Date.now())).toMatchObject({ frozenScopes: ['kims'] });
      await serve(async (send) => {
        expect(await bodyAt(send, '/api/v1/scopes/kims')).toMatchObject({
          owners: [],
          frozen: expect.any(String),
        });
        expect((await bodyAt(send, '/api/v1/scopes/acme')).owners).toHaveLength(1);
      });
    },
  );
});
