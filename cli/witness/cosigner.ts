/**
 * A witness: checks that each head of a log continues the previous one, and signs it. It stores the
 * head before it answers.
 */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  type JudgedSubmission,
  judgeSubmission,
  parseSubmission,
  printHead,
  type Submission,
} from '../../skills-index/log/add-checkpoint.ts';
import { type Checkpoint, noteName, parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { cosignerKeyId } from '../../skills-index/log/cosignature.ts';
import { ownNote } from '../../skills-index/log/own-note.ts';
import { type CheckpointSigner, signCosignature } from '../../skills-index/log/sign-cosignature.ts';
import { type Witness, witnessNameCharsMax } from '../../skills-index/log/witness-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Heads, StoredLog } from './heads.ts';

/** Retries of a witness after a concurrent request. */
const witnessTriesMax = 20;

/** A watched log. */
export interface WatchedLog {
  readonly origin: string;
  /** Ed25519, SPKI DER. */
  readonly key: Uint8Array;
}

export interface CosigningWitness {
  readonly key: WitnessKey;
  readonly logs: readonly WatchedLog[];
  readonly heads: Heads;
  readonly now: () => Date;
  /** Output for people: warnings, one line each. */
  readonly alarm: (line: string) => void;
  /** Output of cosigned heads, one line each. */
  readonly say?: (line: string) => void;
  /**
   * Called when another key than the known one signed a log; returns undefined without a newer key.
   */
  readonly renew?: (log: WatchedLog) => Promise<WatchedLog | undefined>;
  /**
   * Why a head is not cosigned, although it continues the previous one; absent for witnesses
   * without a replay.
   */
  readonly whyHeld?: (origin: string, size?: number) => string | undefined;
  /**
   * Why the map of names of a head is not cosigned; absent for witnesses without a replay. Status
   * 422 is for a map that differs from the entries of the head.
   */
  readonly whyMapRefused?: (head: Checkpoint) => Promise<RefusedMap | undefined>;
  /** The registry's status at the last replay: a second source of it for hosts. */
  readonly statusOf?: (origin: string) => Uint8Array | undefined;
}

/** Answers to a log. The statuses are those of C2SP tlog-witness; 503 is for a stopped log. */
export type Answered =
  | { readonly status: 200; readonly line: string }
  | {
      readonly status: 400 | 403 | 404 | 409 | 422 | 503;
      readonly why: string;
      readonly size?: number;
    };

/** Answers to a head whose map is wrong, or could not be computed now. */
export type RefusedMap = { readonly status: 422 | 503; readonly why: string };

/** Parses the body of an `add-checkpoint` request. */
export async function takeSubmission(witness: CosigningWitness, text: string): Promise<Answered> {
  let submission: Submission;
  let head: Checkpoint;
  try {
    submission = parseSubmission(text);
    head = parseCheckpoint(submission.note);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { status: 400, why: cause.message };
  }
  const log = witness.logs.find((one) => one.origin === head.origin);
  if (log === undefined) return { status: 404, why: 'this log is not watched here' };
  const answered = await consider(witness, log, submission);
  const renewed = answered.status === 403 ? await witness.renew?.(log) : undefined;
  return renewed === undefined ? answered : consider(witness, renewed, submission);
}

/** Cosigns, or returns the reason for a refusal. */
export async function consider(
  witness: CosigningWitness,
  log: WatchedLog,
  submission: Submission,
): Promise<Answered> {
  for (let tries = 0; tries < witnessTriesMax; tries++) {
    const kept = await witness.heads.read(log.origin);
    if (kept.stopped !== undefined) return stoppedAnswer(log, kept.stopped);
    const judged = judgeSubmission(submission, { kept: kept.head, log });
    switch (judged.kind) {
      case 'refused': {
        const { status, why } = judged;
        if (status === 409) reportOlderHead(witness, log, { kept, note: submission.note });
        return status === 409 ? { status, why, size: kept.head?.size ?? 0 } : { status, why };
      }
      case 'forked':
        return stop(witness, log, { kept, judged, note: submission.note });
      case 'cosign': {
        const held = witness.whyHeld?.(log.origin, judged.head.size);
        if (held !== undefined) return { status: 503, why: held };
        const note = ownNote(submission.note, log);
        const refused = await witness.whyMapRefused?.(judged.head);
        if (refused !== undefined) {
          if (refused.status === 422) await keepMap(witness, log, { kept, why: refused.why, note });
          return refused;
        }
        if (!(await isKept(witness, log, { kept, head: judged.head, note }))) continue;
        if (kept.head?.size !== judged.head.size)
          witness.say?.(`cosigned ${log.origin}: ${printHead(judged.head)}`);
        return { status: 200, line: await cosign(witness, note) };
      }
    }
  }
  return { status: 503, why: 'too many heads of this log at once; try again' };
}

// The log's signature over the wrong map convicts the registry: everybody can read the entries.
async function keepMap(
  { heads, now }: CosigningWitness,
  { origin }: WatchedLog,
  { kept, why, note }: { readonly kept: StoredLog; readonly why: string; readonly note: string },
): Promise<void> {
  const at = now().toISOString();
  await heads.keepEvidence(origin, { why, kept: kept.head?.note ?? '', sent: note, at });
}

/** The newest head with a fresh cosignature; undefined for an unknown, stopped or held log. */
export async function cosignedHead(
  witness: CosigningWitness,
  log: WatchedLog,
): Promise<string | undefined> {
  const { head, stopped } = await witness.heads.read(log.origin);
  return head === undefined ||
    stopped !== undefined ||
    witness.whyHeld?.(log.origin, head.size) !== undefined ||
    (await witness.whyMapRefused?.(parseCheckpoint(head.note))) !== undefined
    ? undefined
    : head.note + (await cosign(witness, head.note));
}

/** Stops cosigning a log with two histories; both notes are stored. */
export async function stop(
  witness: CosigningWitness,
  log: WatchedLog,
  found: {
    readonly kept: StoredLog;
    readonly judged: Extract<JudgedSubmission, { readonly kind: 'forked' }>;
    readonly note: string;
  },
): Promise<Answered> {
  const { judged, kept } = found;
  const evidence = {
    why: judged.why,
    kept: kept.head?.note ?? '',
    sent: ownNote(found.note, log),
    at: witness.now().toISOString(),
  };
  await witness.heads.stop(log.origin, evidence);
  witness.alarm(
    `ALARM ${log.origin}: ${judged.why}. This witness cosigns nothing of this log until a person removes stopped.json.`,
  );
  return { status: judged.status, why: judged.why };
}

/** A log that shows an older head than before is refused, and the note is stored. */
export async function keepRollback(
  witness: CosigningWitness,
  log: WatchedLog,
  seen: { kept: StoredLog; note: string },
): Promise<string> {
  const { head } = seen.kept;
  const sent = parseCheckpoint(seen.note);
  const why = `the log went back: ${head === undefined ? 'nothing' : printHead(head)} was cosigned, and it now shows ${printHead(sent)}`;
  const evidence = {
    why,
    kept: head?.note ?? '',
    sent: ownNote(seen.note, log),
    at: witness.now().toISOString(),
  };
  const file = await witness.heads.keepEvidence(log.origin, evidence);
  witness.alarm(`ALARM ${log.origin}: ${why}. Kept in ${file}`);
  return why;
}

const tellsMax = 100;
const toldOlder = new WeakMap<CosigningWitness, Set<number>>();

// A checkpoint is public, so the sender of an old one proves nothing. It is reported once, stops
// nothing and fills no disk.
function reportOlderHead(
  witness: CosigningWitness,
  { origin }: WatchedLog,
  { kept, note }: { kept: StoredLog; note: string },
): void {
  const sent = parseCheckpoint(note);
  const told = toldOlder.get(witness) ?? new Set();
  if (
    kept.head === undefined ||
    sent.size >= kept.head.size ||
    told.has(sent.size) ||
    told.size >= tellsMax
  )
    return;
  toldOlder.set(witness, told.add(sent.size));
  witness.alarm(
    `ALARM ${origin}: an older head arrived: ${printHead(kept.head)} was cosigned, and now ${printHead(sent)} arrived. If the registry shows the older head as well, it was restored from an older copy: tell its operator`,
  );
}

/** The answer to a stopped log. */
export function stoppedAnswer(
  log: WatchedLog,
  stopped: NonNullable<StoredLog['stopped']>,
): Answered {
  return {
    status: 503,
    why: `${log.origin} is stopped until a person has checked it: ${stopped.why}`,
  };
}

// A stored head is signed again with the current time, and nothing is written.
async function isKept(
  { heads }: CosigningWitness,
  { origin }: WatchedLog,
  {
    kept,
    head,
    note,
  }: { readonly kept: StoredLog; readonly head: Checkpoint; readonly note: string },
): Promise<boolean> {
  const isNew =
    kept.head?.size !== head.size || (kept.head.map === undefined && head.map !== undefined);
  return !isNew || heads.follow(origin, kept.place, note);
}

function cosign({ key, now }: CosigningWitness, note: string): Promise<string> {
  return signCosignature(note, {
    name: key.name,
    seconds: Math.floor(now().getTime() / 1000),
    key,
  });
}

// A witness's own key: Ed25519, created at the first start, readable by its owner only.

export interface WitnessKey extends CheckpointSigner {
  /** The name at the start of its signature lines. */
  readonly name: string;
}

const fileName = 'witness-key.json';
const form = v.strictObject({
  schema: v.literal('skillgate.witness-key/1'),
  name: v.pipe(v.string(), v.maxLength(witnessNameCharsMax), v.regex(noteName)),
  privateKey: v.string(),
});

/**
 * The key in a witness's folder; made when there is none.
 * @param named what it is to be called; must be its name when the key is there already
 * @throws Problem `key-file-invalid`, `usage`, also without a name when there is no key yet
 */
export async function readOrMakeWitnessKey(
  dir: string,
  named: string | undefined,
): Promise<WitnessKey> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, fileName);
  const key = (await readKey(path)) ?? (await makeKey(path, named));
  if (named !== undefined && named !== key.name) {
    throw new Problem(
      'usage',
      `Cannot rename the witness in ${JSON.stringify(dir)}: its name ${JSON.stringify(key.name)} never changes`,
    );
  }
  return key;
}

