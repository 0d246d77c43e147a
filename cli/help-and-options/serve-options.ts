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

/** The options of commands that can have a model read the prose of skills. */
export const readerOptions = {
  '--reader URL':
    'model that reads the prose of skills with the verdict pass: an address in the form of OpenAI, such as http://127.0.0.1:11434/v1; the texts of the skills are sent there (default: $SKILLGATE_READER, or none)',
  '--reader-model NAME':
    'name of the model at that address (default: $SKILLGATE_READER_MODEL); $SKILLGATE_READER_KEY is its key',
};

/** The option of commands that ask a person for a confirmation. */
export const confirmOption = { '--yes': 'confirm without a question; required without a terminal' };
