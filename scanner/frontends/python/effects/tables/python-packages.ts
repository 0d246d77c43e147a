/**
 * Packages from PyPI that skills often import: which capability each API uses. Sources: the
 * packages' documentation.
 */

import type { ObservedThing } from '../../../../lookup-tables/observations.ts';
import { pythonBaseOptions, pythonServices } from '../../../../lookup-tables/service-hosts.ts';
import {
  api,
  argument,
  type PythonApi,
  type PythonApiTable,
  read,
  request,
  rows,
  service,
  verbs,
  write,
} from './python-api.ts';

// A client of AWS; `endpoint_url` names another host.
const amazon = api({
  does: 'request',
  url: argument(-1, 'endpoint_url'),
  host: '*.amazonaws.com',
  method: '*',
  body: [],
  header: [],
});
const toOwnHost = api({
  does: 'request',
  toSelf: true,
  method: '*',
  methodAt: argument(0, 'method'),
  body: [argument(1, 'url'), argument(2, 'body'), argument(-1, 'fields'), argument(-1, 'json')],
  header: ['headers'],
});

const readsVariable = api({ does: 'env', name: argument(0) });

// A request that was made before, with what was put into it since.
const sendsPrepared = api({
  does: 'request',
  url: argument(0, 'request'),
  method: '*',
  body: [],
  header: ['auth'],
});

