/**
 * The source beside which Python keeps a file of byte code (PEP 3147): `a.py` for
 * `__pycache__/a.cpython-312.pyc`. Undefined for all other paths.
 */
export function sourceOfByteCode(path: string): string | undefined {
  const [, folder, name] = cached.exec(path) ?? [];
  return name === undefined ? undefined : `${folder ?? ''}${name}.py`;
}

const cached = /^((?:.*\/)?)__pycache__\/([^/.]+)\.[a-z]+-?\d+(?:\.opt-[12])?\.pyc$/;
