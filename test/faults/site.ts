/** A registry of the harness: what is asked of it, and how it is ended. */
import type { TestRoot } from '../registry/people.ts';
import type { Send } from '../registry/road.ts';

export interface StoredObject {
  readonly name: string;
  /** @returns undefined where it was removed meanwhile */
  read(): Promise<Uint8Array | undefined>;
}

/** A registry that runs, with its storage beside. */
export interface CheckedSite {
  readonly trust: TestRoot;
  /** Requests of one client to the registry that runs now. They fail when it is ended. */
  sender(address: string): Send;
  /** Rows of a query. */
  rows(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  objects(): Promise<readonly StoredObject[]>;
}

/** A registry that can be ended at any moment and started again, on one of the platforms. */
export interface Site extends CheckedSite {
  readonly platform: string;
  /** Resolves when the registry answers. */
  start(): Promise<void>;
  /** Begins a start, and ends it before or soon after its first answer. */
  startInVain(ms: number): Promise<void>;
  /** Ends the registry within whatever it does. Nothing of it is done later. */
  kill(): Promise<void>;
  /**
   * While the registry is ended: makes all objects so old that a sweep may remove them. Absent
   * where nothing sweeps.
   */
  readonly age?: () => Promise<void>;
  /** What a cron trigger does. Absent where the registry does it beside requests. */
  readonly cron?: () => Promise<void>;
  /** Ends the registry and removes what it wrote. */
  close(): Promise<void>;
}
