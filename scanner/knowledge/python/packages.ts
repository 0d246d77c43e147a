/** What packages from PyPI do that skills often import. Sources: the packages' documentation. */
import { pythonBaseOptions, pythonServices } from '../../lookup-tables/service-hosts.ts';
import {
  type ArgOf,
  by,
  type Channel,
  type EffectOf,
  named,
  type Row,
  row,
  type Table,
  through,
} from '../row.ts';
import {
  byName,
  code,
  connects,
  decoded,
  encoded,
  input,
  listens,
  looksUp,
  native,
  ofEach,
  opens,
  partOfFirst,
  reads,
  requests,
  runs,
  runsLine,
  same,
  sends,
  tells,
  toOwnHost,
  trait,
  unpickles,
  variable,
  writes,
} from './rows.ts';

/** A service with a fixed host, unless an option names another. */
function service(host: string, option = 'base_url'): Row {
  const header = ['api_key', 'token', 'auth', 'api_token'];
  return row({ does: 'request', url: option, host, method: '*', header });
}

const services: Table = Object.fromEntries(
  Object.entries(pythonServices).map(([name, host]) => [
    name,
    service(host, pythonBaseOptions[name]),
  ]),
);

// The address of a server, with what the server is told about the user.
function asks(name = 'url'): Row {
  return row({ does: 'request', url: by(name), method: '*', header: ['headers', 'password'] });
}

function uploads(path: ArgOf): Row {
  return row({ does: 'request', files: [path] });
}

const sent = { body: [by('data', 1), ...byName.body] };
const anyMethod = { url: by('url', 1), methodAt: by('method') };
// A request that was made before, with what was put into it since.
const sendsPrepared = row({ does: 'request', url: by('request'), method: '*', header: ['auth'] });
const amazon = row({ does: 'request', url: 'endpoint_url', host: '*.amazonaws.com', method: '*' });
const pooled = row({ ...toOwnHost, body: [...toOwnHost.body, 'fields', 'json'] });
const exporter = row({ does: 'request', url: by('endpoint'), method: 'POST', header: ['headers'] });
// What comes in is in the parameters of a function: of that below `@app.post("/run")`.
const incoming = row({ does: 'incoming' });

