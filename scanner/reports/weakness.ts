/** An entry of a public list of weaknesses or techniques that a rule maps to. */
export interface Weakness {
  /** As people write it: those of OWASP carry the year of their list, `LLM01:2025`. */
  readonly label: string;
  readonly url: string;
}

const genai = 'https://genai.owasp.org/resource/owasp-top-10-for';

/**
 * The entry with this identifier. The lists are CWE, OWASP's for LLM applications, agentic
 * applications and agentic skills, ATT&CK 18.1 and ATLAS.
 * @param id `CWE-506`, `LLM01`, `ASI02`, `AST01`, `T1552.001` or `AML.T0051`
 */
export function weaknessOf(id: string): Weakness {
  if (id.startsWith('CWE-'))
    return { label: id, url: `https://cwe.mitre.org/data/definitions/${id.slice(4)}.html` };
  if (id.startsWith('LLM')) return { label: `${id}:2025`, url: `${genai}-llm-applications-2025/` };
  if (id.startsWith('ASI'))
    return { label: `${id}:2026`, url: `${genai}-agentic-applications-for-2026/` };
  if (id.startsWith('AST'))
    return {
      label: `${id}:2026`,
      url: `https://owasp.org/www-project-agentic-skills-top-10/${id.toLowerCase()}`,
    };
  if (id.startsWith('AML.')) return { label: id, url: `https://atlas.mitre.org/techniques/${id}` };
  return { label: id, url: `https://attack.mitre.org/techniques/${id.replace('.', '/')}/` };
}
