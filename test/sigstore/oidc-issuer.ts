/**
 * An OIDC issuer on loopback with a path for each kind of identity: people by email, and what
 * GitHub Actions and GitLab CI say of a job.
 */
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export type IssuerKind = 'people' | 'github' | 'gitlab';

export interface OidcIssuer {
  urlOf(kind: IssuerKind): string;
  /** A token that Fulcio takes for five minutes. */
  mint(kind: IssuerKind, claims: JWTPayload): Promise<string>;
  /** The environment of a job on GitHub: where to fetch its token, and with what. */
  jobToken(claims: JWTPayload): {
    ACTIONS_ID_TOKEN_REQUEST_URL: string;
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
  };
  stop(): void;
}

export async function startOidcIssuer(port: number): Promise<OidcIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }];
  const base = `http://127.0.0.1:${port}`;
  let job: JWTPayload = {};
  const server = createServer(async (request, response) => {
    if (request.url === '/github/job?api-version=2.0&audience=sigstore') {
      const isRunner = request.headers.authorization === 'Bearer of-the-runner';
      response.writeHead(isRunner ? 200 : 401, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ value: isRunner ? await mint('github', job) : '' }));
    }
    const [, kind = '', rest] = /^\/(\w+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const issuer = `${base}/${kind}`;
    const documents: Record<string, object> = {
      '.well-known/openid-configuration': {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
      },
      jwks: { keys },
    };
    const found = rest === undefined ? undefined : documents[rest];
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const urlOf = (kind: IssuerKind): string => `${base}/${kind}`;
  const mint: OidcIssuer['mint'] = (kind, claims) =>
    new SignJWT({ aud: 'sigstore', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(urlOf(kind))
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
  return {
    urlOf,
    mint,
    jobToken: (claims) => {
      job = claims;
      const url = `${base}/github/job?api-version=2.0`;
      return { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-runner' };
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A person, by a verified address. */
export function personClaims(email: string): JWTPayload {
  return { sub: `person:${email}`, email, email_verified: true };
}

/** What GitHub Actions says of a job (docs.github.com, OpenID Connect reference). */
export function githubClaims(more: JWTPayload = {}): JWTPayload {
  const repository = 'acme/skills';
  const ref = 'refs/heads/main';
  const sha = 'c'.repeat(40);
  const workflow = `${repository}/.github/workflows/publish.yml@${ref}`;
  return {
    sub: `repo:${repository}:environment:release`,
    repository,
    repository_id: '420042',
    repository_owner: 'acme',
    repository_owner_id: '4242',
    repository_visibility: 'public',
    ref,
    sha,
    workflow: 'publish',
    workflow_ref: workflow,
    workflow_sha: sha,
    job_workflow_ref: workflow,
    job_workflow_sha: sha,
    event_name: 'push',
    environment: 'release',
    runner_environment: 'github-hosted',
    run_id: '7',
    run_attempt: '1',
    ...more,
  };
}

/** What GitLab CI says of a job (docs.gitlab.com, ID tokens). */
export function gitlabClaims(more: JWTPayload = {}): JWTPayload {
  return {
    sub: 'project_path:acme/skills:ref_type:tag:ref:v1.0.0',
    project_path: 'acme/skills',
    project_id: '31337',
    namespace_path: 'acme',
    namespace_id: '77',
    pipeline_id: '9',
    pipeline_source: 'push',
    job_id: '11',
    ref: 'v1.0.0',
    ref_type: 'tag',
    sha: 'd'.repeat(40),
    ci_config_ref_uri: 'gitlab.com/acme/skills//.gitlab-ci.yml@refs/tags/v1.0.0',
    ci_config_sha: 'd'.repeat(40),
    runner_environment: 'gitlab-hosted',
    runner_id: 5,
    project_visibility: 'public',
    ...more,
  };
}
