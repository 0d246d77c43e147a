import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newestSetBytesMax } from '../../../cli/registries/fetcher.ts';
import type { StoredTrust } from '../../../cli/registries/stored-trust.ts';
import { updateTrust } from '../../../cli/registries/updater.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../../skills-index/skill/problem-codes.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { signRepository, signTuf } from '../../../skills-index/trust/root/ceremony.ts';
import {
  type TufMetadata,
  type TufRoot,
  tufKeyOf,
  tufTime,
} from '../../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  nextRepository,
  parseTufRepository,
  type TufRepository,
  tufFileOf,
} from '../../../skills-index/trust/root/repository.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import {
  base,
  type Files,
  filesOf,
  holdCeremony,
  hour,
  keys,
  linkSet,
  newestOf,
  putSigned,
  putTarget,
  rootFile,
  serving,
  twist,
} from '../trust-server.ts';

const start = Date.parse('2026-11-01T12:00:00Z');
const { ada, ben, cleo, dora, thief, status, status2 } = keys;
const day = 24 * hour;

/** What happened until the attack, and what the client has seen of it. */
interface Scene {
  readonly pinned: RootFile;
  /** In force now. */
  readonly repository: TufRepository;
  readonly kept: StoredTrust;
  /** Honest files of now. */
  readonly files: Files;
  now: number;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

async function ask(
  files: Files,
  { pinned, kept, now = start }: { pinned: RootFile; kept?: StoredTrust | undefined; now?: number },
) {
  vi.setSystemTime(now);
  const update = (served: Files): Promise<StoredTrust> => {
    const source = { fetch: serving(() => served), store: memoryStore(), base };
    return updateTrust({ source, pinned, kept, now });
  };
  const [alone, joined] = await Promise.allSettled([
    update(files),
    update(new Map(files).set('newest.json', newestOf(files))),
  ]);
  // In one answer, every file counts as much as by itself.
  expect(outcomeOf(joined)).toEqual(outcomeOf(alone));
  return alone.status === 'fulfilled' ? alone.value : Promise.reject(alone.reason);
}

function outcomeOf(settled: PromiseSettledResult<StoredTrust>): unknown {
  if (settled.status === 'fulfilled') return settled.value;
  return settled.reason instanceof Problem ? settled.reason.code : settled.reason;
}

async function scene(): Promise<Scene> {
  const pinned = rootFile();
  const repository = await holdCeremony({ root: pinned, signers: [ada, ben], now: start });
  const kept = await ask(await filesOf({ repository, now: start, version: 10 }), { pinned });
  const now = start + 2 * hour;
  return { pinned, repository, kept, now, files: await filesOf({ repository, now, version: 20 }) };
}

/** The administrators put Dora in the place of Cleo. */
async function rotate(
  before: TufRepository,
  signers = [ada, ben],
  root = rootFile({ administrators: [ada, ben, dora] }),
): Promise<TufRepository> {
  return holdCeremony({ root, signers, now: start, before });
}

async function codeOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
    return 'trusted';
  } catch (cause) {
    if (cause instanceof Problem) return cause.code;
    throw cause;
  }
}

describe('the root of trust of an honest registry', () => {
  it('is kept, and followed through two rotations by a client that saw the first', async () => {
    const { pinned, repository, kept, now } = await scene();
    const second = await rotate(repository);
    const third = await rotate(
      second,
      [ada, dora],
      rootFile({ administrators: [ada, dora], status: status2 }),
    );
    const files = await filesOf({ repository: third, now, version: 30, status: status2 });
    for (const client of [
      { pinned, kept, now },
      { pinned, now },
    ]) {
      const next = await ask(files, client);
      expect(JSON.parse(next.metadata.root).signed.version).toBe(3);
      expect(JSON.parse(next.files['root.json'])).toMatchObject({
        status: { key: status2.open.spki },
        threshold: 2,
      });
      expect(next.freshUntil).toBe(new Date(now + day).toISOString());
    }
  });

  it('is found by a client that pins the root file of today, after rotations', async () => {
    const { repository, now } = await scene();
    const root = rootFile({ administrators: [ada, ben, dora] });
    const files = await filesOf({ repository: await rotate(repository), now, version: 30 });
    expect(JSON.parse((await ask(files, { pinned: root, now })).metadata.root).signed.version).toBe(
      2,
    );
  });

  it('is a fault where there was one and now is none', async () => {
    const { pinned, kept, now } = await scene();
    expect(await codeOf(ask(new Map(), { pinned, kept, now }))).toBe('registry-answer-invalid');
  });

  it('begins anew with the versions of a new status key, whatever a thief of the old one had counted up to', async () => {
    const { pinned, repository, now } = await scene();
    const kept = await ask(await filesOf({ repository, now, version: 9_000_000_000_000 }), {
      pinned,
      now,
    });
    const next = await rotate(repository, [ada, ben], rootFile({ status: status2 }));
    const files = await filesOf({ repository: next, now, version: 40, status: status2 });
    expect(
      JSON.parse((await ask(files, { pinned, kept, now })).metadata.timestamp).signed.version,
    ).toBe(40);
  });
});

