/** Who may read the private scopes of this registry: by token, and by address. */
import type { Context } from 'hono';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Networks, parseNetworks } from '../networks.ts';
import type { ReaderEntry, ReadersFile } from './readers-file.ts';

/** A bearer token has 256 bits in base64url, as a session's token has. */
const tokenForm = /^Bearer ([\w-]{43})$/i;

/** The bearer token of a request. */
export function bearerToken(context: Context): string | undefined {
  return tokenForm.exec(context.req.header('authorization') ?? '')?.[1];
}

export class Readers {
  /** Whether only readers see anything of the registry. */
  readonly isClosed: boolean;
  readonly privateScopes: readonly Scope[] | 'everything';
  readonly #private: ReadonlySet<Scope>;
  readonly #byToken: ReadonlyMap<Digest, readonly ReaderEntry[]>;
  readonly #byAddress: readonly { readonly entry: ReaderEntry; readonly networks: Networks }[];
  readonly #addressOf: (context: Context) => string | undefined;

  /** @throws Problem `json-invalid` for an entry of `addresses` that is no address or network */
  constructor(
    file: ReadersFile,
    path: string,
    addressOf: (context: Context) => string | undefined,
  ) {
    this.isClosed = file.private === 'everything';
    this.privateScopes = file.private;
    this.#private = new Set(file.private === 'everything' ? [] : file.private);
    this.#byToken = Map.groupBy(
      file.readers.filter(({ token }) => token !== undefined),
      ({ token }) => token as Digest,
    );
    this.#byAddress = file.readers
      .filter(({ addresses = [] }) => addresses.length > 0)
      .map((entry) => ({ entry, networks: networksOf(entry, path) }));
    this.#addressOf = addressOf;
  }

  isPrivate(scope: Scope): boolean {
    return this.isClosed || this.#private.has(scope);
  }

  /** Whether the request has the token of a reader. Such a token is no session. */
  hasToken(context: Context): boolean {
    const token = bearerToken(context);
    return token !== undefined && this.#byToken.has(digestOf(token));
  }

  /** The readers that the request's token and address belong to. */
  of(context: Context): readonly ReaderEntry[] {
    const token = bearerToken(context);
    const address = this.#addressOf(context);
    return [
      ...(token === undefined ? [] : (this.#byToken.get(digestOf(token)) ?? [])),
      ...(address === undefined
        ? []
        : this.#byAddress
            .filter(({ networks }) => networks.includes(address))
            .map(({ entry }) => entry)),
    ];
  }
}

function networksOf({ name, addresses = [] }: ReaderEntry, path: string): Networks {
  return parseNetworks(addresses, (entry) => {
    throw new Problem(
      'json-invalid',
      `Cannot use ${path}: the reader ${JSON.stringify(name)} has the address ${JSON.stringify(entry)}`,
      { hint: 'write an IP address or a network: 127.0.0.1 or 10.0.0.0/8' },
    );
  });
}
