/**
 * Descriptions in settings that a model reads before it calls a tool: lists of tools (Model Context
 * Protocol), schemas of function calling, operations of OpenAPI documents.
 */
import type { Setting } from './setting.ts';

/** Finds these descriptions in one file. */
export class ToolSettings {
  readonly #tools: ReadonlySet<string>;

  constructor(settings: readonly Setting[]) {
    this.#tools = new Set(
      settings.flatMap(({ path }) => {
        const at = path.findIndex((key) => schemaKeys.test(String(key)));
        return at < 0 ? [] : [path.slice(0, at).join('\0')];
      }),
    );
  }

  /** Whether a value is a text that a model reads. */
  isText({ path, value }: Setting): boolean {
    if (value.length < charsMin || !textKeys.test(String(path.at(-1)))) return false;
    const owner = path.slice(0, -1);
    if (owner.some((key) => listKeys.test(String(key)))) return true;
    return (
      owner.length < ownersMax &&
      owner.concat('').some((_, end) => this.#tools.has(owner.slice(0, end).join('\0')))
    );
  }
}

const charsMin = 24;
const ownersMax = 40;
const textKeys = /^(description|instructions|summary)$/;
const listKeys = /^(tools|functions|mcpServers|mcp_servers|paths)$/;
const schemaKeys = /^(inputSchema|input_schema)$/;