interface Attack {
  readonly name: string;
  readonly code: ProblemCode;
  readonly says?: RegExp;
  /** Changes what is served; may return another time or client. */
  readonly by: (scene: Scene) => Promise<void> | void;
  /** The victim has seen nothing yet; else it has seen the scene before the attack. */
  readonly fresh?: boolean;
}

const replace = (files: Files, other: Files): void => {
  files.clear();
  for (const [name, bytes] of other) files.set(name, bytes);
};

/** Lets the victim see the files of a repository before the attack. */
async function see(at: Scene, repository: TufRepository, version = 20): Promise<void> {
  const { pinned, now } = at;
  const kept = await ask(await filesOf({ repository, now, version }), { pinned, now });
  Object.assign(at, { kept });
}
const serve = async (files: Files, repository: TufRepository, now: number, version = 20) =>
  replace(files, await filesOf({ repository, now, version }));
const link = (files: Files, now: number, { version = 20, offline = 1 } = {}): Promise<void> =>
  linkSet(files, { version, offline, expires: tufTime(now + day), by: [status] });

const attacks: readonly Attack[] = [
  {
    name: 'rollback: yesterday’s timestamp, still in its time',
    code: 'tuf-rollback',
    says: /version 5 of its timestamp.*has seen version 10/,
    by: async ({ files, repository }) =>
      replace(files, await filesOf({ repository, now: start - hour, version: 5 })),
  },
  {
    name: 'freeze: the same timestamp for more than a day',
    code: 'tuf-expired',
    says: /timestamp metadata expired at 2026-11-02T14:00:00Z/,
    by: (at) => {
      at.now += day + 1000;
    },
  },
  {
    name: 'mix-and-match: the snapshot of one set under the timestamp of another',
    code: 'tuf-invalid',
    by: async ({ files, repository, now }) => {
      const other = await filesOf({ repository, now: now + 1000, version: 20 });
      files.set('20.snapshot.json', other.get('20.snapshot.json') ?? new Uint8Array());
    },
  },
  {
    name: 'a swapped target: a laxer policy smuggled into the signed one as an earlier one that counts for ever',
    code: 'tuf-invalid',
    fresh: true,
    by: ({ files }) => {
      const approvals = { usual: { total: 1, independent: 0 }, high: { total: 1, independent: 0 } };
      const earlier = [
        { policy: { ...defaultPolicy, approvals }, validUpTo: Number.MAX_SAFE_INTEGER },
      ];
      for (const name of files.keys())
        if (name.endsWith('.policy.json'))
          files.set(name, Buffer.from(canonicalJson({ ...defaultPolicy, earlier })));
    },
  },
  {
    name: 'a root file of the thief, named by the status key’s own role',
    code: 'tuf-invalid',
    fresh: true,
    by: async ({ files, repository, now, pinned }) => {
      const forged = Buffer.from(
        JSON.stringify({
          ...pinned,
          administrators: [{ keyId: thief.keyId, key: thief.open.spki }],
          threshold: 1,
        }),
      );
      putTarget(files, 'root.json', forged);
      const online = JSON.parse(Buffer.from(files.get('20.online.json') ?? '').toString()).signed;
      const file = {
        length: forged.length,
        hashes: {
          sha256: [...files.keys()].at(-1)?.slice('targets/'.length, 'targets/'.length + 64),
        },
      };
      await putSigned(
        files,
        '20.online.json',
        { ...online, targets: { ...online.targets, 'root.json': file } },
        [status],
      );
      await link(files, now);
      // Only if the administrators' own targets name none would the delegated role be asked: it
      // must not be, even then.
      twist(files, '1.targets.json', ({ signed }) => delete signed.targets['root.json']);
      await resign(files, '1.targets.json', [ada, ben]);
      await link(files, now);
      expect(repository.roots).toHaveLength(1);
    },
  },
  {
    name: 'targets signed by one administrator of the two that are needed',
    code: 'tuf-invalid',
    fresh: true,
    by: async ({ files, now }) => {
      await resign(files, '1.targets.json', [ada]);
      await link(files, now);
    },
  },
  {
    name: 'one administrator signs twice, under the same key id',
    code: 'tuf-invalid',
    by: async ({ files, repository, now }) => {
      await serve(files, await rotate(repository, [ada]), now);
      twist(files, '2.root.json', (json) => json.signatures.push(json.signatures[0]));
    },
  },
  {
    name: 'one administrator signs twice, under a second id for the same key that an earlier root let through',
    code: 'tuf-invalid',
    says: /id of another key/,
    by: async ({ files, repository, now }) => {
      const twin = '0'.repeat(64);
      const twice = (metadata: TufMetadata<TufRoot>): TufMetadata<TufRoot> => {
        const own = metadata.signatures.find((one) => one.keyid === tufKeyOf(ada.publicKey).keyid);
        return {
          ...metadata,
          signatures: [...metadata.signatures, { keyid: twin, sig: own?.sig ?? '' }],
        };
      };
      const honest = lastRootOf(
        await rotate(repository, [], rootFile({ administrators: [ada, ben] })),
      ).signed;
      const { keyid, key } = tufKeyOf(ada.publicKey);
      const roles = { ...honest.roles, root: { keyids: [keyid, twin], threshold: 2 } };
      const signed = { ...honest, keys: { ...honest.keys, [twin]: key }, roles };
      const second = twice(await signTuf(await signTuf({ signatures: [], signed }, ada), ben));
      const third = await rotate(
        { ...repository, roots: [...repository.roots, second] },
        [ada],
        rootFile({ administrators: [ada], threshold: 1 }),
      );
      const roots = [...third.roots.slice(0, -1), twice(lastRootOf(third))];
      await serve(files, { ...third, roots }, now);
    },
  },
  {
    name: 'a new root signed by strangers who name themselves',
    code: 'tuf-invalid',
    by: async ({ files, repository, now }) => {
      const stolen = await rotate(
        repository,
        [thief],
        rootFile({ administrators: [thief], threshold: 1 }),
      );
      await serve(files, stolen, now);
    },
  },
  {
    name: 'a first root signed by strangers, for a client that pinned the administrators’ root file',
    code: 'tuf-invalid',
    fresh: true,
    by: async ({ files, now }) => {
      const own = await holdCeremony({
        root: rootFile({ administrators: [thief], threshold: 1 }),
        signers: [thief],
        now: start,
      });
      await serve(files, own, now);
    },
  },
  {
    name: 'a removed administrator goes on signing',
    code: 'tuf-invalid',
    by: async (at) => {
      const second = await rotate(at.repository);
      await see(at, second);
      const third = await rotate(second, [ada, cleo], rootFile({ administrators: [ada, cleo] }));
      await serve(at.files, third, at.now, 30);
    },
  },
  {
    name: 'endless targets: a policy that says it is a gigabyte',
    code: 'tuf-invalid',
    fresh: true,
    by: async ({ files, now }) => {
      twist(files, '1.targets.json', ({ signed }) => {
        signed.targets['policy.json'].length = 1024 ** 3;
      });
      await resign(files, '1.targets.json', [ada, ben]);
      await link(files, now);
    },
  },
  {
    name: 'twin keys in JSON, one for each reader',
    code: 'registry-answer-invalid',
    says: /is there twice/,
    fresh: true,
    by: ({ files }) => {
      const text = Buffer.from(files.get('timestamp.json') ?? '').toString();
      files.set(
        'timestamp.json',
        Buffer.from(text.replace('"version":20', '"version":20,"version":2')),
      );
    },
  },
  {
    name: 'administrators sign a root file that names others than the TUF root does',
    code: 'tuf-invalid',
    by: async ({ files, repository, now }) => {
      const other = await rotate(repository, [ada, ben]);
      const text = JSON.stringify(rootFile({ administrators: [ada, ben, thief] }));
      const targets = { ...other.targets.signed, targets: { ...other.targets.signed.targets } };
      putTarget(files, 'root.json', Buffer.from(text));
      targets.targets['root.json'] = tufFileOf(Buffer.from(text));
      const mixed: TufRepository = {
        ...other,
        files: { ...other.files, 'root.json': text },
        targets: await signTuf(await signTuf({ signatures: [], signed: targets }, ada), ben),
      };
      await serve(files, mixed, now);
    },
  },
  {
    name: 'a root file of another registry, signed by the same administrators',
    code: 'tuf-invalid',
    says: /do not belong together/,
    by: async ({ files, repository, now }) => {
      const moved = await rotate(repository, [ada, ben], rootFile({ origin: 'evil.example' }));
      await serve(files, moved, now);
    },
  },
  {
    name: 'a status that the status key of the root file did not sign',
    code: 'signature-invalid',
    fresh: true,
    by: async ({ files, repository, now }) => {
      const other = await filesOf({ repository, now, version: 20, status: thief });
      replace(files, other);
      await resign(files, '20.online.json', [status]);
      await link(files, now);
    },
  },
  {
    name: 'withheld: no timestamp any more',
    code: 'registry-answer-invalid',
    says: /has no \/tuf\/timestamp.json/,
    by: ({ files }) => void files.delete('timestamp.json'),
  },
  {
    name: 'freeze: a timestamp that counts for years, signed once by who had the status key for a moment',
    code: 'tuf-invalid',
    says: /2099-01-01T00:00:00Z, but it may be valid for at most 24 hours/,
    by: async ({ files, now }) => {
      const { version } = JSON.parse(
        Buffer.from(files.get('timestamp.json') ?? '').toString('utf8'),
      ).signed;
      const snapshot = files.get(`${version}.snapshot.json`) ?? new Uint8Array();
      const timestamp = timestampOver(snapshot, version, version, now);
      await putSigned(files, 'timestamp.json', { ...timestamp, expires: '2099-01-01T00:00:00Z' }, [
        status,
      ]);
    },
  },
];

