import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isScalarType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SourceLocation,
  type Token,
  TokenKind,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { LRUCache } from "lru-cache";
import { maxTokens } from "./query-limits.ts";
import { tokensOf } from "./query-tokens.ts";

type Variables = Record<string, unknown>;

export type LiftedQuery = {
  /** The query text to execute. */
  query: string;
  /** The values of its new variables. */
  variables: Variables;
  /** The place in the client's text for a place in `query`. */
  locate(location: SourceLocation): SourceLocation;
};

/** How a literal of a kind becomes the value of a variable of a scalar type. */
const readers: Record<string, Partial<Record<LiteralKind, (text: string) => unknown>>> = {
  String: { text: String, block: String },
  ID: { text: String, block: String, int: String },
  Int: { int: Number },
  Float: { int: Number, long: Number, float: Number },
  MinorUnits: { int: Number, long: Number },
};

type LiteralKind = "text" | "block" | "int" | "long" | "float" | "huge";
/** A variable that stands for a literal. */
type Lift = { variable: string; read(text: string): unknown };
/** What the texts of a shape have in common. `lifts` has an entry for each token that is a literal to lift. */
type Shape = { lifts: ReadonlyMap<number, Lift>; definitions: { text: string; before: number } };

/** Names of the new variables. A text that contains it is left as it is. */
const prefix = "_lifted";
const cachedShapes = 200;
/** Texts that are lifted once while clients repeat them. */
const cachedTexts = 100;
/** Longer texts are lifted each time. Their tokens would take much memory. */
const longestKnown = 2_048;
/** At most: `$name: Type!`. */
const tokensOfDefinition = 5;

/**
 * Replaces the literals in arguments by variables, so that texts which differ only in literals are parsed, validated
 * and compiled once. A literal stays where a variable would mean something else: in a directive, in a default, in a
 * custom scalar, or where it does not fit its type, so that the error names the literal. A text with several operations
 * or with a syntax error stays as it is.
 */
export function createLiteralLift(schema: () => GraphQLSchema): (text: string) => LiftedQuery {
  const shapes = new LRUCache<string, Shape>({ max: cachedShapes });
  const known = new LRUCache<string, LiftedQuery>({ max: cachedTexts });
  return (text) => {
    const before = known.get(text);
    if (before) return before;
    const tokens = text.includes(prefix) ? undefined : tokensOf(text, maxTokens);
    const key = tokens && shapeKeyOf(tokens);
    const shape = key !== undefined ? (shapes.get(key) ?? shapeOf(schema(), text, tokens ?? [])) : noShape;
    if (key !== undefined) shapes.set(key, shape);
    const lifted = tokens && shape.lifts.size > 0 ? liftedQuery(tokens, shape) : unchanged(text);
    if (text.length <= longestKnown) known.set(text, lifted);
    return lifted;
  };
}

const unchanged = (query: string): LiftedQuery => ({ query, variables: {}, locate: (location) => location });
const noShape: Shape = { lifts: new Map(), definitions: { text: "", before: 0 } };

/**
 * The tokens with a kind and a number for each literal. Equal literals have the same number, because two fields with
 * the same name in the response must have the same arguments.
 */
function shapeKeyOf(tokens: readonly Token[]): string | undefined {
  const numbers = new Map<string, number>();
  const parts = tokens.map((token) => {
    const kind = kindOf(token);
    if (!kind) return textOf(token);
    const literal = `${kind} ${token.value}`;
    const number = numbers.get(literal) ?? numbers.size;
    numbers.set(literal, number);
    return `${kind}:${number}`;
  });
  return numbers.size > 0 ? parts.join(" ") : undefined;
}

function kindOf({ kind, value }: Token): LiteralKind | undefined {
  if (kind === TokenKind.STRING) return "text";
  if (kind === TokenKind.BLOCK_STRING) return "block";
  if (kind === TokenKind.FLOAT) return Number.isFinite(Number(value)) ? "float" : "huge";
  if (kind !== TokenKind.INT) return undefined;
  if (Math.trunc(Number(value)) === (Number(value) | 0)) return "int";
  return Number.isSafeInteger(Number(value)) ? "long" : "huge";
}

const textOf = ({ kind, value }: Token): string =>
  kind === TokenKind.STRING ? JSON.stringify(value) : (value ?? kind);

