/** The first page: search, and the skills that were approved last. */
import { type Need, needs } from '../../skills-index/skill/needs.ts';
import type { ShownSkill } from '../catalogue/shown-skills.ts';
import { count, type Html, html, untrusted } from '../markup/markup.ts';
import { type PublicFrame, publicPage } from './layout.ts';
import { skillList } from './skill-list.ts';

export interface HomeView {
  readonly query: string;
  readonly without: readonly Need[];
  readonly skills: readonly ShownSkill[];
  /** All that a search found; undefined without a search. */
  readonly found?: number;
  /** Words that no skill has, with the words that were looked up instead. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
  /** The query of the next page, if there is one. */
  readonly next?: string | undefined;
}

/** The whole page. */
export function homePage(frame: PublicFrame, view: HomeView): Html {
  const { found, next, query, skills } = view;
  const title = found === undefined ? 'Skills for agents' : `Skills for “${query}”`;
  const body = html`${found === undefined ? about : ''}${searchForm(view)}
${found === undefined ? html`<h2>Approved last</h2>` : summary(view, found)}
${skills.length === 0 ? nothing(view) : skillList(skills)}
${next === undefined ? '' : html`<nav class="pages" aria-label="pages of skills"><a href="/?${next}" rel="next">More skills</a></nav>`}`;
  const description =
    'A registry of skills for agents. Each skill was signed by its author, scanned, and approved by a person.';
  return publicPage(frame, {
    title,
    description,
    body,
    path: '/',
    at: 'skills',
  });
}

const about = html`<p class="lead">Each skill here was signed by its author, scanned, and approved by a person. Each page says what a skill can do, and what it cannot do.</p>`;

const kindWords: Readonly<Record<Need, string>> = {
  network: 'network',
  secrets: 'secrets',
  environment: 'environment variables',
  files: 'your files',
  programs: 'programs of the host',
  packages: 'packages',
};

function searchForm({ query, without }: HomeView): Html {
  return html`<form class="search" method="get" action="/" role="search">
<label for="q">What should the skill do?</label>
<div class="asked"><input id="q" type="search" name="q" value="${query}" placeholder="write the weekly sales report" autocomplete="off"><button>Search</button></div>
<fieldset><legend>Only skills that need no</legend>${needs.map(
    (kind) =>
      html`<label><input type="checkbox" name="without" value="${kind}" ${without.includes(kind) ? 'checked' : ''}> ${kindWords[kind]}</label>`,
  )}</fieldset></form>`;
}

function summary({ corrected }: HomeView, found: number): Html {
  const instead = Object.entries(corrected).map(
    ([word, words]) =>
      html` No skill has the word ${untrusted(word)}; searched for ${untrusted(words.join(', '))} instead.`,
  );
  return html`<h2>${count(found, 'skill')} found</h2>${instead.length === 0 ? '' : html`<p class="summary">${instead}</p>`}`;
}

function nothing({ found }: HomeView): Html {
  return found === undefined
    ? html`<p class="empty">No skill is approved yet.</p>`
    : html`<p class="empty">No approved skill fits. Try other words, or fewer limits.</p>`;
}
