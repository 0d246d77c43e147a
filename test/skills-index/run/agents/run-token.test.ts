import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { runTokens } from '../../../../skills-index/run/agents/run-token.ts';

const random = (): Uint8Array => randomBytes(32);

describe('a run token', () => {
  const begin = Date.parse('2026-01-01T00:00:00Z');
  it('is good for minutes, and the one before it until its own end', () => {
    let time = begin;
    const tokens = runTokens(() => new Date(time), random);
    const first = tokens.renew();
    time += 200_000;
    const second = tokens.renew();
    expect([first, second].map(tokens.isGood)).toEqual([true, true]);
    time = begin + 300_000;
    expect([first, second].map(tokens.isGood)).toEqual([false, true]);
    time = begin + 500_000;
    expect(tokens.isGood(second)).toBe(false);
  });

  it('is worthless to another session, and after the end of its own', () => {
    const finance = runTokens(() => new Date(begin), random);
    const sales = runTokens(() => new Date(begin), random);
    const token = finance.renew();
    sales.renew();
    expect([finance.isGood(token), sales.isGood(token)]).toEqual([true, false]);
    finance.end();
    expect(finance.isGood(token)).toBe(false);
    expect(finance.isGood(finance.renew())).toBe(false);
  });

  it.each(['', 'sgrun_', 'x'.repeat(1000)])('is not %j', (text) => {
    const tokens = runTokens(() => new Date(begin), random);
    tokens.renew();
    expect(tokens.isGood(text)).toBe(false);
  });
});
