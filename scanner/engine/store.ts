/** What a program puts values into: variables, objects and classes. */
import type { Value } from './value.ts';

let made = 0;

/** The time at which something is made. */
export function birth(): number {
  made += 1;
  return made;
}

let oldest = Number.POSITIVE_INFINITY;

/**
 * Notes a change that the end of a branch does not take back, in what was made at that time; 0 for
 * what every part of the program shares.
 */
export function changedForGood(born = 0): void {
  oldest = Math.min(oldest, born);
}

/** The least of these times since this was last asked; infinite when nothing was noted. */
export function oldestChanged(): number {
  const was = oldest;
  oldest = Number.POSITIVE_INFINITY;
  return was;
}

/** What a store is besides its fields. */
export interface FieldsShape {
  /** What may stand at any key. */
  readonly rest: Value | undefined;
  /** Positions of a list. */
  readonly length: number;
  /** Some of the keys may be missing. */
  readonly isPartial: boolean;
  /** How many of its items were taken one by one. */
  readonly at: number | undefined;
}

const plain: FieldsShape = { rest: undefined, length: 0, isPartial: false, at: undefined };

/** Values by their names: variables of a function, an object, a class. */
export class Fields {
  /** When it was made; what a branch makes is nothing that others see. */
  readonly born: number;
  readonly isVariables: boolean = false;
  readonly kind?: 'list' | 'record' | 'object';
  /** Its fields, for who only keeps or compares them: `fields` notes a use by the program. */
  readonly held: Map<string, Value>;
  shape = plain;
  /** When the program last read a field of it, or what may stand at any key. */
  readonly used: { at: number };

  constructor(
    born = birth(),
    { held, used }: Pick<Fields, 'held' | 'used'> = { held: new Map(), used: { at: 0 } },
  ) {
    this.born = born;
    this.held = held;
    this.used = used;
  }

  get fields(): ReadonlyMap<string, Value> {
    this.used.at = made;
    return this.held;
  }

  /** What stands at a name; that a list has nothing there is no use of its items. */
  field(name: string): Value | undefined {
    if (this.kind !== 'list' || this.held.has(name)) return this.fields.get(name);
    return /^\d/.test(name) ? this.rest : undefined;
  }

  get rest(): Value | undefined {
    this.used.at = made;
    return this.shape.rest;
  }

  set rest(rest) {
    changedForGood(this.born);
    this.shape = { ...this.shape, rest };
  }

  get length(): number {
    return this.shape.length;
  }

  set length(length) {
    changedForGood(this.born);
    this.shape = { ...this.shape, length };
  }

  get isPartial(): boolean {
    return this.shape.isPartial;
  }

  set isPartial(isPartial) {
    changedForGood(this.born);
    this.shape = { ...this.shape, isPartial };
  }

  get at(): number | undefined {
    return this.shape.at;
  }

  /** Gives what was just made a field: nobody takes it back. */
  put(key: string, value: Value): void {
    this.held.set(key, value);
  }
}

/** Whether nothing was ever put into it, as far as can be seen. */
export function isBlank({ held, shape }: Fields): boolean {
  return held.size === 0 && isSameShape(shape, plain);
}

/** Whether two shapes are the same, with the very same rest. */
export function isSameShape(a: FieldsShape, b: FieldsShape): boolean {
  return a.rest === b.rest && a.length === b.length && a.isPartial === b.isPartial && a.at === b.at;
}
