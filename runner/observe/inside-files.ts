/** The files that a step finds in its sandbox besides the submission and the decoys. */
import type { SandboxFile } from '../sandbox/sandbox.ts';
import type { Decoys } from './decoys.ts';
import { nodeCall, nodeInstall, nodePreload } from './inside/node-preload.ts';
import { pythonCall } from './inside/python-call.ts';
import { pythonHttp } from './inside/python-http.ts';
import { pythonInstall } from './inside/python-install.ts';
import { pythonPowershell } from './inside/python-powershell.ts';
import { pythonPreload } from './inside/python-preload.ts';
import { pythonRegistry } from './inside/python-registry.ts';
import { pythonSetup } from './inside/python-setup.ts';
import { pythonWindows } from './inside/python-windows.ts';
import { shellPrograms, stepScript } from './inside/shell-programs.ts';

export function insideFiles({ host }: Pick<Decoys, 'host'>): readonly SandboxFile[] {
  const file = (path: string, text: string, mode: '444' | '755' = '444'): SandboxFile => ({
    path,
    mode,
    bytes: Buffer.from(text),
  });
  return [
    file('/opt/observe/step.sh', stepScript),
    file('/opt/observe/python/sitecustomize.py', pythonPreload),
    file('/opt/observe/python/observe_http.py', pythonHttp),
    file('/opt/observe/python/observe_setup.py', pythonSetup),
    file('/opt/observe/python/observe_windows.py', pythonWindows),
    file('/opt/observe/python/observe_registry.py', pythonRegistry),
    file('/opt/observe/powershell.py', pythonPowershell),
    file('/opt/observe/python-install.py', pythonInstall),
    file('/opt/observe/python-call.py', pythonCall),
    file('/opt/observe/node-preload.cjs', nodePreload),
    file('/opt/observe/node-install.cjs', nodeInstall),
    file('/opt/observe/node-call.mjs', nodeCall),
    ...Object.entries(shellPrograms).map(([name, text]) =>
      file(`/opt/observe/bin/${name}`, text, '755'),
    ),
    file('/etc/hostname', `${host}\n`),
    file('/etc/resolv.conf', 'nameserver 127.0.0.1\n'),
    file('/etc/nsswitch.conf', 'hosts: files dns\n'),
  ];
}
