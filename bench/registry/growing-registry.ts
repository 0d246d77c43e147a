/** A registry that the generator grows, and what its calls cost at each size. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signedIn } from '../../test/registry/desk-visit.ts';
import { makeKey, type TestKey } from '../../test/registry/people.ts';
import { call, publish, type Skill } from '../../test/registry/road.ts';
import { median, wallMs } from '../measure.ts';
import type { Depth } from './generator/cloning.ts';
import { Generator } from './generator/generator.ts';
import { untilListed } from './generator/settle-rows.ts';
import type { Names, Template } from './generator/template.ts';
import { cpuMsOf } from './process-figures.ts';
import { type Served, serve, whileServed } from './served.ts';
import { benchSkill, criticalFinding } from './skill.ts';
import {
  approveScanned,
  claimFor,
  openSession,
  publishScanned,
  requireTaken,
  type Session,
  type StaffedFolder,
} from './staffed-folder.ts';

const version = '1.0.0';
const publishers = 12;
const settleMs = 3_000;
/** Of ten versions one waits for a reviewer, and one for a scanner. */
export const share = 10;
const rounds = {
  publish: { warm: 8, count: 25 },
  approve: { warm: 3, count: 12 },
  'version page': { warm: 4, count: 16 },
  'queue page': { warm: 1, count: 4 },
  'scan-job lease': { warm: 4, count: 16 },
} as const;
export type Call = keyof typeof rounds;
export const callNames = Object.keys(rounds) as Call[];

export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The costs at one size. */
export interface Measured {
  readonly size: number;
  readonly ready: Cost;
  readonly calls: ReadonlyMap<Call, Cost>;
  /** The first versions of the queue page, as many as there are risky ones. */
  readonly firstInQueue: readonly string[];
  readonly risky: readonly string[];
}

interface Templates {
  readonly approved: Template;
  readonly inReview: Template;
  readonly risky: Template;
  readonly waiting: Template;
}

export class GrowingRegistry {
  readonly #folder: StaffedFolder;
  #owners: { readonly scope: string; readonly author: TestKey }[] = [];
  #templates: Templates | undefined;
  #clones = 0;
  #published = 0;
  /** Number of the first clone of this size that is in review. */
  #reviewFrom = 0;
  #approveFrom = 0;
  /** Versions in review with critical findings. */
  readonly #risky = [nameAt(2)];

  constructor(folder: StaffedFolder) {
    this.#folder = folder;
  }

