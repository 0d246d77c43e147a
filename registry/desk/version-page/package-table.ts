/**
 * The packages of a version, entry by entry, compared with the last approved version. A package has
 * a table of its own, because a lock may pin hundreds.
 */
import type { LockDetail } from '../../../skills-index/packages/locks/lock-details.ts';
import type { Capabilities, PackageCapability } from '../../../skills-index/skill/capability.ts';
import { houseWord } from '../../../skills-index/skill/ecosystem.ts';
import {
  type ManifestPackages,
  requiredName,
} from '../../../skills-index/skill/manifest-packages.ts';
import { count, type Html, html, moment, untrusted } from '../../markup/markup.ts';
import { severityBadge, verdictBadge } from '../../markup/severity.ts';
import type { SeenPackage } from '../../review/seen-packages.ts';

/** Advisories shown of one package, and at the top of a version. */
const packageAdvisoriesShownMax = 10;

const packageTextCharsMax = 80;

interface PackageRow extends SaidAndSeen {
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

interface PackageInput {
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
    const seen = input.seen.find((other) => isMine(other) && other.digest === one.digest);
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
  const asked = current.filter(({ seen }) => seen?.report !== undefined);
  if (asked.length === 0) return 'No scanner has looked at these packages yet.';
  const failed = asked.filter(({ seen }) => seen?.report?.kind === 'not fetched').length;
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

// What scanners saw of a package, beside what the lock says.

interface SaidAndSeen {
  /** What the lock says; absent for an import, and for a removed package. */
  readonly detail?: LockDetail;
  /** What a scanner saw; absent for a package that the registry does not list. */
  readonly seen?: SeenPackage;
}

/** Malware 2, a scan that blocks 1, anything else 0. */
function alarmOf({ seen }: SaidAndSeen): number {
  if (seen?.advisories.some((one) => one.isMalware)) return 2;
  return seen?.scan?.verdict === 'block' ? 1 : 0;
}

/** Notices for the top of the page; nothing when no package is bad. */
export function packageAlarms(packages: readonly SeenPackage[]): Html | string {
  const malicious = packages.flatMap(({ advisories, ecosystem, name, version }) =>
    advisories.flatMap((one) =>
      one.isMalware
        ? [
            html`<li><code>${untrusted(one.id)}</code> names <span class="tag">${ecosystem}</span>
<code>${untrusted(`${name} ${version}`)}</code>: ${untrusted(one.summary)}</li>`,
          ]
        : [],
    ),
  );
  const blocked = packages.filter(({ scan }) => scan?.verdict === 'block');
  return html`${
    malicious.length === 0
      ? ''
      : html`<div class="notice notice-refused alarms"><p><b>${count(malicious.length, 'advisory')} of malware</b>: nobody can approve this version.</p>
<ul>${malicious.slice(0, packageAdvisoriesShownMax)}${more(malicious.length - packageAdvisoriesShownMax, 'advisory')}</ul></div>`
  }${
    blocked.length === 0
      ? ''
      : html`<p class="notice notice-refused">The scan says block about the code of
<a href="#packages">${untrusted(
          blocked
            .map(({ name, version }) => `${name} ${version}`)
            .slice(0, packageAdvisoriesShownMax)
            .join(', '),
        )}</a>${
          blocked.length > packageAdvisoriesShownMax
            ? ` and ${count(blocked.length - packageAdvisoriesShownMax, 'other package')}`
            : ''
        }.</p>`
  }`;
}

/** The cells size, uploaded, machine code and licence. */
function detailCells({ detail, seen }: SaidAndSeen, now: number): Html {
  const { facts } = seen ?? {};
  const { isNative, licence, size, sizes = {}, uploaded = facts?.uploaded } = detail ?? {};
  // The lock may list a file for each system, and a scanner looks at one of them.
  const said = facts === undefined ? size : new Map(Object.entries(sizes)).get(facts.file);
  const inBytes = said !== undefined && facts !== undefined && said !== facts.bytes;
  const cells = [
    both(said, facts?.bytes, (bytes) => (inBytes ? count(bytes, 'byte') : kilobytes(bytes))),
    uploaded === undefined ? unknown : moment(Date.parse(uploaded), now),
    both(isNative, facts?.isNative, (is) => (is ? 'yes' : 'no')),
    both(licence, facts?.licence, (text) => untrusted(text.slice(0, packageTextCharsMax))),
  ];
  return html`${cells.map((cell) => html`<td>${cell}</td>`)}`;
}

const unknown = html`<span class="quiet">unknown</span>`;

/** What the lock says and what a scanner saw. A difference is marked. */
function both<Value>(
  said: Value | undefined,
  saw: Value | undefined,
  print: (value: Value) => Html | string,
): Html | string {
  if (saw === undefined) return said === undefined ? unknown : print(said);
  if (said === undefined || said === saw)
    return html`<span class="quiet">seen:</span> ${print(saw)}`;
  return html`<b class="no">lock: ${print(said)}</b> <b class="no">seen: ${print(saw)}</b>`;
}

/** What the last report says. */
function seenCell(seen: SeenPackage | undefined, now: number): Html {
  const { advisories = [], advisoriesAt, facts, report, moreAdvisories = 0, scan } = seen ?? {};
  const shown = advisories.slice(0, packageAdvisoriesShownMax);
  const left = advisories.length - shown.length + moreAdvisories;
  const names = shown.map(
    ({ id, isMalware, summary }) =>
      html`<li>${isMalware ? html`<b class="no">malicious</b> ` : ''}<code>${untrusted(id)}</code> ${untrusted(summary)}</li>`,
  );
  const list =
    names.length === 0 ? '' : html`<ul class="plain-list">${names}${more(left, 'advisory')}</ul>`;
  // A report on another entry of the package may have brought the advisories.
  if (report === undefined) return html`${list}<span class="quiet">nobody looked yet</span>`;
  const what =
    report.kind === 'whole'
      ? 'looked at by'
      : report.kind === 'advisories'
        ? 'advisories compared by'
        : 'not fetched by';
  const never = html`<div class="quiet">compared with no advisories: its scanner has none</div>`;
  return html`${advisoriesAt === undefined ? never : ''}${list}${scan === undefined ? '' : scanned(scan)}${facts === undefined ? '' : factList(facts)}
<span class="sub">${what} ${untrusted(report.by)} ${moment(report.at.getTime(), now)}${report.why === undefined ? '' : html`: ${untrusted(report.why)}`}</span>`;
}

function scanned({ findings, more: left, verdict }: NonNullable<SeenPackage['scan']>): Html {
  const number = findings.length + left;
  if (number === 0) return html`<div>${verdictBadge(verdict)}no findings</div>`;
  const items = findings.map(
    ({
      line,
      message,
      path,
      rule,
      severity,
    }) => html`<li>${severityBadge(severity)}<code>${untrusted(rule)}</code>
<code>${untrusted(`${path}:${line}`)}</code> ${untrusted(message)}</li>`,
  );
  return html`<details><summary>${verdictBadge(verdict)}${count(number, 'finding')}</summary>
<ul class="plain-list">${items}${more(left, 'finding')}</ul></details>`;
}

const attestations = {
  none: 'no attestation',
  named: 'the index names an attestation',
  verified: 'attestation verified',
} as const;

function factList(facts: NonNullable<SeenPackage['facts']>): Html {
  const { attestation, files, publisher, read, requiresPython, scripts = [] } = facts;
  const parts = [
    count(files, 'file'),
    ...(publisher === undefined ? [] : [html`publisher ${untrusted(publisher)}`]),
    ...(attestation === undefined ? [] : [attestations[attestation]]),
    ...(requiresPython === undefined ? [] : [html`Python ${untrusted(requiresPython)}`]),
    ...(read === 'part' ? ['only a part of the code was scanned'] : []),
    ...(scripts.length === 0
      ? []
      : [
          html`scripts that never run here: ${scripts.map((one) => html`<code>${untrusted(one)}</code> `)}`,
        ]),
  ];
  return html`<ul class="plain-list">${parts.map((one) => html`<li>${one}</li>`)}</ul>`;
}

function more(left: number, noun: string): Html | string {
  return left > 0 ? html`<li>and ${count(left, `more ${noun}`)}</li>` : '';
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000)} kB`;
}