describe('a hostile registry', () => {
  it.each(attacks)('$name: $code', async ({ by, code, says, fresh }) => {
    const at = await scene();
    // The scene before the attack is one that is trusted, so it is the attack that is refused.
    expect(await codeOf(ask(at.files, { pinned: at.pinned, kept: at.kept, now: at.now }))).toBe(
      'trusted',
    );
    await by(at);
    const result = ask(at.files, {
      pinned: at.pinned,
      now: at.now,
      kept: fresh === true ? undefined : at.kept,
    });
    expect(await codeOf(result)).toBe(code);
    if (says !== undefined) await expect(result).rejects.toThrow(says);
  });
});

it('who pins the root file of today is not given the one before a rotation of the status key', async () => {
  const today = rootFile({ status: status2 });
  const before = await holdCeremony({ root: rootFile(), signers: [ada, ben], now: start });
  const repository = await holdCeremony({ root: today, signers: [ada, ben], now: start, before });
  const honest = await filesOf({ repository, now: start, version: 10, status: status2 });
  expect(await codeOf(ask(honest, { pinned: today }))).toBe('trusted');
  // The thief of the old key holds root 2 back, and keeps root 1 fresh.
  const stolen = await filesOf({ repository: before, now: start, version: 11 });
  expect(await codeOf(ask(stolen, { pinned: today }))).toBe('tuf-invalid');
});

