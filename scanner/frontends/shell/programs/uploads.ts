/** Programs that upload to a fixed place: cloud storage, mail, gists, a pushed repository. */
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { own } from '../../../lookup-tables/api.ts';
import { egressOf, socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import { noteCapability, type ShellRun } from '../run.ts';
import { isKnown, joinTaints, type ShellValue, slice } from '../value.ts';
import { optionValues, parseArguments } from './arguments.ts';
import { readFileValue } from './files.ts';
import { uploaders } from './tables/shell-uploads.ts';

/** Notes the data that a program uploads, and the destination. */
export function noteUpload(run: ShellRun, call: Call): void {
  const uploader = own(uploaders, call.name);
  const words = call.args.map((arg) => arg.text).join(' ');
  if (uploader === undefined || !uploader.form.test(words)) return;
  const args = parseArguments(
    call.args,
    new Set([
      ...(uploader.data ?? []),
      ...(uploader.takesValue ?? []),
      ...(uploader.host ?? []),
      'profile',
      'region',
      'to',
      'from',
      'server',
    ]),
  );
  const named = call.args.flatMap((arg, at) => {
    const found = uploader.word?.exec(arg.text)?.[1];
    return found === undefined ? [] : found === '' ? (call.args[at + 1]?.text ?? []) : found;
  });
  const [host] = optionValues(args, uploader.host ?? []);
  const capability = placeOf(named[0] ?? uploader.url, host?.text);
  if (capability === undefined) return;
  noteCapability(run, call, capability);
  const data = [
    ...optionValues(args, uploader.data ?? []),
    ...(uploader.says === true ? args.operands : []),
  ];
  // The operand of `gh api` is a place of the service.
  const isEndpoint = args.operands[0]?.text === 'api';
  const files =
    uploader.files && !isEndpoint
      ? args.operands.slice(uploader.filesFrom ?? 1).filter(isLocal)
      : [];
  const sent = [
    ...data,
    call.stdin,
    ...[...data, ...files].flatMap((value) => contentOf(run, call, value, files.includes(value))),
  ];
  noteFlows(run, call, joinTaints(sent), {
    what: 'network',
    capability,
    api: call.name,
    part: 'body',
  });
}

function placeOf(
  url: string,
  host: string | undefined,
): (Capability & { readonly kind: 'egress' }) | undefined {
  const [, scheme, port] = /^(tcp|udp):\/\/\*(?::(\d+))?\/\*$/.exec(url) ?? [];
  if (scheme !== undefined)
    return {
      kind: 'egress',
      ...socketEgressOf(
        scheme === 'udp' ? 'udp' : 'tcp',
        host,
        port === undefined ? 0 : Number(port),
      ),
    };
  const found = egressOf(
    url.includes('*.') ? unknownPart : url.replace(/^https:\/\/\*\/\*$/, unknownPart),
    ['*'],
  );
  return found === undefined ? undefined : { kind: 'egress', ...found };
}

// `s3://…`, `gs://…`, `remote:path` are the other side.
function isLocal({ text }: ShellValue): boolean {
  return !/^[\w-]{1,80}:/.test(text) && /[./~\0]/.test(text) && !/^https?:/.test(text);
}

// `smbclient -c 'put FILE NAME'`, `lftp -e 'put FILE'`
function putFile(value: ShellValue): ShellValue | undefined {
  const [all, before = ''] = /^((?:.{0,400}[;\s])?m?put\s{1,9})\S{1,400}/.exec(value.text) ?? [];
  return all === undefined ? undefined : slice(value, before.length, all.length);
}

function contentOf(run: ShellRun, call: Call, value: ShellValue, isFile: boolean): ShellValue[] {
  const at = value.text.indexOf('@');
  const path = isFile
    ? value
    : /^[\w-]{0,40}=?@/.test(value.text)
      ? slice(value, at + 1)
      : /^[~/.]/.test(value.text)
        ? value
        : putFile(value);
  return path === undefined || /^-?$/.test(path.text) || !(isFile || isKnown(path))
    ? []
    : [readFileValue(run, call, path)];
}
