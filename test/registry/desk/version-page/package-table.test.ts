import { describe, expect, it } from 'vitest';
import { packageRows, packageTable } from '../../../../registry/desk/version-page/package-table.ts';
import {
  noCapabilities,
  type PackageCapability,
} from '../../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const at = (name: string, version: string, entry = name): PackageCapability => ({
  ecosystem: 'python',
  name,
  version,
  digest: digestOf(entry),
});
const having = (...list: readonly PackageCapability[]) => ({ ...noCapabilities, package: list });
const python = { requires: ['pandas>=2'], why: 'tables' };

const rows = packageRows({
  declared: having(
    at('numpy', '2.2.1'),
    at('pandas', '2.2.3'),
    at('six', '1.16.0', 'other files'),
    at('tzdata', '2026.1'),
  ),
  observed: having({ ecosystem: 'python', name: 'pandas' }, { ecosystem: 'python', name: 'rich' }),
  approvedBefore: having(
    at('pandas', '2.1.0'),
    at('six', '1.16.0'),
    at('tzdata', '2026.1'),
    at('pytz', '2025.1'),
  ),
  packages: { python },
  details: [
    {
      ecosystem: 'python',
      name: 'numpy',
      version: '2.2.1',
      size: 16_000_001,
      uploaded: '2026-11-01T00:00:00.000Z',
      isNative: true,
      licence: '<i>MIT',
    },
    { ecosystem: 'python', name: 'six', version: '9', licence: 'of another version' },
  ],
  seen: [],
});
const now = Date.parse('2026-11-21T00:00:00Z');

describe('the packages of a version', () => {
  it('are compared entry by entry with the approved version, changes first', () => {
    expect(
      rows.map(({ change, name, version, before }) => [change, name, version, before]),
    ).toEqual([
      ['undeclared', 'rich', '', undefined],
      ['new', 'numpy', '2.2.1', undefined],
      ['version', 'pandas', '2.2.3', '2.1.0'],
      ['files', 'six', '1.16.0', undefined],
      ['removed', 'pytz', '', '2025.1'],
      ['same', 'tzdata', '2026.1', undefined],
    ]);
    expect(rows.find(({ name }) => name === 'pandas')).toMatchObject({
      required: true,
      imported: true,
    });
  });

  it('are a table that escapes what the author wrote', () => {
    const text = String(packageTable(rows, now));
    expect(text).toContain('<b>6 packages</b>: 1 imported, not declared, 1 new, 1 other version');
    const hostile = String(
      packageTable(
        rows.map((row) => ({ ...row, name: '<script>', version: '<b>' })),
        now,
      ),
    );
    expect(hostile).not.toContain('<script>');
    expect(packageTable([], now)).toBe('');
  });

  it('are the host’s choice where the skill has no lock, which is a change', () => {
    const left: PackageCapability = { ecosystem: 'python', name: 'six', version: 'house' };
    const tableOf = (now_: PackageCapability, before: PackageCapability) =>
      packageRows({
        declared: having(now_),
        observed: having(),
        approvedBefore: having(before),
        packages: { python },
        details: [],
        seen: [],
      });
    const [changed] = tableOf(left, at('six', '1.16.0'));
    expect(changed).toMatchObject({ change: 'version', before: '1.16.0' });
    const text = String(packageTable(tableOf(left, at('six', '1.16.0')), now));
    expect(text).toContain('<b>the host chooses</b>');
    expect(text).toContain('none: each host’s own set chooses the version and the files');
    expect(tableOf(left, left)).toMatchObject([{ change: 'same' }]);
    const back = String(packageTable(tableOf(at('six', '1.16.0'), left), now));
    expect(back).toContain('was chosen by the host');
  });
});
