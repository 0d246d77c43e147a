import { describe, expect, it, onTestFinished } from 'vitest';
import { expiringSoon, watchExpiry } from '../../../registry/serving/expiry-watch.ts';
import type { TufRepository } from '../../../skills-index/trust/root/repository.ts';
import { TestSigstore } from '../../skills-index/story-sigstore.ts';

const day = 24 * 3_600_000;
const expires = '2027-01-31T12:00:00Z';
const end = Date.parse(expires);
/** Of the document, only the expiry of its newest root counts here. */
const tuf = { roots: [{ signed: { expires } }] } as unknown as TufRepository;

/** A trusted root whose certificate authorities end one after the other. */
function endingAt(...ends: readonly (string | undefined)[]): unknown {
  const { trustedRoot } = new TestSigstore('expiry');
  const root = JSON.parse(JSON.stringify(trustedRoot));
  const [authority] = root.certificateAuthorities;
  root.certificateAuthorities = ends.map((end) => ({
    ...authority,
    validFor: { start: '2020-01-01T00:00:00Z', ...(end === undefined ? {} : { end }) },
  }));
  return root;
}

describe('what expires', () => {
  it.each([
    [40, 0],
    [31, 0],
    [30, 1],
    [1, 1],
    [-1, 1],
  ])('the root of trust is told %i days before its end: %i rows', (days, rows) => {
    const soon = expiringSoon({ tuf }, new Date(end - days * day));
    expect(soon).toHaveLength(rows);
    for (const row of soon)
      expect(row).toMatchObject({
        what: 'the root of trust',
        expires: '2027-01-31T12:00:00.000Z',
        means: expect.stringContaining('rotate propose'),
      });
  });

  it('an authority is told only when none of its kind lasts longer', () => {
    const now = new Date(end - 2 * day);
    const told = (sigstore: unknown) => expiringSoon({ sigstore }, now).map(({ what }) => what);
    expect(told(endingAt(expires))).toEqual([
      'the last certificate authority in trusted_root.json',
    ]);
    expect(told(endingAt(expires, '2021-01-01T00:00:00Z'))).toHaveLength(1);
    expect(told(endingAt(expires, '2028-01-01T00:00:00Z'))).toEqual([]);
    expect(told(endingAt(expires, undefined))).toEqual([]);
  });

  it('is printed at the start and once a day, before and after the end', () => {
    let now = end - 2 * day;
    const lines: string[] = [];
    const watch = watchExpiry({ tuf, now: () => new Date(now) }, (line) => lines.push(line));
    onTestFinished(() => watch.stop());
    expect(lines).toEqual([
      expect.stringContaining(
        'warning: the root of trust expires at 2027-01-31T12:00:00.000Z; hosts refuse',
      ),
    ]);
    for (; now <= end + day; now += day / 24) watch.look();
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toContain('the root of trust expired at');
  });
});
