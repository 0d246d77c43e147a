/**
 * Whether a registry that was started again has everything that it acknowledged, and nothing half.
 * It is asked over HTTP, as strangers ask it; its database and objects are read besides.
 */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeMemory } from '../../cli/monitor/memory.ts';
import { replayOnce } from '../../cli/monitor/replay.ts';
import { MonitorFolder } from '../../cli/monitor/world.ts';
import { payloadMark } from '../../registry/store/columns/payload-mark-column.ts';
import { storedBlobName } from '../../registry/store/objects.ts';
import { fetchVersionEvidence } from '../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { type Decision, decide } from '../../skills-index/trust/decision/decision.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { call, type Send, type Skill } from '../registry/road.ts';
import { type Act, type ActKind, isStop } from './acts.ts';
import { halfRows } from './half-rows.ts';
import type { CheckedSite, StoredObject } from './site.ts';

export interface Fault {
  /** What an acknowledged act lacks, what is there in part, and what nobody removed. */
  readonly kind: 'lost' | 'half' | 'left over';
  readonly act?: ActKind;
  readonly what: string;
}

const base = 'http://registry.invalid';
/** Sweeps, and the rest of a long start, run beside the first requests. */
const triesMax = 100;
const pauseMs = 50;
/** Most of the time passes in waiting for the storage of the Worker. */
const askedAtOnce = 16;
const unfinished = /\.part$|(^|\/)uploads\//;

export class Checker {
  readonly #site: CheckedSite;
  readonly #send: Send;
  readonly #memory = makeMemory();
  readonly #store = memoryStore();
  readonly #folder = new MonitorFolder(join(tmpdir(), `skillgate-faults-${randomUUID()}`));
  readonly #revoking: ReadonlySet<string>;
  /** Objects that were found whole. */
  readonly #whole = new Set<string>();

  /** @param revoking versions about which a revocation was sent, and scopes of stopped publishers */
  constructor(site: CheckedSite, revoking: ReadonlySet<string>) {
    this.#site = site;
    this.#revoking = revoking;
    this.#send = site.sender('127.0.0.1');
  }

