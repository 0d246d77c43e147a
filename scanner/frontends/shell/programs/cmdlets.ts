/** Commands of PowerShell in a lowered script: their input, files and effects. */
import { own } from '../../../lookup-tables/api.ts';
import { networkPrograms } from '../../../lookup-tables/network-programs.ts';
import { interpreters } from '../../../lookup-tables/shell.ts';
import type { Call } from '../call.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import {
  concat,
  emptyValue,
  isKnown,
  joinTaints,
  joinWith,
  pass,
  type ShellValue,
  unknownValue,
} from '../value.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from './arguments.ts';
import { runCode } from './code.ts';
import { fileKey, noteWrite, readFileValue, writeFileValue } from './files.ts';

/** Runs a command of PowerShell; undefined for what is a program. */
export function callCmdlet(run: ShellRun, call: Call): ShellValue | undefined {
  const row = own(cmdletOf, call.name.toLowerCase()) ?? unknownCmdlet(call.name);
  if (row === undefined) return undefined;
  const args = parseArguments(call.args, new Set());
  const all = [...args.options.flatMap(({ value }) => value ?? []), ...args.operands];
  const files = [...optionValues(args, ['path', 'literalpath', 'filepath']), ...args.operands];
  const made = (): ShellValue =>
    unknownValue(
      pass(joinTaints([call.stdin, ...all]), {
        span: call.span,
        note: `${call.name} passes it on`,
      }),
    );
  switch (row) {
    case 'pass':
      return made();
    case 'say':
      return concat([joinWith(all, ' '), call.stdin]);
    case 'quiet':
      return emptyValue;
    case 'read':
      return concat([...files.map((file) => readFileValue(run, call, file)), made()]);
    case 'list':
      return unknownValue(joinTaints(files.map((file) => listed(run, call, file))));
    case 'write':
      return write(run, call, args, files);
    case 'delete':
      for (const file of files)
        noteWrite(run, call, file, [
          'delete',
          ...(hasOption(args, ['recurse']) ? (['recursive'] as const) : []),
        ]);
      return emptyValue;
    case 'copy': {
      const to = optionValues(args, ['destination', 'destinationpath'])[0];
      const read = concat(files.map((file) => readFileValue(run, call, file)));
      if (to !== undefined) writeFileValue(run, call, to, concat([read, call.stdin]), 'write');
      return emptyValue;
    }
    case 'unpack': {
      const to = optionValues(args, ['destinationpath'])[0];
      const read = concat(files.map((file) => readFileValue(run, call, file)));
      if (to !== undefined) {
        noteWrite(run, call, to, ['write']);
        if (read.taints.length > 0) run.files.set(`${fileKey(run, to.text)}/*`, read);
      }
      return emptyValue;
    }
    case 'new':
      return newItem(run, call, args, files);
    case 'import':
      return importModule(run, call, args);
    case 'start':
      if (hasOption(args, ['verb']))
        noteTrait(run, call, 'privilege', 'Start-Process as administrator');
      if (hasOption(args, ['windowstyle'])) noteTrait(run, call, 'detached', 'a hidden window');
      return emptyValue;
    case 'program':
      noteCapability(run, call, { kind: 'exec', program: call.name });
      return made();
    default:
      return noteTelling(run, call, row, all) ? made() : emptyValue;
  }
}

// Commands that tell by themselves; returns whether they give a value.
function noteTelling(
  run: ShellRun,
  call: Call,
  row: CmdletMeaning,
  all: readonly ShellValue[],
): boolean {
  const text = joinWith(all, ' ').text.slice(0, 80);
  if (row === 'surveil') noteTrait(run, call, 'surveillance', `${call.name} reads the clipboard`);
  else if (row === 'type') {
    const isCode = all.some(
      (value) => !isKnown(value) || /DllImport|[\s;{}]class\s|namespace\s/.test(value.text),
    );
    if (isCode) noteTrait(run, call, 'unread-program', `Add-Type ${text}`);
    return false;
  } else {
    if (row === 'native') noteTrait(run, call, 'native', all[0]?.text ?? '');
    const fetched = joinTaints(all).find(({ source }) => source.what === 'network');
    if (row === 'native' && fetched !== undefined)
      noteTrait(run, call, 'pipe-to-interpreter', fetched.source.name);
    noteTrait(run, { ...call, api: 'PowerShell' }, 'unread-program', text);
  }
  return true;
}

// Names of files are no content, but a later program may read them by these names.
function listed(run: ShellRun, call: Call, file: ShellValue): ShellValue {
  return /[*?]|^~\/?$/.test(file.text) ? readFileValue(run, call, file) : file;
}

function write(
  run: ShellRun,
  call: Call,
  args: Arguments,
  files: readonly ShellValue[],
): ShellValue {
  const content = concat([call.stdin, ...optionValues(args, ['value', 'inputobject'])]);
  const isMore = /^add-/i.test(call.name) || hasOption(args, ['append']);
  for (const file of files.slice(0, 3))
    writeFileValue(run, call, file, content, isMore ? 'append' : 'write');
  return /^tee-/i.test(call.name) ? call.stdin : emptyValue;
}

