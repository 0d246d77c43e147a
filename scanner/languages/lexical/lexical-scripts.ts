/**
 * Meanings of calls in script languages without a parser, by their text alone. Sources: the
 * languages' library references.
 */
import type { Trait } from '../../fact/fact.ts';
import type { Language } from '../../fact/source.ts';

// One row of the tables of calls in languages without a parser.

/**
 * `code`: text is run as code. `program`: a program or command line is started. `fetch`: something
 * is downloaded. `send`: a request that carries data. `fetch-run`: a program that runs what its
 * address gives. `env`: group 1 is a variable's name, or all of them when it is missing. `decode`:
 * encoded data is decoded. `connect`: a bare connection to another machine. `listen`: a port that
 * others reach. `load`: machine code or a library is loaded. `read`: a file is read. A
 * trait: just that.
 */
export type LexicalMeaning =
  | 'code'
  | 'program'
  | 'fetch'
  | 'send'
  | 'connect'
  | 'listen'
  | 'fetch-run'
  | 'env'
  | 'decode'
  | 'load'
  | 'read'
  | { readonly trait: Trait };

export interface LexicalForm {
  readonly languages: readonly Language[];
  readonly means: LexicalMeaning;
  readonly api: string;
  readonly form: RegExp;
}

/** Rows for some languages. */
export function lexicalRows(
  languages: readonly Language[],
  ...forms: readonly (readonly [LexicalMeaning, string, RegExp])[]
): LexicalForm[] {
  return forms.map(([means, api, form]) => ({ languages, means, api, form }));
}

