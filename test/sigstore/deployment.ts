/**
 * A whole Sigstore on loopback: issuer, certificate log, Fulcio, rekor-tiles and a timestamp
 * authority, with its trusted root and signing config.
 */
import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../free-port.ts';
import { startCertificateLog } from './certificate-log.ts';
import { type OidcIssuer, startOidcIssuer } from './oidc-issuer.ts';
import type { Programs } from './programs.ts';
import { makeServices } from './services.ts';

export interface Deployment {
  readonly issuer: OidcIssuer;
  /** trusted_root.json: all that verifiers know. */
  readonly trustedRootPath: string;
  readonly trustedRoot: TrustedRoot;
  /** signing_config.json: all that signers know. */
  readonly signingConfigPath: string;
  stop(): Promise<void>;
}

/** The parts of Sigstore's `trustedroot+json;version=0.1` that we write. */
export interface TrustedRoot {
  readonly mediaType: string;
  readonly tlogs: readonly object[];
  readonly certificateAuthorities: readonly object[];
  readonly ctlogs: readonly object[];
  readonly timestampAuthorities: readonly object[];
}

const rekorHost = 'rekor.local';
/** Bundles of the past stay valid: everything is trusted from a day before the job. */
const validFor = { start: new Date(Date.now() - 86_400_000).toISOString() };

export async function startDeployment(folder: string, programs: Programs): Promise<Deployment> {
  const services = makeServices(folder);
  const issuer = await startOidcIssuer(await freePort());
  const certificateLog = await startCertificateLog(await freePort());
  const stop = async (): Promise<void> => {
    await services.stop();
    issuer.stop();
    certificateLog.stop();
  };
  try {
    const fulcio = await startFulcio(folder, programs, issuer, certificateLog);
    const rekor = await startRekor(folder, programs);
    const timestamps = await startTimestamps(programs);
    const trustedRoot = {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [rekor.trusted],
      certificateAuthorities: [await fulcioTrust(fulcio)],
      ctlogs: [certificateLogTrust(certificateLog.url, certificateLog.publicKey)],
      timestampAuthorities: [await timestampTrust(timestamps)],
    };
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('trusted_root.json'), JSON.stringify(trustedRoot));
    writeFileSync(
      at('signing_config.json'),
      JSON.stringify(signingConfig({ fulcio, rekor: rekor.url, timestamps })),
    );
    return {
      issuer,
      trustedRoot,
      trustedRootPath: at('trusted_root.json'),
      signingConfigPath: at('signing_config.json'),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }

  async function startFulcio(
    folder: string,
    { fulcio }: Programs,
    { urlOf }: OidcIssuer,
    log: { readonly url: string; readonly publicKey: Buffer },
  ): Promise<string> {
    const port = await freePort();
    const grpc = await freePort();
    const metrics = await freePort();
    const pem = createPublicKey({ key: log.publicKey, format: 'der', type: 'spki' }).export({
      type: 'spki',
      format: 'pem',
    });
    writeFileSync(join(folder, 'ct.pem'), pem);
    // Not JSON, which is YAML too: Fulcio takes it for its own older form.
    writeFileSync(join(folder, 'fulcio.yaml'), stringify(fulcioConfig(urlOf)));
    const options = {
      ca: 'ephemeralca',
      'ct-log-url': log.url,
      'ct-log-public-key-path': join(folder, 'ct.pem'),
      'config-path': join(folder, 'fulcio.yaml'),
      host: '127.0.0.1',
      port,
      'grpc-host': '127.0.0.1',
      'grpc-port': grpc,
      'metrics-port': metrics,
      'legacy-unix-domain-socket': join(folder, 'fulcio.sock'),
    };
    const url = `http://127.0.0.1:${port}`;
    await services.start(
      'fulcio',
      [fulcio, 'serve', ...argvOf(options)],
      `${url}/api/v2/trustBundle`,
    );
    return url;
  }

  async function startRekor(
    folder: string,
    { posix }: Programs,
  ): Promise<{ url: string; trusted: object }> {
    const port = await freePort();
    const grpc = await freePort();
    const metrics = await freePort();
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder, 'rekor.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    mkdirSync(join(folder, 'tiles'));
    const options = {
      'http-address': '127.0.0.1',
      'http-port': port,
      'grpc-address': '127.0.0.1',
      'grpc-port': grpc,
      'http-metrics-port': metrics,
      hostname: rekorHost,
      'storage-dir': join(folder, 'tiles'),
      'signer-filepath': join(folder, 'rekor.pem'),
      'checkpoint-interval': '1s',
      'batch-max-age': '100ms',
    };
    const url = `http://127.0.0.1:${port}`;
    await services.start('rekor-tiles', [posix, 'serve', ...argvOf(options)], `${url}/healthz`);
    return { url, trusted: logTrust(rekorHost, publicKey.export({ type: 'spki', format: 'der' })) };
  }

  async function startTimestamps({ timestampServer }: Programs): Promise<string> {
    const port = await freePort();
    const options = { host: '127.0.0.1', port, 'timestamp-signer': 'memory' };
    const argv = [
      timestampServer,
      'serve',
      ...argvOf(options),
      '--disable-ntp-monitoring',
    ] as const;
    await services.start(
      'timestamp-server',
      [...argv],
      `http://127.0.0.1:${port}/api/v1/timestamp/certchain`,
    );
    return `http://127.0.0.1:${port}`;
  }
}