const network: Table = {
  ...ofEach(
    `
    requests requests.api requests.Session() requests.session() requests.sessions.Session()
    httpx httpx.Client() httpx.AsyncClient() aiohttp.ClientSession()
    requests_html.HTMLSession() cloudscraper.create_scraper() curl_cffi.requests niquests`,
    {
      get: requests('GET'),
      head: requests('HEAD'),
      options: requests('OPTIONS'),
      delete: requests('DELETE'),
      post: requests('POST', sent),
      put: requests('PUT', sent),
      patch: requests('PATCH', sent),
      'request stream': requests('*', anyMethod),
    },
  ),
  ...ofEach('boto3 boto3.Session() boto3.session.Session()', {
    'client resource': amazon,
    'client().upload_file resource().Bucket().upload_file': uploads(by('Filename')),
    'resource().Object().upload_file resource().meta.client.upload_file': uploads(by('Filename')),
  }),
  ...ofEach(
    `
    fastapi.FastAPI() fastapi.APIRouter() flask.Flask() flask.Blueprint() quart.Quart()
    quart.Blueprint() sanic.Sanic() bottle.Bottle() aiohttp.web.RouteTableDef()`,
    {
      'api_route() delete() get() head() options() patch() post() put() route() websocket()':
        incoming,
    },
  ),
  'pycurl.Curl().setopt': row({
    does: 'option',
    name: 0,
    value: 1,
    url: /^URL$/,
    body: /^(POSTFIELDS|READDATA|HTTPPOST)$/,
    header: /^$/,
  }),
  'websocket.create_connection websockets.connect websockets.sync.client.connect': requests('*'),
  'aiohttp.request httpx.Request httpx.AsyncClient().build_request': requests('*', anyMethod),
  'httpx.Client().build_request requests.Request urllib3.request': requests('*', anyMethod),
  'urllib3.PoolManager().request urlopen': requests('*', {
    ...anyMethod,
    body: [by('fields', 2), ...byName.body],
  }),
  'playwright.async_api.async_playwright().chromium.launch().new_page().goto': requests('GET'),
  'playwright.sync_api.sync_playwright().chromium.launch().new_page().goto': requests('GET'),
  'playwright.sync_api.sync_playwright().start().chromium.launch().new_page().goto':
    requests('GET'),
  'selenium.webdriver.Chrome().get selenium.webdriver.Firefox().get': requests('GET'),
  'trafilatura.fetch_url wget.download': requests('GET'),
  'ntfy.notify': requests('POST'),
  'pyodbc.connect': row({ does: 'request', method: '*' }),
  'discord_webhook.DiscordWebhook': row({
    does: 'request',
    url: by('url'),
    method: 'POST',
    body: [by('content', 1)],
  }),
  'git.Repo().create_remote': row({ does: 'request', url: by('url', 1), method: '*' }),
  'sentry_sdk.init': row({ does: 'request', url: by('dsn'), method: 'POST' }),
  'httpx.AsyncClient().send httpx.Client().send requests.Session().send': sendsPrepared,
  'requests.session().send': sendsPrepared,
  'opentelemetry.exporter.otlp.proto.grpc._log_exporter.OTLPLogExporter': exporter,
  'opentelemetry.exporter.otlp.proto.grpc.trace_exporter.OTLPSpanExporter': exporter,
  'opentelemetry.exporter.otlp.proto.http._log_exporter.OTLPLogExporter': exporter,
  'opentelemetry.exporter.otlp.proto.http.metric_exporter.OTLPMetricExporter': exporter,
  'opentelemetry.exporter.otlp.proto.http.trace_exporter.OTLPSpanExporter': exporter,
  'websocket.WebSocketApp': row([...requests('*').effects, { does: 'incoming' }]),
  'aioboto3.Session': service('*.amazonaws.com'),
  'azure.storage.blob.BlobClient BlobServiceClient': service('*.blob.core.windows.net'),
  'azure.storage.blob.ContainerClient': service('*.blob.core.windows.net'),
  'azure.storage.blob.BlobServiceClient.from_connection_string': service('*.blob.core.windows.net'),
  'firebase_admin.initialize_app': service('*.firebaseio.com'),
  'googleapiclient.discovery.build': service('*.googleapis.com'),
  'snowflake.connector.connect': service('*.snowflakecomputing.com'),
  'telethon.TelegramClient': service('*.telegram.org'),
  'azure.keyvault.secrets.SecretClient': service('*.vault.azure.net'),
  'wikipedia.page search summary': service('*.wikipedia.org'),
  'dropbox.Dropbox': service('api.dropboxapi.com'),
  'elevenlabs.ElevenLabs': service('api.elevenlabs.io'),
  'pinecone.Pinecone': service('api.pinecone.io'),
  'pushbullet.Pushbullet': service('api.pushbullet.com'),
  'replicate.Client run': service('api.replicate.com'),
  'sendgrid.SendGridAPIClient': service('api.sendgrid.com'),
  'aiogram.Bot telebot.TeleBot telegram.Bot': service('api.telegram.org'),
  'twilio.rest.Client': service('api.twilio.com'),
  'tweepy.API Client': service('api.twitter.com'),
  'google.cloud.bigquery.Client': service('bigquery.googleapis.com'),
  'discord.Bot Client': service('discord.com'),
  'google.cloud.firestore.Client': service('firestore.googleapis.com'),
  'praw.Reddit': service('oauth.reddit.com'),
  'google.cloud.pubsub_v1.PublisherClient SubscriberClient': service('pubsub.googleapis.com'),
  'yfinance.Ticker download': service('query1.finance.yahoo.com'),
  'google.cloud.secretmanager.SecretManagerServiceClient': service('secretmanager.googleapis.com'),
  'gspread.authorize oauth service_account': service('sheets.googleapis.com'),
  'slack.WebClient': service('slack.com'),
  'yagmail.SMTP': service('smtp.gmail.com'),
  'google.cloud.storage.Client': service('storage.googleapis.com'),
  'zmq.Context().socket().connect': asks('addr'),
  'elasticsearch.Elasticsearch': asks('hosts'),
  'jira.JIRA': asks('server'),
  'apprise.Apprise().add atlassian.Confluence Jira discord.SyncWebhook.from_url': asks(),
  'discord.Webhook.from_url feedparser.parse git.Repo.clone_from gitlab.Gitlab': asks(),
  'newspaper.Article pika.URLParameters redis.from_url redis.Redis.from_url': asks(),
  'redis.asyncio.from_url slack_sdk.webhook.WebhookClient socketio.Client().connect': asks(),
  'sqlalchemy.create_engine supabase.create_client websocket.WebSocket().connect': asks(),
  'minio.Minio().fput_object': uploads(by('file_path', 2)),
  'scp.SCPClient().put': uploads(by('files')),
  'fabric.Connection().put': uploads(by('local')),
  'paramiko.SFTPClient.from_transport().put': uploads(by('localpath')),
  'paramiko.SSHClient().open_sftp().put pysftp.Connection().put put_d': uploads(by('localpath')),
  'pysftp.Connection().put_r': uploads(by('localpath')),
  ...ofEach('urllib3 urllib3.connectionpool', {
    'HTTPSConnectionPool().request urlopen': pooled,
    HTTPSConnectionPool: connects(443, 'host', 'https'),
  }),
  'scapy.all.send sendp sr sr1 srp': row({
    does: 'connect',
    scheme: 'udp',
    host: 'dst',
    port: 'port',
    usual: 0,
  }),
  'paramiko.SSHClient().connect': connects(22, 'hostname'),
  'paramiko.Transport': connects(22, 'sock'),
  'asyncssh.connect fabric.Connection netmiko.ConnectHandler pysftp.Connection': connects(22),
  'telnetlib3.open_connection': connects(23),
  'motor.motor_asyncio.AsyncIOMotorClient pymongo.MongoClient': connects(27_017),
  'ldap3.Server': connects(389),
  'minio.Minio': connects(443, 'endpoint', 'https'),
  'grpc.insecure_channel secure_channel grpc.aio.insecure_channel': connects(443, 'target'),
  'grpc.aio.secure_channel': connects(443, 'target'),
  'paho.mqtt.client.Client().connect': connects(1883),
  'MySQLdb.connect mysql.connector.connect pymysql.connect': connects(3306),
  'asyncpg.connect create_pool psycopg.connect psycopg.AsyncConnection.connect': connects(5432),
  'psycopg2.connect': connects(5432),
  'pika.ConnectionParameters': connects(5672),
  'redis.Redis StrictRedis redis.asyncio.Redis': connects(6379),
  'kafka.KafkaConsumer KafkaProducer': connects(9092, 'bootstrap_servers'),
  'dns.asyncresolver.resolve dns.resolver.query resolve dns.resolver.Resolver().query': looksUp,
  'dns.resolver.Resolver().resolve': looksUp,
  'zmq.Context().socket().send send_json send_string': sends(0),
  'fabric.Connection().run sudo paramiko.SSHClient().exec_command': sends(by('command')),
  'socketio.Client().emit': sends(by('data', 1)),
  'paramiko.SFTPClient.from_transport().putfo': sends(by('fl')),
  'paramiko.SSHClient().open_sftp().putfo': sends(by('fl')),
  'websockets.connect().send websockets.sync.client.connect().send': sends(by('message')),
  'websocket.create_connection().send send_binary': sends(by('payload')),
  'pyngrok.ngrok.connect': listens,
  'aiohttp.web.delete get patch post put route view bottle.delete() get() patch() post()': incoming,
  'bottle.put() route() discord.Client().event discord.ext.commands.Bot().command()': incoming,
  'discord.ext.commands.Bot().event listen()': incoming,
  'paho.mqtt.client.Client().message_callback_add paho.mqtt.subscribe.callback': incoming,
  'pika.BlockingConnection().channel().basic_consume slack_bolt.App().action() command()': incoming,
  'slack_bolt.App().event() message() socketio.AsyncClient().event on on()': incoming,
  'socketio.Client().event on on() telebot.TeleBot().message_handler()': incoming,
  'telegram.ext.CommandHandler MessageHandler': incoming,
};

