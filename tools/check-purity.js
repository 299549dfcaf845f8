// The kernel and the exchange know no clock, no chance, no outside world and no waiting; and in all of src a module that is
// loaded does nothing and keeps nothing that can change.

import ts from 'typescript'
import { Faults, isFromLibrary, openProject, partsOf, walk } from './program.js'

/** Of the exchange all but its doors: a venue's protocol on loopback, and the log of what it saw. */
const PURE_ROOMS = /^src\/core\/(kernel\/|exchange\/(?!bingx\/|truth-log\.ts))/
const SOURCE = /^src\//

/** The only globals a pure room may name. All others are refused, whatever a later Node brings. */
const PURE_GLOBALS = new Set([
  'undefined',
  'Infinity',
  'NaN',
  'Array',
  'BigInt',
  'Boolean',
  'DataView',
  'Error',
  'Int32Array',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'RangeError',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TextEncoder',
  'TypeError',
  'Uint8Array',
  'Uint32Array',
])

/** What of Math gives the same bits on every machine; `sin`, `exp` and their kin are left to the platform. */
const PURE_MATH = new Set(['abs', 'ceil', 'clz32', 'floor', 'imul', 'max', 'min', 'round', 'sign', 'trunc', 'MAX_SAFE_INTEGER'])

/** Types that only something impure can have. */
const IMPURE_TYPES = /^(Date|Promise|PromiseLike|Async\w+|NodeJS|AbortSignal|EventEmitter)$/
/** Methods whose answer depends on where they run, or that wait. */
const IMPURE_METHODS = /^(toLocale\w+|localeCompare|fromAsync)$/
/** What may not be called while a module is loaded: the clock, chance, the process, the network, timers. */
const IMPURE_AT_LOAD =
  /^(performance|process|globalThis|global|fetch|console|crypto|setTimeout|setInterval|setImmediate|queueMicrotask|WebSocket|EventSource|Worker|BroadcastChannel)$/
/** Instances of these can be changed by whoever holds them. */
const MUTABLE_CLASSES = /^(Map|Set|WeakMap|WeakSet|Date|ArrayBuffer|SharedArrayBuffer|DataView|Buffer|\w*Array)$/
const READONLY_CLASSES = /^Readonly(Array|Map|Set)$/

const { checker, files } = openProject()
const faults = new Faults()

for (const file of files) {
  if (!SOURCE.test(file.path)) continue
  for (const statement of file.source.statements) checkStatement(file, statement)
  walk(file.source, (node) => checkStatics(file, node))
  if (PURE_ROOMS.test(file.path)) walk(file.source, (node) => checkPurity(file, node))
}
faults.finish()

/** One statement of a module: a declaration, and none that acts or can change. */
function checkStatement(file, statement) {
  if (ts.isVariableStatement(statement)) return checkVariables(file, statement)
  if (ts.isClassDeclaration(statement)) return checkLoaded(file, statement)
  const isDeclaration =
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement)
  if (!isDeclaration) faults.report(file, statement, 'a statement runs when the module is loaded; imports do nothing')
  if (ts.isImportDeclaration(statement) && statement.importClause === undefined) {
    faults.report(file, statement, 'an import for its side effects; imports do nothing')
  }
  if (ts.isExportAssignment(statement)) checkLoaded(file, statement)
}

function checkVariables(file, statement) {
  if (statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword)) return
  if ((statement.declarationList.flags & ts.NodeFlags.BlockScoped) !== ts.NodeFlags.Const) {
    faults.report(file, statement, 'a variable of a module can change; only `const` may stand there')
  }
  for (const declaration of statement.declarationList.declarations) {
    const reason = mutabilityOf(checker.getTypeAtLocation(declaration.name), new Set())
    if (reason !== undefined) faults.report(file, declaration, `${declaration.name.getText(file.source)} can change: ${reason}`)
    if (declaration.initializer !== undefined) checkLoaded(file, declaration.initializer)
  }
}

