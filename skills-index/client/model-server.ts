/**
 * The server of a model that speaks OpenAI's HTTP interface, as Ollama, vLLM, llama.cpp and most
 * providers do. The server may fail, be slow and lie, so each answer is bounded.
 */
import { readBoundedBody } from './bounded-body.ts';

export interface ModelServer {
  /** The address of one endpoint, such as `https://models.example/v1/embeddings`. */
  readonly url: string;
  /** Bearer token. It stands in no settings file and in no message. */
  readonly key?: string | undefined;
}

/** Why an address or a key of a model's server cannot be used, with the next step. */
export interface UnfitServer {
  readonly why: string;
  readonly hint?: string;
}

/**
 * The address of an endpoint below the address that an operator gave.
 * @param endpoint such as `/embeddings`; an address that ends with the endpoint is taken as it is
 */
export function endpointOf(address: string, endpoint: string): string | UnfitServer {
  const url = URL.parse(address);
  if (url === null || `${url.username}${url.password}${url.search}${url.hash}` !== '')
    return {
      why: 'its address has a user name, a query or a fragment, or is no address',
      hint: 'Write https://HOST/v1, and give the key apart from the address.',
    };
  if (url.protocol !== 'https:' && !isOnThisMachine(url))
    return {
      why: 'texts and the key would be sent as plain text to another machine',
      hint: 'Write https://HOST/v1, or the http: address of a model on this machine.',
    };
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(endpoint) ? path : `${path}${endpoint}`;
  return url.href;
}

/** Why a text cannot be the key of a model's server; undefined when it can. */
export function whyNotModelKey(key: string): string | undefined {
  return /^[\x21-\x7e]{1,500}$/.test(key)
    ? undefined
    : 'its key has a space, a control character or more than 500 characters';
}

/**
 * Sends JSON to the server. No redirect is followed: a redirect would take the key elsewhere.
 * @returns the bytes of an answer with status 200, undefined where they are more than `bytesMax`;
 * of any other answer only the status
 * @throws whatever `ask` throws
 */
export async function postToModel(
  { url, key }: ModelServer,
  body: object,
  { ask, signal, bytesMax }: PostOptions,
): Promise<{ readonly status: number; readonly bytes?: Uint8Array | undefined }> {
  const answer = await ask(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal,
  });
  const { status } = answer;
  if (status === 200) return { status, bytes: await readBoundedBody(answer.body, bytesMax) };
  await answer.body?.cancel();
  return { status };
}

interface PostOptions {
  readonly ask: typeof fetch;
  readonly signal: AbortSignal;
  readonly bytesMax: number;
}

function isOnThisMachine({ hostname, protocol }: URL): boolean {
  return protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
