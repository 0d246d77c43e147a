/** What the scenes of the demo share. */
import type { Stage } from './stage.ts';
import type { Crm, Model, StandInServer, Stranger } from './stand-ins.ts';

export const skill = '@acme/weekly-report';
export const honest = `${skill}@1.4.0`;
export const twin = `${skill}@1.5.0`;
/** The CRM token of the demo: what must never be seen inside a sandbox. */
export const token = 'crm-live-4f9b2a7c81d04e6a9b3c';

export interface DemoWorld {
  readonly stage: Stage;
  /** Folder of the examples. */
  readonly examples: string;
  /** Where the registry answers. */
  readonly base: string;
  readonly crm: Crm;
  readonly stranger: Stranger;
  readonly internet: StandInServer;
  readonly model: Model;
  /** PEM file of the authority that the CRM's and the stranger's certificates are of. */
  readonly authority: string;
  /** The folder on the host that the skill's `/reports` is a view of. */
  readonly reports: string;
}
