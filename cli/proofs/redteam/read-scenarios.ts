/** Scenarios from a folder: the product's own, or a user's. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseScenarios, type Scenario } from './scenario.ts';

// In a checkout this file is cli/proofs/redteam/read-scenarios.ts, in the package
// dist/cli/proofs/redteam/read-scenarios.js.
export function ownScenarios(): string {
  const top = import.meta.url.endsWith('.ts')
    ? './scenarios'
    : '../../../../cli/proofs/redteam/scenarios';
  return fileURLToPath(new URL(top, import.meta.url));
}

/**
 * Reads each `.txt` of a folder, in the order of their names; the name is the group.
 * @throws Problem `file-not-found`, `usage` where one of them is no scenario or a name stands twice
 */
export function readScenarios(folder: string): Scenario[] {
  const found = listFolder(folder).flatMap((file) =>
    parseScenarios(readFileSync(join(folder, file), 'utf8'), basename(file, '.txt')),
  );
  const twice = found.find((one, at) => found.findIndex(({ name }) => name === one.name) !== at);
  if (twice !== undefined)
    throw new Problem('usage', `There are two scenarios ${JSON.stringify(twice.name)}`);
  return found;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .sort();
  } catch (cause) {
    throw new Problem('file-not-found', `Cannot read the scenarios in ${JSON.stringify(folder)}`, {
      cause,
    });
  }
}
