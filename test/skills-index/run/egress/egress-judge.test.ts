import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EgressRequest,
  type EgressRules,
  judgeConnect,
  judgeRequest,
  placeOfAddress,
  whyNotOutside,
} from '../../../../skills-index/run/egress/egress-judge.ts';

const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
const pinned = { 'api.crm.example': { address: '127.0.0.1', port: 4010 } };
const plain = { scheme: 'http', mode: 'intercept', reason: '' } as const;
const rules: EgressRules = {
  egress: [
    {
      ...plain,
      host: 'api.crm.example',
      port: 80,
      methods: ['GET', 'POST'],
      path: '/v2/*',
      pinned,
    },
    {
      ...plain,
      host: '*.files.example',
      port: 8080,
      methods: ['GET'],
      path: '/one',
      pinned: { 'a.files.example': { address: '127.0.0.1', port: 1 } },
    },
    {
      ...plain,
      host: 'open.example',
      port: 80,
      methods: ['GET'],
      path: '/*',
      pinned: { 'open.example': { address: '127.0.0.1', port: 2 } },
    },
  ],
  secrets: [{ name: 'CRM_TOKEN', placeholder, hosts: ['api.crm.example'], as: 'bearer' }],
};

const get = (
  target: string,
  more: Partial<EgressRequest> & { host?: string } = {},
): EgressRequest => ({
  method: 'GET',
  target,
  headers: [
    [
      'Host',
      more.host ?? (/^https?:\/\/(?:[^@/]*@)?([^/?#]*)/.exec(target)?.[1] || 'api.crm.example'),
    ],
  ],
  ...more,
});
const judged = (request: EgressRequest): string => {
  const decision = judgeRequest(request, rules);
  return decision.kind === 'allowed' ? 'allowed' : decision.why;
};

describe('a request to the proxy', () => {
  it.each([
    ['http://api.crm.example/v2/deals', 'allowed'],
    ['http://api.crm.example/v2/deals?page=2&x=%2e%2e', 'allowed'],
    ['http://API.crm.example/v2/', 'allowed'],
    ['http://api.crm.example:80/v2/a%20b%C3%A9', 'allowed'],
    ['http://a.files.example:8080/one', 'allowed'],
    ['http://a.files.example:8080/one/two', 'path-denied'],
    ['http://b.files.example:8080/one', 'host-denied'],
    ['http://files.example:8080/one', 'host-denied'],
    ['http://api.crm.example/v1/deals', 'path-denied'],
    ['http://api.crm.example/v2', 'path-denied'],
    ['http://api.crm.example/', 'path-denied'],
    ['http://api.crm.example', 'path-denied'],
    ['http://api.crm.example:8080/v2/x', 'port-denied'],
    ['http://stranger.example/v2/x', 'host-denied'],
    ['http://api.crm.example.stranger.example/v2/x', 'host-denied'],
    ['http://api.crm.example./v2/x', 'bad-host'],
    ['http://127.0.0.1/v2/x', 'bad-host'],
    ['http://2130706433/v2/x', 'bad-host'],
    ['http://0x7f.1/v2/x', 'bad-host'],
    ['http://[::1]/v2/x', 'bad-target'],
    ['http://localhost/v2/x', 'bad-host'],
    ['http://user@api.crm.example/v2/x', 'bad-target'],
    ['http://api.crm.example@stranger.example/v2/x', 'bad-target'],
    ['http://stranger.example\\@api.crm.example/v2/x', 'bad-target'],
    ['http://api.crm.example:0/v2/x', 'bad-target'],
    ['http://api.crm.example:99999/v2/x', 'bad-target'],
    ['https://api.crm.example/v2/x', 'bad-target'],
    ['ftp://api.crm.example/v2/x', 'bad-target'],
    ['/v2/x', 'bad-target'],
    ['*', 'bad-target'],
    ['http://api.crm.example/v2/x#y', 'bad-target'],
    ['http://api.crm.example/v2/ x', 'bad-target'],
    ['http://api.crm.example/v2/\u00e9', 'bad-target'],
    ['http://api.crm.example/v2/../v1', 'bad-path'],
    ['http://api.crm.example/v2/./x', 'bad-path'],
    ['http://api.crm.example/v2/..', 'bad-path'],
    ['http://api.crm.example/v2//x', 'bad-path'],
    ['http://api.crm.example/v2/%2e%2e/v1', 'bad-path'],
    ['http://api.crm.example/v2/%2E%2e/v1', 'bad-path'],
    ['http://api.crm.example/v2/..%2fv1', 'bad-path'],
    ['http://api.crm.example/v2/..%20/admin', 'bad-path'],
    ['http://api.crm.example/v2/%20../admin', 'bad-path'],
    ['http://api.crm.example/v2/.%20.', 'bad-path'],
    ['http://api.crm.example/v2/..%E2%80%8B/admin', 'bad-path'],
    ['http://api.crm.example/v2/.../admin', 'bad-path'],
    ['http://api.crm.example/v2/.well-known/a..b/...c/%20', 'allowed'],
    ['http://api.crm.example/v2/%252e', 'bad-path'],
    ['http://api.crm.example/v2/%5c..', 'bad-path'],
    ['http://api.crm.example/v2/\\..', 'bad-path'],
    ['http://api.crm.example/v2/..;/v1', 'bad-path'],
    ['http://api.crm.example/v2/%00', 'bad-path'],
    ['http://api.crm.example/v2/%zz', 'bad-path'],
    ['http://api.crm.example/v2/%4', 'bad-path'],
    ['http://api.crm.example/v2/%61', 'bad-path'],
    ['http://api.crm.example/v2/%C0%AE%C0%AE/v1', 'bad-path'],
    ['http://api.crm.example/v2/%EF%BC%8E%EF%BC%8E/v1', 'bad-path'],
    ['http://api.crm.example/v2/%C3%A9', 'allowed'],
    [`http://api.crm.example/v2/${'x'.repeat(9_000)}`, 'bad-target'],
  ])('%s is %s', (target, expected) => {
    expect(judged(get(target))).toBe(expected);
  });

  it.each([
    ['another host', [['Host', 'stranger.example']], 'host-mismatch'],
    ['no host', [], 'host-mismatch'],
    [
      'two hosts',
      [
        ['Host', 'api.crm.example'],
        ['host', 'api.crm.example'],
      ],
      'malformed',
    ],
    ['another port in the host', [['Host', 'api.crm.example:81']], 'host-mismatch'],
    [
      'length and coding',
      [
        ['Host', 'api.crm.example'],
        ['Content-Length', '3'],
        ['Transfer-Encoding', 'chunked'],
      ],
      'malformed',
    ],
    [
      'two lengths',
      [
        ['Host', 'api.crm.example'],
        ['Content-Length', '3'],
        ['Content-Length', '3'],
      ],
      'malformed',
    ],
    [
      'a length that is none',
      [
        ['Host', 'api.crm.example'],
        ['Content-Length', '+3'],
      ],
      'malformed',
    ],
    [
      'another coding',
      [
        ['Host', 'api.crm.example'],
        ['Transfer-Encoding', 'gzip, chunked'],
      ],
      'malformed',
    ],
    [
      'a line break in a value',
      [
        ['Host', 'api.crm.example'],
        ['X', 'a\r\nb'],
      ],
      'malformed',
    ],
    [
      'a space in a name',
      [
        ['Host', 'api.crm.example'],
        ['X ', 'a'],
      ],
      'malformed',
    ],
    [
      'an upgrade',
      [
        ['Host', 'api.crm.example'],
        ['Upgrade', 'websocket'],
      ],
      'upgrade-denied',
    ],
  ] as const)('with %s is refused', (_, headers, expected) => {
    expect(judged(get('http://api.crm.example/v2/x', { headers }))).toBe(expected);
  });

  it.each([['HEAD'], ['PUT'], ['DELETE'], ['TRACE'], ['CONNECT']])(
    'by %s is refused where it is not listed',
    (method) => {
      expect(judged(get('http://api.crm.example/v2/x', { method }))).toBe('method-denied');
    },
  );

  it('inside a tunnel is judged by the tunnel’s host and its own path', () => {
    const tunnel = { scheme: 'http', host: 'api.crm.example', port: 80 } as const;
    expect(judged(get('/v2/x', { tunnel }))).toBe('allowed');
    expect(judged(get('/v1/x', { tunnel }))).toBe('path-denied');
    expect(judged(get('/v2/x', { tunnel, host: 'open.example' }))).toBe('host-mismatch');
    expect(judged(get('http://open.example/', { tunnel, host: 'api.crm.example' }))).toBe(
      'bad-target',
    );
  });
});

describe('a placeholder', () => {
  const at = (name: string, value: string, host = 'api.crm.example') =>
    judged(
      get(`http://${host}/v2/x`, {
        headers: [
          ['Host', host],
          [name, value],
        ],
      }),
    );

  it.each([
    ['authorization', `Bearer ${placeholder}`, 'api.crm.example', 'allowed'],
    ['Authorization', `bearer ${placeholder}`, 'api.crm.example', 'allowed'],
    ['authorization', `Bearer ${placeholder}x`, 'api.crm.example', 'secret-unbound'],
    [
      'authorization',
      `Basic ${Buffer.from(`u:${placeholder}`).toString('base64')}`,
      'api.crm.example',
      'secret-unbound',
    ],
    ['authorization', `Bearer ${placeholder}`, 'open.example', 'secret-unbound'],
    ['x-token', placeholder, 'api.crm.example', 'secret-unbound'],
    ['cookie', `t=${placeholder}`, 'api.crm.example', 'secret-unbound'],
    ['cookie', `t=${placeholder.replaceAll('-', '%2D')}`, 'api.crm.example', 'secret-unbound'],
    [placeholder, 'x', 'api.crm.example', 'secret-unbound'],
  ])('in %s: %s at %s is %s', (name, value, host, expected) => {
    expect(at(name, value, host)).toBe(expected);
  });

  it.each([
    `http://api.crm.example/v2/${placeholder}`,
    `http://api.crm.example/v2/x?t=${placeholder}`,
    `http://api.crm.example/v2/x?t=${placeholder.replaceAll('s', '%73')}`,
  ])('in the address %s is refused', (target) => {
    expect(judged(get(target))).toBe('secret-unbound');
  });

  it.each([
    ['/v2/x', 'allowed'],
    ['/v2/xy', 'secret-unbound'],
    ['/v2/other/x', 'secret-unbound'],
  ])('at %s, where it is bound to one path of the host, is %s', (path, expected) => {
    const secrets = rules.secrets.map((one) => ({ ...one, places: ['api.crm.example/v2/x'] }));
    const request = get(`http://api.crm.example${path}`);
    const headers: EgressRequest['headers'] = [
      ...request.headers,
      ['Authorization', `Bearer ${placeholder}`],
    ];
    const decision = judgeRequest({ ...request, headers }, { ...rules, secrets });
    expect(decision.kind === 'allowed' ? 'allowed' : decision.why).toBe(expected);
    expect(judgeRequest(request, { ...rules, secrets }).kind).toBe('allowed');
  });

  it.each([
    ['POST', ['POST'], 'allowed'],
    ['GET', ['POST'], 'secret-unbound'],
    ['GET', undefined, 'allowed'],
  ])('with %s where it is bound to %j is %s', (method, methods, expected) => {
    const secrets = rules.secrets.map((one) => ({
      ...one,
      ...(methods === undefined ? {} : { methods }),
    }));
    const request = get('http://api.crm.example/v2/x', { method });
    const headers: EgressRequest['headers'] = [
      ...request.headers,
      ['Authorization', `Bearer ${placeholder}`],
    ];
    const decision = judgeRequest({ ...request, headers }, { ...rules, secrets });
    expect(decision.kind === 'denied' ? decision.why : decision.kind).toBe(expected);
    // Without the secret, the method is the rule's alone.
    expect(judgeRequest(request, { ...rules, secrets }).kind).toBe('allowed');
  });
});

describe('a tunnel', () => {
  it.each([
    ['api.crm.example:80', 'allowed'],
    ['API.crm.example:80', 'allowed'],
    ['api.crm.example:443', 'port-denied'],
    ['stranger.example:80', 'host-denied'],
    ['b.files.example:8080', 'host-denied'],
    ['127.0.0.1:80', 'bad-host'],
    ['localhost:80', 'bad-host'],
    ['[::1]:80', 'bad-target'],
    ['api.crm.example', 'bad-target'],
    ['user@api.crm.example:80', 'bad-target'],
    ['http://api.crm.example:80', 'bad-target'],
  ])('to %s is %s', (target, expected) => {
    const decision = judgeConnect(target, rules);
    expect(decision.kind === 'denied' ? decision.why : 'allowed').toBe(expected);
  });
});

describe('https', () => {
  const secure: EgressRules = {
    secrets: [],
    egress: [
      {
        ...plain,
        scheme: 'https',
        host: '*.crm.example',
        port: 443,
        methods: ['GET'],
        path: '/v2/*',
        pinned: {},
      },
      {
        ...plain,
        scheme: 'https',
        mode: 'tunnel',
        host: 'bank.crm.example',
        port: 443,
        methods: ['GET'],
        path: '/*',
        pinned: {},
      },
      { ...plain, host: 'api.crm.example', port: 80, methods: ['GET'], path: '/plain', pinned },
    ],
  };
  const inside = (
    target: string,
    more: Partial<EgressRequest> & { host?: string } = {},
  ): string => {
    const tunnel = { scheme: 'https', host: more.host ?? 'api.crm.example', port: 443 } as const;
    const decision = judgeRequest(get(target, { tunnel, ...more }), secure);
    return decision.kind === 'allowed' ? 'allowed' : decision.why;
  };

  it.each([
    ['api.crm.example:443', 'https intercept'],
    ['any.crm.example:443', 'https intercept'],
    ['bank.crm.example:443', 'https tunnel'],
    ['api.crm.example:80', 'http intercept'],
    ['any.crm.example:80', 'port-denied'],
    ['crm.example:443', 'host-denied'],
  ])('a CONNECT to %s is %s', (target, expected) => {
    const decision = judgeConnect(target, secure);
    expect(decision.kind === 'denied' ? decision.why : `${decision.scheme} ${decision.mode}`).toBe(
      expected,
    );
  });

  it.each([
    ['/v2/x', {}, 'allowed'],
    ['/v2/x', { headers: [['Host', 'api.crm.example:443']] }, 'allowed'],
    ['/v2/x', { headers: [['Host', 'api.crm.example:80']] }, 'host-mismatch'],
    ['/plain', {}, 'path-denied'],
    ['/v2/x', { host: 'bank.crm.example' }, 'allowed'],
    ['/v1/x', { host: 'bank.crm.example' }, 'path-denied'],
  ] as const)('inside TLS %s %j is %s', (target, more, expected) => {
    expect(inside(target, more)).toBe(expected);
  });

  it('is never reached in the clear, nor the clear by TLS', () => {
    expect(judgeRequest(get('http://api.crm.example/v2/x'), secure)).toMatchObject({
      why: 'path-denied',
    });
    const tunnel = { scheme: 'http', host: 'api.crm.example', port: 443 } as const;
    expect(
      judgeRequest(get('/v2/x', { tunnel, host: 'api.crm.example:443' }), secure),
    ).toMatchObject({ kind: 'denied' });
  });
});

describe('any request', () => {
  const piece = fc.constantFrom(
    'http://',
    'api.crm.example',
    'open.example',
    'stranger.example',
    '/',
    'v2',
    'v1',
    '..',
    '.',
    '%2e',
    '%2F',
    '@',
    ':80',
    ':',
    '?',
    '#',
    '\\',
    ';',
    ' ',
    'x',
    '%',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
  );

  it('that is allowed goes to a pinned name, below the path, in one reading', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('GET', 'POST', 'PUT'), (target, host, method) => {
        const decision = judgeRequest({ method, target, headers: [['Host', host]] }, rules);
        if (decision.kind !== 'allowed') return;
        const read = new URL(target);
        expect(read.hostname).toBe(decision.host);
        expect(read.pathname).toBe(decision.path);
        expect(decision.host === 'open.example' || decision.path.startsWith('/v2/')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  [['9.9.9.9', '2620:fe::fe'], undefined],
  // A host often trusts whoever comes from its own public address.
  [['9.9.9.9', '8.8.8.8'], 'address-denied'],
  [['9.9.9.9', '10.0.0.1'], 'address-denied'],
  [[], 'address-denied'],
])('a run may connect to %j, where this host is 8.8.8.8: %s', (addresses, why) => {
  expect(whyNotOutside(addresses, ['8.8.8.8', '127.0.0.1'])).toBe(why);
});

describe('where an agent may ask a person', () => {
  const pin = { address: '10.0.0.5', port: 8443 };
  const asking: EgressRules = {
    ...rules,
    egress: rules.egress.map((one) => ({ ...one, scheme: 'https', port: 443 })),
    asks: { ...pinned, 'in.example': pin },
  };
  const judge = (host: string, path: string, more: [string, string][] = [], given = asking) => {
    const tunnel = { scheme: 'https', host, port: 443 } as const;
    const headers: [string, string][] = [['Host', host], ...more];
    return judgeRequest({ method: 'GET', target: path, headers, tunnel }, given);
  };
  it.each<[string, string, [string, string][], unknown]>([
    ['api.crm.example', '/v2/x', [['Skillgate-Ask', 'why']], undefined],
    ['api.crm.example', '/v3', [], { why: 'path-denied', asks: '' }],
    ['other.example', '/a', [['Skillgate-Ask', 'why']], { why: 'host-denied', asks: 'why' }],
    ['in.example', '/a', [], { why: 'host-denied', asks: '' }],
  ])('%s%s %j is the person’s to allow: %j', (host, path, more, undeclared) => {
    const decision = judge(host, path, more);
    expect(decision).toMatchObject({ kind: 'allowed' });
    expect(decision).toHaveProperty('pinned', host === 'in.example' ? pin : pinned[host as never]);
    expect((decision as { undeclared?: unknown }).undeclared).toEqual(undeclared);
  });
  it.each<[string, ReturnType<typeof judge>]>([
    [
      'malformed',
      judge('other.example', '/a', [
        ['Skillgate-Ask', 'a'],
        ['skillgate_ask', 'b'],
      ]),
    ],
    ['bad-path', judge('other.example', '/a/../b', [['Skillgate-Ask', 'a']])],
    ['bad-host', judge('10.0.0.1', '/a', [['Skillgate-Ask', 'a']])],
    ['secret-unbound', judge('other.example', '/a', [['Authorization', `Bearer ${placeholder}`]])],
    ['host-denied', judge('other.example', '/a', [['Skillgate-Ask', 'a']], rules)],
    [
      'host-denied',
      judgeRequest(
        get('http://other.example/a', {
          headers: [
            ['Host', 'other.example'],
            ['Skillgate-Ask', 'a'],
          ],
        }),
        asking,
      ),
    ],
  ])('%s stays denied', (why, decision) => {
    expect(decision).toMatchObject({ kind: 'denied', why });
  });
  it('opens the connection to see the request, and tunnels nothing', () => {
    expect(judgeConnect('other.example:443', asking)).toMatchObject({ mode: 'intercept' });
    expect(judgeConnect('other.example:443', rules)).toMatchObject({ why: 'host-denied' });
  });
});

describe('a secret that is an address', () => {
  const rule = { ...plain, scheme: 'https', port: 443, methods: ['POST'], pinned: {} } as const;
  const egress = [
    { ...rule, host: 'hooks.chat.example', path: '/*' },
    { ...rule, host: 'hooks.chat.example', path: '/services/*' },
    { ...rule, host: 'hooks.chat.example', path: '/closed' },
    { ...rule, host: '*.flow.example', path: '/w/*', port: 8443 },
  ];
  const hosts = ['hooks.chat.example', 'a.flow.example'];
  it.each<[string, string?, string?]>([
    [
      'https://hooks.chat.example/services/T0/B0/x',
      'https://hooks.chat.example/services/',
      'T0/B0/x',
    ],
    [
      'https://hooks.chat.example/x?sig=a%2Fb&v=1',
      'https://hooks.chat.example/',
      'x?sig=a%2Fb&v=1',
    ],
    ['https://hooks.chat.example:443/x', 'https://hooks.chat.example:443/', 'x'],
    ['https://a.flow.example:8443/w/1?s=2', 'https://a.flow.example:8443/w/', '1?s=2'],
    ['https://a.flow.example/w/1'],
    ['https://a.flow.example:8443/other/1'],
    ['https://b.flow.example:8443/w/1'],
    ['http://hooks.chat.example/services/T0'],
    ['https://hooks.chat.example/'],
    ['https://hooks.chat.example/services/../x'],
    ['https://hooks.chat.example/services/%2e%2e/x'],
    ['https://hooks.chat.example/services/T0#x'],
    ['https://user@hooks.chat.example/services/T0'],
    ['https://hooks.chat.example/services/T0?a b'],
    ['not an address'],
  ])('%s', (address, prefix, value) => {
    const place = placeOfAddress(address, hosts, egress);
    expect([place?.prefix, place?.value]).toEqual([prefix, value]);
    if (place !== undefined) expect(place.hosts).toEqual([new URL(address).hostname]);
  });
});
