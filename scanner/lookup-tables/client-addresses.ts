/** Names of variables and options with which the client of a known provider gets its address. */
import { type SecretProvider, secretProviders } from './secret-providers.ts';

/** The provider whose client such a name sends elsewhere: `OPENAI_BASE_URL`, `openai-api-base`. */
export function clientOf(name: string): SecretProvider | undefined {
  const upper = name.replace(/^-+/, '').replaceAll('-', '_').toUpperCase();
  const [, stem] = addressName.exec(upper) ?? [];
  return stem === undefined ? undefined : stems.get(stem);
}

const addressName =
  /^([A-Z][A-Z\d_]{1,30}?)(?:_BEDROCK|_VERTEX|_FOUNDRY)?_(?:(?:API_)?BASE(?:_URL|_PATH)?|API_(?:URL|HOST)|(?:API_)?ENDPOINT(?:_URL(?:_\w{1,20})?)?|HOST)$/;

// `OPENAI_*` and `HF_TOKEN` begin with the names that the providers' clients use. Users host the
// servers of some providers themselves, so those clients have any address.
const stems: ReadonlyMap<string, SecretProvider> = new Map(
  secretProviders
    .filter(({ selfHosted }) => selfHosted !== true)
    .flatMap((provider) =>
      provider.names.flatMap((name) => {
        const [, stem] = /^(\w+?)_(?:\*|TOKEN|API_KEY)$/.exec(name) ?? [];
        return stem === undefined ? [] : [[stem, provider] as const];
      }),
    ),
);
