/** What a thief of the log key and the status key can sign about the map of names. */
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
import type { Status } from '../../skills-index/trust/index-files/status-file.ts';
import type { World } from '../registry/world.ts';
import type { Lie } from './monitor-world.ts';

/** The map that a head gets; undefined for a head without a map. */
export type Remap = (map: Hash | undefined) => Hash | undefined;

export const otherMap: Hash = Buffer.alloc(32, 9);
export const noMap: Remap = () => undefined;

/** The map of a head. */
export function mapIn(note: string): Hash {
  return parseCheckpoint(note).map ?? new Uint8Array();
}

/** The same tree with another map. */
export async function remapped({ registry }: World, note: string, remap: Remap): Promise<string> {
  const { map: before, ...head } = parseCheckpoint(note);
  const map = remap(before);
  return signCheckpoint({ ...head, ...(map === undefined ? {} : { map }) }, registry.keys.log);
}

/** Answers with other maps: in the status, in /log/checkpoint, or in both. */
export function remapping(
  world: World,
  { status, checkpoint }: { readonly status?: Remap; readonly checkpoint?: Remap },
): Lie {
  return async (path, response) => {
    if (path === '/log/checkpoint' && checkpoint !== undefined)
      return new Response(await remapped(world, await response.text(), checkpoint));
    if (path !== '/index/status.json' || status === undefined) return response;
    const { payload } = (await response.json()) as { readonly payload: string };
    const said: Status = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
    const note = await remapped(world, said.checkpoint, status);
    const signed = await signStatus({ ...said, checkpoint: note }, world.registry.keys.status);
    return new Response(JSON.stringify(signed));
  };
}
