/**
 * What computing expressions keeps: results by place, and how much of the budget of each module is
 * left.
 */
import { pythonFoldFailuresMax, pythonFoldSteps } from '../../../limits.ts';
import type {
  Folded,
  FoldedName,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonModule,
} from '../program.ts';

/** Told of each call of a library's function with what it was given. */
export type Observe = (
  module: PythonModule,
  node: PyNode,
  callee: FoldedName,
  args: readonly MaybeFolded[],
  keywords: ReadonlyMap<string, MaybeFolded>,
) => void;

export class FoldState {
  /** Whether what was computed last went through a decoder. */
  decodes = false;
  /** Whether what was computed last is one of several results that a function may give. */
  guesses = false;
  level = 0;
  /** How deep the front end is in values of values. */
  values = 0;
  observe: Observe | undefined;
  /** The names of modules whose values are being computed. */
  readonly resolving = new Set<string>();
  /** What names hold at statements. */
  readonly flowing = new Map<string, { readonly value: MaybeFolded }>();
  /** How far the statements of a scope were gone through. */
  readonly reached = new Map<
    string,
    { readonly frame: FoldFrame; position: number; next: PyNode | null }
  >();
  /** The same of the bodies within statements. */
  readonly within = new Map<
    PyNode,
    { readonly frame: FoldFrame; position: number; next: PyNode | null }
  >();
  /** What calls read of the files of the skill. */
  readonly files = new Map<PyNode, readonly Folded[]>();
  /** What each parser gave for a text of the skill. */
  readonly parsed = new Map<(text: string) => unknown, Map<string, unknown>>();
  readonly #failed = new Map<string, number>();
  readonly #left = new Map<PythonModule, number>();
  readonly #steps: { take(count?: number): void };

  constructor(steps: { take(count?: number): void }) {
    this.#steps = steps;
  }

  /** Counts a step; false when the module's budget is used up. */
  take(module: PythonModule, count = 1): boolean {
    const left = (this.#left.get(module) ?? pythonFoldSteps + module.source.text.length) - count;
    this.#left.set(module, left);
    if (left < 0) return false;
    this.#steps.take(count);
    return true;
  }

  /** One level further down. */
  deeper(compute: () => MaybeFolded): MaybeFolded {
    this.level++;
    try {
      return compute();
    } finally {
      this.level--;
    }
  }

  /** A function that gave nothing known. */
  failed(id: string): void {
    this.#failed.set(id, (this.#failed.get(id) ?? 0) + 1);
  }

  /** Whether a function gave nothing known so often that it is not gone through again. */
  isHopeless(id: string): boolean {
    return (this.#failed.get(id) ?? 0) >= pythonFoldFailuresMax;
  }
}
