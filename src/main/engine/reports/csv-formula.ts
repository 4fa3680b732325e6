/*
 * What a spreadsheet takes for a formula: = + - @ and their full-width and small forms (U+FE62 to U+FE6B, U+FF0B to
 * U+FF20) and the minus sign, at the beginning of a cell or after spaces, control and format characters; tab, carriage
 * return and line feed themselves too (OWASP, "CSV Injection"). A spreadsheet whose separator is a semicolon or a tab
 * also starts a cell after each of those, wherever our quotes are.
 */
const signs = '=+\\-@\\u2212\\uFE62\\uFE63\\uFE66\\uFE6B\\uFF0B\\uFF0D\\uFF1D\\uFF20'
const blanks = '[\\s\\p{Cc}\\p{Cf}]*'
const cellStart = new RegExp(
  `^(?=${blanks}[${signs}]|[ \\p{Cf}]*[\\t\\r\\n])|(?<=[;\\t\\r\\n])(?=[ "\\p{Cf}]*[${signs}])`,
  'gu',
)
const plainNumber = /^[+-]?\d+(\.\d+)?$/

/**
 * The text of a cell that no spreadsheet runs: an apostrophe stands before whatever would begin a formula. A plain
 * number stays one.
 */
export function neutraliseFormula(text: string): string {
  return plainNumber.test(text) ? text : text.replaceAll(cellStart, "'")
}
