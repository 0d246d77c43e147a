/** What tells whether two skills are alike: a signature that scanners send beside the report. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  type SimilaritySignature,
  signatureOf,
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

/** The texts of a skill. */
export function textsOf(files: readonly SourceFile[]): TextFile[] {
  return files.flatMap(({ path, bytes }) => {
    const text = textOf(bytes);
    return text === undefined ? [] : [{ path, text }];
  });
}