it('a root file with a key in office that the pinned one retired is an older one', async () => {
  const { log, ...rest } = rootFile();
  const stolen = rootFile().registry.key;
  const pinned: RootFile = {
    ...rest,
    log,
    registry: { key: Buffer.from(dora.publicKey).toString('base64') },
    retired: [{ role: 'registry', key: stolen, validUpTo: 7 }],
  };
  const repository = await holdCeremony({ root: rootFile(), signers: [ada, ben], now: start });
  const files = await filesOf({ repository, now: start, version: 10 });
  await expect(ask(files, { pinned })).rejects.toMatchObject({
    code: 'tuf-invalid',
    reasons: [
      {
        message:
          'the root file is older than the pinned root file: it uses a key that the pinned root file has retired',
      },
    ],
  });
});

it.each([
  ['dropped', [], 'tuf-invalid'],
  ['changed', [{ threshold: 2, validUpTo: 7 }], 'tuf-invalid'],
  [
    'followed by another one',
    [
      { threshold: 1, validUpTo: 7 },
      { threshold: 2, validUpTo: 9 },
    ],
    undefined,
  ],
] as const)('an earlier threshold that is %s', async (_, thresholds, code) => {
  const pinned: RootFile = { ...rootFile(), thresholds: [{ threshold: 1, validUpTo: 7 }] };
  const shown: RootFile = thresholds.length === 0 ? rootFile() : { ...rootFile(), thresholds };
  const repository = await holdCeremony({ root: shown, signers: [ada, ben], now: start });
  const files = await filesOf({ repository, now: start, version: 10 });
  const asked = ask(files, { pinned }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(await asked).toEqual(code === undefined ? undefined : expect.objectContaining({ code }));
  if (code !== undefined)
    expect(await asked).toMatchObject({
      reasons: [
        { message: expect.stringContaining('1 administrators had to agree up to log index 7') },
      ],
    });
});

it('targets that no client can read are refused and not kept: kept, they would close every command', async () => {
  const files = {
    'policy.json': canonicalJson(defaultPolicy),
    'witnesses.json': '{"schema":"skillgate.witnesses/2"}',
  };
  const pinned = rootFile();
  const next = nextRepository({ root: pinned, files, expires: start + 365 * day, timeOf: tufTime });
  expect(() => parseTufRepository(JSON.stringify(next))).toThrow(/witness policy/);
  const signed = await signRepository(await signRepository(next, ada), ben);
  const served = await filesOf({ repository: signed, now: start, version: 10 });
  expect(await codeOf(ask(served, { pinned }))).toBe('json-invalid');
});

function timestampOver(snapshot: Uint8Array, of: number, version: number, now: number) {
  return {
    _type: 'timestamp',
    spec_version: '1.0.31',
    version,
    expires: tufTime(now + day),
    meta: { 'snapshot.json': { version: of, ...tufFileOf(snapshot) } },
  } as const;
}

/** The same content, signed by these and nobody else. */
async function resign(files: Files, name: string, by: readonly (typeof ada)[]): Promise<void> {
  await putSigned(
    files,
    name,
    JSON.parse(Buffer.from(files.get(name) ?? '').toString('utf8')).signed,
    by,
  );
}

describe('the newest set in one answer', () => {
  /** The files that are asked for to refresh, and the result. */
  async function refresh(files: Files, { pinned, kept, now }: Scene) {
    vi.setSystemTime(now);
    const asked: string[] = [];
    const served = serving(() => files);
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push(new URL(String(input)).pathname);
      return served(input, init);
    };
    const source = { fetch, store: memoryStore(), base };
    return { asked, trust: await updateTrust({ source, pinned, kept, now }) };
  }

  it('refreshes the root of trust with one request', async () => {
    const before = await scene();
    const { files } = before;
    const alone = await refresh(files, before);
    const joined = await refresh(new Map(files).set('newest.json', newestOf(files)), before);
    expect(joined.asked).toEqual(['/tuf/newest.json']);
    expect(alone.asked).toHaveLength(7);
    expect(joined.trust).toEqual(alone.trust);
  });

  it('leads to a newer root, which is fetched by itself', async () => {
    const before = await scene();
    const second = await rotate(before.repository);
    const files = await filesOf({ repository: second, now: before.now, version: 30 });
    const { asked, trust } = await refresh(
      new Map(files).set('newest.json', newestOf(files)),
      before,
    );
    expect(asked).toContain('/tuf/2.root.json');
    expect(asked).not.toContain('/tuf/3.root.json');
    expect(JSON.parse(trust.metadata.root).signed.version).toBe(2);
  });

  it.each<[string, string]>([
    ['a file that is no text', '{"schema":"skillgate.tuf-newest/1","root":9,"files":{"a":1}}'],
    ['far too many bytes', 'x'.repeat(newestSetBytesMax + 1)],
  ])('is left out when it is %s, and each file is fetched by itself', async (_, text) => {
    const before = await scene();
    const files = new Map(before.files).set('newest.json', Buffer.from(text));
    const { asked, trust } = await refresh(files, before);
    expect(asked).toContain('/tuf/timestamp.json');
    expect(trust.freshUntil).toBe(new Date(before.now + day).toISOString());
  });

  it('brings no file that a signature or a digest does not cover', async () => {
    const before = await scene();
    const older = await filesOf({ repository: before.repository, now: start, version: 5 });
    const forged = new Map(before.files);
    twist(forged, 'timestamp.json', ({ signed }) => {
      signed.version += 1;
    });
    for (const lie of [older, forged]) {
      const files = new Map(before.files).set('newest.json', newestOf(lie));
      expect(await codeOf(refresh(files, before))).toMatch(/^tuf-(rollback|invalid)$/);
    }
  });
});
