/** What credentials look like: forms that their issuers document, exact enough to be told from other text. Quantifiers are bounded. */

interface CredentialForm {
  readonly what: string;
  readonly form: RegExp;
}

export const credentialForms: readonly CredentialForm[] = [
  { what: 'a GitHub token', form: /\bgh[pousr]_[A-Za-z0-9]{36}\b/g },
  { what: 'a GitHub token', form: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g },
  { what: 'a GitLab token', form: /\bglpat-[A-Za-z0-9_-]{20}\b/g },
  { what: 'an AWS access key', form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { what: 'a Slack token', form: /\bxox[abprs]-\d{9,13}-\d{9,13}-[A-Za-z0-9-]{20,80}\b/g },
  { what: 'a Slack webhook', form: /\bhooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}\b/g },
  { what: 'a Stripe live key', form: /\b[sr]k_live_[A-Za-z0-9]{24,100}\b/g },
  { what: 'an OpenAI key', form: /\bsk-(?:[a-z]{2,10}-)?[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80}\b/g },
  { what: 'an Anthropic key', form: /\bsk-ant-[a-z]{3,6}\d\d-[A-Za-z0-9_-]{80,110}\b/g },
  { what: 'a Google API key', form: /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g },
  { what: 'an npm token', form: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: 'a PyPI token', form: /\bpypi-AgE[A-Za-z0-9_-]{50,200}/g },
  { what: 'a Hugging Face token', form: /\bhf_[A-Za-z]{34}\b/g },
  { what: 'a SendGrid key', form: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g },
  { what: 'a Telegram bot token', form: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g },
  {
    what: 'a private key',
    form: /-----BEGIN (?:[A-Z]{2,8} )?PRIVATE KEY-----(?:\s|\\n){1,4}(?:[A-Za-z0-9+/=]{40,80}(?:\s|\\n){1,4}){2}/g,
  },
];

/** What documentation writes in the place of a credential. */
export const placeholderWords =
  /example|x{4}|\*{3}|0{6}|your|dummy|fake|sample|placeholder|redacted|changeme|not.?(a.?)?real|1234567|abcdef|a1b2c3|qwerty|deadbeef|\.{3}/i;

/** Of so many different characters at least is what was drawn at random; less is a pattern that somebody typed. */
export const differentCharactersMin = 10;
