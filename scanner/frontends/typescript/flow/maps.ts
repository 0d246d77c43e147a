/** What comes out of a Map: values that were put into it, and never the key that is asked for. */
import type { ts } from 'ts-morph';
import type { Program } from '../program.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives } from '../values/values.ts';

/** Whether an expression is a Map whose methods are those of the language. */
export function isMap(self: Evaluator, held: ts.Expression): boolean {
  return (
    alternatives(self.valueOf(held)).every(
      (value) => value.kind === 'instance' && value.of === 'Map',
    ) && !changesMethods(self.program)
  );
}

// A memo of a pure function.
const changes = new WeakMap<Program, boolean>();

// Code can replace the methods of all maps.
function changesMethods(program: Program): boolean {
  const known = changes.get(program);
  if (known !== undefined) return known;
  const made = program.files.some(({ file }) =>
    /\b(prototype|__proto__|constructor|[sg]etPrototypeOf|definePropert(y|ies)|Reflect)\b|\bassign\b(?!\s*\(\s*\{)|\bMap\b(?!\s*[(<])/.test(
      file.text,
    ),
  );
  changes.set(program, made);
  return made;
}
