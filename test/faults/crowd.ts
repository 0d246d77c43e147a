/** People who publish, scan, approve, claim, revoke and stop at once, until their registry ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { type Random, randomOf } from '../fuzz/random.ts';
import { makeKey, type TestKey } from '../registry/people.ts';
import {
  type Answer,
  call,
  claimScope,
  enrol,
  makeSkill,
  registryIdAt,
  type Send,
  type Skill,
  signIn,
} from '../registry/road.ts';
import {
  type Act,
  type ActKind,
  actKinds,
  approval,
  claim,
  printName,
  publication,
  publisherStop,
  report,
  revocation,
  type SignedIn,
} from './acts.ts';
import type { Site } from './site.ts';

/** How many of each kind work at once. */
const crew: Readonly<Record<ActKind, number>> = {
  publish: 3,
  report: 2,
  approve: 2,
  claim: 1,
  revoke: 1,
  stop: 1,
};
/** Publishers rest while more versions wait for a scanner. */
const waitingMax = 30;
const pauseMs = 5;
/** A publisher is stopped after each so many approvals. Another publisher takes the place. */
const approvalsForEachStop = 3;
/** An upload of more than 64 KiB goes through the disk. */
const largeBytesMax = 300_000;

interface Publisher {
  readonly key: TestKey;
  readonly scope: string;
  /** Approved versions that nobody revokes alone. */
  readonly approved: Skill[];
}

interface Work {
  readonly send: Send;
  readonly random: Random;
}

