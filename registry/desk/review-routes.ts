/** The desk's routes of one version: its page, its files, and a reviewer's decisions. */
import type { Context, Hono } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import { whyHigh } from '../../skills-index/trust/policy/policy.ts';
import type { Registry, VersionName } from '../context.ts';
import type { Quotas } from '../intake/quotas-file.ts';
import { count, type Html, html, moment, part, untrusted } from '../markup/markup.ts';
import type { DeliveryState } from '../notices/delivery-states.ts';
import type { Deletion, RetentionRule } from '../retention/delete-files.ts';
import { compareCopies } from '../review/compared-copies.ts';
import {
  askAuthor,
  claimReview,
  moveVersion,
  type ReviewDetail,
  readReview,
  readReviewFile,
} from '../review/review.ts';
import { versionIn } from '../routes/request-parts.ts';
import { whyNotApprover } from '../versions/authors.ts';
import { requireFiles } from '../versions/files-deleted.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { whyStopped } from '../versions/publishers.ts';
import type { OwnedBytes, StoredBytes } from '../versions/stored-bytes.ts';
import { beginApproval, meansOf, type Reasoned } from './approval-routes.ts';
import { type FileView, filePage } from './file.ts';
import { field, show } from './frame.ts';
import { type Notice, type PageFrame, page } from './layout.ts';
import { type DeskReader, requireReader, requireReviewer } from './sign-in/reader.ts';
import { versionPage } from './version-page/version.ts';

/** Text read for the code frames of one page. */
const frameSourceBytesMax = 2_000_000;

const doneTexts = {
  asked: 'The author sees your question. The version does not move.',
  claimed: 'Others see for ten minutes that you review this version.',
  refused: 'The version is refused. The author sees your reason.',
  moved: 'The version is in review now.',
  signed: 'Your approval is signed and in the log.',
} as const;

/** Routes below /review for one version. */
export function reviewRoutes(app: Hono, registry: Registry): void {
  app.get('/:scope/:name/:version', async (context) => {
    const reader = await requireReader(registry, context);
    const code = context.req.query('done');
    const notice: Notice | undefined = isDone(code)
      ? { kind: 'done', text: doneTexts[code] }
      : undefined;
    return version(registry, context, reader, { notice });
  });
  app.get('/:scope/:name/:version/files/:path{.+}', (context) => file(registry, context));
  app.post('/:scope/:name/:version/:action', (context) => act(registry, context));
}

async function act(registry: Registry, context: Context): Promise<Response> {
  const reader = await requireReader(registry, context);
  const which = versionIn(context);
  const action = context.req.param('action') ?? '';
  const reason = (await field(context, 'reason')).trim();
  try {
    if (action !== 'claim' && reason === '')
      throw new Problem('request-invalid', 'Give a reason for the decision', {
        hint: 'Write at least one sentence that says why.',
      });
    return action === 'approve'
      ? await beginApproval(registry, context, { ...which, reason })
      : done(context, which, await change(registry, context, { ...which, reason }));
  } catch (error) {
    // A rejection shows the version again with the reviewer's input. The application answers every
    // other failure.
    if (!(error instanceof Problem) || error.code === 'not-found') throw error;
    const text = `${error.message}. ${error.hint ?? ''}`;
    return version(registry, context, reader, {
      notice: { kind: 'refused', text },
      typed: { action, reason },
      status: 422,
    });
  }
}

/** What a reviewer does without a signature, so that a key has to have started the session. */
async function change(
  registry: Registry,
  context: Context,
  what: Reasoned,
): Promise<keyof typeof doneTexts> {
  const { actor } = await requireReviewer(registry, context);
  const action = context.req.param('action') ?? '';
  switch (action) {
    case 'claim':
      await claimReview(registry, actor, what);
      return 'claimed';
    case 'ask':
      await askAuthor(registry, actor, what);
      return 'asked';
    case 'refuse':
      await moveVersion(registry, actor, { ...what, to: 'refused' });
      return 'refused';
    case 'move':
      await moveVersion(registry, actor, { ...what, to: 'in review' });
      return 'moved';
  }
  throw new Problem('not-found', `There is no action ${JSON.stringify(action.slice(0, 40))}`);
}

interface Around {
  readonly notice?: Notice | undefined;
  readonly typed?: { readonly action: string; readonly reason: string };
  readonly status?: 200 | 422;
}

