/**
 * Stores two contradicting heads of the log, so that a person can report them. Everybody with the
 * log's public key can verify the two stored heads.
 */

import { digestOf, hexOf } from '../skill/digest.ts';
import { canonicalJson } from '../skill/text/canonical-json.ts';
import type { LogAlarm, LogHead } from '../trust/decision/one-log.ts';
import { type RootFile, rootFingerprint } from '../trust/root/root.ts';
import type { Source } from './blobs.ts';

/**
 * Keeps two contradicting heads of the log in one file. An alarm about the same two heads writes no
 * second file.
 * @param now milliseconds since 1970
 * @returns the path of the file; for a store that is on no disk, the file's name
 */
export async function keepAlarm(
  {
    store,
    base,
    root,
    now,
  }: Pick<Source, 'store' | 'base'> & { readonly root: RootFile; readonly now: number },
  { kind, proven, message, heads }: LogAlarm,
): Promise<string> {
  const [first, second] = heads.map(printHead);
  const alarm = { schema: 'skillgate.alarm/1', kind, proven, message, heads: [first, second] };
  const name = `alarms/${hexOf(digestOf(canonicalJson(alarm))).slice(0, 16)}.json`;
  const report = {
    ...alarm,
    registry: base,
    root: rootFingerprint(root),
    at: new Date(now).toISOString(),
  };
  if ((await store.getNamed(name)) === undefined)
    await store.putNamed(name, Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
  return store.placeOf?.(name) ?? name;
}

/**
 * Tells a person what the kept file of two log heads proves, and what to do with the file. An older
 * head alone proves nothing: a registry that was restored from an old backup shows one.
 */
export function describeKeptAlarm(place: string, { proven }: Pick<LogAlarm, 'proven'>): string {
  return proven
    ? `the registry signed two contradicting heads of its log, and ${place} keeps both: send the file to other users of the registry`
    : `${place} keeps both heads of the log: ask the operator whether the registry was restored from an old backup, and send the operator the file`;
}

function printHead({ size, root, from, note }: LogHead) {
  return { size, root: Buffer.from(root).toString('base64'), from, note };
}
