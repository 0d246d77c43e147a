/**
 * JavaScript and TypeScript as the engine's programs. Each variable of a program has a name of its
 * own in the IR; what others import stands in one object for each file.
 */
import { ts } from 'ts-morph';
import { present } from '../../fact/remembered.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, LoweredProgram, Node } from '../../ir/ir.ts';
import { JavascriptDefinitions } from './definitions.ts';
import { namedIn, type ParsedJavascript, pathNamed } from './modules.ts';
import type { SkillFiles } from './names.ts';
import { isFunction, namesIn } from './scopes.ts';

const SyntaxKind = ts.SyntaxKind;

/** Cases of a `switch` that are tested one after the other. */
const casesMax = 64;
/** Names that are exported by one `*`. */
const starredMax = 256;

/** A package that a program uses, or an option that is a fact by itself. */
export interface Noted {
  readonly kind: 'package' | 'tls-off';
  readonly name: string;
  readonly at: Extent;
}

interface LoweredJavascript extends LoweredProgram {
  readonly noted: readonly Noted[];
}

/** The IR of a program. */
export function lowerJavascript(
  parsed: ParsedJavascript,
  files: SkillFiles,
  steps: Steps,
): LoweredJavascript {
  return new Lowering(parsed, files, steps).program();
}

class Lowering extends JavascriptDefinitions {
  readonly #noted: Noted[] = [];
  /** The label that `break` leaves when it has none itself. */
  #breaks: string | undefined;

  program(): LoweredJavascript {
    const { file } = this.parsed;
    const at: Extent = { start: 0, end: this.source.text.length };
    const exports = this.ownExports(at);
    const body = this.statements(file.statements, at);
    const isNew = { ...at, kind: 'record', entries: [] } as const;
    return {
      source: this.source,
      body: ir.seq(at, [
        ...this.first,
        ir.set(at, exports, isNew),
        ...this.hoisted(at),
        body,
        { ...at, kind: 'jump', how: 'return', value: exports },
      ]),
      unread: [],
      noted: this.#noted,
    };
  }

  protected notePackage(specifier: string, at: Extent): void {
    this.#noted.push({ kind: 'package', name: specifier, at });
  }

  protected noteOption({ name, initializer }: ts.PropertyAssignment, at: Extent): void {
    const isOff =
      initializer.kind === SyntaxKind.FalseKeyword &&
      'text' in name &&
      name.text === 'rejectUnauthorized';
    if (isOff) this.#noted.push({ kind: 'tls-off', name: 'tls', at });
  }

  lower(node: ts.Node): Node {
    this.steps.take();
    const at = this.at(node);
    return this.expression(node, at) ?? this.statement(node, at) ?? this.others(node, at);
  }

  // What has no meaning of its own; types have none at all.
  private others(node: ts.Node, at: Extent): Node {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      return ir.constant(at, null);
    const inner: Node[] = [];
    ts.forEachChild(node, (child) => {
      if (!ts.isTypeNode(child) && !ts.isTypeParameterDeclaration(child))
        inner.push(this.lower(child));
    });
    return ir.hole(at, inner);
  }

  // ---- statements ----

  protected statements(nodes: readonly ts.Statement[], at: Extent): Node {
    const functions = nodes.flatMap((one) =>
      ts.isFunctionDeclaration(one) && one.body !== undefined ? [this.declared(one)] : [],
    );
    const others = nodes.filter((one) => !ts.isFunctionDeclaration(one));
    const body = ir.seq(at, [...functions, ...others.map((one) => this.lower(one))]);
    const used = others.flatMap(usedBy);
    if (used.length === 0) return body;
    // `using file = …` is given back at the end of the block, whatever ends it.
    const last = used.flatMap((name) =>
      ['@@dispose', '@@asyncDispose'].map((method) =>
        ir.callMethod(at, this.variable(name, at), method, []),
      ),
    );
    return { ...at, kind: 'try', body, catches: [], last: ir.seq(at, last) };
  }

  private declared(node: ts.FunctionDeclaration): Node {
    const at = this.at(node);
    const { name } = node;
    if (name === undefined) return this.export('default', this.functionValue(node), at);
    return this.setName(name.text, this.constructed(node, name.text), at);
  }

