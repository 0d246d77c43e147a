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

// Names of the weaknesses that rules may name. weaknesses.ts says by what they
// were checked.

/** Common Weakness Enumeration. */
const cweNames = {
  'CWE-15': 'External Control of System or Configuration Setting',
  'CWE-20': 'Improper Input Validation',
  'CWE-22': "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')",
  'CWE-59': "Improper Link Resolution Before File Access ('Link Following')",
  'CWE-73': 'External Control of File Name or Path',
  'CWE-77': "Improper Neutralization of Special Elements used in a Command ('Command Injection')",
  'CWE-78':
    "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')",
  'CWE-88': "Improper Neutralization of Argument Delimiters in a Command ('Argument Injection')",
  'CWE-94': "Improper Control of Generation of Code ('Code Injection')",
  'CWE-95':
    "Improper Neutralization of Directives in Dynamically Evaluated Code ('Eval Injection')",
  'CWE-114': 'Process Control',
  'CWE-150': 'Improper Neutralization of Escape, Meta, or Control Sequences',
  'CWE-176': 'Improper Handling of Unicode Encoding',
  'CWE-184': 'Incomplete List of Disallowed Inputs',
  'CWE-200': 'Exposure of Sensitive Information to an Unauthorized Actor',
  'CWE-201': 'Insertion of Sensitive Information Into Sent Data',
  'CWE-214': 'Invocation of Process Using Visible Sensitive Information',
  'CWE-250': 'Execution with Unnecessary Privileges',
  'CWE-269': 'Improper Privilege Management',
  'CWE-272': 'Least Privilege Violation',
  'CWE-276': 'Incorrect Default Permissions',
  'CWE-284': 'Improper Access Control',
  'CWE-295': 'Improper Certificate Validation',
  'CWE-311': 'Missing Encryption of Sensitive Data',
  'CWE-312': 'Cleartext Storage of Sensitive Information',
  'CWE-319': 'Cleartext Transmission of Sensitive Information',
  'CWE-321': 'Use of Hard-coded Cryptographic Key',
  'CWE-330': 'Use of Insufficiently Random Values',
  'CWE-345': 'Insufficient Verification of Data Authenticity',
  'CWE-347': 'Improper Verification of Cryptographic Signature',
  'CWE-349': 'Acceptance of Extraneous Untrusted Data With Trusted Data',
  'CWE-353': 'Missing Support for Integrity Check',
  'CWE-356': 'Product UI does not Warn User of Unsafe Actions',
  'CWE-359': 'Exposure of Private Personal Information to an Unauthorized Actor',
  'CWE-377': 'Insecure Temporary File',
  'CWE-400': 'Uncontrolled Resource Consumption',
  'CWE-407': 'Inefficient Algorithmic Complexity',
  'CWE-409': 'Improper Handling of Highly Compressed Data (Data Amplification)',
  'CWE-424': 'Improper Protection of Alternate Path',
  'CWE-426': 'Untrusted Search Path',
  'CWE-427': 'Uncontrolled Search Path Element',
  'CWE-434': 'Unrestricted Upload of File with Dangerous Type',
  'CWE-436': 'Interpretation Conflict',
  'CWE-441': "Unintended Proxy or Intermediary ('Confused Deputy')",
  'CWE-451': 'User Interface (UI) Misrepresentation of Critical Information',
  'CWE-470': "Use of Externally-Controlled Input to Select Classes or Code ('Unsafe Reflection')",
  'CWE-471': 'Modification of Assumed-Immutable Data (MAID)',
  'CWE-494': 'Download of Code Without Integrity Check',
  'CWE-497': 'Exposure of Sensitive System Information to an Unauthorized Control Sphere',
  'CWE-502': 'Deserialization of Untrusted Data',
  'CWE-506': 'Embedded Malicious Code',
  'CWE-507': 'Trojan Horse',
  'CWE-509': 'Replicating Malicious Code (Virus or Worm)',
  'CWE-510': 'Trapdoor',
  'CWE-511': 'Logic/Time Bomb',
  'CWE-512': 'Spyware',
  'CWE-514': 'Covert Channel',
  'CWE-522': 'Insufficiently Protected Credentials',
  'CWE-526': 'Cleartext Storage of Sensitive Information in an Environment Variable',
  'CWE-532': 'Insertion of Sensitive Information into Log File',
  'CWE-538': 'Insertion of Sensitive Information into Externally-Accessible File or Directory',
  'CWE-540': 'Inclusion of Sensitive Information in Source Code',
  'CWE-552': 'Files or Directories Accessible to External Parties',
  'CWE-610': 'Externally Controlled Reference to a Resource in Another Sphere',
  'CWE-611': 'Improper Restriction of XML External Entity Reference',
  'CWE-642': 'External Control of Critical State Data',
  'CWE-646': 'Reliance on File Name or Extension of Externally-Supplied File',
  'CWE-656': 'Reliance on Security Through Obscurity',
  'CWE-668': 'Exposure of Resource to Wrong Sphere',
  'CWE-669': 'Incorrect Resource Transfer Between Spheres',
  'CWE-674': 'Uncontrolled Recursion',
  'CWE-693': 'Protection Mechanism Failure',
  'CWE-732': 'Incorrect Permission Assignment for Critical Resource',
  'CWE-749': 'Exposed Dangerous Method or Function',
  'CWE-770': 'Allocation of Resources Without Limits or Throttling',
  'CWE-776': "Improper Restriction of Recursive Entity References in DTDs ('XML Entity Expansion')",
  'CWE-798': 'Use of Hard-coded Credentials',
  'CWE-807': 'Reliance on Untrusted Inputs in a Security Decision',
  'CWE-829': 'Inclusion of Functionality from Untrusted Control Sphere',
  'CWE-830': 'Inclusion of Web Functionality from an Untrusted Source',
  'CWE-835': "Loop with Unreachable Exit Condition ('Infinite Loop')",
  'CWE-912': 'Hidden Functionality',
  'CWE-913': 'Improper Control of Dynamically-Managed Code Resources',
  'CWE-915': 'Improperly Controlled Modification of Dynamically-Determined Object Attributes',
  'CWE-918': 'Server-Side Request Forgery (SSRF)',
  'CWE-923': 'Improper Restriction of Communication Channel to Intended Endpoints',
  'CWE-940': 'Improper Verification of Source of a Communication Channel',
  'CWE-1007': 'Insufficient Visual Distinction of Homoglyphs Presented to User',
  'CWE-1021': 'Improper Restriction of Rendered UI Layers or Frames',
  'CWE-1059': 'Insufficient Technical Documentation',
  'CWE-1068': 'Inconsistency Between Implementation and Documented Design',
  'CWE-1104': 'Use of Unmaintained Third Party Components',
  'CWE-1188': 'Initialization of a Resource with an Insecure Default',
  'CWE-1321':
    "Improperly Controlled Modification of Object Prototype Attributes ('Prototype Pollution')",
  'CWE-1333': 'Inefficient Regular Expression Complexity',
  'CWE-1357': 'Reliance on Insufficiently Trustworthy Component',
  'CWE-1395': 'Dependency on Vulnerable Third-Party Component',
  'CWE-1426': 'Improper Validation of Generative AI Output',
  'CWE-1427': 'Improper Neutralization of Input Used for LLM Prompting',
} as const;

interface WeaknessList {
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
