/** `skillgate evidence`: writes one signed report about a host or a fleet. */
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import * as audit from '../../runner/audit/public.ts';
import * as host from '../../runner/host/public.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { sinceOf } from '../audit-log/audit-filter.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { ownName } from '../own-version.ts';
import { projectAt } from '../run/admission.ts';
import { auditKeyFileOf } from '../run/host-files.ts';
import { isTrial } from '../run/trial-build.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, bytesText, count, joined, printNote, safe } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import { writeWhole } from '../whole-file.ts';
import { summaryText } from './claims-text.ts';
import { computeFacts } from './compute-facts.ts';
import { derOf } from './gather-audit.ts';
import { gatherHost, type HostPlaces } from './gather-host.ts';
import { Parts } from './parts.ts';
import type { EvidenceReport, HostSection, VersionSection } from './report.ts';
import { gatherVersion } from './version-evidence.ts';
import { sealReport } from './write-report.ts';

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
  const policy = host.readHostPolicy(join(context.paths.config, 'host.json'));
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
  const { keyId, publicKey, sign } = audit.openAuditKey(auditKeyFileOf(context));
  const signer = {
    keyId,
    publicKey: derOf(publicKey),
    sign: async (bytes: Uint8Array) => sign(bytes),
  };
  return { name: 'host', signer };
}
