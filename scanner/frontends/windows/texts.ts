/** Comments and strings of Windows' programs, for the rules that read texts. */
import type { Fact, TextFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { settingsTextsMax } from '../../limits.ts';
import { lexicalSyntax } from '../other-languages/tables/lexical-syntax.ts';
import { type Piece, readLexical } from '../other-languages/text.ts';

/** The comments and strings of a program. */
export function textFacts(source: TaintSource): Fact[] {
  const syntax = lexicalSyntax[source.language];
  if (syntax === undefined) return [];
  const { comments, strings } = readLexical(source.text, syntax);
  return [...textsOf(source, comments, 'comment'), ...textsOf(source, strings, 'string')];
}

function textsOf(source: TaintSource, pieces: readonly Piece[], role: TextFact['role']): Fact[] {
  return pieces
    .filter(({ text }) => text.trim().length >= 12)
    .slice(0, settingsTextsMax)
    .map(({ start, end, text }) => ({
      kind: 'text',
      role,
      span: { path: source.path, start, end },
      context: role === 'comment' ? 'comment' : source.context,
      certainty: 'exact',
      text: text.trim(),
      detail: '',
    }));
}