/** A transparency log for a trusted root: its key is Ed25519, its name a bare host. */
export function logTrust(host: string, spki: Buffer): object {
  const keyId = createHash('sha256')
    .update(`${host}\n\u0001`)
    .update(spki.subarray(-32))
    .digest('base64');
  return {
    baseUrl: `https://${host}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: spki.toString('base64'), keyDetails: 'PKIX_ED25519', validFor },
    logId: { keyId },
  };
}

function certificateLogTrust(baseUrl: string, spki: Buffer): object {
  const keyId = createHash('sha256').update(spki).digest('base64');
  const publicKey = {
    rawBytes: spki.toString('base64'),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor,
  };
  return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId } };
}

async function fulcioTrust(uri: string): Promise<object> {
  const answer = (await (await fetch(`${uri}/api/v2/trustBundle`)).json()) as {
    chains: { certificates: string[] }[];
  };
  return {
    subject: { organization: 'loopback', commonName: 'fulcio' },
    uri,
    certChain: chainOf(answer.chains[0]?.certificates ?? []),
    validFor,
  };
}

async function timestampTrust(uri: string): Promise<object> {
  const text = await (await fetch(`${uri}/api/v1/timestamp/certchain`)).text();
  const pems = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return {
    subject: { organization: 'loopback', commonName: 'tsa' },
    uri,
    certChain: chainOf(pems),
    validFor,
  };
}

function chainOf(pems: readonly string[]): object {
  return {
    certificates: pems.map((pem) => ({
      rawBytes: new X509Certificate(pem).raw.toString('base64'),
    })),
  };
}

function signingConfig({
  fulcio,
  rekor,
  timestamps,
}: {
  fulcio: string;
  rekor: string;
  timestamps: string;
}): object {
  const service = (url: string, majorApiVersion: number) => ({
    url,
    majorApiVersion,
    validFor,
    operator: 'loopback',
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [service(fulcio, 1)],
    rekorTlogUrls: [service(rekor, 2)],
    tsaUrls: [service(`${timestamps}/api/v1/timestamp`, 1)],
    rekorTlogConfig: { selector: 'ANY' },
    tsaConfig: { selector: 'ANY' },
  };
}

/**
 * The issuers, with the extensions that Fulcio's public deployment gives GitHub and GitLab (its
 * config/identity/config.yaml, 1.8.8).
 */
function fulcioConfig(urlOf: OidcIssuer['urlOf']): object {
  const issuer = (kind: Parameters<typeof urlOf>[0], more: object) => [
    urlOf(kind),
    { 'issuer-url': urlOf(kind), 'client-id': 'sigstore', ...more },
  ];
  const ci = (provider: string) => ({ type: 'ci-provider', 'ci-provider': provider });
  return {
    'oidc-issuers': Object.fromEntries([
      issuer('people', { type: 'email' }),
      issuer('github', ci('github-workflow')),
      issuer('gitlab', ci('gitlab-pipeline')),
    ]),
    'ci-issuer-metadata': { 'github-workflow': githubMetadata, 'gitlab-pipeline': gitlabMetadata },
  };
}

const githubMetadata = {
  'default-template-values': { url: 'https://github.com', environment: '' },
  'extension-templates': {
    'github-workflow-trigger': 'event_name',
    'github-workflow-sha': 'sha',
    'github-workflow-name': 'workflow',
    'github-workflow-repository': 'repository',
    'github-workflow-ref': 'ref',
    'build-signer-uri': '{{ .url }}/{{ .job_workflow_ref }}',
    'build-signer-digest': 'job_workflow_sha',
    'runner-environment': 'runner_environment',
    'source-repository-uri': '{{ .url }}/{{ .repository }}',
    'source-repository-digest': 'sha',
    'source-repository-ref': 'ref',
    'source-repository-identifier': 'repository_id',
    'source-repository-owner-uri': '{{ .url }}/{{ .repository_owner }}',
    'source-repository-owner-identifier': 'repository_owner_id',
    'build-config-uri': '{{ .url }}/{{ .workflow_ref }}',
    'build-config-digest': 'workflow_sha',
    'build-trigger': 'event_name',
    'run-invocation-uri':
      '{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}',
    'source-repository-visibility-at-signing': 'repository_visibility',
    'deployment-environment': 'environment',
  },
  'subject-alternative-name-template': '{{ .url }}/{{ .job_workflow_ref }}',
};

const gitlabMetadata = {
  'default-template-values': { url: 'https://gitlab.com', environment: '' },
  'extension-templates': {
    'build-signer-uri': 'https://{{ .ci_config_ref_uri }}',
    'build-signer-digest': 'ci_config_sha',
    'runner-environment': 'runner_environment',
    'source-repository-uri': '{{ .url }}/{{ .project_path }}',
    'source-repository-digest': 'sha',
    'source-repository-ref':
      'refs/{{if eq .ref_type "branch"}}heads/{{ else }}tags/{{end}}{{ .ref }}',
    'source-repository-identifier': 'project_id',
    'source-repository-owner-uri': '{{ .url }}/{{ .namespace_path }}',
    'source-repository-owner-identifier': 'namespace_id',
    'build-config-uri': 'https://{{ .ci_config_ref_uri }}',
    'build-config-digest': 'ci_config_sha',
    'build-trigger': 'pipeline_source',
    'run-invocation-uri': '{{ .url }}/{{ .project_path }}/-/jobs/{{ .job_id }}',
    'source-repository-visibility-at-signing': 'project_visibility',
    'deployment-environment': 'environment',
  },
  'subject-alternative-name-template': 'https://{{ .ci_config_ref_uri }}',
};

function argvOf(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}
