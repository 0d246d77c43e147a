/**
 * All rules, group by group. A new rule is one import and one line in its group's list:
 * `rules/<group>.ts`.
 */
import type { Rule } from './rule.ts';
import { envRules } from './rules/env.ts';
import { execRules } from './rules/exec.ts';
import { filesRules } from './rules/files.ts';
import { flowRules } from './rules/flow.ts';
import { manifestRules } from './rules/manifest.ts';
import { networkRules } from './rules/network.ts';
import { obfuscationRules } from './rules/obfuscation.ts';
import { persistenceRules } from './rules/persistence.ts';
import { proseRules } from './rules/prose.ts';
import { resourcesRules } from './rules/resources.ts';
import { supplyRules } from './rules/supply.ts';

export const rules: readonly Rule[] = [
  ...envRules,
  ...execRules,
  ...filesRules,
  ...flowRules,
  ...manifestRules,
  ...networkRules,
  ...obfuscationRules,
  ...persistenceRules,
  ...proseRules,
  ...resourcesRules,
  ...supplyRules,
];
