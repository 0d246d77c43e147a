/**
 * Computes the facts of a report from the gathered sections and parts alone. The maker of a report
 * and each verifier run the same function.
 */

import { admit } from '../../runner/admission/admit.ts';
import type { GetFile, Source } from '../../skills-index/client/blobs.ts';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { furthestOf } from '../../skills-index/run/audit/audit-chain.ts';
import { type AuditVerdict, ChainCheck } from '../../skills-index/run/audit/audit-check.ts';
import { type AuditEntry, parseEntry } from '../../skills-index/run/audit/audit-entry.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { type ChainNode, chainOf } from '../../skills-index/trust/decision/chain.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import { activeRevocation } from '../../skills-index/trust/decision/one-log.ts';
import { policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type AdmissionWorld, askAdmission } from '../run/admission.ts';
import { evidenceFileBytesMax, parseTrusted, trustedJson } from '../verify/evidence-folder.ts';
import type {
  BreakerRow,
  DayRow,
  HoldRow,
  HostLogFacts,
  ReactionRow,
  ReportedIncident,
  ReportFacts,
  StopFacts,
  StopRow,
  UseRow,
  VersionFacts,
} from './facts.ts';
import type { EvidenceReport, HostSection, Parts, VersionSection } from './write-report.ts';

const evidenceRowsMax = 5_000;

export interface ComputedFacts {
  readonly facts: ReportFacts;
  /** In the order of the report's versions. */
  readonly judged: readonly JudgedSection[];
}

/** @throws Problem `evidence-invalid` when a part is missing or changed */
export async function computeFacts(
  { hosts, versions }: Pick<EvidenceReport, 'hosts' | 'versions'>,
  parts: Parts,
  onPart: (what: string) => void = () => undefined,
): Promise<ComputedFacts> {
  const verified = new VerifiedStatements();
  const judged: JudgedSection[] = [];
  for (const section of versions) {
    judged.push(await judgeSection(section, parts, verified));
    onPart(`${section.name}@${section.version}`);
  }
  const versionFacts = judged.map(({ facts }) => facts);
  const log = new LogFacts(versionFacts);
  const hostFacts = hosts.map((host) => {
    const facts = readHost(host, parts, (entry) => log.take(host.name, entry));
    onPart(host.name);
    return facts;
  });
  return { facts: { hosts: hostFacts, versions: versionFacts, ...log.counted() }, judged };
}

// One piece of the log is in memory at a time.
function readHost(
  { name, audit }: HostSection,
  parts: Parts,
  onEntry: (entry: AuditEntry) => void,
): HostLogFacts {
  if (audit === null) return { name, lines: 0, masked: 0, first: null, last: null, chain: null };
  const check = new ChainCheck({
    kept: furthestOf(audit.checkpoints),
    from: audit.from,
    ...(audit.key === null ? {} : { key: audit.key }),
  });
  let lines = 0;
  let masked = 0;
  let first: string | null = null;
  let last: string | null = null;
  for (const piece of audit.pieces)
    for (const line of Buffer.from(parts.read(piece)).toString('utf8').split('\n')) {
      lines += 1;
      const { digest, text } = parsePieceLine(line);
      if (digest === undefined) check.take(Buffer.from(text));
      else {
        masked += 1;
        check.skip(digest);
      }
      const entry = parseEntry(text);
      if (entry === undefined) continue;
      first ??= entry.at;
      last = entry.at;
      onEntry(entry);
    }
  const chain: AuditVerdict = check.verdict();
  return { name, lines, masked, first, last, chain };
}

function parsePieceLine(line: string): { readonly digest?: Digest; readonly text: string } {
  const space = line.indexOf(' ');
  const digest = line.slice(0, space);
  return isDigest(digest) ? { digest, text: line.slice(space + 1) } : { text: line };
}

// The evidence of one version in a report: the registry's answers, recorded when the report is made
// and given again when it is verified.

