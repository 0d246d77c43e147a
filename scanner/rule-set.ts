/** The rule set's digest: equal digests scan alike. It covers rules, model tables, front ends and the parsers' exact versions. */
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import * as limits from './limits.ts';
import { modelTables } from './models.ts';
import { rules } from './rules.ts';

/** Raised with every change of engine or front ends that can change a fact, a finding or a verdict. */
const engineRevision = 1;

/** Exact versions of the parsers, as pinned in package.json (a test compares). */
export const parserVersions = {
  'ts-morph': '28.0.0',
  '@lezer/common': '1.5.5',
  '@lezer/markdown': '1.8.1',
  '@lezer/python': '1.1.19',
  unbash: '6.0.4',
  yaml: '2.9.1',
} as const;

const digest = canonicalDigest({
  engineRevision,
  parserVersions,
  limits: { ...limits },
  models: modelTables,
  rules: rules.map(({ check: _, ...said }) => said),
});

/** Digest of rules, model tables, limits, front ends and exact parser versions. */
export function ruleSetDigest(): Digest {
  return digest;
}