function newItem(
  run: ShellRun,
  call: Call,
  args: Arguments,
  files: readonly ShellValue[],
): ShellValue {
  const [type] = optionValues(args, ['itemtype', 'type']);
  const content = optionValues(args, ['value'])[0];
  const name = optionValues(args, ['name'])[0];
  for (const file of files.slice(0, 3)) {
    const path = name === undefined ? file : joinWith([file, name], '/');
    if (/^(?:hk(?:lm|cu|cr)|registry::|cert:|function:|alias:|env:)/i.test(path.text)) continue;
    if (content !== undefined && !/^dir/i.test(type?.text ?? ''))
      writeFileValue(run, call, path, content, 'write');
    else noteWrite(run, call, path, ['write']);
  }
  return unknownValue(joinTaints(files));
}

function importModule(run: ShellRun, call: Call, args: Arguments): ShellValue {
  for (const name of [...optionValues(args, ['name']), ...args.operands])
    if (/[\\/]|\.psm?1$/.test(name.text))
      runCode(run, call, readFileValue(run, call, name), 'powershell');
  return emptyValue;
}

// `Verb-Noun` of a module is a call of a library.
function unknownCmdlet(name: string): 'pass' | undefined {
  if (own(networkPrograms, name) !== undefined || own(interpreters, name) !== undefined)
    return undefined;
  const verb = /^([a-z]+)-[a-z]\w*$/i.exec(name)?.[1]?.toLowerCase();
  if (verb === undefined || !verbs.has(verb)) return undefined;
  return 'pass';
}

const verbs: ReadonlySet<string> = new Set(
  (
    'get test select sort group measure compare format out write convert convertfrom convertto read resolve split join ' +
    'find search show wait assert should enter exit push pop step trace use new limit lock unlock switch undo redo ' +
    'add approve backup block checkpoint clear close complete confirm connect copy debug deny disable disconnect ' +
    'dismount edit enable expand export grant hide import initialize install invoke merge mount move open optimize ping ' +
    'protect publish receive register remove rename repair request reset resize restart restore resume revoke save send ' +
    'set skip start stop submit suspend sync unblock uninstall unprotect unpublish unregister update watch'
  ).split(' '),
);

// What commands of PowerShell do with their input and files. Source: Microsoft's reference.

type CmdletMeaning =
  | 'pass' // an unknown text of what it is given
  | 'say' // what it is given
  | 'quiet'
  | 'read'
  | 'list'
  | 'write'
  | 'delete'
  | 'copy'
  | 'unpack'
  | 'new'
  | 'start'
  | 'surveil'
  | 'unread'
  | 'native'
  | 'import'
  | 'type'
  | 'program';

const rows = (means: CmdletMeaning, names: string): Record<string, CmdletMeaning> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, means]),
  );

/** By lower-case name. */
const cmdletOf: Readonly<Record<string, CmdletMeaning>> = {
  ...rows(
    'pass',
    'powershell-value select-object sort-object group-object measure-object compare-object convertto-json convertfrom-json ' +
      'convertto-csv convertfrom-csv convertto-html convertto-xml convertto-securestring convertfrom-securestring ' +
      'convertfrom-stringdata out-string format-table format-list format-wide get-unique get-random get-date new-guid ' +
      'add-member new-timespan split-path resolve-path get-location get-variable get-command get-alias get-member get-module ' +
      'get-process get-service get-host get-culture get-ciminstance get-wmiobject get-itemproperty get-itempropertyvalue ' +
      'get-acl get-job receive-job wait-job get-history get-psdrive get-psprovider new-psobject get-executionpolicy ' +
      'foreach-object where-object select-xml join-string',
  ),
  ...rows(
    'say',
    'write-output write-host write-information write-warning write-error write-verbose write-debug out-host out-default',
  ),
  ...rows(
    'quiet',
    'out-null start-sleep set-location push-location pop-location set-strictmode test-path clear-host write-progress ' +
      'new-scheduledtasktrigger new-scheduledtasksettingsset update-formatdata update-typedata set-psdebug export-modulemember ' +
      'clear-variable remove-variable stop-process stop-service stop-job remove-job start-transcript stop-transcript ' +
      'import-localizeddata add-history clear-content rename-item set-itemproperty new-itemproperty remove-itemproperty set-item remove-module ' +
      'new-scheduledtaskaction new-scheduledtaskprincipal new-scheduledtask set-content-type',
  ),
  ...rows(
    'read',
    'get-content import-csv import-clixml import-powershelldatafile get-filehash select-string get-authenticodesignature format-hex',
  ),
  ...rows('list', 'get-childitem get-item'),
  ...rows('write', 'set-content add-content out-file tee-object export-csv export-clixml'),
  ...rows('delete', 'remove-item'),
  ...rows('copy', 'copy-item move-item compress-archive'),
  ...rows('unpack', 'expand-archive'),
  ...rows('new', 'new-item new-temporaryfile'),
  ...rows('start', 'start-process'),
  ...rows('surveil', 'get-clipboard'),
  ...rows(
    'unread',
    'powershell-unread invoke-wmimethod invoke-cimmethod enter-pssession new-pssession invoke-dscresource',
  ),
  ...rows('native', 'native-code'),
  ...rows('import', 'import-module'),
  ...rows('type', 'add-type'),
  ...rows('program', 'install-module install-package install-script'),
};
