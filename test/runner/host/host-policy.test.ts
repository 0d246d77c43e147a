import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { whyNotMountable } from '../../../runner/host/host.ts';
import { readHostPolicy } from '../../../runner/host/host-policy.ts';
import { emptyHostPolicy, parseHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';

const parse = (value: unknown) =>
  parseHostPolicy(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

describe('host policy', () => {
  it('pins names to addresses and binds workspaces to folders', () => {
    expect(
      parse({
        hosts: { 'api.crm.example': '127.0.0.1:4010', 'six.example': '[::1]:80' },
        workspaces: { reports: '/srv/reports' },
        ownLocks: ['reports'],
        env: { TZ: 'UTC' },
        tunnels: ['bank.example:443'],
        authorities: ['/etc/acme/ca.pem'],
        egress: { requestsPerMinute: 60 },
        require: ['seccomp'],
        plain: false,
        statusGraceHours: 12,
        obeyed: ['deploy.conf'],
      }),
    ).toEqual({
      ...emptyHostPolicy,
      hosts: {
        'api.crm.example': { address: '127.0.0.1', port: 4010 },
        'six.example': { address: '::1', port: 80 },
      },
      workspaces: { reports: '/srv/reports' },
      ownLocks: ['reports'],
      env: { TZ: 'UTC' },
      tunnels: ['bank.example:443'],
      authorities: ['/etc/acme/ca.pem'],
      egress: { requestsPerMinute: 60 },
      require: ['seccomp'],
      plain: false,
      statusGraceHours: 12,
      obeyed: ['deploy.conf'],
    });
    expect(parse({})).toEqual(emptyHostPolicy);
  });

  it.each([
    ['an unknown key', { host: {} }, 'host'],
    ['an address without a port', { hosts: { 'a.example': '127.0.0.1' } }, 'IP:PORT'],
    ['a name for an address', { hosts: { 'a.example': 'localhost:80' } }, 'IP:PORT'],
    ['a port that is none', { hosts: { 'a.example': '127.0.0.1:70000' } }, 'IP:PORT'],
    ['localhost as a name', { hosts: { localhost: '127.0.0.1:80' } }, 'DNS name'],
    ['a pattern as a name', { hosts: { '*.a.example': '127.0.0.1:80' } }, 'DNS name'],
    ['a tunnel without a port', { tunnels: ['a.example'] }, 'name:port'],
    ['a tunnel to a pattern', { tunnels: ['*.a.example:443'] }, 'name:port'],
    ['a tunnel to an address', { tunnels: ['127.0.0.1:443'] }, 'name:port'],
    ['a tunnel to no port', { tunnels: ['a.example:0'] }, 'name:port'],
    ['an authority by a relative path', { authorities: ['ca.pem'] }, 'absolute'],
    ['no requests', { egress: { requestsPerMinute: 0 } }, 'requestsPerMinute'],
    ['an unknown cap', { egress: { requests: 1 } }, 'requests'],
    ['a relative folder', { workspaces: { reports: 'reports' } }, 'absolute'],
    [
      'own locks for a workspace that is not there',
      { workspaces: { reports: '/srv' }, ownLocks: ['report'] },
      'ownLocks names report',
    ],
    ['a folder with dots', { workspaces: { reports: '/srv/../etc' } }, 'absolute'],
    ['an unknown requirement', { require: ['magic'] }, 'require'],
    ['a grace of more than four days', { statusGraceHours: 97 }, 'is more than 96'],
    ['a grace of less than nothing', { statusGraceHours: -1 }, 'is less than 0'],
    [
      'a pattern as an obeyed name',
      { obeyed: ['*.tf'] },
      'is a pattern, but names are compared whole: write each name',
    ],
    ['a path as an obeyed name', { obeyed: ['a/b'] }, 'name of a file or folder'],
    ['a key twice', '{"plain":true,"plain":false}', 'twice'],
    ['no JSON', '{', 'host.json'],
  ])('with %s is refused, with the place', (_, value, says) => {
    expect(() => parse(value)).toThrowError(
      expect.objectContaining({
        code: 'host-policy-invalid',
        message: expect.stringContaining(says),
      }),
    );
  });
});

describe('the file of host policy', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = folderWith();
    file = join(folder, 'host.json');
  });
  const refusal = (says: string) =>
    expect.objectContaining({
      code: 'host-policy-invalid',
      message: expect.stringContaining(says),
    });

  it('is the empty policy where there is none', () => {
    expect(readHostPolicy(file)).toEqual({ ...emptyHostPolicy, file });
    expect(readHostPolicy(join(folder, 'no', 'host.json'))).toMatchObject({
      workspaces: {},
      plain: true,
    });
  });

  it.each([0o620, 0o602, 0o666])('is refused with mode %o', (mode) => {
    writeFileSync(file, '{}');
    chmodSync(file, mode);
    expect(() => readHostPolicy(file)).toThrowError(refusal('other users may write to it'));
  });

  it('is refused in a folder where others may write, as a link, as a folder, and too large', () => {
    writeFileSync(file, '{}');
    chmodSync(folder, 0o777);
    expect(() => readHostPolicy(file)).toThrowError(refusal('other users may write to its folder'));
    chmodSync(folder, 0o700);
    symlinkSync(file, join(folder, 'link.json'));
    expect(() => readHostPolicy(join(folder, 'link.json'))).toThrowError(
      refusal('it is a symbolic link'),
    );
    mkdirSync(join(folder, 'folder.json'));
    expect(() => readHostPolicy(join(folder, 'folder.json'))).toThrowError(
      refusal('not a regular file'),
    );
    writeFileSync(file, ' '.repeat(300_000));
    expect(() => readHostPolicy(file)).toThrowError(refusal('larger'));
  });
});

