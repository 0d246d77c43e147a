import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  type Network,
  release,
} from '../installer-world.ts';
import { folderOf, honest, stranger, twin } from './folders.ts';

let network: Network;
let host: Installer;
/** A home folder, and a project in the home folder. */
const home = mkdtempSync(join(tmpdir(), 'skillgate-claude-'));
const project = join(home, 'work/project');
beforeAll(async () => {
  network = await makeNetwork();
  await release(network, honest);
  host = await makeInstaller(network);
  mkdirSync(project, { recursive: true });
});
afterAll(() => {
  host.close();
  network.close();
  rmSync(home, { recursive: true, force: true });
});

const personal = '.claude/skills';
const plugins = '.claude/plugins/installed_plugins.json';

/** Places skills below the home folder, and takes away those of the test before. */
function place(...placed: readonly (readonly [at: string, skill: typeof honest])[]): void {
  rmSync(join(home, '.claude'), { recursive: true, force: true });
  rmSync(join(home, 'work'), { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  for (const [at, skill] of placed) cpSync(folderOf(skill), join(home, at), { recursive: true });
}

async function hook(request: object | string, ...options: string[]) {
  const stdin =
    typeof request === 'string'
      ? request
      : JSON.stringify({ session_id: 's', transcript_path: '/t', cwd: project, ...request });
  const env = { HOME: home };
  const { exit, out, err } = await host.runWith(
    { stdin, env },
    'policy',
    'claude-code',
    ...options,
  );
  return { exit, answer: out === '' ? undefined : JSON.parse(out), err };
}

const used = (skill: unknown) => ({
  hook_event_name: 'PreToolUse',
  tool_name: 'Skill',
  tool_input: { skill },
  tool_use_id: 'toolu_01',
});
const typed = (command_name: string, expansion_type = 'slash_command') => ({
  hook_event_name: 'UserPromptExpansion',
  expansion_type,
  command_name,
  command_args: '',
  prompt: `/${command_name}`,
});
const asked = (decision: string, reason: RegExp) => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: decision,
    permissionDecisionReason: expect.stringMatching(reason),
  },
});

it.each([
  ['personal', personal, 'weekly-report'],
  ['of the project', 'work/project/.claude/skills', 'weekly-report'],
  ['of a folder above the project', 'work/.claude/skills', 'weekly-report'],
  ['of a plugin', 'plugins/acme/skills', 'acme:weekly-report'],
])('leaves an approved skill alone, and denies its twin: %s', async (_, at, name) => {
  const folder = `${at}/weekly-report`;
  const install = (skill: typeof honest): void => {
    place([folder, skill]);
    mkdirSync(join(home, '.claude/plugins'), { recursive: true });
    const installed = {
      version: 2,
      plugins: { 'acme@market': [{ installPath: `${home}/plugins/acme` }] },
    };
    writeFileSync(join(home, plugins), JSON.stringify(installed));
  };
  install(honest);
  expect(await hook(used(name))).toEqual({ exit: 0, answer: {}, err: '' });
  expect(await hook(typed(name))).toEqual({ exit: 0, answer: {}, err: '' });
  install(twin);
  expect((await hook(used(name))).answer).toEqual(asked('deny', /has other files than/));
  expect((await hook(typed(name))).answer).toEqual({
    decision: 'block',
    reason: expect.stringMatching(/has other files than/),
  });
});

it('judges every folder with the name, because Claude Code chooses', async () => {
  place([`${personal}/weekly-report`, honest], ['work/project/.claude/skills/weekly-report', twin]);
  expect((await hook(used('weekly-report'))).answer).toEqual(asked('deny', /has other files/));
});

it('judges folders of another name whose SKILL.md has the name, or is damaged', async () => {
  // The twin's SKILL.md says weekly-report.
  place([`${personal}/weekly-report`, honest], [`${personal}/other`, twin]);
  expect((await hook(used('weekly-report'))).answer).toEqual(asked('deny', /other\. The folder/));
  writeFileSync(join(home, personal, 'other/SKILL.md'), '---\nname: [weekly-report\n---\n');
  expect((await hook(used('weekly-report'))).answer).toEqual(asked('deny', /other\. The folder/));
  writeFileSync(
    join(home, personal, 'other/SKILL.md'),
    '---\nname: else\ndescription: Does something else.\n---\n',
  );
  expect((await hook(used('weekly-report'))).answer).toEqual({});
});

it('judges a folder with a name in any letters, in either of its forms', async () => {
  place([`${personal}/हिन्दी-re\u0301`, twin], [`${personal}/weekly-report`, honest]);
  expect((await hook(used('हिन्दी-r\u00e9'))).answer).toEqual(asked('deny', /has other files/));
});

it('asks a person about skills that nobody approved', async () => {
  place([`${personal}/notes`, stranger()]);
  expect((await hook(used('notes'))).answer).toEqual(asked('ask', /The scan found nothing\./));
  expect((await hook(used('notes'), '--unknown', 'block')).answer).toEqual(
    asked('deny', /The scan found nothing\./),
  );
  // A person who types the command has decided, and reads the reason.
  expect((await hook(typed('notes'))).answer).toEqual({
    systemMessage: expect.stringMatching(/The scan found nothing\./),
  });
  expect((await hook(used('simplify'))).answer).toEqual(asked('ask', /found no folder/));
});

it('has no opinion about other tools and other commands', async () => {
  const bash = { ...used('x'), tool_name: 'Bash', tool_input: { command: 'ls' } };
  for (const request of [bash, typed('help'), typed('server:prompt', 'mcp_prompt')])
    expect(await hook(request)).toEqual({ exit: 0, answer: {}, err: '' });
});

it.each([
  ['nothing', ''],
  ['no JSON', 'ok'],
  ['another event', { hook_event_name: 'Stop' }],
  ['no skill', used(undefined)],
  ['a skill that is no text', used(['a'])],
  ['a path', used('../../etc')],
  ['a path in a plugin', used('a:../../etc')],
  ['a relative working folder', { ...used('notes'), cwd: 'work' }],
])('ends with 2, which Claude Code obeys, for %s', async (_, request) => {
  const { exit, answer, err } = await hook(request);
  expect({ exit, answer }).toEqual({ exit: 2, answer: undefined });
  expect(err).toMatch(/^Skillgate could not judge the folder: ./);
});

it('ends with 2 where the list of plugins is damaged', async () => {
  place();
  mkdirSync(join(home, '.claude/plugins'), { recursive: true });
  writeFileSync(join(home, plugins), '{"plugins":7}');
  expect(await hook(used('acme:weekly-report'))).toMatchObject({ exit: 2 });
});
