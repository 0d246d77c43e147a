import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  buildBundle,
  signPayloadWithKey,
  signWithKey,
} from '../../../cli/signing/bundle-builder.ts';
import { createKeyFile, publicKeyOf } from '../../../cli/signing/key-file.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import {
  inTotoPayloadType,
  parseEnvelope,
  peekStatement,
  verifyEnvelope,
} from '../../../skills-index/statement/signature-formats/envelope.ts';
import { sigstoreBundleMediaType } from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { folderWith } from '../temporary-folder.ts';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const madeKey = () => createKeyFile(join(folderWith(), 'keys/rita.json'), undefined, 'rita');
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');

describe('a bundle that the command line signs', () => {
  it('is the form of bundle that Sigstore’s verifiers read', async () => {
    const key = await madeKey();
    const bundle = await buildBundle(payload, {
      sign: async (data) => ({
        signature: Buffer.from(await key.sign(data)),
        key: { $case: 'publicKey', publicKey: key.publicPem },
      }),
    });
    expect(bundle.mediaType).toBe(sigstoreBundleMediaType);
    expect(bundle.dsseEnvelope).toEqual({
      payload: payload.toString('base64'),
      payloadType: inTotoPayloadType,
      signatures: [{ sig: expect.stringMatching(/^MEU|^MEQ|^MEY/) }],
    });
  });

  it('gives an envelope that the registry parses, and that only this key signed', async () => {
    const key = await madeKey();
    const envelope = parseEnvelope(await signPayloadWithKey(payload, key));
    expect(verifyEnvelope(envelope, key.publicKey)).toBe(true);
    expect(verifyEnvelope(envelope, (await madeKey()).publicKey)).toBe(false);
  });

  it('holds the payload and the type that a registry’s own signature holds', async () => {
    const key = await madeKey();
    const statement = scopeStatement({
      registry: digestOf('a registry'),
      scope: parseScope('acme'),
      owners: [publicKeyOf(key)],
    });
    const ours = await signWithKey(statement, key);
    const registrys = await signStatement(statement, key);
    expect({ ...ours, signatures: [] }).toEqual({ ...registrys, signatures: [] });
    expect(verifyEnvelope(registrys, key.publicKey)).toBe(true);
    expect(peekStatement(ours)).toEqual(peekStatement(registrys));
  });

  it('is built in one place: no file of the command line puts a signed envelope together', () => {
    const own = globSync('cli/**/*.ts', { cwd: top }).filter((path) =>
      /\b(signStatement|signPayload)\b(?=[^;]*from '[^']*statement\/sign\.ts')|DSSEBundleBuilder/.test(
        readFileSync(join(top, path), 'utf8'),
      ),
    );
    // The second file only hands over Sigstore's builder.
    expect(own.toSorted()).toEqual([
      'cli/signing/bundle-builder.ts',
      'cli/signing/sigstore-builder.ts',
    ]);
  });
});
