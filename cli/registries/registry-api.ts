/**
 * Calls to the registry's API: a parsed answer, or the registry's problem. Facts that a signature
 * can prove are never believed from these answers.
 */
import * as v from 'valibot';
import type { FileAnswer } from '../../skills-index/client/blobs.ts';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { unreachable } from '../../skills-index/client/unreachable.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { scanReportValuesMax } from '../../skills-index/statement/scan-report.ts';
import { certificateProblem } from '../certificate-problem.ts';
import type { CommandContext } from '../command.ts';
import { readFolderFile } from '../folder-file.ts';
import { requestSecondsMax } from '../send-request.ts';
import { problemAnswer } from './registry-answers.ts';
import { fallbackBase } from './registry-base.ts';

/** Bytes of one JSON answer of a registry. */
const answerBytesMax = 32 * 1024 * 1024;

// Nobody has to have typed this address: it stands in for a registry that nobody named.
const fallbackHint =
  'Start the registry of this machine: skillgate serve DIR. To use another one: skillgate registry add URL --root sha256:…';

const gatewayHint =
  'A proxy in front of the registry answered, because the registry did not. Try again later, or tell the operator of the registry.';

interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: TypedBytes;
  /** Bearer token. */
  readonly token?: string;
  /**
   * The id of the key that signed the content. It is an unsigned hint, so that the registry need
   * not try every key.
   */
  readonly signedBy?: Digest;
  readonly seconds?: number;
}

export interface TypedBytes {
  /** The media type. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type RegistryWorld = Pick<CommandContext, 'fetch' | 'send' | 'registryBase'>;

/**
 * Asks the registry for JSON.
 * @param path below the base, with a slash: `/api/v1/whoami`
 * @throws Problem `registry-down`, `registry-answer-invalid`, `interrupted`, or the code the
 * registry gave
 */
export async function askRegistry<Schema extends v.GenericSchema>(
  world: RegistryWorld,
  path: string,
  schema: Schema,
  request: ApiRequest = {},
): Promise<v.InferOutput<Schema>> {
  const bytes = await requestBytes(world, path, request);
  const { value } = jsonOf(bytes, world.registryBase + path);
  // A hostile registry could make a reason of every value of its answer.
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success)
    throw new Problem(
      'registry-answer-invalid',
      `Cannot read the answer of ${world.registryBase}${path}`,
      {
        reasons: result.issues.map((issue) => ({
          message: `${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`,
        })),
      },
    );
  return result.output;
}

/**
 * Fetches a blob and checks its digest. @throws Problem `signature-invalid` for other bytes, and as
 * `askRegistry`
 */
export async function fetchStoredBlob(
  world: RegistryWorld,
  digest: Digest,
  token: string,
): Promise<Uint8Array> {
  const bytes = await requestBytes(world, `/api/v1/blobs/sha256/${hexOf(digest)}`, { token });
  if (digestOf(bytes) !== digest)
    throw new Problem(
      'signature-invalid',
      `Cannot use ${digest}: the registry sent bytes with another digest`,
    );
  return bytes;
}

/** The answer's bytes, at most `answerBytesMax`. */
export async function requestBytes(
  world: RegistryWorld,
  path: string,
  request: ApiRequest = {},
): Promise<Uint8Array> {
  const url = `${world.registryBase}${path}`;
  if (url.startsWith('file:')) return readCopy(url, request);
  const { response, bytes } = await exchange(world, url, request);
  if (response.ok) return bytes;
  throw problemFrom(bytes, response.status, url);
}

// The copy of a registry in a folder has the public files, and answers no call.
async function readCopy(url: string, { method, json, body }: ApiRequest): Promise<Uint8Array> {
  const isRead = method === undefined && json === undefined && body === undefined;
  const file = isRead ? await readFolderFile(url) : undefined;
  if (file?.ok === true) return readBody(file, url);
  throw new Problem(
    'not-found',
    `There is nothing at ${url}: the folder has the public files of a registry only`,
    { hint: 'name the registry itself, such as SKILLGATE_REGISTRY=https://skills.acme.example' },
  );
}

