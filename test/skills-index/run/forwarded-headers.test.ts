import { describe, expect, it } from 'vitest';
import type { Allowed } from '../../../skills-index/run/egress-judge.ts';
import { headersToHost, headersToSandbox, isPacked, type ReadRequest } from '../../../skills-index/run/forwarded-headers.ts';

const decision: Allowed = {
  ...{ kind: 'allowed', scheme: 'https', host: 'api.crm.example', port: 443, path: '/v2/x', target: '/v2/x' },
  ...{ upgrades: false, expects: false, pinned: undefined, secrets: [] },
};
const sent = (more: Partial<ReadRequest>): Record<string, string> =>
  Object.fromEntries(
    headersToHost(
      { decision, method: 'POST', headers: [], held: Buffer.alloc(0), ended: true, ...more },
      () => 'value',
      new Date(0),
    ) ?? [],
  );

describe('headers to the host', () => {
  it.each([
    ['the port of the scheme left out', { decision: { ...decision, port: 443 } }, { Host: 'api.crm.example' }],
    ['any other port named', { decision: { ...decision, port: 8443 } }, { Host: 'api.crm.example:8443' }],
    ['the length of a whole body', { held: Buffer.from('ab') }, { 'Content-Length': '2' }],
    ['the length that was said, even of nothing', { headers: [['content-length', '0']] }, { 'Content-Length': '0' }],
    [
      'the length that was said of a body under way',
      { headers: [['content-length', '9']], ended: false },
      { 'Content-Length': '9' },
    ],
    ['chunks where nobody knows the length', { held: Buffer.from('ab'), ended: false }, { 'Transfer-Encoding': 'chunked' }],
    ['what a WebSocket needs', { decision: { ...decision, upgrades: true } }, { Connection: 'Upgrade', Upgrade: 'websocket' }],
  ] as [string, Partial<ReadRequest>, Record<string, string>][])('have %s', (_, more, expected) => {
    expect(sent(more)).toMatchObject(expected);
  });

  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'Proxy_Authorization',
    'TE',
    'Trailer',
    'HTTP2-Settings',
    'Sec-WebSocket-Extensions',
    'X-HTTP-Method-Override',
    'X_Original_URL',
  ])('have no %s', (name) => {
    expect(Object.keys(sent({ headers: [[name, 'x-odd']] })).sort()).toEqual(['Accept-Encoding', 'Connection', 'Host']);
  });

  it('have nothing that the connection named as its own', () => {
    const headers = [
      ['Connection', 'close, X-Hop'],
      ['X_Hop', '1'],
      ['X-Kept', '2'],
    ] as const;
    expect(Object.keys(sent({ headers })).sort()).toEqual(['Accept-Encoding', 'Connection', 'Host', 'X-Kept']);
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
      const names = (hides: boolean) => headersToHost(request, () => '', new Date(0), hides)?.map(([one]) => one);
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
      { name: 'CRM_TOKEN', placeholder: 'skillgate-secret-00', hosts: ['api.crm.example'], as: 'bearer' as const },
    ];
    const headers = [
      ['Range', 'bytes=0-1'],
      ['Authorization', 'Bearer skillgate-secret-00'],
    ] as const;
    expect(sent({ headers })).toHaveProperty('Range');
    expect(sent({ headers, decision: { ...decision, secrets } })).not.toHaveProperty('Range');
    expect(sent({ headers, decision: { ...decision, secrets } })).toMatchObject({ Authorization: 'Bearer value' });
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
