import {
  type Arithmetic,
  type Comparison,
  type Expression,
  ExpressionError,
  type FunctionName,
  functions,
  type ParsedExpression,
  type ValueType,
} from "./expression.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** What is told of a part while its surroundings are read. */
interface Part {
  readonly expression: Expression;
  readonly type: ValueType;
  readonly column: number;
}

/** Bounds of what one evaluation costs: there is no loop, so its time is that of its parts. */
const mostParts = 200;
const deepest = 24;

const comparisons: readonly string[] = ["<", "<=", ">", ">=", "=", "!="] satisfies Comparison[];
const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);
const words = ["and", "or", "not", "true", "false", "lasting", "since", ...Object.keys(functions)];

/**
 * Reads a condition such as `[reactor/temperature] > 60 and lasting([reactor/stirrerSpeed] < 10) > 30`. Tags stand in
 * brackets, texts in single quotes. `typeOf` tells what a tag is, undefined where there is none of that name. Throws
 * `ExpressionError` with the column of the first mistake.
 */
export function parseExpression(text: string, typeOf: (tag: string) => ValueType | undefined): ParsedExpression {
  const parser = new Parser(tokensOf(text), typeOf);
  return parser.whole();
}

class Parser {
  #tokens: readonly Token[];
  #typeOf: (tag: string) => ValueType | undefined;
  #at = 0;
  #depth = 0;
  #parts = 0;
  #tags: string[] = [];
  #clocks = 0;

  constructor(tokens: readonly Token[], typeOf: (tag: string) => ValueType | undefined) {
    this.#tokens = tokens;
    this.#typeOf = typeOf;
  }

  whole(): ParsedExpression {
    const part = this.#or();
    const { kind, text, column } = this.#next;
    if (kind !== "end") {
      throw new ExpressionError(column, `\`${text}\` is not expected here`, "join conditions by `and` or `or`.");
    }
    this.#must(part, "boolean", "the whole");
    return { expression: part.expression, tags: this.#tags, clocks: this.#clocks };
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  /** Takes the next token where it is one of these signs or words. */
  #takes(...texts: readonly string[]): Token | undefined {
    const { kind, text } = this.#next;
    return (kind === "sign" || kind === "word") && texts.includes(text) ? this.#take() : undefined;
  }

  #expect(sign: string): void {
    const { text, column } = this.#next;
    if (!this.#takes(sign))
      throw new ExpressionError(column, `\`${sign}\` is missing before ${quoted(text)}`, "add it.");
  }

  #must(part: Part, type: ValueType, where: string): void {
    if (part.type === type) return;
    const remedy = type === "boolean" ? "compare it with something." : `${where} needs a ${type}.`;
    throw new ExpressionError(part.column, `${where} must be a ${type}, this is a ${part.type}`, remedy);
  }

