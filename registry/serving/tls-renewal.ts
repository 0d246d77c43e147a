/** Takes a renewed certificate without a restart, and warns before a certificate ends. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { isIP } from 'node:net';
import { Problem } from '../../skills-index/skill/problem.ts';

/** How often the files of the certificate are read, and how early and how often its end is told. */
const certificateCheckMs = 60_000;

/** The same after the end, when no client gets through. */
const certificateExpiredAgainMs = 3_600_000;

const certificateWarnAgainMs = 24 * 3_600_000;

const certificateWarnMs = 14 * 24 * 3_600_000;

interface TlsRenewal {
  /** When the certificate in use ends, in milliseconds since 1970. */
  expires(): number;
  /** Reads the files now. A pair that cannot be used leaves the one before in use. */
  reload(): Promise<void>;
  stop(): void;
}

/** Reads both files once a minute: a watch on a file misses a renewal that replaces a link. */
export function keepTlsFresh({
  files,
  name,
  identity,
  server,
  now,
  say,
}: {
  readonly files: TlsFiles;
  /** The host name that the certificate must have. */
  readonly name: string;
  readonly identity: TlsIdentity;
  readonly server: Server;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}): TlsRenewal {
  let current = identity;
  let lastFailure: string | undefined;
  let warnedAt: number | undefined;
  const warn = (): void => {
    const at = now().getTime();
    const line = whyNotLongValid(current, files.certificate, at);
    if (line === undefined) return;
    const pause = current.expires <= at ? certificateExpiredAgainMs : certificateWarnAgainMs;
    if (warnedAt !== undefined && at - warnedAt < pause) return;
    warnedAt = at;
    say(line);
  };
  const reload = async (): Promise<void> => {
    try {
      const next = await readTlsFiles(files, name);
      lastFailure = undefined;
      if (!next.cert.equals(current.cert) || !next.key.equals(current.key)) {
        server.setSecureContext({ cert: next.cert, key: next.key });
        current = next;
        warnedAt = undefined;
        say(
          `The registry uses the new certificate, valid until ${new Date(next.expires).toISOString()}`,
        );
      }
    } catch (error) {
      // A renewal writes two files, one after the other. The next look finds them together.
      const why = error instanceof Error ? error.message : String(error);
      if (why !== lastFailure) say(`warning: the certificate before stays in use: ${why}`);
      lastFailure = why;
    }
    warn();
  };
  const timer = setInterval(() => void reload(), certificateCheckMs);
  timer.unref();
  warn();
  return { expires: () => current.expires, reload, stop: () => clearInterval(timer) };
}

// The certificate and the private key that a registry shows to its clients.

export interface TlsFiles {
  /** PEM: the certificate, then the certificates of its issuers. */
  readonly certificate: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When the certificate ends, in milliseconds since 1970. */
  readonly expires: number;
}

/**
 * Reads both files, and checks that they belong together and to the registry's host name.
 * @param hostname of the public address
 * @throws Problem `tls-file-invalid`
 */
export async function readTlsFiles(files: TlsFiles, hostname: string): Promise<TlsIdentity> {
  const [cert, key] = await Promise.all([read(files.certificate), read(files.key)]);
  const { mode } = await stat(files.key);
  // Debian keeps keys readable for a group (ssl-cert), so the group is the operator’s choice.
  if ((mode & 0o007) !== 0 && process.platform !== 'win32')
    throw refusal(files.key, 'every user of this machine may read the private key', {
      hint: `chmod o-rwx ${files.key}`,
    });
  const certificate = parsed(files.certificate, () => new X509Certificate(cert));
  const privateKey = parsed(files.key, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw refusal(files.key, `the key does not belong to the certificate ${files.certificate}`);
  const names =
    isIP(hostname) === 0 ? certificate.checkHost(hostname) : certificate.checkIP(hostname);
  if (names === undefined)
    throw refusal(
      files.certificate,
      `the certificate is for ${certificate.subjectAltName ?? certificate.subject}, not for ${hostname}`,
    );
  return { cert, key, expires: Date.parse(certificate.validTo) };
}

/** The warning about a certificate that ends soon; undefined while there is time. */
function whyNotLongValid({ expires }: TlsIdentity, path: string, now: number): string | undefined {
  if (expires - now > certificateWarnMs) return undefined;
  const day = new Date(expires).toISOString();
  return expires <= now
    ? `warning: the certificate ${path} expired at ${day}; clients refuse this registry until the file holds a new certificate`
    : `warning: the certificate ${path} expires at ${day}; renew the certificate, and the registry takes the new file by itself`;
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const hint = cause.code === 'EACCES' ? unreadable : undefined;
    const why = whyNotRead[cause.code ?? ''] ?? cause.message;
    throw refusal(path, why, { cause, ...(hint !== undefined && { hint }) });
  });
}

const unreadable =
  'Let the certificate program copy both files after each renewal to a folder that this user may read, as “As a service” in docs/registry-reference.md shows.';

const whyNotRead: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'the user who runs the registry may not read it',
};

function parsed<Result>(path: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    throw refusal(path, 'it holds no PEM of the expected kind, or the key is encrypted', { cause });
  }
}

function refusal(
  path: string,
  why: string,
  more: { readonly hint?: string; readonly cause?: unknown } = {},
): Problem {
  return new Problem('tls-file-invalid', `Cannot use ${path} for TLS: ${why}`, more);
}