  private statement(node: ts.Node, at: Extent): Node | undefined {
    if (ts.isBlock(node) || ts.isModuleBlock(node))
      return this.inScope(node, () => this.statements(node.statements, at));
    if (ts.isExpressionStatement(node)) return this.lower(node.expression);
    if (ts.isVariableStatement(node)) return this.lower(node.declarationList);
    if (ts.isVariableDeclarationList(node)) return ir.seq(at, this.all(node.declarations));
    if (ts.isVariableDeclaration(node)) return this.variableOf(node, at);
    if (ts.isIfStatement(node)) {
      const { expression, thenStatement, elseStatement } = node;
      const otherwise = elseStatement && this.lower(elseStatement);
      return ir.branch(at, this.lower(expression), this.lower(thenStatement), otherwise);
    }
    if (ts.isReturnStatement(node) || ts.isThrowStatement(node))
      return {
        ...at,
        kind: 'jump',
        how: ts.isReturnStatement(node) ? 'return' : 'throw',
        value: node.expression && this.lower(node.expression),
      };
    if (ts.isBreakStatement(node))
      return { ...at, kind: 'jump', how: 'break', label: node.label?.text ?? this.#breaks };
    if (ts.isContinueStatement(node)) {
      if (node.label === undefined) return { ...at, kind: 'jump', how: 'next' };
      return { ...at, kind: 'jump', how: 'break', label: roundOf(node.label) };
    }
    if (ts.isTryStatement(node)) return this.tryOf(node, at);
    if (ts.isSwitchStatement(node)) return this.switchOf(node, at);
    if (ts.isLabeledStatement(node))
      return { ...at, kind: 'label', name: node.label.text, body: this.lower(node.statement) };
    if (ts.isWithStatement(node)) return this.withOf(node, at);
    return this.loop(node, at) ?? this.declaration(node, at);
  }

  private withOf({ expression, statement }: ts.WithStatement, at: Extent): Node {
    return this.once(at, this.lower(expression), (held) => {
      const around = this.withs;
      this.withs = [{ of: held.name, scope: this.scope }, ...around];
      const body = this.lower(statement);
      this.withs = around;
      return [body];
    });
  }

  private variableOf(node: ts.VariableDeclaration, at: Extent): Node {
    const { initializer, name, parent } = node;
    if (initializer !== undefined) {
      const isFunction = ts.isIdentifier(name) && ts.isFunctionExpression(initializer);
      const value = isFunction ? this.constructed(initializer, name.text) : this.lower(initializer);
      return this.assign(name, value, at);
    }
    const isVar = (parent.flags & ts.NodeFlags.BlockScoped) === 0;
    return isVar ? ir.constant(at, null) : this.assign(name, ir.constant(at, null), at);
  }

  // ---- loops ----

  private loop(node: ts.Node, at: Extent): Node | undefined {
    if (ts.isWhileStatement(node))
      return {
        ...at,
        kind: 'loop',
        test: this.lower(node.expression),
        body: this.round(node),
        fresh: this.freshIn(node),
      };
    if (ts.isDoStatement(node)) {
      const isFirst = this.held(at);
      const set = (value: boolean): Node => ir.set(at, isFirst, ir.constant(at, value));
      return {
        ...at,
        kind: 'loop',
        before: set(true),
        test: ir.operation(at, 'or', [isFirst, this.lower(node.expression)]),
        body: ir.seq(at, [set(false), this.round(node)]),
        fresh: this.freshIn(node),
      };
    }
    if (ts.isForStatement(node))
      return this.inScope(node, () => ({
        ...at,
        kind: 'loop',
        before: node.initializer && this.lower(node.initializer),
        test: node.condition && this.lower(node.condition),
        step: node.incrementor && this.lower(node.incrementor),
        body: this.round(node),
        fresh: this.freshIn(node),
      }));
    if (!ts.isForOfStatement(node) && !ts.isForInStatement(node)) return undefined;
    return this.inScope(node, () => {
      const item = this.held(at);
      const { initializer, expression } = node;
      const [declared] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
      const target = declared?.name ?? initializer;
      const over = this.lower(expression);
      const isOf = ts.isForOfStatement(node);
      return {
        ...at,
        kind: 'loop',
        each: { over: isOf ? over : ir.callOf(at, 'Object.keys', [over]), to: [item] },
        body: ir.seq(at, [this.assign(target, item, this.at(target)), this.round(node)]),
        fresh: this.freshIn(node),
      };
    });
  }

  // What the blocks of a loop bind, where functions may keep it from one round to another.
  private freshIn(node: ts.IterationStatement): readonly string[] {
    const names: string[] = [];
    let hasFunction = false;
    const open: ts.Node[] = [node];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      this.steps.take();
      if (isFunction(one)) hasFunction = true;
      else {
        names.push(...(this.parsed.scopes.get(one)?.names.values() ?? []));
        ts.forEachChild(one, (child) => {
          open.push(child);
        });
      }
    }
    return hasFunction ? names : [];
  }

