/**
 * Counts what each request to a Worker spends, as Cloudflare counts an invocation, and refuses what
 * Cloudflare refuses.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  connectionsMax,
  isolateBytesMax,
  isolateRestBytes,
  queriesOfOneRequestMax,
  subrequestsMax,
} from './limits.ts';

const kinds = [
  'reads',
  'batches',
  'statements',
  'rowsRead',
  'rowsWritten',
  'gets',
  'heads',
  'puts',
  'objects',
] as const;
/**
 * `reads`: queries of D1 by themselves. `statements`: those in batches. `rowsRead`: the rows of their
 * answers. `rowsWritten`: rows and their entries in indexes. `gets`, `heads` and `puts`: operations
 * of R2. `objects`: requests to a Durable Object.
 */
export type Spending = (typeof kinds)[number];
export type Spent = Readonly<Record<Spending, number>>;

/** The most and the mean that requests to one route spent. */
export interface RouteSpending {
  readonly route: string;
  requests: number;
  most: Spent;
  sum: Spent;
  /** The most bytes that one request held. */
  held: number;
}

/** One isolate, whose requests share its memory. */
export class Isolate {
  held = 0;
  isEnded = false;
  readonly #end = Promise.withResolvers<never>();
  /** Rejects when the isolate is ended. */
  readonly ended = this.#end.promise;

  constructor() {
    this.ended.catch(() => undefined);
  }

  /**
   * Ends it as when its machine fails: its requests get no answer of a storage any more, and write
   * nothing.
   */
  end(): void {
    this.isEnded = true;
    this.#end.reject(new Error('The isolate was ended'));
  }
}

/** A request from outside. */
interface Asked {
  readonly route: string;
  /** What all its invocations spent. */
  readonly spent: Record<Spending, number>;
  /** The invocation that answers: the last one to which the request was sent on. */
  answers?: Invocation;
}

interface Invocation {
  readonly isolate: Isolate;
  readonly asked: Asked;
  readonly spent: Record<Spending, number>;
  held: number;
  connections: number;
  readonly waiting: (() => void)[];
}

const nothing = (): Record<Spending, number> => ({
  reads: 0,
  batches: 0,
  statements: 0,
  rowsRead: 0,
  rowsWritten: 0,
  gets: 0,
  heads: 0,
  puts: 0,
  objects: 0,
});

export class Invocations {
  readonly #current = new AsyncLocalStorage<Invocation>();
  readonly #routes = new Map<string, RouteSpending>();
  /** Called before each use of a storage, which fails when it throws. */
  onUse: (() => void) | undefined;
  /** The most that one invocation spent, and that one isolate held. */
  readonly most = { queries: 0, subrequests: 0, held: 0 };

  /** Runs one invocation: a request from outside, or one that another invocation sends on. */
  async run<Result>(isolate: Isolate, route: string, task: () => Promise<Result>): Promise<Result> {
    const outer = this.#current.getStore();
    const asked = outer?.asked ?? { route, spent: nothing() };
    const invocation = { isolate, asked, spent: nothing(), held: 0, connections: 0, waiting: [] };
    asked.answers = invocation;
    try {
      const answer = this.#current.run(invocation, task);
      // Whoever sends a request on ends with its isolate, too.
      return await (outer === undefined ? Promise.race([isolate.ended, answer]) : answer);
    } finally {
      isolate.held -= invocation.held;
      this.#note(invocation, outer === undefined);
    }
  }

  /** What requests spent, by route, in the order of the routes' names. */
  routes(): readonly RouteSpending[] {
    return [...this.#routes.values()].sort((a, b) => (a.route < b.route ? -1 : 1));
  }

  /** What all requests spent together. */
  total(): Spent & { readonly requests: number } {
    const routes = this.routes();
    const spent = routes.map(({ sum }) => sum).reduce((a, b) => joined(a, b, sumOf), nothing());
    return { ...spent, requests: routes.reduce((sum, one) => sum + one.requests, 0) };
  }

  /** @throws when the invocation has spent more than Cloudflare allows */
  spend(kind: Spending, amount = 1): void {
    const invocation = this.#current.getStore();
    if (invocation === undefined) return;
    const { spent: own, asked } = invocation;
    own[kind] += amount;
    asked.spent[kind] += amount;
    const queries = own.reads + own.statements;
    const subrequests = own.reads + own.batches + own.gets + own.heads + own.puts + own.objects;
    this.most.queries = Math.max(this.most.queries, queries);
    this.most.subrequests = Math.max(this.most.subrequests, subrequests);
    if (queries > queriesOfOneRequestMax)
      throw new Error('D1_ERROR: Too many API requests by single worker invocation.');
    if (subrequests > subrequestsMax) throw new Error('Too many subrequests.');
  }

  /**
   * Counts bytes that the invocation holds until its end: as many as it may hold at most, since
   * nobody sees when it drops them.
   * @throws when the requests of the isolate hold more than its memory
   */
  hold(bytes: number): void {
    this.#holdIn(this.#current.getStore(), bytes);
  }

  /** Counts bytes of the request itself, in the invocation that answers the request. */
  holder(): (bytes: number) => void {
    const asked = this.#current.getStore()?.asked;
    return (bytes) => this.#holdIn(asked?.answers, bytes);
  }

  #holdIn(invocation: Invocation | undefined, bytes: number): void {
    if (invocation === undefined) return;
    invocation.held += bytes;
    invocation.isolate.held += bytes;
    this.most.held = Math.max(this.most.held, invocation.isolate.held);
    if (invocation.isolate.held + isolateRestBytes > isolateBytesMax)
      throw new Error('Worker exceeded memory limit.');
  }

  /** Before each use of a storage: never resolves in an isolate that was ended. */
  async goesOn(): Promise<void> {
    this.onUse?.();
    if (this.#current.getStore()?.isolate.isEnded === true) await new Promise(() => undefined);
  }

  /** Runs an operation while the invocation has few others under way. */
  async connect<Result>(operation: () => Promise<Result>): Promise<Result> {
    const invocation = this.#current.getStore();
    if (invocation === undefined) return operation();
    if (invocation.connections < connectionsMax) invocation.connections++;
    // Whoever ends an operation hands on the connection.
    else await new Promise<void>((enter) => invocation.waiting.push(enter));
    try {
      return await operation();
    } finally {
      const next = invocation.waiting.shift();
      if (next === undefined) invocation.connections--;
      else next();
    }
  }

  #note({ asked: { route, spent }, held }: Invocation, isLast: boolean): void {
    const zero = { route, requests: 0, most: nothing(), sum: nothing(), held: 0 };
    const known = this.#routes.get(route) ?? zero;
    known.held = Math.max(known.held, held);
    if (isLast) {
      known.requests++;
      known.most = joined(known.most, spent, Math.max);
      known.sum = joined(known.sum, spent, sumOf);
    }
    this.#routes.set(route, known);
  }
}

const sumOf = (a: number, b: number): number => a + b;

function joined(one: Spent, other: Spent, how: (a: number, b: number) => number): Spent {
  const all = nothing();
  for (const kind of kinds) all[kind] = how(one[kind], other[kind]);
  return all;
}
