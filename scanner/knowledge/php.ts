/**
 * What PHP's library does. Sources: the function reference of the PHP manual (php.net/manual), and
 * the documentation of Guzzle, Symfony's HttpClient and Process, and WordPress. All names are
 * lower case: PHP ignores it. Functions of `any#` have their object as first argument.
 */
import { computes, type Knowledge, nothing, type Row, type RowEffect, row } from './row.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Arguments that get what the function gives: `#` for methods. */
export const phpGivesInto: ReadonlySet<string> = new Set(
  words(`
    exec.1 proc_open.2 preg_match.2 preg_match_all.2 parse_str.1 socket_recv.1 socket_recvfrom.1
    openssl_public_encrypt.1 openssl_private_decrypt.1
  `),
);

const option: RowEffect = {
  does: 'option',
  name: 0,
  value: 1,
  url: /^(CURLOPT_(URL|PROXY)|10002)$/,
  body: /^(CURLOPT_(POST|POSTFIELDS|COPYPOSTFIELDS|PUT|UPLOAD|INFILE)|10015)$/,
  header:
    /^(CURLOPT_(HTTPHEADER|COOKIE|USERPWD|USERAGENT|REFERER|XOAUTH2_BEARER|PASSWORD|USERNAME)|10023)$/,
  off: /^(CURLOPT_SSL_VERIFY(PEER|HOST)|64|81)$/,
};
const everything = { rest: 0 };
const given = { of: 0, form: /^/ };
const read: RowEffect = { does: 'read', path: 0, orAddress: true };
const write: RowEffect = { does: 'write', path: 0 };
const sends = row({ does: 'send', content: everything }, 'nothing');

const connects: RowEffect = { does: 'connect', scheme: 'tcp', host: 0 };

const parts = {
  body: ['json', 'body', 'form_params', 'multipart'],
  header: ['headers', 'auth', 'auth_bearer', 'auth_basic', 'cookies'],
  query: ['query'],
};
const guzzle = 'guzzlehttp\\client';
const symfony = 'symfony\\component\\';

type Entry = readonly [names: string, row: Row];

