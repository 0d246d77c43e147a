/**
 * Forms of credentials as their issuers document them, specific enough to distinguish them from
 * other text. Quantifiers are bounded.
 */

interface CredentialForm {
  readonly what: string;
  /** Part of every match: without it the form is not searched. */
  readonly sign: string;
  readonly form: RegExp;
}

export const credentialForms: readonly CredentialForm[] = [
  { what: 'a GitHub token', sign: '_', form: /\bgh[pousr]_[A-Za-z0-9]{36}\b/g },
  {
    what: 'a GitHub token',
    sign: 'github_pat_',
    form: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g,
  },
  { what: 'a GitLab token', sign: 'glpat-', form: /\bglpat-[A-Za-z0-9_-]{20}\b/g },
  { what: 'an AWS access key', sign: 'IA', form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    what: 'a Slack token',
    sign: 'xox',
    form: /\bxox[abprs]-\d{9,13}-\d{9,13}-[A-Za-z0-9-]{20,80}\b/g,
  },
  {
    what: 'a Slack webhook',
    sign: 'hooks.slack.com/services/T',
    form: /\bhooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}\b/g,
  },
  { what: 'a Stripe live key', sign: 'k_live_', form: /\b[sr]k_live_[A-Za-z0-9]{24,100}\b/g },
  {
    what: 'an OpenAI key',
    sign: 'T3BlbkFJ',
    form: /\bsk-(?:[a-z]{2,10}-)?[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80}\b/g,
  },
  {
    what: 'an Anthropic key',
    sign: 'sk-ant-',
    form: /\bsk-ant-[a-z]{3,6}\d\d-[A-Za-z0-9_-]{80,110}\b/g,
  },
  { what: 'a Google API key', sign: 'AIza', form: /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g },
  { what: 'an npm token', sign: 'npm_', form: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: 'a PyPI token', sign: 'pypi-AgE', form: /\bpypi-AgE[A-Za-z0-9_-]{50,200}/g },
  { what: 'a Hugging Face token', sign: 'hf_', form: /\bhf_[A-Za-z]{34}\b/g },
  {
    what: 'a SendGrid key',
    sign: 'SG.',
    form: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g,
  },
  {
    what: 'a Telegram bot token',
    sign: ':AA',
    form: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g,
  },
  {
    what: 'a private key',
    sign: 'PRIVATE KEY-----',
    form: /-----BEGIN (?:[A-Z]{2,8} )?PRIVATE KEY-----(?:\s|\\n){1,4}(?:[A-Za-z0-9+/=]{40,80}(?:\s|\\n){1,4}){2}/g,
  },
];

/** Words that documentation uses instead of a credential. */
export const placeholderWords =
  /example|x{4}|\*{3}|0{6}|your|dummy|fake|sample|placeholder|redacted|changeme|not.?(a.?)?real|1234567|abcdef|a1b2c3|qwerty|deadbeef|\.{3}/i;

/**
 * A random credential has at least this number of different characters. Fewer are a pattern that
 * somebody typed.
 */
export const differentCharactersMin = 10;