  // The body of a loop; `continue` of a label leaves it.
  private round(node: ts.IterationStatement): Node {
    const { parent, statement } = node;
    const body = this.breaking(undefined, () => this.lower(statement));
    const at = this.at(statement);
    const label = ts.isLabeledStatement(parent) ? roundOf(parent.label) : undefined;
    return label === undefined ? body : { ...at, kind: 'label', name: label, body };
  }

  // Goes on with a label that `break` leaves when it has none itself.
  private breaking<T>(label: string | undefined, run: () => T): T {
    const around = this.#breaks;
    this.#breaks = label;
    const made = run();
    this.#breaks = around;
    return made;
  }

  private switchOf({ expression, caseBlock }: ts.SwitchStatement, at: Extent): Node {
    const name = `switch ${at.start}`;
    const body = this.once(at, this.lower(expression), (held) => [
      this.breaking(name, () =>
        this.inScope(caseBlock, () => this.cases(caseBlock.clauses, held, at)),
      ),
    ]);
    return { ...at, kind: 'label', name, body };
  }

  // Which case it is, and whether one above goes on into it.
  private cases(clauses: readonly ts.CaseOrDefaultClause[], value: Node, at: Extent): Node {
    const runs = this.held(at);
    const bodies = clauses.map((one) => this.statements(one.statements, this.at(one)));
    const tests = clauses.map((one) =>
      ts.isCaseClause(one)
        ? ir.operation(this.at(one), '==', [value, this.lower(one.expression)])
        : undefined,
    );
    if (clauses.length > casesMax)
      return {
        ...at,
        kind: 'either',
        tests: tests.filter((one) => one !== undefined),
        of: bodies,
      };
    const yes = ir.constant(at, true);
    const chain = clauses.flatMap((_, index): Node[] => {
      const test = tests[index];
      const body = bodies[index] ?? ir.hole(at);
      if (test === undefined) return [ir.branch(at, runs, body)];
      const hit = ir.operation(at, 'or', [runs, test]);
      return [ir.branch(at, hit, ir.seq(at, [ir.set(at, runs, yes), body]))];
    });
    // The default runs where no other case is met, and goes on into those behind it.
    const usual = clauses.findIndex((one) => !ts.isCaseClause(one));
    const isNone = ir.operation(at, 'not', [runs]);
    const last = usual < 0 ? [] : [ir.branch(at, isNone, ir.seq(at, bodies.slice(usual)))];
    return ir.seq(at, [ir.set(at, runs, ir.constant(at, false)), ...chain, ...last]);
  }

  private tryOf({ tryBlock, catchClause, finallyBlock }: ts.TryStatement, at: Extent): Node {
    const catches =
      catchClause === undefined
        ? []
        : [
            this.inScope(catchClause, () => {
              const thrown = this.held(at);
              const { variableDeclaration: name, block } = catchClause;
              const taken = name === undefined ? [] : [this.assign(name.name, thrown, at)];
              return { to: thrown, body: ir.seq(at, [...taken, this.lower(block)]) };
            }),
          ];
    const last = finallyBlock && this.lower(finallyBlock);
    return { ...at, kind: 'try', body: this.lower(tryBlock), catches, last };
  }

  // ---- declarations ----

  private declaration(node: ts.Node, at: Extent): Node | undefined {
    if (ts.isClassDeclaration(node)) {
      const value = this.classValue(node);
      return node.name === undefined
        ? this.export('default', value, at)
        : this.setName(node.name.text, value, at);
    }
    if (isFunction(node)) return this.functionValue(node);
    if (ts.isImportDeclaration(node)) return this.importOf(node, at);
    if (ts.isExportDeclaration(node)) return this.exportOf(node, at);
    if (ts.isExportAssignment(node)) {
      const value = this.lower(node.expression);
      return node.isExportEquals
        ? ir.set(at, this.ownExports(at), value)
        : this.export('default', value, at);
    }
    if (ts.isImportEqualsDeclaration(node)) {
      const { moduleReference: of } = node;
      if (!ts.isExternalModuleReference(of))
        return this.setName(node.name.text, this.lower(of), at);
      const { expression } = of;
      if (!ts.isStringLiteralLike(expression)) return this.lower(expression);
      this.notePackage(expression.text, at);
      const value = this.imported({ from: expression.text, name: 'default' }, at);
      const loaded = this.load(expression.text, at);
      return ir.seq(at, [...(loaded ? [loaded] : []), this.setName(node.name.text, value, at)]);
    }
    if (ts.isEnumDeclaration(node)) {
      const entries = node.members.flatMap((one, index) => {
        const name = ir.constant(at, 'text' in one.name ? one.name.text : '*');
        const value = one.initializer ? this.lower(one.initializer) : ir.constant(at, index);
        // A number leads to its name, too.
        const isText = one.initializer !== undefined && ts.isStringLiteralLike(one.initializer);
        const back = isText ? [] : [{ key: value, value: name }];
        return [{ key: name, value }, ...back];
      });
      return this.setName(node.name.text, { ...at, kind: 'record', entries }, at);
    }
    return ts.isModuleDeclaration(node) ? this.namespaceOf(node, at) : undefined;
  }

