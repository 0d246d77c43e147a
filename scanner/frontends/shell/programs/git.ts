/** git: the programs of its settings, and the repositories that it fetches and sends. */
import { egressOf } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import { rootTaint, type ShellValue, slice } from '../value.ts';
import { optionValues, parseArguments } from './arguments.ts';
import { runCode } from './code.ts';
import { addressesWith, addressOf, noteSetting, usualAddress } from './git-addresses.ts';

/** Notes what git's options and verbs run, set, fetch and send. */
export function noteGit(run: ShellRun, call: Call): void {
  const args = parseArguments(call.args, new Set(['c', 'C', 'git-dir', 'work-tree']), true);
  for (const value of optionValues(args, ['c'])) {
    const [key = '', ...rest] = value.text.split('=');
    if (
      /^(core\.(pager|sshcommand|editor|fsmonitor|hookspath)|alias\..*|diff\.external|credential\.helper|protocol\.ext.*)$/i.test(
        key,
      ) &&
      rest.length > 0
    )
      runCode(
        run,
        { ...call, args: [] },
        slice(value, key.length + (rest[0]?.startsWith('!') ? 2 : 1)),
        'shell',
      );
  }
  const [verb, ...operands] = args.operands;
  if (verb?.text === 'config') noteConfig(run, call, operands);
  if (verb?.text === 'remote' && /^(add|set-url)$/.test(operands[0]?.text ?? '')) {
    const [name, address] = operands.slice(1).filter((operand) => !operand.text.startsWith('-'));
    if (name !== undefined && address !== undefined) run.addresses.remotes.set(name.text, address);
  }
  if (/^(archive|bundle|ls-files|push|stash)$/.test(verb?.text ?? ''))
    noteCapability(run, call, { kind: 'mount', path: '.', mode: 'ro' });
  if (/^(clone|fetch|pull|push|ls-remote|submodule)$/.test(verb?.text ?? ''))
    noteTransfer(run, call, verb?.text ?? '', operands, settingsOf(run, optionValues(args, ['c'])));
}

function noteTransfer(
  run: ShellRun,
  call: Call,
  verb: string,
  operands: readonly ShellValue[],
  settings: readonly GitSetting[],
): void {
  const addresses = addressesWith(run.addresses, settings);
  const words = operands
    .filter((operand) => !operand.text.startsWith('-'))
    .map((operand) => addressOf(addresses, operand));
  const isPush = verb === 'push';
  const url =
    words.find((word) => /:\/\/|^[\w.-]+@[\w.-]+:/.test(word.text)) ??
    (isPush && words.length === 0 ? usualAddress(addresses) : undefined);
  if (url === undefined && verb !== 'clone') return;
  // The user name before the @ says nothing about the host.
  const bare = url?.text
    .replace(/^[\w.-]+@([\w.-]+):/, 'ssh://$1/')
    .replace(/^(\w+:\/\/)[^@/]*@(?=[\w.-])/, '$1');
  const egress = egressOf(bare ?? '\0', ['GET', ...(isPush ? ['POST'] : [])]);
  if (egress === undefined) return;
  const capability = { kind: 'egress' as const, ...egress };
  noteCapability(run, call, capability, ['download']);
  const sink = { what: 'network', capability, api: 'git' } as const;
  const isHost = bare === url?.text && !/^\w+:\/\/[\w.-]/.test(bare ?? '');
  noteFlows(run, call, url?.taints ?? [], { ...sink, part: isHost ? 'host' : 'url' });
  if (isPush) {
    const step = { span: call.span, note: 'git reads the repository' };
    const repository = rootTaint({ what: 'file', name: '.' }, step, call.certainty);
    noteFlows(run, call, [repository], { ...sink, part: 'body' });
  }
  for (const { key, value } of settings) {
    const place = /^http\.(?:(.+)\.)?extraheader$/i.exec(key);
    if (place === null || (place[1] !== undefined && !(bare ?? '').startsWith(place[1]))) continue;
    noteFlows(run, call, value.taints, { ...sink, part: 'header' });
  }
}

interface GitSetting {
  readonly key: string;
  readonly value: ShellValue;
}

// `-c key=value`, and the settings that git takes from the environment (git-config, "ENVIRONMENT").
function settingsOf(run: ShellRun, options: readonly ShellValue[]): readonly GitSetting[] {
  const inOptions = options.map((option) => {
    const end = option.text.indexOf('=');
    return { key: option.text.slice(0, Math.max(0, end)), value: slice(option, end + 1) };
  });
  const inVariables = [...run.exported].flatMap((name): GitSetting[] => {
    const at = /^GIT_CONFIG_VALUE_(\d+)$/.exec(name)?.[1];
    const value = at === undefined ? undefined : run.vars.get(name);
    const key = run.vars.get(`GIT_CONFIG_KEY_${at}`)?.text;
    return value === undefined || key === undefined ? [] : [{ key, value }];
  });
  return [...inOptions, ...inVariables];
}

function noteConfig(run: ShellRun, call: Call, operands: readonly ShellValue[]): void {
  const key = operands.find((operand) => /^core\.hookspath$/i.test(operand.text));
  if (key !== undefined) noteTrait(run, call, 'hook', 'git config core.hooksPath');
  // `git config set name value`, `git config --file path name value`
  const [setting, given] = operands.filter(
    ({ text }, at) =>
      !text.startsWith('-') &&
      !(at === 0 && text === 'set') &&
      !/^(-f|--file|--blob)$/.test(operands[at - 1]?.text ?? ''),
  );
  const isEverywhere = call.args.some((arg) => /^--(global|system)$/.test(arg.text));
  const isOwn = given !== undefined && !/^(true|false|)$/i.test(given.text);
  const says = setting?.text ?? '';
  if (given !== undefined) noteSetting(run.addresses, says, given);
  const runsIt =
    programSettings.test(says) || (/^alias\./i.test(says) && /^!/.test(given?.text ?? ''));
  // In a text, it is a setting for the user to make.
  if (isEverywhere && isOwn && runsIt && run.source.context === 'code')
    noteTrait(run, call, 'autostart', `git config --global ${says}, for every repository`);
}

// Settings with programs that git runs in any repository.
const programSettings =
  /^(core\.(hookspath|fsmonitor|sshcommand)|init\.templatedir|gpg\.([a-z0-9]+\.)?program|diff\.external)$/i;
