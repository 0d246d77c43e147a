/**
 * The registry's duties towards its witnesses. It asks as many as clients demand. It stops writing
 * when a witness, or its own last status, shows more log entries than the log has here.
 */
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import type { HeadAhead } from './head-ahead.ts';

/**
 * Requires as many witnesses as administrators demand: every client rejects the log of a registry
 * that asks fewer within the day. A witness that is down still counts here.
 * @param signedPolicy the witness policy that administrators signed for clients, if any
 * @throws Problem `witnesses-unasked`
 */
export function requireAsked(signedPolicy: string | undefined, urls: readonly string[]): void {
  if (signedPolicy === undefined) return;
  const { threshold, witnesses } = parseWitnessPolicy(signedPolicy);
  const asked = new Set(urls).size;
  if (asked >= threshold) return;
  const names = witnesses.map(({ name }) => name).join(', ');
  throw new Problem(
    'witnesses-unasked',
    `Cannot serve: clients demand ${threshold} of ${witnesses.length} witnesses (${names}), as administrators signed, but only ${asked} have an address`,
    {
      hint: `give their addresses: skillgate serve DIR${' --witness URL'.repeat(threshold)}; or sign other witnesses: skillgate registry rotate propose DIR --witnesses FILE`,
    },
  );
}

/**
 * The registry's own head that the log does not continue. Otherwise the witness that saw the most
 * entries, when they are more than the log has here. The last answer of each witness counts, so a
 * new answer clears the alarm.
 */
export function behindOf(registry: Registry): HeadAhead | undefined {
  if (registry.ownHeadAhead !== undefined) return registry.ownHeadAhead;
  const ahead = [...(registry.witnesses?.last ?? [])].flatMap(([url, { ahead: size }]) =>
    size === undefined ? [] : [{ url, size }],
  );
  return ahead.sort((a, b) => b.size - a.size)[0];
}

/**
 * As `behindOf`, after another comparison where the database may have been exchanged since the last
 * comparison.
 */
export async function behindNow(registry: Registry): Promise<HeadAhead | undefined> {
  if (registry.compareOwnHead !== undefined)
    registry.ownHeadAhead = await registry.compareOwnHead(registry);
  return behindOf(registry);
}

/**
 * A new statement in the place of lost ones would make it impossible to restore the lost ones.
 * @throws Problem `log-behind`
 */
export async function requireWhole(registry: Registry): Promise<void> {
  const behind = await behindNow(registry);
  if (behind !== undefined) throw logBehind(behind);
}

/** The failure that says what the log lacks, and how to restore it. */
export function logBehind(behind: HeadAhead): Problem {
  return new Problem('log-behind', `Cannot write to the log: ${whyBehind(behind)}`, {
    hint: 'stop the registry and restore the copy of the folder with that many log entries: docs/registry-reference.md, "The log was restored from a backup"',
  });
}

/** The line that an operator reads when the registry stops writing. */
export function alarmText(behind: HeadAhead): string {
  return `ALARM: ${whyBehind(behind)}. The registry writes nothing more: docs/registry-reference.md, "The log was restored from a backup"`;
}

/** Why the log differs from the earlier log, for messages. */
function whyBehind(behind: HeadAhead): string {
  if ('url' in behind)
    return `the witness ${behind.url} saw ${behind.size} entries, more than this log has: an older copy of the log was restored`;
  const { file, size, here } = behind;
  const found =
    here < size
      ? `the database has ${here}: it lost the end of the log, or an older copy was restored`
      : 'the database has other entries in the place of these: an older copy was restored and written to';
  return `${file} shows ${size} entries that this registry signed, but ${found}`;
}