  // `namespace A { export const b = 1 }` is an object with what it exports.
  private namespaceOf({ name, body }: ts.ModuleDeclaration, at: Extent): Node {
    if (body === undefined || !ts.isModuleBlock(body)) return ir.constant(at, null);
    const inner = this.lower(body);
    const entries = this.inScope(body, () =>
      [...this.scope.names.keys()].map((one) => ({
        key: ir.constant(at, one),
        value: this.variable(one, at),
      })),
    );
    return ir.seq(at, [inner, this.setName(name.text, { ...at, kind: 'record', entries }, at)]);
  }

  // Names are looked up where they are used: files may import one another in a circle.
  private importOf({ importClause, moduleSpecifier }: ts.ImportDeclaration, at: Extent): Node {
    const isType = importClause?.phaseModifier === SyntaxKind.TypeKeyword;
    if (isType || !ts.isStringLiteral(moduleSpecifier)) return ir.constant(at, null);
    this.notePackage(moduleSpecifier.text, at);
    const { text } = moduleSpecifier;
    const loaded = this.load(text, at);
    if (loaded !== undefined || importClause !== undefined) return loaded ?? ir.constant(at, null);
    // What is imported for what it does.
    return ir.callOf(at, text, []);
  }

  private exportOf(node: ts.ExportDeclaration, at: Extent): Node {
    const { moduleSpecifier, exportClause, isTypeOnly } = node;
    if (isTypeOnly) return ir.constant(at, null);
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) {
      // A name that is imported is exported as what it is.
      const imported = namedIn(node).filter(({ name, propertyName }) =>
        this.scope.imports.has((propertyName ?? name).text),
      );
      const sets = imported.map(({ name, propertyName }) =>
        this.export(name.text, this.variable((propertyName ?? name).text, at), at),
      );
      return ir.seq(at, sets.length === 0 ? [ir.constant(at, null)] : sets);
    }
    const from = moduleSpecifier.text;
    this.notePackage(from, at);
    const loaded = this.load(from, at);
    const all = this.imported({ from, name: '*' }, at);
    const own = this.ownExports(at);
    const named = namedIn(node).map(({ name, propertyName }) =>
      this.export(name.text, this.imported({ from, name: (propertyName ?? name).text }, at), at),
    );
    const isWhole = exportClause === undefined;
    const whole: Node = { ...at, kind: 'record', entries: [{ spread: own }, { spread: all }] };
    const starred = isWhole
      ? [
          ir.set(at, own, whole),
          ...this.starred(from).map((name) => this.export(name, ir.member(at, all, name), at)),
        ]
      : [];
    const as =
      exportClause !== undefined && ts.isNamespaceExport(exportClause)
        ? [this.export(exportClause.name.text, all, at)]
        : [];
    return ir.seq(at, [...(loaded ? [loaded] : []), ...named, ...as, ...starred, own]);
  }

  // All that a file of the skill exports, and those of which it exports all.
  private starred(specifier: string): readonly string[] {
    const first = this.pathOf(specifier);
    const paths = new Set(present(first));
    const names = new Set<string>();
    // What is added to a set while it is gone over is gone over, too.
    for (const path of paths) {
      this.steps.take();
      const parsed = this.files.programs.get(path);
      for (const as of parsed?.exports.values() ?? []) for (const name of as) names.add(name);
      for (const one of parsed?.file.statements ?? [])
        if (ts.isExportDeclaration(one)) {
          for (const { name } of namedIn(one)) names.add(name.text);
          if (one.moduleSpecifier && !one.exportClause && ts.isStringLiteral(one.moduleSpecifier)) {
            const inner = pathNamed(this.files.programs, path, one.moduleSpecifier.text);
            if (inner !== undefined) paths.add(inner);
          }
        }
    }
    names.delete('default');
    return [...names].slice(0, starredMax);
  }
}

function usedBy(node: ts.Statement): readonly string[] {
  if (!ts.isVariableStatement(node)) return [];
  const { flags, declarations } = node.declarationList;
  const isUsed = (flags & ts.NodeFlags.Using) !== 0;
  return isUsed ? declarations.flatMap(({ name }) => namesIn(name)) : [];
}

// The label of a round of a loop, which `continue` leaves.
function roundOf(label: ts.Identifier): string {
  return `${label.text} round`;
}
