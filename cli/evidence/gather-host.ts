/** Reads one host's folder into a section of the report. A damaged file is named, and not fatal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { breakerShape } from '../../skills-index/run/agents/breaker.ts';
import { parseIncident } from '../../skills-index/run/audit/incident.ts';
import { holdShape, signedAnswerShape } from '../../skills-index/run/holds/hold.ts';
import { parseHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { capabilities } from '../../skills-index/statement/field-shapes.ts';
import { lockFileName, readLock } from '../install/lock.ts';
import { type AuditReading, gatherAudit } from './gather-audit.ts';
import type {
  AgentNote,
  AuditSection,
  BreakerNote,
  HostSection,
  LockedNote,
  PolicyNote,
} from './report.ts';

/** Where a host's files lie. */
export interface HostPlaces {
  readonly name: string;
  readonly config: string;
  readonly data: string;
  /** A project's folder, for the host on which the command runs. */
  readonly project?: string;
}

export async function gatherHost(places: HostPlaces, reading: AuditReading): Promise<HostSection> {
  const { name, config, data, project } = places;
  const { parts, signal } = reading;
  const damage: { part: string; why: string }[] = [];
  const attempt = async <Value>(part: string, none: Value, read: () => Value | Promise<Value>) => {
    try {
      return await read();
    } catch (cause) {
      signal.throwIfAborted();
      damage.push({ part, why: whyOf(cause) });
      return none;
    }
  };
  const each = async <Value>(folder: string, end: RegExp, read: (path: string) => Value) => {
    const values: Value[] = [];
    for (const file of await attempt(folder, [], () => filesIn(folder, end)))
      values.push(...(await attempt(file, [], () => [read(file)])));
    return values;
  };
  const none: AuditSection | null = null;
  const section = {
    audit: await attempt('audit log', none, () => gatherAudit(places, reading)),
    policy: await attempt('host.json', null, () => readPolicy(join(config, 'host.json'))),
    agents: await each(join(config, 'agents'), /^[a-z0-9-]+\.json$/, readAgent),
    openBreakers: (await each(join(data, 'breakers'), /\.json$/, readBreaker)).flat(),
    incidentReports: await each(join(data, 'incidents'), /^[0-9a-f]{32}\.\w+$/, (path) =>
      parts.add(canonicalJson(parseIncident(readJson(path).value))),
    ),
    answers: await each(join(data, 'holds'), /\.answer\.json$/, (path) =>
      parts.add(readAnswer(path)),
    ),
  };
  const locked: LockedNote[] = [];
  for (const [lock, folder] of locksOf(data, project))
    locked.push(...(await attempt(join(folder, lockFileName), [], () => notesOf(lock, folder))));
  return { name, ...section, locked, damage };
}

function filesIn(folder: string, end: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => end.test(file))
    .sort()
    .map((file) => join(folder, file));
}

function locksOf(data: string, project: string | undefined): [lock: string, folder: string][] {
  const agents = join(data, 'agents');
  const names = existsSync(agents) ? readdirSync(agents).sort() : [];
  return [
    ...(project === undefined ? [] : [['project', project] as [string, string]]),
    ...names.map((name): [string, string] => [`agent ${name}`, join(agents, name)]),
  ];
}

async function notesOf(lock: string, folder: string): Promise<LockedNote[]> {
  return [...(await readLock(join(folder, lockFileName)))].map(([name, { version, bundle }]) => ({
    lock,
    name,
    version,
    bundle,
  }));
}

const text = v.string();
// Unknown members are left out: a file has the private key, and values of variables.
const agentShape = v.object({
  schema: v.literal('skillgate.agent/1'),
  name: text,
  keyId: text,
  created: text,
  expires: text,
  revoked: v.exactOptional(text),
  grants: v.array(v.object({ skill: text, range: text })),
  ceiling: capabilities,
});

function readAgent(path: string): AgentNote {
  const {
    grants,
    ceiling,
    revoked = null,
    name,
    keyId,
    created,
    expires,
  } = parseShape(agentShape, readJson(path), 'key-file-invalid', path);
  return {
    name,
    keyId,
    created,
    expires,
    revoked,
    grants: grants.map(({ skill, range }) => `${skill} ${range}`),
    ceiling: listCapabilities(ceiling).map(printCapability),
  };
}

function readBreaker(path: string): BreakerNote[] {
  const { agent, skill, version, open } = parseShape(
    breakerShape,
    readJson(path),
    'breaker-open',
    path,
  );
  if (open === undefined) return [];
  return [{ agent, skill, version, counter: open.counter, since: open.hold.created }];
}

function readPolicy(path: string): PolicyNote | null {
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  const { holds, approvers } = parseHostPolicy(bytes, path);
  return {
    digest: digestOf(bytes),
    holds: holds.map(({ name, seconds }) => ({ name, seconds })),
    approvers: approvers.map(({ name, key, passkey }) => ({
      name,
      ...(key === undefined ? {} : { key: { keyId: key.keyId, spki: key.spki } }),
      ...(passkey === undefined ? {} : { passkey }),
    })),
  };
}

function readAnswer(path: string): string {
  const hold = path.replace(/\.answer\.json$/, '.hold.json');
  return canonicalJson({
    hold: parseShape(holdShape, readJson(hold), 'hold-denied', hold),
    signed: parseShape(signedAnswerShape, readJson(path), 'hold-denied', path),
  });
}

function readJson(path: string) {
  return parseJson(readFileSync(path), path);
}

function whyOf(cause: unknown): string {
  if (cause instanceof Problem) return cause.message;
  return cause instanceof Error ? cause.message : String(cause);
}
