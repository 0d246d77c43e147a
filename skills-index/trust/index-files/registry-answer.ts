/** Parses JSON that a registry sent. Nobody has verified the JSON yet. */
import { Problem } from '../../skill/problem.ts';
import { parseShape } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import type { Shape } from '../../statement/field-shapes.ts';

/**
 * Parses an answer of a registry. An answer that is no JSON is the registry’s fault, too.
 * @param content UTF-8
 * @param what how messages name the answer
 * @param valuesMax as `parseJson`
 * @throws Problem `registry-answer-invalid`
 */
export function parseAnswer<Value>(
  shape: Shape<Value>,
  content: Uint8Array | string,
  what: string,
  valuesMax?: number,
): Value {
  const code = 'registry-answer-invalid';
  try {
    return parseShape(shape, parseJson(content, what, valuesMax), code, what);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'json-invalid')
      throw new Problem(code, cause.message, { cause });
    throw cause;
  }
}
