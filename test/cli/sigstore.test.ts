import { createHash, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { somebody, TestSigstore } from '../skills-index/story-sigstore.ts';
import { skill } from './skill-command.ts';
import { folderWith } from './temporary-folder.ts';

const sigstore = new TestSigstore('command');
const content = 'what somebody signed';
const statement = (digest: Digest): Buffer =>
  Buffer.from(
    canonicalJson({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'a.tar', digest: { sha256: hexOf(digest) } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {},
    }),
  );
const bundle = JSON.stringify(
  await sigstore.sign(statement(digestOf(content)), sigstore.certify(somebody)),
);
const root = JSON.stringify(sigstore.trustedRoot);
const who = [
  '--certificate-identity',
  somebody.subject,
  '--certificate-oidc-issuer',
  somebody.issuer,
];

const home = (more: Readonly<Record<string, string>> = {}): string =>
  folderWith({
    'a.tar': content,
    'b.tar': 'other bytes',
    'bundle.json': bundle,
    'root.json': root,
    ...more,
  });
const verify = (folder: string, ...argv: readonly string[]) =>
  skill({ home: folder }, 'sigstore', 'verify-bundle', ...argv);
const all = ['--bundle', 'bundle.json', '--trusted-root', 'root.json', ...who];

describe('skillgate sigstore verify-bundle', () => {
  it('says who signed the file', async () => {
    const { exit, out } = await verify(home(), ...all, 'a.tar');
    expect([exit, out]).toEqual([
      0,
      `verified: ${digestOf(content)} is signed by ada@people.example, whom https://accounts.example vouches for\n`,
    ]);
  });

  it('answers in JSON', async () => {
    const { exit, out } = await verify(home(), ...all, '--format', 'json', 'a.tar');
    expect([exit, JSON.parse(out)]).toEqual([
      0,
      {
        schema: 'skillgate.sigstore/1',
        verified: true,
        artifact: digestOf(content),
        signer: { by: 'certificate', ...somebody },
      },
    ]);
  });

  it('takes the digest of a file that is not here', async () => {
    expect((await verify(home(), ...all, digestOf(content))).exit).toBe(0);
    const other = await verify(home(), ...all, digestOf('other bytes'));
    expect([other.exit, other.err]).toEqual([
      6,
      expect.stringContaining('error[subject-mismatch]'),
    ]);
  });

  it('takes what looks like a digest for a file where there is one of that name', async () => {
    const named = digestOf(content);
    expect((await verify(home({ [named]: 'other bytes' }), ...all, named)).exit).toBe(6);
    expect((await verify(home({ [named]: content }), ...all, named)).exit).toBe(0);
  });

  it.each([
    ['another file', ['b.tar'], 6, 'subject-mismatch'],
    ['a file that is not there', ['c.tar'], 3, 'not-found'],
    ['a digest that is too short', ['sha256:abcd'], 3, 'not-found'],
  ])('refuses %s', async (_, argv, exit, code) => {
    const said = await verify(home(), ...all, ...argv);
    expect([said.exit, said.err]).toEqual([exit, expect.stringContaining(`error[${code}]`)]);
  });

  it('takes the trusted root of the configuration folder where none is given, one for each instance', async () => {
    const argv = ['--bundle', 'bundle.json', ...who, 'a.tar'];
    const none = await verify(home(), ...argv);
    expect([none.exit, none.err]).toEqual([
      3,
      expect.stringMatching(/error\[not-found\].*production[\s\S]*--trusted-root FILE/),
    ]);
    expect((await verify(home({ 'config/sigstore/production.json': root }), ...argv)).exit).toBe(0);
    expect(
      (await verify(home({ 'config/sigstore/production.json': root }), '--staging', ...argv)).exit,
    ).toBe(3);
    expect(
      (await verify(home({ 'config/sigstore/staging.json': root }), '--staging', ...argv)).exit,
    ).toBe(0);
  });

  it.each([
    ['no bundle', ['--trusted-root', 'root.json', ...who]],
    ['no identity', ['--bundle', 'bundle.json', '--certificate-oidc-issuer', somebody.issuer]],
    ['no issuer', ['--bundle', 'bundle.json', '--certificate-identity', somebody.subject]],
    ['a key and an identity', [...all, '--key', 'key.pub']],
    ['neither key nor identity', ['--bundle', 'bundle.json']],
  ])('asks for what is missing: %s', async (_, argv) => {
    const said = await verify(home(), ...argv, 'a.tar');
    expect([said.exit, said.err]).toEqual([2, expect.stringContaining('error[usage]')]);
  });

  it('verifies a signature of a key', async () => {
    const signer = sigstore.certify(somebody);
    const plain = await sigstore.sign(statement(digestOf(content)), signer);
    const signature = sign('sha256', Buffer.from(content), signer.privateKey).toString('base64');
    const digest = createHash('sha256').update(content).digest('base64');
    const verifier = {
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      publicKey: { rawBytes: signer.named.spki },
    };
    const record = {
      data: { algorithm: 'SHA2_256', digest },
      signature: { content: signature, verifier },
    };
    const body = { apiVersion: '0.0.2', kind: 'hashedrekord', spec: { hashedRekordV002: record } };
    const keyed = {
      mediaType: plain.mediaType,
      verificationMaterial: {
        publicKey: { hint: '' },
        tlogEntries: [await sigstore.log(Buffer.from(canonicalJson(body)))],
      },
      messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest }, signature },
    };
    const pem = `-----BEGIN PUBLIC KEY-----\n${signer.named.spki}\n-----END PUBLIC KEY-----\n`;
    const folder = home({ 'keyed.json': JSON.stringify(keyed), 'key.pub': pem });
    const said = await verify(
      folder,
      '--bundle',
      'keyed.json',
      '--key',
      'key.pub',
      '--trusted-root',
      'root.json',
      'a.tar',
    );
    expect([said.exit, said.out]).toEqual([
      0,
      `verified: ${digestOf(content)} is signed with the key\n`,
    ]);
  });
});
