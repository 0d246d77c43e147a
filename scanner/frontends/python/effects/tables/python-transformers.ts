/**
 * Python functions that encode data, and functions that call a function argument. Sources: the
 * Python 3.14 library reference, the packages' documentation.
 */
import { api, argument, calls, type PythonApiTable, rows } from './python-api.ts';

const ciphers: PythonApiTable = {
  ...Object.assign(
    {},
    ...[
      'Crypto.Cipher.AES.new()',
      'Cryptodome.Cipher.AES.new()',
      'Crypto.Cipher.ARC4.new()',
      'Crypto.Cipher.ChaCha20.new()',
      'Crypto.Cipher.PKCS1_OAEP.new()',
      'pyaes.AESModeOfOperationCTR()',
      'nacl.secret.SecretBox()',
      'nacl.public.SealedBox()',
      'nacl.public.Box()',
      'cryptography.hazmat.primitives.ciphers.aead.AESGCM()',
      'cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305()',
      'cryptography.fernet.MultiFernet()',
      'cryptography.fernet.Fernet()',
    ].map((owner) => ({
      ...rows(owner, 'encrypt encrypt_and_digest', api([], 'encoded')),
      ...rows(owner, 'decrypt decrypt_and_verify', api([], 'decoded')),
    })),
  ),
  ...rows(
    'cryptography.hazmat.primitives.ciphers.Cipher().encryptor()',
    'update',
    api([], 'encoded'),
  ),
  ...rows(
    'cryptography.hazmat.primitives.ciphers.Cipher().decryptor()',
    'update',
    api([], 'decoded'),
  ),
  ...rows('rsa', 'encrypt', api([], 'encoded')),
  ...rows('brotli', 'compress', api([], 'encoded')),
  ...rows('brotli', 'decompress', api([], 'decoded')),
  ...rows('base58', 'b58encode', api([], 'encoded')),
  ...rows('base58', 'b58decode', api([], 'decoded')),
  ...rows('codecs', 'encode', api([], 'encoded')),
  ...rows('struct', 'pack', api([], 'encoded')),
  ...rows('pickle', 'dumps', api([], 'encoded')),
  ...rows('marshal', 'dumps', api([], 'encoded')),
};

function ofLoop(loop: string): PythonApiTable {
  return {
    ...rows(loop, 'run_in_executor call_later call_at', calls(argument(1), { from: 2 })),
    ...rows(loop, 'call_soon call_soon_threadsafe', calls(argument(0), { from: 1 })),
  };
}

const later: PythonApiTable = {
  ...rows(
    'threading',
    'Thread',
    calls(argument(-1, 'target'), { list: argument(-1, 'args'), dict: argument(-1, 'kwargs') }),
  ),
  ...rows(
    'threading',
    'Timer',
    calls(argument(1, 'function'), { list: argument(2, 'args'), dict: argument(3, 'kwargs') }),
  ),
  ...rows(
    'multiprocessing',
    'Process',
    calls(argument(-1, 'target'), { list: argument(-1, 'args'), dict: argument(-1, 'kwargs') }),
  ),
  ...rows('_thread', 'start_new_thread start_new', calls(argument(0), { list: argument(1) })),
  ...rows('multiprocessing.Pool()', 'apply apply_async', calls(argument(0), { list: argument(1) })),
  ...rows(
    'multiprocessing.Pool()',
    'map imap imap_unordered map_async',
    calls(argument(0), { each: 1 }),
  ),
  ...rows('multiprocessing.Pool()', 'starmap', calls(argument(0), { each: 1, spread: true })),
  ...rows('concurrent.futures.ThreadPoolExecutor()', 'submit', calls(argument(0), { from: 1 })),
  ...rows('concurrent.futures.ProcessPoolExecutor()', 'submit', calls(argument(0), { from: 1 })),
  ...rows('concurrent.futures.ThreadPoolExecutor()', 'map', calls(argument(0), { each: 1 })),
  ...rows('concurrent.futures.ProcessPoolExecutor()', 'map', calls(argument(0), { each: 1 })),
  ...rows('asyncio', 'to_thread', calls(argument(0), { from: 1 })),
  ...ofLoop('asyncio.get_event_loop()'),
  ...ofLoop('asyncio.get_running_loop()'),
  ...ofLoop('asyncio.new_event_loop()'),
  ...rows('atexit', 'register', calls(argument(0), { from: 1 })),
  ...rows('signal', 'signal', calls(argument(1), {})),
  ...rows('weakref', 'finalize', calls(argument(1), { from: 2 })),
  ...rows(
    'sched.scheduler()',
    'enter enterabs',
    calls(argument(2), { list: argument(3, 'argument') }),
  ),
  ...rows('contextvars.copy_context()', 'run', calls(argument(0), { from: 1 })),
  ...rows('', 'map', calls(argument(0), { each: 1 })),
  ...rows('', 'filter', calls(argument(0), { each: 1 })),
  ...rows('functools', 'reduce', calls(argument(0), { each: 1, twice: true })),
  ...rows('itertools', 'starmap', calls(argument(0), { each: 1, spread: true })),
  ...rows('itertools', 'accumulate', calls(argument(1), { each: 0, twice: true })),
  ...rows('concurrent.futures', 'as_completed wait', api([], 'through')),
  ...rows('asyncio', 'as_completed wait', api([], 'through')),
  ...rows('contextlib.AsyncExitStack()', 'callback', calls(argument(0), { from: 1 })),
  ...rows('', 'sorted min max', calls(argument(-1, 'key'), { each: 0 })),
  ...rows('functools', 'cached_property lru_cache cache wraps', api([], 'through')),
  ...rows('contextlib.ExitStack()', 'callback', calls(argument(0), { from: 1 })),
  ...rows(
    'asyncio',
    'run create_task gather wait_for ensure_future shield run_coroutine_threadsafe',
    api([], 'through'),
  ),
  ...rows('asyncio.get_event_loop()', 'run_until_complete create_task', api([], 'through')),
  ...rows('builtins', '__build_class__', api([])),
};

/** Qualified name → its effects. */
export const pythonTransformers: PythonApiTable = { ...ciphers, ...later };
