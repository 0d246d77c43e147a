/** Programs that install software: their packages, and the hosts that these come from. */

import { normalize } from 'node:path/posix';
import { spanOf } from '../../../engine/notes.ts';
import type { Value } from '../../../engine/value.ts';
import type { Fact } from '../../../fact/fact.ts';
import { egressOf } from '../../../lookup-tables/egress-of.ts';
import { type PackageManager, packageManagers } from '../../../lookup-tables/shell.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from '../arguments.ts';
import type { Shell, ShellCommand } from '../shell-state.ts';
import { changed, isKnown, shown, sourcesOf } from '../values.ts';

const runVerbs = /^(dlx|exec|x|run|tool run)$/;

/** @param isOwn whether the operand is a program of the package manager itself */
export function noteInstall(command: ShellCommand, manager: PackageManager, isOwn: boolean): void {
  const { shell, at } = command;
  const words = command.args.map(shown).filter((text) => !text.startsWith('-'));
  const verb = manager.installs.find(
    (install) =>
      install === '' ||
      install === words[0] ||
      install === `${words[0]} ${words[1]}` ||
      shown(command.args[0]) === install,
  );
  if (verb === undefined) return;
  const skip = verb === '' || verb.startsWith('-') ? 0 : verb.split(' ').length;
  const runsOne = manager.runs === true || runVerbs.test(verb);
  const args = parseArguments(command.args, new Set(manager.takesValue), runsOne);
  const given = optionValues(args, ['from', 'package']);
  const operands = given.length > 0 ? given : isOwn ? [] : args.operands.slice(skip);
  const further = manager.takesValue.includes('with') ? optionValues(args, ['with']) : [];
  const packages = [...(runsOne ? operands.slice(0, 1) : operands), ...further].filter(
    (value) => !/^(\.{0,2}\/|\.$|~|-e$|\.\[|$)/.test(shown(value)),
  );
  for (const host of packages.length > 0 ? manager.hosts : [])
    shell.notes.capability(at, { kind: 'egress', url: `https://${host}/*`, methods: ['GET'] });
  for (const value of packages) notePackage(command, manager, value);
  for (const value of optionValues(args, manager.redirect)) {
    const egress = egressOf(shown(value), ['GET']);
    if (egress === undefined) continue;
    shell.notes.capability(at, { kind: 'egress', ...egress });
    addDependency(command, {
      manager: manager.manager,
      name: shown(value),
      version: '',
      pinned: checksDigests(command, args),
      how: 'redirect',
    });
  }
}

// With `--require-hashes` pip takes nothing but what has a digest in the lists. In a list of the
// skill's own, digests are part of what is approved.
function checksDigests({ shell, at }: ShellCommand, args: Arguments): boolean {
  const lists = optionValues(args, ['r', 'requirement']);
  return (
    hasOption(args, ['require-hashes']) &&
    lists.length > 0 &&
    lists.every((list) => {
      const sources = sourcesOf(shell.notes, [shell.read(at, list)]);
      return isOwnList(shell, shown(list)) && sources.every(({ what }) => what === 'file');
    })
  );
}

function isOwnList({ engine, folder }: Shell, path: string): boolean {
  const [, inOwn] = /^\/skills\/@self\/(.+)$/.exec(normalize(path)) ?? [];
  const { files } = engine.context;
  return files.has(inOwn ?? normalize(path)) && (inOwn !== undefined || folder === '');
}

function notePackage(command: ShellCommand, manager: PackageManager, value: Value): void {
  const text = shown(value);
  const isSource = /^(git\+|https?:|git@|github:)|\.(tgz|tar\.gz|whl|zip)$/.test(text);
  const version = /(?:@|==)v?([\w.+-]+)$/.exec(text.replace(/^@/, ''))?.[1] ?? '';
  const name = isSource ? text : text.replace(/^(@?[^@=<>~![]+).*$/s, '$1');
  const egress =
    isSource && /^(git\+)?https?:/.test(text)
      ? egressOf(text.replace(/^git\+/, ''), ['GET'])
      : undefined;
  if (egress !== undefined)
    command.shell.notes.capability(command.at, { kind: 'egress', ...egress }, ['download']);
  const pinned =
    isKnown(value) &&
    (isSource ? /@[0-9a-f]{40}\b|#[0-9a-f]{40}$/.test(text) : manager.pinned.test(text));
  addDependency(command, {
    manager: manager.manager,
    name,
    version,
    pinned: pinned || manager.system === true,
    how: isSource ? 'redirect' : 'install',
  });
}

type Dependency = Pick<
  Extract<Fact, { readonly kind: 'dependency' }>,
  'manager' | 'name' | 'version' | 'pinned' | 'how'
>;

function addDependency({ shell, at }: ShellCommand, dependency: Dependency): void {
  shell.notes.facts.push({
    kind: 'dependency',
    span: spanOf(at),
    context: at.program.source.context,
    certainty: at.certainty,
    ...dependency,
  });
}

// `uvx python -c …`, `uv tool run python3.12 FILE`: uv knows these names as its own interpreters,
// and fetches no package but those of `--from` and `--with`. With other options and settings it may
// fetch or run anything, as for any other tool.
export function pythonOfUv({
  name,
  args: all,
  env,
}: ShellCommand): { readonly word: Value; readonly args: readonly Value[] } | undefined {
  const isTool = name === 'uv' && shown(all[0]) === 'tool' && shown(all[1]) === 'run';
  if (name !== 'uvx' && !isTool) return undefined;
  const args = all.slice(isTool ? 2 : 0);
  const { takesValue } = packageManagers.uvx ?? { takesValue: [] };
  const [word, ...rest] = parseArguments(args, new Set(takesValue), true).operands;
  if (word === undefined || env.some((one) => one.name.startsWith('UV_'))) return undefined;
  const before = args.slice(0, args.indexOf(word)).map(shown);
  const isPlain = before.every((text) => !text.startsWith('-') || plainOfUv.test(text));
  const isOther = before.some(
    (text) => /[,:]|^\/|\.py$/.test(text) && !/^(git\+)?https:/.test(text),
  );
  return isPlain && !isOther && /^(?:c?python|pypy)[\d.]*(?:@[\w.]+)?$/.test(shown(word))
    ? { word: changed(word, 'python3'), args: rest }
    : undefined;
}

const plainOfUv =
  /^(-[pqv]|--(?:from|isolated|no-[\w-]+|offline|python|quiet|verbose|with))(?:=|$)/;
