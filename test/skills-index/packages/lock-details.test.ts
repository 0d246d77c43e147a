import { describe, expect, it } from 'vitest';
import {
  parseLockDetails,
  wheelOrigins,
} from '../../../skills-index/packages/locks/lock-details.ts';

const pylock = `lock-version = "1.0"
[[packages]]
name = "numpy"
version = "2.2.1"
wheels = [
  { url = "https://files.example/numpy-2.2.1-cp311-cp311-win_amd64.whl", size = 5, upload-time = 2024-12-05T00:00:00Z },
  { name = "numpy-2.2.1-cp311-cp311-manylinux_2_17_x86_64.whl", size = 9, upload-time = 2024-12-04T17:35:26.5Z },
]
[[packages]]
name = "six"
version = "1.16.0"
wheels = [{ name = "six-1.16.0-py3-none-any.whl", upload-time = "yesterday" }]
`;

describe('what a lock says beside names, versions and hashes', () => {
  it('is of Python the largest wheel, the first upload, and the systems of the wheels', () => {
    expect(parseLockDetails('python', Buffer.from(pylock))).toEqual([
      {
        ecosystem: 'python',
        name: 'numpy',
        version: '2.2.1',
        isNative: true,
        size: 9,
        sizes: {
          'numpy-2.2.1-cp311-cp311-win_amd64.whl': 5,
          'numpy-2.2.1-cp311-cp311-manylinux_2_17_x86_64.whl': 9,
        },
        uploaded: '2024-12-04T17:35:26.500Z',
      },
      { ecosystem: 'python', name: 'six', version: '1.16.0', isNative: false },
    ]);
  });

  it.each([
    [
      '[{ kind = "GitHub", repository = "acme/six", workflow = "release.yml" }]',
      'GitHub acme/six (release.yml)',
    ],
    ['[{ kind = "Google", email = "ci@acme.example" }, { kind = "GitLab" }]', 'Google, GitLab'],
    ['[]', undefined],
    ['"GitHub acme/six"', undefined],
    ['[{ repository = "acme/six" }]', undefined],
  ])('is of Python who attests the files: %s', (identities, attestedBy) => {
    const lock = `${pylock}attestation-identities = ${identities}\n`;
    const [numpy, six] = parseLockDetails('python', Buffer.from(lock));
    expect([numpy?.attestedBy, six?.attestedBy]).toEqual([undefined, attestedBy]);
    expect(six).toMatchObject({ name: 'six', isNative: false });
  });

  it('is of npm the licence, and a list of systems', () => {
    const packages = {
      '': { name: 'skill' },
      'node_modules/a': { version: '1.0.0', license: 'MIT' },
      'node_modules/a/node_modules/@b/c': { version: '2.0.0', os: ['linux'], license: { x: 1 } },
    };
    expect(parseLockDetails('npm', Buffer.from(JSON.stringify({ packages })))).toEqual([
      { ecosystem: 'npm', name: 'a', version: '1.0.0', licence: 'MIT' },
      { ecosystem: 'npm', name: '@b/c', version: '2.0.0', isNative: true },
    ]);
  });

  it.each(['python', 'npm'] as const)('is nothing for a lock of %s that is none', (ecosystem) => {
    expect(parseLockDetails(ecosystem, Buffer.from('x'))).toEqual([]);
    expect(parseLockDetails(ecosystem, Buffer.from('[1]'))).toEqual([]);
  });

  it('is for other tools the address and time of each wheel', () => {
    expect([...wheelOrigins(pylock)]).toEqual([
      [
        'numpy-2.2.1-cp311-cp311-win_amd64.whl',
        {
          url: 'https://files.example/numpy-2.2.1-cp311-cp311-win_amd64.whl',
          uploaded: '2024-12-05T00:00:00.000Z',
        },
      ],
      [
        'numpy-2.2.1-cp311-cp311-manylinux_2_17_x86_64.whl',
        { uploaded: '2024-12-04T17:35:26.500Z' },
      ],
      ['six-1.16.0-py3-none-any.whl', {}],
    ]);
  });
});
