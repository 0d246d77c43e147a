/** What the name of an environment variable tells about its value. */
import { coversHost } from '../../skills-index/network/host-name.ts';
import { words } from './shell.ts';

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

// Providers of secrets: names of environment variables, and the hosts that accept them. Sources:
// each provider's documentation of its command line, SDK and API.

export interface SecretProvider {
  readonly provider: string;
  /** Names of environment variables; a final `*` stands for any ending that means a secret. */
  readonly names: readonly string[];
  /** Hosts that accept the secret, as patterns of host-name.ts. */
  readonly hosts: readonly string[];
  /** Many users host it themselves, so the secret may belong to any host. */
  readonly selfHosted?: true;
}

// Most providers' variables begin with their name.
const row = (
  provider: string,
  hosts: string,
  names = `${provider.toUpperCase()}_*`,
): SecretProvider => ({
  provider,
  names: words(names),
  // Whoever has the names below a domain has the domain.
  hosts: words(hosts).flatMap((host) => (host.startsWith('*.') ? [host, host.slice(2)] : [host])),
});
const anywhere = (...of: Parameters<typeof row>): SecretProvider => ({
  ...row(...of),
  selfHosted: true,
});

export const secretProviders: readonly SecretProvider[] = [
  // clouds and hosting
  row(
    'Amazon Web Services',
    '*.amazonaws.com *.amazonaws.com.cn *.aws.dev *.api.aws',
    'AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_BEARER_TOKEN_* AWS_*',
  ),
  row(
    'Google',
    '*.googleapis.com *.google.com *.recaptcha.net *.firebaseio.com *.cloudfunctions.net *.run.app *.pkg.dev',
    'GEMINI_* GOOGLE_* GCP_* GCLOUD_* GOOGLE_APPLICATION_CREDENTIALS FIREBASE_* YOUTUBE_API_KEY VERTEX_* RECAPTCHA_*',
  ),
  row(
    'Microsoft Azure',
    '*.azure.com *.windows.net *.microsoftonline.com *.microsoft.com *.azurewebsites.net *.azure-api.net *.azure.net *.azurecr.io dev.azure.com *.visualstudio.com',
    'AZURE_* AZURE_STORAGE_CONNECTION_STRING MICROSOFT_* MS_GRAPH_* GRAPH_CLIENT_SECRET',
  ),
  row(
    'Cloudflare',
    '*.cloudflare.com *.r2.cloudflarestorage.com',
    'CLOUDFLARE_* CF_API_TOKEN CF_API_KEY TURNSTILE_*',
  ),
  row(
    'DigitalOcean',
    '*.digitalocean.com *.digitaloceanspaces.com',
    'DIGITALOCEAN_* DO_API_TOKEN DO_TOKEN',
  ),
  row(
    'Vercel',
    '*.vercel.com *.vercel-storage.com *.vercel.sh',
    'VERCEL_* BLOB_READ_WRITE_TOKEN AI_GATEWAY_API_KEY',
  ),
  row('Netlify', '*.netlify.com'),
  row('Fly.io', '*.fly.io *.machines.dev', 'FLY_API_TOKEN FLY_ACCESS_TOKEN'),
  row('Heroku', '*.heroku.com'),
  row('Render', '*.render.com', 'RENDER_API_KEY'),
  row('Railway', '*.railway.app *.railway.com'),
  row('Hetzner', '*.hetzner.cloud *.hetzner.com', 'HCLOUD_TOKEN HETZNER_*'),
  row('Linode', '*.linode.com'),
  row('Vultr', '*.vultr.com'),
  row('Scaleway', '*.scaleway.com', 'SCW_SECRET_KEY SCW_ACCESS_KEY'),
  row(
    'Alibaba Cloud',
    '*.aliyuncs.com *.alibabacloud.com *.aliyun.com',
    'ALIBABA_CLOUD_* ALIYUN_* DASHSCOPE_*',
  ),
  row(
    'Tencent Cloud',
    '*.tencentcloudapi.com *.myqcloud.com *.tencent.com',
    'TENCENTCLOUD_* TENCENT_*',
  ),
  row('Oracle Cloud', '*.oraclecloud.com', 'OCI_*'),
  // models
  row('OpenAI', '*.openai.com *.openai.azure.com'),
  row(
    'Anthropic',
    '*.anthropic.com *.claude.ai *.claude.com',
    'ANTHROPIC_* CLAUDE_API_KEY CLAUDE_CODE_OAUTH_TOKEN CLAUDE_TOKEN',
  ),
  row('OpenRouter', '*.openrouter.ai'),
  row('Mistral', '*.mistral.ai'),
  row('Cohere', '*.cohere.ai *.cohere.com', 'COHERE_* CO_API_KEY'),
  row('Groq', '*.groq.com'),
  row('xAI', '*.x.ai'),
  row('DeepSeek', '*.deepseek.com'),
  row('Perplexity', '*.perplexity.ai', 'PERPLEXITY_* PPLX_API_KEY'),
  row('Together', '*.together.xyz *.together.ai'),
  row('Fireworks', '*.fireworks.ai'),
  row('Replicate', '*.replicate.com'),
  row(
    'Hugging Face',
    '*.huggingface.co *.hf.co *.hf.space',
    'HF_TOKEN HUGGINGFACE_* HUGGING_FACE_* HUGGINGFACEHUB_*',
  ),
  row('ElevenLabs', '*.elevenlabs.io', 'ELEVENLABS_* ELEVEN_API_KEY XI_API_KEY'),
  row('Stability', '*.stability.ai'),
  row('Voyage', '*.voyageai.com', 'VOYAGE_API_KEY'),
  row('Moonshot', '*.moonshot.cn *.moonshot.ai'),
  row('Zhipu', '*.bigmodel.cn *.z.ai', 'ZHIPU_* ZHIPUAI_* BIGMODEL_* ZAI_*'),
  row('MiniMax', '*.minimax.chat *.minimaxi.com *.minimax.io'),
  row('SiliconFlow', '*.siliconflow.cn *.siliconflow.com'),
  row('Volcengine', '*.volces.com *.volcengine.com *.volcengineapi.com', 'VOLCENGINE_* VOLC_*'),
  row('Cerebras', '*.cerebras.ai'),
  row('fal', '*.fal.ai *.fal.run'),
  row('Jina', '*.jina.ai'),
  row('Deepgram', '*.deepgram.com'),
  row('AssemblyAI', '*.assemblyai.com'),
  row('Runway', '*.runwayml.com', 'RUNWAY_* RUNWAYML_*'),
  row('Weights & Biases', '*.wandb.ai', 'WANDB_API_KEY'),
  anywhere('LangSmith', '*.langchain.com', 'LANGSMITH_* LANGCHAIN_API_KEY'),
  row('Tavily', '*.tavily.com'),
  row('Exa', '*.exa.ai', 'EXA_API_KEY'),
  row('Brave Search', '*.search.brave.com', 'BRAVE_API_KEY BRAVE_SEARCH_API_KEY'),
  anywhere(
    'NVIDIA',
    '*.nvidia.com *.nvcr.io',
    'NVIDIA_API_KEY NGC_API_KEY NGC_CLI_API_KEY NVIDIA_NIM_API_KEY',
  ),
  row('SerpApi', '*.serpapi.com'),
  // Users of both name their keys so.
  row('SerpApi or Serper', '*.serpapi.com *.serper.dev', 'SERP_API_KEY'),
  anywhere('Firecrawl', '*.firecrawl.dev'),
  row('NCBI', '*.nih.gov'),
  // code, packages and builds
  row(
    'GitHub',
    '*.github.com *.githubusercontent.com ghcr.io *.ghe.com *.githubcopilot.com models.github.ai',
    'GITHUB_* GH_TOKEN GH_PAT COPILOT_GITHUB_TOKEN',
  ),
  anywhere('GitHub Enterprise', '*.ghe.com', 'GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN'),
  anywhere('GitLab', '*.gitlab.com', 'GITLAB_* CI_JOB_TOKEN'),
  row('Bitbucket', '*.bitbucket.org'),
  anywhere(
    'npm',
    'registry.npmjs.org npm.pkg.github.com',
    'NPM_TOKEN NPM_AUTH_TOKEN NODE_AUTH_TOKEN',
  ),
  anywhere('PyPI', '*.pypi.org', 'PYPI_* TWINE_PASSWORD UV_PUBLISH_TOKEN'),
  row('crates.io', 'crates.io', 'CARGO_REGISTRY_TOKEN'),
  row('RubyGems', 'rubygems.org', 'GEM_HOST_API_KEY RUBYGEMS_API_KEY'),
  anywhere('a container registry', '*.docker.com *.docker.io', 'DOCKER_* DOCKERHUB_*'),
  row('CircleCI', '*.circleci.com', 'CIRCLECI_TOKEN CIRCLE_TOKEN'),
  row('Buildkite', '*.buildkite.com'),
  row('Terraform Cloud', 'app.terraform.io', 'TFE_TOKEN TF_API_TOKEN TF_TOKEN_*'),
  anywhere('Vault', '*.hashicorp.cloud', 'VAULT_TOKEN'),
  anywhere('SonarQube', 'sonarcloud.io', 'SONAR_TOKEN'),
  row('Snyk', '*.snyk.io', 'SNYK_TOKEN'),
  // chat, mail and work
  row('Slack', '*.slack.com'),
  row('Discord', '*.discord.com *.discordapp.com *.discord.gg'),
  row('Telegram', 'api.telegram.org'),
  row('Twilio', '*.twilio.com'),
  row('SendGrid', '*.sendgrid.com'),
  row('Mailgun', '*.mailgun.net'),
  row('Resend', '*.resend.com', 'RESEND_API_KEY'),
  row('Postmark', '*.postmarkapp.com'),
  row('Notion', '*.notion.com *.notion.so'),
  row('Linear', '*.linear.app'),
  anywhere('Atlassian', '*.atlassian.net *.atlassian.com', 'JIRA_* ATLASSIAN_* CONFLUENCE_*'),
  row('Asana', '*.asana.com'),
  row('Trello', '*.trello.com'),
  row('Airtable', '*.airtable.com'),
  row('Figma', '*.figma.com'),
  row('HubSpot', '*.hubapi.com *.hubspot.com'),
  row('Salesforce', '*.salesforce.com *.force.com', 'SALESFORCE_* SF_ACCESS_TOKEN'),
  anywhere('Zendesk', '*.zendesk.com'),
  row('Dropbox', '*.dropboxapi.com *.dropbox.com'),
  row('X', '*.twitter.com *.x.com', 'TWITTER_* X_BEARER_TOKEN X_API_KEY X_API_SECRET'),
  row(
    'Meta',
    '*.facebook.com *.instagram.com *.whatsapp.com',
    'FACEBOOK_* META_ACCESS_TOKEN INSTAGRAM_* WHATSAPP_*',
  ),
  row('LinkedIn', '*.linkedin.com'),
  row('Spotify', '*.spotify.com'),
  // payment and trade
  row('Stripe', '*.stripe.com'),
  row('PayPal', '*.paypal.com'),
  row('Square', '*.squareup.com', 'SQUARE_ACCESS_TOKEN'),
  row('Shopify', '*.myshopify.com *.shopify.com'),
  row('Plaid', '*.plaid.com'),
  row('Binance', '*.binance.com *.binance.us *.binance.vision'),
  row('Coinbase', '*.coinbase.com'),
  row('Kraken', '*.kraken.com'),
  row('Bybit', '*.bybit.com *.bytick.com'),
  row('OKX', '*.okx.com'),
  row('Alpaca', '*.alpaca.markets', 'ALPACA_* APCA_API_KEY_ID APCA_API_SECRET_KEY'),
  row('Polymarket', '*.polymarket.com', 'POLYMARKET_* POLY_API_KEY'),
  // data and watching
  anywhere('Supabase', '*.supabase.co *.supabase.com'),
  row('Neon', '*.neon.tech', 'NEON_API_KEY'),
  row('PlanetScale', '*.planetscale.com *.psdb.cloud'),
  row('MongoDB Atlas', '*.mongodb.com', 'MONGODB_ATLAS_* ATLAS_PRIVATE_KEY'),
  row('Pinecone', '*.pinecone.io'),
  anywhere('Qdrant', '*.qdrant.io'),
  anywhere('Elastic', '*.elastic.co *.elastic-cloud.com', 'ELASTIC_* ELASTICSEARCH_*'),
  row('Snowflake', '*.snowflakecomputing.com'),
  row('Databricks', '*.databricks.com *.azuredatabricks.net'),
  row(
    'Datadog',
    '*.datadoghq.com *.datadoghq.eu *.ddog-gov.com',
    'DD_API_KEY DD_APP_KEY DATADOG_*',
  ),
  row('New Relic', '*.newrelic.com *.nr-data.net', 'NEW_RELIC_*'),
  anywhere('Sentry', '*.sentry.io'),
  anywhere('Grafana', '*.grafana.net'),
  anywhere('PostHog', '*.posthog.com'),
  row('PagerDuty', '*.pagerduty.com'),
  row('Algolia', '*.algolia.net *.algolianet.com *.algolia.com'),
  row('Mapbox', '*.mapbox.com'),
  row('Apify', '*.apify.com'),
  row('hCaptcha', '*.hcaptcha.com'),
  // media and facts
  row('Last.fm', 'ws.audioscrobbler.com *.last.fm', 'LASTFM_*'),
  row('TMDB', '*.themoviedb.org'),
  row('Unsplash', '*.unsplash.com'),
  row('Pexels', '*.pexels.com'),
  row('OpenWeather', '*.openweathermap.org', 'OPENWEATHER_* OPENWEATHERMAP_*'),
];
