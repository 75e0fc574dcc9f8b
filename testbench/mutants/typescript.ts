// Single faults in TypeScript: another operator, a number off by one, a condition negated, a statement left out.
import ts from "typescript";
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";

const { SyntaxKind: K } = ts;

/** What stands for an operator in its mutants. */
const operators: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.PlusToken, "-"],
  [K.MinusToken, "+"],
  [K.AsteriskToken, "/"],
  [K.SlashToken, "*"],
  [K.PercentToken, "*"],
  [K.LessThanToken, "<="],
  [K.LessThanEqualsToken, "<"],
  [K.GreaterThanToken, ">="],
  [K.GreaterThanEqualsToken, ">"],
  [K.EqualsEqualsEqualsToken, "!=="],
  [K.ExclamationEqualsEqualsToken, "==="],
  [K.AmpersandAmpersandToken, "||"],
  [K.BarBarToken, "&&"],
  [K.AsteriskAsteriskToken, "*"],
  [K.AmpersandToken, "|"],
  [K.BarToken, "&"],
  [K.CaretToken, "|"],
  [K.LessThanLessThanToken, ">>"],
  [K.GreaterThanGreaterThanToken, "<<"],
  [K.GreaterThanGreaterThanGreaterThanToken, ">>"],
  [K.PlusEqualsToken, "-="],
  [K.MinusEqualsToken, "+="],
]);

const math: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  round: "floor",
  trunc: "ceil",
  abs: "sign",
};

const isText = (n: ts.Node): boolean => ts.isStringLiteralLike(n) || ts.isTemplateExpression(n);

/** Calls whose arguments only tell the user something. */
const tells = /^(this\.)?#?(report|\w*[eE]rror|\w*\.error|warn|fail|refuse)$/;

/** All single faults of a file. Types, imports, what is thrown and what is only said to the user have none. */
export function typescriptMutants(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const changes: Change[] = [];
  const put = (from: number, to: number, by: string, what: string) => changes.push({ from, to, by, what });
  const negate = (n: ts.Expression) => put(n.getStart(), n.end, `!(${n.getText()})`, "condition negated");
  const visit = (n: ts.Node): void => {
    if (ts.isTypeNode(n) || ts.isImportDeclaration(n) || ts.isInterfaceDeclaration(n)) return;
    if (ts.isTypeAliasDeclaration(n) || ts.isThrowStatement(n) || ts.isTemplateExpression(n)) return;
    if (ts.isCallExpression(n) && tells.test(n.expression.getText())) return;
    if (ts.isBinaryExpression(n)) {
      const { kind, end } = n.operatorToken;
      const other = operators.get(kind);
      // The language has no `a ?? b || c`.
      const mixed = [n.parent, n.left, n.right].some(
        (e) => ts.isBinaryExpression(e) && e.operatorToken.kind === K.QuestionQuestionToken,
      );
      if (other && !isText(n.left) && !isText(n.right) && !(mixed && /^[&|]{2}$/.test(other)))
        put(n.operatorToken.getStart(), end, other, `${n.operatorToken.getText()} -> ${other}`);
      if (kind === K.QuestionQuestionToken) put(n.left.getStart(), n.end, n.right.getText(), "?? to its right side");
    }
    if (ts.isNumericLiteral(n)) put(n.getStart(), n.end, String(Number(n.text) + 1), "n -> n + 1");
    if (ts.isBigIntLiteral(n)) put(n.getStart(), n.end, `${BigInt(n.text.replace(/n$/, "")) + 1n}n`, "n -> n + 1");
    if (ts.isPropertyAccessExpression(n) && n.expression.getText() === "Math") {
      const other = math[n.name.text];
      if (other) put(n.name.getStart(), n.name.end, other, `${n.name.text} -> ${other}`);
    }
    if (ts.isConditionalExpression(n)) negate(n.condition);
    if (ts.isIfStatement(n) || ts.isWhileStatement(n)) negate(n.expression);
    if (ts.isPrefixUnaryExpression(n)) {
      if (n.operator === K.ExclamationToken) put(n.getStart(), n.operand.getStart(), "", "! left out");
      if (n.operator === K.MinusToken) put(n.getStart(), n.operand.getStart(), "", "- left out");
    }
    // Without its effect a statement is still one.
    if (ts.isExpressionStatement(n) && !ts.isStringLiteral(n.expression)) {
      const { expression: e } = n;
      const told = ts.isCallExpression(e) && tells.test(e.expression.getText());
      if (!told && !(ts.isCallExpression(e) && e.expression.kind === K.SuperKeyword))
        put(n.getStart(), n.end, ";", "statement left out");
    }
    ts.forEachChild(n, visit);
  };
  visit(source);
  return mutantsOf(file, text, changes);
}
