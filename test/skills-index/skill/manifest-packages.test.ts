import { describe, expect, it } from 'vitest';
import { printManifest } from '../../../skills-index/skill/authoring/print-manifest.ts';
import {
  covers,
  listCapabilities,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../../skills-index/skill/manifest.ts';
import { requiredName } from '../../../skills-index/skill/manifest-packages.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const parse = (members: object): Manifest =>
  parseManifest(
    Buffer.from(JSON.stringify({ name: '@acme/report', version: '1.0.0', ...members })),
  );
const why = 'reads tables';
const pin = digestOf('the entry');
const locked = { requires: ['pandas>=2'], why, lock: 'pylock.toml' };
const pandas = parse({ packages: { python: { ...locked, locked: { pandas: `2.2.3 ${pin}` } } } });

function reasonsAgainst(members: object): readonly string[] {
  try {
    parse(members);
  } catch (cause) {
    if (cause instanceof Problem) return cause.reasons.map(({ message }) => message);
    throw cause;
  }
  return [];
}

describe('packages of a manifest', () => {
  it('are capabilities, one for each package of the lock', () => {
    expect(listCapabilities(pandas.capabilities)).toEqual([
      { kind: 'package', ecosystem: 'python', name: 'pandas', version: '2.2.3', digest: pin, why },
    ]);
    expect(listCapabilities(pandas.capabilities).map(printCapability)).toEqual([
      `package python pandas@2.2.3 ${pin.slice(0, 17)}`,
    ]);
  });

  it('are read again as the parser returns them, and printed as the author writes them', () => {
    expect(parseManifest(Buffer.from(JSON.stringify(pandas)))).toEqual(pandas);
    const printed = printManifest(pandas);
    expect(Object.keys(JSON.parse(printed).capabilities)).toEqual([]);
    expect(parseManifest(Buffer.from(printed))).toEqual(pandas);
  });

  it('have several versions of one npm package', () => {
    const { capabilities } = parse({
      packages: {
        npm: {
          requires: ['docx@^9'],
          why,
          lock: 'lib/package-lock.json',
          locked: { '@a/b': `2.0.0 ${pin}`, '@a/b@1.0.0': `1.0.0 ${pin}` },
        },
      },
    });
    expect(capabilities.package?.map(({ name, version }) => `${name} ${version}`)).toEqual([
      '@a/b 1.0.0',
      '@a/b 2.0.0',
    ]);
  });

  it('without a lock ask for any version, which no locked package grants', () => {
    const [draft] = listCapabilities(
      parse({ packages: { python: { requires: ['Pandas>=2'], why } } }).capabilities,
    );
    expect(draft).toEqual({ kind: 'package', ecosystem: 'python', name: 'pandas', why });
    const [exact] = listCapabilities(pandas.capabilities);
    if (draft === undefined || exact === undefined) throw new Error('no capability');
    expect([covers(exact, draft), covers(draft, exact)]).toEqual([true, false]);
  });

  it('are left to the host, which neither a lock of the author nor an import covers', () => {
    const requires = ['Pandas>=2; python_version<"3.12"', 'pandas>=1'];
    const house = parse({ packages: { python: { requires, why, lock: 'house' } } });
    const [left, ...more] = listCapabilities(house.capabilities);
    const [exact] = listCapabilities(pandas.capabilities);
    if (left === undefined || exact === undefined) throw new Error('no capability');
    expect(more).toEqual([]);
    expect(printCapability(left)).toBe('package python pandas, version chosen by the host');
    // An update from one to the other stops in both directions: another person chooses the code.
    expect([covers(exact, left), covers(left, exact)]).toEqual([false, false]);
    const by = (version?: string) =>
      ({
        kind: 'package',
        ecosystem: 'python',
        name: 'pandas',
        ...(version && { version }),
      }) as const;
    expect([
      covers(left, by()),
      covers(by(), left),
      covers(by('*'), left),
      covers(left, by('*')),
    ]).toEqual([true, false, true, false]);
    expect(parseManifest(Buffer.from(JSON.stringify(house)))).toEqual(house);
    expect(parseManifest(Buffer.from(printManifest(house)))).toEqual(house);
  });

  it.each([
    [
      'what a lock pins',
      { lock: 'house', locked: { pandas: `2.2.3 ${pin}` } },
      'without the path of a "lock"',
    ],
    [
      'another word',
      { lock: 'home' },
      'is neither the path of a pylock.toml in the skill nor "house"',
    ],
    [
      'a version of that name',
      { ...locked, locked: { pandas: `house ${pin}` } },
      'has an entry that is not',
    ],
  ])('are not left to the host with %s', (_, members, says) => {
    const python = { requires: ['pandas'], why, ...members };
    expect(reasonsAgainst({ packages: { python } }).join()).toContain(says);
  });

  it.each<[string, object, string]>([
    [
      'another digest under capabilities',
      { package: [{ ecosystem: 'python', name: 'six' }] },
      'derives it',
    ],
  ])('are not believed with %s', (_, capabilities, message) => {
    const packages = { python: { ...locked, locked: { pandas: `2.2.3 ${pin}` } } };
    expect(reasonsAgainst({ packages, capabilities })).toEqual([expect.stringContaining(message)]);
  });

  const python = (members: object): object => ({
    packages: { python: { requires: [], why, ...members } },
  });
  const npm = (...requires: string[]): object => ({ packages: { npm: { requires, why } } });
  const lock = (entries: object): object => python({ lock: 'pylock.toml', locked: entries });
  it.each<[string, object]>([
    ['a git address', python({ requires: ['six @ git+https://git.example/six'] })],
    ['an option', python({ requires: ['--index-url=https://index.example'] })],
    ['a second line', python({ requires: ['six\n-r more.txt'] })],
    ['a second line behind versions', python({ requires: ['six>=1\n/srv/evil'] })],
    ['a variable of the machine', python({ requires: ['six>=\x24{HOME}'] })],
    ['a git address of npm', npm('docx@git+ssh://git.example/docx')],
    ['an alias', npm('docx@npm:evil@1')],
    ['a lock outside the skill', python({ lock: '../pylock.toml', locked: {} })],
    ['entries without a lock', python({ locked: {} })],
    ['an entry without a digest', lock({ six: '1.16.0' })],
    ['an entry of every package', lock({ '*': `1.16.0 ${pin}` })],
    ['a name that is not normal', lock({ PyYAML: `6.0 ${pin}` })],
    [
      'a package twice',
      lock({ six: `1.16.0 ${pin}`, 'six@1.16.0': `1.16.0 ${digestOf('other')}` }),
    ],
  ])('are refused with %s', (_, members) => {
    expect(reasonsAgainst(members)).not.toEqual([]);
  });

  it.each([
    'pandas',
    'pandas[excel,xml] ~= 2.1',
    "pandas>=2; python_version < '3.12'",
    'six >= 1.0 , != 1.5.*, <2.0.dev0',
    'six===1.16.0+local.1',
    'six ( ~=1.16 ) ; extra == "a" and (os_name == \'posix\' or python_version not in "3.8, 3.9")',
  ])('may be required as %s', (requirement) => {
    expect(reasonsAgainst(python({ requires: [requirement] }))).toEqual([]);
  });

  it('may have many spaces, which take no time', () => {
    const spaces = ' '.repeat(5_000);
    expect(requiredName('python', `six${spaces}@`)).toBeUndefined();
    expect(requiredName('python', `six${spaces}[a]${spaces}>=1${spaces};${spaces}a`)).toBe('six');
  });
});
