/**
 * The similarity of two skills by their bytes: a signature that scanners send beside the report,
 * and the common parts of two given bundles.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  type MatchingPart,
  matchingParts,
  type SimilaritySignature,
  signatureOf,
  similarity,
  sketchOf,
  type TextFile,
} from '../../skills-index/skill/text/matching-parts.ts';
import { textOf } from '../reports/code-frame.ts';

/**
 * The signature of a skill's texts; undefined when they are too short. It is no part of the report,
 * since it depends on no rule.
 */
export function signatureOfFiles(files: readonly SourceFile[]): SimilaritySignature | undefined {
  return signatureOf(textsOf(files));
}

/** Estimated similarity from 0 to 1, and the common parts, the longest first. */
export function similarityOf(
  a: readonly SourceFile[],
  b: readonly SourceFile[],
): { readonly estimate: number; readonly parts: readonly MatchingPart[] } {
  const left = textsOf(a);
  const right = textsOf(b);
  const first = signatureOf(left);
  const second = signatureOf(right);
  const estimate =
    first === undefined || second === undefined ? 0 : similarity(sketchOf(first), sketchOf(second));
  return { estimate, parts: matchingParts(left, right) };
}

function textsOf(files: readonly SourceFile[]): TextFile[] {
  return files.flatMap(({ path, bytes }) => {
    const text = textOf(bytes);
    return text === undefined ? [] : [{ path, text }];
  });
}