/** A version, and what its evidence shows. */
export interface JudgedSection {
  readonly facts: VersionFacts;
  /** The chain of evidence as a tree; absent where there is no evidence. */
  readonly chain?: ChainNode;
  /** Why there is no decision. */
  readonly why?: string;
}

/**
 * Asks the registry for all evidence about a version. Nothing that this machine keeps is used, so
 * that the answers alone are enough later.
 */
export async function gatherVersion(
  world: AdmissionWorld,
  { name, version }: Pick<VersionSection, 'name' | 'version'>,
  parts: Parts,
  host: HostPolicy,
): Promise<VersionSection> {
  const asked = { name, version, at: world.now().toISOString() };
  let files: Record<string, Digest> = {};
  const through = (source: Source): Source => {
    // A second question replaces the first: the root of trust was renewed in between.
    files = {};
    const fetch = recording(source, parts, files);
    return { ...source, store: memoryStore(), offline: false, fetch };
  };
  try {
    const { registry } = await askAdmission(
      { ...world, now: () => new Date(asked.at) },
      { name, range: version, locks: [], through, host: { ...host, status: [] } },
    );
    const trusted = parts.add(canonicalJson(trustedJson(registry)));
    return { ...asked, trusted, files, missing: null };
  } catch (cause) {
    world.signal.throwIfAborted();
    if (!(cause instanceof Problem)) throw cause;
    return { ...asked, trusted: null, files: {}, missing: cause.message };
  }
}

/**
 * Judges a version by the parts of the report alone, as of the time of the registry's answers.
 * @throws Problem `evidence-invalid` when a part is missing or changed
 */
async function judgeSection(
  { name, version, at, trusted, files, missing }: VersionSection,
  parts: Parts,
  verified: VerifiedStatements,
): Promise<JudgedSection> {
  if (trusted === null) return { facts: unknownFacts(name, version), why: missing ?? '' };
  const inputs = parseTrusted(parseJson(parts.read(trusted), 'trusted.json'));
  const read = (path: string): Uint8Array | undefined => {
    const digest = Object.hasOwn(files, path) ? files[path] : undefined;
    return digest === undefined ? undefined : parts.read(digest);
  };
  const base = 'report:';
  const fetch: GetFile = async (url) => {
    const bytes = read(url.slice(base.length));
    return answerOf(bytes === undefined ? 404 : 200, bytes);
  };
  try {
    const { input, decision } = await admit({
      base,
      fetch,
      store: memoryStore(),
      ...inputs,
      name,
      range: version,
      now: Date.parse(at),
      verified,
    });
    const judged = judge(input);
    const { publish, scan, status } = judged.parts;
    const stop = activeRevocation(judged.evidence);
    const facts: VersionFacts = {
      name,
      version,
      decision: decision.kind,
      reasons: [...new Set(judged.reasons.map(({ code }) => code))].sort(),
      bundle: input.line.bundle,
      registry: inputs.root.origin,
      root: rootFingerprint(inputs.root),
      policy: policyDigest(inputs.policy),
      publisher: publish?.signer ?? null,
      publishedAt: publish?.logIndex ?? null,
      scan: scan === undefined ? null : scanFacts(scan),
      approvals: judged.approvals,
      needed: scan?.needed ?? null,
      capabilities: listCapabilities(input.line.capabilities).map(printCapability),
      stop:
        stop === undefined
          ? null
          : { kind: stop.kind, reason: stop.reason, since: input.line.stopped?.since ?? at },
      logSize: status?.checkpoint.size ?? null,
    };
    return { facts, chain: chainOf(judged) };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'evidence-invalid') throw cause;
    // In its own words it would blame a registry, and nobody was asked.
    return { facts: unknownFacts(name, version), why: cause.message.replaceAll('report:', '') };
  }
}

