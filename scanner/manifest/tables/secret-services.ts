/**
 * The host and the header at which a service takes the secret of a variable, for code that leaves
 * both to a library. Sources: each service's API documentation.
 */
import type { SecretUse } from '../../../skills-index/skill/capability.ts';

export interface SecretService {
  readonly name: string;
  readonly host: string;
  readonly as: SecretUse;
  /** Packages whose clients read the variable by themselves. */
  readonly packages: readonly string[];
}

const service = (
  names: string,
  host: string,
  as: SecretUse = 'bearer',
  packages: readonly string[] = [],
): SecretService[] => names.split(' ').map((name) => ({ name, host, as, packages }));

const services: readonly SecretService[] = [
  ...service('OPENAI_API_KEY', 'api.openai.com', 'bearer', ['openai']),
  ...service('ANTHROPIC_API_KEY', 'api.anthropic.com', 'header:x-api-key', [
    'anthropic',
    '@anthropic-ai/sdk',
  ]),
  ...service('OPENROUTER_API_KEY', 'openrouter.ai'),
  ...service('GEMINI_API_KEY', 'generativelanguage.googleapis.com', 'header:x-goog-api-key'),
  ...service('MISTRAL_API_KEY', 'api.mistral.ai', 'bearer', ['mistralai', '@mistralai/mistralai']),
  ...service('COHERE_API_KEY CO_API_KEY', 'api.cohere.com'),
  ...service('GROQ_API_KEY', 'api.groq.com', 'bearer', ['groq', 'groq-sdk']),
  ...service('DEEPSEEK_API_KEY', 'api.deepseek.com'),
  ...service('XAI_API_KEY', 'api.x.ai'),
  ...service('TOGETHER_API_KEY', 'api.together.xyz', 'bearer', ['together']),
  ...service('PERPLEXITY_API_KEY', 'api.perplexity.ai'),
  ...service('REPLICATE_API_TOKEN', 'api.replicate.com', 'bearer', ['replicate']),
  ...service('ELEVENLABS_API_KEY', 'api.elevenlabs.io', 'header:xi-api-key', ['elevenlabs']),
  ...service('PARALLEL_API_KEY', 'api.parallel.ai', 'header:x-api-key', ['parallel']),
  ...service('TAVILY_API_KEY', 'api.tavily.com'),
  ...service('EXA_API_KEY', 'api.exa.ai', 'header:x-api-key'),
  ...service('HF_TOKEN', 'huggingface.co', 'bearer', ['huggingface_hub']),
  ...service('GITHUB_TOKEN GH_TOKEN', 'api.github.com'),
  ...service('NOTION_TOKEN NOTION_API_KEY', 'api.notion.com'),
  ...service('MP_API_KEY', 'api.materialsproject.org', 'header:X-API-KEY', ['mp_api']),
];

/** The service of a variable. */
export function secretServiceOf(name: string): SecretService | undefined {
  return services.find((one) => one.name === name);
}

/** The services whose clients are among the imported modules. */
export function servicesOf(modules: ReadonlySet<string>): SecretService[] {
  return services.filter(({ packages }) => packages.some((name) => modules.has(name)));
}
