import { describe, expect, it } from 'vitest';
import {
  chooseFromHouse,
  type HouseGroup,
  parseHouse,
} from '../../../skills-index/packages/house.ts';
import { parsePackageLock } from '../../../skills-index/packages/locks/package-lock.ts';
import type { HostPlatform } from '../../../skills-index/packages/python-marker.ts';
import { npmNeeds, wheelNeeds } from '../../../skills-index/packages/wheel-needs.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const pin = (version: string): string => `${version} ${digestOf(version)}`;
const python: HouseGroup = {
  requires: ['pandas[excel]', 'requests'],
  locked: {
    numpy: pin('2.2.1'),
    openpyxl: pin('3.1.5'),
    pandas: pin('2.2.3'),
    'python-dateutil': pin('2.9.0'),
    requests: pin('2.32.0'),
    six: pin('1.16.0'),
    'win-only': pin('1.0'),
  },
  needs: {
    numpy: [],
    openpyxl: [],
    pandas: ['numpy>=1.26', 'python_dateutil >=2.8'],
    'pandas[excel]': ['openpyxl>=3.1'],
    'pandas[old]': ['openpyxl<3'],
    'pandas[plot]': ['matplotlib>=3'],
    'python-dateutil': ['six>=1.5'],
    requests: [],
    six: ['python-dateutil'],
  },
};
const npm: HouseGroup = {
  requires: ['docx'],
  locked: {
    docx: pin('9.5.0'),
    jszip: pin('3.10.1'),
    'xml@1.0.1': pin('1.0.1'),
    sax: pin('1.4.1'),
  },
  needs: { docx: ['jszip', 'xml@1.0.1'], jszip: [], 'xml@1.0.1': ['sax'], sax: [] },
};

function choose(ecosystem: Ecosystem, ...requires: string[]): readonly string[] | string {
  try {
    const group = ecosystem === 'python' ? python : npm;
    const isMarked = (marker: string) => marker.includes('>=');
    const chosen = chooseFromHouse(group, {
      verb: 'start x',
      by: 'skill.json requires',
      ecosystem,
      requires,
      isMarked,
    });
    return chosen.map(({ name, version }) => `${name} ${version}`).sort();
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return [cause.code, ...cause.reasons.map(({ message }) => message), cause.hint].join('\n');
  }
}

describe('a skill gets of the house', () => {
  it.each<[Ecosystem, string[], string[]]>([
    ['python', ['requests>=2'], ['requests 2.32.0']],
    ['python', ['pandas'], ['numpy 2.2.1', 'pandas 2.2.3', 'python-dateutil 2.9.0', 'six 1.16.0']],
    ['python', ['Python_Dateutil ~=2.9'], ['python-dateutil 2.9.0', 'six 1.16.0']],
    ['python', ['openpyxl', 'requests; python_version < "3"'], ['openpyxl 3.1.5']],
    [
      'python',
      ['openpyxl', 'requests; python_version >= "3"'],
      ['openpyxl 3.1.5', 'requests 2.32.0'],
    ],
    ['npm', ['docx@^9'], ['docx 9.5.0', 'jszip 3.10.1', 'sax 1.4.1', 'xml 1.0.1']],
    ['npm', ['jszip'], ['jszip 3.10.1']],
    ['python', [], []],
  ])(
    'what it requires of %s (%j), with the dependencies, and nothing else',
    (ecosystem, requires, gets) => {
      expect(choose(ecosystem, ...requires)).toEqual(gets);
    },
  );

  it('the packages of an extra', () => {
    expect(choose('python', 'pandas[Excel]')).toContain('openpyxl 3.1.5');
    expect(choose('python', 'pandas')).not.toContain('openpyxl 3.1.5');
  });

  it.each<[Ecosystem, string, string]>([
    [
      'python',
      'pandas>=3',
      'skill.json requires pandas>=3, and the packages of this host have pandas 2.2.3',
    ],
    ['python', 'scipy', 'skill.json requires scipy, and the packages of this host have no scipy'],
    [
      'python',
      'pandas[plot]',
      'pandas needs matplotlib>=3, and the packages of this host have no matplotlib',
    ],
    [
      'python',
      'pandas[old]',
      'pandas needs openpyxl<3, and the packages of this host have openpyxl 3.1.5',
    ],
    [
      'python',
      'pandas[fast]',
      'skill.json requires pandas[fast], and pandas 2.2.3 has no extra fast',
    ],
    // Its marker or its system excludes this host.
    ['python', 'win-only', 'the packages of this host have no win-only'],
    // Another name: PEP 503 joins signs between words, and neither drops nor adds them.
    ['python', 'pythondateutil', 'the packages of this host have no pythondateutil'],
    ['python', 'pandas-', 'the packages of this host have no pandas-'],
    ['npm', 'Docx', 'the packages of this host have no Docx'],
    [
      'npm',
      'docx@^8',
      'skill.json requires docx@^8, and the packages of this host have docx 9.5.0',
    ],
    // Only a package below another one: no import of the skill finds it.
    ['npm', 'xml', 'the packages of this host have no xml'],
    ['npm', 'constructor', 'the packages of this host have no constructor'],
    ['python', 'constructor', 'the packages of this host have no constructor'],
  ])('nothing when the house does not meet %s %s', (ecosystem, requirement, says) => {
    const said = choose(ecosystem, requirement);
    expect(said).toContain(says);
    expect(said).toMatch(/^package-not-in-house\n/);
    expect(said).toContain(`The operator: skillgate host packages add ${ecosystem} `);
    expect(said).toContain('the author: delete "lock": "house" in skill.json, then skillgate lock');
  });

  it('nothing on a host without packages of its own', () => {
    const question = {
      verb: 'start x',
      by: 'skill.json requires',
      ecosystem: 'python',
      requires: ['six'],
      isMarked: () => true,
    } as const;
    expect(() => chooseFromHouse(undefined, question)).toThrow(
      'the packages of this host have no six',
    );
  });
});

