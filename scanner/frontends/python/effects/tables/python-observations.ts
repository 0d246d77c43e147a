/**
 * Python's APIs that tell facts about the machine and its user, or record the user. Sources: the
 * Python library reference, and each package's own documentation.
 */
import type { ObservedThing } from '../../../../lookup-tables/observations.ts';
import { api, argument, type PythonApi, type PythonApiTable, rows } from './python-api.ts';

const observe = (what: ObservedThing): PythonApi => api({ does: 'observe', what }, 'through');
const handles = (what: ObservedThing): PythonApi => api({ does: 'observe', what });

export const pythonObservations: PythonApiTable = {
  ...rows('socket', 'gethostname getfqdn', observe('host name')),
  ...rows('platform', 'node uname', observe('host name')),
  ...rows('os', 'uname', observe('host name')),
  ...rows('platform', 'system release version platform machine processor', observe('system')),
  ...rows('getpass', 'getuser', observe('user name')),
  ...rows('os', 'getlogin', observe('user name')),
  ...rows('pwd', 'getpwuid', observe('user name')),
  ...rows('uuid', 'getnode', observe('hardware address')),
  ...rows('getmac', 'get_mac_address', observe('hardware address')),
  ...rows('machineid', 'id hashed_id', observe('machine id')),
  ...rows('netifaces', 'ifaddresses interfaces', observe('address')),
  ...rows('psutil', 'net_if_addrs', observe('address')),
  ...rows('psutil', 'users', observe('user name')),
  ...rows('psutil', 'process_iter pids net_connections', observe('processes')),
  ...rows('geocoder', 'ip', observe('location')),
  ...rows(
    'pyperclip',
    'paste',
    api([{ does: 'input' }, { does: 'observe', what: 'clipboard' }], 'through'),
  ),
  ...rows('pandas', 'read_clipboard', observe('clipboard')),
  ...rows('win32clipboard', 'GetClipboardData', observe('clipboard')),
  ...rows('PIL.ImageGrab', 'grab', handles('screen')),
  ...rows('PIL.ImageGrab', 'grabclipboard', handles('clipboard')),
  ...rows('pyautogui', 'screenshot', handles('screen')),
  ...rows('pyscreenshot', 'grab', handles('screen')),
  ...rows('mss', 'mss', handles('screen')),
  ...rows('mss.mss()', 'grab shot save', handles('screen')),
  ...rows('d3dshot', 'create', handles('screen')),
  ...rows('sounddevice', 'rec InputStream RawInputStream', handles('microphone')),
  ...rows('speech_recognition', 'Microphone', handles('microphone')),
  ...rows(
    'cv2',
    'VideoCapture',
    api({ does: 'observe', what: 'camera', only: { argument: argument(0), form: /^\d{1,2}$/ } }),
  ),
  ...rows('pynput.keyboard', 'Listener', handles('keys')),
  ...rows('keyboard', 'on_press on_release hook record read_event', handles('keys')),
  ...rows(
    'pygetwindow',
    'getActiveWindow getActiveWindowTitle getAllTitles',
    handles('window titles'),
  ),
  ...rows('win32gui', 'GetWindowText', observe('window titles')),
};
