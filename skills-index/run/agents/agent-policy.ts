/**
 * What host policy says for agents' own programs: which model endpoints there are, and which
 * programs from outside the system.
 */
import * as v from 'valibot';
import { isHostName } from '../../skill/host-name.ts';
import { isNamePart } from '../../skill/name.ts';
import { addressClass } from '../../skill/network-address.ts';
import { exactObject } from '../../skill/shape.ts';

/**
 * Which interface an endpoint speaks: it says which variables an agent program finds it by, and how
 * its key is sent.
 */
export const modelKinds = ['openai', 'anthropic'] as const;
export type ModelKind = (typeof modelKinds)[number];

export interface ModelEndpoint {
  /**
   * `http://127.0.0.1:8080`: a server of this host or network, by its address.
   * `https://api.example.com`: any other, by its name.
   */
  readonly url: string;
  readonly kind: ModelKind;
  /** The secret that holds its key, bound to its host; only for https. */
  readonly secret?: string;
  /** Reached beside what its `kind` needs: `/v1/rerank`, `/v1/responses/*`. */
  readonly paths?: readonly string[];
}

/**
 * What clients of an interface call below its `/v1`; beside that, servers of models load, change
 * and delete them.
 */
const inferencePaths: Readonly<Record<ModelKind, readonly string[]>> = {
  openai: ['/chat/completions', '/responses', '/completions', '/embeddings'],
  anthropic: ['/messages', '/messages/*'],
};

/**
 * What a session may ask of its model: what the interface is for, below the address's own path, and
 * what the operator adds.
 */
export function modelRequests(
  { kind, paths = [] }: ModelEndpoint,
  place: Pick<ModelPlace, 'path'>,
): readonly ModelRequests[] {
  // Clients of Anthropic's add `/v1` themselves.
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
   * Read-only in the sandbox, at the same path; nobody but root and the runner's user may write
   * there.
   */
  readonly folder: string;
  /** What is started, the agent's arguments behind it: `["node", "/opt/codex/bin/codex.js"]`. */
  readonly command: readonly string[];
}

export interface AgentPolicy {
  readonly models: Readonly<Record<string, ModelEndpoint>>;
  readonly agentPrograms: Readonly<Record<string, AgentProgram>>;
}

export const emptyAgentPolicy: AgentPolicy = { models: {}, agentPrograms: {} };

/** Where an endpoint is. */
export type ModelPlace = {
  readonly kind: 'address' | 'name';
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end; often empty. */
  readonly path: string;
};

/** Takes an endpoint's address apart; undefined for any other form than the two. */
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
  // A key that goes over plain http is anybody's.
  v.check(
    ({ secret, url }) => secret === undefined || url.startsWith('https:'),
    'has a secret, which goes over https only',
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
};