export class Crowd {
  /** What the registry said that it has. */
  readonly acknowledged: Act[] = [];
  /** What was sent, and got no answer. */
  unanswered: Act[] = [];
  /** Versions and scopes of publishers about which a revocation was sent, whatever the answer. */
  readonly revoking = new Set<string>();
  /** Other answers, by their codes. */
  readonly refused = new Map<string, number>();
  readonly #toScan = new Map<string, Skill>();
  readonly #toApprove: Skill[] = [];
  readonly #toRevoke: Skill[] = [];
  readonly #publishers: Publisher[] = [];
  readonly #scanners: SignedIn[] = [];
  readonly #reviewers: SignedIn[] = [];
  readonly #seed: number;
  #registry: Digest | undefined;
  #made = 0;
  #approvals = 0;
  #stops = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Enrols and signs in everybody. */
  async enter({ sender, trust }: Site): Promise<void> {
    const send = sender('127.0.0.1');
    this.#registry = await registryIdAt(send);
    for (let nth = 0; nth < crew.publish; nth++) this.#publishers.push(await this.#hire(send));
    for (const [role, list, count] of [
      ['scanner', this.#scanners, crew.report],
      ['reviewer', this.#reviewers, crew.approve],
    ] as const)
      for (let nth = 0; nth < count; nth++) {
        const key = makeKey();
        const member = { name: `${role}-${nth}`, roles: [role], key };
        requireTaken(await enrol(send, trust.administrator, member));
        list.push({ key, token: await signIn(send, key) });
      }
  }

  /** Works until nobody gets an answer any more. */
  async work(site: Site, round: number): Promise<void> {
    const working = actKinds.flatMap((kind) =>
      Array.from({ length: crew[kind] }, async (_, nth) => {
        const at = actKinds.indexOf(kind) * 8 + nth;
        const send = site.sender(`127.${1 + (round >> 7)}.${1 + (round & 127)}.${1 + at}`);
        const random = randomOf(this.#seed, round * 64 + at);
        await this.#workAs(kind, nth, { send, random });
      }),
    );
    await Promise.all(working);
  }

  /** Sends again what got no answer: the registry has it, or takes it now. */
  async repeat({ sender }: Site, round: number): Promise<void> {
    const again = this.unanswered;
    this.unanswered = [];
    const send = sender(`127.${1 + (round >> 7)}.${1 + (round & 127)}.250`);
    await Promise.all(again.map((act) => this.#send(act, send)));
  }

  async #workAs(kind: ActKind, nth: number, { send, random }: Work): Promise<void> {
    for (;;) {
      const act = await this.#next(kind, nth, { send, random }).catch(() => 'ended' as const);
      if (act === 'ended') return;
      if (act === undefined) await sleep(pauseMs);
      else if (!(await this.#send(act, send))) return;
    }
  }

  /** @returns undefined while there is nothing to do */
  async #next(kind: ActKind, nth: number, { send, random }: Work): Promise<Act | undefined> {
    const registry = this.#registry;
    if (registry === undefined) throw new Error('nobody has entered');
    // Somebody without work notices the end, too.
    if (random.chance(20)) await send('/healthz');
    if (kind === 'claim') return claim(registry, `scope-${this.#made++}`);
    if (kind === 'publish') {
      const publisher = this.#publishers[nth];
      if (publisher === undefined || this.#toScan.size > waitingMax) return this.#idle(send);
      const skill = this.#makeSkill(publisher.scope, random);
      this.#toScan.set(printName(skill), skill);
      return publication(skill, publisher.key);
    }
    if (kind === 'report') {
      const scanner = this.#scanners[nth];
      if (scanner === undefined) throw new Error('no scanner');
      const { token } = scanner;
      const { job } = (await call(send, '/api/v1/jobs/lease', { token, json: {} })).body;
      const skill = job && this.#toScan.get(`${job.name}@${job.version}`);
      return skill && report(send, skill, scanner, job);
    }
    const reviewer = this.#reviewers[kind === 'approve' ? nth : 0];
    if (kind === 'stop') return this.#nextStop(registry, send, reviewer);
    const waiting = kind === 'approve' ? this.#toApprove : this.#toRevoke;
    // The registry refuses versions of a stopped publisher, and they would soon fill the queue.
    while (kind === 'approve' && waiting[0] && this.#publisherOf(waiting[0]) === undefined)
      waiting.shift();
    const skill = waiting.shift();
    if (reviewer === undefined || skill === undefined) return this.#idle(send);
    if (kind === 'revoke') {
      this.revoking.add(printName(skill));
      return revocation(registry, skill, reviewer.key);
    }
    try {
      const drafted = await approval(send, skill, reviewer);
      if ('payload' in drafted) return drafted;
      this.#refuse('draft', drafted);
      return undefined;
    } catch (cause) {
      waiting.unshift(skill);
      throw cause;
    }
  }

  async #nextStop(
    registry: Digest,
    send: Send,
    reviewer: SignedIn | undefined,
  ): Promise<Act | undefined> {
    const nth = this.#publishers.findIndex(({ approved }) => approved.length > 0);
    const stopped = this.#publishers[nth];
    const [skill] = stopped?.approved ?? [];
    const isEarly = this.#approvals <= this.#stops * approvalsForEachStop;
    if (isEarly || reviewer === undefined || stopped === undefined || skill === undefined)
      return this.#idle(send);
    this.#publishers[nth] = await this.#hire(send);
    this.#stops++;
    this.revoking.add(stopped.scope);
    return publisherStop(registry, skill, { publisher: stopped.key, reviewer: reviewer.key });
  }

  /** Somebody new who publishes in a scope of the own. */
  async #hire(send: Send): Promise<Publisher> {
    const hired = { key: makeKey(), scope: `crowd-${this.#made++}`, approved: [] };
    requireTaken(await claimScope(send, hired.scope, hired.key));
    return hired;
  }

  async #idle(send: Send): Promise<undefined> {
    await sleep(pauseMs);
    await send('/healthz');
  }

  #makeSkill(scope: string, random: Random): Skill {
    const made = this.#made++;
    const bytes = random.chance(6) ? random.below(largeBytesMax) : random.size(4_000);
    const text = Array.from({ length: bytes >> 5 }, () => random.below(2 ** 32)).join('\n');
    // Some versions are of one skill, so that index files get several lines.
    const name = `@${scope}/skill-${made >> 3}`;
    return makeSkill(name, `1.0.${made}`, { files: { 'notes/numbers.md': `${made}\n${text}\n` } });
  }

  #publisherOf(skill: Skill): Publisher | undefined {
    const scope = scopeOf(skill.manifest.name);
    return this.#publishers.find((one) => one.scope === scope);
  }

  /** @returns false when the registry gave no answer */
  async #send(act: Act, send: Send): Promise<boolean> {
    let answer: Answer;
    try {
      answer = await act.send(send);
    } catch {
      this.unanswered.push(act);
      return false;
    }
    const { kind, skill } = act;
    if (answer.status < 300) this.acknowledged.push(act);
    else this.#refuse(kind, answer);
    if (skill === undefined || answer.status >= 300) return true;
    if (kind === 'report') {
      this.#toScan.delete(printName(skill));
      this.#toApprove.push(skill);
    }
    if (kind === 'approve') {
      this.#approvals++;
      if (this.#approvals % 3 === 2) this.#toRevoke.push(skill);
      else this.#publisherOf(skill)?.approved.push(skill);
    }
    return true;
  }

  #refuse(kind: string, { status, body }: Answer): void {
    const code = `${kind}: ${body?.code ?? status}`;
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }
}

function requireTaken({ status, body }: Answer): void {
  if (status >= 300) throw new Error(`the registry refused: ${status} ${JSON.stringify(body)}`);
}
