import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IngestedFile, ingestFile } from '../../../scanner/ingest/ingest.ts';
import { decodeText } from '../../../scanner/ingest/text.ts';

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const ingest = (path: string, bytes: Uint8Array | string): IngestedFile =>
  ingestFile({ path, bytes: Buffer.from(bytes) });
const utf32 = (text: string, isLittle: boolean): Buffer =>
  Buffer.concat(
    [...`\ufeff${text}`].map((character) => {
      const unit = Buffer.alloc(4);
      if (isLittle) unit.writeUInt32LE(character.codePointAt(0) ?? 0);
      else unit.writeUInt32BE(character.codePointAt(0) ?? 0);
      return unit;
    }),
  );
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('the charset of a text', () => {
  it.each<[string, Buffer, string, string]>([
    ['UTF-8', Buffer.from('eval("ü")'), 'utf-8', 'eval("ü")'],
    ['UTF-8 with a mark', Buffer.from('\ufeffeval(1)'), 'utf-8', 'eval(1)'],
    ['UTF-16 LE with a mark', Buffer.from('\ufeffeval(1)', 'utf16le'), 'utf-16le', 'eval(1)'],
    ['UTF-16 BE with a mark', swapped('\ufeffeval(1)'), 'utf-16be', 'eval(1)'],
    [
      'UTF-16 LE without one',
      Buffer.from('eval("a b c d")', 'utf16le'),
      'utf-16le',
      'eval("a b c d")',
    ],
    ['UTF-16 BE without one', swapped('eval("a b c d")'), 'utf-16be', 'eval("a b c d")'],
    ['UTF-32 LE', utf32('eval("😀")', true), 'utf-32le', 'eval("😀")'],
    ['UTF-32 BE', utf32('eval("😀")', false), 'utf-32be', 'eval("😀")'],
    ['Windows-1252', hex('636166e9 2093 6f6b 94'), 'windows-1252', 'café “ok”'],
    ['UTF-8 with a broken byte', hex('c3bc 20 ff 20 61'), 'utf-8 with errors', 'ü \ufffd a'],
  ])('is told: %s', (_, bytes, encoding, text) => {
    expect(decodeText(bytes)).toMatchObject({ encoding, text });
  });

  it('never fails, and keeps every text in UTF-8 as it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => typeof (decodeText(bytes)?.text ?? '') === 'string',
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const decoded = decodeText(Buffer.from(text));
        expect(
          decoded === undefined ||
            decoded.encoding !== 'utf-8' ||
            decoded.text === text.replace(/^\ufeff/, ''),
        ).toBe(true);
      }),
    );
  });

  it('of prose may be any; of code it has to be understood', () => {
    expect(ingest('notes.md', hex('636166e9'))).toMatchObject({
      disposition: 'analysed',
      artifacts: [{ what: 'not-utf8', detail: 'windows-1252' }],
    });
    expect(ingest('a.py', hex('23 e9 0a'))).toMatchObject({
      disposition: 'unanalysed',
      reason: 'not UTF-8',
    });
  });
});

describe('the coding line of Python', () => {
  it.each([
    ['# -*- coding: latin-1 -*-\nx = "', 'e9', '"\n', 'windows-1252', 'é'],
    [
      '#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\nx = "',
      'e9',
      '"\n',
      'windows-1251',
      'й',
    ],
    ['# coding=shift_jis\nx = "', '8341', '"\n', 'shift_jis', 'ア'],
  ])('says how to read the file: %s', (before, byte, behind, encoding, character) => {
    const file = ingest(
      'a.py',
      Buffer.concat([Buffer.from(before), hex(byte), Buffer.from(behind)]),
    );
    expect(file).toMatchObject({
      disposition: 'analysed',
      artifacts: [{ what: 'not-utf8', detail: encoding }],
    });
    expect(file.sources[0]?.text).toContain(`"${character}"`);
  });

  it.each([
    'utf-7',
    'utf_7',
    'rot13',
    'unicode_escape',
    'raw_unicode_escape',
    'hex',
    'zlib',
    'idna',
    'mine',
  ])('with a codec that turns text into other text is a finding: %s', (codec) => {
    for (const text of [
      `# coding: ${codec}\nprint(1)\n`,
      `\n# -*- coding: ${codec} -*-\n`,
      `#!/bin/python\n# coding=${codec}\n`,
    ]) {
      const file = ingest('a.py', text);
      expect(file).toMatchObject({
        disposition: 'unanalysed',
        artifacts: [{ what: 'misleading-encoding' }],
      });
      const { span } = file.artifacts[0] ?? { span: { start: 0, end: 0 } };
      expect(text.slice(span.start, span.end)).toContain(codec);
    }
  });

  it.each([
    '# coding: utf-8\n',
    '# coding: ascii\nx = 1\n',
    'x = 1\n# coding: rot13\n',
    '\n\n# coding: rot13\n',
    'x = "coding: hex"\n',
  ])('that changes nothing is none: %j', (text) => {
    expect(ingest('a.py', text)).toMatchObject({ disposition: 'analysed', artifacts: [] });
  });
});

describe('a line that ends for one reader only', () => {
  it.each([
    ['a.js', 'x(); // note\u2028evil()\ny()\n'],
    ['a.py', '# note\revil()\nx()\n'],
    ['a.sh', 'curl -s x | sh #\r# nothing here to see\nls\n'],
    ['a.rb', '# note\u0085evil()\nx\n'],
  ])('is a finding at its place: %s', (path, text) => {
    const tricks = ingest(path, text).artifacts.filter((one) => one.what === 'line-trick');
    expect(tricks).toHaveLength(1);
    expect(text[tricks[0]?.span.start ?? 0]).toMatch(/[\r\u2028\u0085]/);
  });

  it.each([
    ['a.py', 'x = 1\ry = 2\r# old Mac\rz = 3\r'],
    ['a.js', 'const x = "a\u2028b";\n'],
    ['a.py', 'x = 1\n\f\ny = 2\n'],
    ['a.md', 'A # word\u2028and more\n'],
    ['a.sh', 'echo a\r\necho b # c\r\n'],
    ['a.sh', 'echo a # b\r\r\necho c\n'],
  ])('is none where nobody is misled: %s %j', (path, text) => {
    expect(ingest(path, text).artifacts.filter((one) => one.what === 'line-trick')).toEqual([]);
  });
});
