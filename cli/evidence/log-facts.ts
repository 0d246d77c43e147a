/** Counts the audit lines of all hosts of a report. Pure. */
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { evidenceRowsMax } from '../limits.ts';
import type {
  BreakerRow,
  DayRow,
  HoldRow,
  ReactionRow,
  ReportedIncident,
  ReportFacts,
  StopFacts,
  StopRow,
  UseRow,
  VersionFacts,
} from './facts.ts';

type Mutable<Row> = { -readonly [Key in keyof Row]: Row[Key] };
type Counted = Pick<
  ReportFacts,
  'uses' | 'incidents' | 'holds' | 'breakers' | 'stops' | 'reactions' | 'days' | 'omitted'
>;

/** A version that a statement in the registry's log stops, and since when. */
type StoppedVersion = Pick<VersionFacts, 'name' | 'version'> & StopFacts;

export class LogFacts {
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