const browserData = row({
  does: 'read',
  path: { text: '~/.config/google-chrome/Default/Cookies' },
});

const files: Table = {
  ...ofEach('pandas.DataFrame() pandas.read_csv() pandas.read_excel()', {
    'to_csv to_excel to_html to_json to_markdown to_parquet': writes,
  }),
  'kubernetes.config.load_kube_config': row({
    does: 'read',
    path: { at: 0, name: 'config_file', text: '~/.kube/config' },
  }),
  'browser_cookie3.brave chrome chromium edge firefox load opera safari': browserData,
  'pycookiecheat.chrome_cookies rookiepy.brave chrome edge firefox load': browserData,
  'docx.Document': reads('docx'),
  'dotenv.dotenv_values load_dotenv': reads('dotenv_path'),
  'defusedxml.minidom.parse': reads('file'),
  'anndata.read_h5ad cv2.imread fitz.open openpyxl.load_workbook scanpy.read': reads('filename'),
  'scanpy.read_10x_h5 read_h5ad': reads('filename'),
  'PIL.Image.open pydicom.dcmread': reads('fp'),
  'h5py.File': reads('name'),
  'pdfplumber.open': reads('path_or_fp'),
  'pdf2image.convert_from_path': reads('pdf_path'),
  'pptx.Presentation': reads('pptx'),
  'defusedxml.ElementTree.iterparse parse lxml.etree.iterparse parse': reads('source'),
  'PyPDF2.PdfReader pypdf.PdfReader': reads('stream'),
  'imageio.imread mimread': reads('uri'),
  'numpy.genfromtxt loadtxt pandas.read_csv read_excel read_html read_json read_parquet': reads(),
  'pandas.read_table': reads(),
  'aiofiles.open': opens('file'),
  'git.Repo': opens('path'),
  'serial.Serial': opens('port'),
  'PIL.Image.new().save PIL.Image.open().save PyPDF2.PdfWriter().write cv2.imwrite': writes,
  'defusedxml.ElementTree.parse().write docx.Document().save fitz.open().save': writes,
  'imageio.imwrite mimsave lxml.etree.parse().write matplotlib.pyplot.imsave savefig': writes,
  'matplotlib.pyplot.figure().savefig numpy.save savetxt savez savez_compressed': writes,
  'openpyxl.Workbook().save openpyxl.load_workbook().save pandas.ExcelWriter': writes,
  'pptx.Presentation().save pydicom.dcmread().save_as pypdf.PdfWriter().write': writes,
  'reportlab.pdfgen.canvas.Canvas': writes,
};

