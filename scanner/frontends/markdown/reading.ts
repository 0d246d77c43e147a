import type { FactContext, TextFact } from '../../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import type { FrontEndContext } from '../frontend.ts';

export interface MarkdownReading {
  readonly source: TaintSource;
  readonly text: string;
  readonly facts: TextFact[];
  readonly embedded: EmbeddedProgram[];
  readonly context: FrontEndContext;
  /** The first heading of a page beside SKILL.md. SKILL.md has none: its name is free. */
  title: string | undefined;
  heading: string;
  before: string;
}

export function note(
  reading: MarkdownReading,
  role: TextFact['role'],
  at: { readonly from: number; readonly to: number },
  text: string,
  detail: string,
  context: FactContext = reading.source.context,
): void {
  if (text === '') return;
  reading.context.steps.take(1 + (text.length >> 6));
  reading.facts.push({
    kind: 'text',
    role,
    span: { path: reading.source.path, start: at.from, end: at.to },
    context,
    certainty: 'exact',
    text,
    detail,
  });
}
