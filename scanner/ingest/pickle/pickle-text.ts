/** Values of a pickle, and how they are written in Python. */

import type { PickleArgument } from '../tables/pickle-opcodes.ts';

/** A list, a tuple or a map. It may be in itself, or in many others. */
export interface PickleItems {
  readonly open: string;
  readonly close: string;
  readonly items: PickleValue[];
}

/** A text, an object that was imported or made by a call, or another value as it is written. */
export type PickleValue =
  | { readonly string: string }
  | { readonly name: string }
  | { readonly text: string }
  | PickleItems;

/** What one file may give: its program never is much longer than the file. */
export class PickleBudget {
  #work: number;
  #chars: number;
  /** Which of the two is used up. */
  exceeded: string | undefined;

  constructor(bytes: number) {
    this.#work = Math.min(workMax, workFree + bytes * workPerByte);
    this.#chars = Math.min(programCharsMax, workFree + bytes * workPerByte);
  }

  /** Counts values that are looked at; false when none are left. */
  takeWork(count = 1): boolean {
    this.#work -= count;
    if (this.#work < 0) this.exceeded ??= 'a pickle whose values are in very many others';
    return this.exceeded === undefined;
  }

  /** Counts the characters of a text, and one value; false when none are left. */
  takeText(length: number): boolean {
    this.#chars -= length;
    if (this.#chars < 0) this.exceeded ??= 'a pickle with more calls than are read';
    return this.takeWork();
  }

  /** Ends the reading for another reason. */
  end(reason: string): void {
    this.exceeded ??= reason;
  }
}

const workFree = 4 * 1024;
const workPerByte = 8;
// Each instruction may leave a value in memory.
const workMax = 2_000_000;
const programCharsMax = 256 * 1024;
const separatorChars = 2;
const depthMax = 40;

/** The value of an argument that stands in the pickle. */
export function plainValue(argument: PickleArgument): PickleValue {
  if (typeof argument === 'string') return { string: argument };
  return { text: argument === null ? 'None' : String(argument) };
}

/** Writes a value in Python, as far as the budget goes. */
export function writeValue(value: PickleValue, budget: PickleBudget, depth = 0): string {
  if (depth > depthMax) budget.end('a pickle whose values are nested too deep');
  if (!('items' in value)) return writeScalar(value, budget);
  if (!budget.takeText(2)) return 'None';
  const items: string[] = [];
  for (const item of value.items) {
    if (budget.exceeded !== undefined) break;
    items.push(writeValue(item, budget, depth + 1));
  }
  const comma = value.open === '(' && items.length > 0 ? ',' : '';
  const inside = value.open === '{' ? pairs(items) : `${items.join(', ')}${comma}`;
  return `${value.open}${inside}${value.close}`;
}

function writeScalar(value: Exclude<PickleValue, PickleItems>, budget: PickleBudget): string {
  const length = 'string' in value ? value.string.length : 0;
  if (!budget.takeText(length + separatorChars)) return 'None';
  const text = 'string' in value ? JSON.stringify(value.string) : scalarText(value);
  return budget.takeText(text.length - length) ? text : 'None';
}

function scalarText(value: { readonly name: string } | { readonly text: string }): string {
  return 'name' in value ? value.name : value.text;
}

function pairs(items: readonly string[]): string {
  const found: string[] = [];
  for (let at = 0; at < items.length; at += 2)
    found.push(`${items[at]}: ${items[at + 1] ?? 'None'}`);
  return found.join(', ');
}
