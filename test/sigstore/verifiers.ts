/** Verifiers that are not ours, and ours, all asked the same question as a process of their own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Programs } from './programs.ts';

/** Paths of files, and who is expected to have signed. */
export interface Question {
  readonly bundle: string;
  readonly trustedRoot: string;
  readonly artifact: string;
  readonly predicateType: string;
  readonly signer: { readonly identity: string; readonly issuer: string } | { readonly keyPem: string };
}

export interface Answer {
  readonly accepted: boolean;
  /** Its last line, on one line. */
  readonly said: string;
  readonly millis: number;
}

export type Verifier = (question: Question) => Promise<Answer>;

const guard = fileURLToPath(new URL('../../cli/guard.js', import.meta.url));
const script = fileURLToPath(new URL('verify.py', import.meta.url));

/** `skill sigstore verify-bundle`: the client protocol of Sigstore's conformance suite. */
export const ours: Verifier = ({ bundle, trustedRoot, artifact, signer }) => {
  const who = 'keyPem' in signer ? ['--key', signer.keyPem] : identityOptions(signer);
  return ask(process.execPath, [
    guard,
    'sigstore',
    'verify-bundle',
    '--bundle',
    bundle,
    ...who,
    '--trusted-root',
    trustedRoot,
    artifact,
  ]);
};

export function cosignOf({ cosign }: Programs): Verifier {
  return ({ bundle, trustedRoot, artifact, predicateType, signer }) => {
    const who = 'keyPem' in signer ? ['--key', signer.keyPem] : identityOptions(signer);
    const files = ['--bundle', bundle, '--trusted-root', trustedRoot, '--type', predicateType];
    return ask(cosign, ['verify-blob-attestation', ...files, ...who, artifact]);
  };
}

/** Certificates only: it has no verification with a key. */
export function pythonOf({ python }: Programs): Verifier {
  return ({ bundle, trustedRoot, artifact, signer }) => {
    if ('keyPem' in signer) throw new Error('sigstore-python verifies no bundles that are signed with a key');
    return ask(python, ['-W', 'ignore', script, bundle, trustedRoot, signer.identity, signer.issuer, artifact]);
  };
}

/** Runs a program and takes its exit code for its answer. */
export function ask(program: string, argv: readonly string[]): Promise<Answer> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    execFile(program, argv, { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const millis = performance.now() - start;
      // Only an exit code is an answer; a program that did not run, or was killed, has refused nothing.
      if (error !== null && typeof error.code !== 'number') return reject(error);
      const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
      resolve({ accepted: error === null, said: (lines.at(-1) ?? '').trim(), millis });
    });
  });
}

function identityOptions({ identity, issuer }: { readonly identity: string; readonly issuer: string }): string[] {
  return ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
}
