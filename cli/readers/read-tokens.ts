/**
 * Tokens that read private scopes, one for each registry, in a file that only its owner may read.
 * A token goes to its registry alone, with each request that has no session.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GetFile } from '../../skills-index/client/blobs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Paths } from '../command.ts';
import { writeWhole } from '../whole-file.ts';

type Tokens = Readonly<Record<string, string>>;

const schema = 'skillgate.read-tokens/1';
const tokenForm = /^[\w-]{43}$/;

export function isReadToken(text: unknown): text is string {
  return typeof text === 'string' && tokenForm.test(text);
}

/**
 * The token for the base URL of each registry.
 * @throws Problem `json-invalid`
 */
export function readTokens(paths: Pick<Paths, 'config'>): Tokens {
  const path = pathOf(paths);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
  const value = parseJson(bytes, path).value as { schema?: unknown; tokens?: unknown } | null;
  const tokens = Object.entries(value?.tokens ?? {});
  if (value?.schema === schema && tokens.every(([, token]) => isReadToken(token)))
    return Object.fromEntries(tokens);
  throw new Problem('json-invalid', `Cannot read ${path}: it does not have the form ${schema}`);
}

/** Replaces the tokens in one step. */
export async function keepTokens(paths: Pick<Paths, 'config'>, tokens: Tokens): Promise<void> {
  const text = JSON.stringify({ schema, tokens }, null, 2);
  await writeWhole(pathOf(paths), `${text}\n`, 0o600);
}

interface Requests {
  readonly fetch: typeof fetch;
  readonly getFile?: GetFile;
}

/** The same functions, which send the token of the registry that is asked. */
export function withTokens({ fetch, getFile }: Requests, paths: Pick<Paths, 'config'>): Requests {
  let known: Tokens | undefined;
  const tokenFor = (url: string): string | undefined => {
    known ??= readTokens(paths);
    // As it is sent: `..` would lead out of the base.
    const { href } = new URL(url);
    const below = Object.entries(known).filter(([base]) => href.startsWith(`${base}/`));
    // A registry can lie below another registry of the same host.
    return below.sort(([a], [b]) => b.length - a.length)[0]?.[1];
  };
  return {
    fetch: (input, init) => {
      const token = tokenFor(input instanceof Request ? input.url : String(input));
      if (token === undefined) return fetch(input, init);
      const headers = new Headers(
        init?.headers ?? (input instanceof Request ? input.headers : undefined),
      );
      if (!headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    },
    ...(getFile && {
      getFile: (url, options) => {
        const token = tokenFor(url);
        return token === undefined
          ? getFile(url, options)
          : getFile(url, {
              ...options,
              headers: { ...options.headers, authorization: `Bearer ${token}` },
            });
      },
    }),
  };
}

function pathOf({ config }: Pick<Paths, 'config'>): string {
  return join(config, 'read-tokens.json');
}
