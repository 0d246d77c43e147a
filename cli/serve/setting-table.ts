/** What `skillgate serve` can be told, by an option or by a key of its settings file. */

/** The form of a value in the file. A `path` is relative to the folder of the file. */
export type SettingKind = 'text' | 'url' | 'port' | 'hours' | 'path' | 'texts' | 'boolean';

export interface SettingRow {
  /** The key in the settings file. */
  readonly key: string;
  readonly kind: SettingKind;
  /** The option; absent for the folder, which is the argument of the command. */
  readonly option?: string;
  /** The placeholder of the option's value in help. */
  readonly value?: string;
  readonly summary: string;
}

export const settingRows = [
  { key: 'data', kind: 'path', summary: 'the data folder, which is DIR on the command line' },
  {
    key: 'url',
    kind: 'url',
    option: 'url',
    value: 'URL',
    summary:
      'address that people type, such as https://skills.acme.example (default: http://HOST:PORT)',
  },
  {
    key: 'host',
    kind: 'text',
    option: 'host',
    value: 'NAME',
    summary:
      'host name or address to listen on (default: localhost); one that other machines reach needs --url, and a certificate or a proxy',
  },
  {
    key: 'port',
    kind: 'port',
    option: 'port',
    value: 'N',
    summary: 'port to listen on; 0 for any free port (default: 4880)',
  },
  {
    key: 'tls-certificate',
    kind: 'path',
    option: 'tls-certificate',
    value: 'FILE',
    summary:
      'PEM file with the certificate and its issuers; a changed file is taken within a minute, or at SIGHUP',
  },
  {
    key: 'tls-key',
    kind: 'path',
    option: 'tls-key',
    value: 'FILE',
    summary: 'PEM file with the private key of the certificate',
  },
  {
    key: 'trusted-proxies',
    kind: 'texts',
    option: 'trusted-proxy',
    value: 'ADDRESS',
    summary:
      'IP address or network (10.0.0.0/8) of a proxy in front of the registry; its word about the address of a client counts',
  },
  {
    key: 'forwarded-header',
    kind: 'text',
    option: 'forwarded-header',
    value: 'NAME',
    summary:
      'the header in which the proxies name the client: x-forwarded-for (default) or forwarded',
  },
  {
    key: 'access-log',
    kind: 'path',
    option: 'access-log',
    value: 'FILE',
    summary:
      'write a line of JSON for each request to the file, or with - to standard output; opened again at SIGHUP',
  },
  {
    key: 'metrics-port',
    kind: 'port',
    option: 'metrics-port',
    value: 'N',
    summary: 'port on 127.0.0.1 with figures for Prometheus at /metrics (default: none)',
  },
  {
    key: 'objects',
    kind: 'text',
    option: 'objects',
    value: 'URL',
    summary:
      'keep the objects in a bucket of an S3 store, such as https://s3.example/BUCKET (default: in DIR); its access key is in the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY',
  },
  {
    key: 'objects-region',
    kind: 'text',
    option: 'objects-region',
    value: 'NAME',
    summary: 'region of the S3 store (default: us-east-1)',
  },
  {
    key: 'objects-keys',
    kind: 'path',
    option: 'objects-keys',
    value: 'FILE',
    summary: 'file with the access key of the S3 store, in the form of ~/.aws/credentials',
  },
  {
    key: 'policy',
    kind: 'path',
    option: 'policy',
    value: 'FILE',
    summary:
      'approvals that each kind of version needs (default: policy.json in DIR, else the built-in policy)',
  },
  {
    key: 'quotas',
    kind: 'path',
    option: 'quotas',
    value: 'FILE',
    summary:
      'how much one publisher may send, and one scope may hold (default: quotas.json in DIR, else no limit)',
  },
  {
    key: 'retention',
    kind: 'path',
    option: 'retention',
    value: 'FILE',
    summary:
      'for how long refused versions keep their files (default: retention.json in DIR, else for ever)',
  },
  {
    key: 'witnesses',
    kind: 'texts',
    option: 'witness',
    value: 'URL',
    summary: 'witness that is asked to cosign the log; the key of the witness is in witnesses.json',
  },
  {
    key: 'sign-on-issuer',
    kind: 'text',
    option: 'sign-on-issuer',
    value: 'URL',
    summary:
      'identity provider (OpenID Connect) at which people sign in to read the desk: its issuer, such as https://login.acme.example',
  },
  {
    key: 'sign-on-client',
    kind: 'text',
    option: 'sign-on-client',
    value: 'ID',
    summary: 'the id of this registry at the identity provider',
  },
  {
    key: 'sign-on-secret-file',
    kind: 'path',
    option: 'sign-on-secret-file',
    value: 'FILE',
    summary:
      'file with the secret of this registry at the identity provider (or $SKILLGATE_SIGN_ON_SECRET)',
  },
  {
    key: 'sign-on-readers',
    kind: 'texts',
    option: 'sign-on-reader',
    value: 'GROUP',
    summary: 'a group of people who read the desk',
  },
  {
    key: 'sign-on-reviewers',
    kind: 'texts',
    option: 'sign-on-reviewer',
    value: 'GROUP',
    summary:
      'a group of people who read the desk and, enrolled as reviewers, approve with a passkey',
  },
  {
    key: 'sign-on-operators',
    kind: 'texts',
    option: 'sign-on-operator',
    value: 'GROUP',
    summary: 'a group of people who read the desk and its page of operations',
  },
  {
    key: 'sign-on-groups-claim',
    kind: 'text',
    option: 'sign-on-groups-claim',
    value: 'NAME',
    summary: 'the claim of the ID token with the groups (default: groups)',
  },
  {
    key: 'sign-on-person-claim',
    kind: 'text',
    option: 'sign-on-person-claim',
    value: 'NAME',
    summary:
      'the claim that names the person as skillgate member add --identity does (default: email, verified)',
  },
  {
    key: 'sign-on-scopes',
    kind: 'texts',
    option: 'sign-on-scope',
    value: 'SCOPE',
    summary: 'a scope to ask for (default: openid, email and profile)',
  },
  {
    key: 'sign-on-hours',
    kind: 'hours',
    option: 'sign-on-hours',
    value: 'N',
    summary: 'how long a session lasts, from 1 to 12 hours (default: 12)',
  },
  {
    key: 'no-scanner',
    kind: 'boolean',
    option: 'no-scanner',
    summary: 'start no scanner; run skillgate scanner work elsewhere',
  },
] as const satisfies readonly SettingRow[];

export type SettingKey = (typeof settingRows)[number]['key'];