/** Qualified name → its effects. */
export const pythonPackages: PythonApiTable = {
  ...Object.fromEntries(
    Object.entries(pythonServices).map(([name, host]) => [
      name,
      service(host, pythonBaseOptions[name]),
    ]),
  ),
  ...rows('boto3', 'client resource', amazon),
  ...rows('boto3.Session()', 'client resource', amazon),
  ...rows('boto3.session.Session()', 'client resource', amazon),
  ...Object.assign(
    {},
    ...[
      'requests',
      'requests.api',
      'requests.Session()',
      'requests.session()',
      'requests.sessions.Session()',
      'httpx',
      'httpx.Client()',
      'httpx.AsyncClient()',
      'aiohttp.ClientSession()',
      'requests_html.HTMLSession()',
      'cloudscraper.create_scraper()',
      'curl_cffi.requests',
      'niquests',
    ].map(verbs),
  ),
  ...rows('requests', 'Request', request('*', 1)),
  ...rows('httpx', 'Request', request('*', 1)),
  ...Object.assign(
    {},
    ...[
      ['requests.Session()', 'send'],
      ['requests.session()', 'send'],
      ['httpx.Client()', 'send'],
      ['httpx.AsyncClient()', 'send'],
    ].map(([owner = '', name = '']) => rows(owner, name, sendsPrepared)),
  ),
  ...rows('httpx.Client()', 'build_request', request('*', 1)),
  ...rows('httpx.AsyncClient()', 'build_request', request('*', 1)),
  ...rows('requests_toolbelt', 'MultipartEncoder', api([], 'data')),
  ...rows('requests_toolbelt.multipart.encoder', 'MultipartEncoder', api([], 'data')),
  ...rows('requests.auth', 'HTTPBasicAuth HTTPDigestAuth HTTPProxyAuth', api([], 'data')),
  ...rows('httpx', 'BasicAuth DigestAuth', api([], 'data')),
  ...rows('aiohttp', 'BasicAuth', api([], 'data')),
  ...rows('requests_oauthlib', 'OAuth1 OAuth2', api([], 'data')),
  ...rows('aiohttp', 'request', request('*', 1)),
  ...rows('urllib3', 'request', request('*', 1)),
  ...rows('urllib3.HTTPSConnectionPool()', 'request urlopen', toOwnHost),
  ...rows('urllib3.connectionpool.HTTPSConnectionPool()', 'request urlopen', toOwnHost),
  ...rows('urllib3.PoolManager()', 'request urlopen', request('*', 1, [argument(2, 'fields')])),
  ...rows('wget', 'download', request('GET')),
  ...rows('websocket', 'create_connection', request('*')),
  ...rows('websocket', 'WebSocketApp', api([...request('*').effects, { does: 'receive' }])),
  ...rows('websockets', 'connect', request('*')),
  ...rows('websockets.sync.client', 'connect', request('*')),
  ...rows(
    'dns.resolver',
    'resolve query',
    api({ does: 'connect', scheme: 'dns', host: argument(0), port: 53 }),
  ),
  ...rows(
    'paramiko.SSHClient()',
    'connect',
    api({ does: 'connect', scheme: 'tcp', host: argument(0, 'hostname'), port: 22 }),
  ),
  ...rows('aiofiles', 'open', api({ does: 'open', path: argument(0, 'file') })),
  ...rows(
    'dotenv',
    'load_dotenv dotenv_values',
    api({ does: 'read', path: argument(0, 'dotenv_path') }),
  ),
  ...rows('pandas', 'read_csv read_json read_excel read_parquet read_table read_html', read()),
  ...rows('numpy', 'loadtxt genfromtxt', read()),
  ...rows(
    'numpy',
    'load',
    api([
      { does: 'read', path: argument(0, 'file') },
      {
        does: 'deserialize',
        data: argument(0, 'file'),
        byPath: true,
        only: { argument: argument(2, 'allow_pickle'), form: /^True$/ },
      },
    ]),
  ),
  ...rows('pexpect', 'spawn run', api({ does: 'shell', command: argument(0) })),
  ...rows('dill', 'load loads', api({ does: 'deserialize', data: argument(0) })),
  ...rows('cloudpickle', 'load loads', api({ does: 'deserialize', data: argument(0) })),
  ...rows(
    'yaml',
    'unsafe_load full_load unsafe_load_all',
    api({ does: 'deserialize', data: argument(0) }),
  ),
  ...rows('decouple', 'config AutoConfig() Config()', readsVariable),
  ...rows('environs', 'Env() env', readsVariable),
  ...rows('environs.Env()', 'str bool int float list dict json url path', readsVariable),
  ...rows('environs.env', 'str bool int float list dict json url path', readsVariable),
  ...rows('environ', 'Env()', readsVariable),
  ...rows('environ.Env()', 'str bool int float list dict json url path', readsVariable),
  ...rows('starlette.config', 'Config()', readsVariable),
  ...rows('dynaconf.Dynaconf()', 'get', readsVariable),
  ...rows('dynaconf.settings', 'get', readsVariable),
  ...rows('cryptography.fernet.Fernet()', 'encrypt', api([], 'encoded')),
  ...rows('cryptography.fernet.Fernet()', 'decrypt', api([], 'decoded')),
  ...rows('yaml', 'dump safe_load safe_load_all', api([], 'through')),
};

// Libraries to which a whole program tells things. Sources: the Python 3.14 library reference, the
// packages' documentation.

export interface Channel {
  readonly name: string;
  /** Calls that tell the channel their arguments. */
  readonly tells: RegExp;
  /** Calls that say to which host the channel sends. */
  readonly opens: RegExp;
  /** Options of such a call that add to what is sent. */
  readonly adds: RegExp;
}

const none = /^$/;

export const channels: readonly Channel[] = [
  {
    name: 'logging',
    tells:
      /^(logging|logging\.(getLogger|Logger|LoggerAdapter)\(\)|loguru\.logger|structlog\.get_logger\(\))(\.(bind|opt|getChild)\(\))?\.(debug|info|warn|warning|error|critical|exception|fatal|log|trace|success|bind)$/,
    opens: /^logging\.handlers\.\w{1,40}Handler$/,
    adds: none,
  },
  {
    name: 'sentry',
    tells: /^sentry_sdk\.((\w+\(\)\.)?(capture_\w+|set_\w+|add_\w+)|metrics\.\w+|logger\.\w+)$/,
    opens: /^sentry_sdk\.init$/,
    adds: /^before_\w+$/,
  },
  {
    name: 'opentelemetry',
    tells:
      /^opentelemetry\.\w[\w.()]{0,120}\.(set_attributes?|add_event|record_exception|start_as_current_span|start_span|emit)$/,
    opens: /^opentelemetry\.exporter\.[\w.]{1,80}Exporter$/,
    adds: none,
  },
];

