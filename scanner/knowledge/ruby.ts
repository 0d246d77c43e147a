/**
 * What Ruby's library does. Sources: the reference of the core and standard library
 * (docs.ruby-lang.org), and the documentation of Faraday, HTTParty, RestClient, http.rb, Excon,
 * Addressable, net-ssh, net-ftp, net-smtp, Redis, pg, mysql2, Sequel, aws-sdk and dotenv.
 */
import {
  type ArgOf,
  by,
  computes,
  type EffectOf,
  type Knowledge,
  named,
  nothing,
  type Row,
  type RowEffect,
  row,
  type Table,
  through,
} from './row.ts';

const itself = row([], 'self');
const same = computes('same', 'self');
const perItem = row({ does: 'call', callee: 'block', each: 'self' }, 'self');
const perItemGives = row({ does: 'call', callee: 'block', each: 'self' }, 'called');
const aroundBlock = row({ does: 'call', callee: 'block', given: [0, 1] }, 'called');
const fills = row({ does: 'fill', into: 'self', with: 0 }, 'self');
const withSelf: RowEffect = { does: 'call', callee: 'block', given: ['self'] };

const setVariable: RowEffect = { does: 'set-env', name: 0, value: 1 };
const environment: Table = {
  'ENV#[]': row({ does: 'env', name: 0 }),
  'ENV#values_at slice fetch_values': row({ does: 'env', name: { rest: 0 } }),
  'ENV#fetch': row([
    { does: 'env', name: 0, fallback: 1 },
    { does: 'call', callee: 'block' },
  ]),
  'ENV#[]= store': row(setVariable, 'nothing'),
  'ENV#update merge!': row({ ...setVariable, value: 0 }, 'nothing'),
  'ENV#key? has_key? include? member? delete clear size empty?': nothing,
  'ENV#to_h to_hash': row({ does: 'whole-env' }),
  'Etc.getlogin getpwuid getpwnam': row({ does: 'observe', what: 'user name' }),
  'Socket.gethostname': row({ does: 'observe', what: 'host name' }),
  'Socket.ip_address_list getifaddrs': row({ does: 'observe', what: 'address' }),
  'gets readline readlines $stdin#read gets each_line readlines readline': row({ does: 'input' }),
};

const reads = row({ does: 'read', path: 0 });
const writes: RowEffect = { does: 'write', path: 0 };
const copies: RowEffect = { does: 'read', path: 0, to: 1 };
const links = row({ ...copies, traits: ['link'] }, 'nothing');
const opens: RowEffect = { does: 'open', path: 0, mode: by('mode', 1) };
const deletes: RowEffect = { does: 'delete', path: 0 };
const changesMode: RowEffect = { does: 'write', path: 1, traits: ['permissions'] };
const deletesAll = row({ ...deletes, traits: ['delete', 'recursive'] }, 'nothing');
const sending: RowEffect = { does: 'send', content: { rest: 0 } };
const sends = row(sending, 'self');

