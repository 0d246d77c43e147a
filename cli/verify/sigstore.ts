/**
 * `skillgate sigstore verify-bundle`: the client protocol of sigstore-conformance, and a check of
 * any Sigstore bundle.
 */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, digestOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type ExpectedSigner,
  verifyArtifact,
} from '../../skills-index/trust/signatures/artifact-bundle.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, safe } from '../terminal/output.ts';

/**
 * `skillgate sigstore verify-bundle --bundle F (--certificate-identity I --certificate-oidc-issuer
 * U | --key PEM) FILE_OR_DIGEST`.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [subject = ''] = context.args;
  const expected = await expectedSigner(context);
  const bundle = await read(
    context,
    option(context, 'bundle') ?? missing('--bundle FILE'),
    'the bundle',
  );
  const artifact = await digestOfArtifact(context, subject);
  const claims = verifyArtifact(bundle, artifact, expected, await trustedRoot(context));
  const signer = claims === undefined ? { by: 'key' } : { by: 'certificate', ...claims };
  answer(context, { schema: 'skillgate.sigstore/1', verified: true, artifact, signer }, () =>
    claims === undefined
      ? safe`verified: ${artifact} is signed with the key`
      : safe`verified: ${artifact} is signed by ${claims.subject}, whom ${claims.issuer} vouches for`,
  );
  return exitCodes.ok;
}

async function expectedSigner(context: CommandContext): Promise<ExpectedSigner> {
  const [key, subject, issuer] = ['key', 'certificate-identity', 'certificate-oidc-issuer'].map(
    (name) => option(context, name),
  );
  if (key !== undefined) {
    if (subject !== undefined || issuer !== undefined)
      throw usage('Cannot verify: name either a key or an identity');
    return { key: (await read(context, key, 'the key')).toString('utf8') };
  }
  return {
    subject: subject ?? missing('--certificate-identity IDENTITY (or --key FILE)'),
    issuer: issuer ?? missing('--certificate-oidc-issuer URL'),
  };
}

// The protocol: a text is a digest only if no file has this name.
async function digestOfArtifact(context: CommandContext, subject: string): Promise<Digest> {
  if (isDigest(subject) && !(await exists(resolve(context.cwd, subject)))) return subject;
  return digestOf(await read(context, subject, 'the file'));
}

// This program contains no trusted root of Sigstore's public instance. The user chooses it, once or
// each time.
async function trustedRoot(context: CommandContext): Promise<unknown> {
  const instance = context.options.staging === true ? 'staging' : 'production';
  const defaultPath = join(context.paths.config, 'sigstore', `${instance}.json`);
  const file = option(context, 'trusted-root');
  if (file === undefined && !(await exists(defaultPath)))
    throw new Problem(
      'not-found',
      `Cannot verify: there is no trusted root of the Sigstore ${instance} instance`,
      {
        ...(option(context, 'key') === undefined
          ? {}
          : {
              reasons: [
                {
                  message:
                    '--key needs a trusted root as well: the key shows who signed, and the trusted root names the log that must contain the signature',
                },
              ],
            }),
        hint: `give --trusted-root FILE, or put the trusted_root.json of the instance at ${defaultPath}`,
      },
    );
  return parseJson(
    await read(context, file ?? defaultPath, 'the trusted root'),
    file ?? defaultPath,
  ).value;
}

function option(context: CommandContext, name: string): string | undefined {
  const value = context.options[name];
  return typeof value === 'string' ? value : undefined;
}

async function read(context: CommandContext, path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(resolve(context.cwd, path), { signal: context.signal });
  } catch (cause) {
    context.signal.throwIfAborted();
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new Problem('not-found', `Cannot read ${what} ${path}: ${why}`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function missing(what: string): never {
  throw usage(`${what} is missing`);
}

function usage(message: string): Problem {
  return new Problem('usage', message, { hint: 'skillgate help sigstore verify-bundle' });
}
