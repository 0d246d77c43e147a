/**
 * The packages of a version, entry by entry, compared with the last approved version. A package has
 * a table of its own, because a lock may pin hundreds.
 */
import type { LockDetail } from '../../../skills-index/packages/locks/lock-details.ts';
import type { Capabilities, PackageCapability } from '../../../skills-index/skill/capability.ts';
import { houseWord } from '../../../skills-index/skill/ecosystem.ts';
import type { ManifestPackages } from '../../../skills-index/skill/manifest-packages.ts';
import { requiredName } from '../../../skills-index/skill/manifest-packages.ts';
import { count, type Html, html, untrusted } from '../../markup/markup.ts';
import type { SeenPackage } from '../../review/seen-packages.ts';
import { alarmOf, detailCells, type SaidAndSeen, seenCell } from './seen-package.ts';

export interface PackageRow extends SaidAndSeen {
  readonly ecosystem: PackageCapability['ecosystem'];
  readonly name: string;
  readonly version: string;
  /** The digest of the lock's entry; empty for an import that no lock pins. */
  readonly digest: string;
  /**
   * Compared with the last approved version. files: the same version with other files, markers or
   * places.
   */
  readonly change: 'undeclared' | 'new' | 'version' | 'files' | 'removed' | 'same' | 'first';
  /** Version of the approved package; present when `change` is `version` or `removed`. */
  readonly before?: string;
  /** Whether the author requires the package; otherwise another package brings it along. */
  readonly required: boolean;
  /** Whether code of the skill imports the package. */
  readonly imported: boolean;
}

export interface PackageInput {
  readonly declared: Capabilities;
  readonly observed: Capabilities;
  readonly approvedBefore: Capabilities | undefined;
  readonly packages: ManifestPackages | undefined;
  readonly details: readonly LockDetail[];
  readonly seen: readonly SeenPackage[];
}

const order: readonly PackageRow['change'][] = [
  'undeclared',
  'new',
  'version',
  'files',
  'removed',
  'first',
  'same',
];

/** Bad packages first, and then changed packages. */
export function packageRows(input: PackageInput): PackageRow[] {
  const { approvedBefore, observed, packages = {} } = input;
  const declared = input.declared.package ?? [];
  const before = approvedBefore?.package ?? [];
  const detailOf = (one: PackageCapability): SaidAndSeen => {
    const isMine = ({ ecosystem, name, version }: LockDetail | SeenPackage): boolean =>
      ecosystem === one.ecosystem && name === one.name && version === one.version;
    const detail = input.details.find(isMine);
    const seen = input.seen.find((look) => isMine(look) && look.digest === one.digest);
    return { ...(detail === undefined ? {} : { detail }), ...(seen === undefined ? {} : { seen }) };
  };
  const isSame = (a: PackageCapability) => (b: PackageCapability) =>
    a.ecosystem === b.ecosystem && a.name === b.name;
  const rowOf = (
    one: PackageCapability,
    change: PackageRow['change'],
    old?: string,
  ): PackageRow => ({
    ecosystem: one.ecosystem,
    name: one.name,
    version: one.version ?? '',
    digest: one.digest ?? '',
    change,
    ...(old === undefined ? {} : { before: old }),
    required: (packages[one.ecosystem]?.requires ?? []).some(
      (text) => requiredName(one.ecosystem, text) === one.name,
    ),
    imported: (observed.package ?? []).some(isSame(one)),
    ...(change === 'removed' ? {} : detailOf(one)),
  });
  const current = declared.map((one) => {
    if (approvedBefore === undefined) return rowOf(one, 'first');
    const alike = before.filter(isSame(one));
    const version = alike.find((old) => old.version === one.version);
    if (version !== undefined) return rowOf(one, version.digest === one.digest ? 'same' : 'files');
    return alike.length === 0
      ? rowOf(one, 'new')
      : rowOf(one, 'version', alike.map((old) => old.version ?? '').join(', '));
  });
  const unasked = (observed.package ?? []).filter((use) => !declared.some(isSame(use)));
  const removed = before.filter((old) => !declared.some(isSame(old)));
  const rows = [
    ...unasked.map((one) => rowOf(one, 'undeclared')),
    ...current,
    ...removed.map((one) => ({
      ...rowOf(one, 'removed', one.version ?? ''),
      version: '',
      digest: '',
    })),
  ];
  return rows.sort(
    (a, b) =>
      alarmOf(b) - alarmOf(a) ||
      order.indexOf(a.change) - order.indexOf(b.change) ||
      (a.name < b.name ? -1 : 1),
  );
}

