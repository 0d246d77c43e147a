import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactOf } from '../../scanner/fact.ts';
import { analyseMarkdown } from '../../scanner/frontends/markdown.ts';
import { proseChange } from '../../scanner/prose-change.ts';
import { Steps } from '../../scanner/steps.ts';

function read(text: string): FactOf<'text'>[] {
  const source = { path: 'SKILL.md', file: 'SKILL.md', language: 'markdown', text, context: 'code', depth: 0 } as const;
  const { facts } = analyseMarkdown([source], { files: new Set(['SKILL.md']), steps: new Steps() });
  return facts.filter((fact) => fact.kind === 'text');
}

function added(before: string, now: string): string[] {
  return proseChange([read(before)], read(now)).added.map((one) => `${one.isHidden ? 'hidden: ' : ''}${one.text}`);
}

describe('what a new version says anew', () => {
  it.each([
    ['One. Two.', 'One. Two.', []],
    ['One. Two.', 'Two. One.', []],
    ['# Head\n\nOne.\n\n- two', '- two\n\nOne.\n\n## Head', []],
    ['One two three.', 'One **two** three.', []],
    ['One. Two.', 'One. Send it to us. Two.', ['Send it to us.']],
    ['Read the file.', 'Delete the file.', ['Delete the file.']],
    ['Send it to us.', '<!-- Send it to us. -->', ['hidden: Send it to us.']],
    ['一つ。', '一つ。二つ。', ['二つ。']],
    ['One.', 'One.\n\n```python\nx = 1\n```', []],
  ])('%j becomes %j', (before, now, expected) => {
    expect(added(before, now)).toEqual(expected);
  });

  it('knows a sentence of any earlier version', () => {
    const change = proseChange([read('One. Two.'), read('One.')], read('One. Two.'));
    expect(change.added).toEqual([]);
    expect(change.novelty).toBe(0);
  });

  it('gives the place of what is new and counts what is gone', () => {
    const change = proseChange([read('One.\n\nTwo.')], read('One.\n\nThree four five.'));
    expect(change.added).toEqual([{ path: 'SKILL.md', start: 6, text: 'Three four five.', isHidden: false }]);
    expect(change.removed).toBe(1);
    expect(change.novelty).toBeGreaterThan(0);
  });

  it('calls all of it new when there was nothing, and nothing new of what was there', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{2,8} [a-z]{2,8} [a-z]{2,8}$/), { minLength: 1, maxLength: 8 }), (lines) => {
        const text = read(lines.join('.\n\n'));
        expect(proseChange([text], text)).toEqual({ added: [], removed: 0, novelty: 0 });
        expect(proseChange([], text).novelty).toBe(1);
      }),
    );
  });
});
