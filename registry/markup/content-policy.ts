/**
 * Content security policies of pages. Only style, icon and, at the desk, script of our own are
 * loaded. No page is framed, forms post only to the registry, and no script makes markup from
 * strings.
 */

function policyWith(scripts: readonly string[]): string {
  return [
    "default-src 'none'",
    ...scripts,
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Of pages with a script of our own. */
export const scriptedPolicy = policyWith(["script-src 'self'"]);

/** Of pages without any script. */
export const scriptlessPolicy = policyWith([]);

/** Headers of every page, beside its policy. */
export const pageHeaders = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
