/** Secrets of known providers: which environment variables hold them and which hosts they belong to. */
import { coversHost } from '../../skills-index/skill/host-name.ts';

interface SecretProvider {
  readonly provider: string;
  /** Names of environment variables; a final `*` stands for any ending. */
  readonly names: readonly string[];
  /** Hosts that take the secret, as patterns of host-name.ts. */
  readonly hosts: readonly string[];
}

/** Sources: each provider's own documentation of its command line and SDK. */
export const secretProviders: readonly SecretProvider[] = [
  {
    provider: 'Amazon Web Services',
    names: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN', 'AWS_BEARER_TOKEN_*'],
    hosts: ['*.amazonaws.com', '*.amazonaws.com.cn', '*.aws.dev', '*.api.aws'],
  },
  {
    provider: 'GitHub',
    names: ['GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_PAT', 'GITHUB_API_TOKEN', 'GITHUB_ACCESS_TOKEN', 'GH_ENTERPRISE_TOKEN'],
    hosts: [
      'github.com',
      '*.github.com',
      '*.githubusercontent.com',
      'ghcr.io',
      '*.ghe.com',
      '*.githubcopilot.com',
      'models.github.ai',
    ],
  },
  { provider: 'GitLab', names: ['GITLAB_TOKEN', 'GITLAB_PRIVATE_TOKEN', 'CI_JOB_TOKEN'], hosts: ['gitlab.com', '*.gitlab.com'] },
  { provider: 'OpenAI', names: ['OPENAI_API_KEY', 'OPENAI_ADMIN_KEY'], hosts: ['*.openai.com', '*.openai.azure.com'] },
  {
    provider: 'Anthropic',
    names: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'],
    hosts: ['*.anthropic.com', 'claude.ai', '*.claude.ai', '*.claude.com'],
  },
  {
    provider: 'Google',
    names: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_GENAI_API_KEY'],
    hosts: ['*.googleapis.com', '*.google.com'],
  },
  {
    provider: 'Microsoft Azure',
    names: ['AZURE_CLIENT_SECRET', 'AZURE_OPENAI_API_KEY', 'AZURE_STORAGE_KEY', 'AZURE_STORAGE_CONNECTION_STRING'],
    hosts: ['*.azure.com', '*.windows.net', '*.microsoftonline.com', '*.microsoft.com'],
  },
  {
    provider: 'Hugging Face',
    names: ['HF_TOKEN', 'HUGGINGFACE_TOKEN', 'HUGGING_FACE_HUB_TOKEN'],
    hosts: ['huggingface.co', '*.huggingface.co', '*.hf.co'],
  },
  { provider: 'npm', names: ['NPM_TOKEN', 'NODE_AUTH_TOKEN'], hosts: ['registry.npmjs.org', 'npm.pkg.github.com'] },
  { provider: 'PyPI', names: ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'TWINE_PASSWORD'], hosts: ['pypi.org', '*.pypi.org'] },
  {
    provider: 'Slack',
    names: ['SLACK_TOKEN', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_USER_TOKEN'],
    hosts: ['slack.com', '*.slack.com'],
  },
  { provider: 'Stripe', names: ['STRIPE_SECRET_KEY', 'STRIPE_API_KEY'], hosts: ['*.stripe.com'] },
  {
    provider: 'Cloudflare',
    names: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY', 'CF_API_TOKEN'],
    hosts: ['*.cloudflare.com', '*.workers.dev'],
  },
  { provider: 'Vercel', names: ['VERCEL_TOKEN'], hosts: ['*.vercel.com', 'vercel.com'] },
  { provider: 'Notion', names: ['NOTION_TOKEN', 'NOTION_API_KEY', 'NOTION_API_TOKEN'], hosts: ['*.notion.com', '*.notion.so'] },
  { provider: 'Linear', names: ['LINEAR_API_KEY'], hosts: ['*.linear.app'] },
  {
    provider: 'Atlassian',
    names: ['JIRA_API_TOKEN', 'ATLASSIAN_API_TOKEN', 'CONFLUENCE_API_TOKEN'],
    hosts: ['*.atlassian.net', '*.atlassian.com'],
  },
  {
    provider: 'Discord',
    names: ['DISCORD_TOKEN', 'DISCORD_BOT_TOKEN'],
    hosts: ['discord.com', '*.discord.com', 'discordapp.com'],
  },
  { provider: 'Telegram', names: ['TELEGRAM_BOT_TOKEN'], hosts: ['api.telegram.org'] },
  { provider: 'OpenRouter', names: ['OPENROUTER_API_KEY'], hosts: ['openrouter.ai', '*.openrouter.ai'] },
  { provider: 'Mistral', names: ['MISTRAL_API_KEY'], hosts: ['*.mistral.ai'] },
  { provider: 'Cohere', names: ['COHERE_API_KEY', 'CO_API_KEY'], hosts: ['*.cohere.ai', '*.cohere.com'] },
  { provider: 'Replicate', names: ['REPLICATE_API_TOKEN'], hosts: ['*.replicate.com', 'replicate.com'] },
  { provider: 'DigitalOcean', names: ['DIGITALOCEAN_TOKEN', 'DIGITALOCEAN_ACCESS_TOKEN'], hosts: ['*.digitalocean.com'] },
  { provider: 'Docker', names: ['DOCKER_PASSWORD', 'DOCKERHUB_TOKEN'], hosts: ['*.docker.com', '*.docker.io', 'docker.io'] },
  { provider: 'SendGrid', names: ['SENDGRID_API_KEY'], hosts: ['*.sendgrid.com'] },
  { provider: 'Twilio', names: ['TWILIO_AUTH_TOKEN'], hosts: ['*.twilio.com'] },
  { provider: 'Datadog', names: ['DD_API_KEY', 'DATADOG_API_KEY', 'DD_APP_KEY'], hosts: ['*.datadoghq.com', '*.datadoghq.eu'] },
  { provider: 'Sentry', names: ['SENTRY_AUTH_TOKEN'], hosts: ['sentry.io', '*.sentry.io'] },
  {
    provider: 'Supabase',
    names: ['SUPABASE_SERVICE_ROLE_KEY', 'SUPABASE_ACCESS_TOKEN'],
    hosts: ['*.supabase.co', '*.supabase.com'],
  },
  {
    provider: 'Binance',
    names: ['BINANCE_API_KEY', 'BINANCE_API_SECRET', 'BINANCE_SECRET_KEY'],
    hosts: ['*.binance.com', '*.binance.us'],
  },
];