function scanFacts(scan: NonNullable<ReturnType<typeof judge>['parts']['scan']>) {
  const { scanner, verdict, findings, ruleSet, report, logIndex } = scan;
  return { scanner, verdict, findings: findings.length, ruleSet, report, logIndex };
}

function unknownFacts(name: SkillName, version: Version): VersionFacts {
  return {
    name,
    version,
    decision: 'unknown',
    reasons: [],
    approvals: [],
    capabilities: [],
    bundle: null,
    registry: null,
    root: null,
    policy: null,
    publisher: null,
    publishedAt: null,
    scan: null,
    needed: null,
    stop: null,
    logSize: null,
  };
}

function recording({ base, fetch }: Source, parts: Parts, files: Record<string, Digest>): GetFile {
  const top = base.replace(/\/+$/, '');
  return async (url, how) => {
    const answer = await fetch(url, how);
    if (!answer.ok) return answer;
    const bytes = await readBoundedBody(answer.body, evidenceFileBytesMax);
    // Longer than any file of a registry: the reader of the file refuses it as well.
    if (bytes === undefined) return answerOf(502, undefined);
    files[url.slice(top.length)] = parts.add(bytes);
    return answerOf(answer.status, bytes);
  };
}

function answerOf(status: number, bytes: Uint8Array | undefined): Awaited<ReturnType<GetFile>> {
  const { ok, body } = new Response(bytes === undefined ? null : Buffer.from(bytes), { status });
  return { ok, status, body };
}

// Counts the audit lines of all hosts of a report. Pure.

type Mutable<Row> = { -readonly [Key in keyof Row]: Row[Key] };
type Counted = Pick<
  ReportFacts,
  'uses' | 'incidents' | 'holds' | 'breakers' | 'stops' | 'reactions' | 'days' | 'omitted'
>;

/** A version that a statement in the registry's log stops, and since when. */
type StoppedVersion = Pick<VersionFacts, 'name' | 'version'> & StopFacts;

class LogFacts {
  readonly #uses = new Map<string, Mutable<UseRow> & { readonly on: Set<string> }>();
  readonly #holds = new Map<string, Mutable<HoldRow>>();
  readonly #days = new Map<string, Mutable<DayRow>>();
  readonly #reactions = new Map<string, Mutable<ReactionRow>>();
  readonly #stopped: ReadonlyMap<string, readonly StoppedVersion[]>;
  readonly #incidents: ReportedIncident[] = [];
  readonly #breakers: BreakerRow[] = [];
  readonly #stops: StopRow[] = [];
  #omitted = 0;

  constructor(versions: readonly VersionFacts[]) {
    const stopped = versions.flatMap(({ name, version, stop }) =>
      stop === null ? [] : [{ name, version, ...stop }],
    );
    this.#stopped = Map.groupBy(stopped, ({ name }) => name);
  }

  take(host: string, entry: AuditEntry): void {
    if (entry.event === 'checkpoint' || entry.event === 'recovered') return;
    this.#use(host, entry);
    this.#day(entry);
    this.#list(host, entry);
    this.#react(host, entry);
  }

  counted(): Counted {
    return {
      uses: [...this.#uses.values()].map(({ on, ...row }) => ({ ...row, hosts: [...on].sort() })),
      incidents: this.#incidents,
      holds: [...this.#holds.values()],
      breakers: this.#breakers,
      stops: this.#stops,
      reactions: [...this.#reactions.values()],
      days: [...this.#days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
      omitted: this.#omitted,
    };
  }

  #use(host: string, entry: AuditEntry): void {
    const { agent, skill = null, version = null, bundle = null, at } = entry;
    const row = this.#rowOf(this.#uses, JSON.stringify([agent, skill, version, bundle]), () => ({
      agent,
      skill,
      version,
      bundle,
      hosts: [],
      on: new Set<string>(),
      starts: 0,
      refused: 0,
      allowed: 0,
      denied: 0,
      first: at,
      last: at,
    }));
    if (row === undefined) return;
    row.on.add(host);
    if (at < row.first) row.first = at;
    if (at > row.last) row.last = at;
    if (entry.event === 'start') row.starts += 1;
    if (entry.event === 'refused') row.refused += 1;
    if (entry.event === 'egress') row[entry.decision] += 1;
  }

