/** All rules, by id. A new rule is one import and one line here. */
import type { Rule } from './rule.ts';
import { environmentToNetwork } from './rules/flow/environment-to-network.ts';
import { fileToNetwork } from './rules/flow/file-to-network.ts';
import { networkToExec } from './rules/flow/network-to-exec.ts';
import { secretToNetwork } from './rules/flow/secret-to-network.ts';
import { secretToOutput } from './rules/flow/secret-to-output.ts';
import { overBroad } from './rules/manifest/over-broad.ts';
import { undeclared } from './rules/manifest/undeclared.ts';
import { unreadable } from './rules/manifest/unreadable.ts';
import { unused } from './rules/manifest/unused.ts';

export const rules: readonly Rule[] = [
  environmentToNetwork,
  fileToNetwork,
  networkToExec,
  secretToNetwork,
  secretToOutput,
  overBroad,
  undeclared,
  unreadable,
  unused,
];
