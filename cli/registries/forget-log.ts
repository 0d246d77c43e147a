/**
 * `skillgate registry trust URL --forget-log`: for a host that saw a log that no longer exists, as
 * after a restore. Only a person can confirm the current log, so both heads are shown, and the old
 * data is kept as evidence.
 */

import { keepAlarm } from '../../skills-index/client/log-alarm.ts';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, printNote, safe } from '../terminal/output.ts';
import { diskStore, setMemoryAside } from './disk-store.ts';
import { fetchHead, lastSeenHead, printHead } from './log-head.ts';
import { freshRegistry } from './refresh.ts';
import { trustedRegistry } from './registries.ts';

/**
 * @throws Problem `root-not-pinned`, `root-invalid` for another fingerprint, `not-confirmed`,
 * `registry-down`, `signature-invalid`
 */
export async function forgetLog(context: CommandContext, base: string): Promise<ExitCode> {
  const terms = { offline: false, graceHours: 0, isDoubted: true };
  const { registry } = await freshRegistry(context, trustedRegistry(context, base), terms);
  const { root, fingerprint } = registry;
  const shown = await fetchHead(context, registry);
  const seen = await lastSeenHead(context, registry);
  if (seen === undefined)
    throw new Problem(
      'not-found',
      `Cannot forget the log of ${base}: this host has seen no log of this registry`,
    );
  const question = safe`The log of ${base} that was seen here: ${printHead(seen)}\nThe log that the registry shows:            ${printHead(shown)}\nContinue only if the operator told you over another channel why the log changed, and confirmed the second head. What this host learned from the first log, such as a revocation or an ended key, will no longer count. This host then learns from the second log.`;
  const { root: given } = context.options;
  if (given === undefined) {
    await confirm(
      context,
      question,
      'yes',
      `skillgate registry trust ${base} --forget-log --root sha256:…   (the fingerprint that the registry’s operator told you)`,
    );
  } else {
    const named = parseDigest(given);
    const inForce = rootFingerprint(root);
    if (named !== inForce && named !== fingerprint)
      throw new Problem(
        'root-invalid',
        `Cannot forget the log of ${base}: its root of trust is ${inForce}, not the root you named`,
      );
    printNote(context, question);
  }
  const store = diskStore(context.paths, fingerprint);
  const heads = [
    { ...seen, from: 'kept by this host' },
    { ...shown, from: 'the registry’s status.json' },
  ] as const;
  const message = 'a person on this host went on with the second head';
  const alarm = { kind: 'log-rolled-back', heads, proven: false, message } as const;
  const kept = await keepAlarm({ store, base, root, now: context.now().getTime() }, alarm);
  // The data is moved first: after a crash the host still refuses the log, and the same command
  // moves the rest.
  const aside = await setMemoryAside(context.paths, fingerprint, context.now());
  await store.putNamed('checkpoint', Buffer.from(shown.note));
  const before = printHead(seen);
  const after = printHead(shown);
  answer(
    context,
    { schema: 'skillgate.log-forgotten/1', base, seen: before, shown: after, kept, aside },
    () =>
      safe`${base} is judged by the log of ${after} from now on; both heads are kept in ${kept}, and what was learned from the other log in ${aside}`,
  );
  return exitCodes.ok;
}
