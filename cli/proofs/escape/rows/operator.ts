/**
 * An agent that acts as the operator. Both have the same user, so only the sandbox separates them.
 */
import { type Attempt, printsSecret, printsThrough } from '../row.ts';
import { leaves, removes } from './proofs.ts';

// This version's command line, with the folders of the operator.
const cli = (line: string, home = '$AT_operator'): string =>
  `SKILLGATE_HOME="${home}" HOME="$AT_folder/home" NODE_DISABLE_COMPILE_CACHE=1 "$AT_node" "$AT_cli" ${line}`;
const asOperator = {
  wants: 'more than it was granted',
  program: 'sh',
  seconds: 20,
  as: 'root',
} as const;
const config = 'operator/config';

export const operatorRows: readonly Attempt[] = [
  {
    ...asOperator,
    name: 'create an agent identity: agent create',
    proof: leaves(`${config}/agents/mallory.json`),
    code: cli('agent create mallory'),
  },
  {
    ...asOperator,
    name: 'grant itself skills: agent grant',
    proof: leaves(`${config}/agents/eve.json`, /@evil/),
    code: `${cli('agent create eve')}; ${cli('agent grant eve "@evil/*"')}`,
  },
  {
    name: 'pin a registry of the attacker',
    wants: 'skills that the attacker approved',
    proof: leaves(`${config}/registries.json`, /evil/),
    code: `open(operator + '/config/registries.json', 'w').write('{"default":"https://evil.example"}')`,
  },
  {
    name: 'write an answer to a hold',
    wants: 'an approval that no person gave',
    proof: leaves('operator/data/holds/answer.json'),
    code: `os.makedirs(operator + '/data/holds', exist_ok=True); open(operator + '/data/holds/answer.json', 'w').write('{"kind":"allowed"}')`,
  },
  {
    name: 'close an open breaker',
    wants: 'new runs after it was stopped',
    proof: removes('operator/data/breakers/open.json'),
    code: `os.remove(operator + '/data/breakers/open.json')`,
  },
  {
    name: 'list and allow holds: hold show, hold allow',
    wants: 'an approval that no person gave',
    program: 'sh',
    seconds: 20,
    proof: printsThrough,
    code: `${cli('hold show', '$AT_folder/holder')} && echo through; ${cli('hold allow 1', '$AT_folder/holder')}`,
  },
  {
    ...asOperator,
    name: 'bind a secret to the attacker’s host: secret set',
    proof: leaves(`${config}/secrets.json`, /elsewhere/),
    code: `rm -f "$AT_operator/config/secrets.json"; echo own-value | ${cli('secret set STOLEN --host elsewhere.example')}`,
  },
  {
    name: 'change host policy',
    wants: 'a host or a folder of its choice',
    proof: leaves(`${config}/host.json`, /elsewhere/),
    code: `open(operator + '/config/host.json', 'w').write('{"hosts":{"elsewhere.example":"127.0.0.1:1"}}')`,
  },
  {
    ...asOperator,
    name: 'bind a folder of its choice: host workspace add',
    proof: leaves(`${config}/host.json`, /taken/),
    code: `rm -f "$AT_operator/config/host.json"; mkdir -p "$AT_folder/taken"; chown 65534 "$AT_folder/taken"; ${cli('host workspace add stolen "$AT_folder/taken" --writable')}`,
  },
  {
    ...asOperator,
    name: 'name itself as approver: host approver add',
    proof: leaves(`${config}/host.json`, /mallory/),
    code: `rm -f "$AT_operator/config/host.json"; ${cli(`host approver add '{"name":"mallory","user":{"uid":1,"folder":"/tmp/answers"}}'`)}`,
  },
  {
    name: 'replace the file of approvers',
    wants: 'its own answers to holds',
    proof: leaves(`${config}/approvers.json`, /replaced/),
    code: `open(operator + '/new', 'w').write('replaced'); os.rename(operator + '/new', operator + '/config/approvers.json')`,
  },
  {
    name: 'write an agent’s file',
    wants: 'grants of its choice',
    proof: leaves(`${config}/agents/written.json`),
    code: `os.makedirs(operator + '/config/agents', exist_ok=True); open(operator + '/config/agents/written.json', 'w').write('{}')`,
  },
  {
    name: 'read the stored secrets',
    wants: 'the values of the secrets',
    proof: printsSecret,
    code: `print(open(operator + '/config/secrets.json').read())`,
  },
  {
    name: 'add a line to the audit log',
    wants: 'a log with forged lines',
    proof: leaves('operator/data/audit/audit.jsonl', /forged/),
    code: `open(operator + '/data/audit/audit.jsonl', 'a').write('{"forged":1}\\n')`,
  },
  {
    name: 'shorten the audit log',
    wants: 'a log without its acts',
    proof: leaves('operator/data/audit/older.jsonl', /^$/),
    code: `os.truncate(operator + '/data/audit/older.jsonl', 0)`,
  },
  {
    name: 'change a verified file in the cache',
    wants: 'other code at the next start',
    proof: leaves('operator/cache/blob', /changed/),
    code: `open(operator + '/cache/blob', 'a').write('changed')`,
  },
  {
    name: 'put a program on the operator’s PATH',
    wants: 'the operator’s next command',
    proof: leaves('home/.local/bin/skillgate'),
    code: `os.makedirs(folder + '/home/.local/bin'); open(folder + '/home/.local/bin/skillgate', 'w').write('#!/bin/sh')`,
  },
  {
    name: 'change the operator’s shell settings',
    wants: 'the operator’s next shell',
    proof: leaves('home/.bashrc', /alias/),
    code: `open(folder + '/home/.bashrc', 'a').write('alias skill=evil')`,
  },
  {
    name: 'start a program at the next login',
    wants: 'a program that stays',
    proof: leaves('home/.config/autostart/x.desktop'),
    code: `os.makedirs(folder + '/home/.config/autostart'); open(folder + '/home/.config/autostart/x.desktop', 'w').write('[Desktop Entry]')`,
  },
];
