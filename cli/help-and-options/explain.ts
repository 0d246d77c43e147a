import type { Rule } from '../../scanner/rule.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { nearest } from '../../skills-index/skill/text/nearest.ts';
import type { DecisionReasonCode } from '../../skills-index/trust/decision/reason.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, inkFor, joined, safe } from '../terminal/output.ts';

/** Names that the hint about an unknown name has. */
const nearMax = 5;

/** Shorter texts are a part of too many names. */
const partCharsMin = 3;

/** `skillgate explain RULE-OR-CODE`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const name = (context.args[0] ?? '').replace(/^error\[(.*)\]$/, '$1');
  if (isCode(name)) return explainCode(context, name);
  const { decisionHints } = await import('../../skills-index/trust/decision/reason.ts');
  const isReason = (code: string): code is DecisionReasonCode => Object.hasOwn(decisionHints, code);
  if (isReason(name)) return explainReason(context, name);
  const word = await wordOfLog(name);
  if (word !== undefined) return explainWord(context, name, word);
  // Rules name their parsers only, so no parser is loaded.
  const { rules } = await import('../../scanner/rules.ts');
  const rule = rules.find(({ id }) => id === name);
  if (rule !== undefined) return explainRule(context, rule);
  const { denials } = await import('../../skills-index/run/egress/denial.ts');
  const codes = [problemCodes, decisionHints, denials].flatMap((table) => Object.keys(table));
  const near = namesNear(name, [...codes, ...rules.map(({ id }) => id)]);
  throw new Problem('not-found', `There is no rule and no error code ${JSON.stringify(name)}`, {
    hint:
      near.length > 0
        ? `did you mean ${near.join(', ')}?`
        : 'an error shows its code in error[…]; a finding begins with its rule',
  });
}

// Names that differ by few letters, then names that begin with the text or contain the text.
function namesNear(text: string, names: readonly string[]): readonly string[] {
  const near = nearest(text, names);
  if (text.length < partCharsMin) return near;
  const longer = names.filter((name) => name.startsWith(text));
  const around = names.filter((name) => name.includes(text));
  return [...new Set([...near, ...longer, ...around])].slice(0, nearMax);
}

function explainCode(context: CommandContext, code: ProblemCode): ExitCode {
  const { exit, status } = problemCodes[code];
  const means = asCalled(problemCodes[code].means);
  const fix = asCalled(problemCodes[code].fix);
  const ink = inkFor(context.stdout, context.env);
  const exitCode = code === 'interrupted' ? exitCodes.interrupted : exit;
  answer(context, { schema: 'skillgate.code/1', code, means, fix, exit: exitCode, status }, () =>
    joined(
      [
        ink.bold(code),
        safe`  ${means}`,
        safe`  ${ink.cyan('help:')} ${fix}`,
        safe`  exit code ${exitCode}, HTTP status ${status}`,
      ],
      '\n',
    ),
  );
  return exitCodes.ok;
}

async function explainReason(context: CommandContext, code: DecisionReasonCode): Promise<ExitCode> {
  const { decisionMeanings } = await import('../../skills-index/trust/decision/meanings.ts');
  const { decisionHints } = await import('../../skills-index/trust/decision/reason.ts');
  const means = asCalled(decisionMeanings[code]);
  const fix = asCalled(decisionHints[code]);
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.code/1', code, means, fix, exit: exitCodes.refused }, () =>
    joined([ink.bold(code), safe`  ${means}`, safe`  ${ink.cyan('help:')} ${fix}`], '\n'),
  );
  return exitCodes.ok;
}

interface Explained {
  readonly means: string;
  readonly fix: string;
}

// Words of the audit log and of the proxy about a request or the end of a run.
async function wordOfLog(name: string): Promise<Explained | undefined> {
  const { denials, isDenial } = await import('../../skills-index/run/egress/denial.ts');
  const { denialFixes } = await import('../../skills-index/run/egress/denial-fixes.ts');
  const { endReasons, isEndCode } = await import('../../skills-index/run/audit/end-reason.ts');
  if (isEndCode(name))
    return { means: `The run was ended: ${endReasons[name].means}.`, fix: endReasons[name].next };
  if (!isDenial(name)) return undefined;
  return {
    means: `A request did not leave the sandbox: ${denials[name].means}.`,
    fix: denialFixes[name] ?? denialFix,
  };
}

const denialFix =
  'skillgate log --run RUN shows the request. skillgate run --plan NAME prints the requests that a run may make. skillgate agent run --plan AGENT prints the requests that a session may make';

function explainWord(context: CommandContext, code: string, explained: Explained): ExitCode {
  const means = asCalled(explained.means);
  const fix = asCalled(explained.fix);
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.word/1', code, means, fix }, () =>
    joined([ink.bold(code), safe`  ${means}`, safe`  ${ink.cyan('help:')} ${fix}`], '\n'),
  );
  return exitCodes.ok;
}

async function explainRule(context: CommandContext, rule: Rule): Promise<ExitCode> {
  const { ruleAnswer, ruleText } = await import('../scan/explain-rule.ts');
  const { stdout, env } = context;
  answer(context, ruleAnswer(rule), () => ruleText(rule, inkFor(stdout, env), stdout.columns));
  return exitCodes.ok;
}

function isCode(name: string): name is ProblemCode {
  return Object.hasOwn(problemCodes, name);
}
