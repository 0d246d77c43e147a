/**
 * Fulcio, Rekor and a timestamp authority as one `fetch` over the tests' Sigstore: they check what
 * they are sent as the real ones do.
 */
import { createPublicKey, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { makeCertificate, transparencyOf } from '../skills-index/story-certificates.ts';
import {
  certifiedAt,
  claimedExtensions,
  type TestClaims,
  type TestSigstore,
} from '../skills-index/story-sigstore.ts';
import { folderWith } from './temporary-folder.ts';

export const urls = {
  fulcio: 'https://fulcio.example',
  rekor: 'https://rekor.example',
  timestamps: 'https://stamps.example/api/v1/timestamp',
} as const;

export interface SigningServices {
  readonly fetch: typeof globalThis.fetch;
  /** URL and init of every request to them. */
  readonly requests: { readonly url: string; readonly init: RequestInit | undefined }[];
}

/** An unsigned token: who checks its signature is Fulcio, and this one believes everybody. */
export function tokenOf(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}

/** A signing config in a file. */
export function signingConfigFile(more: object = {}): string {
  const path = join(folderWith(), 'signing_config.json');
  writeFileSync(path, JSON.stringify({ ...signingConfig, ...more }));
  return path;
}

const service = (url: string, majorApiVersion: number) => ({
  url,
  majorApiVersion,
  validFor: { start: '2026-01-01T00:00:00Z' },
  operator: 'example',
});

export const signingConfig = {
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [service(urls.fulcio, 1)],
  rekorTlogUrls: [service(urls.rekor, 2)],
  tsaUrls: [service(urls.timestamps, 1)],
  rekorTlogConfig: { selector: 'ANY' },
  tsaConfig: { selector: 'ANY' },
};

/** @param change what becomes of an answer: a service that lies */
export function signingServices(
  sigstore: TestSigstore,
  change: (url: string, response: Response) => Response | Promise<Response> = (_, response) =>
    response,
): SigningServices {
  const requests: SigningServices['requests'] = [];
  const answer = async (url: string, body: Buffer): Promise<Response> => {
    if (url === `${urls.fulcio}/api/v2/signingCert`)
      return certificateFor(sigstore, JSON.parse(body.toString()));
    if (url === `${urls.rekor}/api/v2/log/entries`)
      return entryFor(sigstore, JSON.parse(body.toString()));
    if (url === urls.timestamps) return stampFor(sigstore, body);
    return new Response('nobody', { status: 404 });
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = String(input);
    requests.push({ url, init });
    const body = Buffer.from(await new Response(init?.body as string | undefined).arrayBuffer());
    return change(url, await answer(url, body));
  };
  return { fetch, requests };
}

interface CertificateRequest {
  readonly credentials: { readonly oidcIdentityToken: string };
  readonly publicKeyRequest: {
    readonly publicKey: { readonly content: string };
    readonly proofOfPossession: string;
  };
}

function certificateFor(
  sigstore: TestSigstore,
  { credentials, publicKeyRequest }: CertificateRequest,
): Response {
  const claims = JSON.parse(
    Buffer.from(credentials.oidcIdentityToken.split('.')[1] ?? '', 'base64url').toString(),
  );
  const key = createPublicKey(publicKeyRequest.publicKey.content);
  const proof = Buffer.from(publicKeyRequest.proofOfPossession, 'base64');
  if (!verify('sha256', Buffer.from(claims.email ?? claims.sub), key, proof))
    return new Response('no proof', { status: 400 });
  const spki = key.export({ type: 'spki', format: 'der' });
  const certificate = makeCertificate({
    spki,
    issuer: sigstore.authority,
    from: certifiedAt,
    to: new Date(certifiedAt.getTime() + 600_000),
    transparency: transparencyOf(sigstore.transparency.privateKey, certifiedAt),
    extensions: claimedExtensions(certified(claims), spki, sigstore.authority),
  });
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  return Response.json({ signedCertificateEmbeddedSct: { chain: { certificates: [pem] } } });
}

/** What Fulcio puts into certificates for people and for GitHub. */
function certified(claims: Readonly<Record<string, string>>): TestClaims {
  const { iss = '', sub = '', email } = claims;
  const { repository_id, workflow_ref, job_workflow_ref, ref, environment, event_name } = claims;
  if (repository_id === undefined) return { issuer: iss, subject: email ?? sub };
  const rest = {
    repository: repository_id,
    buildConfig: `https://github.com/${workflow_ref}`,
    ref,
    environment,
    trigger: event_name,
  };
  const there = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { issuer: iss, subject: `https://github.com/${job_workflow_ref}`, ...there };
}

async function entryFor(
  sigstore: TestSigstore,
  { hashedRekordRequestV002 }: { hashedRekordRequestV002: { digest: string; signature: object } },
): Promise<Response> {
  const { digest, signature } = hashedRekordRequestV002;
  const spec = { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest }, signature } };
  const body = Buffer.from(canonicalJson({ apiVersion: '0.0.2', kind: 'hashedrekord', spec }));
  // As the real one: Protobuf's JSON, without what is zero.
  const { integratedTime: _, ...entry } = await sigstore.log(body);
  return Response.json(entry, { status: 201 });
}

function stampFor(sigstore: TestSigstore, request: Buffer): Response {
  // RFC 3161 §2.4.1 with SHA-256 and nothing else.
  if (request.byteLength !== 56 || request[1] !== 54)
    return new Response('malformed', { status: 400 });
  const at = new Date(certifiedAt.getTime() + 60_000);
  return new Response(new Uint8Array(sigstore.timestamps.stampDigest(request.subarray(-32), at)));
}
