/** Parts of a version that the page of a skill and the page of a version both show. */

import { cannotLines, noOtherLines } from '../../skills-index/skill/can-phrases.ts';
import {
  type Capabilities,
  type Capability,
  listCapabilities,
  type MountCapability,
  type MountMode,
  minus,
  type PackageCapability,
} from '../../skills-index/skill/capability.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Registry, VersionName } from '../context.ts';
import { adviceKinds, capabilitiesInIndex } from '../index/index-rows.ts';
import { count, day, digest, type Html, html, part, term, untrusted } from '../markup/markup.ts';
import { reportOf } from '../review/approvals.ts';
import { type ApprovalRow, readVersion, type VersionDetail } from '../review/detail.ts';
import { previousApproved } from '../review/prose-since.ts';
import { requireVersion, versionsBefore } from '../versions/find-versions.ts';
import { filesOf, manifestOf, publicationOf, skillMdOf } from '../versions/manifests.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';

/** Versions on a page of a skill. */
const versionRows = 20;

/** Names in one line about packages. */
const packageNamesMax = 12;

/** The can and cannot of an approved version, with what weakens it. */
export function canPart({ inferred, manifest }: ApprovedContent): Html {
  const warning = inferred
    ? html`<p class="notice">The skill has no manifest of its author. A tool read these capabilities from the code, and no author confirmed them.</p>`
    : '';
  return part('can', 'What it can and cannot do', html`${warning}${canAndCannot(manifest)}`);
}

/** Who approved the version, and why. */
export function approvalPart({ approvals, approvalsNeeded, history }: VersionDetail): Html {
  const since = history.findLast(({ to }) => to === 'approved')?.at;
  const needed = `${count(approvals.length, 'person')} approved it; the policy asks for ${approvalsNeeded.total}.`;
  return part(
    'approvals',
    'Approvals',
    html`<p class="summary">${needed.replace('persons', 'people')}${since === undefined ? '' : html` Approved on ${day(since)}.`}</p>
<ul class="approvals">${approvals.map(approvalItem)}</ul>`,
  );
}

function approvalItem({ at, by, independent, reason, reviewer }: ApprovalRow): Html {
  const how = independent
    ? 'with a key, after checking the files outside the registry'
    : `with a ${by}, at the registry’s desk`;
  return html`<li><p><b>${untrusted(reviewer)}</b> <span class="quiet">${how}, ${day(at)}</span></p>
<blockquote>${untrusted(reason)}</blockquote></li>`;
}

/** Where the version came from, and what identifies it. */
export function versionFacts(detail: VersionDetail, content: ApprovedContent | undefined): Html {
  const { bundle, publishedBy, source } = detail;
  const licence = content?.manifest.license ?? source?.licence;
  return html`<dl class="about">
${term('published by', publishedBy === detail.publisher ? digest(publishedBy) : untrusted(publishedBy))}
${licence === undefined ? '' : term('licence', untrusted(licence))}
${source === undefined ? '' : term('source, as the publisher says', html`${untrusted(source.repository)} <code>${untrusted(source.commit.slice(0, 12))}</code>`)}
${term('bundle', digest(bundle, 'long'))}
</dl>`;
}

/** Advice of the author, and what installers would say. */
export function warnings({ advice, uncounted }: VersionDetail): Html {
  return html`${advice.map(
    ({ kind, reason, replacement }) =>
      html`<p class="notice">${capitalized(kind)} by its author: ${untrusted(reason)}${
        replacement === undefined
          ? ''
          : html`. Use <a href="/${replacement}">${replacement}</a> instead.`
      }</p>`,
  )}${uncounted === undefined ? '' : html`<p class="notice notice-refused">Installers refuse this version: ${untrusted(uncounted)}.</p>`}`;
}

/** The state of a version that is not approved: nothing of its content. */
export function notApproved({ history, status }: VersionDetail): Html {
  const { outlook, text } = stateMeanings[status];
  const last = history.at(-1);
  const why =
    outlook !== 'stopped' || last === undefined
      ? ''
      : html`<p><b>Reason:</b> ${untrusted(last.why)} <span class="quiet">${day(last.at)}</span></p>`;
  return html`<div class="notice ${outlook === 'stopped' ? 'notice-refused' : ''}"><p>${capitalized(text)}.</p>${why}</div>`;
}

/** What a version asks for anew. */
export function changeList(change: CapabilityChange | 'first'): Html {
  if (change === 'first') return html`<p class="quiet">The first approved version.</p>`;
  const { added, dropped, since } = change;
  if (added.length === 0 && dropped.length === 0)
    return html`<p class="quiet">Asks for nothing that ${since} did not ask for.</p>`;
  return html`<ul class="changes" aria-label="compared with ${since}">${added.map(
    (one) =>
      html`<li class="added"><span aria-hidden="true">+</span> <b>asks anew:</b> ${capabilityLine(one)}</li>`,
  )}${dropped.map(
    (one) =>
      html`<li class="dropped"><span aria-hidden="true">−</span> no longer: ${capabilityLine(one)}</li>`,
  )}</ul>`;
}

