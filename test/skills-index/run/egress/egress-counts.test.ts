import { describe, expect, it } from 'vitest';
import { EgressCounts } from '../../../../skills-index/run/egress/egress-counts.ts';

const caps = { requests: 5, requestsPerMinute: 2, sentBytes: 10, heldBytes: 4 };

describe('what a run sends', () => {
  it('is so many requests in a minute, and so many in all', () => {
    const counts = new EgressCounts(caps);
    const said = [0, 1, 2, 60_000, 60_001, 120_000].map((now) => counts.request(now));
    expect(said).toEqual([undefined, undefined, 'too-fast', undefined, undefined, 'too-many']);
  });

  it('is so many bytes, and what is kept goes again', () => {
    const counts = new EgressCounts(caps);
    expect([counts.send(10), counts.send(1)]).toEqual([undefined, 'too-much']);
    expect([counts.hold(4), counts.hold(1), counts.hold(-5), counts.hold(4)]).toEqual([
      undefined,
      'too-much',
      undefined,
      undefined,
    ]);
  });
});
