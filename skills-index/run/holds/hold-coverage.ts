/**
 * Describes for an approver which further actions a timed allowance would cover.
 */
import type { GatedAction } from './hold.ts';
import { folderOf } from './hold-action.ts';

/**
 * Describes the actions that `--for` then allows without asking. Such actions must also match in
 * agent, skill, version, rule and grants.
 */
export function describeCoverage(action: GatedAction): string {
  switch (action.kind) {
    case 'start':
      return `each start of ${action.command}, with any arguments and for any reason`;
    case 'install':
      return 'the install of this version';
    case 'apply':
      return `this change set alone, ${action.digest}`;
    case 'egress': {
      const { host, method, opens, path, port } = action;
      if (opens === 'tunnel') return `each tunnel to ${host}:${port}, whatever is sent through it`;
      const place = `${host}:${port}${folderOf(path)}`;
      if (opens === 'websocket')
        return `each WebSocket to a path directly in ${place}, whatever is sent through it`;
      return `each ${method} to a path directly in ${place}, with any query, any headers and any body`;
    }
  }
}
