/**
 * Parses untrusted JSON by a valibot schema. The result is typed, or a Problem lists every reason
 * against the JSON with the reason's place.
 */
import * as v from 'valibot';
import { shownValueCharsMax } from './bundle.ts';
import { jsonDepthMax } from './front-matter.ts';
import { Problem, type Reason } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';
import type { ParsedJson } from './text/json.ts';
import { insteadOf } from './text/nearest.ts';

/** For a JSON document with more values than this number, only the first reason is reported. */
const allReasonsValuesMax = 5_000;

/** Maximum number of reasons that one message lists; further reasons are only counted. */
export const reasonsMax = 100;

type Schema<Output> = v.BaseSchema<unknown, Output, v.BaseIssue<unknown>>;
type Path = readonly (string | number)[];

/**
 * A JSON object with exactly these keys. Unlike `v.strictObject`, `exactObject` reports every
 * unknown key and rejects lists.
 */
export function exactObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.StrictObjectSchema<Entries, undefined> {
  const shape = v.objectWithRest(entries, v.never('is not a known key'));
  const run: (typeof shape)['~run'] = (dataset, config) => {
    const { value } = dataset;
    const checked = shape['~run'](
      Array.isArray(value) ? { ...dataset, value: 'a list' } : dataset,
      config,
    );
    // Only this object knows its keys, and `describeIssue` names the near ones.
    for (const issue of checked.issues ?? [])
      if (issue.type === 'never' && issue.path?.length === 1)
        Object.assign(issue, { requirement: Object.keys(entries) });
    return checked;
  };
  // `run` rejects unknown keys, so the output is the output of a strict object.
  return { ...shape, '~run': run } as unknown as v.StrictObjectSchema<Entries, undefined>;
}

/** A list of at most `max` entries. The entries of a longer list are not checked. */
export function boundedList<Output>(
  item: v.GenericSchema<unknown, Output>,
  max: number,
  says = `has more than ${max} entries`,
): v.GenericSchema<unknown, Output[]> {
  const list = v.array(item);
  const run: (typeof list)['~run'] = (dataset, config) => {
    const { value } = dataset;
    if (!Array.isArray(value) || value.length <= max) return list['~run'](dataset, config);
    return { ...list['~run']({ ...dataset, value: [] }, config), value: value as Output[] };
  };
  return v.pipe({ ...list, '~run': run }, v.maxLength(max, says));
}

/**
 * Turns messages about paths of a JSON document into reasons with places, in the order of the
 * document.
 */
export function placeReasons(
  parsed: ParsedJson,
  messages: readonly { readonly path: Path; readonly message: string }[],
): Reason[] {
  const reasons = messages.map(({ path, message }) => ({
    message: path.length === 0 ? message : `${printPath(path)} ${message}`,
    place: parsed.placeOf(existing(parsed.value, path)),
  }));
  return reasons.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}

/**
 * Parses a value by a schema.
 * @param what how the message names the value, for example `skill.json`
 * @throws Problem with `code` and every reason; of a value with very many parts only the first
 * reason, since each reason costs memory
 */
export function parseShape<Output>(
  schema: Schema<Output>,
  parsed: ParsedJson,
  code: ProblemCode,
  what: string,
): Output {
  const unsafe = unsafeKeys(parsed.value);
  const result = v.safeParse(schema, parsed.value, {
    abortEarly: unsafe.values > allReasonsValuesMax,
  });
  // A file can have more faults than anybody reads. Each fault costs a search for near keys, and a
  // search of the text for its place.
  const issues = (result.issues ?? []).slice(0, reasonsMax).map((issue) => ({
    path: pathOf(issue),
    message: describeIssue(issue),
  }));
  const messages = [...issues, ...unsafe.messages].slice(0, reasonsMax);
  requireNoReasons(placeReasons(parsed, messages), code, what);
  if (!result.success) throw new Problem(code, `Cannot read ${what}`);
  return result.output;
}

/**
 * Throws when there are reasons.
 * @throws Problem with `code`; the message has the only reason, or the number of reasons and the
 * first reason
 */
export function requireNoReasons(
  reasons: readonly Reason[],
  code: ProblemCode,
  what: string,
): void {
  const [first] = reasons;
  if (first === undefined) return;
  const where =
    first.place === undefined ? '' : ` (line ${first.place.line}, column ${first.place.column})`;
  const count = reasons.length === 1 ? '' : `${reasons.length} reasons, first: `;
  throw new Problem(code, `Cannot read ${what}: ${count}${first.message}${where}`, { reasons });
}

/** Wraps a value that has no source text. Every reason about the value gets the same place. */
export function unplaced(value: unknown, path: string): ParsedJson {
  return { value, placeOf: () => ({ path, line: 1, column: 1 }) };
}

/** Prints the path of a value in a JSON document, such as `capabilities.env[0].name`. */
export function printPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const step = key.length > shownValueCharsMax ? `${key.slice(0, shownValueCharsMax)}…` : key;
    if (/^[$\w-]+$/.test(step)) return text === '' ? step : `${text}.${step}`;
    return `${text}[${JSON.stringify(step)}]`;
  }, '');
}

/** The path of the value that a fault is about. */
function pathOf(issue: v.BaseIssue<unknown>): Path {
  return (issue.path ?? []).map((item) =>
    typeof item.key === 'number' ? item.key : String(item.key),
  );
}

/** What is wrong with a value, to follow the path of the value. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.received === 'undefined') return 'is missing';
  if (issue.type === 'never')
    return `${issue.message}${insteadOf(String(pathOf(issue).at(-1)), issue.requirement as string[])}`;
  // Messages of this code base are written to follow the path of a value. The own messages of
  // valibot begin with `Invalid`.
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  const received =
    issue.received.length > shownValueCharsMax
      ? `${issue.received.slice(0, shownValueCharsMax)}…`
      : issue.received;
  return `is ${received}, expected ${issue.expected ?? 'something else'}`;
}

// The longest part of the path that exists in the file: a missing key is reported at the object
// that should have the key.
function existing(value: unknown, path: Path): Path {
  let at = value;
  for (const [depth, step] of path.entries()) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step))
      return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[step];
  }
  return path;
}

const keysNeverAllowed = new Set(['__proto__', 'constructor', 'prototype']);

// valibot silently skips keys such as `__proto__`. Values that are too deep, and that `parseJson`
// did not read, are rejected here, too.
function unsafeKeys(value: unknown): {
  values: number;
  messages: { path: Path; message: string }[];
} {
  const found = { values: 0, messages: [] as { path: Path; message: string }[] };
  const visit = (part: unknown, path: (string | number)[]): void => {
    found.values++;
    if (typeof part !== 'object' || part === null || found.messages.length >= reasonsMax) return;
    if (path.length > jsonDepthMax) {
      found.messages.push({
        path: path.slice(0, 1),
        message: `has more than ${jsonDepthMax} levels`,
      });
      return;
    }
    for (const [key, member] of Object.entries(part)) {
      path.push(Array.isArray(part) ? Number(key) : key);
      if (keysNeverAllowed.has(key))
        found.messages.push({ path: [...path], message: 'is not allowed as a key' });
      visit(member, path);
      path.pop();
    }
  };
  visit(value, []);
  return found;
}
