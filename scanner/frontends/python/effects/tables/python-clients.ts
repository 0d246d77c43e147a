/**
 * Clients of services and devices from PyPI: databases, mail, chat, cloud, shells on other
 * machines, browsers. Sources: the packages' documentation.
 */
import {
  api,
  argument,
  type PythonApiTable,
  type PythonEffect,
  request,
  rows,
  service,
} from './python-api.ts';

// Clients that stay connected to the host that the program names: which of their methods send what
// they are given. Sources: the packages' documentation.

/**
 * Calls that make such a client, by qualified name. Each method of the client, and of what its
 * methods give, sends its arguments; `connect` may name the host later.
 */
const openClients: readonly string[] = [
  'asyncpg.connect',
  'asyncpg.create_pool',
  'boto3.client',
  'boto3.resource',
  'boto3.Session().client',
  'boto3.Session().resource',
  'boto3.session.Session().client',
  'boto3.session.Session().resource',
  'discord_webhook.DiscordWebhook',
  'elasticsearch.Elasticsearch',
  'ftplib.FTP',
  'ftplib.FTP_TLS',
  'grpc.insecure_channel',
  'grpc.secure_channel',
  'grpc.aio.insecure_channel',
  'grpc.aio.secure_channel',
  'kafka.KafkaProducer',
  'minio.Minio',
  'motor.motor_asyncio.AsyncIOMotorClient',
  'mysql.connector.connect',
  'MySQLdb.connect',
  'paho.mqtt.client.Client',
  'paramiko.SSHClient',
  'pika.BlockingConnection',
  'psycopg.connect',
  'psycopg2.connect',
  'pymongo.MongoClient',
  'pymysql.connect',
  'pysftp.Connection',
  'redis.Redis',
  'redis.StrictRedis',
  'redis.from_url',
  'redis.Redis.from_url',
  'redis.asyncio.Redis',
  'redis.asyncio.from_url',
  'slack_sdk.webhook.WebhookClient',
  'socketio.Client',
  'socketio.AsyncClient',
  'sqlalchemy.create_engine',
  'telebot.TeleBot',
  'xmlrpc.client.ServerProxy',
  'zmq.Context().socket',
];

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

const upload = (path: number, key: string): PythonEffect => ({
  does: 'upload',
  path: argument(path, key),
});

/** Methods that send the file at a path. */
const pythonUploads: PythonApiTable = {
  ...rows('paramiko.SSHClient().open_sftp()', 'put', api(upload(0, 'localpath'))),
  ...rows('paramiko.SFTPClient.from_transport()', 'put', api(upload(0, 'localpath'))),
  ...rows('pysftp.Connection()', 'put put_r put_d', api(upload(0, 'localpath'))),
  ...rows('fabric.Connection()', 'put', api(upload(0, 'local'))),
  ...rows('scp.SCPClient()', 'put', api(upload(0, 'files'))),
  ...rows('minio.Minio()', 'fput_object', api(upload(2, 'file_path'))),
  ...Object.assign(
    {},
    ...['boto3', 'boto3.Session()', 'boto3.session.Session()'].map((owner) => ({
      ...rows(`${owner}.client()`, 'upload_file', api(upload(0, 'Filename'))),
      ...rows(`${owner}.resource().Bucket()`, 'upload_file', api(upload(0, 'Filename'))),
      ...rows(`${owner}.resource().Object()`, 'upload_file', api(upload(0, 'Filename'))),
      ...rows(`${owner}.resource().meta.client`, 'upload_file', api(upload(0, 'Filename'))),
    })),
  ),
};

const at = (
  port: number,
  host: string,
  scheme: 'tcp' | 'http' | 'https' = 'tcp',
): PythonEffect => ({
  does: 'connect',
  scheme,
  host: argument(0, host),
  port,
});
const server = (port: number, host = 'host') => api(at(port, host));
const address = (key = 'url') =>
  api({
    does: 'request',
    url: argument(0, key),
    method: '*',
    body: [],
    header: ['headers', 'password'],
  });
const send = (position = 0, key = '') => api({ does: 'send', content: argument(position, key) });

