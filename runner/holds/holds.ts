/**
 * Holds on this host. A hold is an action that waits for an approver; files keep the holds and the
 * approvers' answers.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  answerBytes,
  type Hold,
  holdAnswerType,
  holdShape,
  signedAnswerShape,
} from '../../skills-index/run/holds/hold.ts';
import {
  type FoundAnswer,
  type GateSettings,
  type HoldDesk,
  type HoldFiles,
  openGate,
  type RunGate,
} from '../../skills-index/run/holds/hold-gate.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { type ParsedJson, parseJson } from '../../skills-index/skill/text/json.ts';
import { whyNotProven } from '../../skills-index/trust/signatures/passkey.ts';
import { readAuditKey } from '../audit/audit.ts';
import { startTimeOf } from '../files/lock.ts';
import { readHead } from '../files/owned-folder.ts';
import { writePrivateFile } from '../files/private-file.ts';

/** Bytes of the file of a hold or of an answer. */
const answerBytesMax = 32 * 1024;

/**
 * Returns the files and checks that a run's gate needs on this host.
 * @param folder `$DATA/holds`
 * @param given settings; `keyFile` holds the host's audit key
 */
export function holdDesk(
  folder: string,
  { keyFile, ...given }: Pick<HoldDesk, 'policy' | 'record' | 'now'> & { readonly keyFile: string },
  sandboxUid?: number,
): HoldDesk {
  const ownUids = [process.getuid?.() ?? 0, ...(sandboxUid === undefined ? [] : [sandboxUid])];
  const proven: HoldDesk['whyNotSigned'] = (approver, signed) => {
    const { host } = signed.answer;
    // Reject an answer that names another host. The approver answered for that host, and might not
    // allow the action on this host.
    const isElsewhere = host !== undefined && host !== readAuditKey(keyFile)?.keyId;
    const elsewhere = isElsewhere ? [`the answer was given to host ${host}`] : [];
    return [
      ...whyNotProven(approver, holdAnswerType, answerBytes(signed.answer), signed),
      ...elsewhere,
    ];
  };
  return { ...given, ownUids, files: holdFiles(folder), whyNotSigned: proven };
}

/** Returns the gate that asks approvers about the actions of one run. */
export function startGate(
  given: HoldDesk & Pick<GateSettings, 'subject' | 'grants' | 'hands'>,
): RunGate {
  const nonce = (): string => randomBytes(16).toString('hex');
  return openGate({
    ...given,
    nonce,
    sleep,
    ticks: () => performance.now(),
    holder: holderOf(process.pid),
  });
}

/**
 * Reads and writes the hold files in a folder. A hold file only informs people: the waiting runner
 * decides by the hold in its own memory.
 */
export function holdFiles(folder: string): HoldFiles {
  const pathOf = (id: string, kind: 'hold' | 'answer'): string => `${folder}/${id}.${kind}.json`;
  const forgetRequest = (hold: Hold): void => rmSync(requestPath(folder, hold), { force: true });
  const names = (): string[] =>
    existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.hold.json')) : [];
  return {
    kept: () =>
      names().flatMap(
        (name) =>
          read(`${folder}/${name}`, (json) => [parseShape(holdShape, json, 'hold-denied', name)]) ??
          [],
      ),
    keep: (hold) => writePrivateFile(pathOf(hold.id, 'hold'), `${JSON.stringify(hold, null, 2)}\n`),
    keepRequest: (hold, request) => writePrivateFile(requestPath(folder, hold), request),
    forgetRequest,
    forget: (hold) => {
      forgetRequest(hold);
      for (const kind of ['hold', 'answer'] as const)
        rmSync(pathOf(hold.id, kind), { force: true });
    },
    answers: ({ id }, folders) =>
      [
        readAnswer(folder, pathOf(id, 'answer')),
        ...folders.map((answers) => readAnswer(answers, `${answers}/${id}.json`)),
      ].filter((found) => found !== undefined),
    reject: ({ id }) => rmSync(pathOf(id, 'answer'), { force: true }),
    lives: (holder) => holderOf(Number.parseInt(holder, 10)) === holder,
  };
}

/** Returns the path of the file with the request that a hold is about. */
export function requestPath(folder: string, { id }: Pick<Hold, 'id'>): string {
  return `${folder}/${id}.request`;
}

function holderOf(pid: number): string {
  return `${pid} ${startTimeOf(pid)}`;
}

function readAnswer(folder: string, path: string): FoundAnswer | undefined {
  return read(path, (json, own) => {
    const above = statSync(folder);
    const alone =
      own.nlink === 1 && own.uid === above.uid && ((own.mode | above.mode) & 0o022) === 0;
    return {
      signed: parseShape(signedAnswerShape, json, 'hold-denied', path),
      writer: { folder, uid: own.uid, alone },
    };
  });
}

// Judge the opened file, not the file's path. An unreadable answer counts as no answer.
function read<Value>(
  path: string,
  then: (json: ParsedJson, stats: Stats) => Value,
): Value | undefined {
  try {
    const found = readHead(path, answerBytesMax);
    return found === undefined || found.stats.size > answerBytesMax
      ? undefined
      : then(parseJson(found.bytes, path), found.stats);
  } catch {
    return undefined;
  }
}
