/** All frames, so that one pass over the texts finds them. */
import {
  belongingsToStranger,
  memoryHeld,
  ordersAssembled,
  othersObeyed,
  programsStarted,
  silentReceivers,
} from './act-frames.ts';
import { defencesLowered } from './defence-frames.ts';
import { deletedUnseen, resultsForged } from './forgery-frames.ts';
import type { ProseFrame } from './frame.ts';
import {
  answersForUser,
  doorsLeftOpen,
  pagesContinued,
  partnersPlanted,
  readersMisled,
  secretsInSamples,
  tracesRemoved,
} from './harm-frames.ts';
import { moneyDiverted } from './money-frames.ts';
import {
  boundlessRoles,
  claimsOfAuthority,
  decodedOrders,
  droppedMorals,
  foreignOrders,
  plantedCode,
  secretEntries,
  strangersObeyed,
} from './order-frames.ts';
import { ordersOfOthers } from './others-frames.ts';
import { selfPlanted } from './planting-frames.ts';
import { credentialsPassedOn, fixedReceivers } from './receiver-frames.ts';
import { secretPassedOn, secretToStranger } from './secret-frames.ts';
import {
  shadedDeletions,
  shadedOrders,
  shadedPayments,
  shadedRequests,
  shadedSendings,
} from './shaded-frames.ts';

export const allFrames: readonly ProseFrame[] = [
  ...secretToStranger,
  ...secretPassedOn,
  ...foreignOrders,
  ...strangersObeyed,
  ...claimsOfAuthority,
  ...boundlessRoles,
  ...droppedMorals,
  ...plantedCode,
  ...secretEntries,
  ...decodedOrders,
  ...othersObeyed,
  ...programsStarted,
  ...belongingsToStranger,
  ...silentReceivers,
  ...memoryHeld,
  ...ordersAssembled,
  ...ordersOfOthers,
  ...credentialsPassedOn,
  ...fixedReceivers,
  ...defencesLowered,
  ...selfPlanted,
  ...moneyDiverted,
  ...resultsForged,
  ...deletedUnseen,
  ...doorsLeftOpen,
  ...pagesContinued,
  ...readersMisled,
  ...partnersPlanted,
  ...secretsInSamples,
  ...tracesRemoved,
  ...answersForUser,
  ...shadedSendings,
  ...shadedOrders,
  ...shadedDeletions,
  ...shadedPayments,
  ...shadedRequests,
];