const files: Table = {
  'File.read binread readlines foreach each_line Dir.glob [] children entries each_child new':
    reads,
  'IO.read binread readlines foreach copy_stream CSV.read foreach table JSON.load_file': reads,
  'YAML.load_file safe_load_file Zlib::GzipReader.open Dir.open': reads,
  'Dotenv.load overload parse': row({ does: 'read', path: 0 }, 'nothing'),
  'File.open new CSV.open': row(opens),
  open: row({ ...opens, orAddress: true }),
  'File.write binwrite IO.write binwrite': row({ ...writes, content: 1 }, 'nothing'),
  'File.rename FileUtils.mv move': row({ does: 'write', path: 1, content: 0 }, 'nothing'),
  'File.symlink link FileUtils.ln ln_s ln_sf': links,
  'FileUtils.cp copy cp_r copy_entry install': row(copies, 'nothing'),
  'File.chmod chown FileUtils.chmod chown': row(changesMode, 'nothing'),
  'FileUtils.chmod_R chown_R': row({ ...changesMode, traits: ['permissions', 'recursive'] }),
  'FileUtils.mkdir mkdir_p makedirs touch Dir.mkdir': row(writes, 'nothing'),
  'File.delete unlink FileUtils.rm rm_f rmdir remove': row(deletes, 'nothing'),
  'Dir.rmdir delete unlink': row(deletes, 'nothing'),
  'FileUtils.rm_rf rm_r remove_dir remove_entry rmtree': deletesAll,
  'Zlib::GzipWriter.open': row(writes),
  'File.exist? file? directory? size size? stat mtime readable? writable? Dir.exist? empty?':
    nothing,
  'Dir.chdir mktmpdir': aroundBlock,
  'Dir.home': row([], { text: '~' }),
  'Dir.pwd getwd': row([], { text: '.' }),
  'Dir.tmpdir': row([], { text: '/tmp' }),
  'Tempfile.new create open': row([], { instance: 'File' }),
  'File#write puts print << printf syswrite': sends,
  // Paths and addresses are texts; `Any` stands for what is not known to be one.
  'Any#read binread write open join unlink': through,
  'Pathname URI Pathname.new URI.parse Addressable::URI.parse': computes('same', 0),
  'Text#read binread readlines children glob': row({ does: 'read', path: 'self' }),
  'Text#write binwrite': row({ does: 'write', path: 'self', content: 0 }, 'nothing'),
  'Text#unlink rmtree': row({ does: 'delete', path: 'self' }, 'nothing'),
  'Text#open': row({ does: 'open', path: 'self', mode: 0 }),
  'Text#/ join': computes('path-join', 'self', { rest: 0 }),
  'File.join URI.join': computes('path-join', { rest: 0 }),
  'File.expand_path absolute_path realpath': computes('path-absolute', 0, 1),
  'Text#expand_path': computes('path-absolute', 'self', 0),
  'File.dirname': computes('path-folder', 0),
  'Text#dirname parent': computes('path-folder', 'self'),
  'File.basename': computes('path-name', 0, 1),
  'Text#basename': computes('path-name', 'self', 0),
};

/** A request whose options stand by their names. */
const options = {
  body: ['body', 'json', 'form', 'payload', 'multipart'],
  header: ['headers', 'basic_auth', 'cookies', 'user', 'password'],
  query: ['query', 'params'],
} satisfies Partial<EffectOf<'request'>>;