const secretWords =
  /(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASS|PASSWD|PASSWORD|PASSPHRASE|CREDENTIALS?|PRIVATE_?KEY|MNEMONIC|SEED_PHRASE|AUTH|COOKIE|DSN|SESSION|WEBHOOK(_URL)?|CONNECTION_STRING|DATABASE_URL)(_|\d*$)/i;
const plainWords =
  /(^|_)(KEY_?BOARD|KEYMAP|KEY_?(NAME|ID_TYPE|SIZE|COUNT)|MAX_TOKENS?|TOKEN_?(LIMIT|COUNT|BUDGET)|AUTHOR|PASS_?(RATE|COUNT)|SSH_AUTH_SOCK|SESSION_(ID|TYPE|MANAGER)|DBUS_SESSION\w*|XDG_SESSION\w*)(_|$)/i;

/** Whether the name of an environment variable says that it holds a secret; `*` counts, since it holds them all. */
export function isSecretName(name: string): boolean {
  return name === '*' || providerOf(name) !== undefined || (secretWords.test(name) && !plainWords.test(name));
}

/** The provider that a variable's name belongs to. */
export function providerOf(name: string): SecretProvider | undefined {
  return secretProviders.find(({ names }) =>
    names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name)),
  );
}

/** Whether a host is one of the provider's whose secret the variable holds; false when no provider is known. */
export function isProvidersHost(name: string, host: string): boolean {
  return providerOf(name)?.hosts.some((pattern) => coversHost(pattern, host)) ?? false;
}