describe('house.json', () => {
  const parse = (group: object) =>
    parseHouse(
      Buffer.from(JSON.stringify({ schema: 'skillgate.house/1', python: { ...python, ...group } })),
      'house.json',
    );

  it('is read as it was written', () => {
    expect(parse({})).toEqual({ python });
  });

  it.each<[string, object]>([
    ['an address', { requires: ['six @ https://x.example/six.whl'] }],
    ['a version without a digest', { locked: { six: '1.16.0' } }],
    ['a member more', { url: 'https://x.example' }],
  ])('is refused with %s', (_, group) => {
    expect(() => parse(group)).toThrow('house.json');
  });
});

const host: HostPlatform = {
  os: 'linux',
  cpu: 'x64',
  python: { version: '3.11.2', implementation: 'cpython', cacheTag: 'cpython-311', modules: [] },
};

it('a wheel says what it needs on this host, and what its extras need', () => {
  const metadata = [
    'Metadata-Version: 2.1',
    'Name: tool',
    'Requires-Dist: numpy (>=1.26)',
    'Requires-Dist: tomli>=2 ; python_version < "3.11"',
    'requires-dist: six; sys_platform == "linux"',
    "Requires-Dist: openpyxl>=3 ; python_version > '3' and extra == 'Excel_X'",
    'Requires-Dist: pytest; extra == "test"',
    'Provides-Extra: Excel_X',
    'Provides-Extra: none',
    '',
    'Requires-Dist: evil',
  ].join('\r\n');
  expect(Object.fromEntries(wheelNeeds(metadata, host))).toEqual({
    '': ['numpy (>=1.26)', 'six'],
    'excel-x': ['openpyxl>=3'],
    none: [],
  });
});

it('an npm package needs what Node finds for it, the nearest first', () => {
  const entry = (version: string, dependencies: object = {}, more: object = {}) => ({
    version,
    integrity: `sha512-${'A'.repeat(86)}==`,
    dependencies,
    ...more,
  });
  const text = JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { '@s/a': '1' } },
      'node_modules/@s/a': entry('1.0.0', { b: '2', c: '1' }, { peerDependencies: { d: '1' } }),
      'node_modules/@s/a/node_modules/b': entry('2.0.0', { c: '1' }),
      'node_modules/b': entry('1.0.0', {}, { optionalDependencies: { win: '1' } }),
      'node_modules/c': entry('1.0.0', { b: '1' }),
      'node_modules/d': entry('1.0.0'),
      'node_modules/win': entry('1.0.0', {}, { optional: true, os: ['win32'] }),
    },
  });
  const locked = parsePackageLock(Buffer.from(text), 'package-lock.json');
  const here = new Set(locked.filter(({ name }) => name !== 'win'));
  expect(npmNeeds(text, locked, here)).toEqual({
    '@s/a': ['b@2.0.0', 'c', 'd'],
    'b@2.0.0': ['c'],
    b: [],
    c: ['b'],
    d: [],
  });
});
