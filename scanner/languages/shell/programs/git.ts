/** git: the programs of its settings, and the repositories that it fetches and sends. */

import { concat, textValue, type Value } from '../../../engine/value.ts';
import { egressOf } from '../../../lookup-tables/egress-of.ts';
import { optionValues, parseArguments } from '../arguments.ts';
import { bare, runCode } from '../code.ts';
import type { Shell, ShellCommand } from '../shell-state.ts';
import { changed, nodes, shown, slice } from '../values.ts';

const programOptions =
  /^(core\.(pager|sshcommand|editor|fsmonitor|hookspath)|alias\..*|diff\.external|credential\.helper|protocol\.ext.*)$/i;

/** Notes what git's options and verbs run, set, fetch and send. */
export function noteGit(command: ShellCommand): void {
  const { shell, at } = command;
  const args = parseArguments(command.args, new Set(['c', 'C', 'git-dir', 'work-tree']), true);
  const settings = settingsOf(shell, optionValues(args, ['c']));
  for (const { key, value, isOption } of settings)
    if (isOption && programOptions.test(key))
      runCode(bare(command), shown(value).startsWith('!') ? slice(value, 1) : value, 'shell');
  const [word, ...operands] = args.operands;
  const verb = shown(word);
  if (verb === 'config') noteConfig(command, operands);
  if (verb === 'remote' && /^(add|set-url)$/.test(shown(operands[0]))) {
    const [name, address] = operands.slice(1).filter((one) => !shown(one).startsWith('-'));
    if (name !== undefined && address !== undefined)
      shell.set(`git remote.${shown(name)}.url`, address);
  }
  if (/^(archive|bundle|ls-files|push|stash)$/.test(verb))
    shell.notes.capability(at, { kind: 'mount', path: '.', mode: 'ro' });
  if (/^(clone|fetch|pull|push|ls-remote|submodule)$/.test(verb))
    during(shell, settings, () => noteTransfer(command, verb, operands, settings));
}

interface Setting {
  readonly key: string;
  readonly value: Value;
  readonly isOption: boolean;
}

// `-c key=value`, and the settings that git takes from the environment (git-config, "ENVIRONMENT").
function settingsOf(shell: Shell, options: readonly Value[]): readonly Setting[] {
  const inOptions = options.flatMap((option): Setting[] => {
    const end = shown(option).indexOf('=');
    const key = shown(option).slice(0, Math.max(0, end));
    return end < 0 ? [] : [{ key, value: slice(option, end + 1), isOption: true }];
  });
  const inVariables = shell.exported.flatMap(({ name, value }): Setting[] => {
    const at = /^GIT_CONFIG_VALUE_(\d+)$/.exec(name)?.[1];
    const key = at === undefined ? undefined : shell.get(`GIT_CONFIG_KEY_${at}`);
    return key === undefined ? [] : [{ key: shown(key), value, isOption: false }];
  });
  return [...inOptions, ...inVariables];
}

// Settings of one command.
function during(shell: Shell, settings: readonly Setting[], run: () => void): void {
  const [first, ...others] = settings;
  if (first === undefined) run();
  else shell.during(settingName(first), settingValue(first), () => during(shell, others, run));
}

// `url.BASE.insteadOf` is kept by the prefix that it replaces.
function settingName({ key, value }: Pick<Setting, 'key' | 'value'>): string {
  const [, push] = /^url\..+\.(push)?insteadof$/i.exec(key) ?? [];
  const isBase = /^url\..+\.(push)?insteadof$/i.test(key);
  const kept = key.replace(/(?<=\.)(push)?url$/i, (end) => end.toLowerCase());
  return isBase ? `git ${push === undefined ? '' : 'push'}base ${shown(value)}` : `git ${kept}`;
}

function settingValue({ key, value }: Pick<Setting, 'key' | 'value'>): Value {
  const [, base] = /^url\.(.+)\.(?:push)?insteadof$/i.exec(key) ?? [];
  return base === undefined ? value : changed(value, base);
}