const programs: Table = {
  'numpy.load': row([
    { does: 'read', path: by('file') },
    {
      does: 'deserialize',
      data: by('file'),
      byPath: true,
      when: { of: by('allow_pickle', 2), form: /^true$/i },
    },
  ]),
  'docker.DockerClient from_env': runs({ text: 'docker' }),
  'pexpect.run spawn': runsLine(0),
  'IPython.get_ipython().getoutput system delegator.run': runsLine(by('cmd')),
  'get_ipython().getoutput system': runsLine(by('cmd')),
  'fabric.local fabric.api.local invoke.run invoke.Context().run sudo': runsLine(by('command')),
  'IPython.get_ipython().ex run_cell run_cell_async get_ipython().ex': code(by('raw_cell')),
  'get_ipython().run_cell run_cell_async': code(by('raw_cell')),
  'joblib.load': row({ does: 'deserialize', data: by('filename'), byPath: 'runs' }),
  'torch.load': row({
    does: 'deserialize',
    data: by('f'),
    byPath: true,
    unless: { of: 'weights_only', form: /^true$/i },
  }),
  'yaml.load load_all': row(
    { does: 'deserialize', data: 0, unless: { of: by('Loader', 1), form: /(Safe|Base)Loader/ } },
    same.gives,
  ),
  'pandas.read_pickle': row({
    does: 'deserialize',
    data: by('filepath_or_buffer'),
    byPath: 'runs',
  }),
  'cloudpickle.load loads dill.load loads jsonpickle.decode loads yaml.full_load': unpickles(0),
  'yaml.unsafe_load unsafe_load_all': unpickles(0),
  'cffi.FFI().dlopen': native,
  'asyncssh.connect().forward_remote_port forward_remote_port_to_path': trait('remote-access'),
  'paramiko.SSHClient().get_transport().request_port_forward': trait('remote-access'),
  'paramiko.Transport().request_port_forward': trait('remote-access'),
};

