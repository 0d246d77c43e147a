/**
 * `describe`, `it` and hooks for mutation runs: test files are loaded once into a process, and each
 * of their tests can be run at will.
 */
import { expect } from 'vitest';

export { expect };

export interface Case {
  readonly id: string;
  readonly run: () => unknown;
}

type Body = (...row: never[]) => unknown;
type Options = object | number | undefined;

/** What the files that were loaded declare, in their order. */
export const cases: Case[] = [];
const names: string[] = [];
const before: (() => unknown)[] = [];
const seen = new Map<string, number>();

/** Loads one test file: declares its cases and makes ready what they stand on. */
export async function loadFile(url: string, name: string): Promise<void> {
  names.splice(0, names.length, name);
  await import(url);
  for (let hook = before.shift(); hook !== undefined; hook = before.shift()) await hook();
}

export const it = Object.assign(declare, { each: eachOf(declare) });
export const describe = Object.assign(suite, { each: eachOf(suite) });
export const beforeAll = (hook: () => unknown): number => before.push(hook);
/** What a process leaves behind is its end's to clear away. */
export const afterAll = (): void => undefined;

function declare(name: string, one: Body | Options, two?: Body | Options): void {
  const body = typeof one === 'function' ? one : two;
  if (typeof body !== 'function') return;
  const path = [...names, name].join(' > ');
  const count = (seen.get(path) ?? 0) + 1;
  seen.set(path, count);
  cases.push({ id: count === 1 ? path : `${path} #${count}`, run: () => body() });
}

function suite(name: string, one: Body | Options, two?: Body | Options): void {
  const body = typeof one === 'function' ? one : two;
  if (typeof body !== 'function') return;
  names.push(name);
  body();
  names.pop();
}

function eachOf(declareOne: (name: string, body: Body) => void) {
  return (rows: readonly unknown[]) =>
    (name: string, one: Body | Options, two?: Body | Options) => {
      const body = typeof one === 'function' ? one : two;
      const lists = rows.every(Array.isArray);
      if (typeof body !== 'function') return;
      for (const row of rows) declareOne(name, () => body(...((lists ? row : [row]) as never[])));
    };
}
