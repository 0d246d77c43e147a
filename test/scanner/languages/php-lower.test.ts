import { describe, expect, it } from 'vitest';
import { lowerPhp } from '../../../scanner/languages/php/php.ts';
import { checkAnyText, lowering, printed } from './lowering.ts';

const lower = lowering('php', lowerPhp);

const rows: readonly [string, string, string][] = [
  ['a variable', 'f($a);', '(call f a)'],
  ['names without case', 'File_Get($a);', '(call file_get a)'],
  ['the field of this', '$this->key;', '(member (self) key)'],
  ['a method without case', '$a->Send(1);', '(call (member a send) 1)'],
  ['a computed method', '$a->$b();', '(call (member a b))'],
  ['interpolation', 'f("a $b[c]");', '(call f (text "a " (item b "c")))'],
  ['a long chain of texts', 'f($a . "b" . $c);', '(call f (text a "b" c))'],
  ['backticks', '`ls $a`;', '(call shell_exec (text "ls " a))'],
  ['a variable by its text', 'f($$a);', '(call f (hole a))'],
  ['a superglobal', 'f($_GET["a"]);', '(call f (item $_GET "a"))'],
  ['the whole environment', 'f($_ENV);', '(call f (call $_env))'],
  ['a header of a request', 'f($_SERVER["HTTP_A"]);', '(call f $_REQUEST)'],
  ['a function of a handle', 'fwrite($a, $b);', '(call (member a fwrite) b)'],
  [
    'a handle with its address',
    'f(curl_init($a));',
    '(call f (call (member (call curl_init) curl_setopt) "CURLOPT_URL" a))',
  ],
  [
    'what a function gives into',
    'function f() { exec("a", $b); }',
    '(set  held1 (call exec "a" b)) (set b  held1)',
  ],
  ['a class by its short name', 'use A\\B as C; new C();', '(new a\\b)'],
  ['the class above', 'parent::f($a);', '(super f a)'],
  [
    'a function as a value',
    'f(strlen(...));',
    '(function (( rest list) (call strlen ( rest spread)) givesLast))',
  ],
  ['loading', 'require __DIR__ . "/a.php";', '(load (text __DIR__ "/a.php"))'],
];

describe('lowering of PHP', () => {
  it.each(rows)('%s', (_, code, wanted) => {
    const { body, unread } = lower(`<?php ${code}`);
    expect(unread).toEqual([]);
    expect(printed(body)).toContain(wanted);
  });

  it('declares functions before anything runs, wherever they stand', () => {
    const { body } = lower('<?php f(); if ($a) { function f() {} }');
    expect(printed(body)).toMatch(/\(define .*\(call f\)/);
  });

  it('reads a variable that functions share as a global', () => {
    const { body } = lower('<?php $a = 1; function f() { global $a; g($a); }');
    expect(printed(body)).toContain('(set $a 1)');
    expect(printed(body)).toContain('(call g $a)');
  });

  it('has what cannot be parsed as unread', () => {
    const { unread } = lower('<?php // one\n/* two */ $a = ; f();');
    expect(unread.map(({ at }) => at)).toContain(28);
  });

  it.each([
    ['deep brackets', '('.repeat(20_000)],
    ['deep operators', `$a${' . $a'.repeat(20_000)};`],
    ['deep blocks', 'if ($a) {'.repeat(5_000)],
    ['deep else', `if ($a) {}${' elseif ($a) {}'.repeat(5_000)}`],
    ['deep calls', `$a${'->b()'.repeat(5_000)};`],
    ['members over which the parser goes in circles', 'class E{e H{}function e f"f\n'],
  ])('says that it could not read %s', (_, code) => {
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
  it('is lowered without an error to places within it', () => {
    expect(lower(valid).unread).toEqual([]);
    checkAnyText(lower, valid, '<?php ');
  });
});
