/** Which capability a finding is about, and whether its code shows it. */
import {
  type Capabilities,
  type Capability,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';

/**
 * The one of `among` that the finding's message names in full (`needs egress GET
 * https://a.example/, which …`).
 */
export function capabilityOf(
  { message }: Pick<Finding, 'message'>,
  among: Capabilities,
): Capability | undefined {
  const named = listCapabilities(among).filter((capability) =>
    isNamed(message, printCapability(capability)),
  );
  return named.sort((a, b) => printCapability(b).length - printCapability(a).length)[0];
}

// As a whole: "exec sh" is not named by "exec shutdown".
function isNamed(message: string, printed: string): boolean {
  const at = message.indexOf(printed);
  return at >= 0 && /^($|[,;:.) ])/.test(message.slice(at + printed.length));
}

/**
 * What the code comes to, where the marked text does not show it: the host, path, program or name
 * behind a constant, a concatenation or an escape. Undefined where it stands in the text, or could
 * not be computed.
 */
export function evaluatesTo(
  finding: Finding,
  among: Capabilities,
  marked: string,
): string | undefined {
  const capability = capabilityOf(finding, among);
  if (capability === undefined || marked === '') return undefined;
  const [value, shown] = targetOf(capability);
  return value.includes('*') || marked.includes(shown) ? undefined : value;
}

// The value, and the part of it that must stand in the code for the value to be seen.
function targetOf(capability: Capability): readonly [value: string, shown: string] {
  switch (capability.kind) {
    case 'env':
    case 'secret':
      return [capability.name, capability.name];
    case 'egress':
      return [capability.url, parseEgressUrl(capability.url).host];
    case 'mount': {
      const path = capability.path ?? capability.target ?? '';
      return [path, path.slice(path.lastIndexOf('/') + 1)];
    }
    case 'exec':
      return [capability.program, capability.program];
  }
}
