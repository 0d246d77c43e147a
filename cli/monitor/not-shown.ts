/**
 * A failed look. Either the registry is down, or it shows the signed head of its log without other
 * files that a look needs. The second is tolerated for an hour, as any breakdown is. Then it is a
 * difference, because errors instead of answers could hide a revocation for ever.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { noteBytesMax } from '../../skills-index/log/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-office.ts';
import type { Difference } from './difference.ts';
import { keepEvidence } from './evidence.ts';
import { notShownSecondsMax } from './limits.ts';
import type { Look } from './look.ts';
import type { ReplayWorld } from './world.ts';

const answers: readonly ProblemCode[] = [
  ...(['registry-down', 'registry-busy', 'registry-answer-invalid', 'not-found'] as const),
  ...(['statement-invalid', 'signature-invalid', 'status-stale'] as const),
];

/** `away`: the registry shows no head either; `waiting`: it does, and the hour is not over. */
export type JudgedFailure = 'away' | 'waiting' | Omit<Look, 'status'>;

export async function judgeFailure(world: ReplayWorld, cause: Problem): Promise<JudgedFailure> {
  const { folder, fingerprint, source } = world;
  const note = answers.includes(cause.code)
    ? ((await shownCheckpoint(world)) ?? (await shownInStatus(world)))
    : undefined;
  if (note === undefined) return 'away';
  const now = world.now().getTime();
  const state = await folder.read(fingerprint);
  // A clock that was ahead once must not put the hour off.
  const since =
    state.failing === undefined || Date.parse(state.failing) > now
      ? new Date(now).toISOString()
      : state.failing;
  if (since !== state.failing) await folder.write({ ...state, failing: since });
  if (now - Date.parse(since) <= notShownSecondsMax * 1_000) return 'waiting';
  const { size } = verifyRootCheckpoint(note, world.root);
  const message = `Since ${since} the registry has shown the head of its log, but not the files to compare with it: ${cause.message}`;
  const differences: Difference[] = [{ code: 'not-shown', place: source.base, message }];
  const evidence = await keepEvidence(world, differences, [['newest-head.txt', note]]);
  const kept = evidence === undefined ? {} : { evidence };
  return { size, read: 0, lines: 0, stopped: 0, differences, notes: [], ...kept };
}

async function shownCheckpoint({ source, root }: ReplayWorld): Promise<string | undefined> {
  return ifGood(async () => {
    const bytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
    const note = bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
    verifyRootCheckpoint(note, root);
    return note;
  });
}

async function shownInStatus({ source, root, now }: ReplayWorld): Promise<string | undefined> {
  return ifGood(async () => {
    const bytes = await fetchFile(source, '/index/status.json', statusBytesMax);
    return bytes === undefined ? undefined : verifyStatus(bytes, root, now().getTime()).checkpoint;
  });
}

async function ifGood(read: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}
