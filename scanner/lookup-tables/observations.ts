/** Facts about a machine and its user that programs can ask for, and recordings of the user. */

/**
 * Recordings: of the screen, of the keys, of the program's own requests with their credentials, …
 * Facts: they tell one machine and one person from
 * others. `system` alone (its kind and version) tells little.
 */
export type ObservedThing = Recording | HostFact;
export type Recording =
  | 'clipboard'
  | 'screen'
  | 'camera'
  | 'microphone'
  | 'keys'
  | 'window titles'
  | 'requests';
export type HostFact =
  | 'host name'
  | 'user name'
  | 'address'
  | 'hardware address'
  | 'machine id'
  | 'processes'
  | 'location'
  | 'system';

/** The recordings by name. */
export const recordings: ReadonlySet<string> = new Set<Recording>([
  'clipboard',
  'screen',
  'camera',
  'microphone',
  'keys',
  'window titles',
  'requests',
]);

/** What programs of the command line print; sources: their manuals. */
export const observingPrograms: Readonly<Record<string, ObservedThing>> = {
  whoami: 'user name',
  id: 'user name',
  logname: 'user name',
  who: 'user name',
  hostname: 'host name',
  hostnamectl: 'host name',
  scutil: 'host name',
  uname: 'system',
  sw_vers: 'system',
  lsb_release: 'system',
  ver: 'system',
  systeminfo: 'system',
  ifconfig: 'address',
  ipconfig: 'address',
  ip: 'address',
  getmac: 'hardware address',
  arp: 'address',
  dmidecode: 'machine id',
  ioreg: 'machine id',
  ps: 'processes',
  tasklist: 'processes',
  lsof: 'processes',
  netstat: 'processes',
  pbpaste: 'clipboard',
  'wl-paste': 'clipboard',
  xclip: 'clipboard',
  xsel: 'clipboard',
  screencapture: 'screen',
  scrot: 'screen',
  maim: 'screen',
  grim: 'screen',
  imagesnap: 'camera',
  fswebcam: 'camera',
  arecord: 'microphone',
  parecord: 'microphone',
  xdotool: 'window titles',
};

/** Environment variables with such facts. */
export const observingVariables: Readonly<Record<string, HostFact>> = {
  USER: 'user name',
  LOGNAME: 'user name',
  USERNAME: 'user name',
  HOSTNAME: 'host name',
  COMPUTERNAME: 'host name',
  USERDOMAIN: 'host name',
};

/** Files with such facts. */
export const observingFiles: Readonly<Record<string, HostFact>> = {
  '/etc/hostname': 'host name',
  '/etc/hosts': 'host name',
  '/etc/machine-id': 'machine id',
  '/var/lib/dbus/machine-id': 'machine id',
  '/etc/passwd': 'user name',
  '/etc/os-release': 'system',
  '/proc/version': 'system',
  '/proc/cpuinfo': 'system',
};

/** Services that tell whoever asks the own public address and place. */
export const addressServices =
  /^((api|api4|api64|v4|v6)\.)?(ipify\.org|ipinfo\.io|ifconfig\.(me|co|io)|icanhazip\.com|ipapi\.co|ip-api\.com|ident\.me|ipecho\.net|myip\.com|ipwho\.is|ipwhois\.app|geojs\.io|freegeoip\.app|seeip\.org|my-ip\.io)$|^(checkip\.amazonaws|ip\.42|get\.geojs|geolocation-db|www\.geoplugin|geoplugin)\.(com|pl|io|net)$/;