/** Static fields live as long as the module; those that oclif's own class declares are read by oclif. */
function checkStatics(file, node) {
  if (!ts.isPropertyDeclaration(node) || !hasModifier(node, ts.SyntaxKind.StaticKeyword)) return
  if (hasModifier(node, ts.SyntaxKind.OverrideKeyword)) return
  if (!hasModifier(node, ts.SyntaxKind.ReadonlyKeyword)) {
    faults.report(file, node, `the static ${node.name.getText(file.source)} can change; it is readonly or does not exist`)
  }
  const reason = mutabilityOf(checker.getTypeAtLocation(node.name), new Set())
  if (reason !== undefined) faults.report(file, node, `the static ${node.name.getText(file.source)} can change: ${reason}`)
}

/** What is evaluated while a module is loaded: everything but the bodies of functions. */
function checkLoaded(file, root) {
  walk(root, (node) => {
    if (ts.isFunctionLike(node)) return false
    if (ts.isPropertyDeclaration(node) && !hasModifier(node, ts.SyntaxKind.StaticKeyword)) return false
    if (ts.isClassStaticBlockDeclaration(node)) faults.report(file, node, 'a block runs when the module is loaded; imports do nothing')
    if (ts.isAwaitExpression(node)) faults.report(file, node, 'the module waits while it is loaded; imports do nothing')
    if (ts.isCallExpression(node) && isFromNode(calleeOf(node))) {
      faults.report(file, node, `${node.expression.getText(file.source)} is called when the module is loaded; imports do nothing`)
    }
    const name = globalAt(node)
    if (name !== undefined && !ts.isPartOfTypeNode(node) && IMPURE_AT_LOAD.test(name)) {
      faults.report(file, node, `${name} is used when the module is loaded; imports do nothing`)
    }
    if (isClockOrChance(node)) faults.report(file, node, `${node.getText(file.source)} when the module is loaded; imports do nothing`)
    return true
  })
}

function calleeOf(call) {
  const symbol = checker.getSymbolAtLocation(call.expression)
  return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol
}