  /** Publishes the templates. */
  async begin(): Promise<void> {
    const names = (nth: number) => ({ ...this.#ownerOf(0), skill: nameAt(nth) });
    await whileServed(this.#folder.dir, async (served) => {
      const { send } = served;
      const session = await openSession(served, this.#folder);
      const scope = scopeAt(0);
      const author = await claimFor(send, scope);
      this.#owners.push({ scope, author });
      const by = { author, staff: this.#folder, session };
      const [approved, inReview, risky, waiting] = [0, 1, 2, 3].map((nth) =>
        benchSkill(scope, nameAt(nth), version),
      ) as [Skill, Skill, Skill, Skill];
      await publishScanned(send, approved, by);
      await approveScanned(send, approved, by);
      await publishScanned(send, inReview, by);
      await publishScanned(send, risky, by, {
        verdict: 'review',
        findings: [criticalFinding(1), criticalFinding(2)],
      });
      requireTaken(await publish(send, waiting, author));
      this.#clones = 4;
      // Clones are judged for the queue as their templates are.
      await (await signedIn(send, session.reviewer)).get('');
      await untilListed(this.#folder.dir);
      await sleep(settleMs);
    });
    const generator = this.#generator();
    const more = Array.from({ length: publishers - 1 }, (_, nth) => ({
      scope: scopeAt(nth + 1),
      author: makeKey(),
    }));
    await generator.clone(generator.claim(this.#ownerOf(0)), more, 'whole');
    this.#owners.push(...more);
    this.#templates = {
      approved: generator.version(names(0), version),
      inReview: generator.version(names(1), version),
      risky: generator.version(names(2), version),
      waiting: generator.version(names(3), version),
    };
    generator.close();
  }

  async measureAt(size: number): Promise<Measured> {
    await this.#growTo(size);
    const first = await serve(this.#folder.dir);
    await first.stop();
    return whileServed(this.#folder.dir, async (served) => {
      const session = await openSession(served, this.#folder);
      const calls = new Map<Call, Cost>();
      const measure = async (name: Call, once: (nth: number) => Promise<unknown>) =>
        calls.set(name, await costOf(served, rounds[name], once));
      const desk = await signedIn(served.send, session.reviewer);
      const show = async (path: string): Promise<string> => {
        const page = await desk.get(path);
        if (page.status !== 200) throw new Error(`${path} answers ${page.status}`);
        return page.html;
      };
      const fresh = Array.from({ length: total('publish') }, (_, nth) =>
        benchSkill(scopeAt(0), `own-${size}-${nth}`, version),
      );
      await measure('publish', (nth) => this.#publish(served, fresh[nth]));
      await measure('approve', (nth) => this.#approve(served, session, nth));
      await measure('version page', (nth) =>
        show(`/@${this.#ownerOf(0).scope}/${nameAt(this.#reviewFrom + nth)}/${version}`),
      );
      let queue = '';
      await measure('queue page', async () => {
        queue = await show('');
      });
      await measure('scan-job lease', async () => {
        const { body } = requireTaken(
          await call(served.send, '/api/v1/jobs/lease', { token: session.scanner, json: {} }),
        );
        if (body.job === null) throw new Error('no scan job waits');
      });
      const ready = best(first.ready, served.ready);
      const risky = [...this.#risky];
      return { size, ready, calls, firstInQueue: firstIn(queue, risky.length), risky };
    });
  }

  /** Adds clones up to the size, and one risky version that is newer than the others in review. */
  async #growTo(size: number): Promise<void> {
    const templates = this.#templates;
    if (templates === undefined) throw new Error('the registry has no templates yet');
    const { approved, inReview, risky, waiting } = templates;
    const generator = this.#generator();
    const missing = Math.max(0, size - this.#published - this.#clones);
    const each = Math.floor(missing / share);
    const approvals = total('approve');
    const add = (template: Template, count: number, depth: Depth) =>
      generator.clone(template, this.#names(count, depth), depth);
    await add(approved, missing - 2 * each, 'rows');
    await add(waiting, each, 'rows');
    this.#reviewFrom = this.#clones;
    // The page of a version reads the statements, which are in segments.
    const pages = total('version page');
    await add(inReview, pages, 'whole');
    await add(inReview, each - pages - approvals - 1, 'files');
    await add(risky, 1, 'files');
    this.#risky.push(nameAt(this.#clones - 1));
    this.#approveFrom = this.#clones;
    // Each of them can be approved. They also give the newest entry of the log a real checkpoint.
    await add(inReview, approvals, 'whole');
    generator.moveToSegments();
    generator.close();
  }

  /** The next names. Clones without files belong to all publishers in turn. */
  *#names(count: number, depth: Depth): Iterable<Names> {
    for (let made = 0; made < count; made++) {
      const nth = this.#clones++;
      yield { ...this.#ownerOf(depth === 'rows' ? nth % publishers : 0), skill: nameAt(nth) };
    }
  }

  #ownerOf(nth: number): { readonly scope: string; readonly author: TestKey } {
    const owner = this.#owners[nth];
    if (owner === undefined) throw new Error(`there is no publisher ${nth}`);
    return owner;
  }

  #generator(): Generator {
    const { dir, root, scanner, reviewer } = this.#folder;
    return new Generator(dir, root, [scanner, reviewer]);
  }

  async #publish({ send }: Served, skill: Skill | undefined): Promise<void> {
    if (skill === undefined) throw new Error('nothing to publish');
    requireTaken(await publish(send, skill, this.#ownerOf(0).author));
    this.#published++;
  }

  async #approve({ send }: Served, session: Session, nth: number): Promise<void> {
    const skill = benchSkill(this.#ownerOf(0).scope, nameAt(this.#approveFrom + nth), version);
    await approveScanned(send, skill, { staff: this.#folder, session });
  }
}

/** Wall and processor milliseconds of a call, after calls that warm the process up. */
async function costOf(
  { pid }: Served,
  { warm, count }: { readonly warm: number; readonly count: number },
  once: (nth: number) => Promise<unknown>,
): Promise<Cost> {
  for (let nth = 0; nth < warm; nth++) await once(nth);
  const walls: number[] = [];
  const before = cpuMsOf(pid);
  for (let nth = warm; nth < warm + count; nth++) walls.push(await wallMs(() => once(nth)));
  return { wallMs: median(walls), cpuMs: (cpuMsOf(pid) - before) / count };
}

function total(call: Call): number {
  return rounds[call].warm + rounds[call].count;
}

function best(one: Cost, other: Cost): Cost {
  return one.cpuMs < other.cpuMs ? one : other;
}

function scopeAt(nth: number): string {
  return `zzorg${String.fromCharCode(97 + nth)}`;
}

function nameAt(nth: number): string {
  return `zzskill${String(nth).padStart(8, '0')}`;
}

function firstIn(html: string, count: number): readonly string[] {
  const links = html.matchAll(/\/review\/@[\w-]+\/(zzskill\d+)\//g);
  return [...new Set([...links].map(([, name = '']) => name))].slice(0, count);
}
