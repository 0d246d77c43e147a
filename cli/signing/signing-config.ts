/**
 * The services that certify a keyless signature: Sigstore's own `signing_config.v0.2` JSON
 * (sigstore/protobuf-specs, SigningConfig).
 */

import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { CommandContext } from '../command.ts';
import { isLoopbackUrl } from '../loopback-url.ts';

/**
 * Keyless signing: the config file, one answer of a service, an identity token, and the time for a
 * sign-in.
 */
const signingConfigBytesMax = 64 * 1024;

/** One service of each kind: URLs without a trailing slash. */
export interface SigningServices {
  /** Fulcio: certificates for the identity in a token. */
  readonly certificates: string;
  /** Rekor v2: the public log. */
  readonly log: string;
  /** RFC 3161, the whole URL. */
  readonly timestamps: string;
  /** The OIDC issuer, used if no identity token is given. */
  readonly issuer?: string;
}

/**
 * Reads `--signing-config FILE`, else `signing_config.json` of the config folder.
 * @throws Problem `signing-config-invalid`
 */
export async function readSigningConfig(context: CommandContext): Promise<SigningServices> {
  const given = context.options['signing-config'];
  const path =
    typeof given === 'string'
      ? resolve(context.cwd, given)
      : join(context.paths.config, 'signing_config.json');
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${cause.code})`;
    throw invalid(
      path,
      why,
      'name the file of your Sigstore deployment: --signing-config FILE (docs/publishing-from-ci.md says where to get it)',
      cause,
    );
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > signingConfigBytesMax)
      throw invalid(path, 'it is not a signing config');
    return parseSigningConfig(await file.readFile(), path, context.now());
  } finally {
    await file.close();
  }
}

const time = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'is no time'),
);
const service = v.object({
  url: v.string(),
  majorApiVersion: v.number(),
  validFor: v.object({ start: time, end: v.optional(v.nullable(time)) }),
});
const services = v.array(service);
/** Our bundles have one answer of each kind, so a config that requires several is refused. */
const selection = v.optional(
  v.object({
    selector: v.picklist(['ANY', 'EXACT'], 'asks for more than one service of a kind'),
    count: v.optional(v.literal(1, 'asks for more than one service of a kind')),
  }),
);
const configShape = v.object({
  mediaType: v.literal('application/vnd.dev.sigstore.signingconfig.v0.2+json'),
  caUrls: services,
  rekorTlogUrls: services,
  tsaUrls: services,
  oidcUrls: v.optional(services, []),
  rekorTlogConfig: selection,
  tsaConfig: selection,
});

/**
 * The services of a signing config that are valid at a time. @throws Problem
 * `signing-config-invalid`
 */
export function parseSigningConfig(bytes: Uint8Array, path: string, now: Date): SigningServices {
  const result = v.safeParse(configShape, jsonOf(bytes, path));
  if (!result.success)
    throw new Problem(
      'signing-config-invalid',
      `Cannot read the signing config ${JSON.stringify(path)}`,
      {
        reasons: result.issues.map((issue) => ({
          message: `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`,
        })),
      },
    );
  const { caUrls, rekorTlogUrls, tsaUrls, oidcUrls } = result.output;
  const pick = (list: readonly Service[], version: number): string | undefined =>
    newest(list, version, now)?.url;
  const demand = (list: readonly Service[], version: number, what: string): string => {
    const url = pick(list, version);
    if (url === undefined)
      throw invalid(path, `it names no ${what} (API version ${version}) that is valid now`);
    return parseServiceUrl(url, `${what} of ${path}`);
  };
  const issuer = pick(oidcUrls, 1);
  return {
    certificates: demand(caUrls, 1, 'certificate authority'),
    log: demand(rekorTlogUrls, 2, 'Rekor log'),
    timestamps: demand(tsaUrls, 1, 'timestamp authority'),
    ...(issuer === undefined ? {} : { issuer: parseServiceUrl(issuer, `issuer of ${path}`) }),
  };
}

type Service = v.InferOutput<typeof service>;

function newest(list: readonly Service[], version: number, now: Date): Service | undefined {
  const at = now.getTime();
  const usable = list.filter(({ majorApiVersion, validFor: { start, end } }) => {
    return (
      majorApiVersion === version &&
      Date.parse(start) <= at &&
      (typeof end !== 'string' || at <= Date.parse(end))
    );
  });
  return usable.sort((a, b) => Date.parse(b.validFor.start) - Date.parse(a.validFor.start))[0];
}

function jsonOf(bytes: Uint8Array, path: string): unknown {
  try {
    return parseJson(bytes, path).value;
  } catch (cause) {
    throw invalid(path, 'it is not JSON', undefined, cause);
  }
}

function invalid(path: string, why: string, hint?: string, cause?: unknown): Problem {
  return new Problem(
    'signing-config-invalid',
    `Cannot use the signing config ${JSON.stringify(path)}: ${why}`,
    {
      ...(hint === undefined ? {} : { hint }),
      cause,
    },
  );
}

// The address of a service that receives tokens or signatures: over TLS, or on this machine.

/** The URL without a trailing slash. @throws Problem `signing-config-invalid` */
export function parseServiceUrl(text: string, what: string): string {
  const url = URL.parse(text);
  // The message does not repeat a password in the URL.
  const shown =
    url === null || url.username + url.password === ''
      ? text.slice(0, 200)
      : `${url.protocol}//…@${url.host}`;
  const refuse = (why: string) =>
    new Problem('signing-config-invalid', `Cannot use ${JSON.stringify(shown)} as ${what}: ${why}`);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refuse('write https://HOST');
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw refuse('it has a user or a fragment');
  if (url.protocol === 'http:' && !isLoopbackUrl(url))
    throw refuse('plain http is allowed for this machine only');
  return url.href.replace(/\/+$/, '');
}
