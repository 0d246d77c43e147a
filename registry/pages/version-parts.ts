/** Parts of a version that the page of a skill and the page of a version both show. */
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import { count, day, digest, type Html, html, part, term, untrusted } from '../markup/markup.ts';
import type { ApprovalRow, VersionDetail } from '../review/detail.ts';
import type { ApprovedContent } from './approved-version.ts';
import { canAndCannot } from './can-and-cannot.ts';
import { capabilityLine } from './capability-line.ts';
import type { CapabilityChange } from './listed-versions.ts';
import { stateMeanings } from './state-words.ts';

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