/** The address that a word of a command means; the word where it is no remote's name. */
function addressOf(shell: Shell, word: Value, name = shown(word)): Value {
  const address =
    shell.get(`git remote.${name}.pushurl`) ?? shell.get(`git remote.${name}.url`) ?? word;
  const text = shown(address);
  for (const kind of ['git pushbase', 'git base']) {
    // The longest prefix counts.
    const [prefix] = shell
      .names(kind)
      .filter((one) => text.startsWith(one))
      .sort((one, other) => other.length - one.length);
    const base = prefix === undefined ? undefined : shell.get(`${kind} ${prefix}`);
    if (prefix !== undefined && base !== undefined)
      return concat([base, slice(address, prefix.length)]);
  }
  return address;
}

/** Where a push goes that names no remote; undefined when no setting says it. */
function usualAddress(shell: Shell): Value | undefined {
  const usual = shell.names('git').find((name) => /^remote\.pushdefault$/i.test(name));
  const name = usual === undefined ? 'origin' : shown(shell.get(`git ${usual}`));
  const isNamed = ['pushurl', 'url'].some((one) => shell.get(`git remote.${name}.${one}`));
  return isNamed ? addressOf(shell, textValue(name), name) : undefined;
}

function noteTransfer(
  { shell, at }: ShellCommand,
  verb: string,
  operands: readonly Value[],
  settings: readonly Setting[],
): void {
  const words = operands
    .filter((operand) => !shown(operand).startsWith('-'))
    .map((operand) => addressOf(shell, operand));
  const isPush = verb === 'push';
  const url =
    words.find((word) => /:\/\/|^[\w.-]+@[\w.-]+:/.test(shown(word))) ??
    (isPush && words.length === 0 ? usualAddress(shell) : undefined);
  if (url === undefined && verb !== 'clone') return;
  const written = url === undefined ? '\0' : shown(url);
  // The user name before the @ says nothing about the host.
  const bare = written
    .replace(/^[\w.-]+@([\w.-]+):/, 'ssh://$1/')
    .replace(/^(\w+:\/\/)[^@/]*@(?=[\w.-])/, '$1');
  const egress = egressOf(bare, ['GET', ...(isPush ? ['POST'] : [])]);
  if (egress === undefined) return;
  const capability = { kind: 'egress' as const, ...egress };
  shell.notes.capability(at, capability, ['download']);
  const sink = { what: 'network', capability, api: 'git' } as const;
  const isHost = bare === written && !/^\w+:\/\/[\w.-]/.test(bare);
  if (url !== undefined)
    shell.notes.sink(at, nodes(url), { ...sink, part: isHost ? 'host' : 'url' });
  if (isPush) {
    const source = { what: 'file', name: '.' } as const;
    const repository = shell.source(at, source, 'git reads the repository');
    shell.sink(at, [repository], { ...sink, part: 'body' });
  }
  for (const { key, value } of settings) {
    const place = /^http\.(?:(.+)\.)?extraheader$/i.exec(key);
    if (place === null || (place[1] !== undefined && !bare.startsWith(place[1]))) continue;
    shell.sink(at, [value], { ...sink, part: 'header' });
  }
}

function noteConfig({ shell, at, args }: ShellCommand, operands: readonly Value[]): void {
  if (operands.some((operand) => /^core\.hookspath$/i.test(shown(operand))))
    shell.trait(at, 'hook', 'git config core.hooksPath');
  // `git config set name value`, `git config --file path name value`
  const [setting, given] = operands.filter((operand, index) => {
    const text = shown(operand);
    return (
      !text.startsWith('-') &&
      !(index === 0 && text === 'set') &&
      !/^(-f|--file|--blob)$/.test(shown(operands[index - 1]))
    );
  });
  const isEverywhere = args.some((arg) => /^--(global|system)$/.test(shown(arg)));
  const isOwn = given !== undefined && !/^(true|false|)$/i.test(shown(given));
  const key = shown(setting);
  if (given !== undefined)
    shell.set(settingName({ key, value: given }), settingValue({ key, value: given }));
  const runsIt = programSettings.test(key) || (/^alias\./i.test(key) && /^!/.test(shown(given)));
  // In a text, it is a setting for the user to make.
  if (isEverywhere && isOwn && runsIt && at.program.source.context === 'code')
    shell.trait(at, 'autostart', `git config --global ${key}, for every repository`);
}

// Settings with programs that git runs in any repository.
const programSettings =
  /^(core\.(hookspath|fsmonitor|sshcommand)|init\.templatedir|gpg\.([a-z0-9]+\.)?program|diff\.external)$/i;
