/** The access key of an object store: from the environment, or from a file of its own. */
import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { S3Bucket, S3Keys } from './s3-objects.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How the key is read. A file counts before the environment, and is read for each request.
 * @param file in the form of `~/.aws/credentials`
 */
export function keyReader(file: string | undefined, env: Environment): S3Bucket['readKeys'] {
  return file === undefined ? async () => keysIn(env) : () => readKeyFile(file);
}

function keysIn(env: Environment): S3Keys {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (id !== undefined && secret !== undefined) return { id, secret, sessionToken: token };
  throw new Problem('object-store-unfit', 'There is no access key for the object store', {
    hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file: objects-keys = "s3-keys"',
  });
}

/** Reads the first section of the file. Only its owner may read the file. */
async function readKeyFile(path: string): Promise<S3Keys> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Problem('file-not-found', `Cannot read the access key ${path}: ${cause.code}`, {
      cause,
    });
  });
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new Problem('key-file-invalid', `Cannot use ${path}: other users may read this file`, {
      hint: `chmod 600 ${path}`,
    });
  const values = new Map(
    [...text.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(\S+)[ \t]*$/gm)]
      .reverse()
      .map(([, name = '', value = '']) => [name, value]),
  );
  const id = values.get('aws_access_key_id');
  const secret = values.get('aws_secret_access_key');
  if (id !== undefined && secret !== undefined)
    return { id, secret, sessionToken: values.get('aws_session_token') };
  throw new Problem('key-file-invalid', `Cannot use ${path}: it has no access key`, {
    hint: 'write two lines: aws_access_key_id = … and aws_secret_access_key = …',
  });
}
