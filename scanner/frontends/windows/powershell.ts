/**
 * The front end for PowerShell: the program is lowered to a shell program with the same commands
 * and data, which the shell's front end follows.
 */

import type { Fact, Span, Trait } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../frontend.ts';
import { analyseLexical } from '../other-languages/lexical.ts';
import { plainCommand } from '../other-languages/statement.ts';
import { followScript } from '../shell/shell.ts';
import { unreadScript } from './batch.ts';
import { functionName, lowerCommand } from './commands.ts';
import { evaluate } from './evaluate.ts';
import {
  captured,
  changed,
  codeValue,
  hole,
  knownText,
  type Lowering,
  listValue,
  mayRun,
  nothing,
  operate,
  pathOf,
  Script,
  shellName,
  tooMuch,
  type Value,
  valueProgram,
  wordOf,
} from './operations.ts';
import { namesOf, type ParsedPowerShell, parsePowerShell } from './parse.ts';
import type { Block, Command, Expression, PowerShellStatement } from './syntax.ts';

// Statements of PowerShell as lines of the shell that do the same with the same data.

/** A PowerShell program as a shell program. */
function lowerPowerShell(source: TaintSource, parsed: ParsedPowerShell, steps: Steps): Script {
  const lowering: Lowering = {
    source,
    steps,
    assigned: parsed.assigned,
    vars: new Map(),
    functions: new Map(),
    out: new Script(),
    depth: 0,
    left: 2_000 + source.text.length / 2,
    lowerStatements,
    outcomeOf,
  };
  const script = lowering.out;
  // `$_` of a script block that nothing is piped into.
  if (/\$_\b|\$psitem\b/i.test(source.text))
    script.add(`${shellName('_')}=$(${valueProgram} '${hole}')`);
  setParameters(lowering, parsed.block);
  lowerStatements(lowering, parsed.block.body);
  return script;
}

const scriptMax = 2_000_000;

function setParameters(lowering: Lowering, { parameters }: Block): void {
  parameters.forEach(({ name, value }, at) => {
    const given = `\${${at + 1}}`;
    if (value === undefined) lowering.out.add(`${shellName(name)}="${given}"`);
    else {
      lowering.out.add(`${shellName(name)}=${wordOf(pathOf(evaluate(lowering, value)))}`);
      lowering.out.add(`if :; then ${shellName(name)}="${given}"; fi`);
    }
    lowering.vars.set(name, codeValue(`\${${shellName(name)}}`));
  });
}

function lowerStatements(lowering: Lowering, statements: readonly PowerShellStatement[]): void {
  for (const statement of statements) {
    lowering.steps.take();
    lowering.left -= 1;
    if (lowering.left < 0 || lowering.out.length > scriptMax) {
      lowering.out.add(tooMuch);
      return;
    }
    lowerStatement(lowering, statement);
  }
}

function lowerStatement(lowering: Lowering, statement: PowerShellStatement): void {
  switch (statement.type) {
    case 'pipeline':
      lowering.out.add(pipelineCode(lowering, statement.commands).code, statement.place);
      return;
    case 'assign':
      lowerAssignment(lowering, statement);
      return;
    case 'branch':
      lowerStatements(lowering, statement.conditions);
      for (const body of statement.bodies) mayRun(lowering, () => lowerStatements(lowering, body));
      return;
    case 'loop': {
      if (statement.variable === undefined) {
        lowerStatements(lowering, statement.over);
        lowering.out.add('for v_round in 1 2; do :');
      } else {
        const over = outcomeOf(lowering, statement.over);
        const words =
          over.items === undefined
            ? `$(printf %s ${wordOf(over)})`
            : over.items.map(wordOf).join(' ');
        lowering.vars.set(statement.variable, codeValue(`\${${shellName(statement.variable)}}`));
        lowering.out.add(
          `for ${shellName(statement.variable)} in ${words === '' ? "''" : words}; do :`,
          statement.place,
        );
      }
      lowerStatements(lowering, statement.body);
      lowering.out.add('done');
      return;
    }
    case 'function': {
      lowering.functions.set(statement.name, statement.block);
      const outer = new Map(lowering.vars);
      lowering.out.add(`${functionName(statement.name)}() { :`);
      setParameters(lowering, statement.block);
      lowerStatements(lowering, statement.block.body);
      lowering.out.add('}');
      for (const { name } of statement.block.parameters) {
        const before = outer.get(name);
        if (before === undefined) lowering.vars.delete(name);
        else lowering.vars.set(name, before);
      }
      return;
    }
  }
}

function lowerAssignment(
  lowering: Lowering,
  { target, operator, value: given, place }: Extract<PowerShellStatement, { type: 'assign' }>,
): void {
  const value = outcomeOf(lowering, given);
  const [name] = namesOf(target);
  if (name === undefined) {
    lowering.out.add(`powershell-value ${wordOf(value)}`, place);
    return;
  }
  if (name.startsWith('env:')) {
    const variable = name.slice(4).toUpperCase();
    if (/^\w+$/.test(variable))
      lowering.out.add(`export ${variable}=${wordOf(pathOf(value))}`, place);
    return;
  }
  const names = target.type === 'list' ? namesOf(target) : [name];
  for (const one of names) assignOne(lowering, one, target, operator, value);
  const isMember = target.type === 'member' || target.type === 'index';
  for (const one of names)
    lowering.out.add(
      `${shellName(one)}${operator === '=' && !isMember ? '=' : '+='}${wordOf(value)}`,
      place,
    );
}

