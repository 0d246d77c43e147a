import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusName } from '../../registry/store/objects.ts';
import { r2Objects } from '../../registry/store/r2-objects.ts';
import { parseCheckpoint, verifyCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { appendLeaf, emptyRange, rangeRoot } from '../../skills-index/log/compact-range.ts';
import { leafHash } from '../../skills-index/log/merkle-tree.ts';
import {
  parseSigstoreBundle,
  type SigstoreBundle,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { call, claimScope, type Send } from '../registry/road.ts';
import { isWhole } from '../sample.ts';
import { type Isolates, startRegistryIsolates } from './isolates.ts';

interface Taken {
  readonly isolate: string;
  readonly logIndex: number;
  readonly bundle: SigstoreBundle;
}

describe('two isolates of the Worker over one D1', () => {
  const trust = makeRoot();
  const names = ['west', 'east'];
  let workerd: Isolates;
  beforeAll(async () => {
    workerd = await startRegistryIsolates(trust, names);
  });
  afterAll(() => workerd?.close());

  const from =
    (isolate: string): Send =>
    (path, init) =>
      workerd.send(isolate, path, init);

  async function noteOf(isolate: string): Promise<string[]> {
    const response = await workerd.send(isolate, '/log/checkpoint');
    return response.ok ? [await response.text()] : [];
  }

  it('never sign two trees of one size, and sign only what is in the log', async () => {
    const taken: Taken[] = [];
    const notes: string[] = [];
    // How often a line of one isolate follows one of the other: had one waited for the other to
    // end, nothing would be shown, so rounds go on until they came in between each other.
    const turns = () => {
      taken.sort((a, b) => a.logIndex - b.logIndex);
      return taken.filter((one, at) => one.isolate !== taken[at - 1]?.isolate).length;
    };
    const wanted = isWhole ? 9 : 4;
    for (let round = 0; round < (isWhole ? 5 : 2) || (turns() < wanted && round < 10); round++) {
      const claims = Array.from({ length: 8 }, async (_, at) => {
        const isolate = names[at % names.length] ?? '';
        const { status, body } = await claimScope(from(isolate), `scope-${round}-${at}`, makeKey());
        expect(status, JSON.stringify(body)).toBe(201);
        taken.push({ isolate, logIndex: body.logIndex, bundle: parseSigstoreBundle(body.bundle) });
      });
      const watched = names.map(async (isolate) => notes.push(...(await noteOf(isolate))));
      await Promise.all([...claims, ...watched]);
    }
    expect(turns()).toBeGreaterThanOrEqual(wanted);
    expect(taken.map((one) => one.logIndex)).toEqual(taken.map((_, at) => at));

    const roots = new Map<number, string>();
    let range = emptyRange;
    for (const { bundle } of taken) {
      verifyStatement(bundle, { root: trust.root });
      const [entry] = bundle.verificationMaterial.tlogEntries;
      range = appendLeaf(range, leafHash(Buffer.from(entry.canonicalizedBody, 'base64')));
      roots.set(range.size, Buffer.from(rangeRoot(range)).toString('base64'));
      notes.push(entry.inclusionProof.checkpoint.envelope);
    }
    notes.push(...(await noteOf('west')), ...(await noteOf('east')));
    const own = { origin: 'localhost', key: Buffer.from(trust.root.log.key, 'base64') };
    for (const note of notes) {
      const { size } = verifyCheckpoint(note, own);
      expect(Buffer.from(parseCheckpoint(note).root).toString('base64'), `of size ${size}`).toBe(
        roots.get(size),
      );
    }
    expect(notes.length).toBeGreaterThan(taken.length);
    expect(await noteOf('west')).toEqual(await noteOf('east'));
  });

  it('sign no second history over a D1 that lost its end, and go on when the end is back', async () => {
    const west = from('west');
    const east = from('east');
    for (const at of [0, 1, 2])
      expect((await claimScope(west, `lost-${at}`, makeKey())).status).toBe(201);
    expect((await east('/index/status.json')).status).toBe(200);
    const { size } = parseCheckpoint((await noteOf('east'))[0] ?? '');
    const objects = r2Objects(await workerd.bucket());
    const signed = await objects.get(statusName);
    for (const [table, index] of [
      ['statements', '"logIndex"'],
      ['log', '"index"'],
    ] as const) {
      await workerd.run(`DROP TRIGGER ${table}_no_delete`);
      await workerd.run(
        `CREATE TABLE kept_${table} AS SELECT * FROM ${table} WHERE ${index} >= ${size - 2}`,
      );
      await workerd.run(`DELETE FROM ${table} WHERE ${index} >= ${size - 2}`);
    }
    await workerd.run('DELETE FROM status_file');
    for (const send of [west, east]) {
      expect(await claimScope(send, 'second', makeKey())).toMatchObject({
        status: 409,
        body: { code: 'log-behind' },
      });
      expect(await call(send, '/readyz')).toMatchObject({
        status: 503,
        body: { behind: { size, here: size - 2 } },
      });
      // As it was signed, also where the database has no status at all.
      expect(Buffer.from(await (await send('/index/status.json')).arrayBuffer())).toEqual(
        Buffer.from(signed ?? []),
      );
    }
    // The evidence stays as it was.
    expect(
      Buffer.compare((await objects.get(statusName)) ?? Buffer.alloc(0), signed ?? Buffer.alloc(0)),
    ).toBe(0);
    for (const table of ['log', 'statements'])
      await workerd.run(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
    expect(await call(east, '/readyz')).toMatchObject({ status: 200, body: { ok: true } });
    expect((await claimScope(west, 'back', makeKey())).body.logIndex).toBe(size);
  });

  it('put an object over only what they read', async () => {
    const objects = r2Objects(await workerd.bucket());
    expect(await objects.putOver('public/index/@raced/put', Buffer.from('1'), undefined)).toBe(
      true,
    );
    expect(await objects.putOver('public/index/@raced/put', Buffer.from('2'), undefined)).toBe(
      false,
    );
    const read = await objects.getTagged('public/index/@raced/put');
    expect(await objects.putOver('public/index/@raced/put', Buffer.from('3'), read?.tag)).toBe(
      true,
    );
    expect(await objects.putOver('public/index/@raced/put', Buffer.from('4'), read?.tag)).toBe(
      false,
    );
    expect(Buffer.from((await objects.get('public/index/@raced/put')) ?? []).toString()).toBe('3');
  });
});