  /** Checks these acts, and everything else that came since the last check. */
  async check(acts: readonly Act[]): Promise<Fault[]> {
    return [...(await this.#checkObjects()), ...(await this.ask(acts))];
  }

  /** As `check`, without a look at the objects themselves. */
  async ask(acts: readonly Act[]): Promise<Fault[]> {
    const faults = [...(await this.#checkDatabase()), ...(await this.#replay())];
    const left = acts.values();
    const askInTurn = async (): Promise<void> => {
      for (const act of left)
        for (const what of await this.#whatLacks(act).catch((cause) => [String(cause)]))
          faults.push({ kind: 'lost', act: act.kind, what: `${act.about}: ${what}` });
    };
    await Promise.all(Array.from({ length: askedAtOnce }, askInTurn));
    return faults;
  }

  /** What a day after the start no row names. Bundles of statements and reports are never swept. */
  async checkSwept(): Promise<Fault[]> {
    const tables = await this.#site.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    const named = new Set<string>();
    for (const { name } of tables)
      for (const row of await this.#site.rows(`SELECT * FROM "${name}"`))
        for (const cell of Object.values(row)) {
          if (cell instanceof Uint8Array) named.add(Buffer.from(cell).toString('hex'));
          for (const [, hex = ''] of String(cell).matchAll(/sha256:([0-9a-f]{64})/g))
            named.add(hex);
        }
    const unnamed = async (): Promise<StoredObject[]> => {
      const found: StoredObject[] = [];
      for (const one of await this.#site.objects()) {
        const hex = /^stored\/.*?([0-9a-f]{64})$/.exec(one.name)?.[1];
        if (hex === undefined || named.has(hex)) continue;
        const bytes = await one.read();
        if (bytes !== undefined && bytes[0] !== 0x7b) found.push(one);
      }
      return found;
    };
    return (await until(unnamed)).map(({ name }) => ({ kind: 'left over', what: name }));
  }

  async #checkDatabase(): Promise<Fault[]> {
    // A start that takes longer than a second is finished beside the first requests.
    const half = await until(async () => {
      const found: string[] = [];
      for (const [what, query] of Object.entries(halfRows))
        for (const row of await this.#site.rows(query)) found.push(`${what}: ${row.what}`);
      return found;
    });
    const damage = await this.#site.rows('PRAGMA integrity_check');
    return [...half, ...damage.map((row) => `the database: ${row.integrity_check}`)]
      .filter((what) => what !== 'the database: ok')
      .map((what) => ({ kind: 'half', what }));
  }

  async #checkObjects(): Promise<Fault[]> {
    const parts = await until(async () =>
      (await this.#site.objects()).filter(({ name }) => unfinished.test(name)),
    );
    const found: Fault[] = parts.map(({ name }) => ({ kind: 'left over', what: name }));
    for (const { name, read } of await this.#site.objects()) {
      const hex = /^(?:stored|public\/blobs)\/.*([0-9a-f]{64})$/.exec(name)?.[1];
      if (hex === undefined || this.#whole.has(name)) continue;
      const bytes = await read();
      if (bytes !== undefined && hexOf(digestOf(bytes)) === hex) this.#whole.add(name);
      else if (bytes !== undefined)
        found.push({ kind: 'half', what: `object ${name} has other bytes` });
    }
    return found;
  }

  /** Replays the log as `skillgate monitor` does: every statement, the tree, the map, the index. */
  async #replay(): Promise<Fault[]> {
    const { root } = this.#site.trust;
    try {
      const look = await replayOnce({
        ...this.#memory,
        root,
        policy: defaultPolicy,
        fingerprint: rootFingerprint(root),
        source: { base, fetch: this.#fetch, store: this.#store },
        folder: this.#folder,
        now: () => new Date(),
      });
      return look.differences.map(({ code, place, message }) => ({
        kind: 'half',
        what: `${code} at ${place}: ${message}`,
      }));
    } catch (cause) {
      return [{ kind: 'half', what: `the log cannot be replayed: ${String(cause)}` }];
    }
  }

  readonly #fetch: typeof globalThis.fetch = (input, init) =>
    this.#send(String(input).slice(base.length), init as RequestInit);

  /** What the registry lacks of an act that it acknowledged. */
  async #whatLacks({ kind, payload, about, skill }: Act): Promise<string[]> {
    const lacks = await this.#statementLacks(payload);
    if (skill === undefined) return lacks;
    const { name, version } = skill.manifest;
    const { status, body } = await call(this.#send, `/api/v1/versions/${name}/${version}`);
    if (status !== 200 || body.bundle !== skill.packed.digest) return [...lacks, 'no version'];
    if (kind === 'publish') {
      for (const digest of digestsOf(skill))
        if (!this.#whole.has(storedBlobName(digest))) lacks.push(`no blob ${digest}`);
    } else if (kind === 'report') {
      if (body.report === undefined) lacks.push('no report');
    } else {
      const isStopped = isStop(kind);
      const isOfStopped = this.#revoking.has(scopeOf(name));
      // A version that was approved after its publisher was stopped stays in review.
      if (!isStopped && isOfStopped && body.status === 'in review') return lacks;
      const mayBeStopped = isStopped || isOfStopped || this.#revoking.has(about);
      lacks.push(...(await this.#decisionLacks(skill, { isStopped, mayBeStopped })));
      if (kind === 'stop') lacks.push(...(await this.#stopLacks(skill)));
    }
    return lacks;
  }

  /** Versions of the skill's publisher that the stop of the publisher has not reached. */
  async #stopLacks({ manifest: { name, version } }: Skill): Promise<string[]> {
    const rows = await this.#site.rows(`
      SELECT versions.name || '@' || version AS what FROM versions
      JOIN index_lines ON versionId = versions.id WHERE status <> 'revoked' AND publisher =
        (SELECT publisher FROM versions WHERE name = '${name}' AND version = '${version}')`);
    return rows.map(({ what }) => `${what} is not revoked`);
  }

  async #statementLacks(payload: Digest): Promise<string[]> {
    const rows = await this.#site.rows(
      `SELECT logIndex FROM statements WHERE payload = x'${payloadMark(payload)}'`,
    );
    if (rows.length !== 1) return [`${rows.length} statements in the log`];
    const answer = await this.#send(`/log/statements/${rows[0]?.logIndex}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const { payloadDigest, logIndex } = this.#memory.verified.verify(
      bytes,
      this.#site.trust.root,
      undefined,
    );
    const isRight = payloadDigest === payload && logIndex === rows[0]?.logIndex;
    return isRight ? [] : ['another statement at its place in the log'];
  }

  /** Decides as an installer does, with the proofs of all names on which the version rests. */
  async #decisionLacks(
    skill: Skill,
    { isStopped, mayBeStopped }: { readonly isStopped: boolean; readonly mayBeStopped: boolean },
  ): Promise<string[]> {
    const { root } = this.#site.trust;
    const { name, version } = skill.manifest;
    const now = Date.now();
    const evidence = await fetchVersionEvidence({
      fetch: this.#fetch,
      store: memoryStore(),
      base,
      root,
      now,
      name,
      range: version,
    });
    const decision = decide({ ...evidence, root, policy: defaultPolicy, now });
    const lacks = reasonsOf(decision).filter((code) => !mayBeStopped || code !== 'revoked');
    if (isStopped && decision.kind === 'admitted') lacks.push('no revocation');
    if ((evidence.nameProofs?.names.size ?? 0) === 0) lacks.push('no words proof');
    for (const digest of digestsOf(skill)) {
      const answer = await this.#send(`/blobs/sha256/${hexOf(digest)}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (digestOf(bytes) !== digest) lacks.push(`no public blob ${digest}`);
    }
    return lacks;
  }
}

function digestsOf({ packed }: Skill): Digest[] {
  return [packed.digest, ...packed.bundle.files.map(({ sha256 }) => sha256)];
}

function reasonsOf(decision: Decision): string[] {
  return decision.kind === 'refused' ? decision.reasons.map(({ code }) => code) : [];
}

/** Asks again until nothing is found, and gives up after a while. */
async function until<One>(ask: () => Promise<readonly One[]>): Promise<readonly One[]> {
  for (let tries = 1; ; tries++) {
    const found = await ask();
    if (found.length === 0 || tries === triesMax) return found;
    await sleep(pauseMs);
  }
}