const exporter = api({
  does: 'request',
  url: argument(0, 'endpoint'),
  method: 'POST',
  body: [],
  header: ['headers'],
});

export const pythonChannels: PythonApiTable = {
  ...rows(
    'sentry_sdk',
    'init',
    api({ does: 'request', url: argument(0, 'dsn'), method: 'POST', body: [], header: [] }),
  ),
  ...rows('opentelemetry.exporter.otlp.proto.http.trace_exporter', 'OTLPSpanExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.http._log_exporter', 'OTLPLogExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.http.metric_exporter', 'OTLPMetricExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.grpc.trace_exporter', 'OTLPSpanExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.grpc._log_exporter', 'OTLPLogExporter', exporter),
};

// Packages that read and write the files of documents, pictures, tables and structures by path.
// Sources: the packages' documentation.

const saves = (owner: string, names = 'save'): PythonApiTable => rows(owner, names, write());

const markup: PythonApiTable = {
  ...rows('xml.etree.ElementTree', 'parse iterparse', read(0, 'source')),
  ...rows('xml.dom.minidom', 'parse', read(0, 'file')),
  ...rows('defusedxml.ElementTree', 'parse iterparse', read(0, 'source')),
  ...rows('defusedxml.minidom', 'parse', read(0, 'file')),
  ...rows('lxml.etree', 'parse iterparse', read(0, 'source')),
  ...saves('xml.etree.ElementTree.parse()', 'write'),
  ...saves('xml.etree.ElementTree.ElementTree()', 'write'),
  ...saves('defusedxml.ElementTree.parse()', 'write'),
  ...saves('lxml.etree.parse()', 'write'),
};

const documents: PythonApiTable = {
  ...rows('openpyxl', 'load_workbook', read(0, 'filename')),
  ...saves('openpyxl.load_workbook()'),
  ...saves('openpyxl.Workbook()'),
  ...rows('docx', 'Document', read(0, 'docx')),
  ...saves('docx.Document()'),
  ...rows('pptx', 'Presentation', read(0, 'pptx')),
  ...saves('pptx.Presentation()'),
  ...rows('pypdf', 'PdfReader', read(0, 'stream')),
  ...saves('pypdf.PdfWriter()', 'write'),
  ...rows('PyPDF2', 'PdfReader', read(0, 'stream')),
  ...saves('PyPDF2.PdfWriter()', 'write'),
  ...rows('pdfplumber', 'open', read(0, 'path_or_fp')),
  ...rows('fitz', 'open', read(0, 'filename')),
  ...saves('fitz.open()'),
  ...rows('pdf2image', 'convert_from_path', read(0, 'pdf_path')),
  ...rows('reportlab.pdfgen.canvas', 'Canvas', write()),
};

const pictures: PythonApiTable = {
  ...rows('PIL.Image', 'open', read(0, 'fp')),
  ...saves('PIL.Image.open()'),
  ...saves('PIL.Image.new()'),
  ...rows('cv2', 'imread', read(0, 'filename')),
  ...rows('cv2', 'imwrite', write()),
  ...rows('imageio', 'imread mimread', read(0, 'uri')),
  ...rows('imageio', 'imwrite mimsave', write()),
  ...rows('matplotlib.pyplot', 'savefig imsave', write()),
  ...saves('matplotlib.pyplot.figure()', 'savefig'),
};

