/**
 * The client protocol of Sigstore's conformance suite:
 * `verify-bundle --bundle FILE --trusted-root FILE (--key PEM | --certificate-identity IDENTITY
 * --certificate-oidc-issuer URL) FILE_OR_DIGEST`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { digestOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { verifyArtifact } from './verify-artifact.ts';

const type = 'string';
const { positionals, values } = parseArgs({
  args: process.argv.slice(process.argv[2] === 'verify-bundle' ? 3 : 2),
  allowPositionals: true,
  options: {
    bundle: { type },
    'trusted-root': { type },
    key: { type },
    'certificate-identity': { type },
    'certificate-oidc-issuer': { type },
  },
});
const [subject = ''] = positionals;
const read = (path = ''): Buffer => readFileSync(path);
try {
  const root = parseJson(read(values['trusted-root']), 'the trusted root').value;
  // The protocol: a text is a digest only if no file has this name.
  const artifact = isDigest(subject) && !existsSync(subject) ? subject : digestOf(read(subject));
  const expected =
    values.key === undefined
      ? {
          subject: values['certificate-identity'] ?? '',
          issuer: values['certificate-oidc-issuer'] ?? '',
        }
      : { key: read(values.key).toString() };
  verifyArtifact(read(values.bundle), artifact, expected, root);
} catch (thrown) {
  if (!(thrown instanceof Problem)) throw thrown;
  process.stderr.write(`error[${thrown.code}]: ${thrown.message}\n`);
  process.exitCode = 6;
}
