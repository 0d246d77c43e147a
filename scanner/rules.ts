/** All rules, by id. A new rule is one import and one line here. */
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [];
