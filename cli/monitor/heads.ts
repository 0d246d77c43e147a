/**
 * The heads of the log that a registry shows, compared with each other and with the head that was
 * seen before.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { fetchConsistency } from '../../skills-index/client/log-proofs.ts';
import { printHead } from '../../skills-index/log/add-checkpoint.ts';
import { noteBytesMax } from '../../skills-index/log/limits.ts';
import { type Hash, type TreeHead, verifyConsistency } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readWitnesses } from '../../skills-index/trust/decision/witnessed-head.ts';
import { type Status, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-office.ts';
import type { Difference } from './difference.ts';
import { statusLagSecondsMax } from './limits.ts';
import { whyUnmapped } from './maps.ts';
import type { MonitorState } from './state-file.ts';
import type { ReplayWorld } from './world.ts';

export interface ShownHead extends TreeHead {
  readonly note: string;
  /** Root of the map of names; absent in the heads of a log without a map. */
  readonly map?: Hash;
}

export interface ShownHeads {
  readonly statusBytes: Uint8Array;
  /** Of the status. */
  readonly stated: ShownHead;
  /** Of /log/checkpoint. */
  readonly signed: ShownHead;
  /** The larger of these two. */
  readonly newest: ShownHead;
  readonly differences: readonly Difference[];
}

/**
 * @throws Problem `not-found`, `registry-down`, `registry-answer-invalid`, `status-stale`,
 * `signature-invalid`, `log-invalid`, `statement-invalid`
 */
export async function readHeads(world: ReplayWorld, state: MonitorState): Promise<ShownHeads> {
  const { source, root, now } = world;
  // The status is read before the head, so that an honest head is never smaller than the status.
  const statusBytes = await fetchFile(source, '/index/status.json', statusBytesMax);
  if (statusBytes === undefined)
    throw new Problem('not-found', `${source.base} serves no status file`);
  const status = verifyStatus(statusBytes, root, now().getTime());
  const stated = readNote(status.checkpoint, world);
  const noteBytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
  if (noteBytes === undefined)
    throw new Problem('not-found', `${source.base} serves no checkpoint of its log`);
  const signed = readNote(Buffer.from(noteBytes).toString('utf8'), world);
  const [smaller, newest] = signed.size < stated.size ? [signed, stated] : [stated, signed];
  const differences = [
    ...(await whyNotOneLog(world, smaller, newest)),
    ...whyRolledBack(state, newest),
    ...whyUnwitnessed(world, status),
    ...whyBehind(world, state, stated),
    ...whyUnmapped({ stated, signed }),
  ];
  return { statusBytes, stated, signed, newest, differences };
}

function readNote(note: string, { root }: ReplayWorld): ShownHead {
  const { size, root: hash, map } = verifyRootCheckpoint(note, root);
  return { size, root: hash, note, ...(map === undefined ? {} : { map }) };
}

async function whyNotOneLog(
  { source }: ReplayWorld,
  first: ShownHead,
  second: ShownHead,
): Promise<Difference[]> {
  const proofs = await fetchConsistency(source, [first.size], second.size);
  if (verifyConsistency({ first, second, proof: proofs.get(first.size) ?? [] })) return [];
  const message = `/index/status.json and /log/checkpoint show heads of different logs: ${printHead(first)}, and ${printHead(second)}`;
  return [{ code: 'log-forked', place: 'log', message }];
}

function whyRolledBack({ seen }: MonitorState, newest: ShownHead): Difference[] {
  if (seen === undefined || seen.size <= newest.size) return [];
  const message = `The log had ${seen.size} entries when this monitor last read the log, and now the log has the head ${printHead(newest)}`;
  return [{ code: 'log-rolled-back', place: 'log', message }];
}

function whyUnwitnessed(world: ReplayWorld, { checkpoint }: Status): Difference[] {
  const { why } = readWitnesses(checkpoint, { ...world, now: world.now().getTime() });
  return why === undefined
    ? []
    : [{ code: 'witnesses-missing', place: 'status.json', message: why }];
}

// The status counts for its own head. A head that has been larger for longer than a registry takes
// to sign a status is one that it hides.
function whyBehind({ now }: ReplayWorld, { heads }: MonitorState, stated: ShownHead): Difference[] {
  const larger = heads.find(({ size }) => size > stated.size);
  if (larger === undefined || now().getTime() - Date.parse(larger.at) <= statusLagSecondsMax * 1000)
    return [];
  const message = `status.json shows the log at size ${stated.size}, but this monitor saw a head of size ${larger.size} at ${larger.at}`;
  return [{ code: 'status-behind', place: 'status.json', message }];
}
