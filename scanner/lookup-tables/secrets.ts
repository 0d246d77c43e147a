/** What the name of an environment variable tells about its value. */
import { coversHost } from '../../skills-index/network/host-name.ts';
import { type SecretProvider, secretProviders } from './secret-providers.ts';

const secretWords =
  /(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASS|PASSWD|PASSWORD|PASSPHRASE|CREDENTIALS?|PRIVATE_?KEY|MNEMONIC|SEED_PHRASE|AUTH|COOKIE|DSN|SESSION|WEBHOOK(_URL)?|CONNECTION_STRING|DATABASE_URL)(_|\d*$)/i;
const plainWords =
  /(^|_)(KEY_?BOARD|KEYMAP|KEY_?(NAME|ID_TYPE|SIZE|COUNT)|MAX_TOKENS?|TOKEN_?(LIMIT|COUNT|BUDGET)|AUTHOR|PASS_?(RATE|COUNT)|SSH_AUTH_SOCK|SESSION_(ID|TYPE|MANAGER)|DBUS_SESSION\w*|XDG_SESSION\w*)(_|$)|_(WORK_?)?DIR(ECTORY)?$/i;

/**
 * Whether the name of an environment variable means a secret. `*` counts, since it includes all
 * variables.
 */
export function isSecretName(name: string): boolean {
  return name === '*' || providerOf(name) !== undefined || saysSecret(name);
}

function saysSecret(name: string): boolean {
  return inner.test(name) || (secretWords.test(name) && !plainWords.test(name));
}

/**
 * Whether the name is as likely that of a currency or of a contract's address as that of a secret:
 * `BUY_TOKEN`, `TOKEN_ADDRESS`.
 */
export function namesNoSecret(name: string): boolean {
  return providerOf(name) === undefined && tradedWords.test(name);
}

const tradedWords =
  /(^|_)((BASE|BUY|COLLATERAL|DEST|DST|FEE|FROM|IN|INPUT|OUT|OUTPUT|PAYMENT|QUOTE|REWARD|SELL|SOURCE|SRC|TARGET|TO)_TOKENS?|TOKENS?_(A|B|\d|ADDR(ESS)?|AMOUNT|CONTRACT|DECIMALS|FROM|IDS?|IN|MINT|NAME|OUT|PAIR|SYMBOL|TO))$/i;

/** The provider that a variable's name belongs to. */
export function providerOf(name: string): SecretProvider | undefined {
  const exact = secretProviders.find(({ names }) => names.includes(name));
  if (exact !== undefined) return exact;
  if (!saysSecret(name)) return undefined;
  return secretProviders.find(({ names }) =>
    names.some((pattern) => pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))),
  );
}

/**
 * Whether a host belongs to the provider of the variable's secret; false for an unknown provider.
 */
export function isProvidersHost(name: string, host: string): boolean {
  return providerOf(name)?.hosts.some((pattern) => coversHost(pattern, host)) ?? false;
}

/** Whether a host belongs to any of the providers. */
export function isKnownProvider(host: string): boolean {
  return secretProviders.some(({ hosts }) => hosts.some((pattern) => coversHost(pattern, host)));
}

/**
 * Whether a variable's secret is used locally, so that no service ever needs it: the address of a
 * database with its password, a key that signs or encrypts, a private key, a wallet's words.
 */
export function staysAtHome(name: string): boolean {
  return inner.test(name);
}

const inner =
  /^(\w+_)?(DATABASE_URL|DB_URL|POSTGRES(QL)?_(URL|URI)|MYSQL_(URL|URI)|MONGO(DB)?_(URL|URI)|REDIS_URL|(DB|DATABASE|MYSQL|MYSQL_ROOT|POSTGRES|MONGO|REDIS)_PASS(WORD|WD)?|PGPASSWORD|JWT_SECRET(_KEY)?|SESSION_SECRET|COOKIE_SECRET|SECRET_KEY_BASE|DJANGO_SECRET_KEY|NEXTAUTH_SECRET|ENCRYPTION_KEY|SIGNING_KEY|RAILS_MASTER_KEY|ANSIBLE_VAULT_PASSWORD|SUDO_PASS(WORD)?|SSH_PASS(WORD|PHRASE)?|GPG_PASSPHRASE|KEYSTORE_PASSWORD|MNEMONIC|SEED_PHRASE|WALLET_(SEED|PASSWORD|KEY))$|^((SSH|SSL|TLS|GPG|PGP|RSA|JWT|WALLET|DEPLOYER|OWNER|ETH|EVM|SOLANA|BTC)_)?PRIVATE_KEY$/;
