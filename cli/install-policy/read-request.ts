/** Reads the JSON that another program writes to a gate's standard input. */
import type * as v from 'valibot';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { CommandContext } from '../command.ts';
import { gateRequestBytesMax } from '../limits.ts';

/**
 * @param what the request, for messages
 * @throws Problem `json-invalid`, `request-invalid`
 */
export async function readRequest<Schema extends v.GenericSchema>(
  { stdin }: Pick<CommandContext, 'stdin'>,
  schema: Schema,
  what: string,
): Promise<v.InferOutput<Schema>> {
  const bytes = await readBoundedBody(chunksOf(stdin), gateRequestBytesMax);
  if (bytes === undefined)
    throw new Problem('request-invalid', `${what} has more than ${gateRequestBytesMax} bytes`);
  return parseShape(schema, parseJson(bytes, what), 'request-invalid', what);
}

async function* chunksOf(stream: CommandContext['stdin']): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
}