  #made(expression: Expression, type: ValueType, column: number): Part {
    if (++this.#parts > mostParts) {
      throw new ExpressionError(column, `the expression has more than ${mostParts} parts`, "make two rules of it.");
    }
    return { expression, type, column };
  }

  #deeper<T>(body: () => T): T {
    if (++this.#depth > deepest) {
      throw new ExpressionError(this.#next.column, `nested deeper than ${deepest} levels`, "make it flatter.");
    }
    const found = body();
    this.#depth--;
    return found;
  }

  #or(): Part {
    return this.#deeper(() => this.#joined("or", () => this.#joined("and", () => this.#not())));
  }

  #joined(kind: "and" | "or", below: () => Part): Part {
    let left = below();
    for (;;) {
      const sign = this.#takes(kind);
      if (!sign) return left;
      const right = below();
      for (const side of [left, right]) this.#must(side, "boolean", `a side of \`${kind}\``);
      left = this.#made({ kind, left: left.expression, right: right.expression }, "boolean", left.column);
    }
  }

  #not(): Part {
    const sign = this.#takes("not");
    if (!sign) return this.#comparison();
    const of = this.#deeper(() => this.#not());
    this.#must(of, "boolean", "what follows `not`");
    return this.#made({ kind: "not", of: of.expression }, "boolean", sign.column);
  }

  #comparison(): Part {
    const left = this.#sum();
    const sign = this.#takes(...comparisons);
    if (!sign) return left;
    const by = sign.text as Comparison;
    const right = this.#sum();
    if (left.type !== right.type) {
      const what = `a ${left.type} cannot be compared with a ${right.type}`;
      throw new ExpressionError(sign.column, what, "compare values of one type.");
    }
    if (left.type !== "number" && by !== "=" && by !== "!=") {
      throw new ExpressionError(sign.column, `\`${by}\` compares numbers, these are ${left.type}s`, "use `=` or `!=`.");
    }
    return this.#made({ kind: "compare", by, left: left.expression, right: right.expression }, "boolean", left.column);
  }

  #sum(): Part {
    return this.#chain(["+", "-"], () => this.#chain(["*", "/"], () => this.#sign()));
  }

  #chain(signs: readonly Arithmetic[], below: () => Part): Part {
    let left = below();
    for (;;) {
      const sign = this.#takes(...signs);
      if (!sign) return left;
      const by = sign.text as Arithmetic;
      const right = below();
      for (const side of [left, right]) this.#must(side, "number", `a side of \`${by}\``);
      left = this.#made(
        { kind: "arithmetic", by, left: left.expression, right: right.expression },
        "number",
        left.column,
      );
    }
  }

  #sign(): Part {
    const sign = this.#takes("-");
    if (!sign) return this.#primary();
    const of = this.#deeper(() => this.#sign());
    this.#must(of, "number", "what follows `-`");
    return this.#made({ kind: "negate", of: of.expression }, "number", sign.column);
  }

  #primary(): Part {
    const token = this.#take();
    const { kind, text, column } = token;
    switch (kind) {
      case "number":
        return this.#made({ kind: "constant", value: Number(text) }, "number", column);
      case "text":
        return this.#made({ kind: "constant", value: text.slice(1, -1) }, "string", column);
      case "tag":
        return this.#tag(token);
      case "word":
        return this.#word(token);
      case "sign": {
        if (text !== "(") break;
        const inner = this.#or();
        this.#expect(")");
        return { ...inner, column };
      }
      case "end":
        break;
    }
    throw new ExpressionError(
      column,
      `a value is missing before ${quoted(text)}`,
      "name a tag in brackets, or a number.",
    );
  }

  #tag({ text, column }: Token): Part {
    const name = text.slice(1, -1).trim();
    const type = this.#typeOf(name);
    if (type === undefined) {
      throw new ExpressionError(column, `the line has no tag \`${name}\``, "name a tag as [<equipment>/<tag>].");
    }
    const known = this.#tags.indexOf(name);
    const index = known >= 0 ? known : this.#tags.push(name) - 1;
    return this.#made({ kind: "tag", index }, type, column);
  }

  #word({ text, column }: Token): Part {
    if (text === "true" || text === "false") {
      return this.#made({ kind: "constant", value: text === "true" }, "boolean", column);
    }
    if (text === "lasting" || text === "since") return this.#timed(text, column);
    if (isFunction(text)) return this.#call(text, column);
    throw new ExpressionError(column, `\`${text}\` is no word of the language`, `it knows ${words.join(", ")}.`);
  }

  #call(by: FunctionName, column: number): Part {
    const of = this.#arguments();
    const [least, most] = functions[by];
    if (of.length < least || of.length > most) {
      const many = least === most ? `${least}` : `${least} to ${most}`;
      throw new ExpressionError(
        column,
        `\`${by}\` takes ${many} values, these are ${of.length}`,
        "correct their number.",
      );
    }
    for (const one of of) this.#must(one, "number", `what \`${by}\` takes`);
    return this.#made({ kind: "call", by, of: of.map(({ expression }) => expression) }, "number", column);
  }

  #timed(by: "lasting" | "since", column: number): Part {
    const [of, ...more] = this.#arguments();
    if (!of || more.length > 0) {
      throw new ExpressionError(column, `\`${by}\` takes one value`, "give it one.");
    }
    if (by === "lasting") {
      this.#must(of, "boolean", "what `lasting` takes");
      return this.#made({ kind: by, clock: this.#clocks++, of: of.expression }, "number", column);
    }
    if (of.expression.kind !== "tag") {
      throw new ExpressionError(of.column, "`since` takes a tag", "write since([<equipment>/<tag>]).");
    }
    return this.#made({ kind: by, index: of.expression.index }, "number", column);
  }

  #arguments(): readonly Part[] {
    this.#expect("(");
    const of = [this.#or()];
    while (this.#takes(",")) of.push(this.#or());
    this.#expect(")");
    return of;
  }
}

const quoted = (text: string): string => (text === "the end" ? text : `\`${text}\``);
