// No error is dropped unseen: what handles the failure of a promise looks at the failure. The linter sees empty `catch` blocks; this
// sees `.catch(() => …)` and a second argument of `.then` that takes no error, or never uses the one it takes. And no failure of the
// machine passes for wrong usage, which scripts take for a mistake in themselves.

import ts from 'typescript'
import { Faults, openProject, partsOf, walk } from './program.js'

const SOURCE = /^src\//

/** Where a failure may be dropped, and why. An entry that is no longer needed is a fault of its own. */
const MAY_DROP = [
  { path: 'src/core/waiting.ts', within: 'heardElsewhere', why: 'somebody else awaits the promise: this keeps it from ending the process' },
]

/** Which argument of a method of a promise handles its failure. */
const HANDLER_AT = new Map([
  ['catch', 0],
  ['then', 1],
])

const { checker, files } = openProject()
const faults = new Faults()
const used = new Set()

for (const file of files) {
  if (!SOURCE.test(file.path)) continue
  walk(file.source, (node) => {
    checkHandler(file, node)
    checkFault(file, node)
  })
}
for (const entry of MAY_DROP) {
  if (!used.has(entry) && files.some(({ path }) => path === entry.path)) {
    faults.add(`tools/check-errors.js: ${entry.path} (${entry.within}) is allowed to drop an error, and does not`)
  }
}
faults.finish()

function checkHandler(file, node) {
  const handler = handlerOf(node)
  if (handler === undefined || !dropsError(handler)) return
  const allowed = MAY_DROP.find(({ path, within }) => path === file.path && isWithin(node, within))
  if (allowed === undefined) faults.report(file, handler, 'the error is dropped: handle it, or tell of it with its cause')
  else used.add(allowed)
}

function checkFault(file, node) {
  if (!ts.isObjectLiteralExpression(node)) return
  const words = (name) => node.properties.find((property) => ts.isPropertyAssignment(property) && property.name.getText() === name)
  const isMachines = words('fault')?.initializer.getText() === "'machine'"
  const code = words('exitCode')
  if (isMachines && code?.initializer.getText() === 'EXIT.usage') {
    faults.report(file, code, 'what the machine fails with is no wrong usage: EXIT.defect says so, or what is more exact')
  }
}

/** What a call gives a promise for the case that it fails: `.catch(f)`, `.then(…, f)`. */
function handlerOf(node) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  const { name, expression } = node.expression
  const at = HANDLER_AT.get(name.text)
  if (at === undefined || node.arguments.length <= at || !isPromise(checker.getTypeAtLocation(expression))) return undefined
  return node.arguments[at]
}

function isPromise(type) {
  return partsOf(type).some((part) => /^Promise(Like)?$/.test(part.symbol?.name ?? ''))
}

/** Whether a handler is a function of ours that does not look at what it is handed; a function of a library is trusted. */
function dropsError(handler) {
  const declared = functionOf(handler)
  if (declared?.body === undefined) return false
  const [parameter] = declared.parameters
  if (parameter === undefined) return true
  return ts.isIdentifier(parameter.name) && !usesName(declared.body, parameter.name)
}

/** The function that an expression is, or names. */
function functionOf(expression) {
  if (ts.isArrowFunction(expression) || ts.isFunctionExpression(expression)) return expression
  const symbol = checker.getSymbolAtLocation(expression)
  const source = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol
  const declaration = source?.valueDeclaration
  if (declaration === undefined) return undefined
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) return declaration
  if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) return undefined
  return ts.isArrowFunction(declaration.initializer) || ts.isFunctionExpression(declaration.initializer)
    ? declaration.initializer
    : undefined
}

function usesName(body, name) {
  const symbol = checker.getSymbolAtLocation(name)
  let isUsed = false
  walk(body, (node) => {
    if (!ts.isIdentifier(node)) return !isUsed
    const { parent } = node
    const found = ts.isShorthandPropertyAssignment(parent)
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(node)
    isUsed ||= found === symbol
    return !isUsed
  })
  return isUsed
}

/** Whether a node stands in a function of that name. */
function isWithin(node, name) {
  return ts.findAncestor(node, (above) => ts.isFunctionDeclaration(above) && above.name?.text === name) !== undefined
}
