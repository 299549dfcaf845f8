// Money is never a float: finds what is declared as `number` under a name of money in the rooms where that is forbidden,
// and decimals that are turned into floats. Type-aware, so that an inferred `number` is found as well.

import { relative } from 'node:path'
import ts from 'typescript'

const ROOMS = /\/src\/core\/(kernel|journal|exchange|venue|report)\//
const MONEY =
  /(price|prices|quantity|size|amount|notional|fee|fees|pnl|cost|balance|equity|exposure|margin|leverage|rate|ratio|bps|money|bid|ask|mid|mark|volume|position|profit|loss)$/i
/** Names that end like money and count something else. */
const NOT_MONEY = /(Us|Ms|Count|Places|Length|Index|Bytes|Seq|within_?2_?bps)$|^offset$/i
const configPath = ts.findConfigFile(process.cwd(), ts.sys.fileExists, 'tsconfig.build.json')
const { config } = ts.readConfigFile(configPath, ts.sys.readFile)
const parsed = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd())
const program = ts.createProgram(parsed.fileNames, { ...parsed.options, noEmit: true })
const checker = program.getTypeChecker()
const faults = []

for (const file of program.getSourceFiles()) {
  if (!ROOMS.test(file.fileName) || file.isDeclarationFile) continue
  visit(file, file)
}

function visit(node, file) {
  if (isDeclaration(node) && ts.isIdentifier(node.name) && MONEY.test(node.name.text) && !NOT_MONEY.test(node.name.text)) {
    if (holdsNumber(checker.getTypeAtLocation(node.name))) report(file, node.name, `${node.name.text} is a number; money is a Decimal`)
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^(Number|parseFloat)$/.test(node.expression.text)) {
    const argument = node.arguments[0]
    if (argument !== undefined && isDecimal(checker.getTypeAtLocation(argument))) {
      report(file, node, 'a decimal is turned into a float')
    }
  }
  ts.forEachChild(node, (child) => visit(child, file))
}

function isDeclaration(node) {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node)
  )
}

/** Whether a value of the type may be a number: `number`, `number | null`, but not a literal such as a table's column. */
function holdsNumber(type) {
  const parts = type.isUnion() ? type.types : [type]
  return parts.some((part) => (part.flags & ts.TypeFlags.Number) !== 0)
}

/** A Decimal is a bigint with a brand; a bare bigint is a counter or a hash, and may be what it likes. */
function isDecimal(type) {
  const parts = type.isUnion() ? type.types : [type]
  return parts.some((part) => part.isIntersection() && part.types.some((member) => (member.flags & ts.TypeFlags.BigIntLike) !== 0))
}

function report(file, node, text) {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file))
  faults.push(`${relative(process.cwd(), file.fileName)}:${line + 1}:${character + 1} ${text}`)
}

for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
