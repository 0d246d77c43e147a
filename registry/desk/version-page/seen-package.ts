/** What scanners saw of a package, beside what the lock says. */
import type { LockDetail } from '../../../skills-index/packages/locks/lock-details.ts';
import { count, type Html, html, moment, untrusted } from '../../markup/markup.ts';
import { severityBadge, verdictBadge } from '../../markup/severity.ts';
import type { SeenPackage } from '../../review/seen-packages.ts';
import { packageAdvisoriesShownMax, packageTextCharsMax } from '../limits.ts';

export interface SaidAndSeen {
  /** What the lock says; absent for an import, and for a removed package. */
  readonly detail?: LockDetail;
  /** What a scanner saw; absent for a package that the registry does not list. */
  readonly seen?: SeenPackage;
}

/** Malware 2, a scan that blocks 1, anything else 0. */
export function alarmOf({ seen }: SaidAndSeen): number {
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
export function detailCells({ detail, seen }: SaidAndSeen, now: number): Html {
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

/** What the last look says. */
export function seenCell(seen: SeenPackage | undefined, now: number): Html {
  const { advisories = [], advisoriesAt, facts, look, moreAdvisories = 0, scan } = seen ?? {};
  const shown = advisories.slice(0, packageAdvisoriesShownMax);
  const left = advisories.length - shown.length + moreAdvisories;
  const names = shown.map(
    ({ id, isMalware, summary }) =>
      html`<li>${isMalware ? html`<b class="no">malicious</b> ` : ''}<code>${untrusted(id)}</code> ${untrusted(summary)}</li>`,
  );
  const list =
    names.length === 0 ? '' : html`<ul class="plain-list">${names}${more(left, 'advisory')}</ul>`;
  // A look at another entry of the package may have brought the advisories.
  if (look === undefined) return html`${list}<span class="quiet">nobody looked yet</span>`;
  const what =
    look.kind === 'whole'
      ? 'looked at by'
      : look.kind === 'advisories'
        ? 'advisories compared by'
        : 'not fetched by';
  const never = html`<div class="quiet">compared with no advisories: its scanner has none</div>`;
  return html`${advisoriesAt === undefined ? never : ''}${list}${scan === undefined ? '' : scanned(scan)}${facts === undefined ? '' : factList(facts)}
<span class="sub">${what} ${untrusted(look.by)} ${moment(look.at.getTime(), now)}${look.why === undefined ? '' : html`: ${untrusted(look.why)}`}</span>`;
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
