/** What single sign-on needs: the identity provider, and which groups have a role at the desk. */
import type { AuthorizationServer, Client, ClientAuth } from 'oauth4webapi';

/**
 * What a person may do at the desk after single sign-on. `read`: see what waits and what was
 * decided. `review`: also begin an approval, which the person's own passkey or key signs.
 * `operate`: also see which notices arrived, and which enrolments wait.
 */
export const deskRoles = ['read', 'review', 'operate'] as const;
export type DeskRole = (typeof deskRoles)[number];

export interface SignOnConfig {
  /** The issuer's URL, as its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Scopes to ask for; `openid` is one of them. */
  readonly scopes: readonly string[];
  /** The claim with the person's groups. */
  readonly groupsClaim: string;
  /** The claim that says who the person is, in the words of member statements. */
  readonly personClaim: string;
  /** The groups that have each role. */
  readonly groups: Readonly<Record<DeskRole, readonly string[]>>;
  /** How long a session lasts, in milliseconds. */
  readonly sessionMs: number;
}

/** An identity provider, with what the registry needs to speak with it. */
export interface ProviderServer {
  readonly server: AuthorizationServer;
  readonly client: Client;
  readonly authentication: ClientAuth;
  /** Milliseconds since 1970. */
  readonly readAt: number;
}

export interface SignOn {
  readonly config: SignOnConfig;
  readonly fetch: typeof fetch;
  /** Tells the operator why sign-ins fail, one line each. */
  readonly warn?: ((line: string) => void) | undefined;
  /** The provider's description, once it was read. */
  provider?: ProviderServer;
  /** Why the description could not be read, and when. */
  failed?: { readonly error: unknown; readonly at: number };
}

/** The roles of somebody in these groups. */
export function rolesOf({ config }: SignOn, groups: readonly string[]): DeskRole[] {
  return deskRoles.filter((role) => config.groups[role].some((group) => groups.includes(group)));
}

/** The only address to which the identity provider may send people back. */
export function callbackOf(base: string): string {
  return `${base}/review/sign-in/callback`;
}
