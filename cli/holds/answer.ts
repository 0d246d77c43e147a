/**
 * An approver who types a command answers the command's own hold at the same terminal. Only the
 * approver's passphrase makes the answer, so an agent with a terminal of its own cannot give it.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readBreakers } from '../../runner/agents/breakers.ts';
import type { Audit } from '../../runner/audit/audit.ts';
import { writePrivateFile } from '../../runner/files/private-file.ts';
import { holdDesk, holdFiles } from '../../runner/holds/holds.ts';
import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import {
  answerBytes,
  type Hold,
  type HoldAnswer,
  holdAnswerType,
  holdDigest,
  type SignedAnswer,
  signedAnswerShape,
} from '../../skills-index/run/holds/hold.ts';
import { endOf, isStanding } from '../../skills-index/run/holds/hold-action.ts';
import { findAnswer } from '../../skills-index/run/holds/hold-gate.ts';
import type { Approver } from '../../skills-index/run/holds/hold-policy.ts';
import { holdEvent } from '../../skills-index/run/holds/hold-state.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { pae } from '../../skills-index/statement/signature-formats/envelope.ts';
import { proofChallenge } from '../../skills-index/trust/signatures/passkey.ts';
import type { CommandContext } from '../command.ts';
import { type KeyFile, readKeyFile } from '../signing/key-file.ts';
import { keyNames, keyPath } from '../signing/signer.ts';
import { askPassphrase } from '../signing/stored-key.ts';
import { isQuietTerminal } from '../terminal/hidden-answer.ts';
import { printNote, safe } from '../terminal/output.ts';
import type { KeysHere } from './separation.ts';

/** Passphrases that a person may type for one answer. */
const passphraseTriesMax = 3;

/** Whether a key with a passphrase of an approver is on this host, and a person can type here. */
export async function canAnswerHere(
  context: CommandContext,
  { approvers }: HostPolicy,
): Promise<boolean> {
  if (context.format !== 'text' || !isQuietTerminal(context.stdin)) return false;
  const kinds = await keyKinds(context);
  return approvers.some(({ key }) => kinds.get(key?.keyId ?? '') === 'sealed');
}

/**
 * Asks for the passphrase and stores the signed answer for the waiting gate.
 * @throws Problem `interrupted`, or the last problem after too many wrong passphrases
 */
export async function answerHere(
  context: CommandContext,
  { audit: log, policy }: { readonly audit: Audit; readonly policy: HostPolicy },
  hold: Hold,
): Promise<void> {
  printNote(context, safe`Your passphrase allows this: ${hold.what}`);
  for (let tries = 1; ; tries++)
    try {
      const made = await makeAnswer(
        context,
        policy,
        { hold, verdict: 'allow', allowance: { seconds: 0 } },
        log,
      );
      if (made.kind === 'signed') putAnswer(made.path, made.signed);
      return;
    } catch (cause) {
      const isWrong = cause instanceof Problem && cause.code !== 'interrupted';
      if (!isWrong || tries >= passphraseTriesMax) throw cause;
      printNote(context, safe`${cause.message}`);
    }
}

// An answer to a hold by a person. It needs something that the agent's user lacks: a passphrase, a
// passkey, or another user of this host.

interface Wanted {
  readonly hold: Hold;
  readonly verdict: HoldAnswer['verdict'];
  readonly allowance: Allowance;
}

/** For how long an answer covers the same action: 0 seconds for the held action alone. */
export type Allowance = Pick<HoldAnswer, 'run' | 'seconds'>;

/** A signed answer with its path, or a challenge that another device must sign first. */
type MadeAnswer =
  | { readonly kind: 'signed'; readonly signed: SignedAnswer; readonly path: string }
  | {
      readonly kind: 'to-sign';
      readonly answer: HoldAnswer;
      readonly challenge: string;
      readonly approver: Approver;
    };

