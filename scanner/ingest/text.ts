/** Text bytes become a source, with the oddities of their encoding. */

import type { ArtifactFact } from '../fact/fact.ts';
import { contextOf, extensionOf, languageOf, namesTwoLanguages } from '../fact/language.ts';
import { type InnerPlace, placeFact } from '../fact/place-inside.ts';
import { type Language, lexicalLanguages, type TaintSource } from '../fact/source.ts';
import { sourceCharsMax } from '../limits.ts';
import { own } from '../lookup-tables/api.ts';
import { codingLine, type Decoded, decodeAs, decodeText } from './charset.ts';
import type { Ingested } from './ingested.ts';
import { lineTricks } from './line-tricks.ts';
import { programInData } from './tables/program-in-data.ts';

/**
 * Reads bytes as text; undefined for other bytes. `isPlain` means valid UTF-8, whatever the magic
 * number.
 */
export function ingestText(
  place: InnerPlace,
  bytes: Uint8Array,
): { readonly ingested: Ingested; readonly isPlain: boolean } | undefined {
  const decoded = decodeText(bytes);
  if (decoded === undefined) return undefined;
  const isPlain = decoded.encoding === 'utf-8';
  if (decoded.text.length > sourceCharsMax) {
    const artifacts = [placeFact(place, 'unparsed', `more than ${sourceCharsMax} characters`)];
    return {
      isPlain,
      ingested: { sources: [], artifacts, disposition: 'unanalysed', reason: 'too large' },
    };
  }
  return { isPlain, ingested: ingestDecoded(place, bytes, decoded) };
}

/** A text as a source of its own. */
export function textSource(
  { file, path }: InnerPlace,
  text: string,
  language: Language = 'text',
): TaintSource {
  return { path, file, language, text, context: contextOf(path), depth: 0 };
}

function ingestDecoded(place: InnerPlace, bytes: Uint8Array, decoded: Decoded): Ingested {
  const language = languageOf(place.path, decoded.text);
  const coded =
    language === 'python'
      ? asPythonReads(place, bytes, decoded)
      : { decoded, artifacts: [], reason: undefined };
  const { text, encoding, exact } = coded.decoded;
  const artifacts = [
    ...(encoding === 'utf-8' ? [] : [placeFact(place, 'not-utf8', encoding)]),
    ...coded.artifacts,
    ...lineTricks(text, language).map(({ start, end, detail }) =>
      placeFact(place, 'line-trick', detail, start, end),
    ),
  ];
  const source = textSource(place, text, language);
  const done = (reason: string | undefined): Ingested => ({
    sources: [source],
    artifacts,
    disposition: reason === undefined ? 'analysed' : 'unanalysed',
    reason: reason ?? language,
  });
  if (coded.reason !== undefined) return done(coded.reason);
  if (!exact && isCode(language)) return done('not UTF-8');
  if (namesTwoLanguages(language, text)) return done('its name and its #! line name two languages');
  if (own(programInData, extensionOf(place.path))?.test(text) === true)
    return done('data that start a program');
  if (!lexicalLanguages.has(language)) return done(undefined);
  const detail = `a program in a language that is not analysed (.${extensionOf(place.path)})`;
  artifacts.push(placeFact(place, 'unknown-language', detail));
  return done(detail);
}

function isCode(language: Language): boolean {
  return !/^(markdown|text|html|json|yaml|toml|ini)$/.test(language);
}

interface Coded {
  readonly decoded: Decoded;
  readonly artifacts: readonly ArtifactFact[];
  /** Why Python would read another text. */
  readonly reason: string | undefined;
}

// PEP 263: Python decodes a file as its first lines declare, even when other readers see another
// text.
function asPythonReads(place: InnerPlace, bytes: Uint8Array, decoded: Decoded): Coded {
  const coding = codingLine(decoded.text);
  if (coding === undefined) return { decoded, artifacts: [], reason: undefined };
  if (coding.label === undefined) {
    const detail = `asks Python to decode it as ${coding.name}`;
    const artifacts = [placeFact(place, 'misleading-encoding', detail, coding.start, coding.end)];
    return { decoded, artifacts, reason: `written in ${coding.name}` };
  }
  const text = /^[\0-\x7f]*$/.test(decoded.text) ? decoded.text : decodeAs(coding.label, bytes);
  if (text === undefined)
    return { decoded, artifacts: [], reason: `not ${coding.name}, which it says it is` };
  const encoding = decoded.exact && text === decoded.text ? decoded.encoding : coding.label;
  return { decoded: { text, encoding, exact: true }, artifacts: [], reason: undefined };
}
