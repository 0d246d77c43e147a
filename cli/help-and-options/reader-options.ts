/** The options of commands that can have a model read the prose of skills. */
export const readerOptions = {
  '--reader URL':
    'model that reads the prose of skills with the verdict pass: an address in the form of OpenAI, such as http://127.0.0.1:11434/v1; the texts of the skills are sent there (default: $SKILLGATE_READER, or none)',
  '--reader-model NAME':
    'name of the model at that address (default: $SKILLGATE_READER_MODEL); $SKILLGATE_READER_KEY is its key',
};
