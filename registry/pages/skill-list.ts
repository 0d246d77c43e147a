/** A list of skills: name, description, and what each asks for. */
import { type Need, needsOf } from '../../skills-index/skill/needs.ts';
import type { ShownSkill } from '../catalogue/shown-skills.ts';
import { day, type Html, html, untrusted } from '../markup/markup.ts';

/** Skills with their offered versions. */
export function skillList(skills: readonly ShownSkill[]): Html {
  return html`<ul class="skills">${skills.map(item)}</ul>`;
}

const needWords: Readonly<Record<Need, string>> = {
  network: 'reaches the network',
  secrets: 'uses secrets',
  environment: 'sees environment variables',
  files: 'uses your files',
  programs: 'starts programs of the host',
  packages: 'loads packages',
};

function item(skill: ShownSkill): Html {
  const { description, name, offeredSince, version } = skill;
  const needed = needsOf(skill.capabilities);
  return html`<li><h3><a href="/${name}">${name}</a> <span class="version">${version}</span></h3>
<p>${untrusted(description)}</p>
<p class="needs">${needed.length === 0 ? html`<span class="tag none">asks for nothing</span>` : needed.map((kind) => html`<span class="tag">${needWords[kind]}</span> `)}
<span class="quiet">approved ${day(offeredSince)}</span></p></li>`;
}
