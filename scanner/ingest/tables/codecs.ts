/**
 * Encodings that a Python file may declare (PEP 263; Python's "Standard Encodings") and that
 * decoders here support, by Python's names.
 */

/**
 * Codecs that turn text into other text (utf-7, unicode_escape, rot13, hex, zlib …) are left out on
 * purpose: they hide code.
 */
export const pythonCodecs: Readonly<Record<string, string>> = {
  ...all(
    'windows-1252',
    'latin-1 latin1 l1 iso-8859-1 iso8859-1 8859 cp819 cp1252 windows-1252 ascii us-ascii 646 iso-latin-1-unix',
  ),
  ...all('iso-8859-2', 'iso-8859-2 iso8859-2 latin-2 latin2 l2'),
  ...all('iso-8859-5', 'iso-8859-5 iso8859-5 cyrillic'),
  ...all('iso-8859-7', 'iso-8859-7 iso8859-7 greek'),
  ...all('iso-8859-15', 'iso-8859-15 iso8859-15 latin-9 latin9 l9'),
  ...all('windows-1250', 'cp1250 windows-1250'),
  ...all('windows-1251', 'cp1251 windows-1251'),
  ...all('windows-1253', 'cp1253 windows-1253'),
  ...all('windows-1254', 'cp1254 windows-1254 iso-8859-9 iso8859-9 latin5 latin-5'),
  ...all('windows-1255', 'cp1255 windows-1255'),
  ...all('windows-1256', 'cp1256 windows-1256'),
  ...all('windows-1257', 'cp1257 windows-1257'),
  ...all('windows-1258', 'cp1258 windows-1258'),
  ...all('koi8-r', 'koi8-r'),
  ...all('koi8-u', 'koi8-u'),
  ...all('gbk', 'gbk gb2312 cp936 936 euc-cn'),
  ...all('gb18030', 'gb18030'),
  ...all('big5', 'big5 cp950'),
  ...all('shift_jis', 'shift-jis sjis cp932 shiftjis'),
  ...all('euc-jp', 'euc-jp eucjp ujis'),
  ...all('euc-kr', 'euc-kr euckr cp949'),
};

function all(label: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, label]));
}