/** The methods of a client; `plain` and `sending`: what stands at which position. */
function client(
  owner: string,
  plain: Partial<EffectOf<'request'>> = {},
  sending = plain,
  names = 'get head options delete post put patch',
): Table {
  const entries = names.split(' ').map((name) => {
    const more = /^p/i.test(name) ? sending : plain;
    const request = { ...options, ...more, does: 'request', url: 0 } as const;
    return [
      `${owner}${name}`,
      row({ ...request, method: name.replace('.new', '').toUpperCase() }),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function connects(usual: number, host: ArgOf = 0): Row {
  const port = by('port', 1);
  return row({ does: 'connect', scheme: 'tcp', host, port, usual });
}

const get: EffectOf<'request'> = { does: 'request', url: 0, method: 'GET', header: [1] };
const sent = { body: [1], header: [2] };
const stored = { does: 'request', method: 'PUT', body: ['body'] } as const;
const secure: RowEffect = { does: 'connect', scheme: 'https', host: 0, port: 1 };
const datagram: RowEffect = { ...secure, scheme: 'udp' };
const looksUp = row({ does: 'connect', scheme: 'dns', host: 0 });
const listens = row({ does: 'listen' }, { instance: 'TCPServer' });
const httpClient = row([], { instance: 'HTTP::Client' });
const sendsHeader = row({ ...sending, part: 'header' }, 'self');

const network: Table = {
  ...client('Net::HTTP.', get, sent),
  ...client('Net::HTTP#', get, sent),
  ...client('Net::HTTP::', get, get, 'Get.new Head.new Delete.new Post.new Put.new Patch.new'),
  'Net::HTTP.get_response get_print OpenURI.open_uri': row(get),
  'Net::HTTP.post_form': row({ ...get, ...sent, method: 'POST' }),
  'Net::HTTP.new start': row(secure, { instance: 'Net::HTTP' }),
  'Net::HTTP#request': row({ does: 'send', content: 0 }, 'through'),
  'Net::HTTP#start': itself,
  'Net::HTTP#verify_mode= Text#port': nothing,
  'Response#body= set_form_data form_data= set_form body_stream=': sends,
  'Response#[]= basic_auth add_field initialize_http_header': sendsHeader,
  'Response#headers header options params': itself,
  'URI.open': row([get, { does: 'read', path: 0 }]),
  'Text#host hostname': computes('host', 'self'),
  'Text#with_query': computes('concat', 'self', 0),
  'Any#with_query': fills,
  ...client('Faraday.', { query: [1], header: [2] }, sent),
  ...client('Faraday#', { query: [1], header: [2] }, sent),
  'Faraday.new': row({ ...secure, host: by('url') }, { instance: 'Faraday' }),
  ...client('HTTParty.'),
  ...client('RestClient.', get, { body: [1], header: [2, 'authorization'] }),
  'RestClient::Request.execute': row({ ...get, ...options, url: 'url', methodAt: 'method' }),
  ...client('HTTP.'),
  ...client('HTTP::Client#', { header: ['self', ...options.header] }),
  'HTTP.auth basic_auth headers cookies timeout follow via use accept persistent': httpClient,
  'HTTP::Client#auth headers timeout follow accept': itself,
  ...client('Excon.'),
  ...client('Typhoeus.'),
  'TCPSocket.new open Socket.new open tcp': connects(0),
  'UDPSocket.new': row([], { instance: 'UDPSocket' }),
  'UDPSocket#connect': row(datagram, 'nothing'),
  'UDPSocket#send': row([
    { ...datagram, host: 2, port: 3 },
    { ...sending, content: 0 },
  ]),
  'OpenSSL::SSL::SSLSocket.new': computes('same', 0),
  'Connection#puts print write << send sendmsg syswrite write_nonblock': sends,
  'Connection#exec! exec query execute send_message putbinaryfile set publish': sends,
  'Process#puts print write <<': sends,
  'TCPServer.new open WEBrick::HTTPServer.new': listens,
  'TCPServer#accept accept_nonblock': row({ does: 'incoming' }),
  'Resolv.getaddress getaddresses Addrinfo.getaddrinfo TCPSocket.gethostbyname': looksUp,
  'Net::SSH.start Net::SFTP.start Net::SCP.start': connects(22),
  'Net::FTP.new open': connects(21),
  'Net::SMTP.new start': connects(25),
  'Net::IMAP.new': connects(993),
  'Redis.new': connects(6379, { at: 0, name: 'url', or: 'host' }),
  'PG.connect Mysql2::Client.new Sequel.connect': connects(5432, by('host')),
  'Aws::S3::Client.new': row([], { instance: 'Aws::S3::Client' }),
  'Aws::S3::Client#put_object upload_file': row({ ...stored, host: 's3.amazonaws.com' }),
};

const program = row({ does: 'program', words: { rest: 0 }, input: 'stdin_data' });
const code = row({ does: 'code', code: 0 });
const calls = row({ does: 'call', callee: 'self', given: [0, 1, 2] }, 'called');
const unpacks: RowEffect = { does: 'deserialize', data: 0 };

const programs: Table = {
  'system exec spawn sh Process.spawn exec PTY.spawn getpty': program,
  'Open3.capture2 capture2e capture3 popen2 popen2e popen3': program,
  '`': row({ does: 'program', words: 0, shell: true }),
  'IO.popen': row({ does: 'program', words: 0 }),
  'Process.daemon': row({ does: 'trait', trait: 'detached' }, 'nothing'),
  'eval Any#eval instance_eval class_eval module_eval': code,
  'RubyVM::InstructionSequence.compile load_from_binary': code,
  'Any#class': row([], 'class'),
  binding: row({ does: 'variables' }),
  'Marshal.load restore YAML.unsafe_load Psych.unsafe_load Oj.load': row(unpacks),
  'YAML.unsafe_load_file': row([
    { does: 'read', path: 0 },
    { does: 'trait', trait: 'deserialize' },
  ]),
  'Fiddle.dlopen Any#dlload': row({ does: 'native', what: 0 }),
  'at_exit fork catch trap Thread.new Timeout.timeout': aroundBlock,
  'Function#call () [] yield ===': calls,
  'Function#to_proc curry lambda? bind unbind': itself,
  'Any#then yield_self': row(withSelf, 'called'),
  'Any#tap': row(withSelf, 'self'),
};

const said = row({ does: 'output', content: { rest: 0 } }, 'nothing');
const texts: Table = {
  'puts print p pp printf putc warn abort $stdout#puts print write << printf syswrite': said,
  'Any#freeze dup clone itself to_str +@ dump force_encoding encode scrub b': itself,
  'Any#nil? empty? is_a? kind_of? respond_to? instance_of? hash object_id': nothing,
  'Any#include? start_with? end_with? match? key? has_key? any? all? none?': nothing,
  'Number#to_i to_int abs round floor Text#to_sym to_s intern inspect request_uri origin': same,
  'Number#to_s': computes('text', 'self'),
  'Number#chr': computes('chr', 'self'),
  'Text#size length bytesize List#size length count': computes('length', 'self'),
  'Text#downcase capitalize': computes('lower', 'self'),
  'Text#upcase': computes('upper', 'self'),
  'Text#strip chomp lstrip rstrip chop squeeze': computes('strip', 'self'),
  'Text#reverse List#reverse': computes('reverse', 'self'),
  'Text#gsub sub': computes('replace', 'self', 0, 1),
  'Text#tr tr_s': computes('translate', 'self', 0, 1),
  'Text#split': computes('split', 'self', 0),
  'Text#slice [] byteslice List#slice []': computes('slice', 'self', 0, 1),
  'Text#concat << +': computes('concat', 'self', 0),
  'Text#prepend': computes('concat', 0, 'self'),
  'Text#replace': computes('same', 0),
  'Text#chars each_char grapheme_clusters': computes('letters', 'self'),
  'Text#bytes codepoints each_byte': computes('bytes', 'self'),
  'Text#to_i hex oct': computes('number', 'self', 0),
  'Text#ord': computes('ord', 'self'),
  'Text#unpack': computes('unpack', 'self', 0),
  'format sprintf': computes('format', 0, { rest: 1 }),
  'String String.new': computes('text', 0),
  'Integer Float': computes('number', 0),
  'Base64.decode64 strict_decode64 urlsafe_decode64': computes('base64-decode', 0),
  'Base64.encode64 strict_encode64 urlsafe_encode64': computes('base64-encode', 0),
  'URI.decode_www_form_component decode CGI.unescape': computes('url-decode', 0),
  'URI.encode_www_form_component CGI.escape': computes('url-encode', 0),
  'Zlib.inflate gunzip Zlib::Inflate.inflate': computes('inflate', 0),
  'Any#inflate OpenSSL::Cipher#update final': row([], 'decoded'),
  'JSON.parse load': computes('json-parse', 0),
  'Digest::SHA256.hexdigest digest base64digest Digest::MD5.hexdigest digest base64digest': nothing,
  'OpenSSL::HMAC.hexdigest digest': nothing,
};

const collections: Table = {
  'List#each each_entry reverse_each cycle each_slice each_cons each_with_index with_index':
    perItem,
  'List#select filter reject sort_by uniq partition take_while drop_while': perItem,
  'List#find detect min_by max_by group_by find_index zip each_key': perItem,
  'List#map collect flat_map filter_map collect_concat sum_by': perItemGives,
  'List#each_with_object': row(
    { does: 'call', callee: 'block', each: 'self', given: [0] },
    { compute: 'same', of: [0] },
  ),
  'List#to_a to_ary entries sort compact lazy shuffle force rotate': same,
  'List#<< push append unshift prepend insert add concat': fills,
  'List#join': computes('join', 'self', 0),
  'List#pack': computes('pack', 'self', 0),
  'List#drop': computes('slice', 'self', 0),
  'List#first min shift': computes('first', 'self'),
  'List#last max pop': computes('last', 'self'),
  'List#flatten': computes('flatten', 'self'),
  'List#sum inject reduce': computes('sum', 'self'),
  'Record#each each_pair each_value select filter reject transform_values sort_by compact': perItem,
  'Record#map collect flat_map filter_map': perItemGives,
  'Record#merge merge! update to_h slice except transform_keys': same,
  'Record#keys': computes('keys', 'self'),
  'Record#values': computes('values', 'self'),
  'Record#invert': computes('reversed-pairs', 'self'),
};

/** What only computes. Sources: the references of Ruby's core and standard library. */
const computing = `
  String Symbol Array Hash Integer Float Numeric Rational Complex BigDecimal Math Comparable
  Enumerable Enumerator(::\\w+)? Struct Data Set SortedSet OpenStruct JSON(::\\w+)? CSV(::\\w+)?
  YAML Psych Regexp MatchData Range Random SecureRandom Digest(::\\w+)? OpenSSL::(Digest|HMAC|BN)
  Base64 OptionParser Logger StringIO StringScanner Benchmark Forwardable Singleton Observable
  Thread Mutex Monitor Queue SizedQueue ConditionVariable Timeout Time Date DateTime
  Process::(Status|CLOCK_\\w+) Process\\.(wait\\w*|detach|clock_gettime|pid|ppid|times)
  Encoding(::\\w+)? Zlib(::\\w+)? Shellwords PP Proc Method Exception \\w*(Error|Exception)
  \\w+::\\w*Error NilClass TrueClass FalseClass Object BasicObject Class Module Warning GC Signal
  Abbrev T[Ss]ort Prime Matrix Vector Ractor Fiber \\$LOAD_PATH Any Text List Record Number Function
  URI\\.(encode|decode)\\w* OpenSSL::Cipher\\.new
  raise loop lambda proc rand srand sleep throw block_given\\? attr attr_(reader|writer|accessor)
  private public protected module_function (private|public)_(constant|class_method) alias_method
  include extend prepend using refine (undef|remove|define)_method require autoload\\? frozen\\?
  freeze hash object_id (instance_of|is_a|kind_of|respond_to|respond_to_missing|nil)\\? tap then dup
  clone itself caller caller_locations exit!? Array Hash Rational Complex __method__
  (global|local|instance)_variables instance_variable_defined\\?
  const_defined\\?
`;

/** Ruby's core, its standard library and its most used packages. */
export const rubyKnowledge: Knowledge = {
  language: 'ruby',
  rows: named({
    ...environment,
    ...files,
    ...network,
    ...programs,
    ...texts,
    ...collections,
  }),
  computing: new RegExp(`^(?:${computing.trim().split(/\s+/).join('|')})$`),
  callsOwnMethods: true,
  openClasses: { text: 'Opened::String', number: 'Opened::Integer' },
  names: {
    ENV: { wholeEnv: true },
    ARGV: { input: 'ARGV' },
    ARGF: { input: 'ARGF' },
    '$*': { input: 'ARGV' },
    $stdin: { instance: '$stdin' },
    STDIN: { instance: '$stdin' },
    $stdout: { instance: '$stdout' },
    STDOUT: { instance: '$stdout' },
    $stderr: { instance: '$stdout' },
    STDERR: { instance: '$stdout' },
    __FILE__: { thisFile: true },
    __dir__: { thisFolder: true },
    $0: { thisFile: true },
    $PROGRAM_NAME: { thisFile: true },
  },
  constructor: 'initialize',
  makeName: 'new',
  callName: 'call',
  missingName: 'method_missing',
  extensions: ['.rb'],
};