const words: Readonly<Record<PackageRow['change'], string>> = {
  undeclared: 'imported, not declared: the sandbox does not have it',
  new: 'new',
  version: 'other version',
  files: 'same version, other files',
  removed: 'removed',
  first: 'without an earlier approval',
  same: 'as approved',
};

/** The table, with a summary; nothing for a skill without packages. */
export function packageTable(rows: readonly PackageRow[], now: number): Html | string {
  if (rows.length === 0) return '';
  const counts = order
    .map((change) => [change, rows.filter((row) => row.change === change).length] as const)
    .filter(([, number]) => number > 0)
    .map(([change, number]) => `${number} ${words[change].replace(/:.*/, '')}`);
  return html`<h3 id="packages">Packages</h3>
<p class="summary"><b>${count(rows.length, 'package')}</b>: ${counts.join(', ')}. The scan of the skill read no code of these packages. ${looks(rows)}
Where “seen” is missing, size, age, machine code and licence are the lock’s own words: the author can write anything there.</p>
<div class="scroll" tabindex="0" role="group" aria-label="packages">
<table class="matrix packages"><thead><tr><th scope="col">package</th><th scope="col">seen by a scanner</th><th scope="col">change</th>
<th scope="col">version</th><th scope="col">entry of the lock</th><th scope="col">asked for by</th><th scope="col">size</th>
<th scope="col">uploaded</th><th scope="col">machine code</th><th scope="col">licence</th></tr></thead><tbody>${rows.map((row) => tableRow(row, now))}</tbody></table></div>`;
}

function looks(rows: readonly PackageRow[]): Html | string {
  const current = rows.filter(isLocked);
  const asked = current.filter(({ seen }) => seen?.look !== undefined);
  if (asked.length === 0) return 'No scanner has looked at these packages yet.';
  const failed = asked.filter(({ seen }) => seen?.look?.kind === 'not fetched').length;
  const named = (isMalware: boolean): number =>
    asked.filter(({ seen }) => seen?.advisories.some((one) => one.isMalware === isMalware)).length;
  const unread =
    failed === 0
      ? ''
      : html`<b class="no">${failed} of ${current.length} could not be fetched</b>, so nobody read the code. `;
  return html`Scanners looked at ${asked.length - failed} of ${count(current.length, 'locked package')}. ${unread}Advisories: ${named(true)} malicious, ${named(false)} vulnerable.`;
}

function isCurrent({ change }: PackageRow): boolean {
  return change !== 'removed' && change !== 'undeclared';
}

function isLocked(row: PackageRow): boolean {
  return isCurrent(row) && row.version !== houseWord;
}

function tableRow(row: PackageRow, now: number): Html {
  const isPlain = row.change === 'same' || row.change === 'first';
  const by = [...(row.required ? ['the author'] : []), ...(row.imported ? ['an import'] : [])].join(
    ' and ',
  );
  const change = isPlain ? words[row.change] : html`<b class="no">${words[row.change]}</b>`;
  const isHouse = row.version === houseWord;
  const version = isHouse
    ? html`<b>the host chooses</b>`
    : html`<code>${untrusted(row.version)}</code>`;
  const entry = html`<code>${untrusted(row.digest.slice(0, 'sha256:'.length + 10))}</code>`;
  const old = row.before === houseWord ? 'chosen by the host' : untrusted(row.before ?? '');
  const was = row.before === undefined ? '' : html` <span class="quiet">was ${old}</span>`;
  return html`<tr${alarmOf(row) === 0 ? '' : html` class="alarm"`}><th scope="row"><span class="tag">${row.ecosystem}</span> <code>${untrusted(row.name)}</code></th>
<td>${isLocked(row) ? seenCell(row.seen, now) : ''}</td><td>${change}</td><td>${version}${was}</td>
<td>${isHouse ? houseText : entry}</td><td>${by === '' ? html`<span class="quiet">another package</span>` : by}</td>${isCurrent(row) ? detailCells(row, now) : emptyCells}</tr>`;
}

const houseText = html`none: each host’s own set chooses the version and the files`;
const emptyCells = html`<td></td><td></td><td></td><td></td>`;