export const scriptForms: readonly LexicalForm[] = [
  ...lexicalRows(
    ['perl'],
    ['code', 'eval', /\beval\s*(?:\(|["'$q])/],
    [
      'fetch',
      'LWP',
      /\bLWP::(?:Simple|UserAgent)\b|\bHTTP::Tiny\b|\bgetstore\s*\(|\bget\s*\(\s*["']https?:/,
    ],
    ['send', 'LWP', /->post\s*\(/],
    ['connect', 'socket', /\bIO::Socket(?:::INET6?|::IP|::SSL)?\b|\bconnect\s*\(?\s*\(?[\w$]/],
    ['listen', 'listen', /\blisten\s*\(\s*[\w$]|\bListen\s*=>/],
    [
      'program',
      'system',
      /\b(?:system|exec)\s*[( ]\s*["'$@q]|\bqx\s*[{([/|'"]|`[^`\n]+`|\bopen\s*\([^)]{0,100}["'](?:-\||\|-|[^"'\n]{1,100}\|)/,
    ],
    ['env', '%ENV', /\$ENV\{\s*["']?(\w{1,80})["']?\s*\}/g],
    ['env', '%ENV', /(?:keys|values|each)\s*\(?\s*%ENV|\\%ENV/g],
    ['decode', 'decode_base64', /\bdecode_base64\b|\bunpack\s*\(?\s*["'][uHh]|\bMIME::Base64\b/],
    ['read', 'open', /\bopen\s*\(?\s*(?:my\s+)?[$\w]{1,40}\s*,|\bread_file\b|\bslurp\b/],
  ),
  ...lexicalRows(
    ['php'],
    [
      'code',
      'eval',
      /\b(?:eval|assert|create_function)\s*\(|\bpreg_replace\s*\(\s*["'](.)[^"'\n]{0,200}\1[imsxADSUXu]{0,6}e|\binclude(?:_once)?\s*\(?\s*["']https?:/,
    ],
    [
      'fetch',
      'file_get_contents',
      /\b(?:file_get_contents|fopen|copy|readfile)\s*\(\s*["']https?:|\bcurl_(?:init|exec)\s*\(/,
    ],
    ['send', 'curl', /\bCURLOPT_POST(?:FIELDS)?\b/],
    [
      'connect',
      'fsockopen',
      /\b(?:p?fsockopen|stream_socket_client|socket_connect|socket_create)\s*\(/,
    ],
    ['listen', 'socket_listen', /\b(?:socket_listen|stream_socket_server)\s*\(/],
    [
      'program',
      'shell_exec',
      /\b(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\s*\(|`[^`\n]{1,200}`/,
    ],
    ['env', 'getenv', /\bgetenv\s*\(\s*["'](\w{1,80})["']|\$_ENV\s*\[\s*["'](\w{1,80})/g],
    ['env', '$_ENV', /\bgetenv\s*\(\s*\)|\$_ENV\b(?!\s*\[)/g],
    [
      'decode',
      'base64_decode',
      /\b(?:base64_decode|gzinflate|gzuncompress|str_rot13|hex2bin|convert_uudecode)\s*\(/,
    ],
    ['read', 'file_get_contents', /\b(?:file_get_contents|fopen|readfile|file)\s*\(/],
  ),
  ...lexicalRows(
    ['ruby'],
    ['code', 'eval', /\b(?:instance_eval|class_eval|module_eval|eval)\b\s*[( ]\s*(?!do\b|\{)/],
    [
      'fetch',
      'Net::HTTP',
      /\bNet::HTTP\b|\bURI(?:\.parse\([^)]{0,200}\))?\.open\b|\bURI\([^)]{0,200}\)\.(?:open|read)|\bopen\(\s*["']https?:|\b(?:HTTParty|Faraday|RestClient|Typhoeus|Excon|HTTP)\.(?:get|new|head)\b/,
    ],
    [
      'send',
      'Net::HTTP',
      /\bNet::HTTP(?:\.post|::Post|::Put)|\b(?:HTTParty|Faraday|RestClient|Typhoeus|Excon|HTTP)\.(?:post|put|patch)\b/,
    ],
    [
      'connect',
      'TCPSocket',
      /\b(?:TCP|UDP|SSL)?Socket(?:\.(?:new|open|tcp|udp)\b|::\w{1,20}\.new\b)/,
    ],
    ['listen', 'TCPServer', /\bTCPServer\.(?:new|open)\b|\bSocket\.tcp_server/],
    [
      'program',
      'system',
      /(?:^|[\s;=({])(?:system|exec|spawn)\s*[( ]\s*["'%\w]|`[^`\n]+`|%x[{([|]|\bIO\.popen\b|\bOpen3\.|\bKernel\.(?:system|exec|spawn)/,
    ],
    ['env', 'ENV', /\bENV(?:\.fetch\(|\[)\s*["'](\w{1,80})["']/g],
    ['env', 'ENV', /\bENV\.(?:to_h|to_hash|each|to_a|inspect|map|select|sort)\b/g],
    [
      'decode',
      'Base64.decode64',
      /\bBase64\.(?:strict_|urlsafe_)?decode64\b|\.unpack1?\(\s*["']m|\bZlib::/,
    ],
    ['read', 'File.read', /\b(?:File|IO)\.(?:read|readlines|open|binread)\b|\bDir\.(?:glob|\[)/],
    ['load', 'Fiddle', /\bFiddle\b|\bFFI::Library\b/],
  ),
  ...lexicalRows(
    ['lua'],
    ['code', 'load', /\b(?:loadstring|load|dofile)\s*[("]/],
    [
      'fetch',
      'socket.http',
      /\b(?:http|https)\.request\b|require\s*\(?\s*["'](?:socket\.http|ssl\.https|http\.request)/,
    ],
    ['connect', 'socket', /:connect\s*\(|\bsocket\.connect\s*\(/],
    ['listen', 'socket', /\.bind\s*\(|:listen\s*\(/],
    ['program', 'os.execute', /\bos\.execute\s*\(?|\bio\.popen\s*\(?/],
    ['env', 'os.getenv', /\bos\.getenv\s*\(?\s*["'](\w{1,80})/g],
    ['read', 'io.open', /\bio\.(?:open|lines|read)\b/],
  ),
  ...lexicalRows(
    ['applescript'],
    ['code', 'run script', /\brun script\b/i],
    ['program', 'do shell script', /\bdo shell script\b/i],
    ['env', 'system attribute', /\bsystem attribute\s+"(\w{1,80})"/gi],
    [{ trait: 'privilege' }, 'administrator privileges', /\bwith administrator privileges\b/i],
    [
      { trait: 'credential-command' },
      'display dialog',
      /\bdisplay dialog\b[^\n]{0,400}\bhidden answer\b/i,
    ],
    [{ trait: 'surveillance' }, 'clipboard', /\bthe clipboard\b/i],
  ),
  ...lexicalRows(
    ['r'],
    ['code', 'eval', /\beval\s*\(\s*parse\s*\(|\bsource\s*\(\s*["']https?:/],
    [
      'fetch',
      'download.file',
      /\bdownload\.file\s*\(|\bhttr2?::(?:GET|request)\b|\bGET\s*\(\s*["']https?:|\bcurl::|\b(?:url|readLines|read\.csv|fromJSON)\s*\(\s*["']https?:/,
    ],
    ['send', 'httr', /\b(?:httr::)?(?:POST|PUT)\s*\(/],
    ['connect', 'socketConnection', /\bsocketConnection\s*\(/],
    ['program', 'system', /\b(?:system2?|shell|shell\.exec|processx::run|pipe)\s*\(/],
    ['env', 'Sys.getenv', /\bSys\.getenv\s*\(\s*["'](\w{1,80})/g],
    ['env', 'Sys.getenv', /\bSys\.getenv\s*\(\s*\)/g],
    ['decode', 'base64', /\bbase64(?:_dec|decode)\s*\(/],
    ['read', 'readLines', /\b(?:readLines|readRDS|readChar|file|load)\s*\(/],
  ),
  ...lexicalRows(
    ['julia'],
    ['code', 'include_string', /\beval\s*\(\s*Meta\.parse|\binclude_string\s*\(/],
    ['fetch', 'download', /\b(?:Downloads\.)?download\s*\(|\bHTTP\.(?:get|request)\s*\(/],
    ['send', 'HTTP', /\bHTTP\.(?:post|put)\s*\(/],
    ['connect', 'connect', /\bconnect\s*\(/],
    ['listen', 'listen', /\blisten\s*\(/],
    ['program', 'run', /\b(?:run|read|pipeline|open)\s*\(\s*`/],
    ['env', 'ENV', /\bENV\s*\[\s*"(\w{1,80})"\s*\]/g],
    ['read', 'read', /\bread(?:lines)?\s*\(\s*["o]/],
  ),
  ...lexicalRows(
    ['awk'],
    ['program', 'system', /\bsystem\s*\(|\|&?\s*getline\b|\bprint[^\n]{0,200}\|\s*"/],
    ['connect', '/inet', /"\/inet\d?\/(?:tcp|udp)\//],
    ['env', 'ENVIRON', /\bENVIRON\s*\[\s*"(\w{1,80})"\s*\]/g],
  ),
  ...lexicalRows(
    ['other'],
    ['connect', 'socket', /(?:^|[\s;[{])socket\s+[\w$][\w.$-]{0,100}\s+[\d$]/],
    ['code', 'eval', /(?:^|[\s;(|])(?:eval|source)\s+["'(`$]/],
    ['fetch', 'curl', /(?:^|[\s;(|`"'])(?:curl|wget)\s[^\n]{0,400}https?:/],
    [
      'program',
      'exec',
      /\b(?:system|popen|shell_exec|os:cmd|System\.cmd|Process\.run|execCmd|exec|Command)\s*\(|^\s*(?:Exec(?:Start(?:Pre|Post)?)?)\s*=/,
    ],
    ['env', 'getenv', /\b(?:getenv|get_env|fetch_env!?)\s*\(\s*["':](\w{1,80})/g],
  ),
];

// Comments and strings of the languages that are read lexically.

export interface LexicalSyntax {
  /** Marks of comments up to the end of the line. */
  readonly line: readonly string[];
  /** Openings and ends of comments. */
  readonly block: readonly (readonly [string, string])[];
  /** Quotes; the strings between them may go over several lines when `wide`. */
  readonly quotes: string;
  readonly wide: boolean;
  readonly escape: string;
  /** Letters in single quotes only: `'a'`, not a string. */
  readonly charQuote?: true;
  /** The assigned name, in group 1. */
  readonly assigns: RegExp;
}

const braces: LexicalSyntax = {
  line: ['//'],
  block: [['/*', '*/']],
  quotes: '"`',
  wide: true,
  escape: '\\',
  charQuote: true,
  assigns: /(?:^|[\s(,*&])([A-Za-z_]\w{0,60})(?:\s*,\s*(?:\w{1,20}))?\s*(?::=|=(?!=))/,
};
const hashes: LexicalSyntax = {
  line: ['#'],
  block: [],
  quotes: '"\'`',
  wide: true,
  escape: '\\',
  assigns: /(?:^|[\s;(])(?:my\s+|local\s+|our\s+)?([$@%]?[A-Za-z_]\w{0,60})\s*(?:<-|=(?![=~>]))/,
};

/** Languages without a row are read as `other`. */
export const lexicalSyntax: Readonly<Partial<Record<Language, LexicalSyntax>>> = {
  powershell: {
    line: ['#'],
    block: [['<#', '#>']],
    quotes: '"\'',
    wide: true,
    escape: '`',
    assigns: /(\$(?:\w{1,12}:)?[A-Za-z_]\w{0,60})\s*\+?=(?!=)/,
  },
  batch: {
    line: ['::'],
    block: [],
    quotes: '"',
    wide: false,
    escape: '^',
    assigns: /^\s*@?set\s+(?:\/[ap]\s+)?"?([\w-]{1,60})=/i,
  },
  vbscript: {
    line: ["'"],
    block: [],
    quotes: '"',
    wide: false,
    escape: '',
    assigns: /(?:^|:|\bSet\s)\s*([A-Za-z_]\w{0,60})\s*=/i,
  },
  applescript: {
    line: ['--', '#'],
    block: [['(*', '*)']],
    quotes: '"',
    wide: true,
    escape: '\\',
    assigns: /\bset\s+([A-Za-z_]\w{0,60})\s+to\b/i,
  },
  lua: { ...hashes, line: ['--'], block: [['--[[', ']]']], quotes: '"\'' },
  php: { ...hashes, line: ['//', '#'], block: [['/*', '*/']], quotes: '"\'`' },
  ruby: { ...hashes, block: [['\n=begin', '\n=end']] },
  perl: { ...hashes, block: [['\n=pod', '\n=cut']] },
  julia: { ...hashes, block: [['#=', '=#']], quotes: '"`' },
  go: braces,
  rust: { ...braces, quotes: '"' },
  swift: { ...braces, quotes: '"' },
  c: { ...braces, quotes: '"' },
  csharp: { ...braces, quotes: '"' },
  java: { ...braces, quotes: '"\'' },
  other: hashes,
  r: hashes,
  awk: hashes,
};
