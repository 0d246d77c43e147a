/** The state of lowering a PowerShell program to a shell program. */
import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import type { Block, PowerShellStatement, WrittenPlace } from './syntax.ts';
import type { Value } from './values.ts';

export interface Lowering {
  readonly source: TaintSource;
  readonly steps: Steps;
  readonly assigned: ReadonlyMap<string, number>;
  readonly vars: Map<string, Value>;
  readonly functions: Map<string, Block>;
  out: Script;
  depth: number;
  /** Statements that may still be lowered: a block is lowered at each of its calls. */
  left: number;
  readonly lowerStatements: (
    lowering: Lowering,
    statements: readonly PowerShellStatement[],
  ) => void;
  /** The value that statements give. */
  readonly outcomeOf: (lowering: Lowering, statements: readonly PowerShellStatement[]) => Value;
}

/** Lines of the shell, with the places that they come from. */
export class Script {
  #lines: string[] = [];
  #map: { at: number; raw: number; fixed: true }[] = [];
  #length = 0;

  add(line: string, place?: WrittenPlace): void {
    if (place !== undefined) {
      this.#map.push({ at: this.#length, raw: place.start, fixed: true });
      if (line.length > 1)
        this.#map.push({
          at: this.#length + line.length - 1,
          raw: Math.max(place.start, place.end - 1),
          fixed: true,
        });
    }
    this.#lines.push(line);
    this.#length += line.length + 1;
  }

  get length(): number {
    return this.#length;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  get map(): OffsetMap {
    const first = { at: 0, raw: 0, fixed: true } as const;
    return [first, ...this.#map].filter((piece, at, all) => all[at + 1]?.at !== piece.at);
  }
}

/** The shell code that a part of the lowering adds, by itself. */
export function captured(lowering: Lowering, part: () => void): string {
  const outer = lowering.out;
  lowering.out = new Script();
  lowering.depth += 1;
  try {
    if (lowering.depth <= captureDepthMax) part();
    else lowering.out.add(tooMuch);
    return lowering.out.text;
  } finally {
    lowering.out = outer;
    lowering.depth -= 1;
  }
}

const captureDepthMax = 24;

/** A line that holds the skill, because a part of the program is left out. */
export const tooMuch = "powershell-unread 'calls itself too often'";

/** Adds code that may run. */
export function mayRun(lowering: Lowering, body: () => void): void {
  lowering.out.add('if :; then :');
  body();
  lowering.out.add('fi');
}

/** The name in the shell for a variable. */
export function shellName(name: string): string {
  return `v_${name.replace(/\W/g, '_')}`;
}
