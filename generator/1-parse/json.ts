// JSON text to plain values, with messages that point into the text.
import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import type { Report } from "../diagnostics/diagnostics.ts";
import { Tokens } from "../diagnostics/tokens.ts";

/** Levels of brackets; a network file needs eight. Recursive code behind this point stays within its stack. */
const DEEPEST = 64;

/** The value of a text; undefined after a report. A key called __proto__ is an ordinary key. */
export function readJson(text: string, report: Report): unknown {
  if (text.trim() === "") {
    report.error({
      code: "AN1001",
      message: "the file is empty",
      offset: 0,
      expected: "a JSON object with the keys format, name, input and layers",
    });
    return undefined;
  }
  const deep = tooDeep(text);
  if (deep !== undefined) {
    report.error({
      code: "AN1001",
      message: "the brackets are nested too deeply",
      offset: deep,
      expected: `at most ${DEEPEST} levels`,
    });
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    const first = firstError(text);
    const position = /at position (\d+)/.exec((e as Error).message);
    report.error({
      code: "AN1001",
      message: `not JSON: ${first ? inWords(first.error, text.slice(first.offset).trimStart()[0]) : "this is not a JSON value"}`,
      offset: first?.offset ?? Number(position?.[1] ?? 0),
    });
    return undefined;
  }
  duplicates(text, report);
  return report.failed ? undefined : value;
}

/** Place of the first bracket beyond the limit. */
function tooDeep(text: string): number | undefined {
  let open = 0;
  for (const tokens = new Tokens(text); tokens.kind !== ""; tokens.next()) {
    if (tokens.opens && ++open > DEEPEST) return tokens.offset;
    if (tokens.closes) open--;
  }
  return undefined;
}

function firstError(text: string): { error: ParseErrorCode; offset: number } | undefined {
  let first: { error: ParseErrorCode; offset: number } | undefined;
  visit(
    text,
    {
      onError(error, offset) {
        first ??= { error, offset };
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  return first;
}

function inWords(error: ParseErrorCode, at: string | undefined): string {
  if (at === undefined) return "the file ends too early";
  switch (printParseErrorCode(error)) {
    case "InvalidSymbol":
      return at === "'" ? "strings are written in double quotes" : "this is not a JSON value";
    case "InvalidNumberFormat":
      return "this is not a JSON number";
    case "PropertyNameExpected":
      return at === "}" ? "there is one comma too many before this" : "a key in double quotes is expected here";
    case "ValueExpected":
      return at === "}" || at === "]"
        ? "a value is missing before this, or a comma is one too many"
        : "a value is missing";
    case "ColonExpected":
      return "a colon is missing before this";
    case "CommaExpected":
      return "a comma is missing before this";
    case "CloseBraceExpected":
      return "a closing brace } is missing";
    case "CloseBracketExpected":
      return "a closing bracket ] is missing";
    case "EndOfFileExpected":
      return "the file should end here";
    case "InvalidCommentToken":
    case "UnexpectedEndOfComment":
      return "JSON has no comments";
    case "UnexpectedEndOfString":
      return "this text has no closing quote";
    case "UnexpectedEndOfNumber":
      return "this number is not complete";
    case "InvalidUnicode":
      return "this text has a broken \\u escape";
    case "InvalidEscapeCharacter":
      return "this text has an unknown escape after a backslash";
    case "InvalidCharacter":
      return "this text holds a control character";
    default:
      return "this is not a JSON value";
  }
}

/** A key given twice is an error, because one of the two would be lost. The text is well-formed. */
function duplicates(text: string, report: Report): void {
  const open: (Map<string, number> | undefined)[] = [];
  let last: { name: string; offset: number } | undefined;
  for (const tokens = new Tokens(text); tokens.kind !== ""; tokens.next()) {
    if (tokens.opens) open.push(tokens.kind === "{" ? new Map() : undefined);
    else if (tokens.closes) open.pop();
    // The string in front of a colon is a key.
    else if (tokens.kind === '"') last = open.at(-1) && { name: tokens.string(), offset: tokens.offset };
    else if (tokens.kind === ":" && last) {
      const keys = open.at(-1)!;
      const first = keys.get(last.name);
      if (first === undefined) keys.set(last.name, last.offset);
      else
        report.error({
          code: "AN1007",
          message: `the key ${JSON.stringify(last.name)} appears twice`,
          offset: last.offset,
          expected: "each key once",
          notes: [{ offset: first, message: "first used here" }],
        });
    }
  }
}
