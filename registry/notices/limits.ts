/** Limits of notices, the unit in the name. */
/** People and programs that a registry tells of events, by each way. */
export const noticeRecipientsMax = 200;
/** Notices of one slice for one recipient. */
export const noticesAtOnce = 20;
/** Old notices that one slice deletes. */
export const noticesForgottenAtOnce = 500;
/** How old a notice is before it is sent: statements that stop many versions add to one. */
export const noticeSettleMs = 2_000;
export const noticeSendMs = 10_000;
/** The pause after the first failure; each further failure doubles it. */
export const noticePauseMsMin = 5_000;
export const noticePauseMsMax = 3_600_000;
/** How long a recipient may refuse a notice before the registry leaves the notice out. */
export const noticeGiveUpMs = 3 * 24 * 3_600_000;
export const noticeKeptMs = 30 * 24 * 3_600_000;
/** Entries of an Atom feed. */
export const feedNotices = 50;
/** The last notices in which a public feed looks for its entries. */
export const feedLookedThrough = 1_000;
