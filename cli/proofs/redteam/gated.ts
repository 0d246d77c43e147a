/**
 * A scenario behind the gate: the agent's program in a session, its skills published and approved,
 * everything as `skill agent run` does it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import { type AuditEntry, parseEntry } from '../../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { CommandContext } from '../../command.ts';
import { run as runAgent } from '../../commands/agent-run.ts';
import { auditFileOf } from '../../run/start-skill.ts';
import { agentName, grantSkills, type LaidOut, packSkill } from './laid-out.ts';
import { scenarioSecondsMax } from './limits.ts';
import type { RedteamRegistry } from './registry.ts';

/** One thing that the agent did because a text said so, and what it got. */
export interface GatedStep {
  readonly did: string;
  readonly answer: string;
  /** It saw an instruction that a frame marked as data, and left it. */
  readonly declined: boolean;
}

export interface AgentRan {
  readonly steps: readonly GatedStep[];
  /** All that the agent printed: what it saw. */
  readonly seen: string;
  /** Why its session was not there at all, or was ended. */
  readonly said: string;
}

/** Publishes what the scenario has approved. */
export async function publishSkills(laid: LaidOut, registry: RedteamRegistry): Promise<void> {
  const there = laid.scenario.skills.filter(({ words }) => !words.includes('local'));
  const packed = new Map(there.map((skill) => [skill.name, packSkill(skill)] as const));
  for (const { name, words } of there) {
    const upload = packed.get(name);
    if (upload === undefined) continue;
    if (words.includes('unapproved')) await registry.publish(upload);
    else await registry.release(upload);
    if (words.includes('revoked')) await registry.revoke(upload);
  }
  grantSkills(laid, packed);
}

export async function runGated(
  context: CommandContext,
  laid: LaidOut,
  registry: RedteamRegistry,
): Promise<AgentRan> {
  const { folder, paths, scenario } = laid;
  const cwd = join(folder, 'project');
  mkdirSync(cwd, { recursive: true });
  const told = JSON.stringify({
    task: scenario.task,
    careful: scenario.agent === 'careful',
    memory: '/memory',
  });
  const out = keeping();
  const err = keeping();
  const { PATH } = context.env;
  try {
    await runAgent({
      ...context,
      command: 'agent run',
      args: [agentName, 'obedient', told],
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
    seen: stdout,
    said: [reason === 'exit' ? '' : reason, err.text()].join(' ').trim(),
  };
}

/** Every line of the audit log of this scenario's host. */
export function auditOf({ paths }: LaidOut): AuditEntry[] {
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
    return { reason: 'it did not start', stdout: '' };
  }
}

/** What the agent's program tells; lines that are none of its own are left out. */
export function parseSteps(text: string): GatedStep[] {
  return text.split('\n').flatMap((one) => {
    try {
      return [v.parse(line, JSON.parse(one))];
    } catch {
      return [];
    }
  });
}

function keeping(): { readonly stream: Writable; text(): string } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer | string, _, done) => {
      parts.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString() };
}