// What public pages show of a version. Only an approved version has content: description, manifest,
// findings and names of files of others stay where their reviewers read them.

/** The content of an approved version. */
interface ApprovedContent {
  readonly description: string;
  /** The manifest that the author signed. */
  readonly manifest: Manifest;
  /** No author wrote the manifest: it was inferred from a scan. */
  readonly inferred: boolean;
  readonly report: ScanReport | undefined;
  readonly change: CapabilityChange | 'first';
}

export interface PublicVersion {
  readonly detail: VersionDetail;
  /** Only of an approved version. */
  readonly content?: ApprovedContent;
}

/** @throws Problem `not-found` */
export async function readPublicVersion(
  registry: Registry,
  which: VersionName,
): Promise<PublicVersion> {
  const row = await requireVersion(registry, which);
  const content = row.status === 'approved' ? await contentOf(registry, row) : undefined;
  // The state is read last: a stop that came in between leaves the content out.
  const detail = await readVersion(registry, which);
  return { detail, ...(detail.status === 'approved' && content !== undefined ? { content } : {}) };
}

async function contentOf(
  registry: Registry,
  row: Awaited<ReturnType<typeof requireVersion>>,
): Promise<ApprovedContent> {
  const { manifest, inferred = false } = await publicationOf(registry, row);
  const previous = await previousApproved(registry, row);
  const before = previous && (await manifestOf(registry, previous));
  return {
    description: (await skillMdOf(registry, await filesOf(registry, row))).description,
    manifest,
    inferred,
    report: await reportOf(registry, row),
    change:
      previous === undefined || before === undefined
        ? 'first'
        : changeBetween(previous.version, before.capabilities, manifest.capabilities),
  };
}

// The versions of a skill, and what each approved one asks for that the one before did not.

/** Compared with the last approved version before. */
interface CapabilityChange {
  readonly since: VersionRow['version'];
  readonly added: readonly Capability[];
  readonly dropped: readonly Capability[];
}

export interface VersionEntry {
  readonly row: VersionRow;
  /**
   * `first` for the first approved version. Undefined for a version that is not approved, or not in
   * the index yet.
   */
  readonly change?: CapabilityChange | 'first' | undefined;
  readonly isYanked: boolean;
}

export interface VersionsPage {
  readonly versions: readonly VersionEntry[];
  /** The log index in front of which older versions are; absent on the last page. */
  readonly next?: number;
}

/** @param before the log index of the version behind the first one of the page */
export async function listVersions(
  registry: Registry,
  name: SkillName,
  before: number,
): Promise<VersionsPage> {
  const found = await versionsBefore(registry, name, { before, limit: versionRows + 1 });
  const rows = found.slice(0, versionRows);
  const approved = rows.filter(({ status }) => status === 'approved');
  const oldest = approved.at(-1);
  const earlier = oldest && (await previousApproved(registry, oldest));
  const all = earlier === undefined ? approved : [...approved, earlier];
  const known = await capabilitiesInIndex(registry, name, all);
  const advice = await adviceKinds(
    registry,
    approved.map(({ id }) => id),
  );
  const last = found.length > rows.length ? rows.at(-1) : undefined;
  return {
    versions: rows.map((row) => ({
      row,
      change: row.status === 'approved' ? changeOf(row, all, known) : undefined,
      isYanked: advice.get(row.id)?.includes('yanked') === true,
    })),
    ...(last === undefined ? {} : { next: last.logIndex }),
  };
}

function changeOf(
  row: VersionRow,
  all: readonly VersionRow[],
  known: ReadonlyMap<string, Capabilities>,
): VersionEntry['change'] {
  const previous = all[all.indexOf(row) + 1];
  if (previous === undefined) return 'first';
  const now = known.get(row.id);
  const before = known.get(previous.id);
  return now && before && changeBetween(previous.version, before, now);
}

/** What a version asks for anew, and no more. */
function changeBetween(
  since: VersionRow['version'],
  before: Capabilities,
  now: Capabilities,
): CapabilityChange {
  return {
    since,
    added: listCapabilities(minus(now, before)),
    dropped: listCapabilities(minus(before, now)),
  };
}

// The box that says what a skill can and cannot do, for people who do not write skills.

