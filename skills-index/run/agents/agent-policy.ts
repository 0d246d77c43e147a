/**
 * The part of host policy about agents' own programs: the model endpoints, and the agent programs
 * that the system did not install.
 */
import * as v from 'valibot';
import { isHostName } from '../../network/host-name.ts';
import { addressClass } from '../../network/network-address.ts';
import { isNamePart } from '../../skill/name.ts';
import { exactObject } from '../../skill/shape.ts';

/**
 * The API that a model endpoint speaks. The API decides through which variables an agent program
 * finds the endpoint, and how the program sends the key.
 */
export const modelKinds = ['openai', 'anthropic'] as const;
export type ModelKind = (typeof modelKinds)[number];

export interface ModelEndpoint {
  /**
   * `http://127.0.0.1:8080`: a server on this host or network, by its address.
   * `https://api.example.com`: any other server, by its name.
   */
  readonly url: string;
  readonly kind: ModelKind;
  /** The secret with the endpoint's key, bound to the endpoint's host; only for https. */
  readonly secret?: string;
  /**
   * Request paths that are allowed in addition to those of the API in `kind`: `/v1/rerank`,
   * `/v1/responses/*`.
   */
  readonly paths?: readonly string[];
}

/**
 * The paths below `/v1` that a session may request of its model's API. Other paths of model servers
 * load, change or delete models, so a session may not request other paths.
 */
const inferencePaths: Readonly<Record<ModelKind, readonly string[]>> = {
  openai: ['/chat/completions', '/responses', '/completions', '/embeddings'],
  anthropic: ['/messages', '/messages/*'],
};

/**
 * The requests that a session may make to its model: the requests of the model's API, below the
 * endpoint's own path, and the paths that the operator adds.
 */
export function modelRequests(
  { kind, paths = [] }: ModelEndpoint,
  place: Pick<ModelPlace, 'path'>,
): readonly ModelRequests[] {
  // Anthropic's client libraries add `/v1` to the endpoint's address themselves.
  const below =
    place.path === '' || (kind === 'anthropic' && !place.path.endsWith('/v1'))
      ? `${place.path}/v1`
      : place.path;
  const calls = new Set([...inferencePaths[kind].map((path) => `${below}${path}`), ...paths]);
  return [
    ...[...calls].map((path) => ({ path, methods: ['GET', 'HEAD', 'POST'] as const })),
    ...[`${below}/models`, `${below}/models/*`].map((path) => ({
      path,
      methods: ['GET', 'HEAD'] as const,
    })),
  ];
}

interface ModelRequests {
  readonly path: string;
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
}

/** An agent program that the system did not install. */
export interface AgentProgram {
  /**
   * The program's folder, which the sandbox binds read-only at the same path. Only root and the
   * runner's user may have write access to the folder.
   */
  readonly folder: string;
  /**
   * The command that starts the agent program: `["node", "/opt/codex/bin/codex.js"]`. The agent's
   * arguments follow the command.
   */
  readonly command: readonly string[];
}

export interface AgentPolicy {
  readonly models: Readonly<Record<string, ModelEndpoint>>;
  readonly agentPrograms: Readonly<Record<string, AgentProgram>>;
  /** Folders with compilers and tools of sessions, by name; each is read-only and on PATH. */
  readonly toolchains: Readonly<Record<string, string>>;
}

/** The parsed address of a model endpoint. */
export type ModelPlace = {
  readonly kind: 'address' | 'name';
  readonly host: string;
  readonly port: number;
  /** The path of the endpoint's address without a slash at the path's end; often empty. */
  readonly path: string;
};

/**
 * Parses the address of a model endpoint. Returns undefined for a form other than `http://` with an
 * address and `https://` with a name.
 */
export function parseModelUrl(text: string): ModelPlace | undefined {
  const plain =
    /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?((?:\/[A-Za-z0-9._~-]+)*)\/?$/.exec(
      text,
    );
  const [, scheme = '', written = '', digits, path = ''] = plain ?? [];
  const host = written.replace(/^\[|\]$/g, '');
  const port = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
  if (plain === null || port < 1 || port > 65_535 || /\/\.{1,2}(\/|$)/.test(path)) return undefined;
  if (scheme === 'http')
    return addressClass(host) === 'invalid' ? undefined : { kind: 'address', host, port, path };
  return isHostName(host) ? { kind: 'name', host, port, path } : undefined;
}

const text = v.pipe(v.string(), v.minLength(1, 'is empty'));
const name = v.pipe(v.string(), v.check(isNamePart, 'is not a name'));
const folder = v.pipe(
  v.string(),
  v.regex(/^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._@+-]+)+$/, 'is not an absolute folder in plain form'),
);
const model = v.pipe(
  exactObject({
    url: v.pipe(
      v.string(),
      v.check(
        (url) => parseModelUrl(url) !== undefined,
        'is neither http://IP:PORT, such as "http://127.0.0.1:8080", nor https with a name',
      ),
    ),
    kind: v.picklist(modelKinds, 'is not "openai" or "anthropic"'),
    secret: v.exactOptional(
      v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of a secret')),
    ),
    paths: v.exactOptional(
      v.array(
        v.pipe(
          v.string(),
          v.regex(
            /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~:-]+)+(\/\*)?$/,
            'is not a path such as "/v1/rerank" or "/v1/files/*"',
          ),
        ),
      ),
    ),
  }),
  // Anybody on the network can read a key that is sent over plain http.
  v.check(
    ({ secret, url }) => secret === undefined || url.startsWith('https:'),
    'has a secret, but secrets are sent over https only',
  ),
);

export const agentPolicyEntries = {
  models: v.optional(v.record(name, model), {}),
  agentPrograms: v.optional(
    v.record(
      name,
      exactObject({ folder, command: v.pipe(v.array(text), v.minLength(1, 'is empty')) }),
    ),
    {},
  ),
  toolchains: v.optional(v.record(name, folder), {}),
};
