/** The people and programs that are told of events. */
import { scopeOf } from '../../skills-index/skill/name.ts';
import type { NoticeChoice, NoticeConfig } from './notice-config.ts';
import type { EventNotice, Recipient } from './notice-types.ts';
import { type PostOutside, webhookRecipient } from './webhook.ts';

/** The recipients of a configuration; a shell adds those by mail. */
export function webhooksOf(config: NoticeConfig, post: PostOutside): Recipient[] {
  return (config.webhooks ?? []).map((hook) => webhookRecipient(hook, config, post));
}

/** Whether a recipient chose to hear of a notice. */
export function isWanted(
  { kinds, scopes }: NoticeChoice,
  notice: Pick<EventNotice, 'kind' | 'name'>,
) {
  return (
    (kinds === undefined || kinds.includes(notice.kind)) &&
    (scopes === undefined || scopes.includes(scopeOf(notice.name)))
  );
}