/** Whether a function belongs to one of Node's own modules, as `fs.readFileSync` does. */
function isFromNode(symbol) {
  const [declaration] = symbol?.declarations ?? []
  if (declaration === undefined || !/\/@types\/node\//.test(declaration.getSourceFile().fileName)) return false
  return ts.findAncestor(declaration, (node) => ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) !== undefined
}

function isClockOrChance(node) {
  if (ts.isPropertyAccessExpression(node)) return /^(Date\.now|Math\.random)$/.test(node.getText())
  return ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0
}

/** Why a value of the type can be changed by who holds it; undefined where it cannot, as far as types tell. */
function mutabilityOf(type, seen) {
  if (seen.has(type)) return undefined
  seen.add(type)
  for (const part of type.isIntersection() ? type.types : partsOf(type)) {
    const reason = part === type ? mutabilityOfOne(type, seen) : mutabilityOf(part, seen)
    if (reason !== undefined) return reason
  }
  return undefined
}

function mutabilityOfOne(type, seen) {
  if ((type.flags & ts.TypeFlags.Any) !== 0) return 'its type is any'
  if ((type.flags & ts.TypeFlags.Object) === 0) return undefined
  if (checker.isTupleType(type)) return type.target.readonly ? mutabilityOfAll(type, seen) : 'its type is a list that is not readonly'
  const name = type.symbol?.name ?? ''
  const isLibrary = type.symbol !== undefined && isFromLibrary(type.symbol)
  if (isLibrary && READONLY_CLASSES.test(name)) return mutabilityOfAll(type, seen)
  if (isLibrary && MUTABLE_CLASSES.test(name)) return `its type is ${name}, not a readonly one`
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return undefined
  if (isLibrary && (type.aliasSymbol === undefined || !isFromLibrary(type.aliasSymbol))) {
    if (!isPlainObject(type)) return undefined
  }
  if (type.symbol !== undefined && (type.symbol.flags & ts.SymbolFlags.Class) !== 0) return `it is an instance of ${name}`
  return mutabilityOfMembers(type, seen)
}

/** Objects without a class: literals, and what `Record` and its kin make of them. */
function isPlainObject(type) {
  return (type.objectFlags & (ts.ObjectFlags.Anonymous | ts.ObjectFlags.Mapped)) !== 0
}

function mutabilityOfMembers(type, seen) {
  for (const { isReadonly, type: held } of checker.getIndexInfosOfType(type)) {
    if (!isReadonly) return 'its keys are not readonly'
    const reason = mutabilityOf(held, seen)
    if (reason !== undefined) return `of what its keys hold, ${reason}`
  }
  for (const property of checker.getPropertiesOfType(type)) {
    if ((property.flags & ts.SymbolFlags.Method) !== 0) continue
    if (!isReadonlyProperty(property)) return `its ${property.name} is not readonly`
    const reason = mutabilityOf(checker.getTypeOfSymbol(property), seen)
    if (reason !== undefined) return `of its ${property.name}, ${reason}`
  }
  return undefined
}

function mutabilityOfAll(type, seen) {
  for (const argument of checker.getTypeArguments(type)) {
    const reason = mutabilityOf(argument, seen)
    if (reason !== undefined) return `of its elements, ${reason}`
  }
  return undefined
}

function isReadonlyProperty(property) {
  if ((property.flags & ts.SymbolFlags.Accessor) !== 0) return (property.flags & ts.SymbolFlags.SetAccessor) === 0
  const declared = ts.getDeclarationModifierFlagsFromSymbol(property) & ts.ModifierFlags.Readonly
  return declared !== 0 || (ts.getCheckFlags(property) & ts.CheckFlags.Readonly) !== 0
}

/** A node of a pure room: nothing that waits, and no global that is not known to be pure. */
function checkPurity(file, node) {
  if (hasModifier(node, ts.SyntaxKind.AsyncKeyword)) faults.report(file, node, 'async code in a pure room')
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) {
    faults.report(file, node, 'await in a pure room')
  }
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) faults.report(file, node, 'import.meta in a pure room')
  if (node.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(node.parent)) faults.report(file, node, 'import() in a pure room')
  if (ts.isPropertyAccessExpression(node) && IMPURE_METHODS.test(node.name.text)) {
    faults.report(file, node.name, `${node.name.text} in a pure room`)
  }
  const name = globalAt(node)
  if (name === undefined) return
  if (ts.isPartOfTypeNode(node)) {
    if (IMPURE_TYPES.test(name)) faults.report(file, node, `the type ${name} in a pure room`)
  } else if (!PURE_GLOBALS.has(name)) {
    faults.report(file, node, `${name} in a pure room`)
  } else if (name === 'Math') {
    const member = ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node ? node.parent.name.text : 'as a whole'
    if (!PURE_MATH.has(member)) faults.report(file, node, `Math ${member} in a pure room`)
  }
}

/** The name of a global that a node uses, as a value or as a type; undefined for all else. */
function globalAt(node) {
  if (!ts.isIdentifier(node)) return undefined
  const { parent } = node
  if (ts.isShorthandPropertyAssignment(parent)) return nameIfGlobal(checker.getShorthandAssignmentValueSymbol(parent), node)
  if (parent.name === node || parent.propertyName === node || parent.label === node) return undefined
  if (ts.isQualifiedName(parent) && parent.right === node) return undefined
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return undefined
  return nameIfGlobal(checker.getSymbolAtLocation(node), node)
}

function nameIfGlobal(symbol, node) {
  return symbol === undefined || isFromLibrary(symbol) ? node.text : undefined
}

function hasModifier(node, kind) {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
}
