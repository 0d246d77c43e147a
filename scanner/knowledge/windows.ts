/**
 * What commands of PowerShell and members of .NET do. Sources: Microsoft's references of PowerShell
 * 7.5 and .NET 9. Names are in lower case; types stand in brackets, without `System.`.
 */

import {
  caseless,
  computes,
  type Knowledge,
  nothing,
  type Row,
  row,
  rows,
  type Table,
} from './row.ts';
import { tellingCommands } from './telling-commands.ts';

// Variables and folders that Windows names, as paths of the manifest.

const folders: Readonly<Record<string, string>> = {
  userprofile: '~',
  home: '~',
  homepath: '~',
  appdata: '~/AppData/Roaming',
  localappdata: '~/AppData/Local',
  temp: '/tmp',
  tmp: '/tmp',
  programdata: '/c/ProgramData',
  allusersprofile: '/c/ProgramData',
  programfiles: '/c/LoweredProgram Files',
  'programfiles(x86)': '/c/LoweredProgram Files (x86)',
  windir: '/c/Windows',
  systemroot: '/c/Windows',
  systemdrive: '/c',
  homedrive: '',
  public: '/c/Users/Public',
  comspec: 'cmd',
  startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
};

const plain =
  /^(?:username|userdomain|computername|os|number_of_processors|processor_\w+|psmodulepath|pathext|logonserver|sessionname|lang|term|shell|user|windows_tracing\w*|ci)$/;

/** The text of a variable that Windows sets itself; undefined for one that may be a secret. */
export function variableOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(folders, lower)) return folders[lower];
  return plain.test(lower) ? `%${lower}%` : undefined;
}

const profile =
  /^[A-Za-z]:[\\/]users[\\/](?!public[\\/]|default[\\/]|all users)[^\\/]{1,60}(?=[\\/]|$)/i;

/** A path of Windows as one of the manifest: `~/…`, `/c/…`. */
export function windowsPath(path: string): string {
  if (/^(?:\\\\|hk(?:lm|cu|cr|ey)|cert:|env:|registry::|[a-z]{2,}:\/\/)/i.test(path)) return path;
  return path
    .replace(profile, '~')
    .replace(/^([A-Za-z]):(?=[\\/])/, (_, drive: string) => `/${drive.toLowerCase()}`)
    .replace(/\\+/g, '/');
}

const at = (position: number, name: string): { at: number; name: string } => ({
  at: position,
  name,
});
const path = { at: 0, name: 'path', or: { name: 'literalpath', or: 'input' } } as const;

const web: Row = row([
  {
    does: 'request',
    url: at(0, 'uri'),
    methodAt: 'method',
    body: ['body', 'form', 'infile', 'input'],
    header: ['headers', 'credential', 'websession', 'useragent'],
    saves: 'outfile',
  },
  { does: 'read', path: 'infile' },
]);

const isUpload = { of: 'transfertype', form: /^upload/i } as const;