  #day(entry: AuditEntry): void {
    const day = entry.at.slice(0, 10);
    const row = this.#rowOf(this.#days, day, () => ({
      day,
      starts: 0,
      refused: 0,
      denied: 0,
      holds: 0,
      incidents: 0,
    }));
    if (row === undefined) return;
    if (entry.event === 'start') row.starts += 1;
    if (entry.event === 'refused') row.refused += 1;
    if (entry.event === 'egress' && entry.decision === 'denied') row.denied += 1;
    if (entry.event === 'hold' && entry.state === 'asked') row.holds += 1;
    if (entry.event === 'incident') row.incidents += 1;
  }

  #list(host: string, entry: AuditEntry): void {
    const { agent, skill = null, version = null, at } = entry;
    const row = { host, at, agent, skill, version };
    switch (entry.event) {
      case 'incident': {
        const { rule, place, report } = entry;
        this.#push(this.#incidents, { ...row, rule, place, report });
        break;
      }
      case 'breaker': {
        const { state, counter, why } = entry;
        this.#push(this.#breakers, { ...row, state, counter, why });
        break;
      }
      case 'exit':
        if (entry.reason !== 'exit') this.#push(this.#stops, { ...row, reason: entry.reason });
        break;
      case 'hold': {
        const { hold, rule, what, state, why } = entry;
        const kept = this.#rowOf(this.#holds, `${host} ${hold}`, () => ({
          ...row,
          hold,
          rule,
          what,
          state,
          why,
          seconds: null,
        }));
        // An answer that did not count leaves the hold waiting.
        if (kept === undefined || state === 'asked' || state === 'rejected') break;
        kept.state = state;
        kept.why = why;
        if (kept.at !== at) kept.seconds = secondsBetween(kept.at, at);
        break;
      }
    }
  }

  #react(host: string, entry: AuditEntry): void {
    const { skill, version, at } = entry;
    for (const stop of this.#stopped.get(skill ?? '') ?? []) {
      if (at < stop.since || !isAbout(entry, stop, version)) continue;
      const { name, kind, since } = stop;
      const key = JSON.stringify([host, name, stop.version]);
      const row = this.#rowOf(this.#reactions, key, () => ({
        host,
        name,
        version: stop.version,
        kind,
        since,
        stopped: null,
        seconds: null,
        startsAfter: 0,
      }));
      if (row === undefined || row.stopped !== null) continue;
      if (entry.event === 'start') row.startsAfter += 1;
      else {
        row.stopped = at;
        row.seconds = secondsBetween(since, at);
      }
    }
  }

  #push<Row>(rows: Row[], row: Row): void {
    if (rows.length < evidenceRowsMax) rows.push(row);
    else this.#omitted += 1;
  }

  // Agents choose names, so the number of rows has a limit.
  #rowOf<Row>(rows: Map<string, Row>, key: string, make: () => Row): Row | undefined {
    const found = rows.get(key);
    if (found !== undefined) return found;
    if (rows.size >= evidenceRowsMax) {
      this.#omitted += 1;
      return undefined;
    }
    const row = make();
    rows.set(key, row);
    return row;
  }
}

// A start that was refused before its version was known is about a stop when it says so.
function isAbout(entry: AuditEntry, stop: StoppedVersion, version: string | undefined): boolean {
  switch (entry.event) {
    case 'start':
      return version === stop.version;
    case 'exit':
      return version === stop.version && entry.reason === 'revoked';
    case 'refused':
      return version === stop.version || (version === undefined && entry.why.includes(stop.kind));
    default:
      return false;
  }
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));
}