const figures: PythonApiTable = {
  ...saves('pandas.DataFrame()', 'to_csv to_json to_excel to_parquet to_html to_markdown'),
  ...saves('pandas.read_csv()', 'to_csv to_json to_excel to_parquet to_html to_markdown'),
  ...saves('pandas.read_excel()', 'to_csv to_json to_excel to_parquet to_html to_markdown'),
  ...rows('pandas', 'ExcelWriter', write()),
  ...rows('numpy', 'save savez savez_compressed savetxt', write()),
  ...rows('pydicom', 'dcmread', read(0, 'fp')),
  ...saves('pydicom.dcmread()', 'save_as'),
  ...rows('scanpy', 'read read_h5ad read_10x_h5', read(0, 'filename')),
  ...rows('anndata', 'read_h5ad', read(0, 'filename')),
  ...rows('h5py', 'File', read(0, 'name')),
};

/** Qualified name → its effects. */
export const pythonDocuments: PythonApiTable = {
  ...markup,
  ...documents,
  ...pictures,
  ...figures,
};

// Python's APIs that tell facts about the machine and its user, or record the user. Sources: the
// Python library reference, and each package's own documentation.

const observe = (what: ObservedThing): PythonApi => api({ does: 'observe', what }, 'through');
const handles = (what: ObservedThing): PythonApi => api({ does: 'observe', what });

export const pythonObservations: PythonApiTable = {
  ...rows('socket', 'gethostname getfqdn', observe('host name')),
  ...rows('platform', 'node uname', observe('host name')),
  ...rows('os', 'uname', observe('host name')),
  ...rows('platform', 'system release version platform machine processor', observe('system')),
  ...rows('getpass', 'getuser', observe('user name')),
  ...rows('os', 'getlogin', observe('user name')),
  ...rows('pwd', 'getpwuid', observe('user name')),
  ...rows('uuid', 'getnode', observe('hardware address')),
  ...rows('getmac', 'get_mac_address', observe('hardware address')),
  ...rows('machineid', 'id hashed_id', observe('machine id')),
  ...rows('netifaces', 'ifaddresses interfaces', observe('address')),
  ...rows('psutil', 'net_if_addrs', observe('address')),
  ...rows('psutil', 'users', observe('user name')),
  ...rows('psutil', 'process_iter pids net_connections', observe('processes')),
  ...rows('geocoder', 'ip', observe('location')),
  ...rows(
    'pyperclip',
    'paste',
    api([{ does: 'input' }, { does: 'observe', what: 'clipboard' }], 'through'),
  ),
  ...rows('pandas', 'read_clipboard', observe('clipboard')),
  ...rows('win32clipboard', 'GetClipboardData', observe('clipboard')),
  ...rows('PIL.ImageGrab', 'grab', handles('screen')),
  ...rows('PIL.ImageGrab', 'grabclipboard', handles('clipboard')),
  ...rows('pyautogui', 'screenshot', handles('screen')),
  ...rows('pyscreenshot', 'grab', handles('screen')),
  ...rows('mss', 'mss', handles('screen')),
  ...rows('mss.mss()', 'grab shot save', handles('screen')),
  ...rows('d3dshot', 'create', handles('screen')),
  ...rows('sounddevice', 'rec InputStream RawInputStream', handles('microphone')),
  ...rows('speech_recognition', 'Microphone', handles('microphone')),
  ...rows(
    'cv2',
    'VideoCapture',
    api({ does: 'observe', what: 'camera', only: { argument: argument(0), form: /^\d{1,2}$/ } }),
  ),
  ...rows('pynput.keyboard', 'Listener', handles('keys')),
  ...rows('keyboard', 'on_press on_release hook record read_event', handles('keys')),
  ...rows(
    'pygetwindow',
    'getActiveWindow getActiveWindowTitle getAllTitles',
    handles('window titles'),
  ),
  ...rows('win32gui', 'GetWindowText', observe('window titles')),
};
