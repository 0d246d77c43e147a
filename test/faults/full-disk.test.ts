import { expect, it, onTestFinished } from 'vitest';
import type { Registry } from '../../registry/context.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { call, makeSkill, registryIdAt, type Send } from '../registry/road.ts';
import { type Act, type ActKind, claim, publication, revocation } from './acts.ts';
import { makeFailingNode } from './failing-storage.ts';
import { drafted, enterStaff, recordTaken, releaseOne, scanOne } from './walk.ts';
import { Checker } from './whole.ts';

const noRoom = (code: string): Error =>
  Object.assign(new Error(`${code}: no space left`), { code });

/** What a full disk refuses, and what is then answered to each act. */
const disks: readonly (readonly [
  string,
  { readonly rows: boolean; readonly answers: Partial<Record<ActKind, string | number>> },
])[] = [
  // A decision is a row, and counts. Its files are made of the row when there is room.
  [
    'files',
    {
      rows: false,
      // The rows of a logged statement give its bundle again, so no file is needed.
      answers: { publish: 'registry-full', approve: 201, revoke: 201 },
    },
  ],
  [
    'files and rows',
    {
      rows: true,
      answers: { publish: 'registry-full', approve: 'registry-full', revoke: 'registry-full' },
    },
  ],
];

it.each(disks)(
  'a registry whose disk has no room for %s serves what it has, and goes on when there is room',
  async (_, { rows, answers }) => {
    const storage = await makeFailingNode();
    onTestFinished(() => storage.close());
    const acts: Act[] = [];
    const { send, trust, registry } = storage;
    const staff = await enterStaff(send, trust);
    const take = recordTaken(send, acts);
    const walk = { send, staff, take };
    const id = await registryIdAt(send);
    await take(await claim(id, 'acme', staff.author));
    const kept = await releaseOne(walk, makeSkill('@acme/kept', '1.0.0'));
    const waiting = makeSkill('@acme/waiting', '1.0.0');
    await scanOne(walk, waiting);
    const late: Partial<Record<ActKind, Act>> = {
      publish: await publication(makeSkill('@acme/late', '1.0.0'), staff.author),
      approve: await drafted(send, waiting, staff.reviewer),
      revoke: await revocation(id, kept, staff.reviewer.key),
    };
    const { db, objects } = registry;
    Object.assign(registry, fullOf(registry, rows));
    const said: Record<string, unknown> = {};
    const refused: Act[] = [];
    for (const [kind, act] of Object.entries(late)) {
      const { status, body } = await act.send(send);
      said[kind] = status < 300 ? status : body.code;
      (status < 300 ? acts : refused).push(act);
      if (status === 507) expect(body.detail).toBe('The disk is full');
      // Everybody reads what was acknowledged, although no file has it.
      if (status < 300)
        expect(await digestAt(send, `/log/statements/${body.logIndex}`)).toBe(body.digest);
    }
    expect(said).toEqual(answers);
    for (const path of ['/index/@acme/kept', '/api/v1/versions/@acme/kept'])
      expect((await call(send, path)).status, path).toBe(200);
    const shown = await call(send, '/api/v1/versions/@acme/kept/1.0.0');
    expect(shown.body.status).toBe(rows ? 'approved' : 'revoked');

    // The process is killed while the disk is full. Nobody sends again what was acknowledged.
    storage.forget();
    Object.assign(registry, { db, objects });
    for (const act of refused) await take(act);
    await storage.finish();
    const decided = await call(send, '/api/v1/versions/@acme/waiting/1.0.0');
    expect(decided.body.status).toBe('approved');
    const revoked = new Set([late.revoke?.about ?? '']);
    expect(await new Checker(storage, revoked).check(acts)).toEqual([]);
  },
);

async function digestAt(send: Send, path: string): Promise<Digest> {
  return digestOf(new Uint8Array(await (await send(path)).arrayBuffer()));
}

/** The storage of a registry, which takes no more files, and perhaps no more rows. */
function fullOf({ db, objects }: Registry, rows: boolean): Pick<Registry, 'db' | 'objects'> {
  const refuse = async (): Promise<never> => {
    throw noRoom('ENOSPC');
  };
  return {
    db: rows
      ? {
          read: db.read,
          batch: async () => {
            throw noRoom('SQLITE_FULL');
          },
        }
      : db,
    objects: { ...objects, put: refuse, putOver: refuse, putAll: refuse },
  };
}
