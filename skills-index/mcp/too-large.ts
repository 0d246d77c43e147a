import { mcpSkillBytesMax, mcpSkillFilesMax } from './limits.ts';

/** Why hosts may refuse a skill that they read over MCP; undefined when they take it. */
export function whyTooLargeForMcp(files: readonly { readonly size: number }[]): string | undefined {
  if (files.length > mcpSkillFilesMax)
    return `it has ${files.length} files, and hosts take at most ${mcpSkillFilesMax}`;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return bytes > mcpSkillBytesMax
    ? `it has ${bytes} bytes, and hosts take at most ${mcpSkillBytesMax}`
    : undefined;
}
