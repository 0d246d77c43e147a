import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeholderFor, redactor } from '../../../runner/secrets/placeholder.ts';

const placeholder = placeholderFor(new Uint8Array(16));
const value = 'sk/live+0123 "456"';
const known = [{ name: 'T', placeholder, value }];

const clean = (parts: readonly string[]): string => {
  const filter = redactor(known);
  return parts.map((part) => filter.push(part)).join('') + filter.end();
};

describe('a value in an answer', () => {
  it.each([
    ['as it is', value],
    ['in base64', Buffer.from(value).toString('base64')],
    ['inside other base64', Buffer.from(`ab${value}cd`).toString('base64')],
    ['inside other base64, shifted', Buffer.from(`a${value}cd`).toString('base64')],
    ['in base64url', Buffer.from(`a${value}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
    ['in capital hexadecimal', Buffer.from(value).toString('hex').toUpperCase()],
    ['in an address', encodeURIComponent(value)],
    ['in JSON', JSON.stringify({ value })],
    ['as Python quotes it', 'sk/live%2B0123%20%22456%22'],
    ['in a form', 'sk%2Flive%2B0123+%22456%22'],
    ['in HTML', 'sk/live+0123 &quot;456&#34;'],
    ['in careful JSON', 'sk\\/live\\u002b0123 \\"456\\u0022'],
    ['in quoted-printable, wrapped', 'sk/live+01=\r\n23 =22456"'],
    ['in wrapped base64', Buffer.from(value).toString('base64').replace(/.{7}/g, '$&\r\n')],
    ['in UTF-16', Buffer.from(value, 'utf16le').toString('latin1').slice(0, -1)],
    [
      'in hexadecimal with spaces',
      Buffer.from(value)
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
    ],
    ['with every byte encoded', Buffer.from(value).toString('hex').replace(/../g, '%$&')],
  ])('%s is replaced, wherever the parts of the answer end', (_, text) => {
    for (let cut = 0; cut <= text.length; cut++) {
      const out = clean(['before ', text.slice(0, cut), text.slice(cut), ' after']);
      expect(out).toContain(placeholder);
      for (const part of ['live', '0123', '456', text.slice(8, 16)]) expect(out.replace(placeholder, '')).not.toContain(part);
      expect(out.startsWith('before ') && out.endsWith(' after')).toBe(true);
    }
  });

  it('that begins another one is not taken for it, wherever the parts end', () => {
    const longer = { name: 'L', placeholder: 'LONGER', value: `${value}-and-more` };
    for (let cut = 0; cut <= longer.value.length; cut++) {
      const filter = redactor([...known, longer]);
      const out = filter.push(longer.value.slice(0, cut)) + filter.push(longer.value.slice(cut)) + filter.end();
      expect(out).toBe('LONGER');
    }
  });

  it('is not looked for where there is none, nor where it is empty', () => {
    for (const none of [[], [{ name: 'E', placeholder, value: '' }]]) expect(redactor(none).push('text')).toBe('text');
  });

  it('is all that is replaced', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), (parts) => {
        fc.pre(!parts.join('').includes(value));
        expect(clean(parts)).toBe(parts.join(''));
      }),
    );
  });
});

describe('any value', () => {
  const printable = fc
    .string({
      minLength: 8,
      maxLength: 60,
      unit: fc.constantFrom(...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))),
    })
    .filter((text) => !placeholder.includes(text));
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  const forms: Readonly<Record<string, (text: string) => string>> = {
    plain: (text) => text,
    address: encodeURIComponent,
    'every sign of an address': (text) => hex(text).replace(/../g, '%$&'),
    JSON: (text) => JSON.stringify(text).slice(1, -1),
    'careful JSON': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
    'JSON in escapes': (text) => hex(text).replace(/../g, '\\u00$&'),
    hex,
    'capital hex': (text) => hex(text).toUpperCase(),
    'UTF-16, low byte first': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
    'UTF-16, high byte first': (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
    ...Object.fromEntries(
      ['', 'a', 'ab'].flatMap((before) =>
        (['base64', 'base64url'] as const).map((encoding) => [
          `${encoding} after ${before.length}`,
          (text: string) => Buffer.from(`${before}${text}==`).toString(encoding),
        ]),
      ),
    ),
  };

  it.each(Object.entries(forms))('as %s is replaced, in any text, in any parts', (_, write) => {
    const cuts = fc.array(fc.nat({ max: 700 }), { maxLength: 8 });
    fc.assert(
      fc.property(printable, fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), cuts, (secret, before, after, at) => {
        const text = Buffer.from(`${before}\n${write(secret)}\n${after}`, 'latin1').toString('latin1');
        const ends = [...at.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
        const filter = redactor([{ name: 'T', placeholder, value: secret }]);
        const out = ends.map((end, i) => filter.push(text.slice(ends[i - 1] ?? 0, end))).join('') + filter.end();
        expect([...filter.found]).toEqual(['T']);
        expect(out).toContain(placeholder);
        expect(out).not.toContain(write(secret));
      }),
    );
  });
});
