/**
 * Clients that stay connected to the host that the program names: which of their methods send what
 * they are given. Sources: the packages' documentation.
 */
import { api, argument, type PythonApiTable, type PythonEffect, rows } from './python-api.ts';

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
export const pythonUploads: PythonApiTable = {
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
