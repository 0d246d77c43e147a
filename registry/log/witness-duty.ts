/**
 * What a registry owes its witnesses: to ask as many as clients demand, and to stop writing when
 * one of them, or its own last status, shows more of its log than is here.
 */
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import type { HeadAhead } from './head-ahead.ts';

/**
 * Who asks fewer witnesses than administrators demand serves what every client refuses within the
 * day. One that is down may be named: it stops nothing here.
 * @param signedPolicy the witness policy that administrators signed for clients, where there is one
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
 * The head of the registry's own that the log does not continue; else the witness that saw most of
 * this log, when that is more than is here: asked last, so an answer of now takes it back.
 */
export function behindOf(registry: Registry): HeadAhead | undefined {
  if (registry.ownHeadAhead !== undefined) return registry.ownHeadAhead;
  const ahead = [...(registry.witnesses?.last ?? [])].flatMap(([url, { ahead: size }]) =>
    size === undefined ? [] : [{ url, size }],
  );
  return ahead.sort((a, b) => b.size - a.size)[0];
}

/**
 * As `behindOf`, after another comparison where the database can have been exchanged since the last
 * one.
 */
export async function behindNow(registry: Registry): Promise<HeadAhead | undefined> {
  if (registry.compareOwnHead !== undefined)
    registry.ownHeadAhead = await registry.compareOwnHead(registry);
  return behindOf(registry);
}

/**
 * Each statement that is written over lost ones makes it impossible to put them back.
 * @throws Problem `log-behind`
 */
export async function requireWhole(registry: Registry): Promise<void> {
  const behind = await behindNow(registry);
  if (behind !== undefined) throw logBehind(behind);
}

/** The failure that says what the log lacks, and the way out. */
export function logBehind(behind: HeadAhead): Problem {
  return new Problem('log-behind', `Cannot write to the log: ${whyBehind(behind)}`, {
    hint: 'stop the registry and restore the copy with that size: docs/operating-registry.md, "The log was restored from a backup"',
  });
}

/** The line that an operator reads when nothing is written any more. */
export function alarmText(behind: HeadAhead): string {
  return `ALARM: ${whyBehind(behind)}. The registry writes nothing more: docs/operating-registry.md, "The log was restored from a backup"`;
}

/** Why the log is not the one that was there before, for messages. */
function whyBehind(behind: HeadAhead): string {
  if ('url' in behind)
    return `the witness ${behind.url} saw ${behind.size} entries, more than this log has: an older copy of the log was restored`;
  const { file, size, here } = behind;
  const found =
    here < size
      ? `the database has ${here}: it lost the end of the log, or an older copy was restored`
      : 'the database has other entries in their place: an older copy was restored and written to';
  return `${file} shows ${size} entries that this registry signed, but ${found}`;
}
