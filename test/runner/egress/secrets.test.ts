import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bindSecrets, type RevealedSecret } from '../../../runner/egress/secrets.ts';
import type { AuditEvent } from '../../../skills-index/run/audit/audit-entry.ts';
import type { SecretUse } from '../../../skills-index/skill/capability.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
let minted: number;
let log: AuditEvent[];
/** What the service does in place of an answer. */
let trouble: (() => unknown) | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  minted = 0;
  log = [];
  trouble = undefined;
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (seconds: number): unknown => vi.setSystemTime(start + seconds * 1_000);
const token = (number: number): string => `token-number-${number}`;

interface Service {
  /** Seconds that a token lives. */
  readonly life?: number | undefined;
  readonly as?: SecretUse;
  readonly value?: (number: number) => string;
}

const bind = ({ as = 'bearer', life = 3_600, value = token }: Service = {}) =>
  bindSecrets(
    {
      egress: [
        ...['/a/*', '/b/*'].map((path) => ({
          ...({ scheme: 'https', mode: 'intercept', reason: '', host: 'a.example' } as const),
          ...{ port: 443, methods: ['GET'], path, pinned: {} },
        })),
      ],
      secrets: [{ name: 'TOKEN', hosts: ['a.example'], as, reason: '' }],
    },
    {
      entries: [],
      reveal: async (): Promise<RevealedSecret> => {
        await trouble?.();
        minted += 1;
        return { value: value(minted), expires: Date.now() + life * 1_000 };
      },
    },
    (event) => log.push(event),
  );
const fails = (why: string) => () => {
  throw new Error(why);
};

describe('a secret that ends', () => {
  it.each([
    [3_600, 3_299, 3_300],
    [60, 44, 45],
    [2, 1.4, 1.5],
  ])(
    'of %i seconds is the same for %d seconds, and another after %d',
    async (life, same, other) => {
      const { reveal } = await bind({ life });
      at(same);
      expect(await reveal('TOKEN')).toBe(token(1));
      at(other);
      expect(await reveal('TOKEN')).toBe(token(2));
      at(other + same);
      expect([await reveal('TOKEN'), minted]).toEqual([token(2), 2]);
    },
  );

  it('is not asked for where no request uses it', async () => {
    const { known } = await bind();
    at(100_000);
    known();
    expect(minted).toBe(1);
  });

  it('is fetched once, however many requests wait for it', async () => {
    const { reveal } = await bind();
    at(3_500);
    const all = await Promise.all(Array.from({ length: 20 }, () => reveal('TOKEN')));
    expect(new Set(all)).toEqual(new Set([token(2)]));
    expect(minted).toBe(2);
  });

  it('is used to its end where its service gives no other', async () => {
    const { reveal } = await bind();
    trouble = fails('Cannot use secret "TOKEN": login.example answered with status 503');
    at(3_599);
    expect(await reveal('TOKEN')).toBe(token(1));
    at(3_604);
    await expect(reveal('TOKEN')).rejects.toMatchObject({ code: 'secret-expired' });
    trouble = undefined;
    at(3_610);
    expect(await reveal('TOKEN')).toBe(token(2));
    expect(log).toEqual([
      { event: 'mint', secret: 'TOKEN', why: '' },
      ...Array(2).fill({
        event: 'mint',
        secret: 'TOKEN',
        why: 'Cannot use secret "TOKEN": login.example answered with status 503',
      }),
      { event: 'mint', secret: 'TOKEN', why: '' },
    ]);
  });

  it('is not asked for again at once after a failure', async () => {
    const { reveal } = await bind();
    const asked = vi.fn(fails('no'));
    trouble = asked;
    at(4_000);
    await expect(reveal('TOKEN')).rejects.toThrow();
    at(4_004);
    await expect(reveal('TOKEN')).rejects.toThrow();
    expect(asked).toHaveBeenCalledTimes(1);
    at(4_005);
    await expect(reveal('TOKEN')).rejects.toThrow();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it.each<[string, Service]>([
    ['without the form of its use', { as: 'sigv4', value: (n) => (n === 1 ? 'AKID:key' : 'AKID') }],
    [
      'with another address',
      { as: 'address', value: (n) => `https://a.example/${n === 1 ? 'a' : 'b'}/hook-0123` },
    ],
  ])('is not replaced by one %s', async (_, service) => {
    const { known, reveal } = await bind(service);
    const before = [await reveal('TOKEN'), known()];
    at(3_500);
    expect([await reveal('TOKEN'), known()]).toEqual(before);
    expect(log.at(-1)).toMatchObject({ event: 'mint', why: expect.stringContaining('its ') });
  });

  it('refuses the run where there is none at its start', async () => {
    trouble = fails('no token');
    await expect(bind()).rejects.toThrow('no token');
  });

  it('stays known after its end, beside the new one, but not for ever', async () => {
    const { known, reveal } = await bind();
    const values = (): string[] => known().map(({ value }) => value);
    expect(known()).toBe(known());
    at(3_500);
    await reveal('TOKEN');
    expect(values()).toEqual([token(2), token(1)]);
    at(7_000);
    await reveal('TOKEN');
    expect(values()).toEqual([token(3), token(2), token(1)]);
    at(10_500);
    await reveal('TOKEN');
    expect(values()).toEqual([token(4), token(3), token(2)]);
    const short = await bind({ life: 2 });
    for (let seconds = 10_502; seconds < 10_600; seconds += 2) {
      at(seconds);
      await short.reveal('TOKEN');
    }
    expect(short.known()).toHaveLength(16);
  });
});

describe('a secret without an end', () => {
  it('is fetched once, and the audit log has no line of it', async () => {
    const { reveal } = await bind({ life: Number.POSITIVE_INFINITY });
    at(1e9);
    expect([await reveal('TOKEN'), minted, log]).toEqual([token(1), 1, []]);
  });
});
