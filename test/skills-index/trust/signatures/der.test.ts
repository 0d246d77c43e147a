import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Der,
  derTags,
  elementsOf,
  oidText,
  readDer,
} from '../../../../skills-index/trust/signatures/certificate-identity.ts';
import { der, octets, oid } from '../../der-writer.ts';
import { outcomeOf } from '../../hostile.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('DER', () => {
  it('is read as it is written, of any length', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.nat(0xffff)), (size) => {
        const content = Buffer.alloc(size, 7);
        const read = readDer(octets(content), derTags.octetString, 'it');
        expect([
          Buffer.compare(read.content, content),
          Buffer.compare(read.whole, octets(content)),
        ]).toEqual([0, 0]);
      }),
    );
  });

  it('has one form for each value: what is read is written so again', () => {
    const elements = fc.array(
      fc.tuple(fc.constantFrom(0x02, 0x04, 0x30, 0x81), fc.uint8Array({ maxLength: 3 })),
      {
        maxLength: 3,
      },
    );
    const honest = elements.map((list) =>
      Buffer.concat(list.map(([tag, content]) => der(tag, content))),
    );
    let readable = 0;
    fc.assert(
      fc.property(honest, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
        const lie = Buffer.from(bytes);
        if (lie.byteLength > 0) lie[at % lie.byteLength] = (lie[at % lie.byteLength] ?? 0) ^ change;
        const read = readOrNone(lie);
        if (read === undefined) return;
        readable++;
        expect(Buffer.concat(read.map(({ tag, content }) => der(tag, content))).equals(lie)).toBe(
          true,
        );
      }),
      { numRuns: 2_000 },
    );
    expect(readable).toBeGreaterThan(200);
  });

  // Not by their tags: whoever reads a list of elements asks for these later.
  it.each([
    ['a tag of several bytes', '1f0100'],
    ['an indefinite length', `0480${'aa'.repeat(128)}`],
    ['a long length that fits a short one', `04817f${'aa'.repeat(127)}`],
    ['a length of many bytes', `04ff${'01'.repeat(127)}`],
    ['less than its length', '0403aaaa'],
  ])('%s is no element', async (_, text) => {
    expect(await outcomeOf(() => elementsOf(hex(text), 'it'))).toBe('certificate-invalid');
  });

  it.each([
    ['nothing', ''],
    ['two elements', '0401aa0401aa'],
    ['another tag', '0c01aa'],
  ])('%s is refused', async (_, text) => {
    expect(await outcomeOf(() => readDer(hex(text), derTags.octetString, 'it'))).toBe(
      'certificate-invalid',
    );
  });
});

describe('object identifiers', () => {
  it.each([
    '2.5.29.17',
    '1.3.6.1.4.1.57264.1.8',
    '1.2.840.113549.1.9.16.1.4',
    '0.9.2342',
    '2.100.3',
    '1.2.16384',
    '1.2.4503599627370496',
  ])('%s is read', (text) => {
    const content = text === '2.100.3' ? hex('813403') : oid(text).subarray(2);
    expect(oidText(content)).toBe(text);
  });

  it.each([
    ['an arc with a zero before it', '5580801d'],
    ['an arc that does not end', '551d91'],
    ['nothing', ''],
    ['an arc beyond what numbers hold', `55${'ff'.repeat(12)}7f`],
  ])('%s is none', (_, text) => {
    expect(oidText(hex(text))).toBe('');
  });
});

function readOrNone(bytes: Uint8Array): Der[] | undefined {
  try {
    return elementsOf(bytes, 'it');
  } catch {
    return undefined;
  }
}