/**
 * @param log gets a line when the key cannot be opened
 * @throws Problem `forbidden` when this host has no approver of host policy, `not-confirmed`,
 * `key-file-invalid`
 */
export async function makeAnswer(
  context: CommandContext,
  policy: HostPolicy,
  wanted: Wanted,
  log: Audit,
): Promise<MadeAnswer> {
  const { hold } = wanted;
  const own = join(holdsFolderOf(context), `${hold.id}.answer.json`);
  const file = context.options.signed;
  if (typeof file === 'string')
    return { kind: 'signed', signed: readSigned(resolve(context.cwd, file)), path: own };
  const approver = await approverHere(context, policy);
  const answer = answerOf(context, wanted, approver.name);
  if (approver.user !== undefined)
    return {
      kind: 'signed',
      signed: { answer },
      path: join(approver.user.folder, `${hold.id}.json`),
    };
  if (approver.passkey !== undefined) {
    const challenge = Buffer.from(proofChallenge(holdAnswerType, answerBytes(answer))).toString(
      'base64url',
    );
    return { kind: 'to-sign', answer, challenge, approver };
  }
  const key = await keyOf(context, approver);
  const signed = await signAnswer(key, answer).catch((cause) => {
    if (cause instanceof Problem && cause.code === 'key-file-invalid')
      recordUnsigned(log, hold, cause.message);
    throw cause;
  });
  return { kind: 'signed', signed, path: own };
}

// Each wrong passphrase is a line of the log: an operator sees how many there were, and when.
function recordUnsigned(log: Audit, hold: Hold, why: string): void {
  const { agent, run, skill, version } = hold;
  log.record(
    { run, agent, skill, version },
    holdEvent(hold, 'rejected', `no answer was signed: ${why}`),
  );
}

/** @throws Problem `key-file-invalid`, `not-confirmed` */
export async function signAnswer(key: KeyFile, answer: HoldAnswer): Promise<SignedAnswer> {
  const signature = await key.sign(pae(holdAnswerType, answerBytes(answer)));
  return { answer, signature: Buffer.from(signature).toString('base64') };
}

/** Stores the answer for the waiting runner. */
export function putAnswer(path: string, signed: SignedAnswer): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writePrivateFile(path, `${JSON.stringify(signed, null, 2)}\n`);
}

/** The answer that the approver signs. */
export function answerOf(
  { now }: Pick<CommandContext, 'now'>,
  { allowance, hold, verdict }: Wanted,
  approver: string,
): HoldAnswer {
  return {
    schema: 'skillgate.hold-answer/1',
    hold: holdDigest(hold),
    verdict,
    ...allowance,
    approver,
    at: now().toISOString(),
  };
}

// Chosen by --approver, else by a key on this host, else by the current user.
async function approverHere(context: CommandContext, { approvers }: HostPolicy): Promise<Approver> {
  const { approver: named } = context.options;
  const ids = new Set((await keysHere(context)).map((key) => String(key.keyId)));
  const found =
    typeof named === 'string'
      ? approvers.find((approver) => approver.name === named)
      : (approvers.find(({ key }) => key !== undefined && ids.has(key.keyId)) ??
        approvers.find(({ user }) => user !== undefined && user.uid === process.getuid?.()));
  if (found !== undefined) return found;
  const names = approvers.map((approver) => approver.name).join(', ');
  throw new Problem(
    'forbidden',
    `Cannot answer: ${typeof named === 'string' ? `host policy names no approver ${named}` : 'this host has no key of an approver'}`,
    {
      hint:
        names === ''
          ? 'create a key: skillgate key create NAME --passphrase. Then: skillgate host approver add NAME'
          : `name one of these approvers with --approver NAME: ${names}`,
    },
  );
}

async function keyOf(context: CommandContext, { name, key }: Approver): Promise<KeyFile> {
  const found = (await keysHere(context)).find((stored) => stored.keyId === key?.keyId);
  if (found === undefined)
    throw new Problem(
      'forbidden',
      `Cannot answer as ${name}: key ${key?.keyId} is not on this host`,
    );
  return requireClosed(found);
}