const cmdlets: Table = {
  ...rows('', 'invoke-webrequest invoke-restmethod', web),
  ...rows(
    '',
    'start-bitstransfer',
    row(
      [
        { does: 'request', url: at(0, 'source'), saves: at(1, 'destination'), unless: isUpload },
        {
          does: 'request',
          method: 'PUT',
          url: at(1, 'destination'),
          files: [at(0, 'source')],
          when: isUpload,
        },
      ],
      'nothing',
    ),
  ),
  ...rows(
    '',
    'invoke-expression iex',
    row({ does: 'code', code: { at: 0, name: 'command', or: 'input' } }),
  ),
  ...rows('', 'invoke-command start-job start-threadjob', {
    effects: [
      { does: 'call', callee: at(0, 'scriptblock'), given: ['argumentlist'] },
      { does: 'trait', trait: 'unread-program', detail: 'computername', only: 'computername' },
      { does: 'load', path: 'filepath' },
    ],
    gives: 'through',
  }),
  ...rows('', 'foreach-object', {
    effects: [{ does: 'call', callee: at(0, 'process'), each: 'input' }],
    gives: 'called',
  }),
  ...rows('', 'where-object', {
    effects: [{ does: 'call', callee: at(0, 'filterscript'), each: 'input' }],
    gives: 'through',
  }),
  'run program': row({ does: 'program', words: { rest: 0 }, input: 'input' }),
  'run line': row({ does: 'program', words: 0, shell: true, input: 'input' }),
  ...rows('', 'start-process', {
    effects: [
      { does: 'trait', trait: 'privilege', detail: 'verb', only: 'verb' },
      { does: 'trait', trait: 'detached', detail: 'windowstyle', only: 'windowstyle' },
    ],
    gives: 'nothing',
  }),
  ...rows(
    '',
    'write-output write-host write-information write-warning write-error write-verbose write-debug out-host out-default',
    {
      effects: [
        { does: 'output', content: { rest: 0 } },
        { does: 'output', content: 'input' },
      ],
      gives: { compute: 'join', of: [{ rest: 0 }] },
    },
  ),
  ...rows(
    '',
    'out-null start-sleep set-location push-location pop-location set-strictmode test-path clear-host write-progress new-scheduledtasktrigger new-scheduledtasksettingsset set-psdebug clear-variable remove-variable stop-process stop-service stop-job remove-job clear-content',
    nothing,
  ),
  ...rows(
    '',
    'get-content import-csv import-clixml import-powershelldatafile get-filehash select-string format-hex',
    row({ does: 'read', path }, 'through'),
  ),
  ...rows('', 'get-childitem get-item', row({ does: 'read', path })),
  ...rows(
    '',
    'set-content',
    row({ does: 'write', path, content: { at: 1, name: 'value', or: 'input' } }, 'nothing'),
  ),
  ...rows(
    '',
    'add-content',
    row(
      {
        does: 'write',
        path,
        content: { at: 1, name: 'value', or: 'input' },
        traits: ['write', 'append'],
      },
      'nothing',
    ),
  ),
  ...rows(
    '',
    'out-file tee-object export-csv export-clixml',
    row(
      {
        does: 'write',
        path: { at: 0, name: 'filepath', or: 'path' },
        content: { name: 'input', or: 'inputobject' },
      },
      'through',
    ),
  ),
  ...rows(
    '',
    'remove-item',
    row({ does: 'delete', path, traits: ['write', 'delete', 'recursive'] }, 'nothing'),
  ),
  ...rows(
    '',
    'copy-item move-item',
    row({ does: 'read', path, to: at(1, 'destination') }, 'nothing'),
  ),
  ...rows(
    '',
    'compress-archive',
    row({ does: 'read', path, to: at(1, 'destinationpath') }, 'nothing'),
  ),
  ...rows(
    '',
    'expand-archive',
    row({ does: 'read', path, to: at(1, 'destinationpath'), unpacks: true }, 'nothing'),
  ),
  ...rows('', 'new-item', row({ does: 'write', path, content: 'value' })),
  ...rows('', 'import-module', row({ does: 'load', path: at(0, 'name') }, 'nothing')),
  ...rows(
    '',
    'add-type',
    row({ does: 'trait', trait: 'unread-program', detail: at(0, 'typedefinition') }, 'nothing'),
  ),
  ...rows('', 'get-clipboard', row({ does: 'observe', what: 'clipboard' })),
  ...rows(
    '',
    'invoke-wmimethod invoke-cimmethod enter-pssession new-pssession invoke-dscresource new-object',
    row({ does: 'trait', trait: 'unread-program' }, 'through'),
  ),
  ...rows(
    '',
    'install-module install-package install-script',
    row({ does: 'program', words: { rest: 0 } }, 'through'),
  ),
  ...rows(
    '',
    'join-path',
    computes('path-join', path, at(1, 'childpath'), at(2, 'additionalchildpath')),
  ),
  ...rows('', '$env', row({ does: 'env', name: 0 })),
  ...rows('', '$env=', row({ does: 'set-env', name: 0, value: 1 }, 'nothing')),
  ...rows('', '-add', computes('sum', { rest: 0 })),
  ...rows('', '-join', computes('join', 0, 1)),
  '-join ': computes('join', 0),
  '-split ': computes('split', 0),
  ...rows('', '-split', computes('split', 0, 1)),
  ...rows('', '-replace', computes('replace-pattern', 0, 1)),
  ...rows('', '-f', computes('format', 0, 1)),
  ...rows('', '[char]', computes('chr', 0)),
  ...rows('', '[char[]]', computes('chr', 0)),
};

