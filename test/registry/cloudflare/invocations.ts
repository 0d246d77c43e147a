/** Counts what each request to a Worker spends, as Cloudflare counts an invocation. */
import { AsyncLocalStorage } from 'node:async_hooks';

type Spending = 'queries' | 'subrequests';

export class Invocations {
  readonly #spent = new AsyncLocalStorage<Record<Spending, number>>();
  /** The most that one invocation spent. */
  readonly most: Record<Spending, number> = { queries: 0, subrequests: 0 };

  /** Runs one invocation. */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#spent.run({ queries: 0, subrequests: 0 }, task);
  }

  /** @returns what the invocation has spent with this; 0 outside an invocation */
  spend(kind: Spending, amount: number): number {
    const spent = this.#spent.getStore();
    if (spent === undefined) return 0;
    spent[kind] += amount;
    this.most[kind] = Math.max(this.most[kind], spent[kind]);
    return spent[kind];
  }
}