/** @throws Problem `forbidden` for a key that every program of this user can use */
export function requireClosed(key: KeyFile): KeyFile {
  if (key.sealed === true || key.keychain !== undefined) return key;
  const why = `key ${key.name} has no passphrase, so an agent of this user could sign with it`;
  throw new Problem('forbidden', `Cannot answer: ${why}`, {
    hint: 'create another key, with a passphrase: skillgate key create NAME --passphrase',
  });
}

/** How the private part of each key is stored here. */
export async function keyKinds(context: CommandContext): Promise<KeysHere> {
  const kind = ({ keychain, sealed }: KeyFile) =>
    sealed === true ? 'sealed' : keychain !== undefined ? 'keychain' : 'plain';
  return new Map((await keysHere(context)).map((key) => [String(key.keyId), kind(key)]));
}

async function keysHere(context: CommandContext): Promise<KeyFile[]> {
  const ask = (name: string): Promise<string> => askPassphrase(context, name);
  const read = (name: string): Promise<KeyFile[]> =>
    readKeyFile(keyPath(context.paths, name), osKeychain, ask).then(
      (key) => [key],
      () => [],
    );
  return (await Promise.all(keyNames(context.paths).map(read))).flat();
}

function readSigned(path: string): SignedAnswer {
  return parseShape(signedAnswerShape, parseJson(readFileSync(path), path), 'hold-denied', path);
}

// Holds on this host that wait for a person, valid answers, and open breakers.

export interface HoldHere {
  readonly state: 'waiting' | 'allowed' | 'denied' | 'open';
  readonly hold: Hold;
  /** ISO 8601; absent for a breaker, which does not expire. */
  readonly until?: string;
}

type World = Pick<CommandContext, 'paths' | 'now'>;

export function holdsFolderOf({ paths }: Pick<World, 'paths'>): string {
  return join(paths.data, 'holds');
}

/**
 * All holds, oldest first. An invalid answer is shown as no answer; the waiting runner records it.
 */
export function readHolds(world: World, policy: HostPolicy): HoldHere[] {
  const folder = holdsFolderOf(world);
  const record = (_: AuditEvent): void => undefined;
  const desk = holdDesk(folder, {
    policy,
    record,
    now: world.now,
    keyFile: join(world.paths.config, 'audit-key.json'),
  });
  const looking = { ...desk, files: { ...desk.files, reject: () => undefined } };
  const now = world.now().toISOString();
  const held = holdFiles(folder)
    .kept()
    .flatMap((hold): HoldHere[] => {
      const answer = findAnswer(looking, hold);
      if (answer !== undefined && isStanding(answer, hold, hold))
        return [
          {
            state: answer.answer.verdict === 'allow' ? 'allowed' : 'denied',
            hold,
            until: new Date(endOf(hold, answer.answer)).toISOString(),
          },
        ];
      return now < hold.expires && desk.files.lives(hold.holder)
        ? [{ state: 'waiting', hold, until: hold.expires }]
        : [];
    });
  const open = readBreakers(join(world.paths.data, 'breakers')).flatMap(
    ({ open: one }): HoldHere[] => (one === undefined ? [] : [{ state: 'open', hold: one.hold }]),
  );
  return [...held, ...open].sort((a, b) => (a.hold.created < b.hold.created ? -1 : 1));
}

/** @throws Problem `not-found` */
export function findHold(world: World, policy: HostPolicy, id: string): HoldHere {
  const found = readHolds(world, policy).find(({ hold }) => hold.id === id);
  if (found !== undefined) return found;
  throw new Problem(
    'not-found',
    `There is no hold ${JSON.stringify(id)} on this host: the hold was answered, has expired, or is on another host`,
    {
      hint: 'skillgate hold show',
    },
  );
}
