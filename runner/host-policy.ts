/** Host policy, `host.json`: what the operator of this machine allows, kept where no skill and no agent can write. */
import { emptyHostPolicy, type HostPolicy, parseHostPolicy } from '../skills-index/run/host-policy.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { policyBytesMax } from './limits.ts';
import { readPrivateFile } from './private-file.ts';

/**
 * Reads host policy; a file that is not there means the empty policy.
 * @throws Problem `host-policy-invalid` when it is malformed, or others may write to it
 */
export function readHostPolicy(path: string): HostPolicy {
  const bytes = readPrivateFile(path, { bytesMax: policyBytesMax, secret: false, code: 'host-policy-invalid' });
  return bytes === undefined ? { ...emptyHostPolicy, file: path } : parseHostPolicy(bytes, path);
}

/**
 * The texts of its `authorities`.
 * @throws Problem `host-policy-invalid` when one is not there, or others may write to it
 */
export function readAuthorities({ authorities, file }: HostPolicy): readonly string[] {
  return authorities.map((path) => {
    const bytes = readPrivateFile(path, { bytesMax: policyBytesMax, secret: false, code: 'host-policy-invalid' });
    if (bytes === undefined)
      throw new Problem('host-policy-invalid', `${file} names ${path} in authorities, and it is not there`);
    return Buffer.from(bytes).toString('utf8');
  });
}
