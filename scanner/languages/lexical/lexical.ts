/**
 * The front end for languages without a parser: meanings of calls by their text. It reports what it
 * finds, and cannot exclude anything else.
 */

import type { Fact, TextFact } from '../../fact/fact.ts';
import { settingsTextsMax } from '../../fact/shared-limits.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../../programs/frontend.ts';
import {
  isUnread,
  joinedShell,
  newLexicalRun,
  type Piece,
  readLexical,
  statementsOf,
} from './joined-shell.ts';
import { type LexicalForm, lexicalRows, lexicalSyntax, scriptForms } from './lexical-scripts.ts';
import { noteTrait, plainCommand, readStatement } from './statement.ts';

/** Programs found in the strings of one program that is read lexically. */
const lexicalProgramsMax = 200;

// Meanings of calls in compiled languages, by their text alone. Sources: the languages' library
// references.

const compiledForms: readonly LexicalForm[] = [
  ...lexicalRows(
    ['go'],
    ['fetch', 'net/http', /\bhttp\.(?:Get|Head|NewRequest(?:WithContext)?)\s*\(/],
    [
      'send',
      'net/http',
      /\bhttp\.(?:Post|PostForm)\s*\(|\bhttp\.NewRequest(?:WithContext)?\s*\([^)]{0,100}(?:"POST"|MethodPost|"PUT")/,
    ],
    [
      'connect',
      'net.Dial',
      /\b(?:net|tls)\.Dial(?:Timeout|Context|TCP|UDP)?\s*\(|\bsyscall\.Connect\s*\(/,
    ],
    ['listen', 'net.Listen', /\b(?:net|tls)\.Listen(?:TCP)?\s*\(|\bsyscall\.Listen\s*\(/],
    ['program', 'os/exec', /\bexec\.Command(?:Context)?\s*\(|\bsyscall\.(?:Exec|ForkExec)\s*\(/],
    ['env', 'os.Getenv', /\bos\.(?:Getenv|LookupEnv)\s*\(\s*"(\w{1,80})"/g],
    ['env', 'os.Environ', /\bos\.Environ\s*\(\s*\)/g],
    ['decode', 'base64', /\bbase64\.\w{1,20}\.DecodeString\s*\(|\bhex\.DecodeString\s*\(/],
    [
      'read',
      'os.ReadFile',
      /\b(?:os\.(?:ReadFile|Open|ReadDir)|ioutil\.ReadFile|filepath\.Walk(?:Dir)?)\s*\(/,
    ],
    ['load', 'plugin', /\bplugin\.Open\s*\(|\bwindows\.NewLazy(?:System)?DLL\s*\(/],
  ),
  ...lexicalRows(
    ['rust'],
    [
      'fetch',
      'reqwest',
      /\b(?:reqwest|ureq|minreq|attohttpc)::(?:blocking::)?(?:get|Client|Agent)\b|\bhyper::Client\b/,
    ],
    ['send', 'reqwest', /\.post\s*\(\s*["&f]/],
    ['connect', 'TcpStream', /\bTcpStream::connect\s*\(/],
    ['program', 'Command', /\bCommand::new\s*\(/],
    ['env', 'std::env', /\b(?:env::var(?:_os)?|option_env!|env!)\s*\(\s*"(\w{1,80})"/g],
    ['env', 'std::env::vars', /\benv::vars(?:_os)?\s*\(\s*\)/g],
    ['decode', 'base64', /\bbase64::decode\b|STANDARD\.decode\s*\(/],
    ['read', 'fs::read', /\bfs::(?:read|read_to_string|read_dir)\s*\(|\bFile::open\s*\(/],
  ),
  ...lexicalRows(
    ['swift'],
    ['fetch', 'URLSession', /\bURLSession\b|\b(?:Data|String)\s*\(\s*contentsOf:\s*URL/],
    ['send', 'URLSession', /\bhttpBody\s*=|\bhttpMethod\s*=\s*"(?:POST|PUT)"|\bNWConnection\s*\(/],
    ['program', 'Process', /\bProcess\s*\(\s*\)|\bNSTask\b|\bNSAppleScript\s*\(/],
    ['env', 'ProcessInfo', /\.environment\s*\[\s*"(\w{1,80})"\s*\]/g],
    ['env', 'ProcessInfo', /\.environment\b(?!\s*\[)/g],
    ['decode', 'Data', /\bData\s*\(\s*base64Encoded:/],
    ['read', 'contentsOfFile', /contentsOfFile:|FileManager\.default\.contents/],
  ),
  ...lexicalRows(
    ['c'],
    [
      'fetch',
      'libcurl',
      /\bcurl_easy_(?:setopt|perform)\s*\(|\bURLDownloadToFile[AW]?\s*\(|\b(?:InternetOpenUrl|WinHttpOpenRequest|HttpOpenRequest)[AW]?\s*\(/,
    ],
    ['send', 'libcurl', /\bCURLOPT_POSTFIELDS\b/],
    ['connect', 'connect', /\bconnect\s*\(\s*\w{1,40}\s*,/],
    [
      'program',
      'system',
      /\b(?:system|popen|_popen|exec[lv]p?e?|posix_spawnp?|CreateProcess[AW]?|ShellExecute(?:Ex)?[AW]?|WinExec)\s*\(/,
    ],
    ['env', 'getenv', /\b(?:secure_)?getenv\s*\(\s*"(\w{1,80})"/g],
    ['env', 'environ', /\bextern\s+char\s*\*\*\s*environ\b|\bGetEnvironmentStrings[AW]?\s*\(/g],
    [
      'load',
      'dlopen',
      /\b(?:dlopen|LoadLibrary(?:Ex)?[AW]?|VirtualAlloc(?:Ex)?|WriteProcessMemory|CreateRemoteThread|mprotect|ptrace)\s*\(/,
    ],
    ['read', 'fopen', /\b(?:fopen|open|opendir|ifstream)\s*\(/],
  ),
  ...lexicalRows(
    ['csharp'],
    ['code', 'CSharpScript', /\bCSharpScript\.(?:Evaluate|Run)Async\b|\bCSharpCodeProvider\b/],
    [
      'fetch',
      'HttpClient',
      /\bnew\s+(?:System\.Net\.)?(?:WebClient|Http\.HttpClient|HttpClient)\b|\bWebRequest\.Create\s*\(|\.(?:DownloadString|DownloadFile|DownloadData|GetStringAsync|GetByteArrayAsync)\w{0,10}\s*\(/,
    ],
    [
      'send',
      'HttpClient',
      /\.(?:PostAsync|PutAsync|UploadString|UploadFile|UploadData|UploadValues|PostAsJsonAsync)\w{0,10}\s*\(/,
    ],
    ['connect', 'TcpClient', /\bnew\s+(?:System\.Net\.Sockets\.)?TcpClient\b/],
    ['program', 'Process.Start', /\bProcess\.Start\s*\(|\bnew\s+ProcessStartInfo\b/],
    ['env', 'Environment', /\bEnvironment\.GetEnvironmentVariable\s*\(\s*"(\w{1,80})"/g],
    ['env', 'Environment', /\bEnvironment\.GetEnvironmentVariables\s*\(/g],
    [
      'decode',
      'FromBase64String',
      /\bConvert\.FromBase64String\s*\(|\bnew\s+(?:GZip|Deflate)Stream\b/,
    ],
    ['load', 'Assembly.Load', /\bAssembly\.Load(?:From|File)?\s*\(|\[DllImport\b/],
    [
      'read',
      'File',
      /\bFile\.(?:ReadAll\w{1,8}|Open\w{0,8}|Copy)\s*\(|\bDirectory\.(?:Get|Enumerate)Files\b/,
    ],
  ),
  ...lexicalRows(
    ['java'],
    [
      'code',
      'ScriptEngine',
      /\bScriptEngine(?:Manager)?\b|\bGroovyShell\b|\bEval\.me\s*\(|\bdefineClass\s*\(/,
    ],
    [
      'fetch',
      'URL',
      /\.openConnection\s*\(|\.openStream\s*\(|\bnew\s+URL\s*\(\s*"https?:|\bHttpClient\.new\w{1,20}\s*\(|\bOkHttpClient\b|\bHttpURLConnection\b|"https?:[^"\n]{1,200}"\.toURL\(\)/,
    ],
    [
      'send',
      'HttpClient',
      /\bsetDoOutput\s*\(\s*true|\.setRequestMethod\s*\(\s*"POST"|BodyPublishers\b|\bRequestBody\.create\b/,
    ],
    ['connect', 'Socket', /\bnew\s+(?:java\.net\.)?Socket\s*\(/],
    ['listen', 'ServerSocket', /\bnew\s+(?:java\.net\.)?ServerSocket\s*\(/],
    [
      'program',
      'Runtime.exec',
      /\bgetRuntime\s*\(\s*\)\s*\.exec\s*\(|\bnew\s+(?:java\.lang\.)?ProcessBuilder\s*\(|\bProcessBuilder\s*\(|["'\])]\.execute\s*\(\s*\)/,
    ],
    ['env', 'System.getenv', /\bSystem\.getenv\s*\(\s*"(\w{1,80})"/g],
    ['env', 'System.getenv', /\bSystem\.getenv\s*\(\s*\)/g],
    ['decode', 'Base64', /\bBase64\.get\w{0,10}Decoder\b|\bdecodeBase64\s*\(/],
    ['load', 'URLClassLoader', /\bURLClassLoader\b|\bSystem\.load(?:Library)?\s*\(/],
    [
      'read',
      'Files',
      /\bFiles\.(?:read\w{1,12}|lines|walk|newInputStream)\s*\(|\bnew\s+(?:File(?:Reader|InputStream)|Scanner)\s*\(/,
    ],
    [{ trait: 'deserialize' }, 'ObjectInputStream', /\bnew\s+ObjectInputStream\s*\(/],
  ),
];

// Meanings of calls in PowerShell, batch files and VBScript, by their text alone. Sources:
// Microsoft's references; LOLBAS for programs.

const windows: readonly Language[] = ['powershell', 'batch', 'vbscript'];

const windowsForms: readonly LexicalForm[] = [
  ...lexicalRows(
    ['powershell'],
    [
      'code',
      'Invoke-Expression',
      /(?:^|[\s|;&({.])(?:iex|invoke-expression)(?![\w-])|\[scriptblock\]::create\s*\(|\.invokescript\s*\(/i,
    ],
    ['code', 'call operator', /(?:^|[;|{(\s])[&.]\s*\(\s*(?:\$|\[|gv|get-variable|gci|'|")/i],
    [
      'fetch',
      'Invoke-WebRequest',
      /(?:^|[\s|;&({=])(?:iwr|irm|invoke-webrequest|invoke-restmethod|start-bitstransfer|curl(?:\.exe)?|wget(?:\.exe)?)(?=\s)/i,
    ],
    [
      'fetch',
      'WebClient',
      /\.(?:downloadstring|downloadfile|downloaddata|openread|getstringasync|getbytearrayasync|getasync)(?:async|taskasync)?\s*\(|\[(?:system\.)?net\.(?:http)?webrequest\]::create/i,
    ],
    [
      'send',
      'Invoke-WebRequest',
      /(?:iwr|irm|invoke-webrequest|invoke-restmethod)\b[^|;\n]{0,2000}?-(?:method\s+['"]?(?:post|put|patch)|body|infile|form)\b/i,
    ],
    [
      'send',
      'WebClient',
      /\.(?:uploadstring|uploadfile|uploaddata|uploadvalues|postasync|putasync)(?:async|taskasync)?\s*\(/i,
    ],
    [
      'program',
      'Start-Process',
      /(?:^|[\s|;&({])(?:start-process|saps|invoke-item|ii)\s|\[(?:system\.)?diagnostics\.process\]::start|\.shellexecute\s*\(|invoke-(?:wmi|cim)method\b[^\n]{0,200}\bcreate\b/i,
    ],
    [
      'env',
      '$env',
      /\$env:(\w{1,80})|\$\{env:(\w{1,80})\}|\[(?:system\.)?environment\]::getenvironmentvariable\s*\(\s*['"](\w{1,80})/gi,
    ],
    [
      'env',
      'Env:',
      /(?:get-childitem|gci|dir|ls|get-item|gi)\s+(?:-path\s+)?env:(?:\s|\*|$|\|)|getenvironmentvariables\s*\(\s*\)/gi,
    ],
    [
      'decode',
      'FromBase64String',
      /frombase64string\s*\(|(?:gzip|deflate)stream|-bxor\b|-join\s*\(?\s*\(?\d{2,3}\s*,|\[char\[\]\]/i,
    ],
    [
      'load',
      'Assembly.Load',
      /\[(?:system\.)?reflection\.assembly\]::load|virtualalloc|createthread|getdelegateforfunctionpointer|writeprocessmemory/i,
    ],
    [
      'read',
      'Get-Content',
      /(?:^|[\s|;&({=])(?:get-content|gc|cat|type|copy-item|compress-archive)\s|\[(?:system\.)?io\.file\]::(?:readall|open|copy)/i,
    ],
    [{ trait: 'privilege' }, 'RunAs', /-verb\s+['"]?runas\b/i],
    [
      { trait: 'surveillance' },
      'CopyFromScreen',
      /copyfromscreen|get-clipboard|\[(?:system\.)?windows\.forms\.clipboard\]::get/i,
    ],
    [{ trait: 'keylogging' }, 'GetAsyncKeyState', /getasynckeystate|setwindowshookex/i],
  ),
  ...lexicalRows(
    windows,
    ['fetch', 'certutil', /\bcertutil(?:\.exe)?["']?\s[^\n]{0,200}-(?:urlcache|verifyctl)\b/i],
    ['fetch', 'bitsadmin', /\bbitsadmin(?:\.exe)?["']?\s[^\n]{0,300}\/(?:transfer|addfile)\b/i],
    ['fetch', 'curl', /(?:^|[\s&|("'])curl(?:\.exe)?\s[^\n]{0,400}https?:/i],
    ['fetch-run', 'mshta', /\bmshta(?:\.exe)?["']?\s+["']?(?:https?:|javascript:|vbscript:)/i],
    ['fetch-run', 'regsvr32', /\bregsvr32(?:\.exe)?["']?\s[^\n]{0,200}\/i:["']?https?:/i],
    // `url.dll` opens an address in the browser, as programs do to show a page.
    [
      'fetch-run',
      'rundll32',
      /\brundll32(?:\.exe)?["']?\s(?:[^\n]{0,200}(?:javascript:|\\\\\w)|(?!["']?(?:[^\s"']{0,80}\\)?url(?:\.dll)?,)[^\n]{0,200}https?:)/i,
    ],
    ['fetch-run', 'msiexec', /\bmsiexec(?:\.exe)?["']?\s[^\n]{0,200}https?:/i],
    ['fetch-run', 'wscript', /\b[cw]script(?:\.exe)?["']?\s[^\n]{0,200}(?:https?:|\\\\\w)/i],
    [
      'program',
      'cmd',
      /\bcmd(?:\.exe)?["']?\s+\/[ckr]\b|%comspec%|\bwmic(?:\.exe)?\s[^\n]{0,200}process\s[^\n]{0,40}call\s+create/i,
    ],
    ['program', 'powershell', /\b(?:powershell|pwsh)(?:\.exe)?["']?\s+-/i],
    [
      { trait: 'autostart' },
      'schtasks',
      /\bschtasks(?:\.exe)?\s[^\n]{0,400}\/create\b|(?<![a-z])register-scheduledtask|\bnew-scheduledtask\b|\\currentversion\\run(?:once)?\b|start menu\\programs\\startup|\bnew-service\b|\bsc(?:\.exe)?\s+create\b|\\winlogon\b/i,
    ],
    [
      { trait: 'defence-off' },
      'Set-MpPreference',
      /(?:set|add)-mppreference\s[^\n]{0,200}-(?:disable|exclusion)|amsiutils|amsiinitfailed|amsiscanbuffer|netsh\s+(?:adv)?firewall\s[^\n]{0,100}\boff\b|vssadmin\s+delete\s+shadows|bcdedit\s[^\n]{0,100}recoveryenabled|(?:stop-service|sc\s+(?:stop|delete)|net\s+stop)\s[^\n]{0,40}(?:windefend|sense|wscsvc|mpssvc)/i,
    ],
    [
      { trait: 'log-wiping' },
      'wevtutil',
      /\bwevtutil(?:\.exe)?\s+(?:cl|clear-log)\b|clear-eventlog\b/i,
    ],
    [
      { trait: 'new-account' },
      'net user',
      /\bnet1?\s+user\s[^\n]{0,100}\/add\b|net1?\s+localgroup\s+administrators\s[^\n]{0,100}\/add|new-localuser\b/i,
    ],
    [
      { trait: 'detached' },
      'hidden window',
      /-w(?:in(?:dowstyle)?)?\s+(?:hidden|1)\b|start\s+(?:""\s+)?\/(?:min|b)\b/i,
    ],
  ),
  ...lexicalRows(
    ['batch'],
    [
      'env',
      '%…%',
      /%((?!path%|cd%|~|random%|date%|time%|errorlevel%|temp%|tmp%|comspec%|os%)[A-Za-z_]\w{1,60})%/gi,
    ],
    ['read', 'type', /(?:^|[&|(]\s*)(?:type|copy|xcopy|robocopy|more)\s/i],
    [
      'send',
      'curl',
      /\bcurl(?:\.exe)?\s[^\n]{0,400}(?:\s-(?:d|F|T)\b|--data|--form|--upload-file)/,
    ],
  ),
  ...lexicalRows(
    ['vbscript'],
    ['code', 'Execute', /\b(?:executeglobal|execute|eval)\b\s*\(?/i],
    [
      'fetch',
      'XMLHTTP',
      /createobject\s*\(\s*"(?:msxml2\.(?:server)?xmlhttp|microsoft\.xmlhttp|winhttp\.winhttprequest)/i,
    ],
    [
      'program',
      'WScript.Shell',
      /createobject\s*\(\s*"(?:wscript\.shell|shell\.application)"|\.(?:run|exec|shellexecute)\s*[( ]/i,
    ],
    ['env', 'Environment', /expandenvironmentstrings\s*\(\s*"%(\w{1,60})%|\.environment\s*\(/gi],
  ),
];

// Meanings of calls in languages without a parser, by their text alone.

const lexicalForms: readonly LexicalForm[] = [...windowsForms, ...scriptForms, ...compiledForms];

/** Facts of programs that are read lexically. */
export const analyseLexical = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 3));
  const syntax = lexicalSyntax[source.language] ?? lexicalSyntax.other;
  if (syntax === undefined) return { facts: [], embedded: [], unanalysed: [] };
  const text = source.language === 'batch' ? withoutRemarks(source.text) : source.text;
  const { code, comments, strings } = readLexical(text, syntax);
  const run = newLexicalRun(
    source,
    lexicalForms.filter(({ languages }) => languages.includes(source.language)),
    syntax,
  );
  for (const statement of statementsOf(code, continuation)) {
    context.steps.take(1 + (statement.text.length >> 2));
    readStatement(run, statement, plainCommand(statement.text, source.language));
  }
  const joined = joinedShell(run, code);
  if (joined !== undefined)
    noteTrait(run, joined, source.language, 'reverse-shell', 'a shell is joined to a connection');
  const whole = { path: source.path, start: 0, end: Math.max(1, source.text.length) };
  if (isUnread(run, code))
    noteTrait(run, whole, source.language, 'unread-program', source.text.trim());
  return {
    facts: [
      ...run.facts,
      ...textsOf(source, comments, 'comment'),
      ...textsOf(source, strings, 'string'),
    ],
    embedded: [...run.embedded, ...programsInStrings(source, run.started, strings)].slice(
      0,
      lexicalProgramsMax,
    ),
    unanalysed: [],
  };
}

const continuation = /[|\\`,^&(]\s*$/;

function withoutRemarks(text: string): string {
  return text.replace(/^[ \t]*@?rem\b[^\n]*/gim, (remark) => ' '.repeat(remark.length));
}

function textsOf(source: TaintSource, pieces: readonly Piece[], role: TextFact['role']): Fact[] {
  return pieces
    .filter(({ text }) => text.trim().length >= 12)
    .slice(0, settingsTextsMax)
    .map(({ start, end, text }) => ({
      kind: 'text',
      role,
      span: { path: source.path, start, end },
      context: role === 'comment' ? 'comment' : source.context,
      certainty: 'exact',
      text: text.trim(),
      detail: '',
    }));
}

// A string that a program gives to `system` or the like is a command line, so the shell's front end
// reads it.
function programsInStrings(
  source: TaintSource,
  started: readonly Piece[],
  strings: readonly Piece[],
): EmbeddedProgram[] {
  const language =
    source.language === 'batch' ||
    source.language === 'vbscript' ||
    source.language === 'powershell'
      ? 'batch'
      : 'shell';
  let next = 0;
  return started.flatMap((statement) => {
    while (next < strings.length && (strings[next]?.end ?? 0) < statement.start) next += 1;
    const inside: Piece[] = [];
    for (let at = next; at < strings.length && (strings[at]?.start ?? 0) < statement.end; at++) {
      const string = strings[at];
      if (string !== undefined && /\s/.test(string.text.trim()) && string.text.length < 4_000)
        inside.push(string);
    }
    return inside.map((string) => ({
      within: source.path,
      language,
      text: string.text
        .replace(/\\(["'\\$])/g, ' $1')
        .replace(/#\{[^}\n]{0,200}\}/g, (hole) => '\0'.repeat(hole.length)),
      context: source.context,
      map: [{ at: 0, raw: string.start + 1 }],
    }));
  });
}
