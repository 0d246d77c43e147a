/** Takes a renewed certificate without a restart, and warns before a certificate ends. */
import type { Server } from 'node:https';
import {
  certificateCheckMs,
  certificateExpiredAgainMs,
  certificateWarnAgainMs,
} from '../limits.ts';
import { readTlsFiles, type TlsFiles, type TlsIdentity, whyNotLongValid } from './tls-files.ts';

export interface TlsRenewal {
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
