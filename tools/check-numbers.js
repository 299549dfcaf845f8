// Money is never a float: finds what is declared as `number` under a name of money in the rooms where that is forbidden, and
// in all of src decimals that are turned into floats. Type-aware, so that an inferred `number` is found as well.

import ts from 'typescript'
import { Faults, openProject, partsOf, walk } from './program.js'

const SOURCE = /^src\//
const MONEY_ROOMS = /^src\/core\/(kernel|journal|exchange|venue|report)\//
const MONEY =
  /(prices?|quantity|quantities|sizes?|amounts?|notionals?|fees?|pnl|costs?|balances?|equity|exposures?|margins?|leverage|rates?|ratios?|bps|money|bids?|asks?|mid|marks?|volumes?|positions?|profits?|loss|losses|turnover|proceeds|capital)$/i
/** Names that end like money and count something else. */
const NOT_MONEY = /(Us|Ms|Count|Places|Length|Index|Bytes|Seq|within_?2_?bps)$|^offset$/i

/** Where a decimal may become a float, and why. An entry that is no longer needed is a fault of its own. */
const MAY_BECOME_FLOAT = [
  {
    path: 'src/core/report/html/coordinate.ts',
    within: 'coordinateOf',
    why: 'a place in a drawing; never shown as a figure, and nothing is added up of them',
  },
  {
    path: 'src/core/session/build-view-model.ts',
    within: 'gateModel',
    why: 'the share of a limit that is used, for the length of a bar on the screen',
  },
  { path: 'src/core/session/time.ts', within: 'microseconds', why: 'a duration, cut to whole microseconds before it becomes one' },
  {
    path: 'src/core/market/simulated/simulated-market.ts',
    within: 'SimulatedMarket',
    why: 'the shape of a made-up market: what it comes to is counted in whole ticks and lots',
  },
  {
    path: 'src/core/market/simulated/simulated-feed.ts',
    within: 'checkStartPrice',
    why: 'judges whether a made-up market has room for its ticks',
  },
  { path: 'src/tui/ladder.ts', within: 'roughly', why: 'the order of rows and the length of bars on the screen' },
]

const { checker, files } = openProject()
const faults = new Faults()
const used = new Set()

for (const file of files) {
  if (!SOURCE.test(file.path)) continue
  const holdsMoney = MONEY_ROOMS.test(file.path)
  walk(file.source, (node) => {
    if (holdsMoney) checkDeclaration(file, node)
    checkConversion(file, node)
  })
}
for (const entry of MAY_BECOME_FLOAT) {
  if (!used.has(entry) && files.some(({ path }) => path === entry.path)) {
    faults.add(`tools/check-numbers.js: ${entry.path} (${entry.within}) is allowed to turn decimals into floats, and does not`)
  }
}
faults.finish()

function checkDeclaration(file, node) {
  if (!isDeclaration(node) || node.name === undefined || !(ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name))) return
  const name = node.name.text
  if (!MONEY.test(name) || NOT_MONEY.test(name)) return
  const found = looseNumberIn(checker.getTypeAtLocation(node.name), 0)
  if (found !== undefined) faults.report(file, node.name, `${name} ${found}; money is a Decimal`)
}

function isDeclaration(node) {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isAccessor(node) ||
    ts.isTypeAliasDeclaration(node)
  )
}

/**
 * How a type lets a float in: as itself, as what a function gives, or as what a list, a map or a record holds. A literal is no
 * such thing: it names a column of a table.
 */
function looseNumberIn(type, depth) {
  for (const part of partsOf(type)) {
    if ((part.flags & ts.TypeFlags.Any) !== 0) return 'is any'
    if ((part.flags & ts.TypeFlags.Number) !== 0) return 'is a number'
    if (depth === 4 || (part.flags & ts.TypeFlags.Object) === 0) continue
    for (const held of heldBy(part)) {
      const found = looseNumberIn(held, depth + 1)
      if (found !== undefined) return depth === 0 ? found.replace(/^is/, 'holds or gives') : found
    }
  }
  return undefined
}

