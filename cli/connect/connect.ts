/**
 * `skillgate connect` and `disconnect`: an agent’s program gets its skills through Skillgate. Both
 * show each change first, and ask.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentFile } from '../../runner/agents/agents.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { unifiedDiff } from '../changes/diff.ts';
import { type CommandContext, type ExitCode, exitCodes, runnerOf } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { agentsFolderOf } from '../run/host-files.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, joined, type Safe, safe } from '../terminal/output.ts';
import { type AgentRow, agents } from './agents.ts';
import {
  type ConnectWorld,
  changed,
  fileDocument,
  requireOwnFolders,
  type TextDocument,
} from './document.ts';
import { jsonEditor } from './edit-json.ts';
import { tomlEditor } from './edit-toml.ts';
import type { ConfigEntry, Editor } from './entry.ts';
import { planConnect, planDisconnect } from './plan.ts';
import { readRecord, recordPath, type Written, writeRecord } from './record.ts';

export const run = runnerOf({
  connect: (context) => locked(context, connect),
  disconnect: (context) => locked(context, disconnect),
});

function locked(
  context: CommandContext,
  act: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const path = recordPath(context.paths);
  requireOwnFolders(path, dirname(path));
  return whileLocked(path, () => act(context));
}

interface Planned {
  readonly document: TextDocument;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly left: readonly ConfigEntry[];
}

async function connect(context: CommandContext): Promise<ExitCode> {
  const { agent, row } = agentOf(context);
  const world = worldOf(context, agent);
  const path = recordPath(context.paths);
  let record = readRecord(path);
  const planned: Planned[] = [];
  for (const { document, entries, format, row: place } of await row.targets(world)) {
    const { title } = document;
    const prior = record.find((one) => one.title === title);
    const before = await document.read();
    const plan = planConnect(before, entries, editors[format], title, prior);
    planned.push({ document, before, ...plan });
    if (plan.written === undefined) continue;
    const written = { agent, title, format, ...plan.written, ...(place && { row: place }) };
    record = [...record.filter((one) => one.title !== title), written];
  }
  const next = [...(row.next?.(world) ?? []), ...identityLines(context, world)];
  const left = planned.flatMap(leftText);
  const after = [
    ...changedText(planned),
    ...left,
    ...next.map((line) => safe`next: ${line}`),
    safe`gap: ${row.gap}`,
  ];
  // After a crash in between, the record names entries that are not there: they are added then.
  const isDone = await change(context, planned, () => writeRecord(path, record));
  answer(
    context,
    {
      schema: 'skillgate.connected/1',
      agent,
      changed: titlesOf(planned),
      left: left.length,
      next,
      gap: row.gap,
    },
    () =>
      joined(
        [isDone ? safe`connected ${agent}` : safe`nothing to change for ${agent}`, ...after],
        '\n',
      ),
  );
  return left.length > 0 ? exitCodes.refused : exitCodes.ok;
}

async function disconnect(context: CommandContext): Promise<ExitCode> {
  const { agent } = agentOf(context);
  const path = recordPath(context.paths);
  const record = readRecord(path);
  const planned: Planned[] = [];
  for (const written of record.filter((one) => one.agent === agent)) {
    const document = await documentOf(written);
    const before = await document.read();
    const plan = planDisconnect(before, editors[written.format], written.title, written);
    planned.push({ document, before, ...plan });
  }
  const isDone = await change(context, planned, () => undefined);
  const rest = record.filter((one) => one.agent !== agent);
  if (rest.length < record.length) writeRecord(path, rest);
  const left = planned.flatMap(leftText);
  answer(
    context,
    { schema: 'skillgate.disconnected/1', agent, changed: titlesOf(planned), left: left.length },
    () =>
      joined(
        [
          isDone ? safe`disconnected ${agent}` : safe`nothing of Skillgate to remove for ${agent}`,
          ...changedText(planned),
          ...left,
        ],
        '\n',
      ),
  );
  return exitCodes.ok;
}

const editors: Readonly<Record<Written['format'], Editor>> = {
  jsonc: jsonEditor('jsonc'),
  json5: jsonEditor('json5'),
  toml: tomlEditor,
};

async function documentOf({ title, row }: Written): Promise<TextDocument> {
  if (row === undefined) return fileDocument(title);
  const { rowDocument } = await import('./nanoclaw.ts');
  return rowDocument(title.slice(0, -`: ${row.group} ${row.column}`.length), row);
}

function agentOf({ args, command }: CommandContext): { agent: string; row: AgentRow } {
  const [agent = ''] = args;
  const row = Object.hasOwn(agents, agent) ? agents[agent] : undefined;
  if (row !== undefined) return { agent, row };
  throw new Problem('usage', `Skillgate cannot ${command} ${JSON.stringify(agent)}`, {
    hint: `name one of ${Object.keys(agents).join(', ')}; for others write skillgate mcp --agent NAME into the MCP settings`,
  });
}

function worldOf({ args, cwd, env, options }: CommandContext, agent: string): ConnectWorld {
  const [, folder = '.'] = args;
  if (args.length > 1 && agent !== 'nanoclaw')
    throw new Problem('usage', 'Only nanoclaw takes a folder');
  const identity = typeof options.agent === 'string' ? options.agent : agent;
  return { env, program: programOf(env), identity, folder: resolve(cwd, folder) };
}

/** By paths of their own: agents start in other folders, and with another PATH. */
export function programOf(
  env: CommandContext['env'],
  entry = realpathSync(fileURLToPath(new URL('../guard.js', import.meta.url))),
): ConnectWorld['program'] {
  // The executable unpacks itself into a folder that the next release no longer has.
  const { SKILLGATE_EXECUTABLE: file } = env;
  const isUnpacked = /\/program-[\da-f]+\/node_modules\//.test(entry);
  return isUnpacked && file !== undefined && isAbsolute(file) ? [file] : [process.execPath, entry];
}

