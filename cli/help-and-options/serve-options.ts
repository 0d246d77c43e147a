/** The options of `skillgate serve`, from the table of its settings. */
import { type SettingRow, settingRows } from '../serve/setting-table.ts';

export const serveOptions: Readonly<Record<string, string>> = {
  '--config FILE': `settings in TOML; an option of the command line wins over the file. Keys: ${settingRows.map(({ key }) => key).join(', ')}`,
  ...Object.fromEntries(
    (settingRows as readonly SettingRow[]).flatMap(({ option, kind, value, summary }) =>
      option === undefined
        ? []
        : [
            [
              `--${option}${value === undefined ? '' : ` ${value}`}${kind === 'texts' ? '...' : ''}`,
              summary,
            ],
          ],
    ),
  ),
};
