import { Lexer, Source, type Token, TokenKind } from "graphql";

export type Operation = { kind: string; name: string | undefined };

/** The tokens of a query text; undefined for a text that has more than `max`, or others than GraphQL's. */
export function tokensOf(text: string, max: number): Token[] | undefined {
  const lexer = new Lexer(new Source(text));
  const tokens: Token[] = [];
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (tokens.length === max) return undefined;
      tokens.push(token);
    }
  } catch {
    return undefined;
  }
  return tokens;
}

const opening: readonly string[] = [TokenKind.BRACE_L, TokenKind.PAREN_L, TokenKind.BRACKET_L];
const closing: readonly string[] = [TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R];

/** The operations of a valid document. The text of any other is refused when it is parsed. */
export function operationsOf(tokens: readonly Token[]): Operation[] {
  const operations: Operation[] = [];
  let levels = 0;
  let inDefinition = false;
  tokens.forEach(({ kind, value }, place) => {
    if (levels === 0 && !inDefinition) {
      inDefinition = true;
      const next = tokens[place + 1];
      const name = next?.kind === TokenKind.NAME ? next.value : undefined;
      if (kind === TokenKind.BRACE_L) operations.push({ kind: "query", name: undefined });
      else if (value !== "fragment") operations.push({ kind: value, name });
    }
    if (opening.includes(kind)) levels += 1;
    if (closing.includes(kind)) levels -= 1;
    if (levels === 0 && kind === TokenKind.BRACE_R) inDefinition = false;
  });
  return operations;
}
