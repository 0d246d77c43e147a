/** `skillgate evidence`: writes one signed report about a host or a fleet. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import { openAuditKey } from '../../runner/audit/audit.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { breakerShape } from '../../skills-index/run/agents/breaker.ts';
import { parseIncident } from '../../skills-index/run/audit/incident.ts';
import { holdShape, signedAnswerShape } from '../../skills-index/run/holds/hold.ts';
import { parseHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { capabilities } from '../../skills-index/statement/field-shapes.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { sinceOf } from '../audit-log/log.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { lockFileName, readLock } from '../install/lock.ts';
import { ownName } from '../own-version.ts';
import { projectAt } from '../run/admission.ts';
import { auditKeyFileOf } from '../run/host-files.ts';
import { isTrial } from '../run/trial-build.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, bytesText, count, joined, printNote, safe } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import { writeWhole } from '../whole-file.ts';
import { summaryText } from './claims-text.ts';
import { computeFacts, gatherVersion } from './compute-facts.ts';
import { type AuditReading, derOf, gatherAudit } from './gather-audit.ts';
import {
  type AgentNote,
  type AuditSection,
  type BreakerNote,
  type EvidenceReport,
  type HostSection,
  type LockedNote,
  Parts,
  type PolicyNote,
  sealReport,
  type VersionSection,
} from './write-report.ts';

/** Audit lines between two notes of progress. */
const linesPerNote = 100_000;

/** Versions without evidence that the warning names. */
const missingShownMax = 10;

/** `skillgate evidence`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, now, paths, cwd } = context;
  const { out, since } = options;
  if (options.verify !== undefined)
    return (await import('./verify-report.ts')).verifyReport(context);
  if (typeof out !== 'string')
    throw new Problem('usage', 'Cannot write the report: --out names no file', {
      hint: 'skillgate evidence --out report.json',
    });
  const from = typeof since === 'string' ? sinceOf(since, now()) : undefined;
  const key = await keyOf(context);
  const parts = new Parts();
  const named = new NamedVersions();
  const hosts: HostSection[] = [];
  const project = (await projectAt(cwd)).folder;
  for (const places of hostsOf(context, { ...paths, name: hostname(), project })) {
    printNote(context, safe`reading the host ${places.name}`);
    let told = 0;
    const section = await gatherHost(places, {
      parts,
      since: from,
      signal: context.signal,
      // No registry knows a tried version, so a report that asked would lack its evidence for ever.
      onEntry: (entry) => {
        if (!isTrial(entry)) named.add(entry.skill, entry.version);
      },
      onLines: (lines) => {
        if (lines >= told + linesPerNote) {
          told = lines;
          printNote(context, safe`${places.name}: ${lines} audit lines`);
        }
      },
    });
    for (const { name, version } of section.locked) named.add(name, version);
    hosts.push(section);
  }
  const versions = await gatherVersions(context, named.sorted(), parts);
  warnOfMissing(context, hosts, versions);
  const { facts } = await computeFacts({ hosts, versions }, parts);
  const report: EvidenceReport = {
    generated: now().toISOString(),
    since: from ?? null,
    tool: ownName(),
    signer: {
      name: key.name,
      keyId: key.signer.keyId,
      publicKey: Buffer.from(key.signer.publicKey).toString('base64'),
    },
    evidence: { count: parts.count, digest: parts.digest() },
    hosts,
    versions,
    facts,
  };
  const text = await sealReport(report, parts, key.signer);
  const path = resolve(cwd, out);
  await writeWhole(path, text, 0o600);
  const bytes = Buffer.byteLength(text);
  const known = [key.signer.keyId, ...new Set(facts.versions.flatMap(({ root }) => root ?? []))];
  answer(
    context,
    {
      schema: 'skillgate.evidence/1',
      file: path,
      bytes,
      signer: report.signer,
      facts: facts.hosts,
    },
    () =>
      joined(
        [
          safe`wrote ${out}, ${bytesText(bytes)}, signed with ${key.name} (${key.signer.keyId})`,
          summaryText(report),
          safe`verify it anywhere, without a network: skillgate evidence --verify ${out} ${known.map((id, at) => `${at === 0 ? '--signer' : '--root'} ${id}`).join(' ')}`,
          safe`give the auditor the ${known.length === 1 ? 'id' : 'ids'} by another way than the file`,
        ],
        '\n',
      ),
  );
  return exitCodes.ok;
}

function hostsOf({ options, cwd }: CommandContext, own: HostPlaces): HostPlaces[] {
  const folders = listOf(options.from);
  if (folders.length === 0) return [own];
  const seen = new Map<string, number>();
  return folders.map((given) => {
    const folder = resolve(cwd, given);
    const times = (seen.get(basename(folder)) ?? 0) + 1;
    seen.set(basename(folder), times);
    const name = `${basename(folder)}${times === 1 ? '' : ` (${times})`}`;
    return { name, config: join(folder, 'config'), data: join(folder, 'data') };
  });
}

/** The versions that locks and audit lines name. Agents write some of the names. */
class NamedVersions {
  readonly #found = new Map<string, readonly [SkillName, Version]>();

