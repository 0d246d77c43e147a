/** A text that makes a person fetch and start a program, under the name of a prerequisite. */

import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import { programsStarted } from '../../prose/frames/act-frames.ts';
import { withFrames } from '../../prose/frames/find-frames.ts';
import {
  demandsSetup,
  givesArchivePassword,
  insistsOnSetup,
  programFile,
  startsFile,
  tellsToFetch,
  tellsToStart,
} from '../../prose/lures.ts';
import { plainWords } from '../../prose/marks.ts';
import { proseTexts, textsByFile } from '../../prose/texts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const installLure = defineRule({
  id: 'prose/install-lure',
  title: 'The text lures people into installing something',
  kind: 'malice',
  severity: 'critical',
  confidence: 'lexical',
  why: 'The skill itself is clean. Its text says that it works only after something from a paste site, a locked archive or a bare download is started. Most malware in skills came this way.',
  fix: 'Name software by its package registry and version. A skill needs no download that a person has to start.',
  maps: { owasp: ['ASI09', 'LLM01'], attack: ['T1204.002', 'T1204.004'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    return withFrames(textsByFile(facts).flatMap(luresIn), facts, programsStarted);
  },
});

type TextFact = FactOf<'text'>;

const luresIn = remembered((file: readonly TextFact[]) => {
  const texts = proseTexts(file).filter(({ fact }) => roles.has(fact.role));
  const facts = texts.map(({ fact }) => fact);
  return texts.flatMap(({ fact, readings }, index) =>
    luresAt(facts, fact, index, readings[0]?.words ?? ''),
  );
});

const roles = new Set<TextFact['role']>([
  'prose',
  'heading',
  'list-item',
  'table-cell',
  'link',
  'inline-code',
  'fence',
  'front-matter',
  'hidden',
  'html',
]);
const nearChars = 700;

function luresAt(
  facts: readonly TextFact[],
  fact: TextFact,
  index: number,
  seen: string,
): FindingDraft[] {
  const words = fact.role === 'link' ? fact.text : seen;
  const paste = words.includes('://') && fact.role !== 'hidden' ? pasteSiteIn(words) : undefined;
  const isLocked =
    fact.role !== 'fence' && /pass|pwd/i.test(words) && givesArchivePassword.test(words);
  const isDownload = fact.role === 'link' && /^https?:/.test(words) && programFile.test(words);
  if (paste === undefined && !isLocked && !isDownload) return [];
  const near = around(facts, index);
  if (paste !== undefined && demandsSetup.test(near) && tellsToFetch.test(near))
    return [
      {
        span: fact.span,
        message: `makes the reader fetch something from ${paste} to set the skill up`,
      },
    ];
  const namesArchive = programFile.test(near) || /\b(zip|rar|7z|exe)\b/i.test(words);
  const isFetched = /\b(download|github\.com|releases?|https?:|installer|\.exe)\b/i.test(near);
  if (isLocked && namesArchive && isFetched && tellsToStart.test(near))
    return [
      {
        span: fact.span,
        message: 'gives the password of an archive that the reader has to download and start',
      },
    ];
  // Of an archive, a program in it is started. Data is unpacked.
  const starts = archiveFile.test(words) ? startsProgram : startsFile;
  if (isDownload && insistsOnSetup.test(near) && tellsToStart.test(near) && starts.test(near))
    return [
      {
        span: fact.span,
        severity: 'high',
        message: `makes the reader download and start ${words.slice(0, 120)}`,
      },
    ];
  return [];
}

const archiveFile = /\.(zip|rar|7z|tar\.gz|tgz)(?=$|[?#)\s"'`>\]])/i;
const startsProgram =
  /\b(run|execute|launch|start|open|double-click)\b[^.\n]{0,60}?(\b(executable|installer|app(lication)?|program|utility|agent|binary|setup)\b|\.(exe|dmg|pkg|msi|app|sh|bat)\b)/i;

function pasteSiteIn(words: string): string | undefined {
  for (const [, host = '', path] of words.matchAll(
    /https?:\/\/([\w.-]{3,120})(\/[^\s)"'`>]{0,200})?/g,
  )) {
    const drop = dropHostOf(host, path);
    if (drop?.kind === 'paste' || drop?.kind === 'file-drop') return host;
  }
  return undefined;
}

// The texts before and behind, as far as a reader's eye goes.
function around(facts: readonly TextFact[], index: number): string {
  const at = facts[index]?.span.start ?? 0;
  const near: string[] = [];
  for (let i = Math.max(0, index - 40); i < Math.min(facts.length, index + 40); i++) {
    const fact = facts[i];
    if (fact !== undefined && Math.abs(fact.span.start - at) <= nearChars && fact.role !== 'fence')
      near.push(fact.text);
  }
  return plainWords(near.join(' \n '));
}
