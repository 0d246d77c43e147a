/**
 * A certificate's parts, one by one, by hand: nothing is signed here, since what is read is refused
 * before a signature is looked at.
 */
import { describe, expect, it } from 'vitest';
import { readClaims } from '../../../skills-index/trust/signatures/certificate-identity.ts';
import { der, integer, octets, oid, sequence, utf8, yes } from '../der-writer.ts';
import { people } from '../story.ts';
import { fulcioOid } from '../story-certificates.ts';

const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
const version = der(0xa0, integer(2));
const ext = (id: string, value: Uint8Array, ...between: Uint8Array[]): Buffer =>
  sequence(oid(id), ...between, octets(value));
const email = (text: string): Buffer => der(0x81, Buffer.from(text));
const usage = ext('2.5.29.15', der(0x03, Uint8Array.of(7, 0x80)), yes);
const codeSigning = ext('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.3')));
const named = (...list: Uint8Array[]): Buffer => ext('2.5.29.17', sequence(...list), yes);
const says = (number: number, text: string): Buffer => ext(`${fulcioOid}${number}`, utf8(text));
const issuer = says(8, 'https://login.example');
const usual = [usage, codeSigning, named(email('kim@example.org')), issuer];
const tbsOf = (extensions: Uint8Array, inner = algorithm): Buffer =>
  sequence(
    version,
    integer(7),
    inner,
    sequence(),
    sequence(),
    sequence(),
    Buffer.from(people.author.publicKey),
    extensions,
  );
const leaf = (...extensions: Uint8Array[]): Buffer =>
  sequence(tbsOf(der(0xa3, sequence(...extensions))), algorithm);
const claims = (...extensions: Uint8Array[]) => readClaims(leaf(...extensions));
const kim = { issuer: 'https://login.example', subject: 'kim@example.org' };
const userName = `${fulcioOid}7`;

describe('a certificate made by hand', () => {
  it('is read when everything is right (so the cases below test what they say)', () => {
    expect(claims(...usual)).toEqual(kim);
    expect(claims(...usual, ext(`${fulcioOid}1`, Buffer.from(kim.issuer)))).toEqual(kim);
    expect(claims(...usual.slice(0, 3), ext(`${fulcioOid}1`, Buffer.from(kim.issuer)))).toEqual(
      kim,
    );
    expect(
      claims(...usual, ext('2.5.29.19', sequence(), yes), ext('1.2.3.4', Buffer.of(1))),
    ).toEqual(kim);
  });

  it('may name a user in place of an address', () => {
    const user = der(0xa0, oid(userName), der(0xa0, utf8('kim')));
    expect(claims(usage, codeSigning, named(user), issuer).subject).toBe('kim');
  });

  const bare = (...parts: Uint8Array[]) => sequence(sequence(...parts), algorithm);
  it.each<[string, Buffer, string]>([
    ['nothing in it', sequence(), 'parts are missing'],
    ['no algorithm', sequence(tbsOf(der(0xa3, sequence(...usual)))), 'parts are missing'],
    ['no version', bare(), 'not of version 3'],
    [
      'another algorithm inside',
      sequence(tbsOf(der(0xa3, sequence(...usual)), sequence(oid('1.2.3'))), algorithm),
      'two signature',
    ],
    ['no key', bare(version, integer(7), algorithm), 'not a P-256 key'],
    ['no extensions', sequence(tbsOf(Buffer.of()), algorithm), 'has no extensions'],
  ])('is refused with %s', (_, bytes, why) => {
    const message = expect.stringContaining(why);
    expect(() => readClaims(bytes)).toThrow(
      expect.objectContaining({ code: 'certificate-invalid', message }),
    );
  });

  const malformed = 'an extension is malformed';
  const authority = ext('2.5.29.19', sequence(yes), yes);
  it.each<[string, readonly Uint8Array[], string]>([
    ['without a value', [...usual, sequence(oid('1.2.3.4'))], malformed],
    ['with a part too many', [...usual, ext('2.5.29.19', sequence(), yes, yes)], malformed],
    [
      'critical by what is no boolean',
      [...usual, ext('2.5.29.19', sequence(), octets(Buffer.of(0xff)))],
      malformed,
    ],
    ['that is there twice', [...usual, issuer], 'is there twice'],
    [
      'that is critical and unknown',
      [...usual, ext('1.2.3.4', Buffer.of(1), yes)],
      'is critical and unknown here',
    ],
    ['of an authority', [...usual, authority], 'of an authority'],
    [
      'for servers too',
      [usage, ext('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.3'), oid('1.3.6.1.5.5.7.3.1')))],
      'code signing alone',
    ],
    [
      'for no signatures',
      [codeSigning, ext('2.5.29.15', der(0x03, Uint8Array.of(6, 0x40)), yes)],
      'not digital signature',
    ],
    ['of no use', [codeSigning], 'not digital signature'],
    ['of no issuer', usual.slice(0, 3), 'names no issuer'],
    ['of an empty issuer', [...usual.slice(0, 3), says(8, '')], 'names no issuer'],
    [
      'of two issuers',
      [...usual, ext(`${fulcioOid}1`, Buffer.from('https://evil.example'))],
      'two issuers',
    ],
    ['of nobody', [usage, codeSigning, issuer], 'has 0 subject alternative names'],
    [
      'of two',
      [usage, codeSigning, issuer, named(email('a@b.example'), email('c@d.example'))],
      'has 2 subject',
    ],
    ['of an empty name', [usage, codeSigning, issuer, named(email(''))], 'is empty'],
    [
      'of a name outside ASCII',
      [usage, codeSigning, issuer, named(email('kím@example.org'))],
      'is not plain text',
    ],
    [
      'of a host',
      [usage, codeSigning, issuer, named(der(0x82, oid(userName), der(0xa0, utf8('kim'))))],
      'neither an email',
    ],
    [
      'of another kind of user',
      [usage, codeSigning, issuer, named(der(0xa0, oid('1.2.3'), der(0xa0, utf8('kim'))))],
      'neither an email',
    ],
    [
      'of a text that is not UTF-8',
      [...usual, ext(`${fulcioOid}15`, der(0x0c, Buffer.of(0xff)))],
      '',
    ],
    [
      'that counts, by another form of its identifier',
      [
        ...usual,
        sequence(der(6, Buffer.of(0x55, 0x1d, 0x80, 0x11)), octets(sequence(email('a@b.example')))),
      ],
      malformed,
    ],
    ['of a text with a line in it', [...usual, says(15, 'a\nb')], 'is not plain text'],
    ['of a text without an end', [...usual, says(15, 'a'.repeat(2_001))], 'is not plain text'],
  ])('is refused with an extension %s', (_, extensions, why) => {
    const message = expect.stringContaining(why);
    expect(() => claims(...extensions)).toThrow(
      expect.objectContaining({ code: 'certificate-invalid', message }),
    );
  });
});
