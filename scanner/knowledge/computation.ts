/** Functions of texts, lists, numbers and codecs that the engine can compute. */
export type Computation =
  | 'text' // its text
  | 'number'
  | 'lower'
  | 'upper'
  | 'remove-prefix' // text, prefix
  | 'remove-suffix'
  | 'strip'
  | 'strip-start'
  | 'strip-end'
  | 'reverse' // of a text or list
  | 'replace' // all of a part: text, part, other
  | 'replace-pattern' // text, and a list of a pattern and other text
  | 'translate' // letters: text, from, to
  | 'split' // text, by, times
  | 'split-lines' // text, and whether their ends are kept
  | 'shell-words'
  | 'join' // list, by
  | 'slice' // text or list, from, length
  | 'repeat'
  | 'concat'
  | 'sum' // of a list: texts one behind the other, or numbers
  | 'first'
  | 'last'
  | 'length'
  | 'letters' // a text as a list of its letters
  | 'bytes' // a text as a list of numbers
  | 'chr'
  | 'ord'
  | 'keys'
  | 'values'
  | 'any-pair' // of a key and a value of a record
  | 'reversed-pairs' // a record with keys and values exchanged
  | 'flatten'
  | 'format' // printf: format, values…
  | 'base64-decode'
  | 'base64-encode'
  | 'base32-decode'
  | 'base85-decode'
  | 'ascii85-decode'
  | 'escape-decode' // `\\x41`, `\\n`
  | 'utf-7-decode'
  | 'utf-16-decode'
  | 'hex-decode'
  | 'hex-encode'
  | 'url-decode'
  | 'url-encode'
  | 'rot13'
  | 'inflate'
  | 'unpack' // Ruby's and PHP's formats: text, format
  | 'pack' // list, format
  | 'json-parse'
  | 'toml-parse'
  | 'yaml-parse'
  | 'ini-parse'
  | 'list' // of the items of a list, or of the letters of a text
  | 'pairs' // of a number and an item
  | 'zip' // lists of the first items of all, of the second …
  | 'range'
  | 'replace-regex' // text, pattern, other
  | 'match-regex' // the groups of the first match, from the whole on
  | 'entries' // of a record, as pairs
  | 'split-regex' // text, pattern
  | 'rsplit' // text, by, times
  | 'partition'
  | 'rpartition'
  | 'integer' // a number that says nothing of the text
  | 'path-parents' // the folders above a path
  | 'index-of' // list or text, item, from
  | 'cycle' // the items of a list, again and again
  | 'bit-length'
  | 'zip-longest' // lists, other
  | 'path-suffix' // path, other extension
  | 'path-beside' // path, other name
  | 'path-title' // the name of a path without its extension
  | 'path-stem' // a path without its extension, and the extension
  | 'by-table' // letters by a record
  | 'letter-table' // a record of letters and others
  | 'codec-decode' // text, name of a codec
  | 'codec-encode'
  | 'bytes-from' // text or list of numbers, encoding
  | 'bytes-text' // bytes, encoding
  | 'between' // as `part`, in units of UTF-16
  | 'substring' // text, one end, other end
  | 'type-name' // of a value
  | 'is-list'
  | 'starts-with' // text, part
  | 'ends-with'
  | 'includes' // list or text, item or part
  | 'code-at' // text, place
  | 'from-codes' // a list of the numbers of letters as a text
  | 'pad' // text, length, with, whether at the end
  | 'radix' // number, base
  | 'lists' // items of lists, and others, as one list
  | 'from-entries' // a list of pairs as a record
  | 'json-text' // as JSON
  | 'address' // address, below
  | 'address-with' // address, name of a part, its text
  | 'address-part' // address, name of the part
  | 'from-bytes' // a list of numbers as a text
  | 'part' // text or list, from, to, step: the places may be below 0
  | 'to-bytes' // a number as a text: number, length, order
  | 'host' // of an address
  | 'path-join'
  | 'path-resolve'
  | 'plain-path-join' // without `.` and `..`
  | 'plain-path-resolve'
  | 'path-folder'
  | 'path-name'
  | 'path-absolute' // path, below
  | 'windows-folder' // a folder that Windows names
  | 'same';
