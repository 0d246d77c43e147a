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
 * Reads each `.txt` file of a folder, in the order of their names; the file's name is the group.
 * @throws Problem `file-not-found`, `usage` for an invalid scenario or a repeated name
 */
export function readScenarios(folder: string): Scenario[] {
  const found = listFolder(folder).flatMap((file) =>
    parseScenarios(readFileSync(join(folder, file), 'utf8'), basename(file, '.txt')),
  );
  const repeated = found.find(
    (scenario, at) => found.findIndex(({ name }) => name === scenario.name) !== at,
  );
  if (repeated !== undefined)
    throw new Problem(
      'usage',
      `Cannot use the scenarios: two of them are named ${JSON.stringify(repeated.name)}`,
      { hint: 'Rename one of them' },
    );
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
