/**
 * What an agent's sandbox and its runner say to one another, line by line, each a JSON object. The
 * sandbox's lines carry the run token of the session; they are a stranger's.
 */
import * as v from 'valibot';
import { Problem } from '../../skill/problem.ts';

/**
 * The name that the sandbox's way to the runner has at the egress proxy; no such host exists (RFC
 * 9476 keeps `.internal` off the net).
 */
export const runnerHost = 'runner.skillgate.internal';

/** The model's endpoint of this host, as a sandbox names it. */
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

/** From the sandbox: a call first, then what it is fed with. */
export type BridgeMessage = v.InferOutput<typeof message>;

/** To the sandbox. Bytes are base64; `says` is for people. */
export type BridgeAnswer =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly exit: number; readonly says?: string };

/** @throws Problem `usage` for anything else than a message */
export function parseBridgeLine(line: string): BridgeMessage {
  try {
    const result = v.safeParse(message, JSON.parse(line));
    if (result.success) return result.output;
  } catch {
    // Said below.
  }
  throw new Problem('usage', 'Cannot read what the sandbox says: it is no line of the bridge');
}
