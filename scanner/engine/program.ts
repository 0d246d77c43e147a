/** The programs of a skill in one language, as the engine goes through them. */
import type { LoweredProgram, NodeOf } from '../ir/ir.ts';
import type { OwnFunction, Value } from './value.ts';

export interface OwnProgram extends LoweredProgram {
  /** Whether it has been run: by itself, or since another file loads it. */
  hasRun: boolean;
  /** What it returns to the program that loads it. */
  result?: Value;
}

export interface OwnClass {
  readonly name: string;
  readonly node: NodeOf<'class'>;
  readonly program: OwnProgram;
  readonly methods: Map<string, OwnFunction>;
  readonly statics: Map<string, OwnFunction>;
  /** Values of the class itself: constants and static fields. */
  readonly fields: Map<string, Value>;
  /** The classes and modules that it extends, its own before those of the library. */
  supers: readonly Value[];
  /** An object of the class for methods that nobody calls. */
  sample: Value | undefined;
  isReady: boolean;
}
