/** The texts of a version beside those of its near copies: the lines that they share. */
import {
  matchingParts,
  type PartPlace,
  type TextFile,
} from '../../skills-index/skill/text/matching-parts.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { filesOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import type { ReviewDetail } from './detail.ts';
import type { NearCopy } from './near-copies.ts';

const comparedBytesMax = 1_000_000;

/** Near copies whose texts the desk shows side by side, and the bytes read of each. */
const comparedCopiesMax = 3;

export interface PartText extends PartPlace {
  readonly lines: readonly string[];
}

export interface ComparedCopy {
  readonly copy: NearCopy;
  /** The longest common parts; this version is on the left. */
  readonly parts: readonly {
    readonly left: PartText;
    readonly right: PartText;
    readonly words: number;
  }[];
}

const partsShownMax = 4;

/** Every near copy; the first few with their texts. */
export async function compareCopies(
  registry: Registry,
  detail: ReviewDetail,
): Promise<ComparedCopy[]> {
  if (detail.copies.length === 0) return [];
  const own = await textsOf(registry, await requireVersion(registry, detail));
  const compared: ComparedCopy[] = [];
  for (const [index, copy] of detail.copies.entries()) {
    const other =
      index < comparedCopiesMax
        ? await textsOf(registry, await requireVersion(registry, copy))
        : [];
    const parts = matchingParts(own, other, partsShownMax).map(({ a, b, words }) => ({
      left: partText(own, a),
      right: partText(other, b),
      words,
    }));
    compared.push({ copy, parts });
  }
  return compared;
}

function partText(files: readonly TextFile[], place: PartPlace): PartText {
  const text = files.find((file) => file.path === place.path)?.text ?? '';
  return { ...place, lines: text.split('\n').slice(place.from - 1, place.to) };
}

// The smallest files first: a copy shares many small parts, and one huge file must not hide them.
async function textsOf(registry: Registry, row: VersionRow): Promise<TextFile[]> {
  if (row.filesDeleted !== null) return [];
  const files = [...(await filesOf(registry, row))].sort(
    (a, b) => a.size - b.size || (a.path < b.path ? -1 : 1),
  );
  const texts: TextFile[] = [];
  let left = comparedBytesMax;
  for (const { path, sha256, size } of files) {
    left -= size;
    if (left < 0) break;
    const bytes = await requireBlob(registry, sha256);
    if (!bytes.subarray(0, 8_000).includes(0))
      texts.push({ path, text: new TextDecoder().decode(bytes) });
  }
  return texts;
}
