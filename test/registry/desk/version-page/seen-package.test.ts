import { describe, expect, it } from 'vitest';
import { queuePage } from '../../../../registry/desk/queue.ts';
import {
  packageAlarms,
  packageRows,
  packageTable,
} from '../../../../registry/desk/version-page/package-table.ts';
import { versionPage } from '../../../../registry/desk/version-page/version.ts';
import { riskOf } from '../../../../registry/review/risk.ts';
import type { SeenPackage } from '../../../../registry/review/seen-packages.ts';
import { noCapabilities } from '../../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { malware, vulnerability, wholeLook } from '../../packaged-skill.ts';
import { declared, frame, now, queueItem, queueOf, versionView } from '../story.ts';

const named = (name: string) =>
  ({ ecosystem: 'npm', name, version: '1.0.0', digest: digestOf(name) }) as const;
const { facts, scan } = wholeLook;
if (facts === undefined || scan === undefined) throw new Error('a whole look has both');
const seenAs = (name: string, over: Partial<SeenPackage> = {}): SeenPackage => ({
  ...named(name),
  report: { kind: 'whole', by: 'watcher', at: new Date(now - 3 * 3_600_000) },
  facts,
  scan,
  advisoriesAt: new Date(now),
  advisories: [],
  moreAdvisories: 0,
  ...over,
});
const finding = {
  rule: 'code/eval',
  severity: 'high',
  path: '<i>a.js',
  line: 3,
  message: 'eval of \u202ea download',
} as const;
const blocks = { ...scan, verdict: 'block' as const, findings: [finding], more: 7 };

const list: readonly SeenPackage[] = [
  seenAs('plain'),
  seenAs('holed', { advisories: [vulnerability], moreAdvisories: 4 }),
  seenAs('odd', { scan: blocks }),
  seenAs('evil', { advisories: [malware, vulnerability] }),
  {
    ...named('gone'),
    report: { kind: 'not fetched', by: 'watcher', at: new Date(now), why: 'no index has it' },
    advisories: [],
    moreAdvisories: 0,
  },
  { ...named('fresh'), advisories: [vulnerability], moreAdvisories: 0 },
];
const rowsOf = (detail: object, seen = list) =>
  packageRows({
    declared: { ...noCapabilities, package: seen.map(({ name }) => named(name)) },
    observed: noCapabilities,
    approvedBefore: undefined,
    packages: undefined,
    details: seen.map(({ name }) => ({ ...named(name), ...detail })),
    seen,
  });
const rowIn = (html: string, name: string): string =>
  html.split('<tr').find((row) => row.includes(`<code><bdi>${name}</bdi></code>`)) ?? '';

describe('a package that a scanner looked at', () => {
  const html = String(packageTable(rowsOf({ licence: 'MIT' }), now));

  it('comes first when it is malicious, and then when its scan says block', () => {
    expect(rowsOf({}).map(({ name }) => name)).toEqual([
      'evil',
      'odd',
      'fresh',
      'gone',
      'holed',
      'plain',
    ]);
    expect(html).toContain(
      'Scanners looked at 4 of 6 locked packages. <b class="no">1 of 6 could not be fetched</b>, so nobody read the code. Advisories: 1 malicious, 2 vulnerable.',
    );
    const fetched = list.filter(({ name }) => name !== 'gone');
    expect(String(packageTable(rowsOf({}, fetched), now))).toContain(
      'Scanners looked at 4 of 5 locked packages. Advisories: 1 malicious, 2 vulnerable.',
    );
  });

  it.each([
    [
      'the licence',
      { licence: 'MIT' },
      '<b class="no">lock: <bdi>MIT</bdi></b> <b class="no">seen: <bdi>WTFPL',
    ],
  ])('is marked where the lock says otherwise of %s', (_, detail, text) => {
    expect(rowIn(String(packageTable(rowsOf(detail), now)), 'plain')).toContain(text);
  });

  it.each([
    ['says the same', { licence: 'WTFPL', isNative: false, sizes: { [facts.file]: facts.bytes } }],
    ['has the size of a file for another system', { size: 9_999, sizes: { other: 9_999 } }],
  ])('has no mark where the lock %s', (_, detail) => {
    const row = rowIn(String(packageTable(rowsOf(detail), now)), 'plain');
    expect(row).not.toContain('lock:');
    expect(row).toContain('<span class="quiet">seen:</span> no');
  });
});

describe('a malicious package', () => {
  const html = String(versionPage(frame, versionView({ seenPackages: list })));

  it('stands at the top of the page, and takes the place of the form that approves', () => {
    expect(html.indexOf('1 advisory of malware')).toBeGreaterThan(0);
    expect(html.indexOf('1 advisory of malware')).toBeLessThan(html.indexOf('class="deciding"'));
    expect(html).toContain('The scan says block about the code of');
    expect(html).not.toContain('id="reason-approve"');
    expect(html).toContain('An advisory names a package of this version as malicious.');
  });

  it('counts most of all in the queue, and is what decides', () => {
    const evil = { ...named('evil'), advisory: malware.id };
    const packages = { malicious: [evil], blocked: [] };
    const risk = riskOf({
      declared,
      report: undefined,
      firstVersion: false,
      publisherApprovals: 1,
      packages,
    });
    expect(risk.parts[0]).toEqual({
      name: 'package',
      points: 60,
      why: 'The advisory MAL-2026-1 names evil 1.0.0 of npm as malicious.',
    });
    const row = queueItem({
      malicious: 'the advisory MAL-2026-1 names evil 1.0.0 of npm as malicious',
    });
    expect(String(queuePage(frame, { now, queue: queueOf([row]), decided: [] }))).toContain(
      'malicious package',
    );
  });
});

it('a version whose packages are harmless has no notice, and keeps its form', () => {
  expect(
    String(packageAlarms([seenAs('plain'), seenAs('holed', { advisories: [vulnerability] })])),
  ).toBe('');
  const html = String(versionPage(frame, versionView({ seenPackages: [seenAs('plain')] })));
  expect(html).toContain('id="reason-approve"');
});