const entries: readonly Entry[] = [
  // ---- the environment ----
  ['$_env phpinfo', row({ does: 'whole-env' })],
  ['$_env.[]=', row({ does: 'set-env', name: 0, value: 1 }, 'nothing')],
  [
    'getenv',
    row([
      { does: 'env', name: 0, when: given },
      { does: 'whole-env', unless: given },
    ]),
  ],
  ['putenv', row({ does: 'set-env', name: 0, value: 0 }, 'nothing')],
  ['gethostname php_uname', row({ does: 'observe', what: 'host name' })],
  ['get_current_user posix_getlogin', row({ does: 'observe', what: 'user name' })],
  ['dotenv\\dotenv.createimmutable', row({ does: 'read', path: 0 }, 'through')],
  ['readline', row({ does: 'input' })],
  ['getallheaders apache_request_headers socket_accept', row({ does: 'incoming' })],
  // ---- files ----
  [
    `file_get_contents file readfile get_headers parse_ini_file simplexml_load_file scandir glob
    opendir dir readlink getimagesize exif_read_data hash_file md5_file sha1_file fileperms
    show_source highlight_file`,
    row(read),
  ],
  [
    'fopen gzopen bzopen splfileobject.__construct',
    row({ does: 'open', path: 0, mode: 1, orAddress: true }, { instance: 'resource' }),
  ],
  ['tmpfile', row([], { instance: 'resource' })],
  ['tempnam', computes('path-join', 0, 1)],
  ['file_put_contents', row({ ...write, content: 1 }, 'nothing')],
  ['copy move_uploaded_file', row({ ...read, to: 1 }, 'nothing')],
  ['rename', row({ does: 'write', path: 1, content: 0 }, 'nothing')],
  ['mkdir touch', row(write, 'nothing')],
  ['chmod chown chgrp', row({ ...write, traits: ['permissions'] }, 'nothing')],
  ['symlink link', row({ does: 'read', path: 0, to: 1, traits: ['link'] }, 'nothing')],
  ['unlink rmdir', row({ does: 'delete', path: 0 }, 'nothing')],
  ['ziparchive#extractto', row({ ...write, traits: ['unsafe-extract'] }, 'nothing')],
  ['any#fwrite any#fputs any#fputcsv', row({ does: 'send', content: 0 }, 'nothing')],
  // ---- the network ----
  ['curl_init', row([], { instance: 'curl' })],
  ['any#curl_setopt', row(option, 'self')],
  ['any#curl_exec', row({ does: 'request' })],
  ['fsockopen pfsockopen', row({ ...connects, port: 1 }, { instance: 'socket' })],
  ['stream_socket_client', row(connects, { instance: 'socket' })],
  ['stream_socket_server socket_create_listen', row({ does: 'listen' }, { instance: 'socket' })],
  ['any#socket_bind any#socket_listen', row({ does: 'listen' }, 'nothing')],
  ['socket_create', row([], { instance: 'socket' })],
  ['any#socket_connect', row({ ...connects, port: 1 })],
  [
    'any#socket_write any#socket_send any#stream_socket_sendto any#ssh2_exec any#mysqli_query',
    sends,
  ],
  ['any#pg_query database#query database#exec database#prepare', sends],
  [
    'gethostbyname gethostbynamel dns_get_record checkdnsrr dns_check_record',
    row({ does: 'connect', scheme: 'dns', host: 0 }, 'nothing'),
  ],
  ['mail', row({ does: 'request', host: '*', method: 'POST', body: [everything] }, 'nothing')],
  ['mysqli_connect mysqli.__construct pg_connect', row(connects, { instance: 'database' })],
  [
    `${guzzle}.__construct`,
    row({ does: 'connect', scheme: 'https', host: 'base_uri' }, { instance: guzzle }),
  ],
  [
    `${guzzle}#request ${guzzle}#requestasync httpclient#request`,
    row({ does: 'request', methodAt: 0, url: 1, ...parts }),
  ],
  ...words('get head options post put patch delete').map((name): Entry => {
    const method = name.toUpperCase();
    const asks = row({ does: 'request', url: 0, method, ...parts });
    return [`${guzzle}#${name} ${guzzle}#${name}async`, asks];
  }),
  [`${symfony}httpclient\\httpclient.create`, row([], { instance: 'httpclient' })],
  ['wp_remote_get wp_safe_remote_get', row({ does: 'request', url: 0, ...parts })],
  ['wp_remote_post', row({ does: 'request', url: 0, method: 'POST', ...parts })],
  // ---- programs and code ----
  ['exec system shell_exec passthru popen', row({ does: 'program', words: 0, shell: true })],
  ['proc_open', row({ does: 'program', words: 0 })],
  ['pcntl_exec', row({ does: 'program', words: everything })],
  [
    `${symfony}process\\process.__construct`,
    row({ does: 'program', words: 0 }, { instance: 'process' }),
  ],
  [
    `${symfony}process\\process.fromshellcommandline`,
    row({ does: 'program', words: 0, shell: true }, { instance: 'process' }),
  ],
  ['process#run process#mustrun process#start', row([], 'self')],
  ['eval assert', row({ does: 'code', code: 0 })],
  ['create_function', row({ does: 'code', code: 1 })],
  [
    'call_user_func forward_static_call',
    row({ does: 'call', callee: 0, given: [1, 2, 3] }, 'called'),
  ],
  [
    'call_user_func_array forward_static_call_array array_map',
    row({ does: 'call', callee: 0, each: 1 }, 'called'),
  ],
  [
    'array_filter array_walk array_walk_recursive array_reduce usort uasort uksort iterator_apply',
    row({ does: 'call', callee: 1, each: 0 }, 'through'),
  ],
  ['preg_replace_callback', row({ does: 'call', callee: 1, given: [2] }, 'through')],
  [
    `register_shutdown_function set_error_handler set_exception_handler spl_autoload_register
    ob_start register_tick_function header_register_callback`,
    row({ does: 'call', callee: 0 }, 'nothing'),
  ],
  ['closure.fromcallable', computes('same', 0)],
  ['function#__invoke', row({ does: 'call', callee: 'self', given: [0, 1, 2] }, 'called')],
  ['unserialize igbinary_unserialize yaml_parse', row({ does: 'deserialize', data: 0 })],
  ['ffi.cdef dl', row({ does: 'trait', trait: 'native' }, 'through')],
  // ---- texts and lists ----
  [
    'echo print printf vprintf print_r var_dump var_export error_log syslog trigger_error',
    row({ does: 'output', content: everything }, 'through'),
  ],
  ['strlen count sizeof mb_strlen', computes('length', 0)],
  [
    `md5 sha1 crc32 hash hash_hmac password_hash strcmp strpos stripos in_array is_string is_array
    file_exists is_file is_dir filesize time microtime date random_bytes rand mt_rand random_int
    uniqid curl_getinfo curl_error curl_errno curl_close curl_reset`,
    nothing,
  ],
  ['strval', computes('text', 0)],
  ['intval floatval', computes('number', 0)],
  ['strtolower mb_strtolower lcfirst', computes('lower', 0)],
  ['strtoupper mb_strtoupper', computes('upper', 0)],
  ['trim ltrim rtrim chop', computes('strip', 0)],
  ['strrev array_reverse', computes('reverse', 0)],
  ['str_replace str_ireplace', computes('replace', 2, 0, 1)],
  ['strtr', computes('translate', 0, 1, 2)],
  ['explode', computes('split', 1, 0)],
  ['implode join', computes('join', 1, 0)],
  ['substr mb_substr array_slice', computes('slice', 0, 1, 2)],
  ['str_repeat', computes('repeat', 0, 1)],
  ['array_merge', computes('concat', everything)],
  ['str_split mb_str_split', computes('letters', 0)],
  ['chr mb_chr', computes('chr', 0)],
  ['ord mb_ord', computes('ord', 0)],
  ['current reset', computes('first', 0)],
  ['end', computes('last', 0)],
  ['array_keys', computes('keys', 0)],
  ['array_values', computes('values', 0)],
  ['array_flip', computes('reversed-pairs', 0)],
  ['sprintf', computes('format', 0, { rest: 1 })],
  ['vsprintf', computes('format', 0, 1)],
  ['base64_decode', computes('base64-decode', 0)],
  ['base64_encode', computes('base64-encode', 0)],
  ['hex2bin', computes('hex-decode', 0)],
  ['bin2hex', computes('hex-encode', 0)],
  ['urldecode rawurldecode', computes('url-decode', 0)],
  ['urlencode rawurlencode', computes('url-encode', 0)],
  ['str_rot13', computes('rot13', 0)],
  ['gzinflate gzuncompress gzdecode', computes('inflate', 0)],
  [
    'convert_uudecode bzdecompress openssl_decrypt sodium_crypto_secretbox_open',
    row([], 'decoded'),
  ],
  [
    'gzdeflate gzcompress gzencode convert_uuencode openssl_encrypt sodium_crypto_secretbox',
    row([], 'encoded'),
  ],
  ['unpack', computes('unpack', 1, 0)],
  ['pack', computes('pack', { rest: 1 }, 0)],
  ['json_decode', computes('json-parse', 0)],
  ['dirname', computes('path-folder', 0)],
  ['basename', computes('path-name', 0)],
  ['realpath', computes('same', 0)],
];

