/**
 * Stores two contradicting heads of the log, so that a person can report them. Anybody with the
 * log's public key can verify them.
 */
import { canonicalJson } from '../skill/canonical-json.ts';
import { digestOf, hexOf } from '../skill/digest.ts';
import type { LogAlarm, LogHead } from '../trust/decision/one-log.ts';
import { type RootFile, rootFingerprint } from '../trust/root.ts';
import type { Source } from './blobs.ts';

/**
 * Keeps the evidence; the same two heads are one file.
 * @param now milliseconds since 1970
 * @returns where it lies: a path, or the name in a store that is on no disk
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
  const said = { schema: 'skillgate.alarm/1', kind, proven, message, heads: [first, second] };
  const name = `alarms/${hexOf(digestOf(canonicalJson(said))).slice(0, 16)}.json`;
  const seen = {
    ...said,
    registry: base,
    root: rootFingerprint(root),
    at: new Date(now).toISOString(),
  };
  if ((await store.getNamed(name)) === undefined)
    await store.putNamed(name, Buffer.from(`${JSON.stringify(seen, null, 2)}\n`));
  return store.placeOf?.(name) ?? name;
}

function printHead({ size, root, from, note }: LogHead) {
  return { size, root: Buffer.from(root).toString('base64'), from, note };
}
