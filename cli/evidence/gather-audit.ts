/** Reads the audit log of a host into the parts of a report, piece by piece. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseLogLine, readLines } from '../../runner/audit/audit-file.ts';
import { credentialForms } from '../../scanner/rules/credentials.ts';
import {
  type AuditKey,
  type ChainEnd,
  chainStart,
  digestOfLine,
  parseAuditCheckpoint,
} from '../../skills-index/run/audit/audit-chain.ts';
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { type Digest, digestOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { AuditSection, Parts } from './write-report.ts';

const evidencePieceBytes = 1024 * 1024;

export interface AuditReading {
  readonly parts: Parts;
  /** ISO 8601: older lines are named by the digest of the last one only. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
  /** Is called for each line of the period that can be read. */
  readonly onEntry: (entry: AuditEntry) => void;
  /** Is called after each piece, with the number of lines that were read so far. */
  readonly onLines?: (lines: number) => void;
}

/**
 * Reads the log and the log's checkpoints.
 * @param data the host's data folder; `config` its config folder
 * @returns null where the host has no log
 */
export async function gatherAudit(
  { config, data }: { readonly config: string; readonly data: string },
  reading: AuditReading,
): Promise<AuditSection | null> {
  const file = join(data, 'audit', 'audit.jsonl');
  const keyFile = join(config, 'audit-key.json');
  const heads = [`${file}.head`, `${keyFile}.head`];
  if (!existsSync(file) && !heads.some((head) => existsSync(head))) return null;
  // The checkpoints before the log: a run that signs meanwhile adds lines, and removes none.
  const checkpoints = heads.flatMap((head) =>
    existsSync(head) ? (parseAuditCheckpoint(readFileSync(head, 'utf8')) ?? []) : [],
  );
  const key = readPublicKey(keyFile) ?? null;
  const pieces = new Pieces(reading);
  for await (const { lines } of readLines(file)) {
    reading.signal.throwIfAborted();
    for (const line of lines) pieces.take(line);
    reading.onLines?.(pieces.read);
  }
  return { key, ...pieces.end(), checkpoints };
}

/** Takes each line, and makes a part of each mebibyte of lines. */
class Pieces {
  readonly #reading: AuditReading;
  readonly #pieces: Digest[] = [];
  #from: ChainEnd = chainStart;
  #isWithin = false;
  #lines: string[] = [];
  #bytes = 0;
  read = 0;

  constructor(reading: AuditReading) {
    this.#reading = reading;
  }

  take(line: Uint8Array): void {
    this.read += 1;
    const entry = parseLogLine(line);
    const { since } = this.#reading;
    // From the first line of the period on, every line belongs to the report: also one with an
    // earlier time, which a clock that was set back left.
    if (!this.#isWithin && since !== undefined && entry !== undefined && entry.at < since) {
      this.#from = { seq: entry.seq, digest: digestOfLine(line) };
      return;
    }
    this.#isWithin = true;
    if (entry !== undefined) this.#reading.onEntry(entry);
    const text = Buffer.from(line).toString('utf8');
    const masked = withoutCredentials(text);
    this.#lines.push(masked === text ? text : `${digestOfLine(line)} ${masked}`);
    this.#bytes += line.byteLength;
    if (this.#bytes >= evidencePieceBytes) this.#flush();
  }

  end(): Pick<AuditSection, 'from' | 'pieces'> {
    this.#flush();
    return { from: this.#from, pieces: this.#pieces };
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#pieces.push(this.#reading.parts.add(this.#lines.join('\n')));
    this.#lines = [];
    this.#bytes = 0;
  }
}

/**
 * The text with a word in the place of each credential. The log records no bodies, queries or
 * values of secrets. But an agent may write a token into its reason for a call, or into a path.
 */
function withoutCredentials(text: string): string {
  return credentialForms.reduce(
    (rest, { sign, form, what }) =>
      rest.includes(sign) ? rest.replace(form, `(${what}, left out)`) : rest,
    text,
  );
}

const keyShape = v.object({ publicKey: v.string(), keyId: v.custom<Digest>(isDigest) });

// The private key is not needed: a copy of the file may lack the key.
function readPublicKey(path: string): AuditKey | undefined {
  if (!existsSync(path)) return undefined;
  const { success, output } = v.safeParse(keyShape, JSON.parse(readFileSync(path, 'utf8')));
  if (!success || digestOf(derOf(output.publicKey)) !== output.keyId)
    throw new Problem('key-file-invalid', `${path} is no audit key`);
  return { keyId: output.keyId, publicKey: output.publicKey };
}

/** The DER of a public key in PEM. */
export function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}
