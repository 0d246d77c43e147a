/**
 * The public lists of weaknesses and techniques that rules map to: identifier → name and address.
 * To add one, copy it from the list itself, never from memory or another tool: new editions number
 * their entries anew. Checked on 2026-11-20 against
 *
 * - CWE 4.15: the XML in npm's cwe-sdk 1.1.19; CWE-1427 came with 4.16, and is from the site
 * - OWASP LLM 2025 (other tools print its numbers, not those of 2026) and Agentic Skills 1.0: the
 *   projects' repositories
 * - OWASP Agentic Applications 2026: three pages that quote it
 * - ATT&CK 18.1: mitre/cti at 421deacb. ATT&CK 19 moved T1562, so it is not here
 * - ATLAS 5.6.0: mitre-atlas/atlas-data at 8ee2c689
 */
import { atlasNames, attackNames } from './technique-names.ts';
import { cweNames } from './weakness-names.ts';

export interface WeaknessList {
  readonly key: 'cwe' | 'llm' | 'asi' | 'ast' | 'attack' | 'atlas';
  readonly name: string;
  readonly organisation: string;
  /** The edition that names were checked against. */
  readonly version: string;
  readonly url: string;
  readonly names: Readonly<Record<string, string>>;
}

export interface Weakness {
  /** As rules write it: `CWE-506`, `LLM01`, `ASI02`, `AST01`, `T1552.001`, `AML.T0051`. */
  readonly id: string;
  /** As people write it: the OWASP lists carry their year, `LLM01:2025`. */
  readonly label: string;
  readonly name: string;
  readonly url: string;
  readonly list: WeaknessList;
}

const llmNames = {
  LLM01: 'Prompt Injection',
  LLM02: 'Sensitive Information Disclosure',
  LLM03: 'Supply Chain',
  LLM04: 'Data and Model Poisoning',
  LLM05: 'Improper Output Handling',
  LLM06: 'Excessive Agency',
  LLM07: 'System Prompt Leakage',
  LLM08: 'Vector and Embedding Weaknesses',
  LLM09: 'Misinformation',
  LLM10: 'Unbounded Consumption',
} as const;

/**
 * The same risks in the edition of 2026, with other numbers. Rules keep those of 2025; screens show
 * both.
 */
const llmIn2026: Readonly<Record<string, string>> = {
  LLM01: 'LLM01:2026',
  LLM02: 'LLM02:2026',
  LLM03: 'LLM04:2026',
  LLM04: 'LLM05:2026',
  LLM05: 'LLM10:2026',
  LLM06: 'LLM03:2026',
  LLM07: 'LLM08:2026',
  LLM08: 'LLM09:2026',
  LLM09: 'LLM07:2026',
  LLM10: 'LLM06:2026',
};

const asiNames = {
  ASI01: 'Agent Goal Hijack',
  ASI02: 'Tool Misuse and Exploitation',
  ASI03: 'Identity and Privilege Abuse',
  ASI04: 'Agentic Supply Chain Vulnerabilities',
  ASI05: 'Unexpected Code Execution',
  ASI06: 'Memory & Context Poisoning',
  ASI07: 'Insecure Inter-Agent Communication',
  ASI08: 'Cascading Failures',
  ASI09: 'Human-Agent Trust Exploitation',
  ASI10: 'Rogue Agents',
} as const;

const astNames = {
  AST01: 'Malicious Skills',
  AST02: 'Supply Chain Compromise',
  AST03: 'Over-Privileged Skills',
  AST04: 'Insecure Metadata',
  // Until spring 2026 "Unsafe Deserialization", so deserialisation maps to CWE-502 only.
  AST05: 'Untrusted External Instructions',
  AST06: 'Weak Isolation',
  AST07: 'Update Drift',
  AST08: 'Poor Scanning',
  AST09: 'No Governance',
  AST10: 'Cross-Platform Reuse',
} as const;

const genai = 'https://genai.owasp.org/resource';

export const weaknessLists: readonly WeaknessList[] = [
  {
    key: 'cwe',
    name: 'CWE',
    organisation: 'MITRE',
    version: '4.15',
    url: 'https://cwe.mitre.org/',
    names: cweNames,
  },
  {
    key: 'llm',
    name: 'OWASP Top 10 for LLM Applications',
    organisation: 'OWASP',
    version: '2025',
    url: `${genai}/owasp-top-10-for-llm-applications-2025/`,
    names: llmNames,
  },
  {
    key: 'asi',
    name: 'OWASP Top 10 for Agentic Applications',
    organisation: 'OWASP',
    version: '2026',
    url: `${genai}/owasp-top-10-for-agentic-applications-for-2026/`,
    names: asiNames,
  },
  {
    key: 'ast',
    name: 'OWASP Agentic Skills Top 10',
    organisation: 'OWASP',
    version: '2026',
    url: 'https://owasp.org/www-project-agentic-skills-top-10/',
    names: astNames,
  },
  {
    key: 'attack',
    name: 'MITRE ATT&CK',
    organisation: 'MITRE',
    version: '18.1',
    url: 'https://attack.mitre.org/',
    names: attackNames,
  },
  {
    key: 'atlas',
    name: 'MITRE ATLAS',
    organisation: 'MITRE',
    version: '5.6.0',
    url: 'https://atlas.mitre.org/',
    names: atlasNames,
  },
];

/** The row of an identifier; undefined for one that is in no list. */
export function weaknessOf(id: string): Weakness | undefined {
  const list = weaknessLists.find(({ names }) => Object.hasOwn(names, id));
  const name = list?.names[id];
  if (list === undefined || name === undefined) return undefined;
  const today = list.key === 'llm' ? ` (${llmIn2026[id]})` : '';
  const year = list.organisation === 'OWASP' ? `:${list.version}` : '';
  return { id, label: `${id}${year}`, name: `${name}${today}`, url: urlOf(list, id), list };
}

function urlOf({ key, url }: WeaknessList, id: string): string {
  switch (key) {
    case 'cwe':
      return `${url}data/definitions/${id.slice('CWE-'.length)}.html`;
    case 'ast':
      return `${url}${id.toLowerCase()}`;
    case 'attack':
      return `${url}techniques/${id.replace('.', '/')}/`;
    case 'atlas':
      return `${url}techniques/${id}`;
    case 'llm':
    case 'asi':
      return url;
  }
}
