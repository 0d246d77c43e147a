/** A text that makes a person fetch and start a program, under the name of a prerequisite. */
import type { TextFact } from '../../fact.ts';
import { showsOnly } from '../../models/code-fences.ts';
import { dropHostOf } from '../../models/drop-hosts.ts';
import { demandsSetup, givesArchivePassword, programFile, tellsToFetch, tellsToStart } from '../../models/lures.ts';
import { plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const installLure = defineRule({
  id: 'prose/install-lure',
  title: 'A lure to install something',
  kind: 'malice',
  severity: 'critical',
  confidence: 'lexical',
  why: 'The skill itself is clean; its text says that it will not work until something from a paste site, a locked archive or a bare download is started. Most malware spread by skills came this way.',
  fix: 'Name software by its package registry and version. A skill needs no download that a person has to start.',
  maps: { owasp: ['ASI09', 'LLM01'], attack: ['T1204.002', 'T1204.004'] },
  reads: ['text'],
  revision: 1,
  check: (context) => {
    const byFile = Map.groupBy(
      context
        .of('text')
        .filter((fact) =>
          /^(prose|heading|list-item|table-cell|link|inline-code|fence|front-matter|hidden|html)$/.test(fact.role),
        ),
      (fact) => fact.span.path,
    );
    return [...byFile.values()].flatMap((facts) => facts.flatMap((fact, index) => luresAt(fact, around(facts, index))));
  },
});

const nearChars = 700;

// The texts before and behind, as far as a reader's eye goes.
function around(facts: readonly TextFact[], index: number): string {
  const at = facts[index]?.span.start ?? 0;
  const near: string[] = [];
  for (let i = Math.max(0, index - 40); i < Math.min(facts.length, index + 40); i++) {
    const fact = facts[i];
    if (fact !== undefined && Math.abs(fact.span.start - at) <= nearChars && fact.role !== 'fence') near.push(fact.text);
  }
  return plainWords(near.join(' \n '));
}

function luresAt(fact: TextFact, near: string): Draft[] {
  if (showsOnly.test(near) && fact.role === 'inline-code') return [];
  const words = plainWords(fact.text);
  for (const url of words.matchAll(/https?:\/\/([\w.-]{3,120})(\/[^\s)"'`>]{0,200})?/g)) {
    const drop = dropHostOf(url[1] ?? '', url[2]);
    if (
      (drop?.kind === 'paste' || drop?.kind === 'file-drop') &&
      fact.role !== 'hidden' &&
      demandsSetup.test(near) &&
      tellsToFetch.test(near)
    )
      return [{ span: fact.span, message: `makes the reader fetch something from ${url[1]} to set the skill up` }];
  }
  if (fact.role === 'fence') return [];
  if (
    givesArchivePassword.test(words) &&
    (programFile.test(near) || /\b(zip|rar|7z|exe)\b/i.test(words)) &&
    /\b(download|github\.com|releases?|https?:|installer|\.exe)\b/i.test(near) &&
    tellsToStart.test(near)
  )
    return [{ span: fact.span, message: 'gives the password of an archive that the reader has to download and start' }];
  const isDownload = fact.role === 'link' && /^https?:/.test(fact.text) && programFile.test(fact.text);
  if (isDownload && insists.test(near) && tellsToStart.test(near) && startsIt.test(near))
    return [{ span: fact.span, severity: 'high', message: `makes the reader download and start ${words.slice(0, 120)}` }];
  return [];
}

// A prerequisite without which nothing works, and a download that is to be started.
const insists =
  /\b(prerequisites?|will not (work|function|run)|won't (work|function)|cannot (work|function|proceed)|to function( properly)?|must (be |first )?(install|download|run)\w*|before (using|you (can |start)|running (any|this)|starting|use)|is required|are required|mandatory)\b/i;
const startsIt =
  /\b(run|execute|launch|start|open|double-click)\b[^.\n]{0,40}?\b(the |it|this|executable|installer|file|\.?exe|app(lication)?|program|tool|utility|agent|binary|setup)\b/i;
