import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentTexts } from '../../../scanner/prose/reading.ts';

it('gives each text what is made of this text, and forgets by length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\ud800', '\0'), maxLength: 200 })),
      (charsMax, texts) => {
        const memory = new RecentTexts<string>(charsMax);
        for (const text of texts)
          expect(memory.of(text, () => `made of ${text}`)).toBe(`made of ${text}`);
      },
    ),
  );
});

it('makes a value once, and again when other texts came in between', () => {
  const made: string[] = [];
  const memory = new RecentTexts<number>(1_000);
  const ask = (text: string): number => memory.of(text, () => made.push(text));
  ask('a');
  ask('b'.repeat(500));
  ask('c'.repeat(500));
  // The older half is still known, and a text that is asked for again stays.
  ask('a');
  expect(made.length).toBe(3);
  for (let at = 0; at < 4; at++) ask(`${at}`.repeat(500));
  ask('a');
  expect(made.length).toBe(8);
  // A text longer than the whole memory displaces nothing.
  ask('d'.repeat(1_001));
  ask('d'.repeat(1_001));
  ask('a');
  expect(made.length).toBe(10);
});

it('remembers no end of empty texts', () => {
  const memory = new RecentTexts<object>(1_000);
  const first = memory.of('', () => ({}));
  for (let at = 0; at < 100; at++) memory.of(`${at}`, () => ({}));
  expect(memory.of('', () => ({}))).not.toBe(first);
});
