/** A version: what it can do, what it asks for anew, its findings and its evidence. */
import { type Html, html, part, untrusted } from '../markup/markup.ts';
import { stateBadge } from '../markup/severity.ts';
import type { PublicVersion } from './approved-version.ts';
import { type EvidenceView, evidencePart } from './evidence-tree.ts';
import { type installLines, installList } from './install-lines.ts';
import { type PublicFrame, publicPage } from './layout.ts';
import { findingPart } from './public-findings.ts';
import { heading } from './skill-page.ts';
import { stateMeanings } from './state-words.ts';
import {
  approvalPart,
  canPart,
  changeList,
  notApproved,
  versionFacts,
  warnings,
} from './version-parts.ts';

export interface PublicVersionView {
  readonly version: PublicVersion;
  readonly evidence: EvidenceView;
  readonly lines: ReturnType<typeof installLines>;
}

/** The whole page. */
export function versionPage(
  frame: PublicFrame,
  { evidence, lines, version }: PublicVersionView,
): Html {
  const { content, detail } = version;
  const { name, status } = detail;
  const title = `${name} ${detail.version}`;
  const head = html`${heading(name)} <span class="version">${detail.version}</span> ${stateBadge(status)}`;
  const path = `/${name}@${detail.version}`;
  const other = html`<p><a href="/${name}">All versions of ${name}</a></p>`;
  if (content === undefined) {
    const description = `${title}: ${stateMeanings[status].text}.`;
    const body = html`${notApproved(detail)}${other}`;
    return publicPage(frame, { title, heading: head, description, body, path });
  }
  const { change, description, report } = content;
  const body = html`<p class="lead">${untrusted(description)}</p>
${warnings(detail)}
<div class="two"><div>
${canPart(content)}
${part('anew', change === 'first' ? 'What it asks for anew' : `What it asks for anew since ${change.since}`, changeList(change))}
${part('install', `Install ${detail.version}`, installList(lines))}
${findingPart(report)}
${evidencePart(evidence)}
</div><aside aria-label="about this version">
${versionFacts(detail, content)}
${approvalPart(detail)}
${other}
</aside></div>`;
  return publicPage(frame, { title, heading: head, description, body, path });
}