const net: Table = {
  ...rows('[convert]', 'frombase64string', computes('base64-decode', 0)),
  ...rows(
    '[convert]',
    'tobyte toint16 toint32 toint64 touint32 touint64',
    computes('number', 0, 1),
  ),
  ...rows('[convert]', 'tochar', computes('chr', 0)),
  ...rows('[convert]', 'tobase64string tohexstring', { effects: [], gives: 'encoded' }),
  ...rows('[char]', 'convertfromutf32', computes('chr', 0)),
  ...rows('[io.path]', 'combine join', computes('path-join', { rest: 0 })),
  ...rows('[string]', 'join', computes('join', 1, 0)),
  ...rows('[string]', 'concat', computes('sum', { rest: 0 })),
  ...rows('[string]', 'format', computes('format', 0, { rest: 1 })),
  ...rows(
    '[io.file]',
    'readalltext readallbytes readalllines readlines open openread opentext',
    row({ does: 'read', path: 0 }),
  ),
  ...rows(
    '[io.file]',
    'writealltext writeallbytes writealllines create openwrite',
    row({ does: 'write', path: 0, content: 1 }, 'nothing'),
  ),
  ...rows(
    '[io.file]',
    'appendalltext appendalllines appendtext',
    row({ does: 'write', path: 0, content: 1, traits: ['write', 'append'] }, 'nothing'),
  ),
  ...rows('[io.file]', 'delete', row({ does: 'delete', path: 0 }, 'nothing')),
  ...rows(
    '[io.directory]',
    'delete',
    row({ does: 'delete', path: 0, traits: ['write', 'delete', 'recursive'] }, 'nothing'),
  ),
  ...rows('[io.file]', 'copy move', row({ does: 'read', path: 0, to: 1 }, 'nothing')),
  ...rows(
    '[io.directory]',
    'getfiles enumeratefiles getdirectories getfilesystementries',
    row({ does: 'read', path: 0 }),
  ),
  ...rows('[diagnostics.process]', 'start', row({ does: 'program', words: { rest: 0 } })),
  ...rows(
    '[microsoft.visualbasic.interaction]',
    'shell',
    row({ does: 'program', words: 0, shell: true }),
  ),
  ...rows('[scriptblock]', 'create', row({ does: 'code', code: 0 })),
  ...rows('[powershell]', 'create', { effects: [], gives: { instance: '[powershell]' } }),
  ...rows('[management.automation.powershell]', 'create', {
    effects: [],
    gives: { instance: '[powershell]' },
  }),
  ...rows(
    '[reflection.assembly]',
    'load loadfrom loadfile loadwithpartialname unsafeloadfrom',
    row({ does: 'native', what: 0 }, 'through'),
  ),
  ...rows('[activator]', 'createinstance', row({ does: 'native', what: 0 }, 'through')),
  ...rows('[environment]', 'getenvironmentvariable', row({ does: 'env', name: 0 })),
  ...rows('[environment]', 'getenvironmentvariables', row({ does: 'whole-env' })),
  ...rows(
    '[environment]',
    'setenvironmentvariable',
    row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  ),
  ...rows('[environment]', 'getfolderpath', computes('windows-folder', 0)),
  ...rows(
    '[io.compression.zipfile]',
    'extracttodirectory',
    row({ does: 'read', path: 0, to: 1, unpacks: true }, 'nothing'),
  ),
  ...rows(
    '[windows.forms.clipboard]',
    'gettext getdataobject getimage containstext',
    row({ does: 'observe', what: 'clipboard' }),
  ),
  ...rows('[net.webrequest]', 'create createhttp', row({ does: 'request', url: 0 })),
  ...rows('[net.httpwebrequest]', 'create', row({ does: 'request', url: 0 })),
  ...rows(
    '[net.dns]',
    'gethostaddresses gethostentry resolve',
    row({ does: 'connect', scheme: 'dns', host: 0 }),
  ),
  ...rows(
    '[net.sockets.tcpclient]',
    'new',
    row(
      { does: 'connect', scheme: 'tcp', host: 0, port: 1 },
      { instance: '[net.sockets.tcpclient]' },
    ),
  ),
  ...rows(
    '[net.sockets.udpclient]',
    'new',
    row(
      { does: 'connect', scheme: 'udp', host: 0, port: 1 },
      { instance: '[net.sockets.tcpclient]' },
    ),
  ),
  ...rows(
    '[net.sockets.tcplistener]',
    'new',
    row({ does: 'listen' }, { instance: '[net.sockets.tcplistener]' }),
  ),
  ...rows(
    '[net.httplistener]',
    'new',
    row({ does: 'listen' }, { instance: '[net.sockets.tcplistener]' }),
  ),
  // Members of objects, whatever the object is.
  ...rows(
    'Any',
    '#downloadstring #downloaddata #openread #getstringasync #getbytearrayasync #getstreamasync #getasync #downloadstringtaskasync #downloaddatataskasync',
    row({ does: 'request', url: 0, header: ['self'] }),
  ),
  ...rows(
    'Any',
    '#downloadfile #downloadfileasync #downloadfiletaskasync',
    row({ does: 'request', url: 0, saves: 1, header: ['self'] }),
  ),
  ...rows(
    'Any',
    '#uploadstring #uploaddata #uploadvalues #postasync #putasync #patchasync #uploadstringasync',
    row({ does: 'request', url: 0, method: 'POST', body: [{ rest: 1 }], header: ['self'] }),
  ),
  ...rows(
    'Any',
    '#sendasync',
    row({ does: 'request', url: 0, method: '*', body: [{ rest: 0 }], header: ['self'] }),
  ),
  ...rows('Any', '#uploadfile', {
    effects: [
      { does: 'read', path: 1 },
      { does: 'request', url: 0, method: 'POST', body: [1], header: ['self'] },
    ],
  }),
  ...rows('Any', '#open', row({ does: 'fill', into: 'self', with: 1 })),
  ...rows(
    'Any',
    '#invokescript #newscriptblock #expandstring #addscript #invokecommand',
    row({ does: 'code', code: 0 }, 'self'),
  ),
  ...rows('Any', '#shellexecute #exec #run', row({ does: 'program', words: { rest: 0 } })),
  ...rows(
    'Any',
    '#getstring #getchars #readtoend #tostring',
    computes('same', { at: 0, or: 'self' }),
  ),
  ...rows(
    'Any',
    '#definedynamicassembly #getdelegateforfunctionpointer #getprocaddress #virtualalloc #createthread #invokemember #dynamicinvoke #createinstance #getmethod #gettypefromclsid #compileassemblyfromsource',
    row({ does: 'native', what: 0 }, 'through'),
  ),
  ...rows(
    'Any',
    '#invoke #invokereturnasis',
    row({ does: 'call', callee: 'self', given: [0, 1, 2] }, 'called'),
  ),
  ...rows('Text', '#tostring #clone', computes('same', 'self')),
  ...rows('Text', '#trim', computes('strip', 'self')),
  ...rows('Text', '#tolower #tolowerinvariant', computes('lower', 'self')),
  ...rows('Text', '#toupper #toupperinvariant', computes('upper', 'self')),
  ...rows('Text', '#replace', computes('replace', 'self', 0, 1)),
  ...rows('Text', '#substring', computes('slice', 'self', 0, 1)),
  ...rows('Text', '#split', computes('split', 'self', 0)),
  ...rows('Text', '#tochararray', computes('letters', 'self')),
  ...rows(
    'Function',
    '#invoke #invokereturnasis',
    row({ does: 'call', callee: 'self', given: [0, 1, 2] }, 'called'),
  ),
};