/**
 * `/@scope/name/1.0.0` as a part of a path: the @ and the slash of the name stay, the rest is
 * encoded.
 */
export function versionPath(name: string, version?: string): string {
  return `/${name}${version === undefined ? '' : `/${encodeURIComponent(version)}`}`;
}

async function exchange(
  { fetch, send = fetch, registryBase }: RegistryWorld,
  url: string,
  { method, json, body: given, token, signedBy, seconds = requestSecondsMax }: ApiRequest,
): Promise<{ response: FileAnswer; bytes: Uint8Array }> {
  const body =
    json === undefined ? given : { type: 'application/json', bytes: JSON.stringify(json) };
  const verb = method ?? (body === undefined ? 'GET' : 'POST');
  const headers = {
    // `whoami` refuses clients without the first type in plain text.
    accept: 'application/problem+json, application/json',
    ...(body === undefined ? {} : { 'content-type': body.type }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(signedBy === undefined ? {} : { 'skillgate-key': signedBy }),
  };
  const late = AbortSignal.timeout(seconds * 1000);
  try {
    const response = await send(url, {
      method: verb,
      headers,
      ...(body === undefined ? {} : { body: body.bytes }),
      // A redirect would send the token to another address.
      redirect: 'error',
      signal: late,
    });
    return { response, bytes: await readBody(response, url) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (!late.aborted && cause instanceof Error && cause.name === 'AbortError')
      throw interrupted(verb, url);
    // Not every caller sends through `requestSender`, which throws this Problem itself.
    const refused = certificateProblem(url, cause);
    if (refused !== undefined) throw refused;
    const hint = registryBase === fallbackBase ? fallbackHint : undefined;
    throw unreachable(registryBase, cause, { late, seconds }, hint);
  }
}

// The request may have been processed; only the registry knows.
function interrupted(verb: string, url: string): Problem {
  return verb === 'GET'
    ? new Problem('interrupted', 'Interrupted while the command waited for the registry’s answer')
    : new Problem('interrupted', `Interrupted while sending to ${url}: the data may have arrived`);
}

async function readBody({ body }: FileAnswer, url: string): Promise<Uint8Array> {
  const bytes = await readBoundedBody(body, answerBytesMax);
  if (bytes !== undefined) return bytes;
  throw new Problem(
    'registry-answer-invalid',
    `Cannot read the answer of ${url}: it has more than ${answerBytesMax} bytes`,
  );
}

function jsonOf(bytes: Uint8Array, url: string): { value: unknown } {
  try {
    return parseJson(bytes, url, scanReportValuesMax);
  } catch (cause) {
    throw new Problem(
      'registry-answer-invalid',
      `Cannot read the answer of ${url}: it is not JSON`,
      {
        cause,
      },
    );
  }
}

function problemFrom(bytes: Uint8Array, status: number, url: string): Problem {
  const result = v.safeParse(problemAnswer, tryJson(bytes));
  if (!result.success)
    return new Problem(
      'registry-answer-invalid',
      `${url} answered with status ${status} and gave no reason`,
      { hint: status >= 502 && status <= 504 ? gatewayHint : undefined },
    );
  const { code, detail, hint, reasons } = result.output;
  const known = isProblemCode(code) && code !== 'internal';
  return new Problem(
    known ? code : 'registry-answer-invalid',
    known ? detail : `${url} answered ${code}: ${detail}`,
    {
      ...(hint === undefined ? {} : { hint }),
      reasons: reasons.map(
        ({ message, place }): Reason => (place === undefined ? { message } : { message, place }),
      ),
    },
  );
}

function tryJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, 'the answer').value;
  } catch {
    return undefined;
  }
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code);
}
