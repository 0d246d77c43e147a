/** Makefiles and justfiles: recipes as shell, one program for each target. */
import type { Fact } from '../../fact/fact.ts';
import { shebang } from '../../fact/language.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { joinPieces } from '../markdown/code.ts';

/** Facts of one makefile. */
export function analyseMakefile(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const variables = new Map<string, string>();
  const embedded: EmbeddedProgram[] = [];
  const facts: Fact[] = [];
  let recipe: { text: string; raw: number }[] = [];
  const close = (): void => {
    const { text, map } = joinPieces(recipe);
    if (text.trim() !== '')
      embedded.push({
        within: source.path,
        language: shebang(text.trimStart()) ?? 'shell',
        text,
        context: source.context,
        map,
      });
    recipe = [];
  };
  let at = 0;
  for (const line of source.text.split('\n')) {
    const indent = /^[ \t]+/.exec(line)?.[0] ?? '';
    const definition =
      /^(?:export\s+|override\s+)*([A-Za-z_][\w.-]{0,80})\s*(?:::?|[?+!])?=\s*(.*)$/.exec(line);
    if (indent !== '' && line.trim() !== '') {
      const marks = /^[@+-]*/.exec(line.slice(indent.length))?.[0] ?? '';
      const start = indent.length + marks.length;
      recipe.push({ text: `${expand(line.slice(start), variables)}\n`, raw: at + start });
    } else if (line.trim() !== '') {
      close();
      if (definition !== null)
        variables.set(definition[1] ?? '', (definition[2] ?? '').slice(0, 400));
      for (const match of line.matchAll(/\$\(shell\s+([^()\n]{1,400})\)/g))
        embedded.push({
          within: source.path,
          language: 'shell',
          text: expand(match[1] ?? '', variables),
          context: source.context,
          map: [{ at: 0, raw: at + match.index + match[0].length - 1 - (match[1] ?? '').length }],
        });
      const comment = /^#\s?(.{12,})$/.exec(line)?.[1];
      if (comment !== undefined)
        facts.push({
          kind: 'text',
          role: 'comment',
          span: { path: source.path, start: at, end: at + line.length },
          context: 'comment',
          certainty: 'exact',
          text: comment.trim(),
          detail: '',
        });
    }
    at += line.length + 1;
  }
  close();
  return { facts, embedded, unanalysed: [] };
}

// `$$` is the shell's own dollar. A value that make knows only at run time is an unknown part.
function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$\$|\$[({](?:shell\s+)?([^(){}$\n]{1,200})[)}]|\$([@<^?*%+])|\{\{([^{}\n]{1,200})\}\}/g,
    (all, name?: string, automatic?: string) => {
      if (all === '$$') return '$';
      if (/^\$[({]shell\s/.test(all)) return `$(${name})`;
      if (automatic !== undefined || name === undefined) return unknownPart;
      return variables.get(name.trim()) ?? unknownPart;
    },
  );
}