function shapeOf(schema: GraphQLSchema, text: string, tokens: readonly Token[]): Shape {
  const document = parsed(text);
  const operations = document?.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION) ?? [];
  const [operation] = operations;
  if (!document || !operation || operations.length > 1 || hasUnusedFragment(document)) return noShape;
  const places = new Map(tokens.map((token, place) => [token.start, place]));
  const variables = new Map<string, { name: string; type: string }>();
  const lifts = new Map<number, Lift>();
  eachLiteral(schema, document, (start, type) => {
    const place = places.get(start) ?? -1;
    const token = tokens[place];
    const kind = token && kindOf(token);
    const read = kind && readers[String(getNullableType(type))]?.[kind];
    if (!token || !read) return;
    const key = `${type} ${kind} ${token.value}`;
    const { name } = variables.get(key) ?? { name: `${prefix}${variables.size}` };
    variables.set(key, { name, type: String(type) });
    lifts.set(place, { variable: name, read });
  });
  const tooMany = tokens.length + (variables.size + 1) * tokensOfDefinition > maxTokens;
  // Its text has lines, and the lifted text is one line.
  const keepsBlock = tokens.some(({ kind }, place) => kind === TokenKind.BLOCK_STRING && !lifts.has(place));
  return tooMany || keepsBlock
    ? noShape
    : { lifts, definitions: definitionsOf(operation, tokens, [...variables.values()]) };
}

function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text, { maxTokens });
  } catch {
    // The execution of the text reports the error.
    return undefined;
  }
}

/** A variable that only an unused fragment uses would be an error of its own. */
function hasUnusedFragment(document: DocumentNode): boolean {
  const unused = new Set(
    document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map(({ name }) => name.value),
  );
  visit(document, { FragmentSpread: ({ name }) => void unused.delete(name.value) });
  return unused.size > 0;
}

/** Calls `see` for each literal in an argument that GraphQL, and not a custom scalar, would coerce. */
function eachLiteral(
  schema: GraphQLSchema,
  document: DocumentNode,
  see: (start: number, type: GraphQLInputType) => void,
): void {
  const types = new TypeInfo(schema);
  const leaf = ({ loc }: ValueNode) => {
    const type = types.getInputType();
    if (loc && type) see(loc.start, type);
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      VariableDefinition: () => false,
      Directive: () => false,
      ObjectValue: () => (isScalarType(getNamedType(types.getInputType())) ? false : undefined),
      // In a list, `types` already has the type of its items.
      ListValue: () => (isListType(getNullableType(types.getParentInputType())) ? undefined : false),
      StringValue: leaf,
      IntValue: leaf,
      FloatValue: leaf,
    }),
  );
}

/** The definitions of the new variables, and the place of the token that they go before. */
function definitionsOf(
  { name, variableDefinitions = [], selectionSet, loc }: OperationDefinitionNode,
  tokens: readonly Token[],
  variables: readonly { name: string; type: string }[],
) {
  const list = variables.map((one) => `$${one.name}: ${one.type}`).join(" ");
  const placeAfter = (offset: number) => tokens.findIndex(({ start }) => start >= offset);
  const [first] = variableDefinitions;
  if (first?.loc) return { text: list, before: placeAfter(first.loc.start) };
  const start = loc?.start ?? 0;
  if (start === selectionSet.loc?.start) return { text: `query(${list})`, before: placeAfter(start) };
  return { text: `(${list})`, before: name?.loc ? placeAfter(name.loc.end) : placeAfter(start) + 1 };
}

function liftedQuery(tokens: readonly Token[], { lifts, definitions }: Shape): LiftedQuery {
  const variables: Variables = {};
  const parts = tokens.map((token, place) => {
    const lift = lifts.get(place);
    if (lift) variables[lift.variable] = lift.read(token.value);
    const text = lift ? `$${lift.variable}` : textOf(token);
    return place === definitions.before ? `${definitions.text} ${text}` : text;
  });
  return { query: parts.join(" "), variables, locate: ({ column }) => locate(tokens, parts, column) };
}

/** The lifted text is one line, in which each part comes from one token. */
function locate(tokens: readonly Token[], parts: readonly string[], column: number): SourceLocation {
  let end = 0;
  const place = parts.findIndex((part) => {
    end += part.length + 1;
    return column <= end;
  });
  const { line, column: start } = tokens[place] ?? { line: 1, column: 1 };
  return { line, column: start };
}