// What a library finds for its user is the secret that the variable holds.
const amazonSecret = row({ does: 'env', name: { text: 'AWS_SECRET_ACCESS_KEY' } });

function observes(what: EffectOf<'observe'>['what']): Row {
  return row({ does: 'observe', what });
}

const surroundings: Table = {
  ...ofEach('environs.Env() environs.env environ.Env()', {
    'bool dict float int json list path str url': variable(0),
  }),
  'boto3.Session().get_credentials boto3.session.Session().get_credentials': amazonSecret,
  'botocore.session.get_session().get_credentials': amazonSecret,
  'decouple.AutoConfig() Config() config dynaconf.Dynaconf().get': variable(0),
  'dynaconf.settings.get environ.Env() environs.Env() env starlette.config.Config()': variable(0),
  'pyperclip.paste': row([{ does: 'input' }, { does: 'observe', what: 'clipboard' }], same.gives),
  'click.prompt keyring.get_credential get_password': input,
  'cv2.VideoCapture': row({ does: 'observe', what: 'camera', when: { of: 0, form: /^\d{1,2}$/ } }),
  'PIL.ImageGrab.grabclipboard': observes('clipboard'),
  'keyboard.hook on_press on_release read_event record pynput.keyboard.Listener': observes('keys'),
  'sounddevice.InputStream RawInputStream rec': observes('microphone'),
  'speech_recognition.Microphone': observes('microphone'),
  'PIL.ImageGrab.grab d3dshot.create mss.mss mss.mss().grab save shot': observes('screen'),
  'pyautogui.screenshot pyscreenshot.grab': observes('screen'),
  'pygetwindow.getActiveWindow getActiveWindowTitle getAllTitles': observes('window titles'),
  'netifaces.ifaddresses interfaces psutil.net_if_addrs': tells('address'),
  'pandas.read_clipboard win32clipboard.GetClipboardData': tells('clipboard'),
  'getmac.get_mac_address': tells('hardware address'),
  'geocoder.ip': tells('location'),
  'machineid.hashed_id id': tells('machine id'),
  'psutil.net_connections pids process_iter': tells('processes'),
  'psutil.users': tells('user name'),
  'win32gui.GetWindowText': tells('window titles'),
};

const data: Table = {
  ...ofEach(
    `
    Crypto.Cipher.AES.new() Cryptodome.Cipher.AES.new() Crypto.Cipher.ARC4.new()
    Crypto.Cipher.ChaCha20.new() Crypto.Cipher.PKCS1_OAEP.new() pyaes.AESModeOfOperationCTR()
    nacl.secret.SecretBox() nacl.public.SealedBox() nacl.public.Box()
    cryptography.hazmat.primitives.ciphers.aead.AESGCM()
    cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305()
    cryptography.fernet.MultiFernet() cryptography.fernet.Fernet()`,
    {
      'encrypt encrypt_and_digest': encoded,
      'decrypt decrypt_and_verify': decoded,
    },
  ),
  'selenium.webdriver.Chrome Edge Firefox Remote Safari': row([]),
  'base58.b58decode': decoded,
  'cryptography.hazmat.primitives.ciphers.Cipher().decryptor().update': decoded,
  'base58.b58encode brotli.compress': encoded,
  'cryptography.hazmat.primitives.ciphers.Cipher().encryptor().update rsa.encrypt': encoded,
  'lxml.etree.SubElement': partOfFirst,
  'attr.assoc evolve attrs.evolve more_itertools.chunked collapse flatten interleave': same,
  'more_itertools.peekable take windowed yaml.safe_load_all': same,
  'aiohttp.BasicAuth bs4.BeautifulSoup defusedxml.ElementTree.fromstring': through,
  'discord_webhook.DiscordEmbed httpx.BasicAuth DigestAuth': through,
  'jinja2.Environment().from_string().render jinja2.Environment().get_template().render': through,
  'jinja2.Template().render lxml.etree.HTML XML fromstring tostring lxml.html.fromstring': through,
  'markdown.markdown requests.auth.HTTPBasicAuth HTTPDigestAuth HTTPProxyAuth': through,
  'requests_oauthlib.OAuth1 OAuth2 requests_toolbelt.MultipartEncoder': through,
  'requests_toolbelt.multipart.encoder.MultipartEncoder toml.dumps load loads': through,
  'xmltodict.parse unparse': through,
};

