/**
 * One request to a service of the signing config. It may contain an identity token, so no redirect
 * is followed and no error repeats the request.
 */
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { requestSecondsMax, signingAnswerBytesMax } from '../limits.ts';

export type SigningWorld = Pick<CommandContext, 'fetch'>;

export interface SigningRequest {
  /** The name of the service in messages: `certificate authority`. */
  readonly what: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent by POST; without a body, GET. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Must not appear in a message: the identity token. */
  readonly secrets?: readonly string[];
}

/** The bytes of a successful answer. @throws Problem `signing-service-failed` */
export async function askSigningService(
  world: SigningWorld,
  request: SigningRequest,
): Promise<Buffer> {
  const { status, bytes } = await exchangeWithSigningService(world, request);
  if (status >= 200 && status < 300) return bytes;
  throw signingProblem(request, `it answered ${status}: ${shown(bytes, request.secrets)}`);
}

/** The answer with any status. @throws Problem `signing-service-failed` without an answer */
export async function exchangeWithSigningService(
  { fetch }: SigningWorld,
  request: SigningRequest,
): Promise<{ status: number; bytes: Buffer }> {
  const { url, headers = {}, body } = request;
  try {
    const response = await fetch(url, {
      ...(body === undefined ? {} : { method: 'POST', body }),
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(requestSecondsMax * 1000),
    });
    return { status: response.status, bytes: await readBody(response, request) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (cause instanceof Error && cause.name === 'AbortError')
      throw new Problem('interrupted', `Interrupted while the ${request.what} was asked`);
    // The cause of a failed fetch describes sockets, never the request's content.
    throw signingProblem(
      request,
      cause instanceof Error && cause.name === 'TimeoutError'
        ? `no answer within ${requestSecondsMax} s`
        : 'it cannot be reached',
      cause,
    );
  }
}

/** JSON of an answer. @throws Problem `signing-service-failed` */
export function jsonAnswer(bytes: Buffer, request: Pick<SigningRequest, 'what' | 'url'>): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw signingProblem(request, 'its answer is not JSON');
  }
}

/** The failure of a service. */
export function signingProblem(
  { what, url }: Pick<SigningRequest, 'what' | 'url'>,
  why: string,
  cause?: unknown,
): Problem {
  return new Problem(
    'signing-service-failed',
    `Cannot sign: the ${what} at ${url.split('?')[0]}: ${why}`,
    { cause },
  );
}

async function readBody(response: Response, request: SigningRequest): Promise<Buffer> {
  const bytes = await readBoundedBody(response.body, signingAnswerBytesMax);
  if (bytes !== undefined) return bytes;
  throw signingProblem(request, `its answer has more than ${signingAnswerBytesMax} bytes`);
}

// Some services repeat the request in their answer.
function shown(bytes: Buffer, secrets: readonly string[] = []): string {
  const text = secrets.reduce(
    (all, secret) => all.replaceAll(secret, '(token)'),
    bytes.toString('utf8'),
  );
  return JSON.stringify(text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '(token)').slice(0, 300));
}