  add(skill: string | undefined, version: string | undefined): void {
    if (skill === undefined || version === undefined || this.#found.has(`${skill}@${version}`))
      return;
    try {
      const found = [parseSkillName(skill), parseVersion(version)] as const;
      this.#found.set(`${skill}@${version}`, found);
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
    }
  }

  sorted(): (readonly [SkillName, Version])[] {
    return [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
  }
}

async function gatherVersions(
  context: CommandContext,
  named: readonly (readonly [SkillName, Version])[],
  parts: Parts,
): Promise<VersionSection[]> {
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  const world = { ...context, verified: new VerifiedStatements() };
  const progress = startProgress(context, named.length, 'versions');
  const sections: VersionSection[] = [];
  try {
    for (const [name, version] of named) {
      sections.push(await gatherVersion(world, { name, version }, parts, policy));
      progress.step(`${name}@${version}`);
    }
  } finally {
    progress.end();
  }
  return sections;
}

/** Warns of what the report lacks: otherwise only the reader of the report would learn it. */
function warnOfMissing(
  context: CommandContext,
  hosts: readonly HostSection[],
  versions: readonly VersionSection[],
): void {
  for (const { name, damage } of hosts)
    for (const { part, why } of damage)
      printNote(context, safe`warning: the report has no ${part} of the host ${name}: ${why}`);
  const missing = versions.filter((one) => one.missing !== null);
  if (missing.length === 0) return;
  printNote(
    context,
    safe`warning: the report has no evidence of ${missing.length} of ${count(versions.length, 'version')}:`,
  );
  // Agents write names of versions, so the list has a limit.
  for (const { name, version, missing: why } of missing.slice(0, missingShownMax))
    printNote(context, safe`  ${name}@${version}: ${why ?? ''}`);
  if (missing.length > missingShownMax)
    printNote(context, safe`  and ${missing.length - missingShownMax} more`);
  printNote(
    context,
    safe`  a registry shows private versions to their readers only: sign in (skillgate login), or keep the token of a reader (skillgate registry token URL)`,
  );
}

// The host's own key needs no passphrase, so that a scheduled job can make reports.
async function keyOf(context: CommandContext): Promise<{ name: string; signer: Signer }> {
  if (typeof context.options.key === 'string') {
    const signer = await signerFor(context);
    return { name: signer.name, signer };
  }
  const { keyId, publicKey, sign } = openAuditKey(auditKeyFileOf(context));
  const signer = {
    keyId,
    publicKey: derOf(publicKey),
    sign: async (bytes: Uint8Array) => sign(bytes),
  };
  return { name: 'host', signer };
}

// Reads one host's folder into a section of the report. A damaged file is named, and not fatal.

/** Where a host's files lie. */
interface HostPlaces {
  readonly name: string;
  readonly config: string;
  readonly data: string;
  /** A project's folder, for the host on which the command runs. */
  readonly project?: string;
}

async function gatherHost(places: HostPlaces, reading: AuditReading): Promise<HostSection> {
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
