/** What curl alone has: proxies and other ways to its host, its settings files, its variables. */
import { egressOf } from '../../../../lookup-tables/egress-of.ts';
import type { NetworkProgram } from '../../../../lookup-tables/network-programs.ts';
import type { Call } from '../../call.ts';
import { noteCapability, type ShellRun } from '../../run.ts';
import { emptyValue, rootTaint, type ShellValue, slice, unknownValue } from '../../value.ts';
import { type Arguments, hasOption, optionValues } from '../arguments.ts';
import { readFileValue } from '../files.ts';
import type { Target } from './request-targets.ts';

/**
 * `-x PROXY`, `--resolve HOST:PORT:ADDRESS`, `--connect-to HOST:PORT:HOST:PORT`: the machine that
 * is asked in the place of the host. It can read the request without TLS, with an authority that
 * the skill names, or with an authority from the environment. Many hosts have a proxy of their own,
 * so a proxy counts only where the command itself lets it read.
 */
export function detoursOf(
  run: ShellRun,
  call: Call,
  args: Arguments,
  program: NetworkProgram,
): Target[] {
  const set = [...call.env, ...run.vars.entries().map(([name, value]) => ({ name, value }))];
  const isReadable =
    hasOption(args, program.insecure) ||
    hasOption(args, ['cacert', 'capath']) ||
    set.some(({ name }) => /^(?:CURL_CA_BUNDLE|SSL_CERT_(?:FILE|DIR))$/.test(name)) ||
    args.operands.some(({ text }) => text.startsWith('http:'));
  const proxies = isReadable
    ? [
        ...optionValues(args, ['x', 'proxy']),
        ...set.filter(({ name }) => /^(?:https?|all)_proxy$/i.test(name)).map(({ value }) => value),
      ]
    : [];
  const named = [
    ...proxies.map((value) => ({ value, host: value.text })),
    ...optionValues(args, ['resolve', 'connect-to']).map((value) => ({
      value,
      host: value.text.split(':').slice(2).join(':'),
    })),
  ];
  return named.flatMap(({ value, host }) => {
    const found = egressOf(host, ['*']);
    return found === undefined ? [] : [{ capability: { kind: 'egress', ...found }, value }];
  });
}

/** `-K file`: lines `option = "value"` are options as if they stood in the command. */
export function withConfig(run: ShellRun, call: Call): readonly ShellValue[] {
  const at = call.args.findIndex((arg) => /^(-K|--config)$/.test(arg.text));
  const file = call.args[at + 1];
  if (at < 0 || file === undefined) return call.args;
  const config = file.text === '-' ? call.stdin : readFileValue(run, call, file);
  const given: ShellValue[] = [];
  for (const line of config.text.matchAll(
    /^[ \t]{0,9}-{0,2}([\w-]{1,30})[ \t]{0,9}[=: ][ \t]{0,9}("?)(.{0,4000}?)\2[ \t]{0,9}$/gm,
  )) {
    const [all, name = '', , value = ''] = line;
    const start = line.index + all.lastIndexOf(value);
    given.push({ ...emptyValue, text: `--${name}` }, slice(config, start, start + value.length));
  }
  return [...call.args, ...given];
}

/** `--variable %NAME` reads a variable, which `{{NAME}}` stands for in other options. */
export function importedBy(run: ShellRun, call: Call, args: Arguments): ShellValue[] {
  return optionValues(args, ['variable']).flatMap(({ text }) => {
    const [, name] = /^%(\w{1,100})/.exec(text) ?? [];
    if (name === undefined) return [];
    noteCapability(run, call, { kind: 'env', name });
    const step = { span: call.span, note: `reads ${name}` };
    return [run.vars.get(name) ?? unknownValue([rootTaint({ what: 'env', name }, step)])];
  });
}
