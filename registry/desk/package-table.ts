/**
 * The packages of a version, entry by entry, compared with the last approved version. A package has
 * a table of its own, because a lock may pin hundreds.
 */
import type { LockDetail } from '../../skills-index/packages/lock-details.ts';
import type { Capabilities, PackageCapability } from '../../skills-index/skill/capability.ts';
import { houseWord } from '../../skills-index/skill/ecosystem.ts';
import type { ManifestPackages } from '../../skills-index/skill/manifest-packages.ts';
import { requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { count, type Html, html, moment, untrusted } from './markup.ts';

export interface PackageRow {
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
  /** What the lock says about the package; absent for an import, and for a removed package. */
  readonly detail?: LockDetail;
}

export interface PackageInput {
  readonly declared: Capabilities;
  readonly observed: Capabilities;
  readonly approvedBefore: Capabilities | undefined;
  readonly packages: ManifestPackages | undefined;
  readonly details: readonly LockDetail[];
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

/** Changed packages first. */
export function packageRows(input: PackageInput): PackageRow[] {
  const { approvedBefore, observed, packages = {} } = input;
  const declared = input.declared.package ?? [];
  const before = approvedBefore?.package ?? [];
  const detailOf = (one: PackageCapability): Pick<PackageRow, 'detail'> => {
    const detail = input.details.find(
      ({ ecosystem, name, version }) =>
        ecosystem === one.ecosystem && name === one.name && version === one.version,
    );
    return detail === undefined ? {} : { detail };
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
    (a, b) => order.indexOf(a.change) - order.indexOf(b.change) || (a.name < b.name ? -1 : 1),
  );
}

const words: Readonly<Record<PackageRow['change'], string>> = {
  undeclared: 'imported, not declared: the sandbox does not have it',
  new: 'new',
  version: 'other version',
  files: 'same version, other files',
  removed: 'removed',
  first: 'not approved before',
  same: 'as approved',
};

/** The table, with a summary; nothing for a skill without packages. */
export function packageTable(rows: readonly PackageRow[], now: number): Html | string {
  if (rows.length === 0) return '';
  const counts = order
    .map((change) => [change, rows.filter((row) => row.change === change).length] as const)
    .filter(([, number]) => number > 0)
    .map(([change, number]) => `${number} ${words[change].replace(/:.*/, '')}`);
  return html`<h3>Packages</h3>
<p class="summary"><b>${count(rows.length, 'package')}</b>: ${counts.join(', ')}. The scan of the skill read no code of these packages.
Size, age, machine code and licence are the lock's own words: the author can write anything there.</p>
<div class="scroll" tabindex="0" role="group" aria-label="packages">
<table class="matrix"><thead><tr><th scope="col">change</th><th scope="col">package</th><th scope="col">version</th>
<th scope="col">entry of the lock</th><th scope="col">asked for by</th><th scope="col">size</th><th scope="col">uploaded</th>
<th scope="col">machine code</th><th scope="col">licence</th></tr></thead><tbody>${rows.map((row) => tableRow(row, now))}</tbody></table></div>`;
}

function tableRow(row: PackageRow, now: number): Html {
  const isPlain = row.change === 'same' || row.change === 'first';
  const by = [...(row.required ? ['the author'] : []), ...(row.imported ? ['an import'] : [])].join(
    ' and ',
  );
  return html`<tr><td>${isPlain ? words[row.change] : html`<b class="no">${words[row.change]}</b>`}</td>
<th scope="row"><span class="tag">${row.ecosystem}</span> <code>${untrusted(row.name)}</code></th>
<td>${row.version === houseWord ? html`<b>the host chooses</b>` : html`<code>${untrusted(row.version)}</code>`}${row.before === undefined ? '' : html` <span class="quiet">was ${row.before === houseWord ? 'chosen by the host' : untrusted(row.before)}</span>`}</td>
<td>${row.version === houseWord ? houseText : html`<code>${untrusted(row.digest.slice(0, 'sha256:'.length + 10))}</code>`}</td><td>${by === '' ? html`<span class="quiet">another package</span>` : by}</td>${detailCells(row, now)}</tr>`;
}

function detailCells({ change, detail }: PackageRow, now: number): Html {
  if (change === 'removed' || change === 'undeclared')
    return html`<td></td><td></td><td></td><td></td>`;
  const { isNative, licence, size, uploaded } = detail ?? {};
  return html`<td>${size === undefined ? unknown : `${Math.ceil(size / 1_000)} kB`}</td>
<td>${uploaded === undefined ? unknown : moment(Date.parse(uploaded), now)}</td>
<td>${isNative === undefined ? unknown : isNative ? 'yes' : 'no'}</td><td>${licence === undefined ? unknown : untrusted(licence.slice(0, licenceCharsMax))}</td>`;
}

const houseText = html`none: each host’s own set chooses the version and the files`;
const unknown = html`<span class="quiet">unknown</span>`;
const licenceCharsMax = 80;
