/** What the pictures of public pages say, which readers of previews show beside a link. */
import { cannotPhrases, canPhrases } from '../../../skills-index/skill/can-phrases.ts';
import type { Manifest } from '../../../skills-index/skill/manifest.ts';
import {
  type Scope,
  type SkillName,
  scopeOf,
  shortNameOf,
} from '../../../skills-index/skill/name.ts';
import { capitalized } from '../../../skills-index/skill/text/capitalized.ts';
import { pictureTextCharsMax } from '../../pictures/limits.ts';
import type { PagePicture } from '../../pictures/picture.ts';
import type { VersionDetail } from '../../review/detail.ts';
import type { PublicVersion } from '../approved-version.ts';
import { stateMeanings } from '../state-words.ts';

/** Of the registry itself. @param origin of the registry */
export function registryPicture(origin: string): PagePicture {
  return {
    origin,
    title: 'Skills for agents',
    text: 'Signed by their authors, scanned, and approved by people.',
  };
}

export function scopePicture(origin: string, scope: Scope): PagePicture {
  const title = `@${scope}`;
  return { origin, title, text: `The approved skills of ${title}, and who may publish there.` };
}

/** Of a skill that the registry does not offer. */
export function unofferedPicture(origin: string, name: SkillName): PagePicture {
  return { ...named(origin, name), text: 'The registry offers no version of this skill.' };
}

/** Of a version. Like its page, the picture has content of an approved version only. */
export function versionPicture(origin: string, { content, detail }: PublicVersion): PagePicture {
  const { name, status, version } = detail;
  const subject = { ...named(origin, name), version, state: stateOf(detail) };
  if (content === undefined)
    return { ...subject, text: `${capitalized(stateMeanings[status].text)}.` };
  return {
    ...subject,
    text: content.description.slice(0, pictureTextCharsMax).toWellFormed(),
    ...boxesOf(content.manifest),
  };
}

function named(origin: string, name: SkillName): Pick<PagePicture, 'origin' | 'lead' | 'title'> {
  return { origin, lead: `@${scopeOf(name)}`, title: shortNameOf(name) };
}

// Approved alone would promise too much of a version that nobody should install any more.
function stateOf({ advice, status, uncounted }: VersionDetail): NonNullable<PagePicture['state']> {
  const { outlook } = stateMeanings[status];
  if (outlook !== 'approved') return { word: status, outlook };
  if (uncounted !== undefined) return { word: 'not installable', outlook: 'stopped' };
  const [advised] = advice;
  return advised === undefined
    ? { word: status, outlook }
    : { word: advised.kind, outlook: 'waiting' };
}

function boxesOf({ capabilities, commands }: Manifest): Pick<PagePicture, 'can' | 'cannot'> {
  const named = canPhrases(capabilities, 1);
  const counted = canPhrases(capabilities, 0);
  const can = named.map((words, at) => ({ named: words, counted: counted[at] ?? words }));
  if (Object.keys(commands).length === 0)
    return { can: [ourPhrase('tell an agent what to do'), ...can], cannot: [] };
  return {
    can: can.length === 0 ? [ourPhrase('read its own files')] : can,
    cannot: cannotPhrases(capabilities),
  };
}

function ourPhrase(words: string): { readonly named: string; readonly counted: string } {
  return { named: words, counted: words };
}
