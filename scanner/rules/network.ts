/** Written by `npm run lists`: the rules in the folder network. */
import type { Rule } from '../rule.ts';
import { anonymity } from './network/anonymity.ts';
import { cleartext } from './network/cleartext.ts';
import { cloudMetadata } from './network/cloud-metadata.ts';
import { computedHost } from './network/computed-host.ts';
import { dnsChannel } from './network/dns-channel.ts';
import { dropHost } from './network/drop-host.ts';
import { hiddenHost } from './network/hidden-host.ts';
import { listener } from './network/listener.ts';
import { oddPort } from './network/odd-port.ts';
import { rawAddress } from './network/raw-address.ts';
import { rawSocket } from './network/raw-socket.ts';
import { remoteAccess } from './network/remote-access.ts';
import { reverseShell } from './network/reverse-shell.ts';
import { serviceClient } from './network/service-client.ts';
import { shellSocket } from './network/shell-socket.ts';
import { tlsOff } from './network/tls-off.ts';
import { websocket } from './network/websocket.ts';

export const networkRules: readonly Rule[] = [
  anonymity,
  cleartext,
  cloudMetadata,
  computedHost,
  dnsChannel,
  dropHost,
  hiddenHost,
  listener,
  oddPort,
  rawAddress,
  rawSocket,
  remoteAccess,
  reverseShell,
  serviceClient,
  shellSocket,
  tlsOff,
  websocket,
];
