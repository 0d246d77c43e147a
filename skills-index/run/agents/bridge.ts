/**
 * The messages between an agent's sandbox and its runner: lines with one JSON object each. Lines
 * from the sandbox carry the session's run token and are untrusted.
 */
import * as v from 'valibot';
import { Problem } from '../../skill/problem.ts';

/**
 * The name under which the sandbox reaches the runner through the egress proxy. No such host
 * exists: RFC 9476 keeps `.internal` out of the public DNS.
 */
export const runnerHost = 'runner.skillgate.internal';

/** The name under which a sandbox reaches the model endpoint of this host. */
export const modelHost = 'model.skillgate.internal';

export const bridgeLineBytesMax = 512 * 1024;
const argumentsMax = 1_024;

const token = v.pipe(v.string(), v.maxLength(200));
const text = v.pipe(v.string(), v.maxLength(96 * 1024));
const message = v.union([
  v.strictObject({
    token,
    call: v.literal('run'),
    skill: text,
    command: v.exactOptional(text),
    args: v.pipe(v.array(text), v.maxLength(argumentsMax)),
    why: v.pipe(v.string(), v.maxLength(500)),
  }),
  v.strictObject({ token, call: v.literal('mcp') }),
  v.strictObject({ token, stdin: v.pipe(v.string(), v.base64()) }),
  v.strictObject({ token, end: v.literal(true) }),
]);

/** A message from the sandbox: first a call, then its input. */
export type BridgeMessage = v.InferOutput<typeof message>;

/** A message to the sandbox. Its bytes are base64, and `says` is a message for people. */
export type BridgeAnswer =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly exit: number; readonly says?: string };

/** @throws Problem `usage` when the line is not a valid message */
export function parseBridgeLine(line: string): BridgeMessage {
  try {
    const result = v.safeParse(message, JSON.parse(line));
    if (result.success) return result.output;
  } catch {
    // JSON that does not parse falls through to the error below.
  }
  throw new Problem(
    'usage',
    'Cannot read a message of the sandbox: it is not a line of the bridge’s protocol',
  );
}
