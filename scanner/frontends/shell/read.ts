/** `read` and `mapfile`: input becomes variables (Bash manual §4.2). */
import { shellArrayItemsMax } from '../../limits.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import type { Call } from './call.ts';
import { fieldSeparators, fieldsOf } from './fields.ts';
import { optionValues, parseArguments } from './programs/arguments.ts';
import type { ShellRun } from './run.ts';
import {
  changedText,
  either,
  emptyValue,
  isKnown,
  rootTaint,
  type ShellValue,
  textsOf,
  unknownValue,
} from './value.ts';
import { listValue } from './variables.ts';

const options = {
  read: new Set(['a', 'd', 'i', 'n', 'N', 'p', 't', 'u']),
  mapfile: new Set(['d', 'n', 'O', 's', 'u', 'C', 'c']),
};

/** Sets the variables that `read`, `mapfile` or `readarray` name. */
export function readInput(run: ShellRun, call: Call): ShellValue {
  const isRead = call.name === 'read';
  const args = parseArguments(call.args, isRead ? options.read : options.mapfile);
  const [descriptor] = optionValues(args, ['u']);
  const input =
    descriptor === undefined ? call.stdin : (run.inputs.get(Number(descriptor.text)) ?? emptyValue);
  const typed = unknownValue([
    rootTaint({ what: 'input', name: 'stdin' }, { span: call.span, note: 'read reads its input' }),
  ]);
  const value = input === emptyValue ? typed : input;
  const [array] = isRead ? optionValues(args, ['a']) : args.operands.slice(-1);
  if (array !== undefined) run.vars.set(array.text, elementsOf(run, isRead, value));
  else if (!isRead) run.vars.set('MAPFILE', elementsOf(run, isRead, value));
  else setNames(run, args.operands, value);
  return emptyValue;
}

function setNames(run: ShellRun, operands: readonly ShellValue[], value: ShellValue): void {
  const names = operands
    .map((operand) => operand.text)
    .filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const all = names.length === 0 ? ['REPLY'] : names;
  const lines = textsOf(value).flatMap((text) =>
    text.split('\n').filter((line, at) => at === 0 || line !== ''),
  );
  all.forEach((name, at) => {
    const read = lines
      .slice(0, shellArrayItemsMax)
      .map((line) =>
        changedText(
          value,
          line.includes(unknownPart) ? unknownPart : fieldOf(run, line, at, all.length),
        ),
      );
    if (lines.length > shellArrayItemsMax) read.push(unknownValue(value.taints));
    const [first, ...rest] = read;
    run.vars.set(
      name,
      first === undefined ? unknownValue(value.taints) : rest.reduce(either, first),
    );
  });
}

// The last name gets the rest of the line.
function fieldOf(run: ShellRun, line: string, at: number, count: number): string {
  const separators = fieldSeparators(run);
  const fields = fieldsOf(line, separators);
  if (at < count - 1) return fields[at] ?? '';
  return at === 0 ? line.trim() : fields.slice(at).join([...separators][0] ?? ' ');
}

function elementsOf(run: ShellRun, isRead: boolean, value: ShellValue): ShellValue {
  if (!isKnown(value)) return { ...value, members: new Map([['0', value]]) };
  const words = isRead
    ? fieldsOf(value.text.split('\n')[0] ?? '', fieldSeparators(run))
    : value.text.replace(/\n$/, '').split('\n');
  return listValue(words.slice(0, shellArrayItemsMax + 1).map((word) => changedText(value, word)));
}
