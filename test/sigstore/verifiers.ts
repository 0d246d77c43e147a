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
  readonly signer:
    | { readonly identity: string; readonly issuer: string }
    | { readonly keyPem: string };
}

export interface Answer {
  readonly accepted: boolean;
  /** What it wrote. */
  readonly output: string;
  readonly millis: number;
}

/** What can be wrong with a question. */
export type Fault = 'artifact' | 'key' | 'identity' | 'issuer';

export interface Verifier {
  readonly name: string;
  /** How it refuses. */
  readonly says: Readonly<Record<Fault, RegExp>>;
  verify(question: Question): Promise<Answer>;
}

const own = fileURLToPath(new URL('verify-bundle.ts', import.meta.url));
const script = fileURLToPath(new URL('verify.py', import.meta.url));

/** `verify-bundle.ts`: the client protocol of Sigstore's conformance suite. */
export const ours: Verifier = {
  name: 'ours',
  says: {
    artifact: /error\[subject-mismatch\]/,
    key: /error\[signature-invalid\]/,
    identity: /error\[identity-mismatch\]/,
    issuer: /error\[identity-mismatch\]/,
  },
  verify: ({ bundle, trustedRoot, artifact, signer }) => {
    const files = ['--bundle', bundle, '--trusted-root', trustedRoot];
    return ask(process.execPath, [own, ...files, ...optionsOf(signer), artifact]);
  },
};

export function cosignOf({ cosign }: Programs): Verifier {
  return {
    name: 'cosign',
    says: {
      artifact: /provided artifact digests do not match digests in statement/,
      // It makes the log's entry anew from the key that it is given.
      key: /verifying inclusion: calculated root/,
      identity: /expected SAN value/,
      issuer: /expected issuer value/,
    },
    verify: ({ bundle, trustedRoot, artifact, predicateType, signer }) => {
      const files = ['--bundle', bundle, '--trusted-root', trustedRoot, '--type', predicateType];
      return ask(cosign, ['verify-blob-attestation', ...files, ...optionsOf(signer), artifact]);
    },
  };
}

/** Certificates only: it has no verification with a key. */
export function pythonOf({ python }: Programs): Verifier {
  return {
    name: 'sigstore-python',
    says: {
      artifact: /the artifact is not a subject/,
      key: /never asked/,
      identity: /Certificate's SANs do not match/,
      issuer: /Certificate's OIDCIssuer does not match/,
    },
    verify: ({ bundle, trustedRoot, artifact, signer }) => {
      if ('keyPem' in signer)
        throw new Error('sigstore-python verifies no bundles that are signed with a key');
      return ask(python, [
        '-W',
        'ignore',
        script,
        bundle,
        trustedRoot,
        signer.identity,
        signer.issuer,
        artifact,
      ]);
    },
  };
}

/** Runs a program and takes its exit code for its answer. */
export function ask(program: string, argv: readonly string[]): Promise<Answer> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    execFile(
      program,
      argv,
      { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const millis = performance.now() - start;
        // Only an exit code is an answer; a program that did not run, or was killed, has refused
        // nothing.
        if (error !== null && typeof error.code !== 'number') return reject(error);
        resolve({ accepted: error === null, output: `${stdout}${stderr}`, millis });
      },
    );
  });
}

function optionsOf(signer: Question['signer']): string[] {
  if ('keyPem' in signer) return ['--key', signer.keyPem];
  return ['--certificate-identity', signer.identity, '--certificate-oidc-issuer', signer.issuer];
}
