/**
 * The foreign programs of the interoperability job, at fixed versions: what is missing below
 * `.cache/sigstore` is fetched and built.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../.cache/sigstore', import.meta.url));
const bin = join(cache, 'bin');
const readLogSource = fileURLToPath(new URL('read-log', import.meta.url));

/** Name of the program → what `go install` takes. Newer ones of the first two need Go 1.27. */
const goPrograms = {
  posix: 'github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix@v2.3.0',
  'timestamp-server': 'github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server@v2.1.3',
  fulcio: 'github.com/sigstore/fulcio@v1.8.8',
  cosign: 'github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3',
} as const;

/** Only for `npm run test:oci`: a client and a registry of the OCI world. */
const ociPrograms = {
  oras: 'oras.land/oras/cmd/oras@v1.3.0',
  crane: 'github.com/google/go-containerregistry/cmd/crane@v0.20.6',
} as const;

const sigstorePython = 'sigstore==4.5.1';

export interface Programs {
  readonly posix: string;
  readonly timestampServer: string;
  readonly fulcio: string;
  readonly cosign: string;
  /** Python with `sigstore` in it. */
  readonly python: string;
  /** Our reader of C2SP tiles over the Go project's own libraries. */
  readonly readLog: string;
}

/** Builds what is missing, one after the other: the first time takes about ten minutes. */
export function makePrograms(tell: (line: string) => void): Programs {
  const path = (name: keyof typeof goPrograms): string => makeGoProgram(name, tell);
  return {
    posix: path('posix'),
    timestampServer: path('timestamp-server'),
    fulcio: path('fulcio'),
    cosign: path('cosign'),
    python: pythonWithSigstore(tell),
    readLog: buildReader(),
  };
}

/** @returns the path of the program, which is built when it is missing */
export function makeGoProgram(
  name: keyof typeof goPrograms | keyof typeof ociPrograms,
  tell: (line: string) => void,
): string {
  mkdirSync(bin, { recursive: true });
  const program = join(bin, name);
  const source = { ...goPrograms, ...ociPrograms }[name];
  if (!existsSync(program)) {
    tell(`building ${source}`);
    // Go's public list of module digests does not have each of these modules.
    const env = { GOBIN: bin, GONOSUMDB: 'oras.land/*' };
    run('nice', ['go', 'install', '-p', '2', source], env);
  }
  return program;
}

/** The versions, for the transcript. */
export function versionsOf({ python }: Programs): string[] {
  const installed = run(python, ['-m', 'sigstore', '--version']).trim();
  return [...Object.values(goPrograms), installed, run('go', ['version']).trim()];
}

function pythonWithSigstore(tell: (line: string) => void): string {
  const venv = join(cache, 'venv');
  const python = join(venv, 'bin/python');
  if (!existsSync(join(venv, 'bin/sigstore'))) {
    tell(`installing ${sigstorePython}`);
    run('python3', ['-m', 'venv', venv]);
    run(python, ['-m', 'pip', 'install', '-q', sigstorePython]);
  }
  return python;
}

function buildReader(): string {
  const program = join(bin, 'read-log');
  run('nice', ['go', 'build', '-C', readLogSource, '-o', program, '.']);
  return program;
}

function run(program: string, argv: readonly string[], env: Record<string, string> = {}): string {
  return execFileSync(program, argv, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
}
