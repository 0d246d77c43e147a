import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaintSource } from '../../../scanner/fact/source.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import type { LoweredProgram } from '../../../scanner/ir/ir.ts';
import { lowerPhp } from '../../../scanner/languages/php/lower.ts';

function lower(text: string): LoweredProgram {
  const source: TaintSource = {
    path: 'x.php',
    file: 'x.php',
    language: 'php',
    text,
    context: 'code',
    depth: 0,
  };
  return lowerPhp(source, new Steps());
}

/** A tree as `(kind value …)`, without places and empty parts. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { start: _, end: __, raw: ___, kind, ...rest } = value as Record<string, unknown>;
  const parts = Object.values(rest).filter((one) => one !== undefined);
  const texts = parts.map(printed).filter((text) => text !== '');
  const all = kind === undefined ? texts : [kind, ...texts];
  return kind === 'seq' && texts.length === 1
    ? texts.join('')
    : all.length === 0
      ? ''
      : `(${all.join(' ')})`;
}

const rows: readonly [string, string, string][] = [
  ['a variable', 'f($a);', '(call (global f) ((var a)))'],
  ['names without case', 'File_Get($a);', '(call (global file_get) ((var a)))'],
  ['the field of this', '$this->key;', '(member (self) key)'],
  ['a method without case', '$a->Send(1);', '(call (member (var a) send) ((const 1)))'],
  ['a computed method', '$a->$b();', '(call (member (var a) (var b)))'],
  [
    'interpolation',
    'f("a $b[c]");',
    '(call (global f) ((text (const a ) (item (var b) (const c)))))',
  ],
  [
    'a long chain of texts',
    'f($a . "b" . $c);',
    '(call (global f) ((text (var a) (const b) (var c))))',
  ],
  ['backticks', '`ls $a`;', '(call (global shell_exec) ((text (const ls ) (var a))))'],
  ['a variable by its text', 'f($$a);', '(call (global f) ((hole (var a))))'],
  ['a superglobal', 'f($_GET["a"]);', '(call (global f) ((item (global $_GET) (const a))))'],
  ['the whole environment', 'f($_ENV);', '(call (global f) ((call (global $_env))))'],
  ['a header of a request', 'f($_SERVER["HTTP_A"]);', '(call (global f) ((global $_REQUEST)))'],
  ['a function of a handle', 'fwrite($a, $b);', '(call (member (var a) fwrite) ((var b)))'],
  [
    'a handle with its address',
    'f(curl_init($a));',
    '(call (global f) ((call (member (call (global curl_init)) curl_setopt) ((const CURLOPT_URL)) ((var a)))))',
  ],
  [
    'what a function gives into',
    'function f() { exec("a", $b); }',
    '(set (var  held1) (call (global exec) ((const a)) ((var b)))) (set (var b) (var  held1))',
  ],
  ['a class by its short name', 'use A\\B as C; new C();', '(new (global a\\b))'],
  ['the class above', 'parent::f($a);', '(super f ((var a)))'],
  [
    'a function as a value',
    'f(strlen(...));',
    '(function (( rest list) (call (global strlen) ((var  rest) true)) all true))',
  ],
  ['loading', 'require __DIR__ . "/a.php";', '(load (text (global __DIR__) (const /a.php)))'],
];

describe('lowering of PHP', () => {
  it.each(rows)('%s', (_, code, wanted) => {
    const { body, unread } = lower(`<?php ${code}`);
    expect(unread).toEqual([]);
    expect(printed(body)).toContain(wanted);
  });

  it('declares functions before anything runs, wherever they stand', () => {
    const { body } = lower('<?php f(); if ($a) { function f() {} }');
    expect(printed(body)).toMatch(/\(define .*\(call \(global f\)\)/);
  });

  it('reads a variable that functions share as a global', () => {
    const { body } = lower('<?php $a = 1; function f() { global $a; g($a); }');
    expect(printed(body)).toContain('(set (global $a) (const 1))');
    expect(printed(body)).toContain('(call (global g) ((global $a)))');
  });

  it('keeps comments, and what cannot be parsed as unread', () => {
    const { comments, unread } = lower('<?php // one\n/* two */ $a = ; f();');
    expect(comments.map(({ text }) => text.trim())).toEqual(['// one', '/* two */']);
    expect(unread.map(({ at }) => at)).toContain(28);
  });

  it.each([
    ['brackets', '('.repeat(20_000)],
    ['operators', `$a${' . $a'.repeat(20_000)};`],
    ['blocks', 'if ($a) {'.repeat(5_000)],
    ['else', `if ($a) {}${' elseif ($a) {}'.repeat(5_000)}`],
    ['calls', `$a${'->b()'.repeat(5_000)};`],
  ])('says that it could not read deep %s', (_, code) => {
    expect(lower(`<?php ${code}`).unread).not.toEqual([]);
  });
});

const valid = `<?php
namespace A; use B\\{C, D as E}; const F = 'x';
abstract class G extends C implements E { use H { a as b; } private array $c = [1, 'k' => 2];
  public function __construct(private string $d = "e$f", int ...$g) { parent::__construct($d); } }
function &i(array &$j, ...$k): ?int { static $l = 1; global $m; yield $j => $k; return -$l ?? 3; }
['a' => $n, 'b' => [$o]] = i(...$p); $q = &$n['x']; $r .= \`ls {$s->t[0]}\`; $u[] = $v++ <=> 2;
foreach ($w as $x => [$y, $z]) { switch ($y) { case 1: continue 2; default: break; } }
try { $a = match (true) { 1, 2 => fn($b) => $b, default => throw new C }; } catch (C|E $e) { } finally { }
$f = function () use ($a, &$b) { return compact('a') + func_get_args(); }; do { $i--; } while ($i > 0);
curl_setopt_array($ch, [CURLOPT_URL => "https://a.example", ...$z]); echo <<<X
  é {$a['b']->c} 😀
  X; // end
?> text <?= $a ?>`;

describe('any text', () => {
  const isWithin = (text: string): void => {
    const program = lower(text);
    const stack: unknown[] = [program.body, program.comments];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      if (typeof one !== 'object' || one === null) continue;
      const { start, end } = one as { start?: number; end?: number };
      if (
        start !== undefined &&
        !(0 <= start && start <= Number(end) && Number(end) <= text.length)
      )
        throw new Error(`a place from ${start} to ${end} of ${text.length}`);
      for (const value of Object.values(one)) if (typeof value === 'object') stack.push(value ?? 0);
    }
    for (const { at } of program.unread) expect(at).toBeLessThanOrEqual(text.length);
  };

  it('is lowered without an error to places within it', () => {
    expect(lower(valid).unread).toEqual([]);
    const pieces = fc.constantFrom(...(valid.match(/\w+|\s|[^\w\s]/gu) ?? []));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((parts) => `<?php ${parts.join('')}`),
      fc.nat(valid.length).map((end) => valid.slice(0, end)),
      fc
        .tuple(fc.nat(valid.length), fc.nat(40))
        .map(([from, length]) => valid.slice(0, from) + valid.slice(from + length)),
    );
    fc.assert(fc.property(text, isWithin), { numRuns: 500 });
  });
});
