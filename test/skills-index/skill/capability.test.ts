import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unused } from '../../../skills-index/skill/authoring/unused-capabilities.ts';
import {
  type Capabilities,
  type Capability,
  capabilityDigest,
  covers,
  groupCapabilities,
  isEmpty,
  listCapabilities,
  minus,
  noCapabilities,
  printCapability,
  type SecretUse,
  union,
  withoutWhy,
} from '../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

const name = fc.constantFrom('A', 'B', 'C');
const host = fc.constantFrom('a.example', 'b.example', 'x.a.example', '*.a.example', '*');
const methods = fc.uniqueArray(fc.constantFrom('GET', 'POST', '*'), { minLength: 1 });
const mode = fc.constantFrom('ro' as const, 'rw' as const, 'cow' as const);
const url = fc
  .tuple(
    fc.constantFrom('https', 'http'),
    host,
    fc.constantFrom('', ':8443'),
    fc.constantFrom('/*', '/v2/*', '/v2/deals', '/v2'),
  )
  .map(([scheme, at, port, path]) => `${scheme}://${at}${port}${path}`);
/** What a manifest can say; mounts of a path are only observed and are no part of this order. */
const declared: fc.Arbitrary<Capability> = fc.oneof(
  name.map((one) => ({ kind: 'env', name: one }) as const),
  fc
    .tuple(
      name,
      fc.uniqueArray(host, { minLength: 1, maxLength: 3 }),
      fc.constantFrom<SecretUse>('bearer', 'basic'),
    )
    .map(([one, hosts, as]) => ({ kind: 'secret', name: one, hosts, as }) as const),
  fc
    .tuple(url, methods)
    .map(([one, list]) => ({ kind: 'egress', url: one, methods: list }) as const),
  fc
    .tuple(name, name, mode, fc.constantFrom({}, { files: 'arguments' } as const))
    .map(
      ([source, target, one, files]) =>
        ({ kind: 'mount', source, target: `/${target}`, mode: one, ...files }) as const,
    ),
  fc.constantFrom('git', 'sh', '*').map((program) => ({ kind: 'exec', program }) as const),
  fc
    .tuple(
      fc.constantFrom('python' as const, 'npm' as const),
      fc.constantFrom('six', 'docx', '*'),
      fc.constantFrom(
        { version: '*' },
        { version: 'house' },
        { version: '1.0', digest: digestOf('a') },
        { version: '1.0', digest: digestOf('b') },
        { version: '2.0', digest: digestOf('a') },
      ),
    )
    .map(([ecosystem, one, pin]) => ({ kind: 'package', ecosystem, name: one, ...pin }) as const),
);
const observed: fc.Arbitrary<Capability> = fc.oneof(
  declared,
  fc
    .tuple(fc.constantFrom('*', '/A/x', '/A/*', '/B', '/etc/passwd'), mode)
    .map(([path, one]) => ({ kind: 'mount', path, mode: one }) as const),
  fc
    .constantFrom('six', 'docx')
    .map((one) => ({ kind: 'package', ecosystem: 'python', name: one }) as const),
);
const some = fc.array(declared, { maxLength: 6 }).map(groupCapabilities);
const seen = fc.array(observed, { maxLength: 6 }).map(groupCapabilities);
const text = (grouped: Capabilities): string[] => listCapabilities(grouped).map(printCapability);

