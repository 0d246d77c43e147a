/**
 * Compares the map of names in each shown head with the map that the head's entries have. The map
 * follows from the entries alone, so a signed head with another map proves a lie.
 */
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { Difference } from './difference.ts';
import { statusLagSecondsMax } from './limits.ts';
import type { MapOfNames } from './map-of-names.ts';
import type { MonitorState } from './state-file.ts';
import type { ReplayWorld } from './world.ts';

type MappedHead = Pick<Checkpoint, 'size' | 'map'>;
type SignedHead = MappedHead & { readonly note: string };

/** The head of the status, and that of /log/checkpoint. */
interface Heads {
  readonly stated: SignedHead;
  readonly signed: SignedHead;
}

/** Why a head's map is not the map of the head's entries; undefined for a head without a map. */
export function whyOtherMap({ size, map }: MappedHead, computed: MapOfNames): string | undefined {
  const root = computed.root();
  if (map === undefined || Buffer.compare(map, root) === 0) return undefined;
  return `the head of ${size} entries has the map of names ${base64(map)}, and its entries have the map ${base64(root)}`;
}

/**
 * Why a head must have a map; undefined for a head that has one, or may have none. A log begins to
 * have a map at some size, so for a while the registry may show that size without the map, and
 * smaller sizes too.
 */
export function whyWithoutMap(
  { size, map }: MappedHead,
  mapped: MonitorState['mapped'],
  now: Date,
): string | undefined {
  if (map !== undefined || mapped === undefined) return undefined;
  const seconds = (now.getTime() - Date.parse(mapped.at)) / 1000;
  if (size <= mapped.size && seconds <= statusLagSecondsMax) return undefined;
  return `the head of ${size} entries has no map of names, but a head of ${mapped.size} entries had one at ${mapped.at}`;
}

/** The heads that lack a map, although the log has one. */
export function whyUnmapped(
  { now }: Pick<ReplayWorld, 'now'>,
  state: MonitorState,
  heads: Heads,
): Difference[] {
  const { mapped } = mappedWith({ now }, state, heads);
  return placesOf(heads).flatMap(([place, head]) => {
    const why = whyWithoutMap(head, mapped, now());
    return why === undefined ? [] : [{ code: 'map-missing', place, message: capitalized(why) }];
  });
}

/** What the state remembers of heads with a map, after these heads. */
export function mappedWith(
  { now }: Pick<ReplayWorld, 'now'>,
  { mapped }: MonitorState,
  heads: Heads,
): Pick<MonitorState, 'mapped'> {
  const smallest = [heads.stated, heads.signed]
    .filter(({ map }) => map !== undefined)
    .reduce<MonitorState['mapped']>(
      (before, { size, note }) =>
        before !== undefined && before.size <= size
          ? before
          : { size, note, at: before?.at ?? now().toISOString() },
      mapped,
    );
  return smallest === undefined ? {} : { mapped: smallest };
}

/** Compares the maps of the shown heads with those of their entries. */
export function compareMaps(
  { known, folder }: ReplayWorld,
  { withheld }: MonitorState,
  heads: Heads,
): { readonly differences: readonly Difference[]; readonly notes: readonly string[] } {
  const differences: Difference[] = [];
  const notes: string[] = [];
  for (const [place, head] of placesOf(heads)) {
    if (head.map === undefined) continue;
    // Nobody knows the names of a statement that the registry does not show.
    if (withheld.some(({ index }) => index < head.size)) {
      notes.push(
        `the map of names in ${place} was not compared, because the registry withholds statements`,
      );
      continue;
    }
    const why = whyOtherMap(head, known.mapAt(folder, head.size));
    if (why !== undefined)
      differences.push({ code: 'map-wrong', place, message: capitalized(why) });
  }
  return { differences, notes };
}

/** The two heads with their places; one place where both are the same. */
function placesOf({ stated, signed }: Heads): [place: string, head: SignedHead][] {
  const isSame =
    stated.size === signed.size && base64(stated.map ?? none) === base64(signed.map ?? none);
  return isSame
    ? [['status.json', stated]]
    : [
        ['status.json', stated],
        ['/log/checkpoint', signed],
      ];
}

const none = new Uint8Array();

function base64(hash: Hash): string {
  return Buffer.from(hash).toString('base64');
}
