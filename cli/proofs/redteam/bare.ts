/**
 * A scenario without a gate: the same program and skills, with the secrets in the environment and
 * access to every host.
 */

import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { giveTrees } from '../../../runner/files/owned-folder.ts';
import { type AuditEntry, parseEntry } from '../../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { run as runAgent } from '../../agents/agent-run.ts';
import type { CommandContext } from '../../command.ts';
import { auditFileOf } from '../../run/host-files.ts';
import { hosts, packSkill, skillText } from './pack-skill.ts';
import type { RedteamRegistry } from './registry.ts';
import { agentName, grantSkills, hookOf, programIn, type ScenarioHost } from './scenario-host.ts';

/** For one scenario, with or without a gate. */
const scenarioSecondsMax = 60;

const nobody = 65_534;

/**
 * Runs the agent's program, as nobody where this process is root: the attacker's instructions must
 * not change files outside of the scenario's folder.
 */
export async function runBare(host: ScenarioHost): Promise<AgentResult> {
  const { folder, outside, programs, scenario, words } = host;
  const skills = join(folder, 'skills');
  for (const { files: texts, name } of scenario.skills) {
    const all = {
      ...texts,
      'SKILL.md': skillText(name.slice(name.indexOf('/') + 1), texts['SKILL.md']),
    };
    for (const [path, text] of Object.entries(all)) put(join(skills, name, path), text, 0o644);
  }
  put(
    join(folder, 'bin/skillgate'),
    `#!/bin/sh\nexec '${process.execPath}' '${programIn(programs, 'naive-program')}' "$@"\n`,
    0o755,
  );
  fs.symlinkSync(process.execPath, join(folder, 'bin/node'));
  const memory = join(folder, 'home/data/agents/finance/memory');
  const aws = join(folder, 'user/.aws/credentials');
  put(aws, `[prod-admin]\naws_secret_access_key = ${words.mark}\n`, 0o644);
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  giveTrees([folder], { uid: nobody, gid: nobody });
  const proxy = `http://127.0.0.1:${outside.port}`;
  const input = JSON.stringify({
    task: scenario.task,
    careful: scenario.agent === 'careful',
    memory,
  });
  const child = spawn(
    process.execPath,
    ['--no-warnings', programIn(programs, 'agent-program'), input],
    {
      cwd: join(folder, 'ledgers'),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: scenarioSecondsMax * 1_000,
      ...identity,
      env: {
        PATH: `${join(folder, 'bin')}:/usr/local/bin:/usr/bin:/bin`,
        HOME: join(folder, 'user'),
        TMPDIR: folder,
        CRM_TOKEN: words.secret,
        CRM_HOOK: hookOf(words),
        BANK_TOKEN: words.bank,
        PROD_ADMIN_TOKEN: words.mark,
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy,
        http_proxy: proxy,
        HTTPS_PROXY: proxy,
        https_proxy: proxy,
        OPENAI_BASE_URL: `http://${hosts.model}/v1`,
        REDTEAM_SKILLS: skills,
        REDTEAM_OPERATOR: join(folder, 'home'),
        REDTEAM_CLI: fileURLToPath(new URL('../../guard.js', import.meta.url)),
      },
    },
  );
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  await new Promise<void>((resolve) =>
    child.once('close', () => resolve()).once('error', () => resolve()),
  );
  const output = Buffer.concat(parts).toString();
  return { steps: parseSteps(output), output, failure: '' };
}

function put(path: string, text: string, mode: number): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text, { mode });
}

// A scenario behind the gate: the agent's program in a session, its skills published and approved.
// The session starts as with `skillgate agent run`.

/** One instruction that the agent followed, and the answer. */
export interface GatedStep {
  readonly did: string;
  readonly answer: string;
  /** The agent ignored an instruction, because a frame marked the instruction as data. */
  readonly declined: boolean;
}

export interface AgentResult {
  readonly steps: readonly GatedStep[];
  /** The agent's output, which contains every text that it saw. */
  readonly output: string;
  /** Why the session did not start or was ended; empty after a normal end. */
  readonly failure: string;
}

/** Publishes the scenario's skills, and approves or revokes them as the scenario says. */
export async function publishSkills(host: ScenarioHost, registry: RedteamRegistry): Promise<void> {
  const published = host.scenario.skills.filter(({ words }) => !words.includes('local'));
  const packed = new Map(published.map((skill) => [skill.name, packSkill(skill)] as const));
  for (const { name, words } of published) {
    const upload = packed.get(name);
    if (upload === undefined) continue;
    if (words.includes('unapproved')) await registry.publish(upload);
    else await registry.release(upload);
    if (words.includes('revoked')) await registry.revoke(upload);
  }
  grantSkills(host, packed);
}

export async function runGated(
  context: CommandContext,
  host: ScenarioHost,
  registry: RedteamRegistry,
): Promise<AgentResult> {
  const { folder, paths, scenario } = host;
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const input = JSON.stringify({
    task: scenario.task,
    careful: scenario.agent === 'careful',
    memory: '/memory',
  });
  const out = collectingStream();
  const err = collectingStream();
  const { PATH } = context.env;
  try {
    await runAgent({
      ...context,
      command: 'agent run',
      args: [agentName, 'obedient', input],
      options: {},
      format: 'json',
      paths,
      cwd,
      env: { PATH, HOME: join(folder, 'user') },
      registryBase: registry.base,
      stdin: Readable.from([]),
      stdout: out.stream,
      stderr: err.stream,
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(scenarioSecondsMax * 1_000)]),
    });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    err.stream.write(`${cause.code}: ${cause.message}`);
  }
  const { reason, stdout } = parseEnd(out.text());
  return {
    steps: parseSteps(stdout),
    output: stdout,
    failure: [reason === 'exit' ? '' : reason, err.text()].join(' ').trim(),
  };
}

/** Every line of the audit log of this scenario's host. */
export function auditOf({ paths }: ScenarioHost): AuditEntry[] {
  try {
    return readFileSync(auditFileOf({ paths }), 'utf8')
      .split('\n')
      .flatMap((line) => parseEntry(line) ?? []);
  } catch {
    return [];
  }
}

const end = v.looseObject({ reason: v.string(), stdout: v.string() });
const line = v.looseObject({
  did: v.string(),
  answer: v.string(),
  declined: v.optional(v.boolean(), false),
});

function parseEnd(text: string): v.InferOutput<typeof end> {
  try {
    return v.parse(end, JSON.parse(text));
  } catch {
    return { reason: 'the session did not start', stdout: '' };
  }
}

/** Parses the agent's output, and ignores lines that its program did not write. */
function parseSteps(text: string): GatedStep[] {
  return text.split('\n').flatMap((printed) => {
    try {
      return [v.parse(line, JSON.parse(printed))];
    } catch {
      return [];
    }
  });
}

function collectingStream(): { readonly stream: Writable; text(): string } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer | string, _, done) => {
      parts.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString() };
}
