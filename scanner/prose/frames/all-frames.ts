/** All frames, so that one pass over the texts finds them. */
import {
  belongingsToStranger,
  memoryHeld,
  ordersAssembled,
  othersObeyed,
  programsStarted,
  silentReceivers,
} from './act-frames.ts';
import type { ProseFrame } from './frame.ts';
import {
  boundlessRoles,
  claimsOfAuthority,
  decodedOrders,
  droppedMorals,
  foreignOrders,
  openedDoors,
  plantedCode,
  strangersObeyed,
} from './order-frames.ts';
import { secretPassedOn, secretToStranger } from './secret-frames.ts';

export const allFrames: readonly ProseFrame[] = [
  ...secretToStranger,
  ...secretPassedOn,
  ...foreignOrders,
  ...strangersObeyed,
  ...claimsOfAuthority,
  ...boundlessRoles,
  ...droppedMorals,
  ...plantedCode,
  ...openedDoors,
  ...decodedOrders,
  ...othersObeyed,
  ...programsStarted,
  ...belongingsToStranger,
  ...silentReceivers,
  ...memoryHeld,
  ...ordersAssembled,
];
