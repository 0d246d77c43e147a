/** A skill: its offered version, how to install it, and all of its versions. */
import { type SkillName, scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { day, type Html, html, part, untrusted } from '../markup/markup.ts';
import { stateBadge } from '../markup/severity.ts';
import type { PublicVersion } from './approved-version.ts';
import { type installLines, installList } from './install-lines.ts';
import { type PublicFrame, publicPage } from './layout.ts';
import type { VersionEntry, VersionsPage } from './listed-versions.ts';
import { stateMeanings } from './state-words.ts';
import { approvalPart, canPart, changeList, versionFacts, warnings } from './version-parts.ts';

export interface SkillView {
  readonly name: SkillName;
  /** The version that the registry offers; absent when it offers none. */
  readonly offered?: PublicVersion | undefined;
  readonly lines: ReturnType<typeof installLines>;
  readonly list: VersionsPage;
}

/** The whole page. */
export function skillPage(frame: PublicFrame, view: SkillView): Html {
  const { list, name, offered } = view;
  const path = `/${name}`;
  const versions = part('versions', 'Versions', versionList(name, list));
  const content = offered?.content;
  if (offered === undefined || content === undefined) {
    const description = `${name} has no version that anybody may install.`;
    const body = html`<p class="notice">The registry offers no version of this skill. ${newestWords(list)}</p>${versions}`;
    return publicPage(frame, {
      title: name,
      description,
      heading: heading(name),
      body,
      path,
    });
  }
  const { detail } = offered;
  const body = html`<p class="lead">${untrusted(content.description)}</p>
${warnings(detail)}
<div class="two"><div>
${canPart(content)}
${part('install', 'Install', installList(view.lines))}
${versions}
</div><aside aria-label="about version ${detail.version}">
${versionFacts(detail, content)}
${approvalPart(detail)}
<p><a href="/${name}@${detail.version}">Findings and evidence of ${detail.version}</a></p>
</aside></div>`;
  const title = html`${heading(name)} <span class="version">${detail.version}</span> ${stateBadge(detail.status)}`;
  return publicPage(frame, {
    title: name,
    heading: title,
    description: content.description,
    body,
    path,
  });
}

/** The name, with a link to its scope. */
export function heading(name: SkillName): Html {
  const scope = `@${scopeOf(name)}`;
  return html`<a href="/${scope}">${scope}</a>/${shortNameOf(name)}`;
}

function newestWords({ versions: [newest] }: VersionsPage): string {
  if (newest === undefined) return '';
  const { status, version } = newest.row;
  if (newest.isYanked) return `Its author yanked ${version}.`;
  return status === 'approved' ? '' : `Version ${version}: ${stateMeanings[status].text}.`;
}

function versionList(name: SkillName, { next, versions }: VersionsPage): Html {
  return html`<ol class="versions">${versions.map((one) => versionItem(name, one))}</ol>
${next === undefined ? '' : html`<nav class="pages" aria-label="pages of versions"><a href="/${name}?before=${next}#versions" rel="next">Older versions</a></nav>`}`;
}

function versionItem(name: SkillName, { change, isYanked, row }: VersionEntry): Html {
  const { createdAt, status, version } = row;
  const { outlook, text } = stateMeanings[status];
  return html`<li><h3><a href="/${name}@${version}"><span class="version">${version}</span></a> ${stateBadge(status)}${
    isYanked ? html`<span class="tag">yanked</span>` : ''
  }<span class="quiet">${day(createdAt)}</span></h3>
${outlook === 'approved' ? (change === undefined ? '' : changeList(change)) : html`<p class="quiet">${text}</p>`}</li>`;
}
