/** The web address of a rule's page; `npm run docs:rules` makes it. */
export function ruleUrl(rule: string): string {
  return `https://skillgate.dev/docs/rules/${rule}`;
}