const databases: PythonApiTable = {
  ...rows('psycopg', 'connect AsyncConnection.connect', server(5432)),
  ...rows('psycopg2', 'connect', server(5432)),
  ...rows('asyncpg', 'connect create_pool', server(5432)),
  ...rows('mysql.connector', 'connect', server(3306)),
  ...rows('pymysql', 'connect', server(3306)),
  ...rows('MySQLdb', 'connect', server(3306)),
  ...rows('pymongo', 'MongoClient', server(27_017)),
  ...rows('redis', 'Redis StrictRedis', server(6379)),
  ...rows('redis', 'from_url Redis.from_url', address()),
  ...rows('redis.asyncio', 'Redis', server(6379)),
  ...rows('redis.asyncio', 'from_url', address()),
  ...rows('motor.motor_asyncio', 'AsyncIOMotorClient', server(27_017)),
  ...rows('minio', 'Minio', api(at(443, 'endpoint', 'https'))),
  ...rows('sqlalchemy', 'create_engine', address()),
  ...rows('pyodbc', 'connect', api({ does: 'request', method: '*', body: [], header: [] })),
  ...rows('elasticsearch', 'Elasticsearch', address('hosts')),
  ...rows('snowflake.connector', 'connect', service('*.snowflakecomputing.com')),
  ...rows('pika', 'ConnectionParameters', server(5672)),
  ...rows('pika', 'URLParameters', address()),
  ...rows('kafka', 'KafkaProducer KafkaConsumer', server(9092, 'bootstrap_servers')),
  ...rows('paho.mqtt.client.Client()', 'connect', server(1883)),
  ...rows('ldap3', 'Server', server(389)),
};

// A port of the other machine leads to this one.
const opensPort = api({ does: 'trait', trait: 'remote-access' });

const shells: PythonApiTable = {
  ...rows('paramiko', 'Transport', server(22, 'sock')),
  ...rows('paramiko.Transport()', 'request_port_forward', opensPort),
  ...rows('paramiko.SSHClient().get_transport()', 'request_port_forward', opensPort),
  ...rows('asyncssh.connect()', 'forward_remote_port forward_remote_port_to_path', opensPort),
  ...rows('paramiko.SSHClient()', 'exec_command', send(0, 'command')),
  ...rows('paramiko.SSHClient().open_sftp()', 'putfo', send(0, 'fl')),
  ...rows('paramiko.SFTPClient.from_transport()', 'putfo', send(0, 'fl')),
  ...rows('fabric', 'Connection', server(22)),
  ...rows('fabric.Connection()', 'run sudo', send(0, 'command')),
  ...rows('pysftp', 'Connection', server(22)),
  ...rows('asyncssh', 'connect', server(22)),
  ...rows('netmiko', 'ConnectHandler', server(22)),
  ...rows('telnetlib3', 'open_connection', server(23)),
  ...rows(
    'scapy.all',
    'send sendp sr sr1 srp',
    api({ does: 'connect', scheme: 'udp', host: argument(-1, 'dst'), port: 0 }),
  ),
  ...rows('serial', 'Serial', api({ does: 'open', path: argument(0, 'port') })),
};

const chat: PythonApiTable = {
  ...rows('telegram', 'Bot', service('api.telegram.org')),
  ...rows('telebot', 'TeleBot', service('api.telegram.org')),
  ...rows('telethon', 'TelegramClient', service('*.telegram.org')),
  ...rows('aiogram', 'Bot', service('api.telegram.org')),
  ...rows('discord', 'Client Bot', service('discord.com')),
  ...rows('discord', 'Webhook.from_url SyncWebhook.from_url', address()),
  ...rows(
    'discord_webhook',
    'DiscordWebhook',
    api({
      does: 'request',
      url: argument(0, 'url'),
      method: 'POST',
      body: [argument(1, 'content')],
      header: [],
    }),
  ),
  ...rows('slack', 'WebClient', service('slack.com')),
  ...rows('slack_sdk.webhook', 'WebhookClient', address()),
  ...rows('discord_webhook', 'DiscordEmbed', api([], 'data')),
  ...rows('twilio.rest', 'Client', service('api.twilio.com')),
  ...rows('sendgrid', 'SendGridAPIClient', service('api.sendgrid.com')),
  ...rows('yagmail', 'SMTP', service('smtp.gmail.com')),
  ...rows('apprise.Apprise()', 'add', address()),
  ...rows('pushbullet', 'Pushbullet', service('api.pushbullet.com')),
  ...rows('ntfy', 'notify', request('POST')),
};

