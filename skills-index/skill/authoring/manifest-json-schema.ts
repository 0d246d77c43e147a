/**
 * The schema of skill.json as JSON Schema, for editors. This file is apart from the parser, so that
 * no start of the `skill` command loads the converter to JSON Schema.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import { manifestSchemaUrl, manifestShape } from '../manifest-schema.ts';

/**
 * JSON Schema (2020-12) of skill.json. Only the parser checks the rules that JSON Schema cannot
 * express.
 */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(manifestShape, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
  });
  return { $id: manifestSchemaUrl, title: 'Manifest of a Skillgate skill', ...closed(schema) };
}

// The converter to JSON Schema writes `not: {}` for objects that allow no other key.
function closed(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => {
      if (key === 'additionalProperties' && JSON.stringify(member) === '{"not":{}}')
        return [key, false];
      return [key, Array.isArray(member) ? member.map(closedValue) : closedValue(member)];
    }),
  );
}

function closedValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? closed(value)
    : value;
}