async function version(
  registry: Registry,
  context: Context,
  reader: DeskReader,
  around: Around,
): Promise<Response> {
  const detail = await readReview(registry, versionIn(context));
  const sources = await readSources(registry, detail);
  const means = await meansOf(registry, reader.member);
  const mayNotApprove = await whyNotApprove(registry, reader, detail);
  const { manifest, report, verdict } = detail;
  const judged = {
    capabilities: manifest.capabilities,
    findings: report?.findings ?? [],
    ...(verdict && { verdict }),
  };
  const decision = {
    means,
    mayNotApprove,
    mayChange: reader.actor !== undefined,
    whyMore: whyHigh(registry.policy, judged),
    ...(around.typed && { typed: around.typed }),
  };
  const copies = await compareCopies(registry, detail);
  const view = { detail, now: registry.now().getTime(), sources, copies, decision };
  return show(registry, context, (frame) => versionPage(frame, view), around);
}

async function file(registry: Registry, context: Context): Promise<Response> {
  await requireReader(registry, context);
  const detail = await readReview(registry, versionIn(context));
  const path = context.req.param('path') ?? '';
  const found = detail.files.find((file) => file.path === path);
  if (found === undefined)
    throw new Problem(
      'not-found',
      `${detail.name} ${detail.version} has no file ${JSON.stringify(path.slice(0, 200))}`,
    );
  requireFiles(detail, detail.filesDeleted);
  const bytes = await readReviewFile(registry, found.sha256);
  const before = await fileBefore(registry, detail, path);
  const sheet = Math.max(
    1,
    Math.min(1_000, Number.parseInt(context.req.query('sheet') ?? '1', 10) || 1),
  );
  return show(registry, context, (frame) =>
    filePage(frame, { detail, path, sha256: found.sha256, bytes, sheet, ...before }),
  );
}

async function fileBefore(
  registry: Registry,
  { filesSince }: ReviewDetail,
  path: string,
): Promise<Pick<FileView, 'before'>> {
  const changed = filesSince?.changed.find((file) => file.path === path);
  if (filesSince === undefined || changed === undefined) return {};
  const bytes = await readReviewFile(registry, changed.before);
  return { before: { since: filesSince.since, bytes } };
}

// The texts of files with findings, SKILL.md first, up to a limit. The other files have their own
// pages.
async function readSources(
  registry: Registry,
  { files, filesDeleted, report }: ReviewDetail,
): Promise<ReadonlyMap<string, string>> {
  if (filesDeleted !== undefined) return new Map();
  const wanted = new Set([
    'SKILL.md',
    ...(report?.findings ?? []).flatMap((finding) => [
      finding.path,
      ...finding.flow.map((step) => step.path),
    ]),
  ]);
  const sources = new Map<string, string>();
  let bytesLeft = frameSourceBytesMax;
  for (const path of wanted) {
    const found = files.find((file) => file.path === path);
    if (found === undefined || found.size > bytesLeft) continue;
    bytesLeft -= found.size;
    sources.set(
      path,
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        await readReviewFile(registry, found.sha256),
      ),
    );
  }
  return sources;
}

async function whyNotApprove(
  registry: Registry,
  { member, unenrolled, mayReview }: DeskReader,
  detail: ReviewDetail,
): Promise<string | undefined> {
  if (unenrolled !== undefined) {
    const identity = `${unenrolled.issuer} ${unenrolled.subject}`;
    return `You cannot approve: you belong to a group of reviewers, and no reviewer is enrolled with your identity. An administrator types: skillgate member add NAME --role reviewer --public-key FILE --identity ${identity}`;
  }
  if (member === undefined || !mayReview)
    return 'You cannot approve: only a reviewer may, and you are not one.';
  const row = await requireVersion(registry, detail);
  const stopped = await whyStopped(registry, row);
  if (stopped !== undefined) return `Nobody can approve this version: ${stopped}.`;
  const own = await whyNotApprover(registry, row, { member: member.name, enrolled: member });
  if (own !== undefined) return `You cannot approve this version: ${own}.`;
  if (detail.approvals.some((approval) => approval.reviewer === member.name))
    return approvedText(detail);
  return undefined;
}

function approvedText({ name, version, approvals, approvalsNeeded }: ReviewDetail): string {
  const outside = approvals.filter((approval) => approval.independent).length;
  const waits = 'You approved this version. The version waits for another reviewer.';
  if (outside >= approvalsNeeded.independent) return waits;
  return `${waits} The version also needs an approval from outside the desk, which you can give: skillgate review approve ${name}@${version}`;
}

function done(
  context: Context,
  { name, version }: VersionName,
  what: keyof typeof doneTexts,
): Response {
  return context.redirect(`/review/${name}/${encodeURIComponent(version)}?done=${what}`, 303);
}

