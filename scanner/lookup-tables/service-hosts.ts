/** Hosts of the services that client libraries talk to. The skill's own code names none of them. */

/**
 * Packages that contact hosts of their own: package → host (`*` when it depends on options). A
 * final `*` is any ending.
 */
export const npmServices: Readonly<Record<string, string>> = {
  openai: 'api.openai.com',
  '@anthropic-ai/sdk': 'api.anthropic.com',
  '@google/generative-ai': 'generativelanguage.googleapis.com',
  '@google/genai': 'generativelanguage.googleapis.com',
  '@octokit/*': 'api.github.com',
  octokit: 'api.github.com',
  '@slack/*': 'slack.com',
  '@notionhq/client': 'api.notion.com',
  stripe: 'api.stripe.com',
  '@linear/sdk': 'api.linear.app',
  '@aws-sdk/*': '*.amazonaws.com',
  'aws-sdk': '*.amazonaws.com',
  '@google-cloud/*': '*.googleapis.com',
  googleapis: '*.googleapis.com',
  pg: '*',
  mysql2: '*',
  mongodb: '*',
  redis: '*',
  ioredis: '*',
  ssh2: '*',
  'discord.js': 'discord.com',
  telegraf: 'api.telegram.org',
  twilio: 'api.twilio.com',
  playwright: '*',
  'playwright-core': '*',
  puppeteer: '*',
  'puppeteer-core': '*',
};

/** The same for packages from PyPI: the qualified name of a class or function → its host. */
export const pythonServices: Readonly<Record<string, string>> = {
  'boto3.client': '*.amazonaws.com',
  'boto3.resource': '*.amazonaws.com',
  'boto3.Session': '*.amazonaws.com',
  'boto3.Session().client': '*.amazonaws.com',
  'boto3.Session().resource': '*.amazonaws.com',
  'openai.OpenAI': 'api.openai.com',
  'openai.AsyncOpenAI': 'api.openai.com',
  'openai.OpenAI().copy': 'api.openai.com',
  'openai.OpenAI().with_options': 'api.openai.com',
  'langchain_openai.ChatOpenAI': 'api.openai.com',
  'langchain_openai.OpenAIEmbeddings': 'api.openai.com',
  'llama_index.llms.openai.OpenAI': 'api.openai.com',
  'anthropic.Anthropic': 'api.anthropic.com',
  'anthropic.AsyncAnthropic': 'api.anthropic.com',
  'anthropic.Anthropic().copy': 'api.anthropic.com',
  'anthropic.Anthropic().with_options': 'api.anthropic.com',
  'langchain_anthropic.ChatAnthropic': 'api.anthropic.com',
  'groq.Groq': 'api.groq.com',
  'groq.AsyncGroq': 'api.groq.com',
  'mistralai.Mistral': 'api.mistral.ai',
  'cohere.Client': 'api.cohere.com',
  'cohere.ClientV2': 'api.cohere.com',
  'google.genai.Client': 'generativelanguage.googleapis.com',
  'google.generativeai.configure': 'generativelanguage.googleapis.com',
  'google.generativeai.GenerativeModel': 'generativelanguage.googleapis.com',
  'huggingface_hub.hf_hub_download': 'huggingface.co',
  'huggingface_hub.snapshot_download': 'huggingface.co',
  'huggingface_hub.HfApi': 'huggingface.co',
  'huggingface_hub.InferenceClient': 'huggingface.co',
  'huggingface_hub.upload_file': 'huggingface.co',
  'slack_sdk.WebClient': 'slack.com',
  'slack_sdk.web.WebClient': 'slack.com',
  'github.Github': 'api.github.com',
  'notion_client.Client': 'api.notion.com',
  'stripe.StripeClient': 'api.stripe.com',
};

/** The keyword with which a client of `pythonServices` gets its base address, unless `base_url`. */
export const pythonBaseOptions: Readonly<Record<string, string>> = {
  'huggingface_hub.HfApi': 'endpoint',
  'llama_index.llms.openai.OpenAI': 'api_base',
  'mistralai.Mistral': 'server_url',
};