function identityLines(context: CommandContext, { identity }: ConnectWorld): readonly string[] {
  return existsSync(agentFile(agentsFolderOf(context), identity))
    ? []
    : [
        `skillgate agent create ${identity}`,
        `skillgate agent grant ${identity} --skills '@scope/*' for each scope whose skills it may use`,
      ];
}

function isChanged({ after, before }: Planned): boolean {
  return after !== before;
}

function titlesOf(planned: readonly Planned[]): string[] {
  return planned.filter(isChanged).map(({ document }) => document.title);
}

function changedText(planned: readonly Planned[]): Safe[] {
  return titlesOf(planned).map((title) => safe`changed ${title}`);
}

function leftText({ document, left }: Planned): Safe[] {
  return left.map(
    ({ at }) =>
      safe`left as it is in ${document.title}: ${at.join('.') || 'its value'}, which Skillgate did not write or somebody changed`,
  );
}

/** Shows the changes, asks, and makes them. @returns whether there were any */
async function change(
  context: CommandContext,
  planned: readonly Planned[],
  first: () => void,
): Promise<boolean> {
  const changes = planned.filter(isChanged);
  if (changes.length === 0) return false;
  // The lines around a change may hold keys, which have no place in the log of a script.
  if (context.options.yes !== true)
    await confirm(context, joined(changes.flatMap(diffOf), '\n'), 'yes', '--yes');
  // All or none, as far as files can: a person may have thought for long.
  for (const { document, before } of changes)
    if ((await document.read()) !== before) throw changed(document.title);
  first();
  for (const { document, before, after } of changes) await document.write(after, before);
  return true;
}

function diffOf({ document, before, after }: Planned): Safe[] {
  const name = (text: string | undefined): string =>
    text === undefined ? '/dev/null' : document.title;
  return [
    safe`--- ${name(before)}`,
    safe`+++ ${name(after)}`,
    ...unifiedDiff(before ?? '', after ?? '').lines.map((line) => safe`${line}`),
  ];
}
