/** The options of `skillgate serve`, from the table of its settings. */
import type { OptionRow } from '../command.ts';
import { type SettingRow, settingRows } from '../serve/setting-table.ts';

export const serveOptions: Readonly<Record<string, OptionRow>> = {
  config: {
    type: 'string',
    value: 'FILE',
    summary: `settings in TOML; an option of the command line wins over the file. Keys: ${settingRows.map(({ key }) => key).join(', ')}`,
  },
  ...Object.fromEntries(
    (settingRows as readonly SettingRow[]).flatMap(({ option, kind, value, summary }) =>
      option === undefined
        ? []
        : [
            [
              option,
              {
                type: kind === 'boolean' ? 'boolean' : 'string',
                ...(kind === 'texts' && { multiple: true }),
                ...(value !== undefined && { value }),
                summary,
              } satisfies OptionRow,
            ],
          ],
    ),
  ),
};
