/**
 * What commands of PowerShell and members of .NET do. Sources: Microsoft's references of PowerShell
 * 7.5 and .NET 9. Names are in lower case; types stand in brackets, without `System.`.
 */

import {
  by,
  caseless,
  computes,
  type Knowledge,
  named,
  nothing,
  type Row,
  type RowEffect,
  row,
  type Table,
  through,
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
  programfiles: '/c/Program Files',
  'programfiles(x86)': '/c/Program Files (x86)',
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

const path = { at: 0, name: 'path', or: { name: 'literalpath', or: 'input' } } as const;

const web: Row = row([
  {
    does: 'request',
    url: by('uri'),
    methodAt: 'method',
    body: ['body', 'form', 'infile', 'input'],
    header: ['headers', 'credential', 'websession', 'useragent'],
    saves: 'outfile',
  },
  { does: 'read', path: 'infile' },
]);

const isUpload = { of: 'transfertype', form: /^upload/i } as const;

/** Names with a blank, which no program can write. */
const inner: Table = {
  'run program': row({ does: 'program', words: { rest: 0 }, shell: false, input: 'input' }),
  'run line': row({ does: 'program', words: 0, shell: true, input: 'input' }),
  '-join ': computes('join', 0),
  '-split ': computes('split', 0),
};

const cmdlets: Table = {
  'invoke-webrequest invoke-restmethod': web,
  'start-bitstransfer': row(
    [
      { does: 'request', url: by('source'), saves: by('destination', 1), unless: isUpload },
      {
        does: 'request',
        method: 'PUT',
        url: by('destination', 1),
        files: [by('source')],
        when: isUpload,
      },
    ],
    'nothing',
  ),
  'invoke-expression iex': row({ does: 'code', code: { at: 0, name: 'command', or: 'input' } }),
  'invoke-command start-job start-threadjob': {
    effects: [
      { does: 'call', callee: by('scriptblock'), given: ['argumentlist'] },
      { does: 'trait', trait: 'unread-program', detail: 'computername', only: 'computername' },
      { does: 'load', path: 'filepath' },
    ],
    gives: 'through',
  },
  'foreach-object': {
    effects: [{ does: 'call', callee: by('process'), each: 'input' }],
    gives: 'called',
  },
  'where-object': {
    effects: [{ does: 'call', callee: by('filterscript'), each: 'input' }],
    gives: 'through',
  },
  'start-process': {
    effects: [
      { does: 'trait', trait: 'privilege', detail: 'verb', only: 'verb' },
      { does: 'trait', trait: 'detached', detail: 'windowstyle', only: 'windowstyle' },
    ],
    gives: 'nothing',
  },
  'write-output write-host write-information write-warning write-error write-verbose write-debug out-host out-default':
    {
      effects: [
        { does: 'output', content: { rest: 0 } },
        { does: 'output', content: 'input' },
      ],
      gives: { compute: 'join', of: [{ rest: 0 }] },
    },
  'out-null start-sleep set-location push-location pop-location set-strictmode test-path clear-host write-progress new-scheduledtasktrigger new-scheduledtasksettingsset set-psdebug clear-variable remove-variable stop-process stop-service stop-job remove-job clear-content':
    nothing,
  'get-content import-csv import-clixml import-powershelldatafile get-filehash select-string format-hex':
    row({ does: 'read', path }, 'through'),
  'get-childitem get-item': row({ does: 'read', path }),
  'set-content': row(
    { does: 'write', path, content: { at: 1, name: 'value', or: 'input' } },
    'nothing',
  ),
  'add-content': row(
    {
      does: 'write',
      path,
      content: { at: 1, name: 'value', or: 'input' },
      traits: ['write', 'append'],
    },
    'nothing',
  ),
  'out-file tee-object export-csv export-clixml': row(
    {
      does: 'write',
      path: { at: 0, name: 'filepath', or: 'path' },
      content: { name: 'input', or: 'inputobject' },
    },
    'through',
  ),
  'remove-item': row({ does: 'delete', path, traits: ['write', 'delete', 'recursive'] }, 'nothing'),
  'copy-item move-item': row({ does: 'read', path, to: by('destination', 1) }, 'nothing'),
  'compress-archive': row({ does: 'read', path, to: by('destinationpath', 1) }, 'nothing'),
  'expand-archive': row(
    { does: 'read', path, to: by('destinationpath', 1), unpacks: true },
    'nothing',
  ),
  'new-item': row({ does: 'write', path, content: 'value' }),
  'import-module': row({ does: 'load', path: by('name') }, 'nothing'),
  'add-type': row(
    { does: 'trait', trait: 'unread-program', detail: by('typedefinition') },
    'nothing',
  ),
  'get-clipboard': row({ does: 'observe', what: 'clipboard' }),
  'invoke-wmimethod invoke-cimmethod enter-pssession new-pssession invoke-dscresource new-object':
    row({ does: 'trait', trait: 'unread-program' }, 'through'),
  'install-module install-package install-script': row(
    { does: 'program', words: { rest: 0 } },
    'through',
  ),
  'join-path': computes('path-join', path, by('childpath', 1), by('additionalchildpath', 2)),
  $env: row({ does: 'env', name: 0 }),
  '$env=': row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  '-join': computes('join', 0, 1),
  '-split': computes('split', 0, 1),
  '-replace': computes('replace-pattern', 0, 1),
  '-f': computes('format', 0, 1),
  '[char] [char[]]': computes('chr', 0),
};

// What a client was given before, such as headers for all requests, is sent as well.
const byClient: RowEffect = { does: 'request', url: 0, header: ['self'] };

const net: Table = {
  '[convert].frombase64string': computes('base64-decode', 0),
  '[convert].tobyte toint16 toint32 toint64 touint32 touint64': computes('number', 0, 1),
  '[convert].tochar [char].convertfromutf32': computes('chr', 0),
  '[convert].tobase64string tohexstring': row([], 'encoded'),
  '[io.path].combine join': computes('path-join', { rest: 0 }),
  '[string].join': computes('join', 1, 0),
  '[string].concat': computes('sum', { rest: 0 }),
  '[string].format': computes('format', 0, { rest: 1 }),
  '[io.file].readalltext readallbytes readalllines readlines open openread opentext': row({
    does: 'read',
    path: 0,
  }),
  '[io.file].writealltext writeallbytes writealllines create openwrite': row(
    { does: 'write', path: 0, content: 1 },
    'nothing',
  ),
  '[io.file].appendalltext appendalllines appendtext': row(
    { does: 'write', path: 0, content: 1, traits: ['write', 'append'] },
    'nothing',
  ),
  '[io.file].delete': row({ does: 'delete', path: 0 }, 'nothing'),
  '[io.directory].delete': row(
    { does: 'delete', path: 0, traits: ['write', 'delete', 'recursive'] },
    'nothing',
  ),
  '[io.file].copy move': row({ does: 'read', path: 0, to: 1 }, 'nothing'),
  '[io.directory].getfiles enumeratefiles getdirectories getfilesystementries': row({
    does: 'read',
    path: 0,
  }),
  '[diagnostics.process].start': row({ does: 'program', words: { rest: 0 } }),
  '[microsoft.visualbasic.interaction].shell': row({ does: 'program', words: 0, shell: true }),
  '[scriptblock].create': row({ does: 'code', code: 0 }),
  '[powershell].create [management.automation.powershell].create': row([], {
    instance: '[powershell]',
  }),
  '[reflection.assembly].load loadfrom loadfile loadwithpartialname unsafeloadfrom': row(
    { does: 'native', what: 0 },
    'through',
  ),
  '[activator].createinstance': row({ does: 'native', what: 0 }, 'through'),
  '[environment].getenvironmentvariable': row({ does: 'env', name: 0 }),
  '[environment].getenvironmentvariables': row({ does: 'whole-env' }),
  '[environment].setenvironmentvariable': row({ does: 'set-env', name: 0, value: 1 }, 'nothing'),
  '[environment].getfolderpath': computes('windows-folder', 0),
  '[io.compression.zipfile].extracttodirectory': row(
    { does: 'read', path: 0, to: 1, unpacks: true },
    'nothing',
  ),
  '[windows.forms.clipboard].gettext getdataobject getimage containstext': row({
    does: 'observe',
    what: 'clipboard',
  }),
  '[net.webrequest].create createhttp [net.httpwebrequest].create': row({
    does: 'request',
    url: 0,
  }),
  '[net.http.httpclient].new': row([], { instance: '[net.http.httpclient]' }),
  '[net.http.httpclient]#defaultrequestheaders': row([], 'self'),
  '[net.http.httpclient]#getasync getstringasync getbytearrayasync getstreamasync': row(byClient),
  '[net.http.httpclient]#deleteasync': row({ ...byClient, method: 'DELETE' }),
  '[net.http.httpclient]#postasync': row({ ...byClient, method: 'POST', body: [1] }),
  '[net.http.httpclient]#putasync': row({ ...byClient, method: 'PUT', body: [1] }),
  '[net.http.bytearraycontent].new [net.http.streamcontent].new': through,
  '[net.http.stringcontent].new [net.http.headers.authenticationheadervalue].new': through,
  '[net.http.headers.mediatypeheadervalue].new': nothing,
  '[net.dns].gethostaddresses gethostentry resolve': row({
    does: 'connect',
    scheme: 'dns',
    host: 0,
  }),
  '[net.sockets.tcpclient].new': row(
    { does: 'connect', scheme: 'tcp', host: 0, port: 1 },
    { instance: '[net.sockets.tcpclient]' },
  ),
  '[net.sockets.udpclient].new': row(
    { does: 'connect', scheme: 'udp', host: 0, port: 1 },
    { instance: '[net.sockets.tcpclient]' },
  ),
  '[net.sockets.tcplistener].new': row(
    { does: 'listen' },
    { instance: '[net.sockets.tcplistener]' },
  ),
  '[net.httplistener].new': row({ does: 'listen' }, { instance: '[net.sockets.tcplistener]' }),
  // Members of objects, whatever the object is.
  'Any#downloadstring downloaddata openread getstringasync getbytearrayasync getstreamasync getasync downloadstringtaskasync downloaddatataskasync':
    row({ does: 'request', url: 0, header: ['self'] }),
  'Any#downloadfile downloadfileasync downloadfiletaskasync': row({
    does: 'request',
    url: 0,
    saves: 1,
    header: ['self'],
  }),
  'Any#uploadstring uploaddata uploadvalues postasync putasync patchasync uploadstringasync': row({
    does: 'request',
    url: 0,
    method: 'POST',
    body: [{ rest: 1 }],
    header: ['self'],
  }),
  'Any#sendasync': row({
    does: 'request',
    url: 0,
    method: '*',
    body: [{ rest: 0 }],
    header: ['self'],
  }),
  'Any#uploadfile': {
    effects: [
      { does: 'read', path: 1 },
      { does: 'request', url: 0, method: 'POST', body: [1], header: ['self'] },
    ],
  },
  'Any#open': row({ does: 'fill', into: 'self', with: 1 }),
  'Any#invokescript newscriptblock expandstring addscript invokecommand': row(
    { does: 'code', code: 0 },
    'self',
  ),
  'Any#shellexecute exec run': row({ does: 'program', words: { rest: 0 } }),
  'Any#getstring getchars readtoend tostring': computes('same', { at: 0, or: 'self' }),
  'Any#definedynamicassembly getdelegateforfunctionpointer getprocaddress virtualalloc createthread invokemember dynamicinvoke createinstance getmethod gettypefromclsid compileassemblyfromsource':
    row({ does: 'native', what: 0 }, 'through'),
  'Any#invoke invokereturnasis': row({ does: 'call', callee: 'self', given: [0, 1, 2] }, 'called'),
  'Text#tostring clone': computes('same', 'self'),
  'Text#trim': computes('strip', 'self'),
  'Text#tolower tolowerinvariant': computes('lower', 'self'),
  'Text#toupper toupperinvariant': computes('upper', 'self'),
  'Text#replace': computes('replace', 'self', 0, 1),
  'Text#substring': computes('slice', 'self', 0, 1),
  'Text#split': computes('split', 'self', 0),
  'Text#tochararray': computes('letters', 'self'),
  'Function#invoke invokereturnasis': row(
    { does: 'call', callee: 'self', given: [0, 1, 2] },
    'called',
  ),
};

/** Types whose static members compute, convert or describe. */
const plainTypes =
  /^(?:\[(?:math|string|char|int|int32|int64|uint32|uint64|long|byte|double|single|float|decimal|bool|boolean|datetime|datetimeoffset|timespan|guid|version|uri|regex|array|enum|convert|bitconverter|console|consolecolor|environment(?:variabletarget)?|stringcomparison|stringcomparer|stringsplitoptions|globalization\.\w+|cultureinfo|text\.[\w.]+|io\.(?:path|file(?:mode|access|attributes|info|stream|share)?|directory(?:info)?|stream(?:reader|writer)|memorystream|searchoption|stringreader|stringwriter|compression\.\w+)|collections\.[\w.`[\]]+|linq\.enumerable|random|diagnostics\.(?:stopwatch|process|debug|trace)|threading\.thread|net\.(?:servicepointmanager|securityprotocoltype|httpstatuscode|webutility|ipaddress|credentialcache|networkinformation\.\w+)|security\.(?:principal\.\w+|cryptography\.[\w.]+|securestring)|management\.automation\.(?:language\.parser|pscredential|errorrecord|hostinformation\w*|psobject|wildcardpattern|ordereddictionary|semanticversion)|pscustomobject|psobject|pscredential|hashtable|ordered|runtime\.(?:interopservices\.runtimeinformation|versioning\.\w+)|microsoft\.visualbasic\.strings|web\.httputility|xml(?:\.\w+)*|json\.\w+|numerics\.\w+|drawing\.\w+|windows\.forms\.\w+|windows\.(?:media|markup|controls)\.\w+|system|void|null|io|net|type|object|nullable|intptr|switch|parameter|ref|exception|argumentexception|invalidoperationexception|io\.\w*exception|net\.webexception)(?:\[\])?\]|Any|Text|List|Record|Function|Number|File|Response|Process|Connection|[a-z]+-[a-z]\w*)$/i;

export const windowsKnowledge: Knowledge = {
  language: 'powershell',
  rows: caseless({ ...inner, ...named({ ...cmdlets, ...net }) }),
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
