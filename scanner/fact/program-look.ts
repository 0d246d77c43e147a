/** Whether an unexpected text, such as a decoded blob, is a program or gives orders. */
import type { Language } from './source.ts';

/**
 * The language of a text that looks like a program; undefined for other text, test data and
 * sentences included.
 */
export function programIn(text: string): Language | undefined {
  const sample = text.slice(0, 4_000).trim();
  for (const [language, form] of looks) if (form.test(sample)) return language;
  return undefined;
}

const looks: readonly (readonly [Language, RegExp])[] = [
  ['shell', /^#![^\n]{0,80}\b(?:ba|z|da|k)?sh\b/],
  ['python', /^#![^\n]{0,80}\bpython/],
  ['javascript', /^#![^\n]{0,80}\b(?:node|deno|bun)\b/],
  ['php', /<\?php\b/],
  ['html', /<script\b/i],
  [
    'powershell',
    /\b(?:IEX|Invoke-Expression|Invoke-WebRequest|Invoke-RestMethod|DownloadString|DownloadFile|FromBase64String|New-Object\s+(?:System\.)?Net\.)\b|\$env:\w+|-EncodedCommand\b/i,
  ],
  [
    'python',
    /^(?:import|from)\s+[\w.]+(?:\s+import\b|\s*,|\s*;|\s*$|\s+as\b)|\b__import__\s*\(|\bexec\s*\(\s*(?:compile|base64|requests|urllib|zlib|marshal)|\bos\.(?:system|popen|environ)\b|\bsubprocess\.(?:run|Popen|call|check_)/m,
  ],
  [
    'javascript',
    /\brequire\s*\(\s*['"`](?:node:)?(?:child_process|fs|https?|net|os|vm|dns|tls)['"`]\s*\)|\bimport\s[^;\n]{0,80}from\s*['"](?:node:)?(?:child_process|fs|https?|net|os)|\bprocess\.(?:env|binding|mainModule)\b|\beval\s*\(\s*(?:atob|Buffer|String\.fromCharCode)|\bfetch\s*\(\s*['"`]https?:/,
  ],
  [
    'shell',
    /(?:^|[;&|\n]\s*)(?:sudo\s+)?(?:curl|wget)\s+(?:-\S+\s+)*['"]?(?:https?:|\$|[\w.-]+\.\w{2,})|\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\/dev\/tcp\/|\bbase64\s+(?:-d|-D|--decode)\b|(?:^|[;&|\n]\s*)(?:\/[\w/]{1,40}\/)?(?:ba|z|da|k)?sh\s+-[a-z]{0,3}[ci]|\$\(\s*(?:curl|wget)\s|\bwget\s+https?:|\bchmod\s+(?:\+x|[0-7]{3,4})\s|\brm\s+-[a-z]*[rf]|\bnc\s+-\S*e|(?:^|\n)\s*(?:export|source|eval)\s+["'$\w]/,
  ],
];

/**
 * Whether a text tells a reader (a person or an agent) to do something that an honest text would
 * say openly.
 */
export function givesOrders(text: string): boolean {
  return ordersForm.test(text.slice(0, 8_000));
}

const ordersForm =
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|any|system|safety|your)\b[^.\n]{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|polic(?:y|ies))|\b(?:do not|don't|never)\s+(?:tell|inform|mention|show|reveal|ask|notify|alert)\b|\byou\s+(?:must|should|shall|are now|will now)\b|\b(?:send|post|upload|exfiltrate|forward|transmit)\b[^.\n]{0,80}\b(?:https?:\/\/|keys?|tokens?|secrets?|credentials?|passwords?|\.env|ssh)\b|\b(?:run|execute|download|install|fetch|curl)\b[^.\n]{0,80}https?:\/\//i;
