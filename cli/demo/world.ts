/** Names and running services that the scenes of the demo share. */
import type { Stage } from './stage.ts';
import type { Crm, Model, StandInServer, Stranger } from './stand-ins.ts';

export const skill = '@acme/weekly-report';
export const honest = `${skill}@1.4.0`;
export const twin = `${skill}@1.5.0`;
/** The package that the skill's command `chart` imports. */
export const wheel = 'acme-bar-chart@1.0.0';
/** The CRM token of the demo, which must never appear inside a sandbox. */
export const token = 'crm-live-4f9b2a7c81d04e6a9b3c';

export interface DemoWorld {
  readonly stage: Stage;
  /** Folder of the examples. */
  readonly examples: string;
  /** Base URL of the registry. */
  readonly base: string;
  readonly crm: Crm;
  readonly stranger: Stranger;
  readonly internet: StandInServer;
  readonly model: Model;
  /** PEM file of the authority that issued the certificates of the CRM and of the stranger. */
  readonly authority: string;
  /** Folder on the host; the skill sees a view of it as `/reports`. */
  readonly reports: string;
}