/** What comes out of a value: elements, values of keys, and what calling it returns; a promise gives what it promises. */
function heldBy(type) {
  const given = type.getCallSignatures().map((signature) => checker.getReturnTypeOfSignature(signature))
  const keyed = checker.getIndexInfosOfType(type).map((info) => info.type)
  if (checker.isTupleType(type)) return [...given, ...checker.getTypeArguments(type)]
  if (/^(Readonly)?Map$/.test(type.symbol?.name ?? '')) return [...given, ...checker.getTypeArguments(type).slice(1)]
  const isHolder = /^((Readonly)?(Array|Set)|Promise|\w*Itera\w+|\w*Generator)$/.test(type.symbol?.name ?? '')
  return [...given, ...keyed, ...(isHolder ? checker.getTypeArguments(type).slice(0, 1) : [])]
}

function checkConversion(file, node) {
  const argument = convertedBy(node)
  if (argument === undefined || !(isDecimal(argument, 0) || isDecimalText(argument, 0))) return
  const allowed = MAY_BECOME_FLOAT.find(({ path, within }) => path === file.path && isWithin(node, within))
  if (allowed === undefined) faults.report(file, node, 'a decimal is turned into a float')
  else used.add(allowed)
}

/** What an expression makes a float of: `Number(…)`, `parseFloat(…)`, `Number.parseFloat(…)`, `+…`. */
function convertedBy(node) {
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.PlusToken) return node.operand
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined
  return /^((globalThis\.)?Number|(Number\.)?parse(Float|Int))$/.test(node.expression.getText()) ? node.arguments?.[0] : undefined
}

/** A Decimal is a bigint with a brand; sums of them lose the brand and stay money. Other bigints are counters or hashes. */
function isDecimal(expression, depth) {
  const node = bare(expression)
  if (hasBrand(checker.getTypeAtLocation(node))) return true
  if (depth === 8) return false
  if (ts.isBinaryExpression(node)) return isDecimal(node.left, depth + 1) || isDecimal(node.right, depth + 1)
  if (ts.isPrefixUnaryExpression(node)) return isDecimal(node.operand, depth + 1)
  if (ts.isConditionalExpression(node)) return isDecimal(node.whenTrue, depth + 1) || isDecimal(node.whenFalse, depth + 1)
  const value = valueOfConstant(node)
  return value !== undefined && isDecimal(value, depth + 1)
}

function hasBrand(type) {
  return partsOf(type).some((part) => part.isIntersection() && part.types.some((member) => (member.flags & ts.TypeFlags.BigIntLike) !== 0))
}

/** The text of a decimal: what formats one, what is cut from that, and what stands under a name of money in a view. */
function isDecimalText(expression, depth) {
  const node = bare(expression)
  if (depth === 8) return false
  if (ts.isTemplateExpression(node)) return node.templateSpans.some((span) => isDecimalOrText(span.expression, depth + 1))
  if (ts.isBinaryExpression(node)) return isDecimalText(node.left, depth + 1) || isDecimalText(node.right, depth + 1)
  if (ts.isConditionalExpression(node)) return isDecimalText(node.whenTrue, depth + 1) || isDecimalText(node.whenFalse, depth + 1)
  if (ts.isCallExpression(node)) {
    if (/^format(Decimal|Fixed)$/.test(node.expression.getText())) return true
    if (node.expression.getText() === 'String') return node.arguments.some((argument) => isDecimalOrText(argument, depth + 1))
    return ts.isPropertyAccessExpression(node.expression) && isDecimalOrText(node.expression.expression, depth + 1)
  }
  if (isMoneyText(node)) return true
  const value = valueOfConstant(node)
  return value !== undefined && isDecimalText(value, depth + 1)
}

function isDecimalOrText(expression, depth) {
  return isDecimal(expression, depth) || isDecimalText(expression, depth)
}

function isMoneyText(node) {
  const name = ts.isPropertyAccessExpression(node) ? node.name.text : ts.isIdentifier(node) ? node.text : ''
  if (!MONEY.test(name) || NOT_MONEY.test(name)) return false
  return partsOf(checker.getTypeAtLocation(node)).some((part) => (part.flags & ts.TypeFlags.StringLike) !== 0)
}

/** What a `const` was made from, so that a name in between hides nothing. */
function valueOfConstant(node) {
  if (!ts.isIdentifier(node)) return undefined
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined
  return (declaration.parent.flags & ts.NodeFlags.Const) === 0 ? undefined : declaration.initializer
}

/** An expression without its brackets and casts. */
function bare(node) {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node)) {
    return bare(node.expression)
  }
  return node
}

function isWithin(node, name) {
  return (
    ts.findAncestor(node, (ancestor) => ancestor.name !== undefined && ts.isIdentifier(ancestor.name) && ancestor.name.text === name) !==
    undefined
  )
}