function assignOne(
  lowering: Lowering,
  name: string,
  target: Expression,
  operator: string,
  value: Value,
): void {
  const before = lowering.vars.get(name);
  if (target.type === 'member' || target.type === 'index') {
    const key =
      knownText(
        evaluate(lowering, target.type === 'member' ? target.name : target.at),
      )?.toLowerCase() ?? '?';
    const old = before?.fields?.get(key);
    const fields = new Map(before?.fields ?? []);
    fields.set(key, operator === '=' || old === undefined ? value : listValue([old, value]));
    const blocks = [...(before?.blocks ?? []), ...(value.blocks ?? [])];
    lowering.vars.set(name, {
      ...(before ?? changed([value])),
      fields,
      ...(blocks.length > 0 && { blocks: blocks.slice(0, 8) }),
    });
    return;
  }
  const next =
    operator === '=' ? value : before === undefined ? value : operate('+', before, value);
  // A block that an earlier branch set may still be the one that is called.
  const blocks = [...(before?.blocks ?? []), ...(next.blocks ?? [])].slice(0, 8);
  lowering.vars.set(name, { ...next, ...(blocks.length > 0 && { blocks }) });
}

function pipelineCode(
  lowering: Lowering,
  commands: readonly Command[],
): { code: string; value: Value | undefined } {
  let code = '';
  let value: Value | undefined;
  commands.forEach((command, at) => {
    const lowered = lowerCommand(lowering, command, at === 0);
    value = at === 0 ? lowered.value : undefined;
    const own =
      lowered.value === undefined ? lowered.code : `Write-Output ${wordOf(lowered.value)}`;
    const redirected = command.redirects
      .map(
        ({ target, appends }) =>
          ` ${appends ? '>>' : '>'} ${wordOf(pathOf(evaluate(lowering, target)))}`,
      )
      .join('');
    const whole = `${own}${redirected}`;
    // A value in the middle is called with what comes in.
    code = at === 0 ? whole : `${code} | ${whole}`;
  });
  return {
    code,
    value: commands.length === 1 && commands[0]?.redirects.length === 0 ? value : undefined,
  };
}

// What statements give: the value of the only expression, or the output of all.
function outcomeOf(lowering: Lowering, statements: readonly PowerShellStatement[]): Value {
  const [only] = statements;
  if (only === undefined) return nothing;
  if (
    statements.length === 1 &&
    only.type === 'pipeline' &&
    only.commands.length === 1 &&
    only.commands[0] !== undefined
  ) {
    const { code, value } = pipelineCode(lowering, only.commands);
    return value ?? outputValue(code);
  }
  if (
    statements.every(
      (statement) => statement.type === 'pipeline' && statement.commands.length === 1,
    )
  )
    return listValue(statements.map((statement) => outcomeOf(lowering, [statement])));
  return outputValue(captured(lowering, () => lowerStatements(lowering, statements)));
}

function outputValue(code: string): Value {
  return code.trim() === '' || code === ':' ? nothing : codeValue(`$(${code}\n)`);
}

/** Facts of PowerShell programs. */
export const analysePowerShell = perSource(analyseOne);

// The names of the scanner that PowerShell asks about each program: only who switches it off
// writes them.
function defenceFacts(source: TaintSource): Fact[] {
  const plain = plainCommand(source.text, 'powershell');
  const found =
    /amsi(?:utils|initfailed|scanbuffer|context|session)|system\.management\.automation\.a\w{0,3}si/i.exec(
      plain,
    );
  if (found === null) return [];
  const at = Math.max(0, source.text.indexOf(found[0]));
  return [
    {
      kind: 'trait',
      trait: 'defence-off',
      api: 'AMSI',
      detail: 'switches off the scanner that PowerShell asks about programs',
      span: {
        path: source.path,
        start: at,
        end: Math.min(source.text.length, at + found[0].length),
      },
      context: source.context,
      certainty: 'lexical',
    },
  ];
}

const tells: ReadonlySet<string> = new Set<Trait>([
  'autostart',
  'defence-off',
  'log-wiping',
  'new-account',
  'keylogging',
  'surveillance',
  'decode-to-code',
]);

function written({ text }: TaintSource, { start, end }: Span): string {
  return text.slice(start, Math.min(end, start + 80)).replace(/\s+/g, ' ');
}

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const parsed = parsePowerShell(source.text, context.steps);
  const script = lowerPowerShell(source, parsed, context.steps);
  const result = followScript(source, context, {
    text: script.text,
    map: script.map,
    isWindows: true,
  });
  // Comments, strings, and what programs of Windows tell by single words.
  const telling = analyseLexical([source], context).facts.flatMap((fact) => {
    if (fact.kind === 'text') return fact;
    return fact.kind === 'trait' && tells.has(fact.trait)
      ? { ...fact, detail: fact.detail || written(source, fact.span) }
      : [];
  });
  return {
    ...result,
    facts: [...result.facts, ...defenceFacts(source), ...telling],
    unanalysed: [...result.unanalysed, ...unreadScript(source, parsed.unread[0])],
  };
}
