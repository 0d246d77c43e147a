import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNote, printSignatureLine } from '../../../skills-index/log/checkpoint.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const line = printSignatureLine({ name: 'skills.example', keyed: Buffer.alloc(68, 1) });

describe('a signed note', () => {
  it('is a text, an empty line and signatures; the text may have empty lines of its own', () => {
    expect(parseNote(`a\nb\n\n${line}`)).toEqual({
      body: 'a\nb\n',
      signatures: [{ name: 'skills.example', keyed: Buffer.alloc(68, 1) }],
    });
    expect(parseNote(`a\n\nb\n\n${line}${line}`)).toMatchObject({
      body: 'a\n\nb\n',
      signatures: [{}, {}],
    });
  });

  it.each([
    ['no text', `\n\n${line}`],
    ['no signature', 'a\n\n'],
    ['a signature without its line feed', `a\n\n${line.trimEnd()}`],
    ['a name with a plus', `a\n\n${line.replace('skills.', 'skills+')}`],
    ['base64 in another form', `a\n\n${line.replace(/A/g, '-')}`],
    [
      'a signature of four bytes',
      `a\n\n${printSignatureLine({ name: 'a', keyed: Buffer.alloc(4) })}`,
    ],
    ['101 signatures', `a\n\n${line.repeat(101)}`],
    ['more than 64 KiB', `${'a'.repeat(65_536)}\n\n${line}`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseNote(text)).toThrow(Problem);
  });

  it('is read back as it was printed, or refused, whatever comes', () => {
    const signature = fc.record({
      name: fc.stringMatching(/^[^\s+]{1,20}$/u),
      keyed: fc.uint8Array({ minLength: 5, maxLength: 80 }),
    });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[^\n]{1,30}$/),
        fc.array(signature, { minLength: 1, maxLength: 5 }),
        (text, list) => {
          const read = parseNote(`${text}\n\n${list.map(printSignatureLine).join('')}`);
          expect(read).toEqual({
            body: `${text}\n`,
            signatures: list.map(({ name, keyed }) => ({ name, keyed: Buffer.from(keyed) })),
          });
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseNote(text);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
