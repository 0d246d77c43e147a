/**
 * The digest of this code's rule set: of the code of rules, tables and front ends, and of the
 * parsers' exact versions. Scanners with equal digests make equal reports.
 */

import type { Digest } from '../skills-index/skill/digest.ts';
import { canonicalDigest } from '../skills-index/skill/text/canonical-json.ts';
import { codeDigest } from './code-digest.ts';

/** Exact versions of the parsers, as pinned in package.json (a test compares). */
export const parserVersions = {
  'ts-morph': '28.0.0',
  '@lezer/common': '1.5.5',
  '@lezer/markdown': '1.8.1',
  '@lezer/python': '1.1.19',
  unbash: '6.0.4',
  yaml: '2.9.1',
} as const;

const digest = canonicalDigest({ codeDigest, parserVersions });

/** The digest that reports name. */
export function ruleSetDigest(): Digest {
  return digest;
}
