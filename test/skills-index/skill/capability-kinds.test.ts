import { describe, expect, it } from 'vitest';
import {
  type Capability,
  covers,
  printCapability,
} from '../../../skills-index/skill/capability.ts';

describe('kinds', () => {
  const secret = { kind: 'secret', name: 'N', hosts: ['a.example'], as: 'bearer' } as const;
  const ofEach: readonly Capability[] = [
    { kind: 'env', name: 'N' },
    { kind: 'env', name: '*' },
    secret,
    { kind: 'egress', url: 'https://*/*', methods: ['*'] },
    { kind: 'mount', source: 'workspace:N', target: '/N', mode: 'rw' },
    { kind: 'mount', path: '*', mode: 'rw' },
    { kind: 'exec', program: 'N' },
    { kind: 'exec', program: '*' },
  ];

  it('cover nothing of another kind, but a secret the variable of its name', () => {
    for (const wide of ofEach) {
      for (const narrow of ofEach.filter(({ kind }) => kind !== wide.kind)) {
        const sameName = wide.kind === 'secret' && narrow.kind === 'env' && narrow.name === 'N';
        expect([printCapability(wide), printCapability(narrow), covers(wide, narrow)]).toEqual([
          printCapability(wide),
          printCapability(narrow),
          sameName,
        ]);
      }
    }
  });

  it('cover what has their name, or any where they say so', () => {
    expect(covers({ kind: 'env', name: '*' }, { kind: 'env', name: 'M' })).toBe(true);
    expect(covers({ kind: 'env', name: 'N' }, { kind: 'env', name: 'M' })).toBe(false);
    expect(covers({ kind: 'exec', program: '*' }, { kind: 'exec', program: 'M' })).toBe(true);
    expect(covers({ kind: 'exec', program: 'N' }, { kind: 'exec', program: 'M' })).toBe(false);
    expect(covers(secret, secret)).toBe(true);
    expect(covers(secret, { ...secret, name: 'M' })).toBe(false);
    expect(covers({ ...secret, name: '*' }, secret)).toBe(false);
    expect(covers(secret, { ...secret, hosts: ['a.example', 'b.example'] })).toBe(false);
    expect(covers(secret, { kind: 'env', name: 'M' })).toBe(false);
  });

  it('are printed with all that they name', () => {
    const mount = (rest: object): string => printCapability({ kind: 'mount', mode: 'ro', ...rest });
    expect(mount({ source: 'workspace:a', target: '/a' })).toBe('mount ro workspace:a at /a');
    expect(mount({ path: '/a/*' })).toBe('mount ro /a/*');
    expect(mount({ source: 'workspace:a', target: '/a', path: '/b' })).toBe(
      'mount ro workspace:a at /a, path /b',
    );
    expect(mount({ source: 'workspace:a' })).toBe('mount ro workspace:a at undefined');
    expect(mount({ target: '/a' })).toBe('mount ro undefined at /a');
    expect(
      printCapability({ kind: 'egress', url: 'https://a.example/*', methods: ['GET', 'POST'] }),
    ).toBe('egress GET,POST https://a.example/*');
  });
});
