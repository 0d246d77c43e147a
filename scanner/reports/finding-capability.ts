/** The capability of a finding, and whether its code shows the capability. */
import {
  type Capabilities,
  type Capability,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';

/**
 * The capability of `among` that the finding's message names in full (`needs egress GET
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

// The whole name: "exec sh" is not in "exec shutdown".
function isNamed(message: string, printed: string): boolean {
  const at = message.indexOf(printed);
  return at >= 0 && /^($|[,;:.) ])/.test(message.slice(at + printed.length));
}

/**
 * The computed host, path, program or name when the marked text does not show it: it is behind a
 * constant, a concatenation or an escape. Undefined when the text shows it, or when it could not be
 * computed.
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

// The value, and the part of it that the code must show.
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
    case 'package':
      return [capability.name, capability.name];
  }
}
