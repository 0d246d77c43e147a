/**
 * Meanings of calls in compiled languages, by their text alone. Sources: the languages' library
 * references.
 */
import { type LexicalForm, lexicalRows } from './lexical-form.ts';

export const compiledForms: readonly LexicalForm[] = [
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