describe('a passkey that answers holds', () => {
  let folder: string;
  beforeEach(() => {
    folder = folderWith();
  });
  const policyWith = (origin: string, more: object = {}) => {
    const { credentialId, publicKey } = testPasskey('ann').enrolled;
    const passkey = { credentialId, publicKey, rpId: new URL(origin).hostname, origin };
    const file = join(folder, 'host.json');
    writeFileSync(file, JSON.stringify({ approvers: [{ name: 'ann', passkey }], ...more }), {
      mode: 0o600,
    });
    return () => readHostPolicy(file);
  };
  const pin = (base: string, origin?: string): void => {
    const hex = 'a'.repeat(64);
    const registries = [{ base, root: `sha256:${hex}`, scopes: [] }];
    writeFileSync(
      join(folder, 'registries.json'),
      JSON.stringify({ schema: 'skillgate.registries/1', registries }),
      {
        mode: 0o600,
      },
    );
    if (origin === undefined) return;
    mkdirSync(join(folder, 'roots'), { mode: 0o700 });
    writeFileSync(
      join(folder, 'roots', `${hex}.json`),
      JSON.stringify({ schema: 'skillgate.root/1', origin }),
      { mode: 0o600 },
    );
  };

  it.each<[string, string, string, object]>([
    ['the desk of a pinned registry', 'https://skills.example', 'https://skills.example', {}],
    [
      'the desk of a registry below a path',
      'https://skills.example',
      'https://skills.example/team',
      {},
    ],
    [
      'the mailbox',
      'https://mail.example',
      'https://skills.example',
      { mailbox: 'https://mail.example/box' },
    ],
  ])(
    'is refused when it was made at %s, since that could have it sign an answer',
    (_, origin, base, more) => {
      pin(base);
      expect(policyWith(origin, more)).toThrowError(
        expect.objectContaining({
          code: 'host-policy-invalid',
          message: expect.stringContaining(`made at ${origin}`),
        }),
      );
    },
  );

  it.each([
    ['https://approve.example'],
    ['https://skills.example:8443'],
    ['https://sub.skills.example'],
  ])('is taken when it was made at %s, where the registry has no page', (origin) => {
    pin('https://skills.example');
    expect(policyWith(origin)().approvers).toMatchObject([{ name: 'ann' }]);
  });

  it.each<[string, string, string | undefined]>([
    ['http://localhost:7000', 'http://127.0.0.1:7000', 'localhost'],
    ['http://localhost:7000', 'http://[::1]:7000', undefined],
    ['http://desk.localhost:7000', 'http://127.0.0.1:7000/', 'localhost'],
    ['https://skills.example', 'https://skills.example.', undefined],
    ['https://skills.example', 'https://SKILLS.example:443/', undefined],
    ['https://skills.example', 'https://skills.internal.example', 'skills.example'],
    ['https://skills.example:8443', 'http://10.0.0.7:7000', 'skills.example'],
  ])(
    'is refused when it was made at %s, another name of the registry at %s',
    (site, base, origin) => {
      pin(base, origin);
      expect(policyWith(site)).toThrowError(
        expect.objectContaining({ code: 'host-policy-invalid' }),
      );
    },
  );

  it.each<[string, string, string | undefined]>([
    ['http://localhost:5000', 'http://127.0.0.1:7000', 'localhost'],
    ['https://approve.example', 'https://skills.internal.example', 'skills.example'],
    ['https://sub.skills.example', 'https://skills.internal.example', 'skills.example'],
    ['https://skills.example', 'https://skills.example.evil.example', undefined],
  ])(
    'is taken when it was made at %s, which is no name of the registry at %s',
    (site, base, origin) => {
      pin(base, origin);
      expect(policyWith(site)().approvers).toHaveLength(1);
    },
  );

  it('is taken where no registry is pinned', () => {
    expect(policyWith('https://skills.example')().approvers).toHaveLength(1);
  });
});

describe('a folder as a mount', () => {
  it.each([
    ['/', false],
    ['/etc', false],
    ['/usr/share/x', false],
    ['/proc/1', false],
    ['/srv/own', false],
    ['/srv/own/config/agents', false],
    ['/srv', false],
    ['/srv/reports', true],
    ['/srv/owner', true],
  ])('%s: %s', (path, allowed) => {
    expect(whyNotMountable(path, ['/srv/own/config', '/srv/own']) === undefined).toBe(allowed);
  });
});
