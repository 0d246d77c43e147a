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

const row = (provider: string, names: string, hosts: string): SecretProvider => ({
  provider,
  names: words(names),
  // Whoever has the names below a domain has the domain.
  hosts: words(hosts).flatMap((host) => (host.startsWith('*.') ? [host, host.slice(2)] : [host])),
});
const anywhere = (provider: string, names: string, hosts: string): SecretProvider => ({
  ...row(provider, names, hosts),
  selfHosted: true,
});

export const secretProviders: readonly SecretProvider[] = [
  // clouds and hosting
  row(
    'Amazon Web Services',
    'AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_BEARER_TOKEN_* AWS_*',
    '*.amazonaws.com *.amazonaws.com.cn *.aws.dev *.api.aws',
  ),
  row(
    'Google',
    'GEMINI_* GOOGLE_* GCP_* GCLOUD_* GOOGLE_APPLICATION_CREDENTIALS FIREBASE_* YOUTUBE_API_KEY VERTEX_* RECAPTCHA_*',
    '*.googleapis.com *.google.com *.recaptcha.net *.firebaseio.com *.cloudfunctions.net *.run.app *.pkg.dev',
  ),
  row(
    'Microsoft Azure',
    'AZURE_* AZURE_STORAGE_CONNECTION_STRING MICROSOFT_* MS_GRAPH_* GRAPH_CLIENT_SECRET',
    '*.azure.com *.windows.net *.microsoftonline.com *.microsoft.com *.azurewebsites.net *.azure-api.net *.azure.net *.azurecr.io dev.azure.com *.visualstudio.com',
  ),
  row(
    'Cloudflare',
    'CLOUDFLARE_* CF_API_TOKEN CF_API_KEY TURNSTILE_*',
    '*.cloudflare.com *.r2.cloudflarestorage.com',
  ),
  row(
    'DigitalOcean',
    'DIGITALOCEAN_* DO_API_TOKEN DO_TOKEN',
    '*.digitalocean.com *.digitaloceanspaces.com',
  ),
  row(
    'Vercel',
    'VERCEL_* BLOB_READ_WRITE_TOKEN AI_GATEWAY_API_KEY',
    'vercel.com *.vercel.com *.vercel-storage.com *.vercel.sh',
  ),
  row('Netlify', 'NETLIFY_*', '*.netlify.com'),
  row('Fly.io', 'FLY_API_TOKEN FLY_ACCESS_TOKEN', '*.fly.io *.machines.dev'),
  row('Heroku', 'HEROKU_*', '*.heroku.com'),
  row('Render', 'RENDER_API_KEY', '*.render.com'),
  row('Railway', 'RAILWAY_*', '*.railway.app *.railway.com'),
  row('Hetzner', 'HCLOUD_TOKEN HETZNER_*', '*.hetzner.cloud *.hetzner.com'),
  row('Linode', 'LINODE_*', '*.linode.com'),
  row('Vultr', 'VULTR_*', '*.vultr.com'),
  row('Scaleway', 'SCW_SECRET_KEY SCW_ACCESS_KEY', '*.scaleway.com'),
  row(
    'Alibaba Cloud',
    'ALIBABA_CLOUD_* ALIYUN_* DASHSCOPE_*',
    '*.aliyuncs.com *.alibabacloud.com *.aliyun.com',
  ),
  row(
    'Tencent Cloud',
    'TENCENTCLOUD_* TENCENT_*',
    '*.tencentcloudapi.com *.myqcloud.com *.tencent.com',
  ),
  row('Oracle Cloud', 'OCI_*', '*.oraclecloud.com'),
  // models
  row('OpenAI', 'OPENAI_*', '*.openai.com *.openai.azure.com'),
  row(
    'Anthropic',
    'ANTHROPIC_* CLAUDE_API_KEY CLAUDE_CODE_OAUTH_TOKEN CLAUDE_TOKEN',
    '*.anthropic.com claude.ai *.claude.ai *.claude.com',
  ),
  row('OpenRouter', 'OPENROUTER_*', 'openrouter.ai *.openrouter.ai'),
  row('Mistral', 'MISTRAL_*', '*.mistral.ai'),
  row('Cohere', 'COHERE_* CO_API_KEY', '*.cohere.ai *.cohere.com'),
  row('Groq', 'GROQ_*', '*.groq.com'),
  row('xAI', 'XAI_*', '*.x.ai'),
  row('DeepSeek', 'DEEPSEEK_*', '*.deepseek.com'),
  row('Perplexity', 'PERPLEXITY_* PPLX_API_KEY', '*.perplexity.ai'),
  row('Together', 'TOGETHER_*', '*.together.xyz *.together.ai'),
  row('Fireworks', 'FIREWORKS_*', '*.fireworks.ai'),
  row('Replicate', 'REPLICATE_*', 'replicate.com *.replicate.com'),
  row(
    'Hugging Face',
    'HF_TOKEN HUGGINGFACE_* HUGGING_FACE_* HUGGINGFACEHUB_*',
    'huggingface.co *.huggingface.co *.hf.co *.hf.space',
  ),
  row('ElevenLabs', 'ELEVENLABS_* ELEVEN_API_KEY XI_API_KEY', '*.elevenlabs.io'),
  row('Stability', 'STABILITY_*', '*.stability.ai'),
  row('Voyage', 'VOYAGE_API_KEY', '*.voyageai.com'),
  row('Moonshot', 'MOONSHOT_*', '*.moonshot.cn *.moonshot.ai'),
  row('Zhipu', 'ZHIPU_* ZHIPUAI_* BIGMODEL_* ZAI_*', '*.bigmodel.cn *.z.ai'),
  row('MiniMax', 'MINIMAX_*', '*.minimax.chat *.minimaxi.com *.minimax.io'),
  row('SiliconFlow', 'SILICONFLOW_*', '*.siliconflow.cn *.siliconflow.com'),
  row('Volcengine', 'VOLCENGINE_* VOLC_*', '*.volces.com *.volcengine.com *.volcengineapi.com'),
  row('Cerebras', 'CEREBRAS_*', '*.cerebras.ai'),
  row('fal', 'FAL_*', 'fal.ai *.fal.ai fal.run *.fal.run'),
  row('Jina', 'JINA_*', '*.jina.ai'),
  row('Deepgram', 'DEEPGRAM_*', '*.deepgram.com'),
  row('AssemblyAI', 'ASSEMBLYAI_*', '*.assemblyai.com'),
  row('Runway', 'RUNWAY_* RUNWAYML_*', '*.runwayml.com'),
  row('Weights & Biases', 'WANDB_API_KEY', '*.wandb.ai'),
  anywhere('LangSmith', 'LANGSMITH_* LANGCHAIN_API_KEY', '*.langchain.com'),
  row('Tavily', 'TAVILY_*', '*.tavily.com'),
  row('Exa', 'EXA_API_KEY', '*.exa.ai'),
  row('Brave Search', 'BRAVE_API_KEY BRAVE_SEARCH_API_KEY', '*.search.brave.com'),
  anywhere(
    'NVIDIA',
    'NVIDIA_API_KEY NGC_API_KEY NGC_CLI_API_KEY NVIDIA_NIM_API_KEY',
    '*.nvidia.com nvcr.io *.nvcr.io',
  ),
  row('SerpApi', 'SERPAPI_*', 'serpapi.com *.serpapi.com'),
  // Users of both name their keys so.
  row('SerpApi or Serper', 'SERP_API_KEY', 'serpapi.com *.serpapi.com serper.dev *.serper.dev'),
  anywhere('Firecrawl', 'FIRECRAWL_*', '*.firecrawl.dev'),
  row('NCBI', 'NCBI_*', '*.nih.gov'),
  // code, packages and builds
  row(
    'GitHub',
    'GITHUB_* GH_TOKEN GH_PAT COPILOT_GITHUB_TOKEN',
    'github.com *.github.com *.githubusercontent.com ghcr.io *.ghe.com *.githubcopilot.com models.github.ai',
  ),
  anywhere('GitHub Enterprise', 'GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN', '*.ghe.com'),
  anywhere('GitLab', 'GITLAB_* CI_JOB_TOKEN', 'gitlab.com *.gitlab.com'),
  row('Bitbucket', 'BITBUCKET_*', 'bitbucket.org *.bitbucket.org'),
  anywhere(
    'npm',
    'NPM_TOKEN NPM_AUTH_TOKEN NODE_AUTH_TOKEN',
    'registry.npmjs.org npm.pkg.github.com',
  ),
  anywhere('PyPI', 'PYPI_* TWINE_PASSWORD UV_PUBLISH_TOKEN', 'pypi.org *.pypi.org'),
  row('crates.io', 'CARGO_REGISTRY_TOKEN', 'crates.io'),
  row('RubyGems', 'GEM_HOST_API_KEY RUBYGEMS_API_KEY', 'rubygems.org'),
  anywhere('a container registry', 'DOCKER_* DOCKERHUB_*', '*.docker.com *.docker.io docker.io'),
  row('CircleCI', 'CIRCLECI_TOKEN CIRCLE_TOKEN', 'circleci.com *.circleci.com'),
  row('Buildkite', 'BUILDKITE_*', '*.buildkite.com'),
  row('Terraform Cloud', 'TFE_TOKEN TF_API_TOKEN TF_TOKEN_*', 'app.terraform.io'),
  anywhere('Vault', 'VAULT_TOKEN', '*.hashicorp.cloud'),
  anywhere('SonarQube', 'SONAR_TOKEN', 'sonarcloud.io'),
  row('Snyk', 'SNYK_TOKEN', '*.snyk.io'),
  // chat, mail and work
  row('Slack', 'SLACK_*', 'slack.com *.slack.com'),
  row(
    'Discord',
    'DISCORD_*',
    'discord.com *.discord.com discordapp.com *.discordapp.com discord.gg *.discord.gg',
  ),
  row('Telegram', 'TELEGRAM_*', 'api.telegram.org'),
  row('Twilio', 'TWILIO_*', '*.twilio.com'),
  row('SendGrid', 'SENDGRID_*', '*.sendgrid.com'),
  row('Mailgun', 'MAILGUN_*', '*.mailgun.net'),
  row('Resend', 'RESEND_API_KEY', '*.resend.com'),
  row('Postmark', 'POSTMARK_*', '*.postmarkapp.com'),
  row('Notion', 'NOTION_*', '*.notion.com *.notion.so'),
  row('Linear', 'LINEAR_*', '*.linear.app'),
  anywhere('Atlassian', 'JIRA_* ATLASSIAN_* CONFLUENCE_*', '*.atlassian.net *.atlassian.com'),
  row('Asana', 'ASANA_*', '*.asana.com'),
  row('Trello', 'TRELLO_*', '*.trello.com'),
  row('Airtable', 'AIRTABLE_*', '*.airtable.com'),
  row('Figma', 'FIGMA_*', '*.figma.com'),
  row('HubSpot', 'HUBSPOT_*', '*.hubapi.com *.hubspot.com'),
  row('Salesforce', 'SALESFORCE_* SF_ACCESS_TOKEN', '*.salesforce.com *.force.com'),
  anywhere('Zendesk', 'ZENDESK_*', '*.zendesk.com'),
  row('Dropbox', 'DROPBOX_*', '*.dropboxapi.com *.dropbox.com'),
  row('X', 'TWITTER_* X_BEARER_TOKEN X_API_KEY X_API_SECRET', '*.twitter.com *.x.com'),
  row(
    'Meta',
    'FACEBOOK_* META_ACCESS_TOKEN INSTAGRAM_* WHATSAPP_*',
    '*.facebook.com *.instagram.com *.whatsapp.com',
  ),
  row('LinkedIn', 'LINKEDIN_*', '*.linkedin.com'),
  row('Spotify', 'SPOTIFY_*', '*.spotify.com'),
  // payment and trade
  row('Stripe', 'STRIPE_*', '*.stripe.com'),
  row('PayPal', 'PAYPAL_*', '*.paypal.com'),
  row('Square', 'SQUARE_ACCESS_TOKEN', '*.squareup.com'),
  row('Shopify', 'SHOPIFY_*', '*.myshopify.com *.shopify.com'),
  row('Plaid', 'PLAID_*', '*.plaid.com'),
  row('Binance', 'BINANCE_*', '*.binance.com *.binance.us *.binance.vision'),
  row('Coinbase', 'COINBASE_*', '*.coinbase.com'),
  row('Kraken', 'KRAKEN_*', '*.kraken.com'),
  row('Bybit', 'BYBIT_*', '*.bybit.com *.bytick.com'),
  row('OKX', 'OKX_*', '*.okx.com'),
  row('Alpaca', 'ALPACA_* APCA_API_KEY_ID APCA_API_SECRET_KEY', '*.alpaca.markets'),
  row('Polymarket', 'POLYMARKET_* POLY_API_KEY', '*.polymarket.com'),
  // data and watching
  anywhere('Supabase', 'SUPABASE_*', '*.supabase.co *.supabase.com'),
  row('Neon', 'NEON_API_KEY', '*.neon.tech'),
  row('PlanetScale', 'PLANETSCALE_*', '*.planetscale.com *.psdb.cloud'),
  row('MongoDB Atlas', 'MONGODB_ATLAS_* ATLAS_PRIVATE_KEY', '*.mongodb.com'),
  row('Pinecone', 'PINECONE_*', '*.pinecone.io'),
  anywhere('Qdrant', 'QDRANT_*', '*.qdrant.io'),
  anywhere('Elastic', 'ELASTIC_* ELASTICSEARCH_*', '*.elastic.co *.elastic-cloud.com'),
  row('Snowflake', 'SNOWFLAKE_*', '*.snowflakecomputing.com'),
  row('Databricks', 'DATABRICKS_*', '*.databricks.com *.azuredatabricks.net'),
  row(
    'Datadog',
    'DD_API_KEY DD_APP_KEY DATADOG_*',
    '*.datadoghq.com *.datadoghq.eu *.ddog-gov.com',
  ),
  row('New Relic', 'NEW_RELIC_*', '*.newrelic.com *.nr-data.net'),
  anywhere('Sentry', 'SENTRY_*', 'sentry.io *.sentry.io'),
  anywhere('Grafana', 'GRAFANA_*', '*.grafana.net'),
  anywhere('PostHog', 'POSTHOG_*', '*.posthog.com'),
  row('PagerDuty', 'PAGERDUTY_*', '*.pagerduty.com'),
  row('Algolia', 'ALGOLIA_*', '*.algolia.net *.algolianet.com *.algolia.com'),
  row('Mapbox', 'MAPBOX_*', '*.mapbox.com'),
  row('Apify', 'APIFY_*', '*.apify.com'),
  row('hCaptcha', 'HCAPTCHA_*', 'hcaptcha.com *.hcaptcha.com'),
  // media and facts
  row('Last.fm', 'LASTFM_*', 'ws.audioscrobbler.com last.fm *.last.fm'),
  row('TMDB', 'TMDB_*', '*.themoviedb.org'),
  row('Unsplash', 'UNSPLASH_*', '*.unsplash.com'),
  row('Pexels', 'PEXELS_*', '*.pexels.com'),
  row('OpenWeather', 'OPENWEATHER_* OPENWEATHERMAP_*', '*.openweathermap.org'),
];
