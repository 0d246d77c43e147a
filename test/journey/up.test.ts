/** One person from nothing to a skill that runs, and what a second reviewer changes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeStage, type Serving } from './processes.ts';

const stage = makeStage();
afterAll(() => stage.close());
const hello = '@me/hello@0.1.0';

async function type(...argv: string[]): Promise<string> {
  const { exit, out, err } = await stage.skill('pat', ...argv);
  expect([exit, err], argv.join(' ')).toMatchObject([0, expect.any(String)]);
  return out;
}

/** Writes the description that `publish` asks for. */
function describeSkill(folder: string, text: string): void {
  const path = join(stage.folder, folder, 'SKILL.md');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace(/^description: .*$/m, `description: ${text}`));
}

it('skillgate up makes a registry in which one person publishes, approves and runs', async () => {
  let serving: Serving = await stage.serve('pat', 'up', '--port', '0');
  const first = serving.base;
  await type('init', 'hello');
  describeSkill('hello', 'Greets a person by name.');
  await type('publish', 'hello');
  await type('review', 'approve', hello, '--reason', 'I wrote it.', '--yes');
  expect(await type('run', '@me/hello', 'hello', 'Ada')).toBe('hello, Ada\n');
  expect(await type('verify', hello)).toContain('the policy is that of one person alone');
  await serving.stop();

  serving = await stage.serve('pat', 'up');
  expect(serving.base).toBe(first);
  const line = await type('invite', 'rita', '--role', 'reviewer');
  const { out: joined } = await stage.skill('rita', 'join', line);
  const code = /this code, .*: (\S+)/.exec(joined)?.[1] ?? '';
  // What a registry that passes on a key of its own would have somebody type.
  const other = code.replace(/.$/, (letter) => (letter === 'z' ? 'y' : 'z'));
  expect((await stage.skill('pat', 'member', 'confirm', other)).err).toContain('not-found');
  await type('member', 'confirm', code, '--no-identity');
  await serving.stop();

  serving = await stage.serve('pat', 'up');
  expect(serving.err()).toContain('the ordinary policy is in force');
  await type('init', 'second');
  describeSkill('second', 'Greets a person by name, too.');
  await type('publish', 'second');
  const own = ['review', 'approve', '@me/second@0.1.0', '--reason', 'I wrote it.', '--yes'];
  const refused = await stage.skill('pat', ...own);
  expect(refused.err).toContain('approval-refused');
  expect(refused.err).toMatch(/an author cannot approve/i);
  // What was approved under the earlier policy stays approved.
  expect(await type('run', '@me/hello', 'hello', 'Bob')).toBe('hello, Bob\n');
  await serving.stop();
});
