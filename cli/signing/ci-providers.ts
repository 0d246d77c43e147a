/** The CI providers whose jobs may publish, and the options that name such a job. */

export const providers: Readonly<
  Record<string, { readonly issuer: string; readonly web: string }>
> = {
  github: { issuer: 'https://token.actions.githubusercontent.com', web: 'https://github.com/' },
  gitlab: { issuer: 'https://gitlab.com', web: 'https://gitlab.com/' },
};

/** The options that name this job, to copy. */
export function publisherOptions({
  issuer,
  repository,
  workflow,
  ref,
  environment,
}: Readonly<Partial<Record<string, string>>>): string | undefined {
  if (issuer === undefined || repository === undefined || workflow === undefined) return undefined;
  const provider =
    Object.entries(providers).find(([, known]) => known.issuer === issuer)?.[0] ?? issuer;
  // An environment is stronger than a ref, because the provider can require a person for it.
  const where = environment === undefined ? `--ref ${ref ?? ''}` : `--environment ${environment}`;
  return `--ci ${provider}:${repository} --workflow ${workflow} ${where}`;
}
