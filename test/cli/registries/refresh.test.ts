import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pinRegistry } from '../../../cli/registries/addresses/pin-registry.ts';
import {
  currentRegistry,
  type FreshRegistry,
  freshRegistry,
  refreshTrust,
  type TrustTerms,
} from '../../../cli/registries/refresh.ts';
import { trustedRegistry } from '../../../cli/registries/registries.ts';
import { readStoredTrust } from '../../../cli/registries/stored-trust.ts';
import { type Digest, digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import {
  base,
  type Files,
  filesOf,
  holdCeremony,
  hour,
  keys,
  rootFile,
  serving,
} from '../trust-server.ts';

const start = Date.parse('2026-11-01T12:00:00Z');
const day = 24 * hour;
const online: TrustTerms = { offline: false, graceHours: 0 };

describe('the kept root of trust', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-trust-test-'));
  const paths = {
    config: join(folder, 'config'),
    data: join(folder, 'data'),
    cache: join(folder, 'cache'),
  };
  const pinned = rootFile();
  const keptPath = join(paths.config, 'tuf', `${hexOf(rootFingerprint(pinned))}.json`);
  let files: Files;
  let asked = 0;
  let now = start;
  let isDown = false;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked += 1;
    if (isDown) throw new TypeError('fetch failed');
    return serving(() => files)(input, init);
  };
  const world = { paths, fetch, now: () => new Date(now), signal: new AbortController().signal };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    now = start;
    isDown = false;
    const repository = await holdCeremony({
      root: pinned,
      signers: [keys.ada, keys.ben],
      now: start,
    });
    files = await filesOf({ repository, now: start, version: 10 });
    await refreshTrust(world, base, pinned);
    await pinRegistry(paths, base, pinned, []);
    asked = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('of a registry whose root file says that there is one', () => {
    const today = rootFile({ more: { tuf: 1 } });
    const ask = async (terms = online): Promise<string> => {
      await pinRegistry(paths, base, today, []);
      const code = await freshRegistry(world, trustedRegistry(world, base), terms).then(
        ({ registry }) => (registry.kept === undefined ? 'trusted without it' : 'fresh'),
        ({ code: why }) => why,
      );
      return code;
    };
    const hide = (isHidden: (name: string) => boolean): void => {
      for (const name of [...files.keys()].filter(isHidden)) files.delete(name);
    };

    it.each<[string, () => void, TrustTerms]>([
      ['answers 404 to all of it', () => hide(() => true), online],
      ['answers 404 to its newest part', () => hide((name) => name === 'timestamp.json'), online],
      [
        'does not answer',
        () => {
          isDown = true;
        },
        online,
      ],
      ['is not asked', () => undefined, { offline: true, graceHours: 100 }],
    ])('is missed at the first sight of a registry that %s', async (_, attack, terms) => {
      attack();
      expect(await ask(terms)).toBe('tuf-missing');
      await expect(currentRegistry(world, base)).rejects.toMatchObject({
        code: isDown ? 'registry-down' : terms.offline ? 'tuf-invalid' : 'tuf-missing',
      });
    });

    it('is taken from an honest one, and kept', async () => {
      const repository = await holdCeremony({
        root: today,
        signers: [keys.ada, keys.ben],
        now: start,
      });
      files = await filesOf({ repository, now: start, version: 10 });
      expect([await ask(), await ask({ offline: true, graceHours: 0 })]).toEqual([
        'fresh',
        'fresh',
      ]);
    });

    it('is refused where a rotation calls the registry by another name', async () => {
      const first = await holdCeremony({ root: today, signers: [keys.ada, keys.ben], now: start });
      const nextOf = (named: Digest) =>
        rootFile({ administrators: [keys.ada, keys.dora], more: { tuf: 1, first: named } });
      const serve = async (named: Digest): Promise<void> => {
        const root = nextOf(named);
        const repository = await holdCeremony({
          root,
          signers: [keys.ada, keys.ben, keys.dora],
          now: start,
          before: first,
        });
        files = await filesOf({ repository, now: start, version: 20 });
      };
      await serve(digestOf('another registry'));
      expect(await ask()).toBe('tuf-invalid');
      await serve(rootFingerprint(today));
      expect(await ask()).toBe('fresh');
    });
  });

  const later = (ms: number, terms = online): Promise<FreshRegistry> => {
    now = start + ms;
    vi.setSystemTime(now);
    return freshRegistry(world, trustedRegistry(world, base), terms);
  };
  const rotate = async (): Promise<void> => {
    const first = await holdCeremony({ root: pinned, signers: [keys.ada, keys.ben], now: start });
    const root = rootFile({ administrators: [keys.ada, keys.dora] });
    const second = await holdCeremony({
      root,
      signers: [keys.ada, keys.ben, keys.dora],
      now: start,
      before: first,
    });
    files = await filesOf({ repository: second, now: start + 2 * hour, version: 20 });
  };

  it('is not asked for within the hour, and once after it', async () => {
    await later(hour - 1);
    expect(asked).toBe(0);
    await later(hour);
    expect(asked).toBeGreaterThan(2);
    asked = 0;
    await freshRegistry(world, trustedRegistry(world, base), online);
    expect(asked).toBe(0);
  });

  it('brings a rotation to the next admission, and the fingerprint that names the registry stays', async () => {
    await rotate();
    const { registry, notes } = await later(2 * hour);
    expect(registry.root.administrators.map((one) => one.keyId).sort()).toEqual(
      [keys.ada.keyId, keys.dora.keyId].sort(),
    );
    expect(registry.fingerprint).toBe(rootFingerprint(pinned));
    expect(notes).toEqual([]);
  });

  it.each([
    ['offline', { offline: true, graceHours: 0 }],
    ['with a registry that is down', online],
  ])(
    'counts %s until its day and an hour are over, says so, and then no longer',
    async (_, terms) => {
      isDown = true;
      const { notes } = await later(25 * hour, terms);
      expect(notes).toEqual([
        expect.stringMatching(
          /not renewed .* the copy of 2026-11-01T12:00:00.000Z is valid until 2026-11-02T13:00:00.000Z/,
        ),
      ]);
      await expect(later(25 * hour + 1, terms)).rejects.toMatchObject({
        code: 'tuf-expired',
        message: expect.stringContaining('2026-11-02T13:00:00'),
      });
    },
  );

  it('counts longer by the host’s grace while nobody can be asked, and says until when', async () => {
    isDown = true;
    const { notes } = await later(40 * hour, { offline: true, graceHours: 48 });
    expect(notes).toEqual([expect.stringContaining('is valid until 2026-11-04T13:00:00.000Z')]);
  });

  it('has no grace of a registry that answers and holds its metadata back', async () => {
    files = new Map();
    expect((await later(20 * hour, { offline: false, graceHours: 48 })).notes).toHaveLength(1);
    await expect(later(26 * hour, { offline: false, graceHours: 48 })).rejects.toMatchObject({
      code: 'tuf-expired',
    });
  });

  it('is taken up within an hour where there was none', async () => {
    rmSync(folder, { recursive: true, force: true });
    const honest = files;
    files = new Map();
    await pinRegistry(paths, base, pinned, []);
    await later(0);
    expect(asked).toBe(1);
    await later(hour - 1);
    expect(asked).toBe(1);
    expect((await later(hour, { offline: true, graceHours: 0 })).registry.kept).toBeUndefined();
    files = honest;
    expect((await later(hour)).registry.kept).toBeDefined();
  });

  it('is as good as none while only its roots are served', async () => {
    rmSync(folder, { recursive: true, force: true });
    files = new Map([...files].filter(([name]) => name === '1.root.json'));
    expect(await refreshTrust(world, base, pinned)).toBeUndefined();
  });

  it('is never unlearnt: a registry that hides /tuf/ after a rotation gets no older root back', async () => {
    await rotate();
    await later(2 * hour);
    files = new Map();
    const { registry } = await later(4 * hour);
    expect(registry.root.administrators).toHaveLength(2);
    await expect(refreshTrust(world, base, pinned)).rejects.toMatchObject({
      code: 'registry-answer-invalid',
    });
    await pinRegistry(paths, base, pinned, []);
    expect(trustedRegistry(world, base).root.administrators).toHaveLength(2);
  });

  it('stops everything when it shows an attack, even in its first day', async () => {
    const repository = await holdCeremony({
      root: pinned,
      signers: [keys.ada, keys.ben],
      now: start,
    });
    files = await filesOf({ repository, now: start - hour, version: 3 });
    await expect(later(2 * hour)).rejects.toMatchObject({ code: 'tuf-rollback' });
    expect(
      JSON.parse(readStoredTrust(paths, rootFingerprint(pinned))?.metadata.timestamp ?? '').signed
        .version,
    ).toBe(10);
  });

  it('is not passed over when its file is damaged', async () => {
    writeFileSync(keptPath, readFileSync(keptPath, 'utf8').slice(0, -40));
    expect(() => trustedRegistry(world, base)).toThrow(
      expect.objectContaining({ code: 'tuf-invalid' }),
    );
  });

  it('is asked for again when the clock was set back', async () => {
    await later(-2 * day).catch(() => undefined);
    expect(asked).toBeGreaterThan(0);
  });
});