/** Functions and classes that only compute, as patterns. */
const computing = words(String.raw`
  array(_(?!u(diff|intersect)|\w+_u)\w+)? [aku]?r?sort nat(case)?sort count range current key next
  prev each list min max abs ceil floor round sqrt pow exp log(10|1p)? a?(sin|cos|tan)h? pi fmod
  intdiv hypot deg2rad rad2deg (mt_|random_)?(rand|int|bytes|srand) lcg_value base_convert
  (bin|dec|hex|oct)(bin|dec|hex|oct) number_format (is|ctype|grapheme|utf8|html|cal|easter)_\w+
  (iconv|bc|str|substr|html)\w* (hash|password|gc|gmp|session|spl_object|quoted_printable)_\w+
  mb_(?!ereg)\w+ settype gettype get_debug_type (bool|double)val ucfirst ucwords nl2br wordwrap
  chunk_split similar_text levenshtein soundex metaphone (add|strip)c?slashes quotemeta
  preg_(match\w*|split|quote|grep|replace|last_error\w*) json_\w+ http_build_query serialize
  date\w* hrtime g?mktime strtotime gmdate checkdate u?sleep time_nanosleep set_time_limit ini_get
  func_num_args php_sapi_name phpversion memory_get\w+ error_reporting user_error error_get_last
  get_(class|parent_class|object_vars|class_methods|called_class)
  (class|method|property|function|interface|trait|enum)_exists iterator_(to_array|count)
  http_response_code header headers_sent setcookie ob_((get|end)\w+|clean|flush) f?flush
  filter_var version_compare defined
  f(close|seek|tell|eof|stat|truncate|lock|read|gets|getc|getcsv) fscanf fpassthru rewind
  stream_get_(contents|line) (stream_)?socket_recv(from)? pathinfo parse_url escapeshell(arg|cmd)
  setlocale localeconv usage exit die closure generator
  spl\w*(stack|queue|storage|array|heap|list) array(object|iterator|access) datetime\w*
  date(interval|period) stdclass \w*(exception|error) numberformatter intldateformatter collator
  normalizer weakmap iterator\w* any text record number function process resource
`);

export const phpKnowledge: Knowledge = {
  language: 'php',
  rows: Object.fromEntries(
    entries.flatMap(([names, row]) => words(names).map((name) => [name, row])),
  ),
  names: {
    ...Object.fromEntries(
      words('$_GET $_POST $_COOKIE $_REQUEST $_FILES').map((name) => [name, { incoming: name }]),
    ),
    $argv: { input: '$argv' },
    stdin: { input: 'STDIN' },
    'php://input': { incoming: 'php://input' },
    'php://stdin': { input: 'php://stdin' },
    ...Object.fromEntries(
      words('stdout stderr output memory temp').map((name) => [`php://${name}`, { text: '' }]),
    ),
    __dir__: { thisFolder: true },
    __file__: { thisFile: true },
    php_eol: { text: '\n' },
    directory_separator: { text: '/' },
    php_os_family: { instance: 'php_os_family' },
  },
  ignoresCase: true,
  emptyIsFalse: true,
  sharesVariables: true,
  computing: new RegExp(`^(${computing.join('|')})$`, 'i'),
  constructor: '__construct',
  makeName: '__construct',
  callName: '__invoke',
  missingName: '__call',
  extensions: [],
};
