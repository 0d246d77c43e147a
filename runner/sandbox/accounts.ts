/** The files in which programs look up their own user and host. */
import { tcpDestinations } from '../../skills-index/run/egress/proxy-environment.ts';
import type { SandboxFile, SandboxPlan } from './sandbox.ts';

export function accounts({
  egress,
  gid,
  uid,
}: Pick<SandboxPlan, 'egress' | 'uid' | 'gid'>): SandboxFile[] {
  const file = (path: string, text: string): SandboxFile => ({
    path,
    mode: '444',
    bytes: Buffer.from(text),
  });
  return [
    file('/etc/passwd', `skill:x:${uid}:${gid}::/home/skill:/bin/sh\n`),
    file('/etc/group', `skill:x:${gid}:\n`),
    // The sandbox's own host name, which programs ask for their address.
    file(
      '/etc/hosts',
      [
        '127.0.0.1 localhost skill',
        ...tcpDestinations(egress).map(({ address, host }) => `${address} ${host}`),
        '',
      ].join('\n'),
    ),
  ];
}
