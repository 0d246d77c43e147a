/** Assignments: values, arrays, elements; and variables with an effect of their own. */
import type { Assignment } from 'unbash';
import { shellArrayItemsMax, shellItemSteps } from '../../limits.ts';
import { steeringVariables } from '../../lookup-tables/shell.ts';
import type { Call } from './call.ts';
import { keyOf } from './parameters.ts';
import { runCode } from './programs/code.ts';
import { noteTrait, type ShellRun, spanOf } from './run.ts';
import { concat, literalValue, type ShellValue, slice } from './value.ts';
import { arrayOf, assignMember, assignValue, listValue } from './variables.ts';
import { foldWord, foldWords } from './words.ts';

/** Makes an assignment. */
export function assign(run: ShellRun, node: Assignment): void {
  const value = assignedValue(run, node);
  noteAssignment(run, node.name, value, spanOf(run, node));
  if (node.index !== undefined) {
    assignMember(run, node.name, keyOf(run, foldWord(run, node.index)), value);
    return;
  }
  const old = run.vars.get(node.name);
  assignValue(run, node.name, node.append && old !== undefined ? appended(run, old, value) : value);
}

function appended(run: ShellRun, old: ShellValue, value: ShellValue): ShellValue {
  if (value.members === undefined) return concat([old, value]);
  if (isFull(old)) return old;
  run.context.steps.take((old.members?.size ?? 0) * shellItemSteps);
  return listValue([
    ...(old.members?.values() ?? (old.text === '' ? [] : [old])),
    ...value.members.values(),
  ]);
}

// A list with the greatest number of kept items takes no more.
function isFull({ members, others }: ShellValue): boolean {
  if (members === undefined || members.size <= shellArrayItemsMax || others.length > 0)
    return false;
  return [...members.keys()].every((key, index) => key === `${index}`);
}

/** The value of `(a b)`, `([x]=a [y]=b)`, or of one word. */
export function assignedValue(run: ShellRun, { value }: Assignment): ShellValue {
  if (value.type === 'Word') return foldWord(run, value);
  const entries = value.elements.flatMap((word): [string | undefined, ShellValue][] => {
    const folded = foldWords(run, word);
    const [only] = folded;
    const keyed = only === undefined ? null : /^\[([^\]]{1,80})\]=/.exec(only.text);
    return keyed === null || only === undefined
      ? folded.map((value) => [undefined, value])
      : [[keyed[1], slice(only, keyed[0].length)]];
  });
  return arrayOf(entries.map(([key, value], index) => [key ?? `${index}`, value]));
}

// Variables that hold a command line, which the shell or git runs.
const commandVariables =
  /^(PROMPT_COMMAND|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_PROXY_COMMAND|LESSOPEN|LESSCLOSE)$/;

/**
 * Notes variables that change the behaviour of other programs. Code that the shell itself runs from
 * a variable is followed.
 */
export function noteAssignment(
  run: ShellRun,
  name: string,
  value: ShellValue,
  span: Call['span'],
): void {
  if (commandVariables.test(name) && value.text !== '')
    runCode(run, callOf(run, name, span), value, 'shell');
  if (/^PS[0-4]$/.test(name) && /\$\(|`/.test(value.text))
    runCode(
      run,
      callOf(run, name, span),
      { ...value, text: `: "${value.text}"`, others: [] },
      'shell',
    );
  if (steeringVariables.test(name))
    noteTrait(
      run,
      { span, api: name, certainty: 'exact' },
      'env-write',
      value.text.replaceAll('\0', '…'),
    );
  if (/^(HISTFILE|HISTSIZE|HISTFILESIZE)$/.test(name) && /^(|0|\/dev\/null)$/.test(value.text))
    noteTrait(run, { span, api: name, certainty: 'exact' }, 'history-off', value.text);
}

function callOf(run: ShellRun, name: string, span: Call['span']): Call {
  const word = literalValue(name, span.start);
  return {
    name,
    api: name,
    word,
    args: [],
    span,
    certainty: 'exact',
    stdin: run.stdin,
    onConnection: false,
    env: [],
  };
}
