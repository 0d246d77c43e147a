/** Where a rule is explained on the web; the same page as `docs/rules/<group>/<name>.md`. */
export function ruleUrl(rule: string): string {
  return `https://skillgate.dev/docs/rules/${rule}`;
}
