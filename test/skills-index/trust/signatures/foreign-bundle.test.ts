import { describe, expect, it } from 'vitest';
import {
  isCertified,
  withoutOwnEntry,
} from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { foreignBundleBytesMax } from '../../../../skills-index/trust/limits.ts';
import { parseForeignBundle } from '../../../../skills-index/trust/signatures/foreign-bundle.ts';
import { kim, tellCertified } from '../../story-certified.ts';

type Loose = ReturnType<typeof JSON.parse>;
const { publish } = await tellCertified({ owners: [kim] });
if (!isCertified(publish.bundle)) throw new Error('no certified bundle');
const plain = JSON.stringify(withoutOwnEntry(publish.bundle));
const read = (text: string) => parseForeignBundle(Buffer.from(text));
const changed = (change: (json: Loose) => void): string => {
  const json: Loose = JSON.parse(plain);
  change(json);
  return JSON.stringify(json);
};
const entry = (change: object): string =>
  changed((json) => Object.assign(json.verificationMaterial.tlogEntries[0], change));

describe('a bundle that others made', () => {
  it.each([
    'application/vnd.dev.sigstore.bundle+json;version=0.3',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
  ])('is read as %s', (mediaType) => {
    expect(read(changed((json) => (json.mediaType = mediaType))).mediaType).toBe(mediaType);
  });

  it.each<[string, string]>([
    [
      'a number without quotes',
      entry({ logIndex: Number(JSON.parse(plain).verificationMaterial.tlogEntries[0].logIndex) }),
    ],
    ['a promise that is not there', entry({ inclusionPromise: null })],
    ['an empty time', entry({ integratedTime: '0' })],
    ['a time of zero', entry({ integratedTime: 0 })],
  ])('may be written with %s', (_, text) => {
    expect(() => read(text)).not.toThrow();
  });

  it.each<[string, string, string]>([
    [
      'another media type',
      changed((json) => (json.mediaType = 'application/json')),
      'invalid bundle',
    ],
    ['a field that nobody knows', changed((json) => (json.note = 'x')), 'bundle.note is unknown'],
    ['a field that nobody knows, deep in it', entry({ note: true }), 'note is unknown'],
    ['a list that nobody knows', entry({ note: ['x'] }), 'note is unknown'],
    [
      'base64 in another form',
      changed((json) => (json.dsseEnvelope.payload = `${json.dsseEnvelope.payload} `)),
      'payload',
    ],
    [
      'an object in place of a list',
      changed((json) => (json.dsseEnvelope.signatures = { 0: json.dsseEnvelope.signatures[0] })),
      '',
    ],
    ['nothing', '{}', 'Cannot read the Sigstore bundle'],
    ['a list', '[]', 'Cannot read the Sigstore bundle'],
  ])('is refused with %s', (_, text, why) => {
    const message = expect.stringContaining(why);
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'statement-invalid', message }),
    );
  });

  it('over a file names the algorithm by its name, not by its number', () => {
    const over = (algorithm: unknown) =>
      changed((json) => {
        delete json.dsseEnvelope;
        const digest = Buffer.alloc(32).toString('base64');
        json.messageSignature = { messageDigest: { algorithm, digest }, signature: 'MAYCAQACAQA=' };
      });
    expect(read(over('SHA2_256')).content.$case).toBe('messageSignature');
    expect(() => read(over(1))).toThrow(
      expect.objectContaining({
        code: 'statement-invalid',
        message: expect.stringContaining('bundle.messageSignature.messageDigest.algorithm'),
      }),
    );
  });

  it('may hold what is empty where nobody knows it, since that says nothing', () => {
    for (const note of [null, '', 0, '0', false, []])
      expect(() => read(entry({ note }))).not.toThrow();
  });

  it('is read up to its size, and not beyond', () => {
    const padding = foreignBundleBytesMax - Buffer.byteLength(plain);
    expect(() => read(plain + ' '.repeat(padding))).not.toThrow();
    expect(() => read(plain + ' '.repeat(padding + 1))).toThrow(
      `it has more than ${foreignBundleBytesMax} bytes`,
    );
  });

  it('says what the library could not read', () => {
    expect(() => read(changed((json) => delete json.verificationMaterial))).toThrow(
      expect.objectContaining({ code: 'statement-invalid', cause: expect.any(Error) }),
    );
  });
});
