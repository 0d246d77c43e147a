/** Untrusted JSON against a valibot schema: typed, or a Problem that lists every reason with its place. */
import * as v from 'valibot';
import type { ParsedJson } from './json.ts';
import { jsonDepthMax, reasonsMax } from './limits.ts';
import { Problem, type Reason } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

type Schema<Output> = v.BaseSchema<unknown, Output, v.BaseIssue<unknown>>;
type Path = readonly (string | number)[];

/** A JSON object with exactly these keys. Unlike `v.strictObject` it reports every unknown key, and takes no list for an object. */
export function exactObject<const Entries extends v.ObjectEntries>(entries: Entries): v.StrictObjectSchema<Entries, undefined> {
  const shape = v.objectWithRest(entries, v.never('is not a known key'));
  const run: (typeof shape)['~run'] = (dataset, config) =>
    shape['~run'](Array.isArray(dataset.value) ? { ...dataset, value: 'a list' } : dataset, config);
  // What has no rest has the output of a strict object.
  return { ...shape, '~run': run } as unknown as v.StrictObjectSchema<Entries, undefined>;
}

/** Messages about paths in a JSON file as reasons with places, in the order of the file. */
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
 * Parses a value.
 * @param what how the message names it, for example `skill.json`
 * @throws Problem with `code` and every reason
 */
export function parseShape<Output>(schema: Schema<Output>, parsed: ParsedJson, code: ProblemCode, what: string): Output {
  const result = v.safeParse(schema, parsed.value);
  const issues = (result.issues ?? []).map((issue) => ({ path: pathOf(issue), message: sayIssue(issue) }));
  // A file can hold more faults than anybody reads, and each place costs a look through the text.
  const messages = [...issues, ...unsafeKeys(parsed.value, [])].slice(0, reasonsMax);
  refuseReasons(placeReasons(parsed, messages), code, what);
  if (!result.success) throw new Problem(code, `Cannot read ${what}`);
  return result.output;
}

/**
 * Throws when there are reasons.
 * @throws Problem with `code`; its message holds the only reason, or their number and the first
 */
export function refuseReasons(reasons: readonly Reason[], code: ProblemCode, what: string): void {
  const [first] = reasons;
  if (first === undefined) return;
  const where = first.place === undefined ? '' : ` (line ${first.place.line}, column ${first.place.column})`;
  const count = reasons.length === 1 ? '' : `${reasons.length} reasons, first: `;
  throw new Problem(code, `Cannot read ${what}: ${count}${first.message}${where}`, { reasons });
}

/** A parsed value that came without text, so that nothing has a place. */
export function unplaced(value: unknown, path: string): ParsedJson {
  return { value, placeOf: () => ({ path, line: 1, column: 1 }) };
}

/** `capabilities.env[0].name` */
export function printPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (/^[$\w-]+$/.test(step)) return text === '' ? step : `${text}.${step}`;
    return `${text}[${JSON.stringify(step)}]`;
  }, '');
}

function pathOf(issue: v.BaseIssue<unknown>): Path {
  return (issue.path ?? []).map((item) => (typeof item.key === 'number' ? item.key : String(item.key)));
}

function sayIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.received === 'undefined') return 'is missing';
  // Our own messages are written to follow the path; valibot's own begin with `Invalid`.
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  return `is ${issue.received}, expected ${issue.expected ?? 'something else'}`;
}

// The longest beginning of the path that is in the file: a missing key is shown at its object.
function existing(value: unknown, path: Path): Path {
  let at = value;
  for (const [depth, step] of path.entries()) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[step];
  }
  return path;
}

// valibot passes over these keys in silence, wherever they stand. What is too deep was not read by `parseJson`, and is refused here.
function unsafeKeys(value: unknown, path: Path): { path: Path; message: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (path.length > jsonDepthMax) return [{ path: path.slice(0, 1), message: `has more than ${jsonDepthMax} levels` }];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const unsafe = key === '__proto__' || key === 'constructor' || key === 'prototype';
    return [...(unsafe ? [{ path: at, message: 'is not allowed as a key' }] : []), ...unsafeKeys(member, at)];
  });
}
