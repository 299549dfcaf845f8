// What the checkers share: the program as the compiler sees it, a walk over its nodes, and the faults they report.
// Reads the project of the current folder; never writes.

import { relative } from 'node:path'
import ts from 'typescript'

/** Opens the project of the current folder. `files` are its own sources, by their path from there. */
export function openProject() {
  const root = process.cwd()
  const configPath = ts.findConfigFile(root, ts.sys.fileExists, 'tsconfig.build.json')
  if (configPath === undefined) throw new Error(`no tsconfig.build.json is to be found from ${root}`)
  const { config, error } = ts.readConfigFile(configPath, ts.sys.readFile)
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(parsed.fileNames, { ...parsed.options, noEmit: true })
  const files = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file))
    .map((source) => ({ source, path: relative(root, source.fileName).replaceAll('\\', '/') }))
  if (files.length === 0) throw new Error(`the project in ${root} has no sources`)
  return { checker: program.getTypeChecker(), files }
}

/** Calls `visitor` on a node and on all below it; where it returns false, what is below is left out. */
export function walk(node, visitor) {
  if (visitor(node) === false) return
  ts.forEachChild(node, (child) => walk(child, visitor))
}

/** Collects faults, prints them by file and line, and sets the exit code. */
export class Faults {
  #lines = []

  report({ source, path }, node, text) {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source))
    this.#lines.push(`${path}:${line + 1}:${character + 1} ${text}`)
  }

  add(text) {
    this.#lines.push(text)
  }

  finish() {
    for (const line of new Set(this.#lines)) process.stderr.write(`${line}\n`)
    process.exitCode = this.#lines.length === 0 ? 0 : 1
  }
}

/** The members of a union, or the type itself. */
export function partsOf(type) {
  return type.isUnion() ? type.types : [type]
}

/** Whether all of a symbol was declared by libraries: by the language, by Node, or by a package. */
export function isFromLibrary(symbol) {
  return (symbol.declarations ?? []).every((declaration) => declaration.getSourceFile().isDeclarationFile)
}