function isDone(code: string | undefined): code is keyof typeof doneTexts {
  return code !== undefined && Object.hasOwn(doneTexts, code);
}

// How the registry runs, for operators: which notices arrived, and which enrolments wait.

export interface OperationsView {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly deliveries: readonly DeliveryState[];
  /** Bytes of all versions. */
  readonly stored: StoredBytes;
  /** Publishers and scopes with most bytes. */
  readonly largest: readonly OwnedBytes[];
  readonly quotas: Quotas;
  readonly retention: readonly RetentionRule[];
  /** Versions that lost their files, the last first. */
  readonly deleted: readonly Deletion[];
  /** Enrolments that too few administrators have signed. */
  readonly votes: readonly {
    readonly name: string;
    readonly roles: readonly string[];
    readonly signed: number;
  }[];
  readonly votesNeeded: number;
  /** Passkeys that wait for an administrator. */
  readonly passkeys: readonly { readonly member: string; readonly createdAt: number }[];
}

/** The whole page. Nothing on it changes anything. */
export function operationsPage(frame: PageFrame, view: OperationsView): Html {
  const body = html`${part('notices', 'Notices', deliveries(view))}
${part('enrolments', 'Enrolments that wait', enrolments(view))}
${part('storage', 'Stored bytes', storage(view))}`;
  return page(frame, { title: 'Operations', at: 'operations', body, width: 'narrow' });
}

function deliveries({ deliveries, now }: OperationsView): Html {
  if (deliveries.length === 0)
    return html`<p class="empty">Nobody is told of events: there is no <code>notices.json</code>.
<a href="/review/notices.atom">The feed</a> has the last events.</p>`;
  return html`<ul class="plain-list">${deliveries.map(
    ({ label, behind, failures, failedAt }) => html`<li>${untrusted(label)}:
${
  failedAt === undefined
    ? html`<span class="quiet">${behind === 0 ? 'up to date' : `${count(behind, 'event')} to look through`}</span>`
    : html`<b>takes nothing since ${moment(failedAt.getTime(), now)}</b> <span class="quiet">${count(failures, 'attempt')}, ${count(behind, 'event')} behind</span>`
}</li>`,
  )}</ul>`;
}

function enrolments({ votes, votesNeeded, passkeys, now }: OperationsView): Html {
  if (votes.length + passkeys.length === 0)
    return html`<p class="empty">No enrolment waits for an administrator.</p>`;
  return html`<p class="quiet">Administrators sign enrolments on their own machines: <code>skillgate member list</code> prints the commands.</p>
<ul class="plain-list">${votes.map(
    ({ name, roles, signed }) =>
      html`<li>${untrusted(name)} as ${untrusted(roles.join(', '))}: ${signed} of ${votesNeeded} administrators signed</li>`,
  )}${passkeys.map(
    ({ member, createdAt }) =>
      html`<li>a passkey of ${untrusted(member)}, made ${moment(createdAt, now)}</li>`,
  )}</ul>`;
}

function storage(view: OperationsView): Html {
  const { stored, largest, quotas } = view;
  if (largest.length === 0) return html`<p class="empty">No version is stored.</p>`;
  return html`${retained(view)}
<p class="quiet">Files of all versions: ${bytes(stored)}. A file that several versions have counts for each.</p>
<ul class="plain-list">${largest.map(({ owner, ...used }) => {
    const max = owner.startsWith('@') ? quotas.scope : quotas;
    return html`<li>${untrusted(owner)}: ${bytes(used)}${quota('stored', max?.storedBytes)}${quota('waiting', max?.waitingBytes)}</li>`;
  })}</ul>`;
}

function retained({ retention, deleted, now }: OperationsView): Html {
  const rules = retention.map(
    ({ state, days }) =>
      html`<li>${state} versions lose their files after ${count(days, 'day')}</li>`,
  );
  const lost = deleted.map(
    ({ name, version, at, why }) =>
      html`<li>${untrusted(`${name}@${version}`)}: ${why} <span class="quiet">${moment(at, now)}</span></li>`,
  );
  if (rules.length === 0)
    return html`<p class="quiet">All files stay: there is no <code>retention.json</code>.</p>`;
  return html`<ul class="plain-list">${rules}${lost}</ul>`;
}

function bytes({ bytes, waiting }: StoredBytes): Html {
  return html`${count(bytes, 'byte')} <span class="quiet">(${waiting.toLocaleString('en')} of them wait for a scan or a decision)</span>`;
}

function quota(what: string, max: number | undefined): Html {
  return max === undefined ? html`` : html`, quota of ${what} bytes ${max.toLocaleString('en')}`;
}
