/**
 * The runner's end of the bridge between an agent's sandbox and its skills. Each stream carries one
 * call, and every line must carry a valid token of the session.
 */
import { once } from 'node:events';
import { type Duplex, PassThrough, type Readable, Writable } from 'node:stream';
import { adviceForAgent } from '../../skills-index/run/agents/agent-advice.ts';
import {
  type BridgeAnswer,
  type BridgeMessage,
  bridgeLineBytesMax,
  parseBridgeLine,
} from '../../skills-index/run/agents/bridge.ts';
import type { RunTokens } from '../../skills-index/run/agents/run-token.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { problemOf } from '../../skills-index/skill/thrown.ts';
import { linesOf } from '../files/lines.ts';

/** The streams of one call. */
export interface BridgeStreams {
  readonly stdin: Readable;
  readonly stdout: (chunk: Uint8Array) => void;
  readonly stderr: (chunk: Uint8Array) => void;
  /** Resolves when the output so far is sent, or when the stream is closed. */
  readonly drained: () => Promise<void>;
  /** Aborts when the sandbox closes the stream. */
  readonly gone: AbortSignal;
}

export interface BridgeCalls {
  /** Runs a skill's command and returns its exit code. */
  run(call: Extract<BridgeMessage, { call: 'run' }>, streams: BridgeStreams): Promise<number>;
  mcp(streams: BridgeStreams): Promise<number>;
}

/** Serves one stream. Never throws. */
export function serveBridge(stream: Duplex, tokens: RunTokens, calls: BridgeCalls): void {
  const gone = new AbortController();
  const stdin = new PassThrough();
  const answer = (message: BridgeAnswer): void => {
    if (stream.writable) stream.write(`${asciiJson(message)}\n`);
  };
  const finish = (exit: number, says?: string): void => {
    answer({ exit, ...(says === undefined ? {} : { says }) });
    stream.end();
  };
  const refuse = (thrown: unknown): void => {
    const problem = problemOf(thrown, gone.signal.aborted);
    const { code, message } = problem;
    const text =
      code === 'internal'
        ? 'the call failed inside the runner'
        : `refused [${code}]: ${message}. ${adviceForAgent(problem)}`;
    finish(code === 'interrupted' ? 130 : problemCodes[code].exit, text);
    gone.abort();
  };
  const bytesOf = (key: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
    const text = Buffer.from(chunk).toString('base64');
    answer(key === 'stdout' ? { stdout: text } : { stderr: text });
  };
  const drained = async (): Promise<void> => {
    if (stream.writableNeedDrain && !stream.destroyed)
      await once(stream, 'drain', { signal: gone.signal }).catch(() => undefined);
  };
  const streams: BridgeStreams = {
    stdin,
    stdout: bytesOf('stdout'),
    stderr: bytesOf('stderr'),
    drained,
    gone: gone.signal,
  };
  let called = false;
  const handle = (message: BridgeMessage): void => {
    if (!tokens.isGood(message.token))
      throw new Problem('token-ended', 'The run token is invalid for this session, or has expired');
    if ('stdin' in message) stdin.write(Buffer.from(message.stdin, 'base64'));
    else if ('end' in message) stdin.end();
    else if (called) throw new Problem('usage', 'A stream carries one call only');
    else {
      called = true;
      (message.call === 'mcp' ? calls.mcp(streams) : calls.run(message, streams)).then(
        finish,
        refuse,
      );
    }
  };
  stream.on('error', () => stream.destroy());
  stream.on('close', () => {
    stdin.end();
    gone.abort();
  });
  // A call may end without reading all of its input. A slow call slows down the sandbox, so that no
  // input piles up here.
  stdin.on('error', () => undefined);
  const inputTaken = async (): Promise<void> => {
    if (stdin.writableNeedDrain && !stdin.destroyed)
      await once(stdin, 'drain', { signal: gone.signal }).catch(() => undefined);
  };
  void readLines(stream, handle, inputTaken).catch(refuse);
}

async function readLines(
  stream: Duplex,
  handle: (message: BridgeMessage) => void,
  inputTaken: () => Promise<void>,
): Promise<void> {
  for await (const line of linesOf(stream, bridgeLineBytesMax)) {
    handle(parseBridgeLine(line.toString('utf8')));
    await inputTaken();
  }
}

/** A call's stdout as a stream; writing waits until the sandbox reads. */
export function writableOf({
  drained,
  stdout,
}: Pick<BridgeStreams, 'drained' | 'stdout'>): Writable {
  return new Writable({
    write: (chunk: Uint8Array, _, done) => {
      stdout(chunk);
      void drained().then(() => done());
    },
  });
}

// Escape other characters, so that each byte of a line is one character.
function asciiJson(message: BridgeAnswer): string {
  return JSON.stringify(message).replace(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
