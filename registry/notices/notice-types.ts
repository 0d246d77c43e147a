/** Notices and their recipients. */
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { VersionState } from '../versions/status.ts';
import type { NoticeChoice } from './notice-config.ts';
import type { NoticeKind } from './notice-schema.ts';

/** What happened to a version, in words that name no content of a skill. */
export interface EventNotice {
  /** The notice's place in the order of events. */
  readonly seq: number;
  readonly kind: NoticeKind;
  readonly name: SkillName;
  readonly version: Version;
  /** The state that the version moved to; absent for a question or an answer. */
  readonly state?: VersionState;
  /** One line for people. */
  readonly title: string;
  /** The version at the desk. */
  readonly link: string;
  readonly at: Date;
}

export interface Recipient extends NoticeChoice {
  /** How the registry's log names the recipient: without paths and passwords. */
  readonly label: string;
  /** Way and address. The registry remembers by this text how far the recipient was told. */
  readonly address: string;
  /** How many notices go together. */
  readonly atOnce: number;
  /**
   * Sends notices, all or none; the signal says that the registry stops.
   * @throws when the recipient did not take them
   */
  send(
    notices: readonly EventNotice[],
    context: { readonly origin: string; readonly now: Date; readonly signal: AbortSignal },
  ): Promise<void>;
}

/** What a registry needs to tell people. */
export interface Notices {
  readonly recipients: readonly Recipient[];
  /** Tells the operator why somebody is not told. */
  readonly say: (line: string) => void;
}
