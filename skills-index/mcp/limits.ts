/** Limits of skills over MCP, the unit in the name. */

/**
 * What a server should offer of one skill at most (SEP-2640). Hosts may refuse a larger skill.
 */
export const mcpSkillFilesMax = 512;
export const mcpSkillBytesMax = 16 * 1024 * 1024;
/**
 * Bytes of a file that is sent as text. JSON writes a control character as six, so a large file of
 * them would keep other requests waiting.
 */
export const mcpTextBytesMax = 512 * 1024;
/** Entries and bytes of one page of a list. */
export const mcpPageEntriesMax = 50;
export const mcpPageBytesMax = 256 * 1024;
