/** Band keys that earlier releases made of the whole values of a signature. */
import {
  type SimilaritySignature,
  valuesOf,
} from '../../skills-index/skill/text/similarity-signature.ts';
import { mix32 } from '../../skills-index/skill/text/words-of-text.ts';

const earlierBandCount = 32;
const rowsPerEarlierBand = 4;

/** The 32 keys of a signature, integers below 2^37. */
export function earlierBandKeys(signature: SimilaritySignature): number[] {
  const values = valuesOf(signature);
  return Array.from({ length: earlierBandCount }, (_, band) => {
    let hash = band;
    for (let row = 0; row < rowsPerEarlierBand; row++)
      hash = mix32(Math.imul(hash, 0x9e3779b1) ^ (values[band * rowsPerEarlierBand + row] ?? 0));
    return band * 2 ** 32 + hash;
  });
}
