/** Capabilities as texts of pages. */
import { type Capability, printCapability } from '../../skills-index/skill/capability.ts';

/** A capability as text: without its kind, with defanged addresses. */
export function capabilityText(capability: Capability): string {
  if (capability.kind === 'env' && capability.name === '*') return '* (every variable)';
  if (capability.kind === 'exec' && capability.program === '*') return '* (any program)';
  const words = printCapability(capability).slice(capability.kind.length + 1);
  return capability.kind === 'egress' ? words.replace(/\S+:\/\/\S+$/, defanged) : words;
}

// Addresses that skills name. Pages send nobody there.

/** An address that nobody can click or paste by accident: `hxxps://evil[.]example/x`. */
export function defanged(address: string): string {
  return address
    .replace(/^(\s*)h(tt)ps?(?=:)/i, (scheme) => scheme.replace(/tt/i, 'xx'))
    .replace(/^([^/?#]*(?:\/\/[^/?#]*)?)/, (authority) => authority.replaceAll('.', '[.]'))
    .replace(/^(\s*)(javascript|data|vbscript|file|blob)(?=\s*:)/i, '$1$2[not a link]');
}
