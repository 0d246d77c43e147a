/**
 * `npm run schemathesis [-- EXAMPLES [SEED]]`: generated requests to every operation of the
 * OpenAPI document, answered by `skillgate serve`. Fails on an answer that the document does not
 * describe, and on a status from 500.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSchemathesis } from './program.ts';
import { makeSeededRegistry, type SeededRegistry } from './seeded-registry.ts';

const [examples = '20', seed = '1'] = process.argv.slice(2);
const hooks = fileURLToPath(new URL('hooks.py', import.meta.url));
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
];
/** How often a parameter has a value that the registry knows. */
const probability = 0.7;

const program = makeSchemathesis();
const registry = await makeSeededRegistry();
const folder = mkdtempSync(join(tmpdir(), 'skillgate-schemathesis-'));
let failed = 0;
try {
  const settings = join(folder, 'schemathesis.toml');
  writeFileSync(settings, settingsOf(registry));
  for (const [who, token] of registry.tokens) {
    console.log(`as ${who}:`);
    const header = token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`];
    const { status } = spawnSync(
      program,
      [
        '--config-file',
        settings,
        'run',
        `${registry.base}/api/v1/openapi.json`,
        ...['--seed', seed, '--max-examples', examples, '--checks', checks.join(',')],
        ...['--phases', 'coverage,fuzzing', '--continue-on-failure', '--no-color'],
        ...header,
      ],
      {
        cwd: folder,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          SCHEMATHESIS_HOOKS: hooks,
          PYTHONDONTWRITEBYTECODE: '1',
        },
      },
    );
    if (status !== 0) failed++;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await registry.close();
}
process.exitCode = failed === 0 ? 0 : 1;

function settingsOf({ known }: SeededRegistry): string {
  const names = Object.keys(known);
  return [
    ...names.map((name) => `dictionaries.${name}.values = ${JSON.stringify(known[name])}`),
    ...names.map(
      (name) => `parameters.${name} = { dictionary = "${name}", probability = ${probability} }`,
    ),
  ].join('\n');
}