// What a library finds for its user is the secret that a variable of this name holds.
const secretOf = (name: string) => api({ does: 'env', name: { at: -1, key: '', text: name } });

const cloud: PythonApiTable = {
  ...rows('google.cloud.storage', 'Client', service('storage.googleapis.com')),
  ...rows('google.cloud.bigquery', 'Client', service('bigquery.googleapis.com')),
  ...rows('google.cloud.firestore', 'Client', service('firestore.googleapis.com')),
  ...rows(
    'google.cloud.secretmanager',
    'SecretManagerServiceClient',
    service('secretmanager.googleapis.com'),
  ),
  ...rows(
    'google.cloud.pubsub_v1',
    'PublisherClient SubscriberClient',
    service('pubsub.googleapis.com'),
  ),
  ...rows('googleapiclient.discovery', 'build', service('*.googleapis.com')),
  ...rows('gspread', 'authorize service_account oauth', service('sheets.googleapis.com')),
  ...rows(
    'azure.storage.blob',
    'BlobServiceClient ContainerClient BlobClient',
    service('*.blob.core.windows.net'),
  ),
  ...rows(
    'azure.storage.blob',
    'BlobServiceClient.from_connection_string',
    service('*.blob.core.windows.net'),
  ),
  ...rows('azure.keyvault.secrets', 'SecretClient', service('*.vault.azure.net')),
  ...rows('boto3.Session()', 'get_credentials', secretOf('AWS_SECRET_ACCESS_KEY')),
  ...rows('boto3.session.Session()', 'get_credentials', secretOf('AWS_SECRET_ACCESS_KEY')),
  ...rows('botocore.session.get_session()', 'get_credentials', secretOf('AWS_SECRET_ACCESS_KEY')),
  ...rows('aioboto3', 'Session', service('*.amazonaws.com')),
  ...rows('dropbox', 'Dropbox', service('api.dropboxapi.com')),
  ...rows('cohere', 'Client ClientV2', service('api.cohere.com')),
  ...rows('mistralai', 'Mistral', service('api.mistral.ai')),
  ...rows('groq', 'Groq', service('api.groq.com')),
  ...rows('replicate', 'run Client', service('api.replicate.com')),
  ...rows('elevenlabs', 'ElevenLabs', service('api.elevenlabs.io')),
  ...rows('pinecone', 'Pinecone', service('api.pinecone.io')),
  ...rows('supabase', 'create_client', address()),
  ...rows('firebase_admin', 'initialize_app', service('*.firebaseio.com')),
  ...rows('tweepy', 'Client API', service('api.twitter.com')),
  ...rows('praw', 'Reddit', service('oauth.reddit.com')),
  ...rows('atlassian', 'Jira Confluence', address()),
  ...rows('jira', 'JIRA', address('server')),
  ...rows('gitlab', 'Gitlab', address()),
  ...rows('yfinance', 'download Ticker', service('query1.finance.yahoo.com')),
  ...rows('wikipedia', 'page summary search', service('*.wikipedia.org')),
  ...rows('feedparser', 'parse', address()),
  ...rows('newspaper', 'Article', address()),
  ...rows('trafilatura', 'fetch_url', request('GET')),
  ...rows('git', 'Repo.clone_from', address()),
  ...rows('git', 'Repo', api({ does: 'open', path: argument(0, 'path') })),
  ...rows(
    'git.Repo()',
    'create_remote',
    api({ does: 'request', url: argument(1, 'url'), method: '*', body: [], header: [] }),
  ),
  ...rows(
    'docker',
    'from_env DockerClient',
    api({ does: 'program', command: { at: -1, key: '', text: 'docker' } }),
  ),
  ...rows(
    'kubernetes.config',
    'load_kube_config',
    api({ does: 'read', path: { at: 0, key: 'config_file', text: '~/.kube/config' } }),
  ),
};