/** Types whose static members compute, convert or describe. */
const plainTypes =
  /^(?:\[(?:math|string|char|int|int32|int64|uint32|uint64|long|byte|double|single|float|decimal|bool|boolean|datetime|datetimeoffset|timespan|guid|version|uri|regex|array|enum|convert|bitconverter|console|consolecolor|environment(?:variabletarget)?|stringcomparison|stringcomparer|stringsplitoptions|globalization\.\w+|cultureinfo|text\.[\w.]+|io\.(?:path|file(?:mode|access|attributes|info|stream|share)?|directory(?:info)?|stream(?:reader|writer)|memorystream|searchoption|stringreader|stringwriter|compression\.\w+)|collections\.[\w.`[\]]+|linq\.enumerable|random|diagnostics\.(?:stopwatch|process|debug|trace)|threading\.thread|net\.(?:servicepointmanager|securityprotocoltype|httpstatuscode|webutility|ipaddress|credentialcache|networkinformation\.\w+)|security\.(?:principal\.\w+|cryptography\.[\w.]+|securestring)|management\.automation\.(?:language\.parser|pscredential|errorrecord|hostinformation\w*|psobject|wildcardpattern|ordereddictionary|semanticversion)|pscustomobject|psobject|pscredential|hashtable|ordered|runtime\.(?:interopservices\.runtimeinformation|versioning\.\w+)|microsoft\.visualbasic\.strings|web\.httputility|xml(?:\.\w+)*|json\.\w+|numerics\.\w+|drawing\.\w+|windows\.forms\.\w+|windows\.(?:media|markup|controls)\.\w+|system|void|null|io|net|type|object|nullable|intptr|switch|parameter|ref|exception|argumentexception|invalidoperationexception|io\.\w*exception|net\.webexception)(?:\[\])?\]|Any|Text|List|Record|Function|Number|File|Response|Process|Connection|[a-z]+-[a-z]\w*)$/i;

export const windowsKnowledge: Knowledge = {
  language: 'powershell',
  rows: caseless({ ...cmdlets, ...net }),
  names: {
    'env:': { wholeEnv: true },
    $args: { input: '$args' },
    args: { input: '$args' },
    home: { text: '~' },
    pwd: { text: '.' },
    psscriptroot: { thisFolder: true },
    pscommandpath: { thisFile: true },
    profile: { text: '~/Documents/PowerShell/Microsoft.PowerShell_profile.ps1' },
    ofs: { text: ' ' },
  },
  ignoresCase: true,
  emptyIsFalse: true,
  sharesVariables: true,
  computing: plainTypes,
  command: 'run program',
  telling: tellingCommands,
  variable: variableOf,
  path: windowsPath,
  constructor: 'new',
  makeName: 'new',
  callName: 'invoke',
  missingName: '',
  extensions: ['.ps1', '.psm1'],
};
