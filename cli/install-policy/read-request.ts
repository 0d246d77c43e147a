/** Reads the JSON that another program writes to a gate's standard input. */
import type * as v from 'valibot';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { CommandContext } from '../command.ts';
import { shortText, terminalSafe } from '../terminal/output.ts';

/** A gate for other installers: bytes of a request, time of a scan, and characters of an answer. */
const gateRequestBytesMax = 1024 * 1024;

const gateFindingCharsMax = 300;

const gateReasonCharsMax = 900;

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

// Texts of a judgement for another program's answer. A text of the skill's author must not look
// like a line of that program, nor use up the characters that it shows.

export function plainReason(text: string): string {
  return plain(text, gateReasonCharsMax);
}

/** A finding in the members of OpenClaw's protocol, without a severity. */
export function plainFinding({ rule, message, path, line }: Finding) {
  return { ruleId: rule, message: plain(message), file: plain(path), line };
}

function plain(text: string, max = gateFindingCharsMax): string {
  return shortText(terminalSafe(text), max);
}