const browsers: PythonApiTable = {
  ...rows('selenium.webdriver', 'Chrome Firefox Edge Safari Remote', api([])),
  ...rows('selenium.webdriver.Chrome()', 'get', request('GET')),
  ...rows('selenium.webdriver.Firefox()', 'get', request('GET')),
  ...rows(
    'playwright.sync_api.sync_playwright().start().chromium.launch().new_page()',
    'goto',
    request('GET'),
  ),
  ...rows(
    'playwright.sync_api.sync_playwright().chromium.launch().new_page()',
    'goto',
    request('GET'),
  ),
  ...rows(
    'playwright.async_api.async_playwright().chromium.launch().new_page()',
    'goto',
    request('GET'),
  ),
  ...rows(
    'browser_cookie3',
    'chrome chromium firefox edge brave opera safari load',
    api({
      does: 'read',
      path: { at: -1, key: '', text: '~/.config/google-chrome/Default/Cookies' },
    }),
  ),
  ...rows(
    'pycookiecheat',
    'chrome_cookies',
    api({
      does: 'read',
      path: { at: -1, key: '', text: '~/.config/google-chrome/Default/Cookies' },
    }),
  ),
  ...rows(
    'rookiepy',
    'chrome firefox edge brave load',
    api({
      does: 'read',
      path: { at: -1, key: '', text: '~/.config/google-chrome/Default/Cookies' },
    }),
  ),
};

const receives = api({ does: 'receive' });

// `@app.post("/run")`: what comes in is in the parameters of the function below.
const routeMethods =
  'route() get() post() put() delete() patch() head() options() websocket() api_route()';

function routes(...owners: readonly string[]): PythonApiTable {
  return Object.assign({}, ...owners.map((owner) => rows(owner, routeMethods, receives)));
}

const sockets: PythonApiTable = {
  ...rows('websocket.create_connection()', 'send send_binary', send(0, 'payload')),
  ...rows('websocket.WebSocket()', 'connect', address()),
  ...rows('websockets.connect()', 'send', send(0, 'message')),
  ...rows('websockets.sync.client.connect()', 'send', send(0, 'message')),
  ...rows('socketio.Client()', 'connect', address()),
  ...rows('socketio.Client()', 'event on on()', receives),
  ...rows('socketio.AsyncClient()', 'event on on()', receives),
  ...rows('paho.mqtt.client.Client()', 'message_callback_add', receives),
  ...rows('paho.mqtt.subscribe', 'callback', receives),
  ...routes('fastapi.FastAPI()', 'fastapi.APIRouter()', 'flask.Flask()', 'flask.Blueprint()'),
  ...routes('quart.Quart()', 'quart.Blueprint()', 'sanic.Sanic()', 'bottle.Bottle()'),
  ...rows('bottle', 'route() get() post() put() delete() patch()', receives),
  ...rows('aiohttp.web.RouteTableDef()', routeMethods, receives),
  ...rows('aiohttp.web', 'get post put delete patch route view', receives),
  ...rows('discord.Client()', 'event', receives),
  ...rows('discord.ext.commands.Bot()', 'event command() listen()', receives),
  ...rows('slack_bolt.App()', 'action() command() event() message()', receives),
  ...rows('telebot.TeleBot()', 'message_handler()', receives),
  ...rows('telegram.ext', 'CommandHandler MessageHandler', receives),
  ...rows('pika.BlockingConnection().channel()', 'basic_consume', receives),
  ...rows('socketio.Client()', 'emit', send(1, 'data')),
  ...rows('grpc', 'insecure_channel secure_channel', server(443, 'target')),
  ...rows('grpc.aio', 'insecure_channel secure_channel', server(443, 'target')),
  ...rows('zmq.Context().socket()', 'connect', address('addr')),
  ...rows('zmq.Context().socket()', 'send send_string send_json', send()),
  ...rows(
    'pycurl.Curl()',
    'setopt',
    api({ does: 'option', name: argument(0), value: argument(1) }),
  ),
  ...rows(
    'dns.resolver.Resolver()',
    'resolve query',
    api({ does: 'connect', scheme: 'dns', host: argument(0), port: 53 }),
  ),
  ...rows(
    'dns.asyncresolver',
    'resolve',
    api({ does: 'connect', scheme: 'dns', host: argument(0), port: 53 }),
  ),
  ...rows('urllib3.connectionpool', 'HTTPSConnectionPool', api(at(443, 'host', 'https'))),
  ...rows('urllib3', 'HTTPSConnectionPool', api(at(443, 'host', 'https'))),
  ...rows('pyngrok.ngrok', 'connect', api({ does: 'listen' })),
};

/** Qualified name → its effects. */
export const pythonClients: PythonApiTable = {
  ...pythonUploads,
  ...databases,
  ...shells,
  ...chat,
  ...cloud,
  ...browsers,
  ...sockets,
};
