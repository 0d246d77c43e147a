/** The web address of a rule's page, the same page as `docs/rules/<group>/<name>.md`. */
export function ruleUrl(rule: string): string {
  return `https://skillgate.dev/docs/rules/${rule}`;
}