export const pythonPackages: Table = {
  ...services,
  ...named({ ...network, ...files, ...programs, ...surroundings, ...data }),
};

/**
 * Calls that make a client that stays connected to the host that the program names. Each method of
 * the client, and of what its methods give, sends its arguments; `connect` may name the host later.
 */
const openClients = `
  asyncpg.connect asyncpg.create_pool boto3.client boto3.resource boto3.Session().client
  boto3.Session().resource boto3.session.Session().client boto3.session.Session().resource
  discord_webhook.DiscordWebhook elasticsearch.Elasticsearch ftplib.FTP ftplib.FTP_TLS
  grpc.insecure_channel grpc.secure_channel grpc.aio.insecure_channel grpc.aio.secure_channel
  kafka.KafkaProducer minio.Minio motor.motor_asyncio.AsyncIOMotorClient mysql.connector.connect
  MySQLdb.connect paho.mqtt.client.Client paramiko.SSHClient pika.BlockingConnection
  psycopg.connect psycopg2.connect pymongo.MongoClient pymysql.connect pysftp.Connection
  redis.Redis redis.StrictRedis redis.from_url redis.Redis.from_url redis.asyncio.Redis
  redis.asyncio.from_url slack_sdk.webhook.WebhookClient socketio.Client socketio.AsyncClient
  sqlalchemy.create_engine telebot.TeleBot xmlrpc.client.ServerProxy zmq.Context().socket
`
  .trim()
  .split(/\s+/);

const starts: ReadonlySet<string> = new Set(openClients.map((name) => `${name}()`));
const startCharsMax = Math.max(...openClients.map(({ length }) => length + 2));

/** The part of a qualified name that is an open client; undefined for other names. */
export function openClientIn(qual: string): string | undefined {
  // The name of a chain of calls grows with the chain, and each call of the chain is looked up.
  const head = qual.slice(0, startCharsMax);
  for (let at = head.indexOf('()'); at >= 0; at = head.indexOf('()', at + 2)) {
    const start = head.slice(0, at + 2);
    if (starts.has(start)) return start;
  }
  return undefined;
}

/** Methods that introduce the program to the service, open or close, or take what comes in. */
export const sendsNothing =
  /(^|\.)(connect|close|quit|login|auth\w*|starttls|ehlo|select_db|set_missing_host_key_policy|load_system_host_keys|on|event|subscribe|recv\w*|loop_\w+|fetch\w*|commit|rollback|cursor|download\w*|get_object|username_pw_set|tls_set\w*|prot_p|setsockopt\w*)(\(\))?$/;

// Libraries to which a whole program tells things. Sources: the Python 3.14 library reference, the
// packages' documentation.

const none = /^$/;

export const channels: readonly Channel[] = [
  {
    name: 'logging',
    tells:
      /^(logging|logging\.(getLogger|Logger|LoggerAdapter)\(\)|loguru\.logger|structlog\.get_logger\(\))(\.(bind|opt|getChild)\(\))?\.(debug|info|warn|warning|error|critical|exception|fatal|log|trace|success|bind)$/,
    opens: /^logging\.handlers\.\w{1,40}Handler$/,
    adds: none,
    handlers:
      /^(logging(\.getLogger\(\))?\.(addHandler|basicConfig)|logging\.handlers\.QueueListener|logging\.config\.dictConfig|loguru\.logger\.add)$/,
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
