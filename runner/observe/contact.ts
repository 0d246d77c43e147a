/** Bytes of a step that would have left the host, and where they would have gone. */
import type { FoundDecoy } from './decoys.ts';

/** Bytes of a step that would have left the host. */
export interface Contact {
  readonly scheme: 'http' | 'https' | 'tcp' | 'udp' | 'dns';
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** The path of the address, without query. */
  readonly path: string;
  readonly decoys: readonly FoundDecoy[];
  /** The answer was a program of ours. */
  readonly gaveProgram: boolean;
}

/** A contact without a request. */
export const noRequest = { method: '', path: '', decoys: [], gaveProgram: false } as const;

/** Where a connection goes. */
export interface ContactPlace {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** Records a contact. */
export type Add = (contact: Contact) => void;
