/** The certificate and the private key that a registry shows to its clients. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Problem } from '../../skills-index/skill/problem.ts';
import { certificateWarnMs } from '../limits.ts';

export interface TlsFiles {
  /** PEM: the certificate, then the certificates of its issuers. */
  readonly certificate: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

export interface TlsIdentity {
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
export function whyNotLongValid(
  { expires }: TlsIdentity,
  path: string,
  now: number,
): string | undefined {
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
