/** Modules under another name: of Python 2 (`_compat_pickle`), and parts of `os` in C. */
export const pythonTwoModules: Readonly<Record<string, string>> = {
  __builtin__: 'builtins',
  __builtins__: 'builtins',
  cPickle: 'pickle',
  commands: 'subprocess',
  copy_reg: 'copyreg',
  httplib: 'http.client',
  nt: 'os',
  posix: 'os',
  thread: '_thread',
  urllib2: 'urllib.request',
  xmlrpclib: 'xmlrpc.client',
};
