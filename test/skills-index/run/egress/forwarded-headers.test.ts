import { describe, expect, it } from 'vitest';
import type { Allowed } from '../../../../skills-index/run/egress/egress-judge.ts';
import {
  droppedHeaders,
  headersToSandbox,
  isPacked,
  type ReadRequest,
  requestToHost,
} from '../../../../skills-index/run/egress/forwarded-headers.ts';

const decision: Allowed = {
  kind: 'allowed',
  scheme: 'https',
  host: 'api.crm.example',
  port: 443,
  path: '/v2/x',
  target: '/v2/x',
  upgrades: false,
  expects: false,
  pinned: undefined,
  secrets: [],
  inBody: [],
  forBody: [],
};
const sent = (more: Partial<ReadRequest>): Record<string, string> =>
  Object.fromEntries(
    requestToHost(
      { decision, method: 'POST', headers: [], held: Buffer.alloc(0), ended: true, ...more },
      () => 'value',
      new Date(0),
    )?.headers ?? [],
  );

describe('headers to the host', () => {
  it.each([
    [
      'the port of the scheme left out',
      { decision: { ...decision, port: 443 } },
      { Host: 'api.crm.example' },
    ],
    [
      'any other port named',
      { decision: { ...decision, port: 8443 } },
      { Host: 'api.crm.example:8443' },
    ],
    ['the length of a whole body', { held: Buffer.from('ab') }, { 'Content-Length': '2' }],
    [
      'the length that was said, even of nothing',
      { headers: [['content-length', '0']] },
      { 'Content-Length': '0' },
    ],
    [
      'the length that was said of a body under way',
      { headers: [['content-length', '9']], ended: false },
      { 'Content-Length': '9' },
    ],
    [
      'chunks where nobody knows the length',
      { held: Buffer.from('ab'), ended: false },
      { 'Transfer-Encoding': 'chunked' },
    ],
    [
      'what a WebSocket needs',
      { decision: { ...decision, upgrades: true } },
      { Connection: 'Upgrade', Upgrade: 'websocket' },
    ],
  ] as [string, Partial<ReadRequest>, Record<string, string>][])('have %s', (_, more, expected) => {
    expect(sent(more)).toMatchObject(expected);
  });

  // A blank for each header: names of the hop, and what servers take as another host, path, method,
  // client or user.
  const refused =
    `Connection Keep-Alive Proxy-Authorization Proxy_Authorization Proxy TE Trailer HTTP2-Settings
    Sec-WebSocket-Extensions A-IM Destination X-HTTP-Method-Override X.HTTP.Method.Override X-HTTP-Method X-Method-Override
    X_Original_URL X-Original-URI X-Rewrite-URL X-Override-URL X-MS-Original-URL X-Waws-Unencoded-Url X-Envoy-Original-Path
    X-HTTP-Path-Override X-Request-URI X-OriginalURL X-PathInfo X-Forwarded X-Forwarded-Host X-Forwarded-For X-Forwarded-Uri
    X-Forwarded-Path X-Forwarded-Prefix X-Forwarded-Method X-Forwarded-Server X-Forwarded-Client-Cert X!Forwarded~Host Forwarded
    X-Host X-Original-Host X-HTTP-Host-Override X-Real-Host X-Real-IP X-Client-IP Client-IP True-Client-IP CF-Connecting-IP
    X-Cluster-Client-IP Fastly-Client-IP X-Remote-User Remote-User Remote.User X-Remote-Group X-Remote-Addr X-Proxy-Remote-User
    Impersonate-User X-SSL-Client-Verify X-SSL-Cert SSL-Client-Cert X-Client-Cert X-Client-Verify X-ARR-ClientCert
    X-MS-Client-Principal-Name X-Amzn-Oidc-Identity X-Goog-Authenticated-User-Email X-WebAuth-User X-Auth-Request-User
    X-Sendfile-Type X-Accel-Mapping Remote-Groups Remote-Email Remote-Name X-Script-Name X-Scheme X-Vercel-Forwarded-For
    Z-Forwarded-For X-Forward-For X-Originating-IP X-Azure-ClientIP X-Appengine-User-Id OIDC_CLAIM_sub
    X-Authentik-Username X-Middleware-Subrequest Client-Cert Client-Cert-Chain X-TLS-Client-Subject Cf-Access-Authenticated-User-Email
    Cf-Access-Jwt-Assertion Tailscale-User-Login Tailscale-User-Name X-Auth-User X-User X-User-Id X-Username X-User-Email
    X-Authenticated-User-Id X-Consumer-Username X-Consumer-Custom-ID X-Anonymous-Consumer X-Credential-Identifier SM_USER SMUSER
    SM_UNIVERSALID iv-user Sudo X-Sudo es-security-runas-user X-Impersonated-User X-On-Behalf-Of X-Pomerium-Claim-Email`.split(
      /\s+/,
    );
  it.each(refused)('have no %s', (name) => {
    expect(Object.keys(sent({ headers: [[name, 'x-odd']] })).sort()).toEqual([
      'Accept-Encoding',
      'Connection',
      'Host',
    ]);
  });

  it('that are left out are named, for the log', () => {
    const headers = [
      ['X.Forwarded.Host', 'evil.example'],
      ['x-forwarded-host', 'evil.example'],
      ['Accept', '*/*'],
      ['Connection', 'close'],
    ] as const;
    expect(droppedHeaders({ decision, headers, method: 'GET' })).toEqual(['x-forwarded-host']);
  });

  const honest =
    `Accept X-RapidAPI-Host X-Callback-Url X-Webhook-Url Authorization Content-Type Content-Encoding Cookie Origin Referer User-Agent If-Match If-None-Match
    Idempotency-Key Prefer Depth Traceparent X-Api-Key X-Amz-Target X-Amz-Date X-Amz-Security-Token X-Amz-Content-Sha256
    X-Amz-Copy-Source X-Amz-Meta-Path X-Goog-Meta-Source-Url X-GitHub-Api-Version X-Request-Id X-Requested-With X-CSRF-Token
    X-XSRF-Token X-Auth-Token X-Auth-Key X-User-Agent CF-Access-Client-Secret X-Client-Info X-Act X-Issuer-Key X-Username-Hint SMS-Gateway X-Goog-User-Project X-Goog-Api-Key X-Shopify-Access-Token X-Upsert
    X-Stainless-Lang X-Upload-Content-Length X-Ms-Version X-Ms-Blob-Type X-Vault-Token X-Figma-Token Anthropic-Version
    Dropbox-API-Arg Notion-Version CF-Access-Client-Id SOAPAction Sec-WebSocket-Key GraphQL-Require-Preflight`.split(
      /\s+/,
    );
  it.each(honest)('have %s, as interfaces need it', (name) => {
    expect(sent({ headers: [[name, 'kept']] })).toMatchObject({ [name]: 'kept' });
  });

  it.each(['MOVE', 'COPY'])('have the destination of a %s that was granted', (method) => {
    const headers = [['Destination', 'https://api.crm.example/v2/y']] as const;
    expect(sent({ method, headers })).toHaveProperty('Destination');
    expect(sent({ method: 'PUT', headers })).not.toHaveProperty('Destination');
  });

  it('have the header that a secret is bound to, whatever its name', () => {
    const placeholder = 'skillgate-secret-00';
    const secrets = [
      { name: 'T', placeholder, hosts: ['api.crm.example'], as: 'header:X-Remote-User' as const },
    ];
    const headers = [['X-Remote-User', placeholder]] as const;
    expect(sent({ headers, decision: { ...decision, secrets } })).toMatchObject({
      'X-Remote-User': 'value',
    });
  });

  it('have nothing that the connection named as its own', () => {
    const headers = [
      ['Connection', 'close, X-Hop'],
      ['X_Hop', '1'],
      ['X-Kept', '2'],
    ] as const;
    expect(Object.keys(sent({ headers })).sort()).toEqual([
      'Accept-Encoding',
      'Connection',
      'Host',
      'X-Kept',
    ]);
  });

  it.each(['Range', 'If-Range', 'Request-Range', 'X-MS-Range', 'x_goog_copy_source_range'])(
    'have no %s in a run with secrets, whoever sends it: another request may have left one at the host',
    (name) => {
      const request: ReadRequest = {
        decision,
        method: 'GET',
        headers: [[name, 'bytes=0-20']],
        held: Buffer.alloc(0),
        ended: true,
      };
      const names = (hides: boolean) =>
        requestToHost(request, () => '', new Date(0), hides)?.headers.map(([one]) => one);
      expect(names(true)).not.toContain(name);
      expect(names(false)).toContain(name);
    },
  );

  it('of a part of an answer say that a value in it could not be seen', () => {
    expect(isPacked({ 'content-range': 'bytes 0-20/40' })).toBe(true);
    expect(isPacked({})).toBe(false);
  });

  it('ask for no part of an answer that could echo a secret', () => {
    const secrets = [
      {
        name: 'CRM_TOKEN',
        placeholder: 'skillgate-secret-00',
        hosts: ['api.crm.example'],
        as: 'bearer' as const,
      },
    ];
    const headers = [
      ['Range', 'bytes=0-1'],
      ['Authorization', 'Bearer skillgate-secret-00'],
    ] as const;
    expect(sent({ headers })).toHaveProperty('Range');
    expect(sent({ headers, decision: { ...decision, secrets } })).not.toHaveProperty('Range');
    expect(sent({ headers, decision: { ...decision, secrets } })).toMatchObject({
      Authorization: 'Bearer value',
    });
  });
});

describe('headers to the sandbox', () => {
  it('are those of the answer but for the hop’s', () => {
    const raw = [
      'Content-Type',
      'text/plain',
      'Connection',
      'close',
      'Transfer-Encoding',
      'chunked',
      'Set-Cookie',
      'a',
      'Set-Cookie',
      'b',
    ];
    expect(headersToSandbox(raw)).toEqual([
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'a'],
      ['Set-Cookie', 'b'],
    ]);
  });

  it.each([
    [{}, false],
    [{ 'content-encoding': 'identity' }, false],
    [{ 'transfer-encoding': 'Chunked' }, false],
    [{ 'content-encoding': 'gzip' }, true],
    [{ 'transfer-encoding': 'gzip, chunked' }, true],
  ])('%j: packed %s', (headers, expected) => {
    expect(isPacked(headers)).toBe(expected);
  });
});
