/**
 * Compares the map of names in each shown head with the map that the head's entries have. The map
 * follows from the entries alone, so a signed head with another map proves a lie.
 */
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { Difference } from './difference.ts';
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

/** Why a head's map is not the map of the head's entries; undefined where it is. */
export function whyOtherMap({ size, map }: MappedHead, computed: MapOfNames): string | undefined {
  if (map === undefined) return `the head of ${size} entries has no map of names`;
  const root = computed.root();
  if (Buffer.compare(map, root) === 0) return undefined;
  return `the head of ${size} entries has the map of names ${base64(map)}, and its entries have the map ${base64(root)}`;
}

/** The heads that lack a map. A log has one from its first entry. */
export function whyUnmapped(heads: Heads): Difference[] {
  return placesOf(heads).flatMap(([place, { size, map }]) =>
    map === undefined
      ? [{ code: 'map-missing', place, message: `The head of ${size} entries has no map of names` }]
      : [],
  );
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