describe('covering', () => {
  it('is reflexive, and transitive among what a manifest can say', () => {
    fc.assert(fc.property(observed, (one) => covers(one, one)));
    fc.assert(
      fc.property(
        declared,
        declared,
        declared,
        (a, b, c) => !(covers(a, b) && covers(b, c)) || covers(a, c),
      ),
      { numRuns: 1_000 },
    );
  });

  it.each<[Capability, Capability, boolean]>([
    [
      { kind: 'secret', name: 'T', hosts: ['a.example'], as: 'bearer' },
      { kind: 'env', name: 'T' },
      true,
    ],
    [
      { kind: 'env', name: 'T' },
      { kind: 'secret', name: 'T', hosts: ['a.example'], as: 'bearer' },
      false,
    ],
    [{ kind: 'env', name: 'T' }, { kind: 'env', name: '*' }, false],
    [
      { kind: 'secret', name: 'T', hosts: ['a.example'], as: 'bearer' },
      { kind: 'secret', name: 'T', hosts: ['a.example'], as: 'basic' },
      false,
    ],
    [
      { kind: 'egress', url: 'https://a.example/*', methods: ['GET'] },
      { kind: 'egress', url: 'https://a.example/x', methods: ['GET'] },
      true,
    ],
    [
      { kind: 'egress', url: 'https://a.example/*', methods: ['GET'] },
      { kind: 'egress', url: 'https://a.example/x', methods: ['GET', 'POST'] },
      false,
    ],
    [
      { kind: 'egress', url: 'https://a.example/*', methods: ['GET'] },
      { kind: 'egress', url: 'https://a.example/x', methods: ['*'] },
      false,
    ],
    [
      { kind: 'egress', url: 'https://*/*', methods: ['GET'] },
      { kind: 'egress', url: 'https://*:8443/*', methods: ['GET'] },
      false,
    ],
    [
      { kind: 'egress', url: 'https://*/*', methods: ['*'] },
      { kind: 'egress', url: 'https://b.example/x', methods: ['POST'] },
      true,
    ],
    [{ kind: 'exec', program: 'git' }, { kind: 'env', name: 'git' }, false],
  ])('%j covers %j: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });

  const mount = (mode_: 'ro' | 'rw' | 'cow'): Capability => ({
    kind: 'mount',
    source: 'workspace:a',
    target: '/a',
    mode: mode_,
  });
  const path = (at: string, mode_: 'ro' | 'rw' = 'ro'): Capability => ({
    kind: 'mount',
    path: at,
    mode: mode_,
  });
  it.each<[Capability, Capability, boolean]>([
    [mount('rw'), mount('ro'), true],
    [mount('rw'), mount('cow'), true],
    [mount('cow'), mount('rw'), false],
    [mount('ro'), mount('rw'), false],
    [mount('ro'), path('/a'), true],
    [mount('ro'), path('/a/b'), true],
    [mount('ro'), path('/ab'), false],
    [mount('ro'), path('/a/../etc/passwd'), false],
    [mount('ro'), path('/a/..'), false],
    [mount('ro'), path('/a/b', 'rw'), false],
    [mount('cow'), path('/a/b', 'rw'), true],
    [mount('ro'), path('*'), true],
    [path('/a/*'), path('/a/b'), true],
    [path('/a/*'), path('/b'), false],
    [path('*'), path('/a/../b'), true],
    [path('*'), mount('ro'), false],
  ])('%j covers %j: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });
});

describe('the algebra', () => {
  it('takes away what is given, and nothing else', () => {
    fc.assert(
      fc.property(seen, seen, (taken, given) => {
        const rest = minus(taken, given);
        expect(text(taken)).toEqual(expect.arrayContaining(text(rest)));
        expect(isEmpty(minus(taken, taken))).toBe(true);
        expect(minus(taken, noCapabilities)).toEqual(taken);
        expect(isEmpty(minus(rest, rest))).toBe(true);
        for (const one of listCapabilities(rest))
          expect(listCapabilities(given).some((wide) => covers(wide, one))).toBe(false);
      }),
    );
  });

  it('joins so that both are covered', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const both = union(a, b);
        expect([isEmpty(minus(a, both)), isEmpty(minus(b, both))]).toEqual([true, true]);
        expect(union(b, a)).toEqual(both);
        expect(union(both, a)).toEqual(both);
      }),
    );
  });

  it('never grows by asking for more: giving more leaves less', () => {
    fc.assert(
      fc.property(some, some, some, (taken, given, more) =>
        text(minus(taken, union(given, more))).every((one) =>
          text(minus(taken, given)).includes(one),
        ),
      ),
    );
  });

  it('calls unused what covers nothing that was seen', () => {
    const asked = groupCapabilities([
      { kind: 'exec', program: 'git' },
      { kind: 'exec', program: 'jq' },
      { kind: 'exec', program: 'sed' },
      { kind: 'secret', name: 'T', hosts: ['a.example'], as: 'bearer' },
      { kind: 'secret', name: 'U', hosts: ['b.example'], as: 'bearer' },
    ]);
    const used = groupCapabilities([
      { kind: 'exec', program: 'git' },
      { kind: 'egress', url: 'https://a.example/x', methods: ['GET'] },
    ]);
    expect(text(unused(asked, used))).toEqual(['secret U as bearer to b.example', 'exec jq']);
  });
});

describe('one form', () => {
  it('has one digest, whatever the order, the repetitions and the words of the author', () => {
    fc.assert(
      fc.property(fc.array(declared, { maxLength: 6 }), fc.string(), (list, why) => {
        const turned = [...list].reverse().flatMap((one) => [one, { ...one, why }]);
        expect(capabilityDigest(groupCapabilities(turned))).toBe(
          capabilityDigest(groupCapabilities(list)),
        );
        expect(withoutWhy(groupCapabilities(turned))).toEqual(groupCapabilities(list));
      }),
    );
  });

  it('has another digest when anything else changes', () => {
    fc.assert(
      fc.property(
        some,
        some,
        (a, b) =>
          (capabilityDigest(a) === capabilityDigest(b)) ===
          (JSON.stringify(a) === JSON.stringify(b)),
      ),
    );
  });

  it('does not know the order of hosts and methods', () => {
    const [a, b] = [
      ['GET', 'POST'],
      ['POST', 'GET', 'GET'],
    ].map((list) =>
      capabilityDigest({
        ...noCapabilities,
        egress: [{ url: 'https://a.example/', methods: list }],
      }),
    );
    expect(a).toBe(b);
  });
});
