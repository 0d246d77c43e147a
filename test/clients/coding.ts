/**
 * A real client as a coding agent, by the lines of docs/coding-agent.md: fixes a bug, runs the
 * tests, adds a dependency and a package, and commits; a person accepts the commits.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, linesOf, makeCodingStage, modelKey } from '../journey/coding-stage.ts';
import { type Client, installLineOf, installOnce } from './clients.ts';
import type { StubCall } from './stub-model.ts';

type Row = readonly [says: string, isSo: boolean, more?: string];

function workOf({ edit, read, shell, shellInput, write }: Client): readonly StubCall[] {
  const run = (command: string): StubCall => ({ tool: shell, input: shellInput(command) });
  const commit = (subject: string): StubCall => run(`git add -A && git commit -qm '${subject}'`);
  const sum = 'packages/sum/index.js';
  return [
    run('npm test'),
    read(sum),
    edit(sum, 'exports.sum = (a, b) => a - b;', 'exports.sum = (a, b) => a + b;'),
    run('npm test'),
    commit('sum: add'),
    run('npm install --silent padder --workspace @app/sum; node -p \'require("padder")\''),
    commit('sum: depend on padder'),
    write('packages/greet/package.json', '{ "name": "@app/greet", "version": "1.0.0" }\n'),
    write('packages/greet/index.js', "exports.five = require('@app/sum').sum(2, 3);\n"),
    run('npm install --silent; node -p \'"greet " + require("@app/greet").five\''),
    commit('greet: new package'),
    run("env; cat /proc/*/environ | tr '\\0' '\\n'; git log --format=%s; git status --short"),
  ];
}

export async function tryCoding(client: Client): Promise<readonly Row[]> {
  const stage = await makeCodingStage(workOf(client));
  const { model, onHost, type } = stage;
  const agents = installOnce(client.name, installLineOf(client));
  const settings = fileOf(client.chapter).replaceAll('MODEL', 'stub');
  if (settings !== '') writeFileSync(join(agents, 'opencode.json'), settings);
  try {
    for (const title of ['Set up the host', client.chapter, 'Accept the commits'])
      for (const line of linesOf(title)) {
        // Installed once, for all runs of this test.
        if (line.startsWith('npm install ')) continue;
        await type(line.replaceAll(/(~|\$HOME)\/agents/g, agents));
      }
    const left = hostsReached(stage.folder);
    const bodies = model.bodies.join('\n');
    const subjects = onHost('git log --format=%s main').trim().split('\n');
    return [
      ['its tests failed before', /fail 1/.test(bodies)],
      ['bug fixed', /fail 0/.test(onHost('npm test 2>&1'))],
      ['tests run', /pass 1/.test(bodies) && /fail 0/.test(bodies)],
      ['commit', subjects.includes('sum: add')],
      ['dependency', /padder/.test(onHost('cat packages/sum/package.json package-lock.json'))],
      ['monorepo package', onHost('git show main:packages/greet/index.js').includes('five')],
      [
        'accepted commit on host',
        subjects.join() === 'greet: new package,sum: depend on padder,sum: add,begin',
        subjects.join(', '),
      ],
      ['git status on the host is clean', onHost('git status --short') === ''],
      ['the model got its key', model.keys.has(modelKey) && model.keys.size === 1],
      // The last command prints the environment of all processes.
      [
        'the sandbox has no key',
        bodies.includes('SKILLGATE_MEMORY=') && !bodies.includes(modelKey),
      ],
      ['nothing left but to the model and the index', left.length === 2, left.join(', ')],
    ];
  } finally {
    stage.close();
  }
}

function hostsReached(home: string): readonly string[] {
  const path = join(home, '.local/share/skillgate/audit/audit.jsonl');
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const allowed = lines
    .map((line) => JSON.parse(line))
    .filter(({ decision, event }) => event === 'egress' && decision === 'allowed');
  return [...new Set(allowed.map(({ host }) => String(host)))].toSorted();
}