/** The line for `witnesses.json`. */
export function witnessLine({ name, publicKey }: WitnessKey): Witness {
  return { name, key: Buffer.from(publicKey).toString('base64') };
}

/** The same for other programs (C2SP signed-note, verifier key). */
export function verifierKey({ name, publicKey }: WitnessKey): string {
  const id = Buffer.from(cosignerKeyId(name, publicKey)).toString('hex');
  return `${name}+${id}+${Buffer.concat([Uint8Array.of(4), publicKey.subarray(-32)]).toString('base64')}`;
}

async function readKey(path: string): Promise<WitnessKey | undefined> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (bytes === undefined) return undefined;
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    throw invalid(path, 'others may read it', `chmod 600 ${JSON.stringify(path)}`);
  }
  const parsed = v.safeParse(form, parseJson(bytes, path).value);
  if (!parsed.success) throw invalid(path, 'it is not of form skillgate.witness-key/1');
  const { name, privateKey } = parsed.output;
  return toKey(name, parsePem(path, privateKey));
}

async function makeKey(path: string, name: string | undefined): Promise<WitnessKey> {
  if (name === undefined) {
    throw new Problem(
      'usage',
      'Cannot create a witness without a name: each cosigned head shows the name to clients',
      {
        hint: 'name it once: skillgate witness serve … --name witness.example/one; the name is stored with the key and never changes',
      },
    );
  }
  if (
    !noteName.test(name) ||
    /^[a-z][a-z\d]*:\/\//i.test(name) ||
    name.length > witnessNameCharsMax
  ) {
    throw new Problem('usage', `Cannot name a witness ${JSON.stringify(name)}`, {
      hint: 'use an address without https://, such as witness.example/one, without spaces and plus signs',
    });
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = {
    schema: 'skillgate.witness-key/1',
    name,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  // `wx`: of two concurrent first starts the second fails, and a planted link is not followed.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(text, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return toKey(name, privateKey);
}

function parsePem(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw invalid(path, 'its private key cannot be read', undefined, cause);
  }
  throw invalid(path, 'it is not an Ed25519 key');
}

function toKey(name: string, privateKey: KeyObject): WitnessKey {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { name, publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

function invalid(path: string, why: string, hint?: string, cause?: unknown): Problem {
  const detail = { ...(hint === undefined ? {} : { hint }), cause };
  return new Problem('key-file-invalid', `Cannot use ${JSON.stringify(path)}: ${why}`, detail);
}
