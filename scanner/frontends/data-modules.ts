/** Libraries of Python and Node by what they do with the values that they are given. */

/** Libraries that compute, and start nothing. */
export const dataModules: ReadonlySet<string> = new Set(
  (
    'assert base64 bisect buffer calendar collections copy crypto csv cmath datetime decimal ' +
    'difflib enum events fractions functools hashlib hmac html http https io itertools json ' +
    'locale math numbers os pathlib path pprint querystring random re secrets statistics string ' +
    'string_decoder struct sys textwrap time typing unicodedata url urllib util uuid zlib zoneinfo'
  ).split(' '),
);

/** Besides, libraries of files, tables and requests: a front end knows their effects. */
export const plainModules: ReadonlySet<string> = new Set([
  ...dataModules,
  ...(
    'argparse bs4 bz2 configparser dns email fs getpass glob gzip httpx logging lxml net numpy ' +
    'openpyxl pandas PIL platform readline requests shutil smtplib socket sqlite3 ssl stat stream ' +
    'tarfile tempfile timers tls toml tomllib uuid xml zipfile'
  ).split(' '),
]);
