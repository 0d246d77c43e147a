/**
 * Remembers the results of front ends, so that a new version of a skill costs what its changed
 * files cost. A result is used again where nothing on which it depends differs: the bytes, places
 * and roles of its texts, every question about files of the skill, and the steps.
 */
import { createHash } from 'node:crypto';
import { remembered } from '../fact/remembered.ts';
import type { TaintSource } from '../fact/source.ts';
import { Steps } from '../fact/steps.ts';
import {
  type Analyse,
  type FrontEndContext,
  type FrontEndResult,
  perSource,
} from '../programs/frontend.ts';

/** Results of front ends that a scanner remembers, as estimated. */
const memoBytesMax = 24 * 1024 * 1024;

interface Remembered {
  readonly result: FrontEndResult;
  /** Paths that the front end asked for: whether there is a file, and the key of its text. */
  readonly files: ReadonlyMap<string, boolean>;
  readonly texts: ReadonlyMap<string, string>;
  /** The key of all texts, where the front end went through them. */
  readonly allTexts: string | undefined;
  readonly steps: number;
  /** The least and the most steps at the start that give the same answers about them. */
  readonly leftMin: number;
  readonly leftMax: number;
  readonly bytes: number;
}

/** In memory only: its life is that of one scanning process, and so of one set of rules. */
export class FactMemo {
  /** The least recently used come first. */
  readonly #known = new Map<string, Remembered>();
  readonly #bytesMax: number;
  #bytes = 0;

  /** @param bytesMax of the results in memory, as estimated */
  constructor(bytesMax: number = memoBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** A front end that uses results again. @param name of the front end */
  of(name: string, analyse: Analyse): Analyse {
    const { each } = analyse;
    if (each !== undefined)
      return perSource((source, context) =>
        this.#once(keyOf(name, [source], context), [source], context, (own) => each(source, own)),
      );
    return (sources, context) =>
      this.#once(keyOf(name, sources, context), sources, context, (own) => analyse(sources, own));
  }

  #once(
    key: string,
    sources: readonly TaintSource[],
    context: FrontEndContext,
    find: (own: FrontEndContext) => FrontEndResult,
  ): FrontEndResult {
    const known = this.#known.get(key);
    if (known !== undefined && isStillTrue(known, context)) {
      this.#known.delete(key);
      this.#known.set(key, known);
      context.steps.take(known.steps);
      return known.result;
    }
    const files = new Map<string, boolean>();
    const texts = new Map<string, string>();
    const has = (path: string): boolean => {
      const answer = context.files.has(path);
      files.set(path, answer);
      return answer;
    };
    const get = (path: string): TaintSource | undefined => {
      const answer = context.texts?.get(path);
      texts.set(path, keyOfText(answer));
      return answer;
    };
    let allTexts: string | undefined;
    const values = (): MapIterator<TaintSource> => {
      allTexts = keyOfTexts(context.texts);
      return (context.texts ?? noTexts).values();
    };
    const steps = new RecordedSteps(context.steps);
    const own = {
      ...context,
      files: { has },
      ...(context.texts !== undefined && { texts: { get, values } }),
      steps,
    };
    const result = find(own);
    this.#put(key, {
      result,
      files,
      texts,
      allTexts,
      steps: steps.taken,
      leftMin: steps.leftMin,
      leftMax: steps.leftMax,
      bytes: bytesOf(sources, result) + (files.size + texts.size) * bytesOfThing,
    });
    return result;
  }

  #put(key: string, made: Remembered): void {
    this.#drop(key);
    // One result must not displace all others.
    if (made.bytes > this.#bytesMax / 2) return;
    this.#known.set(key, made);
    this.#bytes += made.bytes;
    for (const oldest of this.#known.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#known.get(key)?.bytes ?? 0;
    this.#known.delete(key);
  }
}

function isStillTrue(known: Remembered, { files, texts, steps }: FrontEndContext): boolean {
  const { left } = steps;
  if (left < known.steps || left < known.leftMin || left > known.leftMax) return false;
  for (const [path, answer] of known.files) if (files.has(path) !== answer) return false;
  for (const [path, key] of known.texts) if (keyOfText(texts?.get(path)) !== key) return false;
  return known.allTexts === undefined || known.allTexts === keyOfTexts(texts);
}

const noTexts: ReadonlyMap<string, TaintSource> = new Map();

function keyOfTexts(texts: FrontEndContext['texts']): string {
  return keyOf('texts', [...(texts ?? noTexts).values()], {});
}

function keyOfText(source: TaintSource | undefined): string {
  return source === undefined ? '' : keyOf('text', [source], {});
}

/** Takes steps from others, and records what is asked about them. */
class RecordedSteps extends Steps {
  readonly #of: Steps;
  readonly #before: number;
  leftMin = 0;
  leftMax = Number.POSITIVE_INFINITY;

  constructor(of: Steps) {
    super(0);
    this.#of = of;
    this.#before = of.taken;
  }

  override take(count = 1): void {
    this.#of.take(count);
  }

  override get taken(): number {
    return this.#of.taken - this.#before;
  }

  override get left(): number {
    const { left } = this.#of;
    this.leftMin = left + this.taken;
    this.leftMax = this.leftMin;
    return left;
  }

  override has(count: number): boolean {
    const answer = this.#of.has(count);
    const atStart = count + this.taken;
    if (answer) this.leftMin = Math.max(this.leftMin, atStart);
    else this.leftMax = Math.min(this.leftMax, atStart - 1);
    return answer;
  }
}

function keyOf(
  name: string,
  sources: readonly TaintSource[],
  { isPackage }: Pick<FrontEndContext, 'isPackage'>,
): string {
  const hash = createHash('sha256').update(JSON.stringify([name, isPackage === true]));
  for (const source of sources) hash.update(digestOfSource(source));
  return hash.digest('base64');
}

// Every part that the skill can choose has its length before it, so that no two questions have one
// key. Scans share the sources of unchanged files.
const digestOfSource = remembered(
  ({ path, file, language, text, context, depth }: TaintSource): Uint8Array =>
    createHash('sha256')
      .update(JSON.stringify([path, file, language, context, depth, text.length]))
      // UTF-8 would make one of all halves of surrogate pairs.
      .update(Buffer.from(text, 'utf16le'))
      .digest(),
);

// Measured: a fact takes some hundred bytes with its text and its reading, a node of a graph about
// 160 and an edge about 85.
const bytesOfThing = 400;
const bytesOfNode = 200;
const bytesOfEdge = 100;
const bytesOfChar = 4;

function bytesOf(
  sources: readonly TaintSource[],
  { facts, embedded, graph }: FrontEndResult,
): number {
  const texts = [...sources, ...embedded];
  const chars = texts.reduce((sum, { text }) => sum + text.length, 0);
  const things = [facts, embedded, graph?.sources, graph?.sinks];
  const count = things.reduce((sum, list) => sum + (list?.length ?? 0), 0);
  return (
    chars * bytesOfChar +
    count * bytesOfThing +
    (graph?.nodes.length ?? 0) * bytesOfNode +
    (graph?.edges.length ?? 0) * bytesOfEdge
  );
}
