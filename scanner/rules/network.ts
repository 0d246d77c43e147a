/** Written by `npm run lists`: the rules in the folder network. */
import type { Rule } from '../rule.ts';
import { cleartext, oddPort } from './network/cleartext.ts';
import { dnsChannel } from './network/dns-channel.ts';
import { anonymity, computedHost, dropHost } from './network/drop-host.ts';
import { hiddenHost, reverseShell } from './network/hidden-host.ts';
import { listener } from './network/listener.ts';
import { cloudMetadata, rawAddress, rawSocket, shellSocket } from './network/raw-address.ts';
import { remoteAccess, websocket } from './network/remote-access.ts';
import { serviceClient } from './network/service-client.ts';
import { tlsOff } from './network/tls-off.ts';

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
