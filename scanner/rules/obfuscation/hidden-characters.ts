/** Characters that a reader does not see, or that turn text around. */
import { remembered } from '../../fact/remembered.ts';
import { leadingName, type TaintSource, tagsOfTemplates } from '../../fact/source.ts';
import { milder } from '../../fact/standing.ts';
import {
  type HiddenClass,
  hiddenCharacter,
  hiddenForm,
} from '../../lookup-tables/hidden-characters.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const hiddenCharacters = defineRule({
  id: 'obfuscation/hidden-characters',
  title: 'Hidden characters',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Invisible characters carry text that only machines read; direction marks show code in another order than it runs.',
  fix: 'Remove the characters. The report shows each by its number.',
  maps: { cwe: ['CWE-1007'], attack: ['T1027', 'AML.T0051'] },
  reads: ['source'],
  check: (context) => context.sources.filter((source) => source.depth === 0).flatMap(draftsOnce),
});

const draftsOnce = remembered(draftsOf);

interface Run {
  readonly start: number;
  end: number;
  readonly classes: HiddenClass[];
}

// Runs of hidden characters, one behind the other.
function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (const match of text.matchAll(hiddenForm)) {
    const found = hiddenCharacter(match[0].codePointAt(0) ?? 0);
    if (found === undefined) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.end === match.index) {
      last.end += match[0].length;
      last.classes.push(found.class);
    } else
      runs.push({ start: match.index, end: match.index + match[0].length, classes: [found.class] });
  }
  return runs;
}

function draftsOf({ path, text, language }: TaintSource): FindingDraft[] {
  if (/^[\x09\x0a\x0d\x20-\x7e]*$/.test(text)) return [];
  const isCode = !/^(markdown|text|html)$/.test(language);
  return runsOf(text).flatMap((run) => {
    const found = judge(run, text, isCode);
    return found === undefined
      ? []
      : [{ span: { path, start: run.start, end: run.end }, ...found }];
  });
}

function judge(
  run: Run,
  text: string,
  isCode: boolean,
): Pick<FindingDraft, 'message' | 'severity'> | undefined {
  const count = (wanted: HiddenClass): number =>
    run.classes.filter((kind) => kind === wanted).length;
  const before = text.slice(Math.max(0, run.start - 2), run.start);
  const behind = text.slice(run.end, run.end + 2);
  // Flags of regions are emoji with tags behind them (UTS #51).
  if (count('tag') >= 2 && !/\u{1f3f4}$/u.test(before))
    return {
      severity: 'critical',
      message: `${count('tag')} tag characters: text that only machines read`,
    };
  if (count('selector') >= 4)
    return {
      severity: 'critical',
      message: `${count('selector')} variation selectors in a row: text that only machines read`,
    };
  if (count('zero-width') >= 8)
    return {
      severity: 'critical',
      message: `${count('zero-width')} zero-width characters in a row: text that only machines read`,
    };
  if (
    count('direction') > 0 &&
    /[\u202a-\u202e\u2066-\u2069]/.test(text.slice(run.start, run.end))
  ) {
    const isRightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(
      text.slice(Math.max(0, run.start - 200), run.end + 200),
    );
    return {
      severity: isRightToLeft && !isCode ? 'low' : 'high',
      message: 'direction marks: the text stands in another order than it is shown',
    };
  }
  // Joiners belong into emoji and into scripts that join letters; between Latin letters they split
  // a word for a search only.
  if (count('zero-width') > 0 && /[A-Za-z]$/.test(before) && /^[A-Za-z]/.test(behind))
    return {
      severity: isCode ? 'high' : 'medium',
      message: 'a zero-width character inside a word',
    };
  if (count('filler') > 0 && isCode && !isBraille(run, text))
    return { severity: 'medium', message: 'a letter that is not seen' };
  if (count('control') > 0 && /[\u001b\u009b]/.test(text.slice(run.start, run.end)) && !isCode) {
    // Between spaces, ESC begins nothing that a terminal shows or hides: an arrow that was lost.
    if (run.end - run.start === 1 && text[run.start] === '\u001b' && standsAlone(before, behind))
      return undefined;
    return { severity: 'medium', message: 'a control character for terminals' };
  }
  return undefined;
}

function standsAlone(before: string, behind: string): boolean {
  return / $/.test(before) && /^ [A-Za-z]/.test(behind);
}

// The blank of Braille is a letter among letters of dots, such as the frames of a spinner. A longer
// row of blanks is a gap, wherever it stands.
function isBraille({ start, end }: Run, text: string): boolean {
  const around = text.slice(Math.max(0, start - brailleChars), end + brailleChars);
  return /^\u2800{1,4}$/.test(text.slice(start, end)) && /[\u2801-\u28ff]/.test(around);
}

const brailleChars = 16;

// A name shows only when its pieces are put together.

export const hiddenName = defineRule({
  id: 'obfuscation/hidden-name',
  title: 'A program’s or function’s name is hidden',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'Quotes in the middle of a command, and names that are built from pieces or looked up by text, keep a search from finding the name. In a template, names such as __globals__ lead from what it is given to all that Python can do.',
  fix: 'Write the name as it is.',
  maps: { attack: ['T1027.010'] },
  reads: ['trait:folded-name', 'trait:escape', 'source'],
  check: ({ of, sources }) => {
    const isOfTemplate = tagsOfTemplates(sources);
    const hidden = of('trait').filter(
      (fact) =>
        fact.trait === 'folded-name' &&
        !/^(process|import\.meta|Deno|Bun)\.env|^os\.environ/.test(fact.api) &&
        !isPackage(fact.detail, fact.span.path, sources),
    );
    const leaving = of('trait').filter((fact) => fact.trait === 'escape' && isOfTemplate(fact));
    return [
      ...hidden.map((fact) => ({
        span: fact.span,
        severity: milder(isShown(fact.detail) ? 'medium' : 'high', fact),
        message: fact.detail,
      })),
      ...leaving.map((fact) =>
        draftAt(fact, `a template may reach every program and file, by ${fact.api}`, {
          ...(fact.api === leadingName && { confidence: 'widened' }),
          fix: 'Remove what leads out of it. Write names whole, and choose between them with an if.',
        }),
      ),
    ];
  },
});

// `exec_ is exec`: whoever looks for the name finds it, as in a call of the function itself.
function isShown(detail: string): boolean {
  const [, alias = '', name] = /^(\w{1,80}) is (\w{1,80})$/.exec(detail) ?? [];
  return name !== undefined && alias.replace(/^_{1,4}|_{1,4}$/g, '') === name;
}

// A file of an installed package, or a member of the package, such as `launch`. The path before the
// package only says where it is installed, such as the home folder.
const packageFile = /^(?:file:\/\/)?(?:\S*\/)?(node_modules\/(?:@[\w.-]+\/)?[\w-]+)[\w./-]*$/;

// Whether the code shows the package's name in one piece.
function isPackage(detail: string, path: string, sources: readonly TaintSource[]): boolean {
  // `load.launch is ~/node_modules/…`
  const name = packageFile.exec(detail.slice(detail.lastIndexOf(' ') + 1))?.[1];
  return (
    name !== undefined &&
    sources.some((source) => source.path === path && source.text.includes(name))
  );
}