/** The whole box. */
function canAndCannot({ capabilities, commands }: Manifest): Html {
  const can = canItems(capabilities);
  const isText = Object.keys(commands).length === 0;
  const cannot = isText ? [] : [...cannotLines(capabilities), ...noOtherLines(capabilities)];
  return html`<div class="box">
<div class="can"><h3><span aria-hidden="true">✓</span> It can</h3>
<ul>${isText ? html`<li>tell an agent what to do: the skill is text, and has no commands</li>` : html`<li>read its own files</li>`}${can}</ul></div>
<div class="cannot"><h3><span aria-hidden="true">✕</span> It cannot</h3>
${isText ? textsAlone : html`<ul>${cannot.map((line) => html`<li>${line}</li>`)}</ul>`}</div>
</div>
<p class="quiet">Skillgate enforces this when it runs the skill’s commands: in a sandbox, behind a proxy. Other clients copy the files, and enforce nothing.</p>`;
}

const textsAlone = html`<p>Only the agent’s own host limits what an agent does after it reads the skill.</p>`;

function canItems(capabilities: Capabilities): Html[] {
  const { package: packages = [] } = capabilities;
  const others = listCapabilities({ ...capabilities, package: [] });
  return [
    ...others.map((one) => html`<li>${capabilityLine(one)}${reason(one)}</li>`),
    ...[...Map.groupBy(packages, ({ ecosystem }) => ecosystem)].map(
      ([ecosystem, all]) => html`<li>load ${packageWords(ecosystem, all)}</li>`,
    ),
  ];
}

function reason({ why }: Capability): Html | string {
  return why === undefined ? '' : html`<span class="why">${untrusted(why)}</span>`;
}

function packageWords(ecosystem: string, all: readonly PackageCapability[]): Html {
  const named = all.slice(0, packageNamesMax).map((one) => code(packageName(one)));
  const more = all.length - named.length;
  return html`${all.length} ${all.length === 1 ? 'package' : 'packages'} of ${ecosystem}: ${joined(named)}${more > 0 ? ` and ${more} more` : ''}`;
}

// What a capability lets a skill do, in words: of a whole version, and of what is new in one.

/** Such as `send GET requests to api.crm.example/v2/…`. */
function capabilityLine(one: Capability): Html {
  switch (one.kind) {
    case 'env':
      return one.name === '*'
        ? html`see <b>every</b> environment variable`
        : html`see the environment variable ${code(one.name)}`;
    case 'secret':
      return html`have the secret ${code(one.name)} added to its requests to ${list(one.hosts)}, without seeing the value`;
    case 'egress':
      if (one.url.startsWith('tcp:'))
        return html`open connections to ${code(shownAddress(one.url))}, <b>through which anything is sent unread</b>`;
      return html`send ${one.methods.includes('*') ? 'any' : list(one.methods)} requests to ${code(shownAddress(one.url))}`;
    case 'mount':
      return html`${mountWords[one.mode](mountedFolder(one))}`;
    case 'exec':
      return one.program === '*'
        ? html`start <b>any</b> program of this machine`
        : html`start the program ${code(one.program)}`;
    case 'package':
      return html`load the package ${code(packageName(one))}`;
  }
}

const mountWords: Readonly<Record<MountMode, (folder: Html) => Html>> = {
  ro: (folder) => html`read ${folder}`,
  cow: (folder) => html`read ${folder}, and propose changes there, which wait for a person`,
  rw: (folder) => html`read and write ${folder}`,
};

function mountedFolder({ files, path = '', source = path }: MountCapability): Html {
  const folder = html`the folder ${code(source)}`;
  return files === undefined ? folder : html`${folder}, or the one whose files a call names`;
}

// The text is no link. Nearly all addresses are https, so the scheme is named where it is not.
function shownAddress(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/\*$/, '/…');
}

/** Such as `left-pad@1.3.0`. */
function packageName({ name, version }: PackageCapability): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** A name that the skill’s author wrote. */
function code(text: string): Html {
  return html`<code>${untrusted(text)}</code>`;
}

function list(texts: readonly string[]): Html {
  return joined(texts.map(code));
}

/** Items with commas between them. */
function joined(items: readonly Html[]): Html {
  return html`${items.map((item, at) => (at === 0 ? item : html`, ${item}`))}`;
}

// What the state of a version means, for people who know nothing of reviews.

/** Whether a version has been approved, may still be, or will not be. */
type Outlook = 'approved' | 'waiting' | 'stopped';

interface StateMeaning {
  readonly outlook: Outlook;
  readonly text: string;
}

const waiting = { outlook: 'waiting', text: 'waiting; nobody has approved this' } as const;

export const stateMeanings: Readonly<Record<VersionState, StateMeaning>> = {
  received: waiting,
  scanning: waiting,
  'in review': waiting,
  approved: { outlook: 'approved', text: 'scanned, and approved by people' },
  quarantined: {
    outlook: 'stopped',
    text: 'held back after its scan; nobody has approved this',
  },
  refused: { outlook: 'stopped', text: 'not approved; reviewers refused it' },
  withdrawn: { outlook: 'stopped', text: 'not approved; its author withdrew it' },
  suspended: { outlook: 'stopped', text: 'stopped for now; installers refuse it' },
  revoked: { outlook: 'stopped', text: 'stopped for good; installers refuse it' },
};
