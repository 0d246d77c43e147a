/** Network programs in shell scripts. Source: the programs' manual pages. */
import { type InWords, listed } from './shell.ts';

/** How a network program names the other host, and the places of its arguments. */
export interface NetworkProgram {
  /**
   * `url`; `host` alone; `host-port` as two operands; `remote` = `user@host:path`; `name` = a DNS
   * name to look up; `tcp-option` = behind `connect`.
   */
  readonly target: 'url' | 'host' | 'host-port' | 'remote' | 'name';
  readonly method: string;
  /** Options whose value follows: letters without a dash, words without two. */
  readonly body: readonly string[];
  readonly header: readonly string[];
  readonly other: readonly string[];
  readonly urlOption: readonly string[];
  readonly methodOption: readonly string[];
  readonly outputOption: readonly string[];
  /** Options without a value. */
  readonly insecure: readonly string[];
  /** Value of a body option that names a file: `@file`, or always (`upload`). */
  readonly upload: readonly string[];
  /** An upload is a PUT, below an address that ends with a slash under the file’s name. */
  readonly puts?: true;
  /** Options whose value is a program that gets the connection. */
  readonly runs: readonly string[];
  readonly port: number;
  /** Without an output option the response is saved to a file named after the URL. */
  readonly savesByName?: true;
  readonly raw?: true;
  /** The first operands with which the program asks the network, where others ask this machine. */
  readonly asks?: readonly string[];
}

function network(
  target: NetworkProgram['target'],
  row: InWords<NetworkProgram> = {},
): NetworkProgram {
  return {
    target,
    method: '*',
    body: [],
    header: [],
    other: [],
    urlOption: [],
    methodOption: [],
    outputOption: [],
    insecure: [],
    upload: [],
    runs: [],
    port: 0,
    ...listed<NetworkProgram>(row, 'method'),
  };
}

export const networkPrograms: Readonly<Record<string, NetworkProgram>> = {
  curl: network('url', {
    method: 'GET',
    body: 'd data data-raw data-binary data-urlencode data-ascii json F form form-string T upload-file url-query expand-data expand-json expand-form-string expand-url-query',
    upload: 'T upload-file',
    puts: true,
    header:
      'H header A user-agent e referer b cookie u user oauth2-bearer proxy-header expand-header X request request-target Q quote r range t telnet-option mail-from mail-rcpt mail-auth login-options haproxy-clientip service-name',
    other: `
    m max-time connect-timeout retry retry-delay retry-max-time w write-out x proxy c cookie-jar D dump-header
    K config E cert key cacert C continue-at Y y z U P resolve interface limit-rate output-dir
    unix-socket stderr max-redirs proto ciphers rate dns-servers doh-url connect-to variable`,
    urlOption: 'url expand-url',
    methodOption: 'X request',
    outputOption: 'o output',
    insecure: 'k insecure',
  }),
  wget: network('url', {
    method: 'GET',
    body: 'post-data post-file body-data body-file',
    upload: 'post-file body-file',
    header: 'header U user-agent referer user password load-cookies',
    other: `
  P directory-prefix o output-file a append-output t tries T timeout w wait Q l A R D e ca-certificate
  limit-rate save-cookies i input-file`,
    methodOption: 'method',
    outputOption: 'O output-document',
    insecure: 'no-check-certificate',
    savesByName: true,
  }),
  wget2: network('url', { method: 'GET', outputOption: 'O', savesByName: true }),
  aria2c: network('url', {
    method: 'GET',
    header: 'header U user-agent referer http-user http-passwd',
    outputOption: 'o out',
    other: 'd dir x s j',
    savesByName: true,
  }),
  http: network('url', { other: 'a auth o output session timeout' }),
  https: network('url', { other: 'a auth o output session timeout' }),
  xh: network('url', { other: 'a auth o output' }),
  lynx: network('url', { method: 'GET' }),
  nc: network('host-port', {
    runs: 'e c exec sh-exec',
    other: 'w p s i q x X',
    raw: true,
  }),
  ncat: network('host-port', {
    runs: 'e c exec sh-exec',
    other: 'w p s i',
    raw: true,
  }),
  netcat: network('host-port', { runs: 'e c', other: 'w p s i q', raw: true }),
  // `socket -p 'program' host port`: the program gets the connection.
  socket: network('host-port', { runs: 'p', other: 'B', raw: true }),
  ztcp: network('host-port', { other: 'd', raw: true }),
  finger: network('remote', { port: 79 }),
  telnet: network('host-port', { raw: true }),
  ssh: network('host', { other: 'i l p o F J L R D W b c e m S', port: 22 }),
  scp: network('remote', { other: 'i P o F J l S', port: 22 }),
  sftp: network('host', { other: 'i P o F J b', port: 22 }),
  rsync: network('remote', {
    other: 'e rsh exclude include f filter password-file',
    port: 873,
  }),
  ftp: network('host', { port: 21 }),
  dig: network('name', { other: 't p q x', port: 53 }),
  nslookup: network('name', { port: 53 }),
  host: network('name', { other: 't W R', port: 53 }),
  drill: network('name', { port: 53 }),
  kdig: network('name', { port: 53 }),
  delv: network('name', { port: 53 }),
  getent: network('name', { port: 53, asks: 'hosts ahosts ahostsv4 ahostsv6' }),
  resolvectl: network('name', { port: 53, asks: 'query' }),
  ping: network('name', { body: 'p pattern', other: 'c W w i s t n', port: 0 }),
  ping6: network('name', { body: 'p pattern', other: 'c W w i s t n', port: 0 }),
  traceroute: network('name', { other: 'f m p q w z i s' }),
  tracepath: network('name', { other: 'l m p' }),
};
